"""Key performance indicators: what they are, and what they say of a period (PR14, decision 0024).

    kpi/incident_reopened:
      title: Incidents that were opened again
      why: What is opened again was not resolved.
      better: lower
      target: 0.05
      tolerance: 0.02
      owner: process_manager
      every: month

A definition is a policy: somebody writes it, somebody else approves it. It names a formula, which
is a query that comes with the product, and gives its parameters. Values are computed when they are
asked for, from what the ledger and the records keep of the period; nothing to measure is no value.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from fitsm_graph.csi.formulas import LARGEST, ROOM, Formula, Unit, formulas
from fitsm_graph.flow.counting import COUNTINGS
from fitsm_graph.flow.periods import Period, Step
from fitsm_graph.flow.policies import InForce, Policies, PolicyKind
from fitsm_graph.flow.reading import Path, Reader
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.statements import Statement, statement
from fitsm_graph.kernel.errors import BadInput, NotFound
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import HELD_OVER, Over, RoleWord, role_key

KPI = "kpi"
"""The kind of policy."""
OWNERS = (
    RoleWord.PROCESS_MANAGER,
    RoleWord.PROCESS_OWNER,
    RoleWord.SMS_MANAGER,
    RoleWord.SMS_OWNER,
)
"""Roles that may answer for one."""
MOST = 1_000_000
"""The largest target."""
_NEEDED = ("title", "why", "better", "target", "owner", "every")
_KNOWN = (*_NEEDED, "tolerance", "formula", "parameters")


class Better(StrEnum):
    """Which values are the better ones."""

    HIGHER = "higher"
    LOWER = "lower"


class Standing(StrEnum):
    """How a value stands to its target."""

    MET = "met"
    TOLERATED = "tolerated"
    MISSED = "missed"
    NOTHING_TO_MEASURE = "nothing_to_measure"


@dataclass(frozen=True, slots=True)
class Indicator:
    """The definition of a key performance indicator.

    Attributes:
        why: Why it matters, for who reads it.
        target: From which value on it is met, in the unit of the formula.
        tolerance: By how much it may be missed without anything to be done.
        owner: Role that answers for it.
        every: The periods that it is measured over by itself.
        parameters: What the formula is given beside the period.
    """

    name: str
    title: str
    why: str
    better: Better
    target: float
    tolerance: float
    owner: RoleWord
    every: Step
    formula: Formula
    parameters: Mapping[str, int]

    @property
    def owner_key(self) -> str:
        """Key of the role that answers for it."""
        over = self.formula.process if HELD_OVER[self.owner] is Over.PROCESS else ""
        return role_key(self.owner, over)

    def standing(self, value: float | None) -> Standing:
        """How a value stands to the target."""
        if value is None:
            return Standing.NOTHING_TO_MEASURE
        short = self.target - value if self.better is Better.HIGHER else value - self.target
        if short <= 0:
            return Standing.MET
        return Standing.TOLERATED if short <= self.tolerance else Standing.MISSED


@dataclass(frozen=True, slots=True)
class Measured:
    """What an indicator says of a period.

    Attributes:
        value: In the unit of the formula; None: there is nothing to measure.
        numerator: What was counted.
        denominator: What that is of.
    """

    period: Period
    value: float | None
    numerator: int
    denominator: int
    standing: Standing


# --- definitions ---------------------------------------------------------------------------------


def parse_kpi(name: str, document: Any, read: Reader) -> Indicator | None:
    """Read a definition; it is called as its formula unless it says which."""
    given = read.fields(document, (), _KNOWN, _NEEDED)
    chosen = given.get("formula", name)
    formula = formulas().get(chosen) if isinstance(chosen, str) else None
    if formula is None:
        remedy = did_you_mean(str(chosen)[:60], formulas())
        what = f"there is no formula '{str(chosen)[:60]}'"
        read.wrong("KPI_FORMULA_UNKNOWN", ("formula",), what, remedy)
        return None
    most = 1.0 if formula.unit is Unit.SHARE else float(MOST)
    title = read.text(given.get("title"), ("title",))
    why = read.text(given.get("why"), ("why",), longest=1_000)
    better = read.one_of(given.get("better"), ("better",), Better)
    target = _amount(read, given.get("target"), ("target",), most)
    tolerance = _amount(read, given.get("tolerance", 0), ("tolerance",), most)
    owner = read.one_of(given.get("owner"), ("owner",), OWNERS)
    every = read.one_of(given.get("every"), ("every",), Step)
    parameters = _parameters(read, formula, given.get("parameters", {}))
    if read.problems:
        return None
    words = (Better(better), target, tolerance, RoleWord(owner), Step(every))
    return Indicator(name, title, why, *words, formula, parameters)


def _amount(read: Reader, given: object, path: Path, most: float) -> float:
    if isinstance(given, int | float) and not isinstance(given, bool) and 0 <= given <= most:
        return float(given)
    if given is not None:
        what = f"'{path[-1]}' is no value that there can be"
        read.wrong("KPI_TARGET", path, what, f"a number from 0 to {most:g}")
    return 0.0


def _parameters(read: Reader, formula: Formula, given: object) -> Mapping[str, int]:
    """What the formula needs, and nothing else: whole numbers from 1 on."""
    path = ("parameters",)
    known = tuple(formula.parameters)
    fields = read.fields(given, path, known, known)
    return MappingProxyType(
        {each: read.whole(fields.get(each), (*path, each), 1, LARGEST[each]) for each in known}
    )


KIND = PolicyKind(
    KPI,
    "What a process is measured by: formula, target, owner, periods.",
    "PR14.1",
    parse_kpi,
    process=lambda _, indicator: indicator.formula.process,
)


# --- what is in force ----------------------------------------------------------------------------


def in_force(policies: Policies) -> list[InForce]:
    """Definitions in force, by process and name; the value of each is an `Indicator`."""
    order = list(Process)
    found = [each for each in policies if each.kind == KPI]
    return sorted(found, key=lambda it: (order.index(it.value.formula.process), it.name))


def defined(policies: Policies, name: str) -> InForce:
    """The definition in force of a name.

    Raises:
        NotFound: None is.
    """
    found = policies.find(KPI, name)
    if found is None:
        said, remedy = _unknown(policies, name)
        raise NotFound(said, why="none is approved by that name", remedy=remedy)
    return found


def check_names(policies: Policies, names: Iterable[str]) -> None:
    """Refuse names, among what is asked for, of which no definition is in force.

    Raises:
        BadInput: With the first of them.
    """
    for name in names:
        if policies.find(KPI, name) is None:
            said, remedy = _unknown(policies, name)
            raise BadInput(said, remedy=remedy, path=("keys",))


def _unknown(policies: Policies, name: str) -> tuple[str, str]:
    """What is said of a name that nothing has, and what might be meant."""
    known = [each.name for each in in_force(policies)]
    return f"no KPI '{name[:60]}' is in force", did_you_mean(name[:60], known)


# --- values --------------------------------------------------------------------------------------


async def measured(
    graph: Graph, policies: Policies, indicator: Indicator, period: Period
) -> Measured:
    """What an indicator says of a period, in one statement."""
    row = (await graph.run(query_of(indicator), given_to(policies, indicator, period)))[0]
    return told(policies, indicator, period, row)


def query_of(indicator: Indicator) -> Statement:
    """The statement of an indicator's formula."""
    return statement(f"{ROOM}.{indicator.formula.name}")


def given_to(policies: Policies, indicator: Indicator, period: Period) -> dict[str, Any]:
    """What that statement is given: the period, and what policies say of it."""
    counting = COUNTINGS.get(indicator.formula.name)
    lent = counting.lends(policies, period) if counting else {}
    known = {"since": period.since, "until": period.until, **indicator.parameters, **lent}
    return {each: known[each] for each, _ in query_of(indicator).parameters}


def told(
    policies: Policies, indicator: Indicator, period: Period, row: Mapping[str, Any]
) -> Measured:
    """What a row of the formula says, or what its rows come to."""
    counting = COUNTINGS.get(indicator.formula.name)
    value, counted = row["value"], (int(row["numerator"]), int(row["denominator"]))
    if counting and counting.counts:
        counted = counting.counts(policies, period, row["rows"])
        value = counted[0] / counted[1] if counted[1] else None
    return Measured(period, value, *counted, indicator.standing(value))
