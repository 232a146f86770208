"""`fitsm-graph db`: the managed local server, and migrations."""

import typer

from fitsm_graph.bootstrap import Product
from fitsm_graph.cli.choices import sure
from fitsm_graph.cli.local import progress, with_product
from fitsm_graph.cli.output import OUTPUT, Output, emit, note, show_json, show_table
from fitsm_graph.graph import migrations
from fitsm_graph.graph.local import LocalServer, LocalSettings
from fitsm_graph.kernel.text import plural

app = typer.Typer(no_args_is_help=True)


def _server() -> LocalServer:
    return LocalServer(LocalSettings.from_env())


@app.command()
def up() -> None:
    """Start the server and leave it running.

    Examples:
      fsg db up
    """
    started = _server().up(progress(), stay=True)
    note(f"Neo4j answers at {started.endpoint.uri}")


@app.command()
def down() -> None:
    """Stop the server.

    Examples:
      fsg db down
    """
    note("stopped" if _server().down() else "it was not running")


@app.command()
def status(output: Output = OUTPUT) -> None:
    """Say whether the server runs, where, and how large it is.

    Examples:
      fsg db status -o json
    """
    told = _server().status()
    row = {
        "running": told.running,
        "pid": told.pid,
        "uri": told.uri,
        "version": told.version,
        "data": str(told.data),
        "memoryMiB": told.resident_mib,
        "diskMiB": told.disk_mib,
    }
    if output is Output.JSON:
        show_json(row)
    else:
        show_table(("what", "is"), row.items())


@app.command()
def logs(lines: int = typer.Option(50, "-n", help="how many")) -> None:
    """Show the end of the server's log.

    Examples:
      fsg db logs -n 200
    """
    emit(_server().logs(lines) + "\n")


@app.command()
def reset(yes: bool = typer.Option(False, "--yes", "-y", help="do not ask")) -> None:
    """Delete all data of the server, which must be stopped.

    Examples:
      fsg db reset --yes
    """
    sure("Delete all data of the local server?", yes=yes)
    _server().reset()
    note("all data of the local server is gone")


@app.command()
def train() -> None:
    """Make starts of the server faster from now on, once per machine; takes some 20 s.

    Examples:
      fsg db train
    """
    done = _server().train(progress())
    note("the next starts are faster" if done else "that was done before")


@app.command()
def migrate() -> None:
    """Apply migrations that are missing; opening the product does the same.

    Examples:
      fsg db migrate
    """

    async def work(product: Product) -> int:
        return len(await migrations.applied(product.graph.driver))

    note(f"{plural(with_product(work), 'migration')} applied")
