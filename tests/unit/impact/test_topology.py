"""The topology: look-up, following and undoing changes, compaction, equality with a fresh load."""

import dataclasses

import numpy as np
import pytest

from fitsm_graph.impact.changes import compacted, follow, undo
from fitsm_graph.impact.mapped import map_topology
from fitsm_graph.impact.records import (
    ElementRow,
    GroupNeed,
    Kind,
    RelationRow,
    RelationSemantics,
    TopologyChange,
)
from fitsm_graph.impact.topology import build_topology
from fitsm_graph.kernel.errors import BadInput, Broken, Contradiction, NotFound
from unit.impact.graphs import SEMANTICS, Graph, group, meaning, member, needs, told


def built(graph, version=0):
    relations = [r for _, r in sorted(graph.relations.items(), reverse=True)]
    return build_topology(graph.elements.values(), relations, SEMANTICS, version=version)


def contents(topology):
    """All rows of a topology, by identity."""
    table = topology.relations()
    links = zip(table.source.tolist(), table.type.tolist(), table.target.tolist(), strict=True)
    rows = [topology.relation_row(link, table.facets(n)) for n, link in enumerate(links)]
    return {e.id: e for e in topology.rows()}, {r.triple: r for r in rows}


def assert_same_arrays(left, right):
    """Two values of nested dataclasses of arrays are equal, item by item."""
    for f in dataclasses.fields(left):
        a, b = getattr(left, f.name), getattr(right, f.name)
        if f.name in {"memo", "rooms", "version", "types", "type"}:
            continue
        if dataclasses.is_dataclass(a):
            assert_same_arrays(a, b)
        elif isinstance(a, np.ndarray):
            assert a.dtype == b.dtype, f.name
            assert np.array_equal(a, b), f.name
        else:
            assert a == b, f.name


def test_rows_come_back_as_they_went_in():
    graph = Graph(1, size=60)
    topology = built(graph, version=7)
    assert contents(topology) == (graph.elements, graph.relations)
    assert topology.version == 7
    assert topology.element_count == len(graph.elements)
    assert topology.relation_count == len(graph.relations)
    for id, row in graph.elements.items():
        assert topology.row(topology.index(id)) == row
    for triple, row in graph.relations.items():
        assert topology.relation(triple) == row


def test_the_order_of_loading_does_not_matter():
    rows = [ElementRow(i) for i in ("b", "a", "ccc")]
    relations = [needs("a", "b"), needs("ccc", "a"), needs("a", "b", "USES")]
    one = build_topology(rows, relations, SEMANTICS)
    two = build_topology(rows[::-1], relations[::-1], SEMANTICS)
    assert_same_arrays(one, two)
    assert [one.id(n) for n in range(3)] == ["a", "b", "ccc"]


@pytest.mark.parametrize("missing", ["", "d", "a-much-longer-id-than-any", "é"])
def test_an_unknown_id_is_not_found(missing):
    topology = build_topology([ElementRow("a"), ElementRow("b")], [], SEMANTICS)
    assert topology.find(missing) == -1
    assert topology.find_all(["b", missing, "a"]).tolist() == [1, -1, 0]
    with pytest.raises(NotFound, match="ELEMENT_NOT_FOUND"):
        topology.index(missing)


def test_an_empty_graph_is_a_graph():
    topology = build_topology([], [], SEMANTICS)
    assert topology.find("a") == -1
    assert topology.find_all(["a", "b"]).tolist() == [-1, -1]
    assert told(map_topology(topology)) == {}
    step = follow(topology, [TopologyChange(None, ElementRow("a"))], 1)
    assert step.topology.index("a") == 0
    assert step.topology.find_all(["b", "a"]).tolist() == [-1, 0]


@pytest.mark.parametrize("seed", range(8))
def test_following_changes_equals_a_fresh_load(seed):
    graph = Graph(seed)
    topology = built(graph)
    mapped = map_topology(topology)
    start = contents(topology)
    everything = []
    for version in range(1, 126):
        for _ in range(graph.random.randint(1, 3)):
            graph.step()
        step = follow(topology, graph.changes, version)
        mapped, topology = mapped.followed(step), step.topology
        everything += graph.changes
        graph.changes.clear()
        if version % 25 == 0:
            assert contents(topology) == (graph.elements, graph.relations)
            assert topology.relation_count == len(graph.relations)
            expected = meaning(graph.elements.values(), graph.relations.values())
            assert told(mapped) == expected
    fresh = built(graph, topology.version)
    assert_same_arrays(compacted(topology), fresh)
    assert_same_arrays(mapped.compacted().network, map_topology(fresh).network)
    back = undo(topology, everything, 0)
    assert contents(back.topology) == start
    back_mapped = mapped.followed(back)
    assert told(back_mapped) == told(map_topology(back.topology))


def test_a_thousand_changes_one_by_one_equal_a_fresh_load():
    graph = Graph(99, size=40)
    mapped = map_topology(built(graph))
    for version in range(1, 1001):
        graph.step()
        mapped = mapped.followed(follow(mapped.topology, graph.changes, version))
        graph.changes.clear()
    assert contents(mapped.topology) == (graph.elements, graph.relations)
    assert told(mapped) == meaning(graph.elements.values(), graph.relations.values())


def test_an_earlier_version_does_not_see_later_ones():
    graph = Graph(5, size=40)
    mapped, seen = map_topology(built(graph)), []
    for version in range(1, 40):
        seen.append((mapped, told(mapped), contents(mapped.topology)))
        graph.step()
        mapped = mapped.followed(follow(mapped.topology, graph.changes, version))
        graph.changes.clear()
    for earlier, requirements, rows in seen:
        assert told(earlier) == requirements
        assert contents(earlier.topology) == rows


def test_two_lines_from_one_version_do_not_disturb_each_other():
    rows = [ElementRow(i) for i in "abcd"]
    mapped = map_topology(build_topology(rows, [needs("a", "b")], SEMANTICS))
    mapped = mapped.followed(follow(mapped.topology, [TopologyChange(None, needs("b", "c"))], 1))
    lines = [
        mapped.followed(follow(mapped.topology, [TopologyChange(None, needs("c", to))], 2))
        for to in "abd"
    ]
    assert [set(told(line)) - set(told(mapped)) for line in lines] == [{"c#a"}, {"c#b"}, {"c#d"}]


def test_an_element_that_goes_takes_its_relations_along_and_may_come_back():
    rows = [ElementRow("app"), ElementRow("db")]
    topology = build_topology(rows, [needs("app", "db")], SEMANTICS)
    gone = follow(topology, [TopologyChange(rows[1], None)], 1).topology
    assert gone.find("db") == -1
    assert gone.find_all([]).tolist() == []
    assert gone.find_all(["app", "db", "db\0"]).tolist() == [gone.find("app"), -1, -1]
    assert gone.relation_count == 0
    again = follow(gone, [TopologyChange(None, rows[1])], 2).topology
    assert again.index("db") == topology.index("db")
    assert again.relation(("app", "DEPENDS_ON", "db")) is None


def test_what_came_and_went_between_two_versions_leaves_nothing():
    topology = build_topology([ElementRow("a")], [], SEMANTICS)
    row, relation = ElementRow("b"), needs("a", "b")
    changes = [TopologyChange(None, row), TopologyChange(None, relation)]
    changes += [change.reversed for change in reversed(changes)]
    step = follow(topology, changes, 4)
    assert contents(step.topology) == contents(topology)
    assert step.topology.version == 4


@pytest.mark.parametrize(
    "change",
    [
        TopologyChange(None, ElementRow("a")),
        TopologyChange(ElementRow("zz"), None),
        TopologyChange(needs("a", "b", "USES"), None),
        TopologyChange(None, needs("a", "b")),
        TopologyChange(None, needs("a", "zz")),
        TopologyChange(None, needs("a", "b", "MARRIED_TO")),
    ],
)
def test_a_change_that_does_not_fit_is_refused(change):
    topology = build_topology([ElementRow("a"), ElementRow("b")], [needs("a", "b")], SEMANTICS)
    with pytest.raises(Broken, match="SNAPSHOT_DIVERGED"):
        follow(topology, [change], 1)


def test_compaction_is_wanted_above_one_percent():
    rows = [ElementRow(f"e{n}") for n in range(300)]
    topology = build_topology(rows, [], SEMANTICS)
    assert not topology.wants_compaction
    changes = [TopologyChange(None, needs("e1", f"e{n}")) for n in range(2, 6)]
    topology = follow(topology, changes, 1).topology
    assert topology.wants_compaction
    assert not compacted(topology).wants_compaction


@pytest.mark.parametrize(
    ("elements", "relations", "code"),
    [
        ([ElementRow("a"), ElementRow("a")], [], "DUPLICATE_ELEMENT"),
        ([ElementRow("")], [], "BAD_ELEMENT_ID"),
        ([ElementRow("x" * 65)], [], "BAD_ELEMENT_ID"),
        ([ElementRow("a")], [needs("a", "b")], "UNKNOWN_ELEMENT"),
        ([ElementRow("a")], [needs("a", "a", "LIKES")], "UNKNOWN_RELATION_TYPE"),
        ([ElementRow("a")], [needs("a", "a"), needs("a", "a")], "DUPLICATE_RELATION"),
        ([ElementRow("a")], [member("a", "a")], "MEMBERSHIP_OF_NO_GROUP"),
    ],
)
def test_bad_rows_are_refused(elements, relations, code):
    with pytest.raises(BadInput, match=code):
        build_topology(elements, relations, SEMANTICS)


@pytest.mark.parametrize(
    "values",
    [{}, {"need": 1, "share": 0.5}, {"need": -1}, {"share": 1.1}, {"need": 1, "reserve": -2}],
)
def test_a_group_with_an_invalid_need_is_refused(values):
    with pytest.raises(BadInput, match="GROUP_NEED_INVALID"):
        GroupNeed(**values)


def test_a_need_belongs_to_groups_only():
    with pytest.raises(BadInput, match="GROUP_NEED_INVALID"):
        ElementRow("a", kind=Kind.GROUP)
    with pytest.raises(BadInput, match="GROUP_NEED_INVALID"):
        ElementRow("a", group=GroupNeed(1))


@pytest.mark.parametrize("values", [{"weight": 0}, {"confidence": 1.5}, {"confidence": -0.1}])
def test_a_relation_with_wrong_numbers_is_refused(values):
    with pytest.raises(BadInput, match="RELATION_INVALID"):
        RelationRow("a", "HAS_MEMBER", "b", **values)


@pytest.mark.parametrize(
    "values",
    [
        {"dependency": "source_needs_target", "symmetric": True},
        {"dependency": "source_needs_target", "neighbours": True},
        {"membership": True, "symmetric": True},
    ],
)
def test_a_type_with_two_meanings_is_refused(values):
    with pytest.raises(Contradiction, match="SEMANTICS_CONTRADICT"):
        RelationSemantics("X", **values)


def test_a_declared_type_becomes_semantics():
    declared = {"name": "FEEDS", "dependency": "target_needs_source", "strength": "soft"}
    assert RelationSemantics.read(declared).strength == 1
    links = {"name": "LINK", "dependency": None, "neighbours": "group", "symmetric": True}
    assert RelationSemantics.read(links).neighbours
    with pytest.raises(BadInput, match="DIRECTION_UNKNOWN"):
        RelationSemantics.read({"name": "X", "dependency": "both"})
    with pytest.raises(BadInput, match="STRENGTH_UNKNOWN"):
        RelationSemantics.read({"name": "X", "strength": "very"})


def test_a_change_speaks_of_one_record():
    for before, after in ((None, None), (ElementRow("a"), ElementRow("b"))):
        with pytest.raises(BadInput, match="CHANGE_INVALID"):
            TopologyChange(before, after)


def test_a_new_group_may_get_members_in_the_same_step():
    topology = build_topology([ElementRow("a")], [], SEMANTICS)
    changes = [TopologyChange(None, group("g", 1)), TopologyChange(None, member("g", "a"))]
    step = follow(topology, changes, 1)
    assert told(map_topology(topology).followed(step))["g#members"][0] == {"a": 1}
    with pytest.raises(BadInput, match="MEMBERSHIP_OF_NO_GROUP"):
        follow(topology, [TopologyChange(None, member("a", "a"))], 1)
