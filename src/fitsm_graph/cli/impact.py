"""`fitsm-graph impact`, `what-if` and `spof`: the blast radius, and what could cause one."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Any

import typer

from fitsm_graph.cli.asking import ask
from fitsm_graph.cli.documents import document
from fitsm_graph.cli.files import write_file
from fitsm_graph.cli.output import note, screen
from fitsm_graph.cli.saying import PARTIAL
from fitsm_graph.cli.sheets import FORM, Form, Sheet, show
from fitsm_graph.kernel.errors import BadInput, Unsupported
from fitsm_graph.kernel.text import plural

SHOWN = 40
"""Elements on a terminal; all of them are in a pipe and in the other forms."""
SOME = 3
"""Causes named side by side on the way of a proof."""
AS_OF = typer.Option(None, "--as-of", metavar="MOMENT", help="as it was then (RFC 3339)")


class Drawn(StrEnum):
    """The form of an answer that is a list, and a graph as well."""

    TABLE = "table"
    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"
    DOT = "dot"
    MERMAID = "mermaid"
    GRAPHML = "graphml"
    GEXF = "gexf"
    JGF = "jgf"


DRAWN = typer.Option(
    Drawn.TABLE,
    "-o",
    "--output",
    help="table, json, ndjson or csv; the graph as dot, mermaid, graphml, gexf or jgf",
)


class Level(StrEnum):
    """A level that an element can be taken to."""

    AT_RISK = "AT_RISK"
    DEGRADED = "DEGRADED"
    DOWN = "DOWN"


def impact(
    elements: list[str] = typer.Argument(None, metavar="ELEMENT", help="ids or keys that fail"),
    file: Path | None = typer.Option(
        None, "--file", metavar="FILE", help="cases, one JSON object a line; - is stdin"
    ),
    as_of: str | None = AS_OF,
    output: Drawn = DRAWN,
) -> None:
    """Show what fails with some elements; or answer a file of cases, without a database.

    With --file each line is a case {"elements", "requirements", "down", …},
    and each line of the output its answer. A line that cannot be answered is
    told with its number, the others are answered, and the exit code is 7.

    Examples:
      fsg impact fw-sto-a
      fsg impact fw-sto-a --as-of 2026-11-23T08:30:00Z -o json
      fsg impact fw-sto-a -o dot > radius.dot
      fsg impact --file cases.ndjson -o json > answers.ndjson
    """
    if file is not None:
        _check_file_options(elements, as_of, output)
        raise typer.Exit(import_module("fitsm_graph.cli.cases").answer_cases(file))
    if not elements:
        raise BadInput("nothing is said to fail", remedy="name elements, or give --file CASES")
    show_impact({"fail": elements}, as_of, output)


def what_if(
    fail: list[str] = typer.Option([], "--fail", metavar="ELEMENT", help="DOWN by itself"),
    degrade: list[str] = typer.Option([], "--degrade", metavar="ELEMENT", help="DEGRADED"),
    at_risk: list[str] = typer.Option([], "--at-risk", metavar="ELEMENT", help="AT_RISK"),
    restore: list[str] = typer.Option([], "--restore", metavar="ELEMENT", help="UP by itself"),
    maintain: list[str] = typer.Option([], "--maintain", metavar="ELEMENT", help="in maintenance"),
    remove: list[str] = typer.Option([], "--remove", metavar="ELEMENT", help="not there"),
    as_of: str | None = AS_OF,
    output: Drawn = DRAWN,
) -> None:
    """Compare a scenario with the baseline; nothing is written.

    Examples:
      fsg what-if --fail core-1 --fail core-2
      fsg what-if --maintain san-a --degrade wan-1 -o csv
    """
    given = {
        "fail": fail,
        "degrade": degrade,
        "atRisk": at_risk,
        "restore": restore,
        "maintain": maintain,
        "remove": remove,
    }
    scenario = {name: refs for name, refs in given.items() if refs}
    if not scenario:
        raise BadInput("nothing is assumed", remedy="give --fail ELEMENT, or another assumption")
    show_impact(scenario, as_of, output)


def spof(
    element: str = typer.Argument(metavar="ELEMENT", help="id or key"),
    level: Level = typer.Option(Level.DOWN, "--level", help="how bad it must be"),
    pairs: bool = typer.Option(False, "--pairs", help="two that fail together as well"),
    output: Form = FORM,
) -> None:
    """Show what alone could take an element down: its single points of failure (PR12.3).

    Ends with 7 where not everything could be examined.

    Examples:
      fsg spof svc-portal
      fsg spof svc-portal --level DEGRADED --pairs -o json
    """
    found = ask("SinglePoints", of=element, level=level.value, pairs=pairs)
    answer = found["singlePointsOfFailure"]
    alone = [(each["key"], each["name"], _type(each)) for each in answer["elements"]]
    both = [(a["key"], b["key"], f"{a['name']} and {b['name']}") for a, b in answer["pairs"]]
    sheets = [Sheet(("key", "name", "type"), alone, f"{plural(len(alone), 'single point')}")]
    if pairs:
        sheets.append(Sheet(("element", "with", "names"), both, plural(len(both), "pair")))
    show(output, answer, answer["elements"], *sheets)
    note(f"{answer['examined']:,} of {plural(answer['cone'], 'element')} upstream were examined")
    if answer["already"]:
        note(f"it is {level.value} already")
    if not answer["complete"]:
        note("incomplete: the cone is larger than what is examined at once")
        raise typer.Exit(PARTIAL)


def show_impact(scenario: Mapping[str, Any], as_of: str | None, output: Drawn) -> None:
    """Ask for an impact answer and show it, or write its graph."""
    given = {"scenario": dict(scenario), "asOf": as_of}
    if output.value in {each.value for each in Form}:
        show_answer(ask("Impact", **given)["whatIf"], Form(output.value))
    else:
        write_file(document("ImpactGraph"), given, output.value, None)


def show_answer(answer: Mapping[str, Any], output: Form = Form.TABLE) -> None:
    """Show an impact answer: services and why first, then elements; CSV has the elements."""
    nodes = answer["affected"]["nodes"]
    count = answer["affected"]["totalCount"]
    cut = output is Form.TABLE and screen.is_terminal and count > SHOWN
    title = f"{count:,} affected" + (f", the nearest {SHOWN}; -o json has all" if cut else "")
    elements = Sheet(
        ("element", "name", "type", "before", "after", "hops"),
        [
            (
                row["element"]["key"],
                row["element"]["name"],
                _type(row["element"]),
                row["before"],
                row["after"],
                row["hops"],
            )
            for row in (nodes[:SHOWN] if cut else nodes)
        ],
        title,
    )
    sheets = [_services(answer), _proofs(answer), elements] if output is Form.TABLE else [elements]
    show(output, answer, nodes, *sheets)
    note(f"{answer['completeness']['note']} · as of ledger entry {answer['version']}")


def _services(answer: Mapping[str, Any]) -> Sheet:
    services = answer["services"]
    rows = [
        (
            each["element"]["key"],
            each["before"],
            each["after"],
            ", ".join(customer["name"] for customer in each["customers"]),
        )
        for each in services
    ]
    return Sheet(
        ("service", "before", "after", "customers"), rows, plural(len(services), "service")
    )


def _proofs(answer: Mapping[str, Any]) -> Sheet:
    """Why each service is worse: a way from it down to what set it off."""
    steps = {step["element"]["key"]: step for step in answer["proofs"]}
    rows = [
        (each["element"]["key"], each["after"], _way(steps, each["element"]["key"]))
        for each in answer["services"]
    ]
    return Sheet(("service", "is", "because of"), rows, "Why: from the service to what set it off")


def _way(steps: Mapping[str, Any], key: str) -> str:
    """The elements of a proof from one down to an own state, with the arithmetic of groups."""
    way: list[str] = []
    seen: set[str] = set()
    while key in steps and key not in seen:
        seen.add(key)
        step = steps[key]
        causes = [cause["key"] for cause in step["because"]]
        if not causes:
            return " ← ".join([*way, _reason(step)])
        causes.sort(key=lambda cause: cause not in steps or cause in seen)
        way.append(_some(causes) + _arithmetic(step["requirement"]))
        key = causes[0]
    return " ← ".join(way)


def _some(keys: Sequence[str]) -> str:
    more = f" + {len(keys) - SOME:,} more" if len(keys) > SOME else ""
    return " + ".join(keys[:SOME]) + more


def _arithmetic(need: Mapping[str, Any] | None) -> str:
    """How many members are left, where a requirement has several."""
    if need is None or need["total"] < 2:
        return ""
    return f" ({need['any']} of {need['total']} left, {need['need']} needed)"


def _reason(step: Mapping[str, Any]) -> str:
    """What ends a proof: an own state, or elements that only hold one another up."""
    return str(step["text"]).partition(": ")[2]


def _type(element: Mapping[str, Any]) -> str:
    return str(element["type"] or element["kind"])


def _check_file_options(elements: list[str] | None, as_of: str | None, output: Drawn) -> None:
    if elements or as_of:
        raise BadInput(
            "a file of cases is answered by itself",
            why="it has nothing to do with what is in the graph",
            remedy="leave elements and --as-of out, or leave --file out",
        )
    if output.value not in {Form.TABLE, Form.JSON, Form.NDJSON}:
        raise Unsupported(
            f"answers to cases are not written as {output}",
            remedy="-o json or -o ndjson: a line each",
        )
