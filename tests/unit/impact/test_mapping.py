"""From the graph to requirements: each rule of design section 4 by hand, then at random."""

import pytest

from fitsm_graph.impact.changes import follow
from fitsm_graph.impact.mapped import map_topology
from fitsm_graph.impact.records import ElementRow, RelationRow, TopologyChange
from fitsm_graph.impact.topology import build_topology
from unit.impact.graphs import (
    HARD,
    INFO,
    SEMANTICS,
    SOFT,
    Graph,
    group,
    meaning,
    member,
    needs,
    told,
)


def mapped_of(elements, relations=()):
    rows = [ElementRow(e) if isinstance(e, str) else e for e in elements]
    return map_topology(build_topology(rows, relations, SEMANTICS))


def requirements(elements, relations=()):
    return told(mapped_of(elements, relations))


def links(*pairs):
    return [RelationRow(a, "LINKED_TO", b) for a, b in pairs]


def test_a_dependency_is_a_requirement_of_its_direction():
    assert requirements(["app", "db"], [needs("app", "db")]) == {
        "app#db": ({"db": 1}, 1, HARD, False, 0)
    }
    assert requirements(["feed", "rack"], [needs("feed", "rack", "POWERS")]) == {
        "rack#feed": ({"feed": 1}, 1, HARD, True, 0)
    }


@pytest.mark.parametrize("type", ["DOCUMENTED_BY", "PEERS_WITH"])
def test_other_types_give_no_requirement(type):
    both_ways = [needs("a", "b", type), needs("b", "a", type)]
    assert requirements(["a", "b"], both_ways) == {}


def test_a_relation_may_have_its_own_strength_and_grounding():
    found = requirements(["a", "b"], [needs("a", "b", strength=INFO, grounded=True)])
    assert found == {"a#b": ({"b": 1}, 1, INFO, True, 0)}


def test_parallel_relations_merge_to_the_stricter():
    both = [needs("a", "b", "USES"), needs("b", "a", "POWERS", strength=SOFT)]
    assert requirements(["a", "b"], both) == {"a#b": ({"b": 1}, 1, SOFT, True, 0)}
    hard = [needs("a", "b", "USES"), needs("a", "b", strength=HARD)]
    assert requirements(["a", "b"], hard)["a#b"][2] == HARD


def test_an_element_may_need_itself_and_one_that_needs_it():
    found = requirements(["a", "b"], [needs("a", "a"), needs("a", "b"), needs("b", "a")])
    assert set(found) == {"a#a", "a#b", "b#a"}


def test_a_group_has_one_requirement_over_its_members():
    ask = group("farm", 3, strength=SOFT, grounded=True, reserve=1)
    found = requirements([ask, "a", "b"], [member("farm", "a", 2), member("farm", "b", 3)])
    assert found == {"farm#members": ({"a": 2, "b": 3}, 3, SOFT, True, 1)}


def test_a_reserve_is_cut_to_what_there_is():
    found = requirements([group("g", 1, reserve=9), "a", "b"], [member("g", "a"), member("g", "b")])
    assert found["g#members"][4] == 1


@pytest.mark.parametrize(
    ("share", "weights", "need"),
    [
        (0.5, [1, 1, 1], 2),
        (0.5, [1, 1], 1),
        (0.07, [100], 7),
        (0.6, [1, 1, 1, 1, 1], 3),
        (2 / 3, [1, 1, 1], 2),
        (0.6667, [1, 1, 1], 3),
        (1.0, [2, 3], 5),
        (0.0, [2, 3], 0),
        (0.5, [], 1),
        (0.0, [], 0),
    ],
)
def test_a_share_is_rounded_up_on_the_current_weight(share, weights, need):
    names = [f"m{n}" for n in range(len(weights))]
    rows = [member("g", name, weight) for name, weight in zip(names, weights, strict=True)]
    assert requirements([group("g", share=share), *names], rows)["g#members"][1] == need


def test_who_depends_on_a_group_takes_its_grounding():
    elements = [group("g", 1, grounded=True), group("h", 1), "a", "b", "c"]
    relations = [needs("a", "g"), needs("h", "b", "POWERS"), member("h", "g"), member("g", "c")]
    found = requirements(elements, relations)
    assert found["a#g"][3]
    assert found["h#members"][3], "its only member is a grounded group"
    assert found["b#h"][3] is False, "POWERS is grounded, the group is not"


def test_a_group_among_several_members_leaves_the_grounding_alone():
    elements = [group("g", 1, grounded=True), group("h", 1), "a"]
    found = requirements(elements, [member("h", "g"), member("h", "a"), member("g", "a")])
    assert not found["h#members"][3]


def test_neighbours_are_one_grounded_requirement_of_one():
    ring = links(("s1", "s2"), ("s3", "s2"), ("s2", "s1"), ("s3", "s3"))
    assert requirements(["s1", "s2", "s3"], ring) == {
        "s1#LINKED_TO": ({"s2": 1}, 1, HARD, True, 0),
        "s2#LINKED_TO": ({"s1": 1, "s3": 1}, 1, HARD, True, 1),
        "s3#LINKED_TO": ({"s2": 1}, 1, HARD, True, 0),
    }


def test_a_source_needs_no_neighbour():
    found = requirements([ElementRow("uplink", is_source=True), "s"], links(("uplink", "s")))
    assert set(found) == {"s#LINKED_TO"}


def test_only_types_that_need_it_need_a_neighbour():
    switch, host = ElementRow("switch", type="Switch"), ElementRow("host", type="Host")
    found = requirements([switch, host], [RelationRow("host", "ROUTES_TO", "switch")])
    assert set(found) == {"switch#ROUTES_TO"}


def test_a_change_of_type_changes_what_is_needed():
    host = ElementRow("x", type="Host")
    mapped = mapped_of([host, "y"], [RelationRow("x", "ROUTES_TO", "y")])
    step = follow(mapped.topology, [TopologyChange(host, ElementRow("x", type="Switch"))], 1)
    assert set(told(mapped.followed(step))) == {"x#ROUTES_TO"}


def test_planned_elements_support_nothing_and_need_nothing():
    new = ElementRow("new", planned=True)
    relations = [needs("app", "new"), needs("new", "app"), member("g", "new"), member("g", "old")]
    relations += links(("new", "old"), ("app", "old"))
    found = requirements([new, "app", "old", group("g", share=0.5)], relations)
    assert found == {
        "app#new": ({}, 1, HARD, False, 0),
        "g#members": ({"old": 1}, 1, HARD, False, 0),
        "app#LINKED_TO": ({"old": 1}, 1, HARD, True, 0),
        "old#LINKED_TO": ({"app": 1}, 1, HARD, True, 0),
    }


def test_retired_elements_are_gone():
    old = ElementRow("old", retired=True)
    relations = [
        needs("app", "old"),
        needs("old", "app"),
        member("g", "old"),
        *links(("old", "app")),
    ]
    assert requirements([old, "app", group("g", 1)], relations) == {
        "g#members": ({}, 1, HARD, False, 0)
    }


@pytest.mark.parametrize("seed", range(40))
def test_random_graphs_mean_what_the_rules_say(seed):
    graph = Graph(seed, size=5 + seed)
    rows = (graph.elements.values(), graph.relations.values())
    assert told(map_topology(build_topology(*rows, SEMANTICS))) == meaning(*rows)


def test_the_same_graph_gives_the_same_ids_in_any_order():
    graph = Graph(2, size=50)
    elements, relations = list(graph.elements.values()), list(graph.relations.values())
    one = map_topology(build_topology(elements, relations, SEMANTICS))
    two = map_topology(build_topology(elements[::-1], relations[::-1], SEMANTICS))
    count = one.network.requirement_count
    ids = [one.requirement_id(r) for r in range(count)]
    assert ids == [two.requirement_id(r) for r in range(count)]
    assert len(set(ids)) == count


def test_a_requirement_knows_the_relations_it_comes_from():
    relations = [
        needs("a", "b", "USES"),
        needs("b", "a", "POWERS"),
        needs("a", "b", "DOCUMENTED_BY"),
    ]
    relations += [member("g", "a"), *links(("a", "c"), ("c", "a")), needs("b", "a", "USES")]
    mapped = mapped_of(["a", "b", "c", group("g", 1)], relations)
    topology = mapped.topology

    def origin(owner, purpose):
        ids = {mapped.requirement_id(r): r for r in range(mapped.network.requirement_count)}
        table = mapped.origin(ids[f"{owner}#{purpose}"])
        rows = zip(table.source.tolist(), table.type.tolist(), table.target.tolist(), strict=True)
        return {(topology.id(s), SEMANTICS[t].name, topology.id(d)) for s, t, d in rows}

    assert origin("a", "b") == {("a", "USES", "b"), ("b", "POWERS", "a")}
    assert origin("g", "members") == {("g", "HAS_MEMBER", "a")}
    assert origin("a", "LINKED_TO") == {("a", "LINKED_TO", "c"), ("c", "LINKED_TO", "a")}


def test_unchanged_requirements_keep_their_numbers():
    mapped = mapped_of(["a", "b", "c"], [needs("a", "b"), needs("b", "c"), needs("a", "c")])
    step = follow(mapped.topology, [TopologyChange(needs("a", "c"), None)], 1)
    after = mapped.followed(step)
    for id in ("a#b", "b#c"):
        numbers = [
            next(r for r in range(m.network.requirement_count) if m.requirement_id(r) == id)
            for m in (mapped, after)
        ]
        assert numbers[0] == numbers[1]
    assert set(told(after)) == {"a#b", "b#c"}
    assert after.blank == 1
