"""Formulas of key performance indicators: queries that come with the product (PR14, decision 0024).

Each is a file under `cypher/kpi/`. Its header says of which process it tells, in which unit, what
is counted and of what, and what it needs beside the period. A policy names a formula and gives its
parameters; it never holds a query.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from fitsm_graph.flow import kept_availability as _kept  # noqa: F401  # declares how one counts
from fitsm_graph.flow import quality as _quality  # noqa: F401  # likewise
from fitsm_graph.flow.counting import COUNTINGS
from fitsm_graph.graph.statements import described, names, statement
from fitsm_graph.kernel.canonical import digest_value
from fitsm_graph.kernel.errors import Broken
from fitsm_graph.kernel.places import CYPHER
from fitsm_graph.model.declare import Process

ROOM = "kpi"
PERIOD = frozenset({"since", "until"})
"""Parameters that are no policy's; what counts at the end of a period needs its end alone."""
LARGEST: Mapping[str, int] = MappingProxyType({"days": 3_650, "percent": 100})
"""The largest value of each parameter that formulas have."""
_FACT = r"^// {}\s+(.+(?:\n// {{8,}}\S.*)*)"
_COLUMN = r"^// -> {}\s+int\s+(.+(?:\n// {{20,}}\S.*)*)"
_PARAMETER = re.compile(r"^// \$(\w+)\s+int\s+(.+)$", re.MULTILINE)


class Unit(StrEnum):
    """What a value is in."""

    SHARE = "share"
    HOURS = "hours"
    DAYS = "days"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Formula:
    """A query, and what its header says of it.

    Attributes:
        says: What it tells, in a sentence.
        counts: What its numerator counts.
        of: What its denominator counts: the records that are looked at.
        parameters: What each one means that a policy has to give; whole numbers.
        known: What is known as it is now only, and not as it was at the end of the period.
        digest: Of the file: a value that is kept names the formula that it came from.
    """

    name: str
    process: Process
    unit: Unit
    says: str
    counts: str
    of: str
    parameters: Mapping[str, str]
    known: str
    digest: str


@cache
def formulas() -> Mapping[str, Formula]:
    """All formulas by name, in the order of their processes."""
    begun = f"{ROOM}."
    found = [_read(each.removeprefix(begun)) for each in names() if each.startswith(begun)]
    order = list(Process)
    found.sort(key=lambda each: (order.index(each.process), each.name))
    return MappingProxyType({each.name: each for each in found})


def _read(name: str) -> Formula:
    """Read a formula from its file.

    Raises:
        Broken: Its header lacks something.
    """
    chosen = statement(f"{ROOM}.{name}")
    source = (CYPHER / ROOM / f"{name}.cypher").read_text(encoding="utf-8")
    parameters = dict(_PARAMETER.findall(source))
    lent = COUNTINGS[name].lent if name in COUNTINGS else frozenset()
    if {
        each for each, _ in chosen.parameters
    } - PERIOD - lent != parameters.keys() & LARGEST.keys():
        raise Broken(f"formula '{name}' cannot be used", why="nothing bounds its parameters")
    return Formula(
        name,
        Process(_said(source, _FACT, "process", name)),
        Unit(_said(source, _FACT, "unit", name)),
        described(chosen.name),
        _said(source, _COLUMN, "numerator", name),
        _said(source, _COLUMN, "denominator", name),
        MappingProxyType(parameters),
        _said(source, _FACT, "known"),
        digest_value(source),
    )


def _said(source: str, form: str, word: str, needed_by: str = "") -> str:
    found = re.search(form.format(word), source, re.MULTILINE)
    if found is None and needed_by:
        raise Broken(f"formula '{needed_by}' cannot be used", why=f"its header lacks '{word}'")
    return " ".join(found[1].replace("//", " ").split()) if found else ""
