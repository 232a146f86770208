"""`fitsm-graph calendar`: feeds of the schedule of changes (PR12.6); an address is shown once."""

import typer

from fitsm_graph.api.calendar_http import PREFIX
from fitsm_graph.bootstrap import SYSTEM, Product, new_feed
from fitsm_graph.chm import feeds
from fitsm_graph.cli.local import with_product
from fitsm_graph.cli.output import OUTPUT, Output, note, show_json, show_table
from fitsm_graph.model.chm_records import FeedOf
from fitsm_graph.sms import accounts

app = typer.Typer(no_args_is_help=True)


@app.command()
def create(
    of: FeedOf = typer.Argument(FeedOf.ALL, help="what it is about"),
    place: str = typer.Argument(
        "", help="key of the service, of the person or group, or of the role"
    ),
) -> None:
    """Make a feed and print its address, once; whoever has it reads the schedule.

    Examples:
      fsg calendar create
      fsg calendar create service mail
    """

    async def work(product: Product) -> accounts.NewToken:
        return await new_feed(product, of, place)

    made = with_product(work)
    note(f"{made.record['key']} is answered until it is revoked; put the server's name before it")
    typer.echo(f"{PREFIX}{made.secret}.ics")


@app.command()
def revoke(key: str = typer.Argument(help="key of the feed, such as CAL-000001")) -> None:
    """Answer a feed no more.

    Examples:
      fsg calendar revoke CAL-000001
    """

    async def work(product: Product) -> None:
        await product.graph.write(feeds.revoke_feed, SYSTEM, key)

    with_product(work)
    note(f"{key} is revoked")


@app.command("list")
def list_feeds(output: Output = OUTPUT) -> None:
    """List feeds; never their secrets.

    Examples:
      fsg calendar list
    """

    async def work(product: Product) -> list[dict[str, object]]:
        return list((await product.graph.rows("chm.feeds"))[0]["feeds"])

    names = ("key", "of", "name", "account", "created_at", "revoked")
    rows = [{name: each.get(name) for name in names} for each in with_product(work)]
    if output is Output.JSON:
        show_json(rows)
    else:
        show_table(names, ([row[name] for name in names] for row in rows))
