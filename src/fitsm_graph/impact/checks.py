"""What `doctor` asks of impact: the topology in memory, grounded chains, errors of the model."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from fitsm_graph.graph.graph import Graph
from fitsm_graph.impact.analysis import faultless
from fitsm_graph.impact.engine.rings import Rings, rings_of
from fitsm_graph.impact.mapped import Mapped
from fitsm_graph.impact.network import SOFT, Indices, Level
from fitsm_graph.impact.snapshot import Snapshot, Standing
from fitsm_graph.kernel.checks import Check, Word, failed, of_found, ok, warning
from fitsm_graph.kernel.text import plural
from fitsm_graph.model.registry import TypeRegistry

MappedCheck = Callable[[Mapped], Check]
FILE = "topology.snapshot"
_TRIES = 5


async def snapshot(graph: Graph, registry: TypeRegistry, folder: Path) -> tuple[Check, Standing]:
    """Whether the saved topology, brought up to date, says what a fresh load says.

    Returns:
        The check, and the fresh topology for further ones.
    """
    fresh = Snapshot(graph, registry)
    saved = Snapshot(graph, registry, folder / FILE)
    now, kept = await fresh.current(), await saved.current()
    for _ in range(_TRIES):
        if now.seq == kept.seq:
            break
        now, kept = await fresh.current(), await saved.current()
    else:
        cause = f"others wrote during all of {_TRIES} readings"
        return warning("snapshot", cause, "run doctor again when less is written"), now
    if not (folder / FILE).exists() or saved.loads:
        return ok("snapshot", seq=now.seq, saved=False), now
    different = differing(now, kept)
    facts = {"seq": now.seq, "saved": True}
    if not different:
        return ok("snapshot", **facts), now
    cause = f"the saved topology differs in {plural(len(different), 'place')}: "
    cause += ", ".join(different[:5])
    fix = f"stop the product, delete {folder / FILE}, start it again; and report it"
    return failed("snapshot", cause, fix, **facts, different=different[:20]), now


def differing(a: Standing, b: Standing) -> list[str]:
    """Keys of elements, and triples of relations, that two topologies do not say alike."""
    rows, others = _elements(a), _elements(b)
    links, more = _relations(a), _relations(b)
    keys = {row.id: row.key for row in rows | others}
    places = sorted({row.key for row in rows ^ others})
    places += sorted({f"{keys[row[0]]} {row[1]} {keys[row[2]]}" for row in links ^ more})
    if not places:
        states, levels = _states(a), _states(b)
        places = sorted(keys[id] for id in states if states[id] != levels.get(id))
    return places


def _elements(standing: Standing) -> set[Any]:
    return set(standing.mapped.topology.rows())


def _relations(standing: Standing) -> set[Any]:
    topology = standing.mapped.topology
    table = topology.relations()
    links = zip(table.source.tolist(), table.type.tolist(), table.target.tolist(), strict=True)
    found = ((link, topology.facets(link)) for link in links)
    rows = (topology.relation_row(link, facets) for link, facets in found if facets is not None)
    return {
        (row.source, row.type, row.target, row.strength, row.grounded, row.weight, row.confidence)
        for row in rows
    }


def _states(standing: Standing) -> dict[str, int]:
    topology, levels = standing.mapped.topology, standing.before.state
    return {topology.id(n): int(levels[n]) for n in np.flatnonzero(topology.live).tolist()}


# --- grounded chains ----------------------------------------------------------------------------


def grounding(mapped: Mapped) -> Check:
    """Whether no grounded chain leads back to itself over a link that is not grounded.

    Who has a grounded requirement asks that its members be supported from a source. A member
    whose own needs are not grounded counts as supported while it is not DOWN. Where those needs
    lead back to the first, the two hold each other up without a source, and nothing notices.
    """
    found = [_told(mapped, number) for number in ungrounded_links(mapped)]
    cause = "elements break a grounded chain: others rest on them, they rest on these others, and"
    cause += " their own needs are not grounded"
    fix = "make their relations or group grounded, or mark the source among them"
    return of_found("grounded_chains", found, cause, fix)


def ungrounded_links(mapped: Mapped) -> list[int]:
    """Numbers of the elements where a grounded ring is held together by an ungrounded need."""
    network = mapped.network
    everything = np.ones(network.need.size, np.bool_)
    rings = rings_of(replace(network, grounded=everything, memo={}))
    grounded, ungrounded = np.zeros((2, rings.elements.size), np.bool_)
    relied_on = np.zeros(rings.elements.size, np.bool_)
    for at, requirement in enumerate(rings.needs.tolist()):
        mates = _mates(rings, at)
        if not mates.size or network.strength[requirement] < SOFT or not network.need[requirement]:
            continue
        if network.grounded[requirement]:
            grounded[rings.owner[at]] = True
            relied_on[mates] = True
        else:
            ungrounded[rings.owner[at]] = True
    numbers: list[int] = rings.elements[relied_on & ungrounded & ~grounded].tolist()
    return numbers


def _mates(rings: Rings, at: int) -> Indices:
    """Places of a requirement's members that are in its own ring."""
    return rings.mates[rings.mates_start[at] : rings.mates_start[at + 1]]


# --- errors of the model ------------------------------------------------------------------------


def modelling(mapped: Mapped) -> Check:
    """Whether every element is UP when nothing is wrong with any."""
    solution = faultless(mapped)
    topology = mapped.topology
    found = []
    for number in solution.not_up().tolist():
        if topology.live[number]:
            level = Level(int(solution.state[number])).name
            found.append(f"{_told(mapped, number)} is {level}{_why(mapped, number)}")
    fix = "look at it with `fitsm-graph ci show KEY`: lower the need, add members or a source"
    cause = "elements are not UP without any fault"
    return of_found("modelling", found, cause, fix, word=Word.WARNING)


def _why(mapped: Mapped, number: int) -> str:
    """Whether its own need is above what its members weigh."""
    network = mapped.network
    for requirement in network.requirements(number).tolist():
        need, total = int(network.need[requirement]), int(network.total[requirement])
        if need > total:
            return f" (needs {need} of {total})"
    return ""


def _told(mapped: Mapped, number: int) -> str:
    return mapped.topology.key_and_name(number)[0] or mapped.topology.id(number)


TOPOLOGY: Mapping[str, MappedCheck] = {"grounded_chains": grounding, "modelling": modelling}
"""Checks of a mapped topology."""
