"""Saving and restoring a mapped topology; damaged files are refused."""

import random

import pytest

from fitsm_graph.impact.changes import follow
from fitsm_graph.impact.mapped import map_topology
from fitsm_graph.impact.records import TopologyChange
from fitsm_graph.impact.store import restore, save
from fitsm_graph.impact.topology import build_topology
from fitsm_graph.kernel.errors import Broken
from unit.impact.graphs import SEMANTICS, Graph, needs, told
from unit.impact.test_topology import assert_same_arrays, contents


@pytest.fixture
def mapped():
    graph = Graph(11, size=80)
    topology = build_topology(
        graph.elements.values(), graph.relations.values(), SEMANTICS, version=42, registry="r1"
    )
    return map_topology(topology)


def test_what_was_saved_comes_back(mapped, tmp_path):
    save(mapped, tmp_path / "topology")
    back = restore(tmp_path / "topology", registry="r1")
    assert_same_arrays(back, mapped)
    assert back.version == 42
    assert back.topology.types == mapped.topology.types
    assert told(back) == told(mapped)
    assert [f.name for f in tmp_path.iterdir()] == ["topology"]


def test_unit_weights_stay_unstored(tmp_path):
    graph = Graph(3, size=30)
    rows = [r for r in graph.relations.values() if r.type != "HAS_MEMBER"]
    unit = map_topology(build_topology(graph.elements.values(), rows, SEMANTICS))
    assert unit.network.unit_weights
    save(unit, tmp_path / "topology")
    back = restore(tmp_path / "topology", registry="")
    assert back.network.unit_weights
    assert told(back) == told(unit)


def test_an_overlay_is_folded_in_and_life_goes_on_after_a_restart(mapped, tmp_path):
    ids = sorted(contents(mapped.topology)[0])
    relation = needs(ids[0], ids[-1], "DOCUMENTED_BY")
    changes = [TopologyChange(mapped.topology.relation(relation.triple), relation)]
    after = mapped.followed(follow(mapped.topology, changes, 43))
    save(after, tmp_path / "topology")
    back = restore(tmp_path / "topology", registry="r1")
    assert (back.version, contents(back.topology)) == (43, contents(after.topology))
    assert told(back) == told(after)
    more = [TopologyChange(None, needs(ids[1], ids[2], "PEERS_WITH"))]
    if back.topology.relation(more[0].identity) is None:
        assert follow(back.topology, more, 44).topology.version == 44


def test_every_kind_of_damage_is_refused(mapped, tmp_path):
    path = tmp_path / "topology"
    save(mapped, path)
    whole, pick = path.read_bytes(), random.Random(1)
    damaged = [b"", whole[:-1], whole[: len(whole) // 2], whole + b"x", whole[1:]]
    places = [0, 70, len(whole) - 1] + [pick.randrange(len(whole)) for _ in range(50)]
    damaged += [whole[:n] + bytes([whole[n] ^ 1]) + whole[n + 1 :] for n in places]
    for data in damaged:
        path.write_bytes(data)
        with pytest.raises(Broken, match="SNAPSHOT_UNREADABLE"):
            restore(path, registry="r1")


def test_no_file_and_another_registry_are_refused(mapped, tmp_path):
    with pytest.raises(Broken, match="SNAPSHOT_UNREADABLE"):
        restore(tmp_path / "none", registry="r1")
    save(mapped, tmp_path / "topology")
    with pytest.raises(Broken, match=r"its registry is 'r1', not 'r2'"):
        restore(tmp_path / "topology", registry="r2")
