"""`fitsm-graph token`: API tokens; a secret is shown once."""

import typer

from fitsm_graph.bootstrap import ADMINISTRATOR, SYSTEM, Product, new_token
from fitsm_graph.cli.local import with_product
from fitsm_graph.cli.output import OUTPUT, Output, note, show_json, show_table
from fitsm_graph.sms import accounts

app = typer.Typer(no_args_is_help=True)


@app.command()
def create(
    account: str = typer.Option(ADMINISTRATOR, help="login it acts for"),
    days: int = typer.Option(90, min=1, max=366, help="how long it lives"),
    scope: list[str] = typer.Option([], help="roles; all of the account's when left out"),
    sees: list[str] = typer.Option([], help="configuration scope that limits it; repeatable"),
    source: list[str] = typer.Option(
        [], help="all that it may write: a source, or events/<name> …; repeatable"
    ),
) -> None:
    """Create a token and print it, once.

    Examples:
      fsg token create --account robot --source netbox --scope sync
    """

    async def work(product: Product) -> accounts.NewToken:
        return await new_token(product, account, days, scope, sees, sources=source)

    made = with_product(work)
    note(f"{made.record['key']} acts for {account} until {made.record['expires_at']}")
    typer.echo(made.secret)


@app.command()
def revoke(key: str = typer.Argument(help="key of the token, such as TOK-000001")) -> None:
    """End a token before its time."""

    async def work(product: Product) -> None:
        await product.graph.write(accounts.revoke_token, SYSTEM, key)

    with_product(work)
    note(f"{key} is revoked")


@app.command("list")
def list_tokens(output: Output = OUTPUT) -> None:
    """List tokens; never their secrets."""

    async def work(product: Product) -> list[dict[str, object]]:
        return list((await product.graph.rows("sms.tokens", account=None))[0]["tokens"])

    names = ("key", "account", "scopes", "sees", "sources", "expires_at", "revoked")
    rows = [{name: each.get(name) for name in names} for each in with_product(work)]
    if output is Output.JSON:
        show_json(rows)
    else:
        show_table(names, ([row[name] for name in names] for row in rows))
