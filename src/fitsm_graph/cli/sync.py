"""`fitsm-graph sync`: take in what a source saw; plan first, apply what was planned; and its runs.

`sync FILE` is a run of a file; the other commands look at runs and decide on what they left.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import orjson
import typer
from typer.core import TyperGroup

from fitsm_graph.cli import mapping, sync_runs, sync_waiting
from fitsm_graph.cli.choices import CHOSEN
from fitsm_graph.cli.output import OUTPUT, Output, aside, note, show_json, show_table, tell
from fitsm_graph.cli.saying import CHANGES, HELD, PARTIAL
from fitsm_graph.cli.values import unreadable
from fitsm_graph.kernel.errors import BadInput, Problem
from fitsm_graph.kernel.text import plural

MOST_TOLD = 50
Told = dict[str, Any]


class FileFirst(TyperGroup):
    """A group in which what is no command is a file."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the name of the command before a file or its options."""
        if args and args[0] not in self.commands and args[0] not in {"--help", "-h"}:
            args = ["file", *args]
        parsed: list[str] = super().parse_args(ctx, args)
        return parsed


app = typer.Typer(
    no_args_is_help=True,
    cls=FileFirst,
    help="Take in what a source saw; plan first, then apply. `sync FILE` is `sync file FILE`.",
)


@dataclass(frozen=True, slots=True)
class How:
    """What was asked for.

    Attributes:
        complete: Types of which the file has all; empty: of every type; `none`: of no type.
        plan: Tell, and write nothing.
        apply: Name of a plan; empty: none.
        rejects: Records that cannot go in are wanted back.
        resume: Key of a run to go on with; empty: a new one.
    """

    source: str
    scope: str
    mode: str
    complete: list[str]
    plan: bool
    apply: str
    atomic: bool
    rejects: bool
    resume: str


@app.command("file")
def sync(
    file: Path = typer.Argument(help="of any format; fsg map list names them"),
    source: str = typer.Option("", help="name of the source; the format's when left out"),
    scope: str = typer.Option("default", help="part of the source"),
    mode: str = typer.Option("", help="snapshot, delta or enrich; the format's when left out"),
    format: str = typer.Option("auto", help="auto, a format by name, or a mapping file"),
    complete: list[str] = typer.Option(
        [], metavar="TYPE", help="of which the file has all; repeatable; none: of no type"
    ),
    plan: bool = typer.Option(False, "--plan", help="tell, and write nothing"),
    save: Path | None = typer.Option(None, "--save", help="file for the plan, as JSON"),
    apply: str = typer.Option("", "--apply", metavar="PLAN", help="name of a plan, or its file"),
    atomic: bool = typer.Option(False, "--atomic", help="all rows or none"),
    rejects: Path | None = typer.Option(None, "--rejects", help="file for what cannot go in"),
    resume: str = typer.Option("", metavar="RUN", help="go on with a run that was left"),
    output: Output = OUTPUT,
) -> None:
    """Take in a file; plan first, then apply.

    Exit code 10 when a plan has changes, 7 when rows were refused, 21 when the
    run is held because too much is missing.

    Examples:
      fsg sync records.ndjson --source cmdb --plan
      fsg sync records.ndjson --source cmdb --apply 17-4be1a0c2f3d4-90ab12cd34ef
      fsg sync records.ndjson --rejects to-mend.ndjson
      fsg sync records.ndjson --source cmdb --resume cmdb/default/12
    """
    detect = import_module("fitsm_graph.discovery.detect")
    given = import_module("fitsm_graph.discovery.mapping").Given.of(scope, file.name)
    try:
        with file.open("rb") as stream:
            chosen, content = detect.open_format(stream, format, given)
            how = How(
                source or chosen.name,
                scope,
                chosen.run_mode(mode),
                complete,
                plan or save is not None,
                _plan_name(apply),
                atomic,
                rejects is not None and chosen.name != "ndjson",
                resume,
            )
            _check(how)
            told = _there(chosen.read(content), how) if CHOSEN.url else _here(chosen, content, how)
    except OSError as error:
        raise unreadable(str(file), error) from error
    _write_files(told, save, rejects, file if chosen.name == "ndjson" else None)
    raise typer.Exit(_told(told, output))


def _check(how: How) -> None:
    """Refuse what does not go together."""
    if how.resume and (how.plan or how.apply or how.atomic):
        raise BadInput(
            "a run that goes on is neither planned nor done as a whole",
            why="a part of it is in the graph already",
            remedy="leave --plan, --save, --apply and --atomic out, or begin a new run",
            path=("--resume",),
        )


def _write_files(told: Told, plan: Path | None, rejects: Path | None, lines: Path | None) -> None:
    """Write what was asked for: the plan, and what could not go in."""
    if plan is not None:
        _save_plan(plan, told)
    if rejects is not None:
        _write_rejects(rejects, told, lines)


def _save_plan(path: Path, told: Told) -> None:
    path.write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2))
    note(f"the plan is in {path}")


def _plan_name(apply: str) -> str:
    """Name of a plan, given by itself or as the file that `--save` wrote."""
    if not apply or not Path(apply).is_file():
        return apply
    try:
        return str(orjson.loads(Path(apply).read_bytes())["plan"])
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        remedy = "give the file that --save wrote, or the plan's name"
        raise BadInput(f"{apply} is no plan", remedy=remedy, path=("--apply",)) from error


# --- here ----------------------------------------------------------------------------------------


def _here(chosen: Any, content: Any, how: How) -> Told:
    """Sync on the database of this machine."""
    run = import_module("fitsm_graph.confm.sync").sync
    told_of = import_module("fitsm_graph.confm.sync_told")
    blasts = import_module("fitsm_graph.confm.sync_blast").Blasts
    verb = import_module("fitsm_graph.graph.verb")
    kept: dict[str, Any] | None = {} if how.rejects else None

    async def work(product: Any) -> Any:
        return await run(
            product.graph,
            product.registry,
            chosen.rows(content) if kept is None else _watched(chosen.read(content), kept),
            source=how.source,
            scope=how.scope,
            mode=how.mode,
            ending=_ending(how.complete),
            request=verb.Request(actor="system", via="sync"),
            plan_only=how.plan,
            plan=how.apply,
            atomic=how.atomic,
            resume=how.resume,
            progress=_progress,
            blasts=blasts(product.snapshot),
        )

    report = import_module("fitsm_graph.cli.local").with_product(work)
    told: Told = told_of.whole_plan(report)
    bad = dict.fromkeys(str(each.path[0]) for each in report.problems if each.path)
    told["rejected"] = [kept[place] for place in bad if kept and place in kept]
    return told


def _watched(seen: Iterable[Any], kept: dict[str, Any]) -> Iterator[Any]:
    """Pass on what is read, and keep records by their place: some may have to be written out."""
    record_of = import_module("fitsm_graph.model.observation").record_of
    for each in seen:
        if not isinstance(each, Problem):
            kept[each.place or each.key] = record_of(each)
        yield each


def _ending(complete: list[str]) -> Any:
    vanish = import_module("fitsm_graph.confm.sync_vanish")
    if not complete:
        return vanish.ALL_COMPLETE
    return vanish.Ending(types=frozenset(complete) - {"none"})


def _progress(phase: str, rows: int) -> None:
    if aside.is_terminal:
        aside.print(f"  {phase}: {rows:,}", end="\r", markup=False)


# --- there ---------------------------------------------------------------------------------------


def _there(seen: Iterable[Any], how: How) -> Told:
    """Sync on a server: the file is read here, and sent as records."""
    there: Told = import_module("fitsm_graph.cli.sync_remote").send(seen, how)
    return there


# --- what is told --------------------------------------------------------------------------------


def _write_rejects(path: Path, told: Told, lines_of: Path | None) -> None:
    """Write what could not go in, so that it can be mended and sent again.

    Of NDJSON the lines as they are, without secrets; of other formats the records that they became.
    """
    clean = import_module("fitsm_graph.discovery.records").line_without_secrets
    places = {each["path"][0] for each in told["problems"] if each["path"]}
    if lines_of is not None:
        numbers = {int(place[5:]) for place in places if place[5:].isdigit()}
        with lines_of.open("rb") as source, path.open("wb") as out:
            kept = [clean(line) for n, line in enumerate(source, start=1) if n in numbers]
            out.writelines(line if line.endswith(b"\n") else line + b"\n" for line in kept)
        note(f"{plural(len(kept), 'line')} to mend in {path}")
        return
    records = told["rejected"]
    with path.open("wb") as out:
        out.writelines(orjson.dumps(each, option=orjson.OPT_APPEND_NEWLINE) for each in records)
    note(f"{plural(len(records), 'record')} to mend in {path}")


def _told(told: Told, output: Output) -> int:
    """Show what became of it, and say how to end."""
    told.pop("rejected", None)
    if output is Output.JSON:
        show_json(told)
    else:
        _show(told)
    if told["status"] == "held":
        note(f"held: fsg sync approve {told['run']} {told['hold']}")
        return HELD
    if told["problemCount"]:
        return PARTIAL
    return CHANGES if told["status"] == "planned" and _changes(told) else 0


def _changes(told: Told) -> bool:
    return bool(told.get("changes") or told["retirementCount"])


def _show(told: Told) -> None:
    for problem in told["problems"][:MOST_TOLD]:
        tell(_problem(problem))
    if told["problemCount"] > MOST_TOLD:
        note(f"… and {told['problemCount'] - MOST_TOLD} more; -o json shows all")
    for notice in told["notices"][:MOST_TOLD]:
        tell(_problem(notice), notice=True)
    if len(told["notices"]) > MOST_TOLD:
        note(f"… and {len(told['notices']) - MOST_TOLD} more notices; -o json shows all")
    if told["status"] == "planned":
        show_table(("op", "key", "what", "field", "before", "after"), _lines(told))
    for loss in told["losses"]:
        note(f"missing: {loss['missing']} of {loss['known']} {loss['type']}")
    _show_blast(told["blast"])
    note(f"{told['status']} {told['run'] or told['plan']}")
    if told["status"] == "refused":
        note("nothing was written; without its problems it would have been:")
    for name, count in told["counts"].items():
        typer.echo(f"{name}\t{count}")


def _lines(told: Told) -> Iterator[tuple[Any, ...]]:
    """Every change of a plan, field by field, and what it would propose to retire."""
    for each in told.get("changes", ()):
        for field in each["fields"]:
            before, after = field["before"], field["after"]
            yield each["op"], each["key"], each["what"], field["name"], before, after
        if not each["fields"]:
            yield each["op"], each["key"], each["what"], each["detail"], None, None
    for each in told["retirements"]:
        worse = ", ".join(one["key"] for one in (each["blast"] or {}).get("services", ()))
        yield "retire?", each["key"], each["type"], "", None, worse


def _show_blast(blast: Told | None) -> None:
    if blast is None or not blast["services"]:
        return
    note(f"retiring these would leave {plural(len(blast['services']), 'service')} worse off:")
    for each in blast["services"]:
        note(f"  {each['key']}: {each['before']} → {each['after']}")
        for step in each["because"]:
            note(f"    {step}")


def _problem(told: Told) -> Problem:
    path = tuple(told["path"])
    return Problem(told["code"], told["message"], told["why"], told["remedy"], path)


app.add_typer(mapping.app, name="map", help="Formats of sources, as `fsg map` has them.")
sync_runs.add_to(app)
sync_waiting.add_to(app)
