"""The command line: `fitsm-graph`, short `fsg`. Data goes to stdout, everything else to stderr.

Exit codes: 0 ok · 1 failure · 2 usage · 3 not found · 4 no right · 5 conflict · 6 unavailable ·
7 row errors or partial · 10 a plan has changes · 20 gate failed · 21 held · 130 Ctrl-C.
"""

import sys

import typer

from fitsm_graph import __version__
from fitsm_graph.cli import ask, backup, database, doctor, impact, ledger, run, sync, tokens
from fitsm_graph.cli.output import tell
from fitsm_graph.kernel.errors import FitsmError

app = typer.Typer(
    name="fitsm-graph",
    help="A graph CMDB and impact analysis that runs the FitSM processes.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=True,
)
app.add_typer(database.app, name="db", help="The managed local Neo4j.")
app.add_typer(ledger.app, name="ledger", help="The ledger: verify, checkpoint, list.")
app.add_typer(tokens.app, name="token", help="API tokens.")
app.add_typer(ask.app, name="ci", help="CIs and other elements.")
app.add_typer(run.demo_app, name="demo", help="The demo organisation, and data for scale.")
app.command("serve")(run.serve)
app.command("impact")(impact.impact)
app.command("what-if")(impact.what_if)
app.command("sync")(sync.sync)
app.command("doctor")(doctor.doctor)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("verify")(backup.verify)


@app.callback(invoke_without_command=True)
def root(
    version: bool = typer.Option(False, "--version", help="Say the version and stop."),
) -> None:
    """Options of all commands."""
    if version:
        typer.echo(__version__)
        raise typer.Exit


def main() -> None:
    """Run the command line and end with its exit code."""
    try:
        app()
    except FitsmError as error:
        for problem in error.problems:
            tell(problem)
        sys.exit(error.exit_status)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
