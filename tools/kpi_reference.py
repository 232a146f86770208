#!/usr/bin/env python3
"""Key performance indicators as a page: definitions that come with the product, and formulas."""

from collections.abc import Iterable

from reference_table import table

from fitsm_graph.bootstrap import KINDS
from fitsm_graph.cli.kpi import written
from fitsm_graph.csi.formulas import Formula, formulas
from fitsm_graph.csi.kpis import Better, Indicator, in_force
from fitsm_graph.model.declare import Process
from fitsm_graph.sms.policies import default_policies

INTRODUCED = """\
# Key performance indicators

Printed from `cypher/kpi/` and `schema/policies/kpis.yaml` by `make docs`.

What each process is measured by ([how to measure](../how-to/measure-kpis.md)). A definition is a
policy of the kind `kpi`: it names a formula, and says its target, who answers for it and over
which periods it is measured. A formula is a query that comes with the product. It tells a
numerator, which counts something, and a denominator, which counts what was looked at. Where that is
none there is nothing to measure, and no value. Times are counted in whole milliseconds; where one
of them stands for all, it is that at the nearest rank. What is as it is now only, and not as it was
at the end of a period that has passed, is said below the formula.
"""


def kpis_page() -> str:
    """Every definition by process, then what its formula counts."""
    defined = [each.value for each in in_force(default_policies(KINDS))]
    parts = [INTRODUCED]
    for process in Process:
        own = [each for each in defined if each.formula.process is process]
        if own:
            head = ("KPI", "target", "tolerated", "period", "owner")
            parts += [f"## {process.upper()}\n", table(head, map(_row, own))]
        parts += [part for each in own for part in _section(each)]
    unused = [each for name, each in formulas().items() if name not in {x.name for x in defined}]
    return "\n".join([*parts, *(part for each in unused for part in _formula(each))])


def _row(it: Indicator) -> tuple[str, ...]:
    bound = "at least" if it.better is Better.HIGHER else "at most"
    unit = it.formula.unit.value
    target, tolerance = written(it.target, unit), written(it.tolerance, unit)
    return (f"[{it.name}](#{it.name})", f"{bound} {target}", tolerance, it.every, it.owner_key)


def _section(it: Indicator) -> Iterable[str]:
    yield f"### {it.name}\n"
    yield f"{it.title}. {it.why}\n"
    yield from _formula(it.formula, it)


def _formula(formula: Formula, it: Indicator | None = None) -> Iterable[str]:
    given = it.parameters if it else {}
    yield f"{formula.says} Unit: {formula.unit}.\n"
    rows = [("numerator", formula.counts), ("denominator", formula.of)]
    rows += [
        (f"`{name}`", f"{doc}: {given.get(name, '')}") for name, doc in formula.parameters.items()
    ]
    yield table(("", "is"), rows)
    if formula.known:
        yield f"Known as it is now: {formula.known[0].lower()}{formula.known[1:]}\n"
