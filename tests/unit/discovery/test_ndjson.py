"""NDJSON lines become observations; each bad line tells all that is wrong, and where."""

import io
import json

import pytest

from fitsm_graph.discovery import form, ndjson
from fitsm_graph.discovery.records import line_without_secrets
from fitsm_graph.kernel.errors import BadInput, Problem
from fitsm_graph.kernel.places import SCHEMA
from fitsm_graph.model.observation import Observation, Operation


def read(*lines: object) -> list[Observation | Problem]:
    data = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    return list(ndjson.read(io.BytesIO(b"\n".join(data))))


def codes(*lines: object) -> list[str]:
    return [each.code for each in read(*lines) if isinstance(each, Problem)]


GOOD = {"type": "Server", "key": "host-1"}


def test_every_field_arrives():
    (seen,) = read(
        {
            "op": "upsert",
            "type": "VirtualMachine",
            "key": "vm-1",
            "identifiers": [{"kind": "system_uuid", "value": "AB"}],
            "attributes": {"name": "One", "cpu_count": 4, "aliases": ["a", "b"], "role": None},
            "observed_at": "2026-11-23T09:00:00+01:00",
            "confidence": 0.5,
            "relations": [
                {"type": "RUNS_ON", "to": {"key": "host-1"}, "properties": {"strength": "soft"}},
                {"type": "HAS_INTERFACE", "to": {"key": "if-1"}, "direction": "in"},
            ],
        }
    )
    assert isinstance(seen, Observation)
    assert (seen.type, seen.key, seen.op) == ("VirtualMachine", "vm-1", Operation.UPSERT)
    assert seen.identifiers == (("system_uuid", "AB"),)
    assert seen.attributes == {"name": "One", "cpu_count": 4, "aliases": ["a", "b"], "role": None}
    assert seen.observed_at == "2026-11-23T08:00:00.000000Z"
    assert seen.confidence == 0.5
    assert [(r.type, r.key, r.incoming) for r in seen.relations] == [
        ("RUNS_ON", "host-1", False),
        ("HAS_INTERFACE", "if-1", True),
    ]
    assert seen.relations[0].properties == {"strength": "soft"}
    assert seen.place == "line 1"


def test_members_are_relations_with_weights():
    (seen,) = read(
        {
            "type": "RedundancyGroup",
            "key": "g",
            "attributes": {"need": 1},
            "members": [{"key": "a"}, {"key": "b", "weight": 3}],
        }
    )
    assert isinstance(seen, Observation)
    assert [(r.type, r.key, r.properties) for r in seen.relations] == [
        ("HAS_MEMBER", "a", {"weight": 1}),
        ("HAS_MEMBER", "b", {"weight": 3}),
    ]


def relation(**changes: object) -> dict[str, object]:
    return GOOD | {"relations": [{"type": "RUNS_ON", "to": {"key": "x"}} | changes]}


BAD = [
    (b"{", "NOT_JSON"),
    (b"[]", "BAD_RECORD"),
    (b'"text"', "BAD_RECORD"),
    (b'{"type": "Server", "key": "\xff"}', "BAD_ENCODING"),
    (b'{"type": "Server", "key": "a", "key": "b"}', "REPEATED_NAME"),
    (b'{"type":"Server","key":"a","attributes":{"x" :1,"x":2}}', "REPEATED_NAME"),
    (b'{"type": "Server", "key": "a", "attributes": {"n": NaN}}', "NOT_JSON"),
    (b"[" * 5000, "NOT_JSON"),
    ({"key": "a"}, "BAD_RECORD"),
    ({"type": "Server"}, "BAD_RECORD"),
    ({"type": "Server", "key": ""}, "BAD_RECORD"),
    ({"type": "Server", "key": " a"}, "BAD_RECORD"),
    ({"type": "Server", "key": "a\nb"}, "BAD_RECORD"),
    ({"type": "Server", "key": "k" * 513}, "BAD_RECORD"),
    ({"type": 7, "key": "a"}, "BAD_RECORD"),
    (GOOD | {"op": "destroy"}, "BAD_RECORD"),
    (GOOD | {"labels": ["x"]}, "BAD_RECORD"),
    (GOOD | {"confidence": 2}, "BAD_RECORD"),
    (GOOD | {"observed_at": "yesterday"}, "BAD_RECORD"),
    (GOOD | {"observed_at": "2026-11-23T09:00:00"}, "BAD_RECORD"),
    (GOOD | {"attributes": [1]}, "BAD_RECORD"),
    (GOOD | {"attributes": {"a": {"b": 1}}}, "BAD_RECORD"),
    (GOOD | {"attributes": {f"a{n}": 1 for n in range(201)}}, "TOO_MANY"),
    (GOOD | {"attributes": {"a": [[[[[1]]]]]}}, "TOO_DEEP"),
    (GOOD | {"identifiers": [{"kind": "serial"}]}, "BAD_RECORD"),
    (GOOD | {"members": [{"key": "a"}]}, "BAD_RECORD"),
    (GOOD | {"relations": [{"type": "RUNS_ON", "to": {"key": "x"}}] * 1001}, "TOO_MANY"),
    (relation(to={"identifier": "x"}), "BAD_RECORD"),
    (relation(direction="up"), "BAD_RECORD"),
    (relation(properties={"weight": 0}), "BAD_VALUE"),
    (relation(properties={"strength": "very"}), "BAD_VALUE"),
    (relation(properties={"colour": "red"}), "BAD_RECORD"),
]


@pytest.mark.parametrize(("line", "code"), BAD)
def test_a_bad_line_is_told_with_its_number_and_the_others_go_on(line: object, code: str):
    seen = read(GOOD, line, GOOD | {"key": "host-2"})
    assert [each.key for each in seen if isinstance(each, Observation)] == ["host-1", "host-2"]
    problems = [each for each in seen if isinstance(each, Problem)]
    assert code in {each.code for each in problems}
    assert {each.path[0] for each in problems} == {"line 2"}


def test_all_faults_of_a_line_are_told_at_once():
    assert len(codes({"type": "", "key": "", "op": "x", "more": 1})) == 4


def test_a_colon_in_a_text_is_no_repeated_name():
    assert (
        codes({"type": "Server", "key": "a", "attributes": {"x": 'say "x": 1', "y": '\\"x":'}})
        == []
    )


def test_a_huge_line_is_skipped_and_the_next_is_read():
    huge = (
        b'{"type": "Server", "key": "a", "attributes": {"x": "' + b"y" * form.LONGEST_LINE + b'"}}'
    )
    seen = read(huge, GOOD)
    assert [type(each) for each in seen] == [Problem, Observation]
    assert isinstance(seen[1], Observation)
    assert seen[1].place == "line 2"


def test_a_line_of_just_the_limit_is_read():
    start, end = b'{"type": "Server", "key": "a", "attributes": {"x": "', b'"}}'
    line = start + b"y" * (form.LONGEST_LINE - len(start) - len(end)) + end
    assert isinstance(read(line, GOOD)[0], Observation)


def test_secrets_are_dropped_and_said_without_their_value():
    seen = read(
        GOOD
        | {
            "attributes": {
                "name": "x",
                "adminPassword": "hunter2",
                "api_key": "k-1",
                "notes": "-----BEGIN RSA PRIVATE KEY-----\nMIIE",
                "keyboard": "qwerty",
                "tokenizer": "fast",
            }
        }
    )
    observation = next(each for each in seen if isinstance(each, Observation))
    assert observation.attributes == {"name": "x", "keyboard": "qwerty", "tokenizer": "fast"}
    notices = [each for each in seen if isinstance(each, Problem)]
    assert [each.code for each in notices] == ["SECRET_DROPPED"] * 3
    assert not any(
        word in each.sentence() for each in notices for word in ("hunter2", "k-1", "MII")
    )


def test_a_mark_at_the_start_and_empty_lines_are_skipped():
    seen = read(b"\xef\xbb\xbf" + json.dumps(GOOD).encode(), b"", b"   ", GOOD | {"key": "b"})
    assert [each.place for each in seen if isinstance(each, Observation)] == ["line 1", "line 4"]


def test_another_encoding_is_refused_as_a_whole():
    with pytest.raises(BadInput) as refused:
        list(ndjson.read(io.BytesIO('{"type": "Server"}'.encode("utf-16"))))
    assert refused.value.code == "BAD_ENCODING"


def test_the_published_schema_is_the_one_declared():
    published = json.loads((SCHEMA / "sync.schema.json").read_text(encoding="utf-8"))
    assert published == form.json_schema()


def test_a_line_to_mend_holds_no_secrets():
    record = {**GOOD, "attributes": {"name": "h", "cpu_count": "x", "db_password": "hunter2"}}
    kept = {**GOOD, "attributes": {"name": "h", "cpu_count": "x"}}
    assert json.loads(line_without_secrets(json.dumps(record).encode())) == kept
    for line in (json.dumps(kept).encode() + b"\n", b"{no", b"[1]", b'{"attributes": 5}'):
        assert line_without_secrets(line) == line
