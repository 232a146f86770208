"""`fitsm-graph account`: who may sign in, what they may do and what they see."""

import secrets
from typing import Any

import typer

from fitsm_graph.bootstrap import SYSTEM, Product
from fitsm_graph.cli.local import with_product
from fitsm_graph.cli.output import OUTPUT, Output, note, show_json, show_table
from fitsm_graph.sms import accounts

app = typer.Typer(no_args_is_help=True)
FIELDS = ("key", "roles", "sees", "disabled", "password_set_at")
LOGIN = typer.Argument(metavar="LOGIN", help="what it signs in with")
ROLES = typer.Option([], "--role", help="role; repeatable")
SEES = typer.Option([], "--sees", help="key of a configuration scope that limits it; repeatable")
PERSON = typer.Option("", "--person", help="key of the person who signs in with it")


@app.command()
def create(
    login: str = LOGIN,
    roles: list[str] = ROLES,
    sees: list[str] = SEES,
    person: str = PERSON,
) -> None:
    """Create an account with a random password, printed once.

    Examples:
      fsg account create ada --role editor
      fsg account create audit --role auditor --sees SCP-000001
      fsg account create ada --person per-ada
    """
    password = secrets.token_urlsafe(15)

    async def work(product: Product) -> None:
        digest = accounts.digest_password(password)
        held = roles or ["reader"]
        await product.graph.write(
            accounts.create_account, SYSTEM, login, held, digest, sees=sees, person=person
        )

    with_product(work)
    note(f"{login} may sign in with this password; it is shown once")
    typer.echo(password)


@app.command()
def password(login: str = LOGIN) -> None:
    """Give an account a new random password, printed once; its sessions end.

    Examples:
      fsg account password ada
    """
    fresh = secrets.token_urlsafe(15)

    async def work(product: Product) -> None:
        digest = accounts.digest_password(fresh)
        await product.graph.write(accounts.set_password, SYSTEM, login, digest)

    with_product(work)
    note(f"the new password of {login}; it is shown once")
    typer.echo(fresh)


@app.command()
def change(
    login: str = LOGIN,
    roles: list[str] = ROLES,
    sees: list[str] = SEES,
    sees_all: bool = typer.Option(False, "--sees-all", help="take its limits away"),
    person: str = PERSON,
) -> None:
    """Give an account other roles, another sight or a person; what is left out stays.

    Examples:
      fsg account change ada --role process_manager
      fsg account change audit --sees-all
    """
    given = {"sees": [] if sees_all else sees or None, "person": person}
    _change(login, roles=roles or None, **given)


@app.command()
def disable(login: str = LOGIN) -> None:
    """Refuse an account at the door, with all of its tokens and sessions.

    Examples:
      fsg account disable ada
    """
    _change(login, disabled=True)


@app.command()
def enable(login: str = LOGIN) -> None:
    """Let a disabled account in again.

    Examples:
      fsg account enable ada
    """
    _change(login, disabled=False)


@app.command("list")
def list_accounts(output: Output = OUTPUT) -> None:
    """List accounts; never their secrets.

    Examples:
      fsg account list -o json
    """

    async def work(product: Product) -> list[dict[str, object]]:
        return list((await product.graph.rows("sms.accounts"))[0]["accounts"])

    rows = [{name: each.get(name) for name in FIELDS} for each in with_product(work)]
    if output is Output.JSON:
        show_json(rows)
    else:
        show_table(FIELDS, ([row[name] for name in FIELDS] for row in rows))


def _change(login: str, **given: Any) -> None:
    async def work(product: Product) -> Any:
        return await product.graph.write(accounts.change_account, SYSTEM, login, **given)

    outcome = with_product(work)
    note(f"changed · ledger entry {outcome.seq}" if outcome.seq else "nothing had to change")
