"""What this process wrote lately, as far as own states follow from it."""

from fitsm_graph.graph.changes import Change, RecordChange, RelationChange
from fitsm_graph.impact.disturbances import Disturbance, followed
from fitsm_graph.impact.recent import MOST, Recent
from fitsm_graph.model.ledger import Op

INCIDENT = {"key": "INC-000001", "title": "no power", "starts_at": "2026-11-24T09:00:00.000000Z"}
MADE = RecordChange(Op.CREATE, "Incident", "i1", {}, INCIDENT)
HITS = RelationChange(Op.RELATE, "AFFECTS", "i1", "host", {}, {"effect": "down"})
SAID = RecordChange(Op.CREATE, "Comment", "c1", {}, {"text": "we look into it"})


def recent() -> Recent:
    return Recent(lambda name: name == "DEPENDS_ON")


def test_entries_are_told_in_their_order_as_far_as_they_count() -> None:
    entries = recent()
    entries.note(8, [MADE, HITS])
    entries.note(9, [SAID])
    assert entries.since(7, 9) == (9, [MADE, HITS])
    assert entries.since(7, 8) == (9, [MADE, HITS])
    assert entries.since(8, 9) == (9, [])


def test_what_others_wrote_between_is_not_known() -> None:
    entries = recent()
    entries.note(8, [MADE])
    entries.note(10, [HITS])
    assert entries.since(6, 8) is None
    assert entries.since(7, 10) is None
    assert entries.since(7, 8) == (8, [MADE])


def test_elements_relations_and_types_are_no_matter_of_own_states() -> None:
    touching: list[Change] = [
        RecordChange(Op.UPDATE, "CI", "host", {"name": "a"}, {"name": "b"}),
        RecordChange(Op.CREATE, "RelationshipType", "t1", {}, {}),
        RelationChange(Op.RELATE, "DEPENDS_ON", "svc", "host", {}, {}),
        RelationChange(Op.UNRELATE, "NOBODY_KNOWS_IT", "svc", "host", {}, {}),
    ]
    for change in touching:
        entries = recent()
        entries.note(8, [MADE, change])
        assert entries.since(7, 8) is None, change


def test_the_oldest_are_forgotten() -> None:
    entries = recent()
    for seq in range(1, MOST + 3):
        entries.note(seq, [])
    assert entries.since(1, MOST) is None
    assert entries.since(2, MOST) == (MOST + 2, [])


def over(**after: object) -> RecordChange:
    return RecordChange(Op.UPDATE, "Incident", "i1", dict.fromkeys(after), dict(after))


def test_a_disturbance_follows_from_what_was_decided() -> None:
    found = followed({}, [MADE, HITS])
    expected = Disturbance(
        "i1", "INC-000001", "no power", INCIDENT["starts_at"], None, {("AFFECTS", "host"): "down"}
    )
    assert found == {"i1": expected}
    less = RelationChange(
        Op.CHANGE_RELATION, "AFFECTS", "i1", "host", {"effect": "down"}, {"effect": "at_risk"}
    )
    ends = "2026-11-24T10:00:00.000000Z"
    after = followed(found, [less, over(title="power", ends_at=ends)])
    assert after is not None
    assert after["i1"].effects == {("AFFECTS", "host"): "at_risk"}
    assert (after["i1"].title, after["i1"].ends) == ("power", ends)
    gone = RelationChange(Op.UNRELATE, "AFFECTS", "i1", "host", {"effect": "at_risk"}, {})
    without = followed(after, [gone])
    assert without is not None
    assert without["i1"].effects == {}
    assert followed(found, [RecordChange(Op.RETIRE, "Incident", "i1", {}, {"retired": 9})]) == {}


def test_what_was_over_stays_so_or_is_not_known() -> None:
    assert followed({}, [over(status="closed"), HITS]) == {}
    assert followed({}, [over(ends_at=None)]) is None
    assert followed({}, [RecordChange(Op.REINSTATE, "Incident", "i1", {}, {})]) is None
