"""What this process wrote lately, as far as own states follow from it."""

from fitsm_graph.graph.changes import Change, RecordChange, RelationChange
from fitsm_graph.impact import disturbances
from fitsm_graph.impact.disturbances import MOST_OVER, Disturbance, Known, followed
from fitsm_graph.impact.recent import (
    MOST_CHANGES,
    MOST_ENTRIES,
    Recent,
    images_of,
    of_disturbances,
)
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


def test_what_does_not_tell_all_has_to_be_read() -> None:
    touching: list[Change] = [
        RecordChange(Op.UPDATE, "CI", "host", {"name": "a"}, {"name": "b"}),
        RecordChange(Op.RETIRE, "Service", "svc", {"retired": None}, {"retired": 8}),
        RecordChange(Op.CREATE, "RelationshipType", "t1", {}, {}),
        RelationChange(Op.CHANGE_RELATION, "DEPENDS_ON", "svc", "host", {}, {"strength": "soft"}),
        RelationChange(Op.CHANGE_RELATION, "NOBODY_KNOWS_IT", "svc", "host", {}, {"weight": 2}),
    ]
    for change in touching:
        entries = recent()
        entries.note(8, [MADE, change])
        assert entries.since(7, 8) is None, change


def test_the_oldest_are_forgotten() -> None:
    entries = recent()
    for seq in range(1, MOST_ENTRIES + 3):
        entries.note(seq, [])
    assert entries.since(1, MOST_ENTRIES) is None
    assert entries.since(2, MOST_ENTRIES) == (MOST_ENTRIES + 2, [])
    entries.note(MOST_ENTRIES + 3, [HITS] * MOST_CHANGES)
    entries.note(MOST_ENTRIES + 4, [HITS])
    assert entries.since(MOST_ENTRIES + 2, MOST_ENTRIES + 3) is None
    assert entries.since(MOST_ENTRIES + 3, MOST_ENTRIES + 4) == (MOST_ENTRIES + 4, [HITS])


def test_what_is_made_and_ends_is_told_whole() -> None:
    host = {"id": "host", "key": "H", "name": "h", "type": "Server"}
    made = RecordChange(Op.CREATE, "CI", "host", {}, host)
    needs = RelationChange(Op.RELATE, "DEPENDS_ON", "svc", "host", {}, {"weight": 2})
    ends = RelationChange(Op.UNRELATE, "DEPENDS_ON", "svc", "host", {"weight": 2}, {})
    entries = recent()
    entries.note(8, [made, needs, MADE, HITS, SAID])
    entries.note(9, [ends])
    assert entries.since(7, 9) == (9, [made, needs, MADE, HITS, ends])
    assert of_disturbances([made, needs, MADE, HITS, ends]) == [MADE, HITS]
    triple = ("svc", "DEPENDS_ON", "host")
    then, now = images_of([made, needs, MADE])
    assert (then.records, then.relations) == ({}, {})
    assert {id: each.properties for id, each in now.records.items()} == {"host": host}
    assert now.relations == {triple: {"weight": 2}}
    then, now = images_of([ends])
    assert (then.relations, now.relations) == ({triple: {"weight": 2}}, {})
    then, now = images_of([needs, ends])
    assert (then.relations, now.relations) == ({}, {})
    then, now = images_of([ends, needs])
    assert (then.relations, now.relations) == ({triple: {"weight": 2}}, {triple: {"weight": 2}})


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


def incident(number: int, ends: str | None) -> Disturbance:
    return Disturbance(f"i{number}", f"INC-{number}", "no power", "2026-01-01T00Z", ends, {})


def test_the_last_that_ended_are_known_and_those_that_are_gone_are_not() -> None:
    many = {f"i{n}": incident(n, f"2026-01-02T{n:06}") for n in range(MOST_OVER + 2)}
    open_one = incident(9_999, None)
    known = Known({**many, "i9999": open_one}).at("2026-01-03")
    assert list(known.left) == ["i9999"]
    assert list(known.over) == [f"i{n}" for n in range(2, MOST_OVER + 2)]
    assert known.of(["i0", "i7", "i9999"]) == {"i7": many["i7"], "i9999": open_one}
    assert known.at("2026-01-04") == known
    gone = known.turned({"i7"}, {"i9999": open_one})
    assert "i7" not in gone.over
    again = incident(7, None)
    back = known.turned({"i7"}, {**known.left, "i7": again}).at("2026-01-03")
    assert back.left == {"i9999": open_one, "i7": again}
    assert "i7" not in back.over
    assert disturbances.named_by([MADE, HITS]) == {"i1"}
