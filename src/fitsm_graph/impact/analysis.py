"""What a scenario does to the estate: baseline and scenario compared on one snapshot.

The answer is complete: every element the scenario makes worse, whatever its distance. It is
kept in columns, so that a hub with hundreds of thousands of dependents costs arrays; words are
put to single elements when they are shown (`explain`).
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fitsm_graph.impact.base import RETIRED
from fitsm_graph.impact.columns import Int32, Int64
from fitsm_graph.impact.engine import NO_MARGIN, Case, Scenario, Solution, assess, cones, solve
from fitsm_graph.impact.mapped import Mapped
from fitsm_graph.impact.network import Bytes, Integers, Level, frozen
from fitsm_graph.impact.own import OwnStates
from fitsm_graph.impact.records import Kind
from fitsm_graph.impact.scenario import WhatIf, lay
from fitsm_graph.kernel.errors import BadInput

NOT_REACHED = cones.NOT_REACHED
"""Hops of an element to which no chain of worse elements leads from a seed."""
_FAULTLESS = "faultless"


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Elements of an answer as columns of equal length.

    Attributes:
        number: Element numbers, int32.
        before: States in the baseline, uint8; UP for added elements.
        after: States in the scenario, uint8.
        hops: Fewest requirements between a seed and the element, int32.
        margin_before: Least margin over its own hard requirements, or NO_MARGIN, int64.
        margin_after: The same in the scenario.
    """

    number: Int32
    before: Bytes
    after: Bytes
    hops: Int32
    margin_before: Int64
    margin_after: Int64

    def __len__(self) -> int:
        return self.number.size

    def take(self, rows: NDArray[Any]) -> "Rows":
        """Pick rows in the order given."""
        return Rows(*(getattr(self, name)[rows] for name in self.__slots__))


_NO_ROWS = Rows(*(frozen(np.zeros(0, kind)) for kind in ("i4", "u1", "u1", "i4", "i8", "i8")))


@dataclass(frozen=True, slots=True, eq=False)
class ImpactReport:
    """The complete answer to one question, in numbers; see `explain.shown` for words.

    Attributes:
        mapped: Topology and network of the baseline.
        laid: Topology and network of the scenario; the same where nothing is rewired.
        what_if: The assumptions.
        own_before: Own states of the baseline.
        own_after: Own states of the scenario.
        before: Solution of the baseline.
        after: Solution or scenario of the engine.
        seeds: Numbers of the elements the scenario starts from.
        affected: Elements that are worse, the worst first.
        exposed: Elements in the same state with less margin.
        improved: Elements that are better (restored, rewired).
        modelling_errors: Numbers of elements that are not UP without any fault.
        memo: What is derived from the report once and kept with it.
    """

    mapped: Mapped
    laid: Mapped
    what_if: WhatIf
    own_before: OwnStates
    own_after: OwnStates
    before: Solution
    after: Case
    seeds: Int32
    affected: Rows
    exposed: Rows
    improved: Rows
    modelling_errors: Int32
    memo: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def version(self) -> int:
        """Sequence number of the ledger entry that everything here was computed at."""
        return self.mapped.version

    @property
    def services(self) -> Rows:
        """The services among the affected: the worst first, then by criticality."""
        rows = self.affected
        elements = self.laid.topology.elements
        rows = rows.take(np.flatnonzero(elements.kind[rows.number] == Kind.SERVICE))
        critical = elements.criticality[rows.number].astype(np.int16)
        critical[critical == 0] = np.iinfo(np.int16).max
        order = np.lexsort((rows.number, critical, -rows.after.astype(np.int16)))
        return rows.take(order)

    def margins(self, requirement: int) -> tuple[int | None, int]:
        """A requirement's margin before, None if it is new, and after.

        Args:
            requirement: Number in the scenario's network.
        """
        return self._margin_before(requirement), margin_of(self.after, requirement)

    def _margin_before(self, requirement: int) -> int | None:
        if self.laid is self.mapped:
            return margin_of(self.before, requirement)
        owner, what = int(self.laid.network.of[requirement]), int(self.laid.what[requirement])
        if owner >= self.mapped.topology.size or what >= self.mapped.topology.size:
            return None
        found = self.mapped.find_requirement(owner, what)
        return None if found < 0 else margin_of(self.before, found)


def margin_of(case: Case, requirement: int) -> int:
    """Weight a requirement can still lose before it is DOWN: any - k."""
    return int(margins_of(case, [requirement])[0])


def margins_of(case: Case, requirements: ArrayLike) -> Integers:
    """The same of several requirements."""
    if isinstance(case, Scenario | Solution):
        return case.margins(requirements)
    raise BadInput(f"a {type(case).__name__} has no margins")


def baseline(mapped: Mapped, own: OwnStates) -> Solution:
    """Solve a mapped topology for own states; keep it as long as neither changes."""
    return solve(mapped.network, own.levels(mapped.topology))


def impact(
    mapped: Mapped,
    own: OwnStates,
    what_if: WhatIf,
    *,
    before: Solution | None = None,
) -> ImpactReport:
    """Compare a scenario with the baseline (design section 4).

    Args:
        mapped: The graph at one version.
        own: Own states of the baseline.
        what_if: The assumptions of the scenario.
        before: The baseline's solution, if it is at hand; of this network and these own states.

    Returns:
        The complete answer; only assumptions that make own states worse cost what they reach,
        others cost the network.

    Raises:
        NotFound: An assumption speaks of what is not there.
        Contradiction: Two assumptions about one element.
        BadInput: A row of the scenario breaks a rule, or ``before`` is of another network.
    """
    if before is None:
        before = baseline(mapped, own)
    elif before.network is not mapped.network:
        raise BadInput(
            "the baseline was solved on another network",
            code="BASELINE_MISMATCH",
            why="all parts of one answer rest on one snapshot",
            remedy="solve the baseline of this version",
        )
    laid = lay(mapped, own, what_if)
    after = _after(mapped, laid.mapped, laid.own, before, what_if)
    compared = _Compared(mapped, laid.mapped, before, after, laid.seeds)
    return ImpactReport(
        mapped=mapped,
        laid=laid.mapped,
        what_if=what_if,
        own_before=own,
        own_after=laid.own,
        before=before,
        after=after,
        seeds=laid.seeds,
        affected=compared.worse(),
        exposed=compared.exposed(),
        improved=compared.better(),
        modelling_errors=modelling_errors(mapped, before),
    )


def _after(
    mapped: Mapped,
    laid: Mapped,
    own_after: OwnStates,
    before: Solution,
    what_if: WhatIf,
) -> Case:
    if laid is not mapped:
        return solve(laid.network, own_after.levels(laid.topology), kernel=before.kernel)
    named = {element for _, element in what_if.assumed()}
    now = {mapped.topology.index(e): own_after.level(e) for e in sorted(named)}
    changed = {n: level for n, level in now.items() if level != before.own[n]}
    return assess(mapped.network, before, list(changed), list(changed.values()))


def modelling_errors(mapped: Mapped, before: Solution | None = None) -> Int32:
    """Elements that are not UP without any fault, ascending; found once for a network.

    Args:
        mapped: The graph at one version.
        before: A solution of the network; taken as it is where it has no own states.
    """
    found: Int32 | None = mapped.network.memo.get(_FAULTLESS)
    if found is None:
        found = mapped.network.memo[_FAULTLESS] = faultless(mapped, before).not_up()
    return found


def faultless(mapped: Mapped, before: Solution | None = None) -> Solution:
    """The solution without any fault, which proves the modelling errors; costs the network."""
    unhurt = before is not None and not before.own.any()
    return before if before is not None and unhurt else solve(mapped.network)


class _Compared:
    """States and margins of baseline and scenario side by side, by number."""

    def __init__(
        self, mapped: Mapped, laid: Mapped, before: Solution, after: Case, seeds: Int32
    ) -> None:
        self.mapped, self.laid, self.before, self.after = mapped, laid, before, after
        self.seeds = seeds
        size, known = laid.topology.size, mapped.topology.size
        if isinstance(after, Scenario):
            self.reached = np.sort(after.elements)
        else:
            state = np.zeros(size, np.uint8)
            state[:known] = before.state
            gone = (laid.topology.elements.flags & RETIRED) != 0
            differs = after.levels(np.arange(size)) != state
            self.reached = np.flatnonzero(differs & ~gone).astype(np.int32)
        self._were, self._are = self._before(self.reached), after.levels(self.reached)

    def worse(self) -> Rows:
        """Worse in the scenario, the worst first, then the nearest, then by number."""
        worse = self.reached[self._are > self._were]
        rows = self._rows(worse, self._hops_to(worse))
        order = np.lexsort((rows.number, _far(rows.hops), -rows.after.astype(np.int16)))
        return rows.take(order)

    def better(self) -> Rows:
        """Better in the scenario, by number."""
        return self._rows(self.reached[self._are < self._were], None)

    def exposed(self) -> Rows:
        """Same state, less margin; the least margin first, then by number."""
        if isinstance(self.after, Scenario):
            numbers = self.after.exposed()
        else:
            numbers = np.arange(self.mapped.topology.size, dtype=np.int32)
            numbers = numbers[self.after.levels(numbers) == self.before.state]
        rows = self._rows(numbers, None)
        rows = rows.take(np.flatnonzero(rows.margin_after < rows.margin_before))
        return rows.take(np.lexsort((rows.number, rows.margin_after)))

    def _rows(self, numbers: Int32, hops: Int32 | None) -> Rows:
        if not numbers.size:  # most often: nothing is better, and nothing else has less margin
            return _NO_ROWS
        known = numbers < self.mapped.topology.size
        margin = np.full(numbers.size, NO_MARGIN, np.int64)
        margin[known] = self.before.element_margins(numbers[known])
        return Rows(
            numbers,
            self._before(numbers),
            self.after.levels(numbers),
            np.full(numbers.size, NOT_REACHED, np.int32) if hops is None else hops,
            margin,
            _element_margins(self.after, numbers),
        )

    def _before(self, numbers: Int32) -> Bytes:
        """States in the baseline; UP for added elements."""
        known = numbers < self.mapped.topology.size
        before = np.zeros(numbers.size, np.uint8)
        before[known] = self.before.state[numbers[known]]
        return before

    def _hops_to(self, numbers: Int32) -> Int32:
        passable = np.zeros(self.laid.topology.size, np.uint8)
        passable[self.reached] = 1
        hops = cones.hops_down(self.laid.network, self.seeds, passable, kernel=self.before.kernel)
        return hops[numbers]


def _element_margins(case: Case, numbers: Int32) -> Int64:
    if isinstance(case, Scenario | Solution):
        return case.element_margins(numbers)
    raise BadInput(f"a {type(case).__name__} has no margins")


def _far(hops: Int32) -> Int64:
    far: Int64 = np.where(hops == NOT_REACHED, np.iinfo(np.int32).max, hops).astype(np.int64)
    return far


def level_counts(rows: Rows) -> dict[Level, int]:
    """How many of some rows are in each state in the scenario, the worst first."""
    counts = np.bincount(rows.after, minlength=len(Level))
    return {level: int(counts[level]) for level in sorted(Level, reverse=True) if counts[level]}
