"""`fitsm-graph coverage`: what of FitSM the product covers, and what it lacks (GR2.2)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any, cast

import typer
from graphql import ObjectTypeDefinitionNode, parse

from fitsm_graph.bootstrap import KINDS
from fitsm_graph.cli.output import note
from fitsm_graph.cli.saying import GATE_FAILED
from fitsm_graph.cli.sheets import FORM, Form, Sheet, show
from fitsm_graph.csi.coverage import Declared, Item
from fitsm_graph.csi.coverage import coverage as listed
from fitsm_graph.csi.coverage import covered as all_covered
from fitsm_graph.csi.indicators import provable
from fitsm_graph.graph.verb import VERBS
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.places import SCHEMA
from fitsm_graph.kernel.text import did_you_mean, plural
from fitsm_graph.sms import records

HEADS = ("item", "what", "state", "covered by", "shown by", "lacks")
_QUESTIONS = re.compile(r"^type Query \{\n.*?^\}", re.MULTILINE | re.DOTALL)
_NAMED = re.compile(r"\(((?:PR|GR)\d+\.\d+)\)")


def coverage(
    process: str = typer.Argument(
        "", metavar="[PROCESS]", help="such as chm, PR12 or PR12.activity; all when left out"
    ),
    gaps: bool = typer.Option(False, "--gaps", help="only what the product does not cover whole"),
    gate: bool = typer.Option(False, "--gate", help="exit with 20 where there are gaps"),
    output: Form = FORM,
) -> None:
    """Show what of FitSM the product covers: requirements, activities, tasks, inputs, outputs.

    Examples:
      fsg coverage
      fsg coverage chm
      fsg coverage PR9.activity --gaps
      fsg coverage -o json
      fsg coverage PR11 --gate
    """
    items = among(covered(), process)
    shown = [each for each in items if each.gap] if gaps else items
    plain = [as_plain(each) for each in shown]
    show(output, plain, plain, Sheet(HEADS, map(row, shown), "coverage"))
    lacking = sum(each.gap for each in items)
    if output is Form.TABLE:
        note(f"{plural(len(items), 'item')}, {lacking} not covered or not whole")
    if gate and lacking:
        raise typer.Exit(GATE_FAILED)


def covered() -> tuple[Item, ...]:
    """All items, with what the declarations say of themselves."""
    return all_covered(listed().items, declared())


def declared() -> Declared:
    """Verbs, questions, kinds of policy and queries of conformity, each with its requirement.

    Owners, comments and attachments are verbs of every kind of record. They name a requirement
    for each process, and are covered by items of their own rather than by that.
    """
    return Declared(
        verbs={
            name: "" if each.run.__module__ == records.__name__ else each.requirement
            for name, each in sorted(VERBS.items())
        },
        questions=dict(_questions()),
        policies={each.name: each.requirement for each in KINDS},
        conformity={each: each for each in provable()},
    )


def _questions() -> Iterator[tuple[str, str]]:
    """Fields of the query type by name, as the printed schema has them."""
    found = _QUESTIONS.search((SCHEMA / "schema.graphql").read_text(encoding="utf-8"))
    (query,) = parse(found[0] if found else "").definitions
    for field in cast("ObjectTypeDefinitionNode", query).fields or ():
        named = _NAMED.search(field.description.value if field.description else "")
        yield field.name.value, named[1] if named else ""


def among(items: Iterable[Item], given: str) -> list[Item]:
    """Those of a process, of a group such as PR12, of a section of it, or one by key.

    Raises:
        BadInput: There are none.
    """
    items, name = list(items), given.strip().lower()
    found = [
        each
        for each in items
        if name in {"", each.process.value} or f"{each.key.lower()}.".startswith(f"{name}.")
    ]
    if not found:
        known = {word for each in items for word in (each.process.value, each.key.split(".")[0])}
        raise BadInput(
            f"nothing of the list is called '{given[:40]}'",
            remedy=did_you_mean(name.upper() if name.startswith(("pr", "gr")) else name, known),
            path=("process",),
        )
    return found


def row(item: Item) -> tuple[str, ...]:
    """An item as a row of a table."""
    by, shown = ", ".join(item.by), ", ".join(item.shown)
    return (item.key, item.says, item.state.value, by, shown, missing(item))


def missing(item: Item) -> str:
    """What an item lacks, or why it is left to people."""
    return item.left or item.lacks


def as_plain(item: Item) -> dict[str, Any]:
    """An item as plain values, with its state."""
    told = asdict(item)
    del told["see"]
    return {**told, "state": item.state.value}
