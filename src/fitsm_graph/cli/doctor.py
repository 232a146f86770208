"""`fitsm-graph doctor`: is everything as it should be? A word, a cause and a fix each."""

import os
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from pathlib import Path

import typer

from fitsm_graph.bootstrap import KINDS, data_folder
from fitsm_graph.cli import loop
from fitsm_graph.cli.local import progress
from fitsm_graph.cli.output import OUTPUT, Output, note, screen, show_json
from fitsm_graph.confm import checks as confm
from fitsm_graph.flow.policies import PolicyKinds
from fitsm_graph.graph import checks as database
from fitsm_graph.graph.checks_machine import machine
from fitsm_graph.graph.checks_records import RECORD_CHECKS
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.local import LocalSettings, backend, named_server
from fitsm_graph.impact import checks as impact
from fitsm_graph.kernel.checks import DAMAGE, Check, Word, of_error, of_trouble, skipped
from fitsm_graph.kernel.errors import FitsmError
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.sms.checks import POLICY_CHECKS

_STYLES = {Word.OK: "green", Word.WARNING: "yellow", Word.FAILED: "bold red", Word.SKIPPED: "dim"}
_OF_REGISTRY = ("registry", *confm.CONFIGURATION)
_OF_TOPOLOGY = ("snapshot", *impact.TOPOLOGY)
_OF_DATABASE = (
    *database.DATABASE,
    *RECORD_CHECKS,
    *POLICY_CHECKS,
    *_OF_REGISTRY,
    *_OF_TOPOLOGY,
)


def doctor(
    full: bool = typer.Option(False, "--full", help="undo the whole ledger and compare, too"),
    output: Output = OUTPUT,
) -> None:
    """Look at everything and change nothing; exit code 1 if anything failed."""
    checks = examined(full=full)
    if output is Output.JSON:
        show_json([asdict(each) for each in checks])
    else:
        for each in checks:
            _tell(each)
    words = Counter(each.word for each in checks)
    note(" · ".join(f"{words[word]} {word}" for word in Word if words[word]))
    if words[Word.FAILED]:
        raise typer.Exit(1)


def examined(env: Mapping[str, str] = os.environ, *, full: bool = False) -> list[Check]:
    """Make all checks; those of a database that is away are skipped, with the reason."""
    checks = machine(env)
    try:
        settings = LocalSettings.from_env(env)
        away = named_server(env) is None and not (settings.data / "data" / "databases").is_dir()
        if away:
            why = f"there is no database in {settings.data} yet"
            return [*checks, skipped("neo4j", f"{why}: `make demo` makes one"), *_skipped(why)]
        with backend(settings, progress(), env=env) as chosen:
            return checks + loop.run(of_database(chosen.endpoint, data_folder(env), full=full))
    except FitsmError as error:
        return [*checks, of_error("neo4j", error), *_skipped("the database is away")]


async def of_database(endpoint: Endpoint, folder: Path, *, full: bool = False) -> list[Check]:
    """Make all checks that ask the database.

    Args:
        endpoint: Where it answers.
        folder: Where the saved topology is.
        full: Undo the whole ledger as well.
    """
    graph = Graph(endpoint)
    try:
        reached = await database.server(graph)
        if reached.word is Word.FAILED:
            return [reached, *_skipped("the database is too old")]
        return [reached, *await _of_graph(graph, folder, full=full)]
    except FitsmError as error:
        return [of_error("neo4j", error), *_skipped("the database does not answer")]
    finally:
        await graph.close()


async def _of_graph(graph: Graph, folder: Path, *, full: bool) -> list[Check]:
    chosen = dict(database.DATABASE)
    if full:
        chosen["ledger_in_full"] = database.ledger_in_full
    ruled = {name: _ruled(each) for name, each in POLICY_CHECKS.items()}
    checks = await database.run_checks(graph, {**chosen, **RECORD_CHECKS, **ruled})
    if database.is_half_restored(checks):
        rest = (*_OF_REGISTRY, *_OF_TOPOLOGY)
        return [*checks, *(skipped(name, "the graph is half restored") for name in rest)]
    try:
        told, registry = await confm.registry(graph)
    except (FitsmError, *DAMAGE) as error:
        told, registry = of_trouble("registry", error), None
    if registry is None:
        rest = (*confm.CONFIGURATION, *_OF_TOPOLOGY)
        return [
            *checks,
            told,
            *(skipped(name, "the types in force are not known") for name in rest),
        ]
    return [
        *checks,
        told,
        *await _of_configuration(graph, registry),
        *await _of_topology(graph, registry, folder),
    ]


def _ruled(check: Callable[[Graph, PolicyKinds], Awaitable[Check]]) -> database.GraphCheck:
    return lambda graph: check(graph, KINDS)


async def _of_configuration(graph: Graph, registry: TypeRegistry) -> list[Check]:
    def bound(check: confm.RegistryCheck) -> database.GraphCheck:
        return lambda graph: check(graph, registry)

    checks = {name: bound(check) for name, check in confm.CONFIGURATION.items()}
    return await database.run_checks(graph, checks)


async def _of_topology(graph: Graph, registry: TypeRegistry, folder: Path) -> list[Check]:
    try:
        told, standing = await impact.snapshot(graph, registry, folder)
    except (FitsmError, *DAMAGE) as error:
        rest = [skipped(name, "the topology cannot be loaded") for name in impact.TOPOLOGY]
        return [of_trouble("snapshot", error), *rest]
    return [told, *(check(standing.mapped) for check in impact.TOPOLOGY.values())]


def _skipped(why: str) -> list[Check]:
    return [skipped(name, why) for name in _OF_DATABASE]


def _tell(check: Check) -> None:
    settings = check.facts.get("settings", {}).items()
    if not screen.is_terminal:
        typer.echo(f"{check.word}\t{check.name}\t{check.cause}\t{check.fix}")
        for name, each in settings:
            typer.echo(f"setting\t{name}\t{each['origin']}\t{each['value']}")
        return
    screen.print(f"{check.word:8}", style=_STYLES[check.word], end=" ")
    screen.print(check.name, markup=False, highlight=False)
    lines = [f"{'why':>12}: {check.cause}"] if check.cause else []
    lines += [f"{'do':>12}: {check.fix}"] if check.fix else []
    lines += [f"{name:>35}: {each['value']} ({each['origin']})" for name, each in settings]
    for line in lines:
        screen.print(line, markup=False, highlight=False, soft_wrap=True)
