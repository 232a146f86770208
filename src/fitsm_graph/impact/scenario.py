"""What-if: assumptions laid over a topology and own states, never written anywhere.

A removed element counts as a DOWN member, so that decommissioning never looks like a gain; a
removed relation takes its weight out and the need stays what it was, also where the need is a
share, and also for the last link to a neighbour (design section 4). A plain dependency that is
removed is no requirement any more.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from fitsm_graph.impact.changes import Followed, follow
from fitsm_graph.impact.columns import Int32
from fitsm_graph.impact.mapped import Mapped, same_requirement
from fitsm_graph.impact.mapping import MEMBERS, neighbours_over
from fitsm_graph.impact.network import Level
from fitsm_graph.impact.own import Because, OwnCause, OwnStates
from fitsm_graph.impact.records import ElementRow, RelationRow, TopologyChange, Triple
from fitsm_graph.impact.topology import Topology
from fitsm_graph.kernel.errors import BadInput, Contradiction, NotFound, Problem


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The assumptions of a scenario; all empty asks about things as they are.

    Attributes:
        fail: Ids of elements that go DOWN.
        degrade: Ids of elements that get DEGRADED.
        at_risk: Ids of elements that get AT_RISK.
        restore: Ids of elements whose own state becomes UP; what they need is as before.
        maintain: Ids of elements under maintenance: DOWN, with that cause.
        add_elements: New elements.
        add_relations: New relations, also of new elements.
        remove_elements: Ids of elements that are taken away.
        remove_relations: Relations that are taken away.
        change_elements: Elements as they would be: another need, in use instead of planned.
        change_relations: Relations as they would be: another weight or strength.
    """

    fail: tuple[str, ...] = ()
    degrade: tuple[str, ...] = ()
    at_risk: tuple[str, ...] = ()
    restore: tuple[str, ...] = ()
    maintain: tuple[str, ...] = ()
    add_elements: tuple[ElementRow, ...] = ()
    add_relations: tuple[RelationRow, ...] = ()
    remove_elements: tuple[str, ...] = ()
    remove_relations: tuple[Triple, ...] = ()
    change_elements: tuple[ElementRow, ...] = ()
    change_relations: tuple[RelationRow, ...] = ()

    @property
    def rewires(self) -> bool:
        """Whether requirements change, and not own states alone."""
        return bool(
            self.add_elements
            or self.add_relations
            or self.remove_relations
            or self.change_elements
            or self.change_relations
        )

    def assumed(self) -> list[tuple[str, str]]:
        """Each assumption about an existing element's own state: (which, id), in order."""
        return [
            (which, element)
            for which in ("fail", "degrade", "at_risk", "restore", "maintain", "remove_elements")
            for element in getattr(self, which)
        ]


_ASSUMED = {
    "fail": (Level.DOWN, Because.ASSUMPTION, "assumed to fail"),
    "degrade": (Level.DEGRADED, Because.ASSUMPTION, "assumed to be degraded"),
    "at_risk": (Level.AT_RISK, Because.ASSUMPTION, "assumed to be at risk"),
    "maintain": (Level.DOWN, Because.MAINTENANCE, "assumed to be under maintenance"),
    "remove_elements": (Level.DOWN, Because.ASSUMPTION, "assumed to be removed"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """A scenario laid over a mapped topology.

    Attributes:
        mapped: The topology and network of the scenario; the given one if nothing is rewired.
        own: Own states with the assumptions.
        seeds: Numbers of the elements it starts from, ascending.
    """

    mapped: Mapped
    own: OwnStates
    seeds: Int32


def lay(mapped: Mapped, own: OwnStates, what_if: WhatIf) -> Laid:
    """Lay the assumptions of a scenario over a topology and own states.

    Args:
        mapped: The graph at one version; unchanged by this.
        own: Own states now.
        what_if: The assumptions.

    Returns:
        The scenario, beside the line of versions.

    Raises:
        NotFound: An assumption speaks of an element or relation that is not there.
        Contradiction: Two assumptions speak of one element's own state.
        BadInput: Something to be added is there already, or a row breaks a rule.
    """
    _check(mapped.topology, what_if)
    causes = [
        OwnCause(element, level, cause, text=text)
        for which, element in what_if.assumed()
        if which in _ASSUMED
        for level, cause, text in (_ASSUMED[which],)
    ]
    after = own.changed(what_if.restore, causes)
    named = {element for _, element in what_if.assumed()}
    if not what_if.rewires:
        numbers = sorted(mapped.topology.index(element) for element in named)
        return Laid(mapped, after, np.array(numbers, np.int32))
    step = follow(mapped.topology, _changes(mapped.topology, what_if), mapped.version)
    scenario = mapped.followed(step, kept=_kept(mapped, what_if), aside=True)
    return Laid(scenario, after, _seeds(mapped, scenario, step, named))


def _check(topology: Topology, what_if: WhatIf) -> None:
    said: dict[str, str] = {}
    new = {row.id for row in what_if.add_elements}
    for which, element in what_if.assumed():
        if element not in new:
            topology.index(element)
        if said.setdefault(element, which) != which:
            raise Contradiction(
                f"{element} is named under {said[element]} and {which}",
                code="ASSUMPTIONS_CONTRADICT",
                why="a scenario assumes one own state for an element",
                remedy="name it once",
                path=(which, element),
            )
    problems = [
        Problem("ALREADY_THERE", f"{row.id} is there already", path=("add_elements", row.id))
        for row in what_if.add_elements
        if topology.find(row.id) >= 0
    ]
    if problems:
        raise BadInput.of(problems)
    _check_rows(topology, what_if)


def _check_rows(topology: Topology, what_if: WhatIf) -> None:
    for row in what_if.change_elements:
        if topology.row(topology.index(row.id)).kind is not row.kind:
            raise BadInput(
                f"{row.id} cannot become a {row.kind.label}",
                code="KIND_IS_FIXED",
                remedy="remove it and add another element",
                path=("change_elements", row.id),
            )
    asked = [("remove_relations", triple) for triple in what_if.remove_relations]
    asked += [("change_relations", row.triple) for row in what_if.change_relations]
    for which, triple in asked:
        if topology.relation(triple) is None:
            raise NotFound(
                f"there is no relation {' '.join(triple)}",
                code="RELATION_NOT_FOUND",
                remedy="look at the relations of the element",
                path=(which, *triple),
            )
    _check_added(topology, what_if)


def _check_added(topology: Topology, what_if: WhatIf) -> None:
    names = {meaning.name for meaning in topology.semantics}
    new = {row.id for row in what_if.add_elements}
    for row in what_if.add_relations:
        if topology.relation(row.triple) is not None:
            raise BadInput(
                f"there is a relation {' '.join(row.triple)} already",
                code="ALREADY_THERE",
                remedy="use change_relations",
                path=("add_relations", *row.triple),
            )
        if row.type not in names:
            raise BadInput(
                f"{row.type} is no relation type",
                code="UNKNOWN_RELATION_TYPE",
                path=("add_relations", *row.triple),
            )
        for end in (row.source, row.target):
            if end not in new:
                topology.index(end)


def _changes(topology: Topology, what_if: WhatIf) -> Iterable[TopologyChange]:
    yield from (TopologyChange(None, row) for row in what_if.add_elements)
    for element in what_if.change_elements:
        yield TopologyChange(topology.row(topology.index(element.id)), element)
    for triple in what_if.remove_relations:
        yield TopologyChange(topology.relation(triple), None)
    for relation in what_if.change_relations:
        yield TopologyChange(topology.relation(relation.triple), relation)
    yield from (TopologyChange(None, row) for row in what_if.add_relations)


def _kept(mapped: Mapped, what_if: WhatIf) -> dict[tuple[int, int], tuple[int, int]]:
    """Needs that stay although a relation of theirs is taken away."""
    topology, kept = mapped.topology, {}
    changed = {row.id for row in what_if.change_elements}
    for triple in what_if.remove_relations:
        link = topology.link(triple)
        if link is None:
            continue
        meaning = topology.semantics[link[1]]
        pairs = [(link[0], MEMBERS)] if meaning.membership else []
        if meaning.neighbours:
            pairs = [(end, neighbours_over(link[1])) for end in (link[0], link[2])]
        for pair in pairs:
            found = mapped.find_requirement(*pair)
            if found >= 0 and topology.id(pair[0]) not in changed:
                network = mapped.network
                kept[pair] = (int(network.need[found]), int(network.strength[found]))
    return kept


def _seeds(before: Mapped, after: Mapped, step: Followed, named: set[str]) -> Int32:
    """Elements named, and those that need something else than before."""
    numbers = {after.topology.index(element) for element in named}
    numbers.update(n for n in step.touched.tolist() if _rewired(before, after, n))
    return np.array(sorted(numbers), np.int32)


def _rewired(before: Mapped, after: Mapped, number: int) -> bool:
    now = after.network.requirements(number).tolist()
    known = number < before.network.element_count
    had = before.network.requirements(number).tolist() if known else []
    if len(had) != len(now):
        return True
    earlier = {int(before.what[requirement]): requirement for requirement in had}
    return any(
        (found := earlier.get(int(after.what[requirement]), -1)) < 0
        or not same_requirement(before.network, found, after.network, requirement)
        for requirement in now
    )


def assumptions(what_if: WhatIf, shown: Callable[[str], str] = str) -> list[str]:
    """The assumptions in words, in a fixed order, for the head of an answer.

    Args:
        what_if: The scenario.
        shown: What stands for an id, where some must not be shown.
    """
    said = [
        f"{shown(element)}: {_ASSUMED[which][2] if which in _ASSUMED else 'assumed to be restored'}"
        for which, element in what_if.assumed()
    ]
    said += [f"{shown(row.id)}: assumed to be added" for row in what_if.add_elements]
    said += [f"{shown(row.id)}: assumed to be changed" for row in what_if.change_elements]
    relations = [(row.triple, "added") for row in what_if.add_relations]
    relations += [(row.triple, "changed") for row in what_if.change_relations]
    relations += [(triple, "removed") for triple in what_if.remove_relations]
    for (source, kind, target), verb in relations:
        said.append(f"{shown(source)} {kind} {shown(target)}: assumed to be {verb}")
    return said


def with_need(
    row: ElementRow, *, need: int | None = None, share: float | None = None
) -> ElementRow:
    """A redundancy group that asks for another weight or share, for `WhatIf.change_elements`.

    Raises:
        BadInput: GROUP_NEED_INVALID, if it is no group or not exactly one is given.
    """
    if row.group is None:
        raise BadInput(
            f"{row.id} is no redundancy group",
            code="GROUP_NEED_INVALID",
            remedy="change the need of a redundancy group",
            path=(row.id,),
        )
    return replace(row, group=replace(row.group, need=need, share=share))
