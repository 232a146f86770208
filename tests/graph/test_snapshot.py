"""The topology in memory against the graph: refreshed, restarted, wound back, and loaded anew."""

import os
import random
from pathlib import Path
from typing import Any

import pytest

from fitsm_graph.confm import service
from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import Request
from fitsm_graph.impact.mapped import Mapped
from fitsm_graph.impact.snapshot import Snapshot, Standing
from fitsm_graph.kernel.errors import FitsmError
from fitsm_graph.model.confm import Lifecycle, Strength
from graph.syncing import REGISTRY, emptied

WRITES = 1_000 if os.environ.get("FITSM_FULL") else 150
REQUEST = Request(actor="tester", via="test")
RELATIONS = ("DEPENDS_ON", "RUNS_ON", "HAS_MEMBER", "LINKED_TO", "HAS_MEMBER", "LINKED_TO")


def requirements(mapped: Mapped) -> set[Any]:
    """What is asked for, by ids; rows that ask for nothing any more are left out."""
    network, name = mapped.network, mapped.topology.id
    return {
        (
            mapped.requirement_id(r),
            int(network.need[r]),
            int(network.strength[r]),
            bool(network.grounded[r]),
            int(network.reserve[r]),
            frozenset(
                zip(
                    map(name, network.members(r).tolist()), network.weights(r).tolist(), strict=True
                )
            ),
        )
        for owner in range(mapped.topology.size)
        for r in network.requirements(owner).tolist()
    }


def told(standing: Standing) -> tuple[Any, ...]:
    """Everything one version says, without the numbers of its elements."""
    topology = standing.mapped.topology
    table = topology.relations()
    links = zip(table.source.tolist(), table.type.tolist(), table.target.tolist(), strict=True)
    relations = [
        topology.relation_row(link, facets) for link in links if (facets := topology.facets(link))
    ]
    levels = standing.before.state
    return (
        sorted(topology.rows(), key=lambda row: row.id),
        sorted(relations, key=lambda row: (row.source, row.type, row.target)),
        requirements(standing.mapped),
        {topology.id(n): int(levels[n]) for n, live in enumerate(topology.live) if live},
    )


class Hand:
    """Writes at random through the verbs, as people and scripts would, refusals included."""

    def __init__(self, graph: Graph, seed: int) -> None:
        self.graph = graph
        self.random = random.Random(seed)
        self.kinds: dict[str, str] = {}
        self.related: list[tuple[str, str, str]] = []
        self.done: dict[str, int] = {}
        self.acts = [self.register] * 2 + [self.relate] * 4
        self.acts += [self.update, self.unrelate, self.retire]

    async def write(self) -> None:
        """Do one thing; a refusal of the product's own is an answer too."""
        act = self.random.choice(self.acts)
        try:
            await act()
        except FitsmError as error:
            self.done[error.problem.code] = self.done.get(error.problem.code, 0) + 1
        else:
            self.done[act.__name__] = self.done.get(act.__name__, 0) + 1

    def some(self) -> str:
        return self.random.choice(sorted(self.kinds) or ["none"])

    async def register(self) -> None:
        kind = self.random.choice(["CI", "CI", "CI", "RedundancyGroup", "Service"])
        number = len(self.kinds) + sum(self.done.values())
        draft: dict[str, Any] = {"kind": kind, "name": f"{kind} {number}"}
        if kind == "CI":
            draft["type"] = self.random.choice(["Server", "VirtualMachine", "Switch", "Database"])
            draft["is_source"] = self.random.random() < 0.1
            draft["lifecycle"] = self.random.choice([Lifecycle.LIVE] * 4 + [Lifecycle.PLANNED])
        if kind == "RedundancyGroup":
            draft["need"] = self.random.randint(0, 2)
            draft["grounded"] = self.random.random() < 0.3
        made = await self.graph.write(
            service.register_element, REQUEST, REGISTRY, ElementDraft(**draft)
        )
        self.kinds[made.value["id"]] = kind

    async def relate(self) -> None:
        type = self.random.choice(RELATIONS)
        source, target = self.some(), self.some()
        draft = RelationDraft(
            type=type,
            source=source,
            target=target,
            weight=self.random.randint(1, 3) if type == "HAS_MEMBER" else None,
            strength=self.random.choice([None, None, Strength.SOFT]),
            confidence=self.random.choice([None, 0.5]),
            verified_at=self.random.choice([None, "2026-01-02T03:04:05Z", "1960-01-01T00:00:00Z"]),
        )
        made = await self.graph.write(service.relate, REQUEST, REGISTRY, draft)
        self.related.append((type, made.value["source"], made.value["target"]))

    async def update(self) -> None:
        ref = self.some()
        changes: dict[str, Any] = {"name": f"renamed {self.random.random():.6f}"}
        if self.kinds.get(ref) == "RedundancyGroup":
            changes = {"need": self.random.randint(0, 3)}
        elif self.random.random() < 0.5:
            changes = {"is_source": self.random.random() < 0.5}
        await self.graph.write(service.update_element, REQUEST, REGISTRY, ref, changes)

    async def unrelate(self) -> None:
        type, source, target = self.random.choice(self.related or [("DEPENDS_ON", "a", "b")])
        await self.graph.write(service.unrelate, REQUEST, REGISTRY, type, source, target)

    async def retire(self) -> None:
        ref = self.some()
        await self.graph.write(service.retire_element, REQUEST, REGISTRY, ref)
        del self.kinds[ref]


@pytest.mark.parametrize("seed", [1, 2])
async def test_refreshed_restarted_and_wound_back_equals_what_the_graph_says(
    neo4j_endpoint: Endpoint, tmp_path: Path, seed: int
) -> None:
    async with emptied(neo4j_endpoint) as graph:
        hand, file = Hand(graph, seed), tmp_path / "topology"
        snapshot = Snapshot(graph, REGISTRY, file)
        then: dict[int, tuple[Any, ...]] = {}
        for step in range(WRITES):
            await hand.write()
            if step % 10 == 0:
                now = await snapshot.current()
                then[now.seq] = told(now)
            if step % 50 == 49:  # a restart: what was saved, and the ledger since
                await snapshot.save()
                await hand.write()
                again = Snapshot(graph, REGISTRY, file)
                assert told(await again.current()) == told(await snapshot.current())
                assert again.loads == 0, "the saved topology was not used"
                snapshot = again
        kept, fresh = await snapshot.current(), await Snapshot(graph, REGISTRY).current()
        assert kept.seq == fresh.seq
        assert told(kept) == told(fresh)
        for seq, said in then.items():
            assert told(await snapshot.as_of(seq)) == said, f"as of {seq}"
        for act in ("register", "relate", "update", "unrelate", "retire"):
            assert hand.done.get(act), f"{act} never went through: {hand.done}"


async def test_a_snapshot_of_another_time_is_seen_to_differ(neo4j_endpoint: Endpoint) -> None:
    """The control: the comparison above notices one relation's weight."""
    async with emptied(neo4j_endpoint) as graph:
        hand = Hand(graph, 3)
        await graph.write(
            service.register_element,
            REQUEST,
            REGISTRY,
            ElementDraft(kind="RedundancyGroup", name="pair", key="G", need=1),
        )
        for _ in range(3):
            await hand.register()
        member = RelationDraft(type="HAS_MEMBER", source="G", target=hand.some())
        await graph.write(service.relate, REQUEST, REGISTRY, member)
        before = told(await Snapshot(graph, REGISTRY).current())
        heavier = RelationDraft(type="HAS_MEMBER", source="G", target=member.target, weight=2)
        await graph.write(service.relate, REQUEST, REGISTRY, heavier)
        assert told(await Snapshot(graph, REGISTRY).current()) != before


async def test_a_topology_of_another_ledger_is_not_taken_for_this_one(
    neo4j_endpoint: Endpoint, tmp_path: Path
) -> None:
    file = tmp_path / "topology"
    for seed in (1, 2):  # the same number of entries, in two databases one after the other
        async with emptied(neo4j_endpoint) as graph:
            hand = Hand(graph, seed)
            for _ in range(3 + seed):
                await hand.register()
            snapshot = Snapshot(graph, REGISTRY, file)
            standing = await snapshot.current()
            assert snapshot.loads == 1, "what another database left was used"
            assert told(standing) == told(await Snapshot(graph, REGISTRY).current())
            await snapshot.save()
            again = Snapshot(graph, REGISTRY, file)
            assert told(await again.current()) == told(standing)
            assert again.loads == 0
