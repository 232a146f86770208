"""`fitsm-graph webhook`: addresses that are told of what happens (PR9.4)."""

import typer

from fitsm_graph import bootstrap
from fitsm_graph.bootstrap import SYSTEM, Product
from fitsm_graph.cli.local import with_product
from fitsm_graph.cli.output import OUTPUT, Output, note, show_json, show_table
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import found
from fitsm_graph.sms import webhooks

app = typer.Typer(no_args_is_help=True)
KEY = typer.Argument(help="key of the webhook, such as WHK-000001")
VERBS = typer.Option(
    ["*"], "--verb", help="verb that it is told of, such as 'change.*'; repeatable"
)


@app.command()
def create(
    name: str = typer.Argument(help="what people call it"),
    url: str = typer.Argument(help="where it is: https://…"),
    verb: list[str] = VERBS,
) -> None:
    """Have an address told of what happens, and print its secret.

    Examples:
      fsg webhook create chat https://chat.example.org/hooks/1 --verb 'change.*'
    """

    async def work(product: Product) -> tuple[Properties, str]:
        made = (await product.graph.write(webhooks.create_webhook, SYSTEM, name, url, verb)).value
        return made, _secret(product, made)

    made, secret = with_product(work)
    note(f"{made['key']} is told from now on; whoever receives it checks signatures with this")
    typer.echo(secret)


@app.command()
def rotate(key: str = KEY) -> None:
    """Sign with another secret, and print it; for a day the former one signs as well.

    Examples:
      fsg webhook rotate WHK-000001
    """

    async def work(product: Product) -> str:
        made = (await product.graph.write(webhooks.rotate_webhook, SYSTEM, key)).value
        return _secret(product, made)

    typer.echo(with_product(work))


@app.command()
def secret(key: str = KEY) -> None:
    """Print the secret that a receiver checks signatures with.

    Examples:
      fsg webhook secret WHK-000001
    """

    async def work(product: Product) -> str:
        rows = await product.graph.rows("sms.webhook_by_key", key=key)
        return _secret(product, found(rows, "webhook", key)["webhook"])

    typer.echo(with_product(work))


@app.command()
def revoke(key: str = KEY) -> None:
    """Tell an address nothing more.

    Examples:
      fsg webhook revoke WHK-000001
    """

    async def work(product: Product) -> None:
        await product.graph.write(webhooks.revoke_webhook, SYSTEM, key)

    with_product(work)
    note(f"{key} is revoked")


@app.command("list")
def list_webhooks(output: Output = OUTPUT) -> None:
    """List webhooks; never their secrets.

    Examples:
      fsg webhook list
    """

    async def work(product: Product) -> list[Properties]:
        return list((await product.graph.rows("flow.webhooks"))[0]["webhooks"])

    names = ("key", "name", "url", "verbs", "created_at", "rotated_at", "revoked")
    rows = [{name: each.get(name) for name in names} for each in with_product(work)]
    if output is Output.JSON:
        show_json(rows)
    else:
        show_table(names, ([row[name] for name in names] for row in rows))


def _secret(product: Product, webhook: Properties) -> str:
    sends = bootstrap.webhooks_of(product.folder, product.clock)
    return sends.secret(webhook["id"], webhook["secret_number"])
