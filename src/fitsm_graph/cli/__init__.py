"""The command line: `fitsm-graph`, short `fsg`. Data goes to stdout, everything else to stderr.

Exit codes: 0 ok · 1 failure · 2 usage · 3 not found · 4 no right · 5 conflict · 6 unavailable ·
7 row errors or partial · 10 a plan has changes · 20 gate failed · 21 held · 130 Ctrl-C.
"""

import sys

import typer
from typer.main import get_command

from fitsm_graph import __version__
from fitsm_graph.cli import choices
from fitsm_graph.cli.doors import Door, lazy_group
from fitsm_graph.cli.output import forget_stdout, speak, tell
from fitsm_graph.cli.processes import groups
from fitsm_graph.cli.values import unreadable
from fitsm_graph.kernel.collector import collect_seldom
from fitsm_graph.kernel.errors import FitsmError

ASK, TEND, HERE = "Ask and act, here or with --url", "Tend the process", "This machine"
DOORS = (
    Door(
        "ci", "ci:app", "CIs and other elements: find, show, register, relate, retire.", ASK, True
    ),
    Door("search", "ci:find", "Find elements by words of key, name and description.", ASK, True),
    Door("services", "ci:services", "List services with their states.", ASK, True),
    Door("impact", "impact:impact", "Show what fails with some elements.", ASK, True),
    Door("what-if", "impact:what_if", "Compare a scenario with the baseline.", ASK, True),
    Door("spof", "impact:spof", "Show what alone could take an element down.", ASK, True),
    *(
        Door(name.replace("_", "-"), f"processes:{name}", said["doc"], ASK, True)
        for name, said in groups().items()
    ),
    Door("query", "query:query", "Ask any question in GraphQL, into any file.", ASK, True),
    Door(
        "conformity",
        "conformity:conformity",
        "Show what requirements find in the records.",
        ASK,
        True,
    ),
    Door("coverage", "coverage:coverage", "Show what of FitSM the product covers.", TEND),
    Door(
        "kpi", "kpi:kpi", "Show what processes are measured by, and how that develops.", ASK, True
    ),
    Door(
        "completeness",
        "verification:completeness",
        "Show what too little is known of (PR11.2).",
        ASK,
        True,
    ),
    Door("diff", "ledger:diff", "Show what changed between two moments.", ASK, True),
    Door("ledger", "ledger:app", "The ledger: list, head, verify, checkpoint.", ASK, True),
    Door("types", "types:app", "CI types and relationship types (PR11.1).", TEND, True),
    Door("policy", "policies:app", "Rules that are data, version by version.", TEND, True),
    Door("duties", "duties:app", "What is due, and how messages are delivered.", TEND, True),
    Door("inbox", "duties:inbox", "Messages to you, as shown in the product.", ASK, True),
    Door("documents", "persisted:app", "GraphQL documents asked for by digest.", TEND, True),
    Door("scope", "scope:app", "What configuration management covers (PR11.1).", TEND, True),
    Door("sync", "sync:app", "Take in what a source saw; plan first, then apply.", TEND, True),
    Door("discover", "discover:app", "This machine, and what it runs, as a source.", TEND),
    Door("map", "mapping:app", "Formats of sources, described in mappings.", TEND),
    Door("backup", "backup:backup", "Write everything into one file, as of one entry.", HERE),
    Door("restore", "backup:restore", "Bring a backup into an empty database.", HERE),
    Door("verify", "backup:verify", "Try a backup in a server of its own.", HERE),
    Door("account", "accounts:app", "Who may sign in, do what, and see what.", HERE),
    Door("token", "tokens:app", "API tokens.", HERE),
    Door("webhook", "webhooks:app", "Addresses that are told of what happens.", HERE),
    Door("calendar", "calendar:app", "The schedule of changes as feeds for calendars.", HERE),
    Door("demo", "run:demo_app", "The demo organisation, and data for scale.", HERE),
    Door("serve", "run:serve", "Serve the API and the pages until Ctrl-C.", HERE),
    Door("db", "database:app", "The managed local Neo4j.", HERE),
    Door("doctor", "doctor:doctor", "Look at everything and change nothing.", HERE),
    Door("bench", "bench:app", "How fast this machine answers.", HERE),
)

app = typer.Typer(
    name="fitsm-graph",
    cls=lazy_group(DOORS),
    help="A graph CMDB and impact analysis that runs the FitSM processes.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=True,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def root(
    _version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Say the version and stop."
    ),
) -> None:
    """A graph CMDB and impact analysis that runs the FitSM processes."""


def main() -> None:
    """Run the command line and end with its exit code."""
    collect_seldom()
    try:
        speak()
        choices.begin()
        with choices.AT_END:
            get_command(app)()
    except FitsmError as error:
        for problem in error.problems:
            tell(problem)
        sys.exit(error.exit_status)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        forget_stdout()
        sys.exit(0)
    except OSError as error:
        if error.filename is None:
            raise
        refusal = unreadable(f"'{error.filename}'", error, "used")
        tell(refusal.problems[0])
        sys.exit(refusal.exit_status)
