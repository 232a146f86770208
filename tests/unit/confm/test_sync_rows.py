"""Rows: what is checked before the graph is asked, and what makes two rows the same."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from fitsm_graph.confm.sync_index import GONE, UNSETTLED, Bucket, HashIndex, Pair, pack, unpack
from fitsm_graph.confm.sync_rows import Row, RowReader, key_digest
from fitsm_graph.confm.types import default_registry
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.observation import Observation, ObservedRelation


@pytest.fixture(scope="module")
def reader() -> RowReader:
    return RowReader(default_registry())


def seen(**changes: object) -> Observation:
    given = {"type": "Server", "key": "host-1", "place": "line 1"} | changes
    return Observation(**given)  # type: ignore[arg-type]  # fields by name


def read(reader: RowReader, **changes: object) -> Row:
    row, problems = reader.read(seen(**changes), (1, 2))
    assert row is not None, problems
    return row


def codes(reader: RowReader, **changes: object) -> list[str]:
    row, problems = reader.read(seen(**changes), (1, 2))
    assert (row is None) == bool(problems)
    return [each.code for each in problems]


def test_values_are_in_stored_form(reader: RowReader):
    row = read(reader, attributes={"name": "H", "cpu_count": 4, "primary_address": "2001:DB8::1"})
    assert row.values == {"name": "H", "cpu_count": 4.0, "primary_address": "2001:db8::1"}


NO_MOMENTS = ("yesterday", "", "2026-11-23T08:30:00", 5, "0001-01-01T00:00:00+14:00")


def runs_on(**properties: object) -> ObservedRelation:
    return ObservedRelation(type="RUNS_ON", key="x", properties=properties)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"type": "Nonsense"}, ["UNKNOWN_TYPE"]),
        ({"type": "Equipment"}, ["ABSTRACT_TYPE"]),
        ({"key": " x"}, ["BAD_RECORD"]),
        ({"attributes": {"colour": "red"}}, ["ATTRIBUTE_UNKNOWN"]),
        ({"attributes": {"cpu_count": "four"}}, ["ATTRIBUTE_VALUE"]),
        ({"attributes": {"name": ""}}, ["BAD_VALUE"]),
        ({"attributes": {"name": None}}, ["BAD_VALUE"]),
        ({"attributes": {"name": "a\0b"}}, ["BAD_VALUE"]),
        ({"attributes": {"lifecycle": "retired"}}, ["BAD_VALUE"]),
        ({"attributes": {"is_source": "yes"}}, ["BAD_VALUE"]),
        ({"attributes": {"id": "x", "created": 1}}, ["ATTRIBUTE_UNKNOWN", "ATTRIBUTE_UNKNOWN"]),
        ({"type": "Service", "attributes": {"criticality": 9}}, ["BAD_VALUE"]),
        ({"type": "Service", "attributes": {"cpu_count": 1}}, ["BAD_RECORD"]),
        ({"type": "RedundancyGroup", "attributes": {"need": 1, "need_share": 0.5}}, ["BAD_RECORD"]),
        ({"type": "RedundancyGroup", "attributes": {"strength": "very"}}, ["BAD_VALUE"]),
        ({"relations": (ObservedRelation(type="NO_SUCH", key="x"),)}, ["UNKNOWN_TYPE"]),
        ({"relations": (ObservedRelation(type="RUNS_ON", key=""),)}, ["BAD_RECORD"]),
        (
            {"relations": (ObservedRelation(type="RUNS_ON", key="x", properties={"weight": 2}),)},
            ["BAD_VALUE"],
        ),
        *(({"relations": (runs_on(verified_at=wrong),)}, ["BAD_VALUE"]) for wrong in NO_MOMENTS),
        (
            {"relations": (ObservedRelation(type="RUNS_ON", key="x", properties={"by": ["me"]}),)},
            ["BAD_RECORD"],
        ),
    ],
)
def test_what_is_refused(reader: RowReader, changes: dict[str, object], expected: list[str]):
    assert codes(reader, **changes) == expected


def test_all_problems_of_a_row_come_together(reader: RowReader):
    wrong = {"attributes": {"colour": "red", "name": "", "cpu_count": -1}}
    assert len(codes(reader, **wrong)) == 3


def test_what_a_new_element_lacks_is_kept_apart(reader: RowReader):
    row = read(reader, type="Vlan", attributes={"name": "x"})
    assert [each.code for each in row.missing] == ["ATTRIBUTE_REQUIRED"]
    assert read(reader, type="Vlan", attributes={"vlan_number": 7}).missing == []


def test_a_need_clears_the_share_and_the_other_way_round(reader: RowReader):
    group = {"type": "RedundancyGroup"}
    assert read(reader, **group, attributes={"need": 2}).values == {"need": 2, "need_share": None}
    assert read(reader, **group, attributes={"need_share": 0.5}).values["need"] is None


def test_unique_attributes_and_identifiers(reader: RowReader):
    row = read(reader, attributes={"asset_tag": " A-1 "}, identifiers=(("system_uuid", "AB"),))
    assert row.identifiers == {"asset_tag|a-1": "asset_tag", "system_uuid|ab": "system_uuid"}
    assert row.unique == {"asset_tag|a-1"}


def test_confidence_of_a_row_is_that_of_its_relations(reader: RowReader):
    relations = (
        ObservedRelation(type="RUNS_ON", key="x"),
        ObservedRelation(type="RUNS_ON", key="y", properties={"confidence": 0.9}),
    )
    row = read(reader, type="VirtualMachine", confidence=0.5, relations=relations)
    assert [tie.properties for tie in row.ties] == [{"confidence": 0.5}, {"confidence": 0.9}]


def test_moments_of_relations_are_in_stored_form(reader: RowReader):
    moments = ("2026-11-23T08:30:00Z", "2026-11-23T09:30:00+01:00", None)
    relations = tuple(
        ObservedRelation(type="RUNS_ON", key=str(n), properties={"verified_at": moment})
        for n, moment in enumerate(moments)
    )
    row = read(reader, type="VirtualMachine", relations=relations)
    stored = "2026-11-23T08:30:00.000000Z"
    assert [tie.properties["verified_at"] for tie in row.ties] == [stored, stored, None]


def test_a_digest_is_of_what_is_said_and_not_of_when_or_where(reader: RowReader):
    same = seen(attributes={"name": "a", "role": "b"})
    again = seen(attributes={"role": "b", "name": "a"}, observed_at="2026-11-23", place="line 9")
    assert reader.content_digest(same) == reader.content_digest(again)


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "Hypervisor"},
        {"attributes": {"name": "b"}},
        {"attributes": {"name": "a", "role": None}},
        {"identifiers": (("a", "b"),)},
        {"relations": (ObservedRelation(type="RUNS_ON", key="x", incoming=True),)},
        {"confidence": 0.5},
    ],
)
def test_a_digest_differs_when_the_source_says_something_else(
    reader: RowReader, changes: dict[str, object]
):
    first = seen(attributes={"name": "a"}, relations=(ObservedRelation(type="RUNS_ON", key="x"),))
    given = {"attributes": first.attributes, "relations": first.relations} | changes
    assert reader.content_digest(first) != reader.content_digest(seen(**given))


def test_a_digest_changes_with_the_registry(reader: RowReader):
    documents = reader.registry.to_documents()
    documents["ci_types"]["Bucket"]["doc"] = "Another sentence."
    other = RowReader(
        type(reader.registry).from_documents(
            {"a": documents["ci_types"]}, {"a": documents["relationship_types"]}
        )
    )
    assert reader.content_digest(seen()) != other.content_digest(seen())


def test_a_number_that_cannot_be_stored_is_refused(reader: RowReader):
    with pytest.raises(BadInput, match="cannot be stored"):
        reader.content_digest(seen(attributes={"cpu_count": 2**70}))


# --- the hash index ----------------------------------------------------------------------------


def buckets_of(rows: Iterable[Mapping[str, Any]]) -> list[Bucket]:
    """Buckets as they come back from the graph."""
    return [(row["number"], row["data"], row["moments"], row["wordings"]) for row in rows]


def told(index: HashIndex, pairs: list[Pair], wordings: Mapping[int, int]) -> list[Bucket]:
    """The bucket of a chunk, kept."""
    for key, line in wordings.items():
        index.worded(key, line)
    rows = index.bucket(pairs)
    index.accept(pairs)
    return buckets_of(rows)


def test_only_the_words_of_the_latest_content_count():
    first = HashIndex("s")
    buckets = told(first, [(1, 10), (2, 20), (3, 30)], {1: 2**64 - 1, 2: 502, 3: 503})
    second = HashIndex("s", buckets)
    assert [second.said_as(line) for line in (2**64 - 1, 502, 503, 7)] == [1, 2, 3, None]
    buckets += told(second, [(1, 11)], {1: 611}) + told(second, [(2, 21)], {})
    third = HashIndex("s", buckets)
    assert [third.said_as(line) for line in (2**64 - 1, 502, 503, 611)] == [None, None, 3, 1]


def test_words_of_what_is_unsettled_or_gone_are_not_kept():
    index = HashIndex("s")
    buckets = told(index, [(1, UNSETTLED), (2, 20)], {1: 501, 2: 502})
    buckets += told(index, [(2, GONE)], {2: 502})
    again = HashIndex("s", buckets)
    assert (again.said_as(501), again.said_as(502)) == (None, None)


def test_compacted_buckets_keep_the_words():
    index = HashIndex("s", told(HashIndex("s"), [(1, 10), (2, 20)], {1: 501, 2: 502}))
    told(index, [(2, 21), (3, 30)], {2: 602, 3: 603})
    again = HashIndex("s", buckets_of(index.compacted()))
    assert [again.said_as(line) for line in (501, 502, 602, 603)] == [1, None, 2, 3]


def test_pairs_come_back_as_they_were():
    pairs = [(1, 2**64 - 1), (2**63, 7)]
    assert list(unpack(pack(pairs))) == pairs
    assert list(unpack(pack([]))) == []


def test_later_buckets_win_and_gone_is_forgotten():
    kept = [(1, pack([(1, 10), (2, 20)]), None, None), (4, pack([(1, 11), (2, GONE)]), None, None)]
    index = HashIndex("s", kept)
    assert index.content == {1: 11}
    assert index.next_number == 5
    index.accept([(3, 30), (1, GONE)])
    assert index.content == {3: 30}
    assert index.next_number == 6


def test_compacted_buckets_say_the_same():
    kept = [(n, pack([(n, n * 7), (n + 1, 1)]), pack([(n, n + 100)]), None) for n in range(1, 40)]
    index = HashIndex("s", kept)
    rows = list(index.compacted())
    again = HashIndex("s", buckets_of(rows))
    assert (again.content, again.moments) == (index.content, index.moments)
    assert len(index.moments) == 39
    assert min(row["number"] for row in rows) == index.next_number


def test_keys_that_look_alike_have_different_digests():
    keys = [f"netbox/dcim.device/{n}" for n in range(5000)] + ["a", "A", "ä", "a "]
    assert len({key_digest(key) for key in keys}) == len(keys)
