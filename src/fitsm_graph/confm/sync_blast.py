"""What retiring elements would do: the impact engine's answer, as a run's report keeps it."""

from collections.abc import Sequence

from fitsm_graph.confm.sync_report import Blast, WorseService
from fitsm_graph.graph.sight import Sight
from fitsm_graph.impact.analysis import impact
from fitsm_graph.impact.answer import ShownElement
from fitsm_graph.impact.explain import View, visible_mask
from fitsm_graph.impact.saying import sentence_of
from fitsm_graph.impact.scenario import WhatIf
from fitsm_graph.impact.snapshot import Snapshot, Standing

MOST_SERVICES = 100
LONGEST_PROOF = 12


class Blasts:
    """Answers what retiring elements would do, on one snapshot of the topology.

    Args:
        snapshot: Of the graph; brought up to date at the first question.
        sight: CI types that the reader sees; others are computed with and shown redacted.
    """

    def __init__(self, snapshot: Snapshot, sight: Sight = None) -> None:
        self._snapshot = snapshot
        self._sight = sight
        self._standing: Standing | None = None

    async def of(self, ids: Sequence[str]) -> Blast:
        """What retiring these elements together would do; ids that are not there count for none."""
        standing = self._standing = self._standing or await self._snapshot.current()
        topology = standing.mapped.topology
        there = tuple(id for id in ids if topology.find(id) >= 0)
        if not there:
            return Blast(standing.seq, 0)
        named = WhatIf(remove_elements=there)
        report = impact(standing.mapped, standing.own, named, before=standing.before)
        view = View(report, visible_mask(topology, self._sight))
        answer = view.answer()
        shown = answer.services[:MOST_SERVICES]
        services = tuple(_worse(view, topology.find(row.face.id), row) for row in shown)
        return Blast(standing.seq, answer.completeness.affected, services)


def _worse(view: View, number: int, row: ShownElement) -> WorseService:
    proven = view.proof(number) if number >= 0 else None
    steps = proven.steps[:LONGEST_PROOF] if proven else ()
    before = row.before.name if row.before is not None else "UP"
    because = tuple(sentence_of(view, step) for step in steps)
    return WorseService(row.face.key, row.face.name, before, row.after.name, because)
