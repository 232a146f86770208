"""What-if overlays: assumptions, removal that is never a gain, refusals, no writes."""

import pytest

from fitsm_graph.impact.analysis import baseline, impact
from fitsm_graph.impact.mapped import map_topology
from fitsm_graph.impact.network import Level
from fitsm_graph.impact.own import Because, OwnCause, OwnStates
from fitsm_graph.impact.records import ElementRow, RelationRow
from fitsm_graph.impact.scenario import WhatIf, assumptions, with_need
from fitsm_graph.impact.topology import build_topology
from fitsm_graph.kernel.errors import BadInput, Contradiction, NotFound
from unit.impact.graphs import SEMANTICS, group, member, needs, told

DOWN, DEGRADED, AT_RISK, UP = Level.DOWN, Level.DEGRADED, Level.AT_RISK, Level.UP
NOBODY = OwnStates()


def mapped_of(elements, relations=()):
    rows = [ElementRow(e) if isinstance(e, str) else e for e in elements]
    return map_topology(build_topology(rows, relations, SEMANTICS))


def states(mapped, what_if, own=NOBODY):
    report = impact(mapped, own, what_if)
    topology = report.laid.topology
    return {row.id: report.after.levels([topology.index(row.id)])[0] for row in topology.rows()}


PAIR = (
    ["app", "db1", "db2", group("pair", 1)],
    [needs("app", "pair"), member("pair", "db1"), member("pair", "db2")],
)


def test_fail_degrade_at_risk_and_maintain():
    mapped = mapped_of(["app", "db"], [needs("app", "db")])
    for what_if, level in (
        (WhatIf(fail=("db",)), DOWN),
        (WhatIf(degrade=("db",)), DEGRADED),
        (WhatIf(at_risk=("db",)), AT_RISK),
        (WhatIf(maintain=("db",)), DOWN),
        (WhatIf(), UP),
    ):
        assert states(mapped, what_if) == {"app": level, "db": level}


def test_maintenance_says_so():
    report = impact(mapped_of(*PAIR), NOBODY, WhatIf(maintain=("db1",)))
    assert report.own_after.of_element("db1")[0].cause is Because.MAINTENANCE


def test_restore_sets_own_to_up_and_nothing_else():
    mapped = mapped_of(["app", "db", "disk"], [needs("app", "db"), needs("db", "disk")])
    own = OwnStates.of([OwnCause(e, DOWN, Because.INCIDENT, "INC-1") for e in ("db", "disk")])
    assert states(mapped, WhatIf(restore=("db",)), own)["db"] == DOWN
    both = impact(mapped, own, WhatIf(restore=("db", "disk")))
    assert [both.laid.topology.id(n) for n in both.improved.number.tolist()] == [
        "app",
        "db",
        "disk",
    ]
    assert len(both.affected) == 0
    assert own.level("db") is DOWN, "the baseline is as it was"


def test_a_milder_assumption_does_not_mend():
    own = OwnStates.of([OwnCause("db", DOWN, Because.INCIDENT, "INC-1")])
    mapped = mapped_of(["db"])
    assert states(mapped, WhatIf(degrade=("db",)), own) == {"db": DOWN}


def test_a_removed_element_counts_as_a_member_that_is_down():
    elements, relations = PAIR
    mapped = mapped_of(elements, relations)
    removed = states(mapped, WhatIf(remove_elements=("db1",)))
    assert (removed["app"], removed["pair"], removed["db1"]) == (AT_RISK, AT_RISK, DOWN)
    share = mapped_of(["a", "b", group("g", share=1.0)], [member("g", "a"), member("g", "b")])
    assert states(share, WhatIf(remove_elements=("a",)))["g"] == DOWN


def test_a_removed_membership_takes_its_weight_out_and_the_need_stays():
    rows = [member("g", "a"), member("g", "b", 2)]
    for ask in (group("g", 3), group("g", share=1.0)):
        mapped = mapped_of(["a", "b", ask], rows)
        report = impact(mapped, NOBODY, WhatIf(remove_relations=(rows[1].triple,)))
        assert told(report.laid)["g#members"][:2] == ({"a": 1}, 3)
        assert report.after.levels([report.laid.topology.index("g")])[0] == DOWN
        assert told(mapped)["g#members"][:2] == ({"a": 1, "b": 2}, 3)


def test_cutting_the_last_link_is_no_gain():
    uplink = ElementRow("uplink", is_source=True)
    link = RelationRow("uplink", "LINKED_TO", "s")
    mapped = mapped_of([uplink, "s"], [link])
    assert states(mapped, WhatIf(remove_relations=(link.triple,))) == {"s": DOWN, "uplink": UP}


def test_a_ring_cut_once_holds_and_cut_twice_falls():
    uplink = ElementRow("uplink", is_source=True)
    ring = ["uplink", "n1", "n2", "n3", "n4"]
    links = [RelationRow(a, "LINKED_TO", b) for a, b in zip(ring, ring[1:] + ring[:1], strict=True)]
    mapped = mapped_of([uplink, *ring[1:]], links)
    once = states(mapped, WhatIf(remove_relations=(links[1].triple,)))
    assert set(once.values()) == {UP}
    report = impact(mapped, NOBODY, WhatIf(remove_relations=(links[1].triple,)))
    assert [mapped.topology.id(n) for n in report.exposed.number.tolist()] == ["n1", "n2"]
    twice = states(mapped, WhatIf(remove_relations=(links[1].triple, links[3].triple)))
    assert twice == {"uplink": UP, "n1": UP, "n2": DOWN, "n3": DOWN, "n4": UP}


def test_a_removed_dependency_is_no_requirement_any_more():
    mapped = mapped_of(["app", "db"], [needs("app", "db")])
    what_if = WhatIf(fail=("db",), remove_relations=(("app", "DEPENDS_ON", "db"),))
    assert states(mapped, what_if) == {"app": UP, "db": DOWN}


def test_adding_a_member_and_changing_the_need():
    elements, relations = PAIR
    mapped = mapped_of(elements, relations)
    more = WhatIf(
        fail=("db1",),
        add_elements=(ElementRow("db3"),),
        add_relations=(member("pair", "db3"),),
    )
    report = impact(mapped, NOBODY, more)
    assert told(report.laid)["pair#members"][0] == {"db1": 1, "db2": 1, "db3": 1}
    pair = mapped.topology.row(mapped.topology.index("pair"))
    stricter = WhatIf(change_elements=(with_need(pair, need=2),), fail=("db1",))
    assert states(mapped, stricter)["app"] == DOWN


def test_bringing_a_planned_element_into_use():
    new = ElementRow("new", planned=True)
    mapped = mapped_of([new, "old", group("g", 1)], [member("g", "new"), member("g", "old")])
    assert states(mapped, WhatIf(fail=("old",)))["g"] == DOWN
    in_use = WhatIf(fail=("old",), change_elements=(ElementRow("new"),))
    assert states(mapped, in_use)["g"] == AT_RISK


def test_changing_a_relation():
    mapped = mapped_of(["app", "db"], [needs("app", "db")])
    softer = WhatIf(fail=("db",), change_relations=(needs("app", "db", strength=1),))
    assert states(mapped, softer)["app"] == DEGRADED


def test_nothing_is_written():
    elements, relations = PAIR
    mapped = mapped_of(elements, relations)
    before, solution = told(mapped), baseline(mapped, NOBODY)
    what_ifs = [
        WhatIf(fail=("db1", "db2")),
        WhatIf(remove_relations=(relations[1].triple,)),
        WhatIf(add_elements=(ElementRow("x"),), add_relations=(needs("db1", "x"),), fail=("x",)),
    ]
    reports = [impact(mapped, NOBODY, w, before=solution) for w in what_ifs]
    assert [len(report.affected) for report in reports] == [4, 0, 4]
    assert [len(report.exposed) for report in reports] == [0, 1, 0]
    assert told(mapped) == before
    assert not solution.state.any()
    assert mapped.topology.find("x") == -1


@pytest.mark.parametrize(
    ("what_if", "error", "code"),
    [
        (WhatIf(fail=("zz",)), NotFound, "ELEMENT_NOT_FOUND"),
        (WhatIf(remove_elements=("zz",)), NotFound, "ELEMENT_NOT_FOUND"),
        (WhatIf(fail=("db1",), restore=("db1",)), Contradiction, "ASSUMPTIONS_CONTRADICT"),
        (WhatIf(fail=("db1",), degrade=("db1",)), Contradiction, "ASSUMPTIONS_CONTRADICT"),
        (WhatIf(add_elements=(ElementRow("app"),)), BadInput, "ALREADY_THERE"),
        (WhatIf(add_relations=(needs("app", "pair"),)), BadInput, "ALREADY_THERE"),
        (WhatIf(add_relations=(needs("app", "zz"),)), NotFound, "ELEMENT_NOT_FOUND"),
        (WhatIf(add_relations=(needs("app", "db1", "X"),)), BadInput, "UNKNOWN_RELATION_TYPE"),
        (WhatIf(add_relations=(member("app", "db1"),)), BadInput, "MEMBERSHIP_OF_NO_GROUP"),
        (WhatIf(remove_relations=(("app", "USES", "db1"),)), NotFound, "RELATION_NOT_FOUND"),
        (WhatIf(change_relations=(needs("app", "db1"),)), NotFound, "RELATION_NOT_FOUND"),
        (WhatIf(change_elements=(group("app", 1),)), BadInput, "KIND_IS_FIXED"),
        (WhatIf(change_elements=(ElementRow("zz"),)), NotFound, "ELEMENT_NOT_FOUND"),
    ],
)
def test_assumptions_that_make_no_sense_are_refused(what_if, error, code):
    with pytest.raises(error, match=code):
        impact(mapped_of(*PAIR), NOBODY, what_if)


def test_a_need_is_changed_on_groups_only():
    with pytest.raises(BadInput, match="GROUP_NEED_INVALID"):
        with_need(ElementRow("a"), need=1)
    with pytest.raises(BadInput, match="GROUP_NEED_INVALID"):
        with_need(group("g", 1), need=1, share=0.5)


def test_a_baseline_of_another_network_is_refused():
    mapped, other = mapped_of(*PAIR), mapped_of(*PAIR)
    with pytest.raises(BadInput, match="BASELINE_MISMATCH"):
        impact(mapped, NOBODY, WhatIf(), before=baseline(other, NOBODY))


def test_assumptions_are_said_in_words():
    what_if = WhatIf(fail=("a",), restore=("b",), remove_relations=(("a", "USES", "b"),))
    assert assumptions(what_if) == [
        "a: assumed to fail",
        "b: assumed to be restored",
        "a USES b: assumed to be removed",
    ]


def test_own_states_take_the_worst_cause_in_force():
    causes = [
        OwnCause("a", DEGRADED, Because.INCIDENT, "INC-1"),
        OwnCause("a", DOWN, Because.MAINTENANCE, "CHG-1", starts="10:10", ends="10:20"),
        OwnCause("gone", DOWN, Because.INCIDENT, "INC-2"),
    ]
    for time, level in (
        ("10:09", DEGRADED),
        ("10:10", DOWN),
        ("10:19", DOWN),
        ("10:20", DEGRADED),
    ):
        own = OwnStates.at(causes, time)
        assert own.level("a") is level
        assert own.levels(mapped_of(["a"]).topology).tolist() == [level]
    assert [c.record for c in OwnStates.of(causes).of_element("a")] == ["CHG-1", "INC-1"]
    assert OwnStates().level("a") is UP
