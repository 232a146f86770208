"""Words for an impact report: faces, requirements, proofs, confidence, a flat graph.

A `View` shows a report to one reader. What the reader may not see is computed with all the same
and shown as a placeholder with a token that is good for this answer only; its id, key, name,
kind, type, records and what it needs are shown nowhere, proofs included.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fitsm_graph.impact.analysis import (
    NOT_REACHED,
    ImpactReport,
    Rows,
    faultless,
    level_counts,
)
from fitsm_graph.impact.answer import (
    Answer,
    Completeness,
    Face,
    Link,
    Proven,
    ShownElement,
    ShownMember,
    ShownRequirement,
    Step,
)
from fitsm_graph.impact.columns import Bool
from fitsm_graph.impact.confidence import Confidence, ConfidenceRule, Edge, WeakRelation, weigh
from fitsm_graph.impact.engine import NO_MARGIN, Case, Proof, proofs
from fitsm_graph.impact.mapped import Mapped
from fitsm_graph.impact.network import LEVELS, Strength
from fitsm_graph.impact.own import OwnCause, OwnStates
from fitsm_graph.impact.records import Kind
from fitsm_graph.impact.scenario import assumptions
from fitsm_graph.impact.topology import Topology
from fitsm_graph.kernel.errors import BadInput, NotFound

HIDDEN = "hidden"


def visible_mask(topology: Topology, types: frozenset[str] | None) -> Bool:
    """Which elements a reader sees: all but the CIs of other types, bool[size]; None: all types."""
    if types is None:
        return np.ones(topology.size, np.bool_)
    shown = np.array([name in types for name in topology.types], np.bool_)
    visible: Bool = shown[topology.elements.type] | (topology.elements.kind != Kind.CI)
    return visible


class View:
    """A report as one reader may see it; tokens of hidden elements are stable within a view.

    Args:
        report: The complete answer.
        visible: Whether an element id may be shown, or a mask by element number; None: all.
        rule: When a relation counts as guessed or stale.
    """

    def __init__(
        self,
        report: ImpactReport,
        visible: Callable[[str], bool] | Bool | None = None,
        rule: ConfidenceRule | None = None,
    ) -> None:
        self.report = report
        self.rule = rule or ConfidenceRule()
        self._visible = visible
        self._seen: dict[int, bool] = {}
        self._tokens: dict[int, str] = {}
        if isinstance(visible, np.ndarray) and visible.shape != (report.laid.topology.size,):
            raise BadInput(
                f"the mask has shape {visible.shape}",
                code="BAD_COLUMN",
                remedy="give one value for each element number of the scenario",
            )

    @property
    def mapped(self) -> Mapped:
        """Topology and network of the scenario."""
        return self.report.laid

    def sees(self, number: int) -> bool:
        """Whether the reader may see an element."""
        if self._visible is None or number >= self.report.mapped.topology.size:
            return True  # what the scenario adds is the reader's own
        if number not in self._seen:
            if isinstance(self._visible, np.ndarray):
                self._seen[number] = bool(self._visible[number])
            else:
                self._seen[number] = bool(self._visible(self.mapped.topology.id(number)))
        return self._seen[number]

    def shown_id(self, number: int) -> str:
        """The id of an element, or the token of a hidden one."""
        if self.sees(number):
            return self.mapped.topology.id(number)
        return self._tokens.setdefault(number, f"{HIDDEN}-{len(self._tokens) + 1}")

    def face(self, number: int) -> Face:
        """What the reader sees of an element."""
        id = self.shown_id(number)
        if not self.sees(number):
            return Face(id, "", "", "", "", 0, hidden=True)
        topology = self.mapped.topology
        key, name = topology.key_and_name(number)
        kind, elements = topology.kind(number).label, topology.elements
        type_ = topology.types[elements.type[number]]
        return Face(id, key, name, kind, type_, int(elements.criticality[number]))

    def answer(
        self, *, rows: int | None = None, depth: int | None = None, services: int | None = None
    ) -> Answer:
        """The report in words.

        Args:
            rows: Most rows to show of each list; what is not shown is counted.
            depth: Most hops to show among the affected; a limit of display only.
            services: Most services to show, where it is not as many as other rows.
        """
        report = self.report
        affected = self._shown(self.affected(rows, depth))
        exposed = self._shown(self._ordered(report.exposed, (report.exposed.margin_after,), rows))
        return Answer(
            version=report.version,
            assumptions=tuple(assumptions(report.what_if, self._shown_text)),
            seeds=tuple(self.face(n) for n in report.seeds.tolist()),
            affected=affected,
            services=self._shown(self._services(rows if services is None else services)),
            exposed=exposed,
            improved=self._shown(self._ordered(report.improved, (), rows)),
            modelling_errors=tuple(self.face(n) for n in report.modelling_errors.tolist()[:rows]),
            completeness=Completeness(
                complete=True,
                affected=len(report.affected),
                affected_shown=len(affected),
                affected_hidden=self._count_hidden(report.affected),
                exposed=len(report.exposed),
                exposed_shown=len(exposed),
                exposed_hidden=self._count_hidden(report.exposed),
                modelling_errors=report.modelling_errors.size,
                row_limit=rows,
                depth_limit=depth,
                levels=level_counts(report.affected),
            ),
        )

    def _shown_text(self, element_id: str) -> str:
        number = self.mapped.topology.number(element_id)
        return self.shown_id(number) if number >= 0 else element_id

    def _count_hidden(self, rows: Rows) -> int:
        if self._visible is None:
            return 0
        return sum(not self.sees(number) for number in rows.number.tolist())

    def affected(self, limit: int | None = None, depth: int | None = None) -> Rows:
        """The first of the affected as they are shown: the worst, then the nearest, then by key."""
        rows = self.report.affected
        if depth is not None:
            rows = rows.take(np.flatnonzero(rows.hops <= depth))
        return self._ordered(rows, (rows.after, rows.hops), limit)

    def _services(self, limit: int | None) -> Rows:
        rows = self.report.services
        critical = self.mapped.topology.elements.criticality[rows.number]
        return self._ordered(rows, (rows.after, critical), limit)

    def _ordered(self, rows: Rows, ranks: Sequence[NDArray[Any]], limit: int | None) -> Rows:
        """The first of some rows that are sorted by rank; those of one rank by key.

        Hidden ones come last and are not put in order, so that their place tells nothing.
        """
        order = np.arange(len(rows))
        hidden = order[:0]
        if self._visible is not None:
            seen = np.array([self.sees(n) for n in rows.number.tolist()], np.bool_)
            order, hidden = order[seen], order[~seen]
        for first, end in _runs([each[order] for each in ranks], order.size):
            if limit is None or first < limit:
                alike = order[first:end]
                order[first:end] = alike[self.mapped.topology.by_key(rows.number[alike])]
        return rows.take(np.concatenate([order, hidden])[:limit])

    def _shown(self, rows: Rows) -> tuple[ShownElement, ...]:
        """Rows in words."""
        columns = (rows.number, rows.before, rows.after, rows.hops)
        margins = (rows.margin_before, rows.margin_after)
        return tuple(
            self._row(*values)
            for values in zip(*(c.tolist() for c in (*columns, *margins)), strict=True)
        )

    def _row(
        self, number: int, before: int, after: int, hops: int, margin: int, margin_after: int
    ) -> ShownElement:
        face = self.face(number)
        added = number >= self.report.mapped.topology.size
        own = () if face.hidden else self.report.own_after.of_element(face.id)
        return ShownElement(
            face,
            None if added else LEVELS[before],
            LEVELS[after],
            None if hops == NOT_REACHED else hops,
            None if face.hidden or margin == NO_MARGIN else margin,
            None if face.hidden or margin_after == NO_MARGIN else margin_after,
            own,
        )

    def find(self, element_id: str) -> int:
        """The number of an element the reader may see.

        Raises:
            NotFound: ELEMENT_NOT_FOUND, also where it is hidden: the two are not told apart.
        """
        number = self.mapped.topology.find(element_id)
        if number < 0 or not self.sees(number):
            raise NotFound(
                f"no element {element_id!r}",
                code="ELEMENT_NOT_FOUND",
                remedy="look the id up with a search for its key or name",
            )
        return number

    def requirements(self, number: int) -> tuple[ShownRequirement, ...]:
        """What an element needs, by id of the requirement; nothing of a hidden one."""
        if not self.sees(number):
            return ()
        found = self.mapped.network.requirements(number).tolist()
        return tuple(sorted((self._requirement(r) for r in found), key=lambda r: r.id))

    def _requirement(self, requirement: int) -> ShownRequirement:
        network = self.mapped.network
        members = network.members(requirement)
        levels = self.report.after.levels(members)
        before, after = self.report.margins(requirement)
        what = int(self.mapped.what[requirement])
        return ShownRequirement(
            id=self.requirement_id(requirement),
            purpose=self.shown_id(what) if what >= 0 else self.mapped.purpose(requirement),
            need=int(network.need[requirement]),
            total=int(network.total[requirement]),
            reserve=int(network.reserve[requirement]),
            strength=Strength(int(network.strength[requirement])),
            grounded=bool(network.grounded[requirement]),
            margin_before=before,
            margin_after=after,
            members=tuple(
                ShownMember(self.shown_id(m), w, LEVELS[level])
                for m, w, level in zip(
                    members.tolist(),
                    network.weights(requirement).tolist(),
                    levels.tolist(),
                    strict=True,
                )
            ),
        )

    def requirement_id(self, requirement: int) -> str:
        """The id of a requirement; with tokens where it names hidden elements."""
        owner, what = int(self.mapped.network.of[requirement]), int(self.mapped.what[requirement])
        if not self.sees(owner):
            return f"{self.shown_id(owner)}#{HIDDEN}"
        purpose = self.shown_id(what) if what >= 0 else self.mapped.purpose(requirement)
        return f"{self.shown_id(owner)}#{purpose}"

    def proof(self, number: int) -> Proven | None:
        """Why an element is in its state in the scenario; None if it is UP."""
        return self._proven(self.report.after, self.report.own_after, number)

    def proof_before(self, number: int) -> Proven | None:
        """Why an element is in its state in the baseline; None if it is UP or not rewired."""
        if self.report.laid is not self.report.mapped:
            raise BadInput(
                "the scenario rewires the graph, and this view shows the scenario's",
                code="BASELINE_NOT_SHOWN",
                remedy="ask for the impact of nothing at all",
            )
        return self._proven(self.report.before, self.report.own_before, number)

    def proof_of_error(self, number: int) -> Proven | None:
        """Why an element of the model is not UP without any fault."""
        memo = self.report.memo
        if "faultless" not in memo:
            memo["faultless"] = faultless(self.report.mapped)
        return self._proven(memo["faultless"], OwnStates(), number)

    def _proven(self, case: Case, own: OwnStates, number: int) -> Proven | None:
        tree = proofs(case).tree(number)
        if not tree:
            return None
        ordered = sorted(tree.values(), key=lambda p: (p.element != number, -p.rank, p.element))
        edges = [edge for proof in ordered for edge in self._edges(proof)]
        confidence = weigh(self.mapped, edges, self.rule)
        steps = tuple(self._step(proof, own) for proof in ordered)
        return Proven(steps, self._redacted(confidence))

    def _edges(self, proof: Proof) -> list[Edge]:
        if proof.requirement is not None:
            return [(proof.requirement, member) for member in proof.because]
        network = self.mapped.network
        return [(r, int(m)) for r in proof.unmet for m in network.members(r)]

    def _step(self, proof: Proof, own: OwnStates) -> Step:
        leaf = proof.requirement is None and not proof.unfounded
        causes: tuple[OwnCause, ...] = ()
        if leaf and self.sees(proof.element):
            causes = own.of_element(self.mapped.topology.id(proof.element))
        decides = proof.requirement
        return Step(
            self.shown_id(proof.element),
            proof.level,
            None if decides is None else self.requirement_id(decides),
            tuple(self.shown_id(member) for member in proof.because),
            tuple(self.shown_id(member) for member in proof.unfounded),
            causes,
        )

    def _redacted(self, confidence: Confidence) -> Confidence:
        weak = tuple(self._redacted_relation(relation) for relation in confidence.weak)
        return Confidence(confidence.least, weak)

    def _redacted_relation(self, weak: WeakRelation) -> WeakRelation:
        ends = [self.mapped.topology.number(end) for end in (weak.source, weak.target)]
        if all(self.sees(end) for end in ends):
            return weak
        source, target = (self.shown_id(end) for end in ends)
        return WeakRelation(source, "", target, weak.confidence, None, weak.reasons)

    def graph(self, numbers: Iterable[int]) -> tuple[tuple[Face, ...], tuple[Link, ...]]:
        """A flat graph of some elements: their faces, and what they need among themselves.

        Args:
            numbers: Elements to show, such as those of the rows that are shown and the seeds.

        Returns:
            Faces, and edges in the order of their ends; needs of hidden elements are no edges
            unless a proof rests on them.
        """
        chosen = sorted(set(numbers))
        carrying = {edge for n in chosen for edge in self._carried(n)}
        links = [
            Link(
                self.shown_id(owner),
                self.shown_id(member),
                self.requirement_id(requirement),
                Strength(int(self.mapped.network.strength[requirement])),
                (requirement, member) in carrying,
            )
            for owner, requirement, member in self._needs(chosen)
            if self.sees(owner) or (requirement, member) in carrying
        ]
        return tuple(self.face(number) for number in chosen), tuple(links)

    def _carried(self, number: int) -> Sequence[Edge]:
        proof = proofs(self.report.after).of(number)
        return [] if proof is None else self._edges(proof)

    def _needs(self, chosen: list[int]) -> Iterable[tuple[int, int, int]]:
        inside, network = set(chosen), self.mapped.network
        for owner in chosen:
            for requirement in network.requirements(owner).tolist():
                members = network.members(requirement).tolist()
                yield from ((owner, requirement, m) for m in members if m in inside)


def _runs(ranks: Sequence[NDArray[Any]], size: int) -> Iterable[tuple[int, int]]:
    """Where rows that are alike in all ranks begin and end, two or more of them."""
    differs = np.zeros(max(size - 1, 0), np.bool_)
    for each in ranks:
        differs |= each[1:] != each[:-1]
    bounds = [0, *(np.flatnonzero(differs) + 1).tolist(), size]
    return ((first, end) for first, end in pairwise(bounds) if end - first > 1)


def redact(report: ImpactReport, visible: Callable[[str], bool] | Bool) -> View:
    """Show a report to a reader who may not see everything.

    Args:
        report: The complete answer.
        visible: Whether an element id may be shown, or a mask by element number.
    """
    return View(report, visible)
