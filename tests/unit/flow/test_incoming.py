"""What comes in is read as it is meant, and what is wrong with it is said."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitsm_graph.flow.incoming import event_of, message_of
from fitsm_graph.flow.incoming_rules import (
    Becomes,
    EventMapping,
    MessageMapping,
    filled,
    fits,
    parse_events,
    parse_messages,
    value_at,
)
from fitsm_graph.flow.reading import Reader
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.disturbance import Effect

EVENT = {"specversion": "1.0", "id": "7", "source": "/racks/4", "type": "fan.failed"}
MESSAGE = {"from": "Ada <Ada@Example.org>", "to": "desk@x.org", "message-id": "<1@x>"}


def events(*rules: Any) -> EventMapping:
    read = Reader()
    made = parse_events("x", {"rules": list(rules)}, read)
    assert made is not None
    assert not read.problems, read.problems
    return made


@given(st.text("ab*", max_size=8), st.text("ab", max_size=8))
def test_a_pattern_fits_as_a_regular_expression_would(pattern: str, value: str) -> None:
    oracle = re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), value)
    assert fits(pattern, value) == bool(oracle)


def test_the_first_rule_that_fits_counts_and_none_is_nothing() -> None:
    mapping = events(
        {"when": {"type": "fan.*", "source": "/racks/5"}, "register": "nothing"},
        {"when": {"source": "/racks/*"}, "register": "incident", "elements": ["subject"]},
        {"register": "nothing"},
    )
    rule = mapping.of(event_of(EVENT))
    assert rule is mapping.rules[1]
    assert mapping.of(event_of({**EVENT, "source": "/racks/5"})) is None
    assert mapping.of(event_of({**EVENT, "source": "/halls"})) is None


def test_element_effect_and_words_stand_in_the_event() -> None:
    mapping = events(
        {
            "register": "incident",
            "elements": ["subject", "data.hosts.0", "data.nothing.there"],
            "severity": "data.grave",
            "effects": {"3": "down", "true": "at_risk"},
            "title": "{type} at {data.hosts.1} {data}",
            "description": "{data.text}",
        }
    )
    data = {"hosts": ["a", "b"], "grave": 3, "text": "{data.grave}"}
    event = event_of({**EVENT, "data": data})
    rule = mapping.rules[0]
    assert rule.refs(event) == ["a"]
    assert rule.effect_of(event) is Effect.DOWN
    assert rule.effect_of(event_of({**EVENT, "data": {"grave": True}})) is Effect.AT_RISK
    assert rule.effect_of(event_of(EVENT)) is Effect.DEGRADED
    assert filled(rule.title, event) == "fan.failed at b"
    assert filled(rule.description, event) == "{data.grave}", "what is put in is not filled again"
    assert value_at(event.whole, "data.hosts") == ""


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"register": "incident"}, "POLICY_FORM"),
        ({"register": "service_request"}, "POLICY_FIELD"),
        ({"register": "change"}, "POLICY_VALUE"),
        ({"register": "nothing", "when": {"kind": "x"}}, "POLICY_FIELD"),
        ({"register": "nothing", "when": {"type": "*" * 11}}, "POLICY_VALUE"),
        ({"register": "nothing", "effects": {"x": "down"}}, "POLICY_FIELD"),
        ({"register": "nothing", "severity": "s", "effects": {"x": "gone"}}, "POLICY_VALUE"),
        ({"register": "nothing", "title": "{data..x}"}, "POLICY_VALUE"),
        ({}, "POLICY_FIELD"),
    ],
)
def test_a_rule_that_says_too_little_is_refused(rule: Any, code: str) -> None:
    read = Reader()
    parse_events("x", {"rules": [rule]}, read)
    assert code in {each.code for each in read.problems}


def test_the_first_address_that_a_rule_fits_counts() -> None:
    read = Reader()
    rules = [
        {"to": "Desk@*", "register": "incident", "element": "mail", "effect": "down"},
        {"to": "*@x.org", "register": "change"},
    ]
    mapping = parse_messages("x", {"addresses": rules}, read)
    assert isinstance(mapping, MessageMapping)
    assert not read.problems
    for to, expected in (
        ("Service Desk <DESK@y.org>", Becomes.INCIDENT),
        (["other@y.org", "wishes@x.org"], Becomes.CHANGE),
        (["other@y.org"], None),
    ):
        rule = mapping.of(message_of({**MESSAGE, "to": to}))
        assert (rule.register if rule else None) == expected, to
    wrong = Reader()
    parse_messages("x", {"addresses": [{"to": "a", "register": "service_request"}]}, wrong)
    assert [each.code for each in wrong.problems] == ["POLICY_FIELD"]


def test_a_message_is_known_by_its_id_and_names_keys_and_elements() -> None:
    text = "see below\nElement: sto-a, sto-b\n> elements : old\nelement:"
    said = {"subject": "RE: Fwd: [INC-000012] disk XINC-000013", "text": text}
    read = message_of({**MESSAGE, **said, "in-reply-to": "<000000000007-ab@we>"})
    assert (read.sender, read.emails) == ("Ada@Example.org", ["Ada@Example.org", "ada@example.org"])
    assert read.title == "[INC-000012] disk XINC-000013"
    assert read.keys == ["INC-000012"]
    assert read.elements == ["sto-a", "sto-b", "old"]
    assert read.notice == "000000000007-ab"
    again = message_of({**MESSAGE, "text": "other"})
    assert again.identity("a") == read.identity("a") != read.identity("b")
    answer = message_of({**MESSAGE, "message-id": "2@x", "in-reply-to": "1@x"})
    assert answer.answered("a") == read.identity("a")
    assert not read.automatic
    assert message_of({**MESSAGE, "auto-submitted": "auto-replied"}).automatic
    assert not message_of({**MESSAGE, "auto-submitted": "No"}).automatic


@pytest.mark.parametrize(
    "said",
    [
        "eve@x.org",
        "<eve@x.org>",
        "Eve <eve@x.org>",
        '"boss@y.org" <eve@x.org>',
        '"Adams, Eve \\"E\\"" <eve@x.org>',
        "'eve@x.org' <eve@x.org>",
        "eve@x.org (Eve, of the desk)",
        "Eve (desk) <eve@x.org>",
    ],
)
def test_who_wrote_is_read_without_the_name(said: str) -> None:
    assert message_of({**MESSAGE, "from": said}).sender == "eve@x.org"


@pytest.mark.parametrize(
    "said",
    [
        "Post <post@y.org>, desk@x.org",
        ["Post <post@y.org>", '"Desk, the" <Desk@x.org>', "post@y.org"],
        ["post@y.org, DESK@X.org"],
    ],
)
def test_a_message_goes_to_each_of_its_addresses(said: Any) -> None:
    assert message_of({**MESSAGE, "to": said}).to == ("post@y.org", "desk@x.org")


def test_nothing_of_a_message_is_cut_unsaid() -> None:
    keys = [f"INC-{number:06d}" for number in range(40)]
    long = message_of({**MESSAGE, "subject": f"Re: {' '.join(keys)}", "text": "see there"})
    assert long.keys == keys
    assert long.title == " ".join(keys)[:200]
    assert long.description == f"{' '.join(keys)}\n\nsee there"
    short = message_of({**MESSAGE, "subject": "x" * 200, "text": "see there"})
    assert (short.title, short.description) == ("x" * 200, "see there")
    names = [f"e-{number}" for number in range(21)]
    fits = message_of({**MESSAGE, "text": f"elements: {', '.join(names[:20])}"})
    assert fits.elements == names[:20]
    many = message_of({**MESSAGE, "text": f"elements: {', '.join(names)}"})
    with pytest.raises(BadInput, match="MESSAGE_NOT_READ"):
        assert many.elements


def test_events_are_known_by_source_and_id_alone() -> None:
    one, other = event_of(EVENT), event_of({**EVENT, "type": "x", "data": 1})
    assert one.identity("a") == other.identity("a")
    for part in ({"id": "8"}, {"source": "/racks/"}):
        assert event_of({**EVENT, **part}).identity("a") != one.identity("a")
    shifted = event_of({**EVENT, "source": "/racks/", "id": "47"})
    assert shifted.identity("a") != one.identity("a")


@pytest.mark.parametrize(
    "wrong",
    [
        {"specversion": "0.3"},
        {"id": ""},
        {"source": 1},
        {"type": "x" * 501},
        {"Bad Name": "x"},
        {"subject": 1},
    ],
)
def test_what_is_no_event_is_refused(wrong: Any) -> None:
    with pytest.raises(BadInput, match="EVENT_NOT_READ"):
        event_of({**EVENT, **wrong})


@pytest.mark.parametrize(
    "wrong",
    [
        {"from": "Ada"},
        {"from": None},
        {"from": "boss@x.org <eve@evil.org>"},
        {"from": "<boss@x.org> <eve@evil.org>"},
        {"from": "boss@x.org, eve@evil.org"},
        {"from": "eve@evil.org (boss@x.org)"},
        {"from": "boss@x.org (<eve@evil.org>"},
        {"from": '"boss@x.org <eve@evil.org>'},
        {"from": "<@x.org:eve@evil.org>"},
        {"from": "eve@evil.org boss@x.org"},
        {"from": "<eve@evil.org> boss"},
        {"to": []},
        {"to": ["x"] * 51},
        {"to": ["a@x.org"] * 51},
        {"to": ", ".join(["a@x.org"] * 51)},
        {"to": ["desk@x.org", 7]},
        {"to": ["desk@x.org", "nowhere"]},
        {"to": "desk@x.org <other@x.org>"},
        {"to": "a" * 500 + "@x.org"},
        {"to": {"desk@x.org": 1}},
        {"to": None},
        {"message-id": "<>"},
        {"subject": 1},
        {"subject": "x" * 501},
        {"cc": "x@y"},
    ],
)
def test_what_is_no_message_is_refused(wrong: Any) -> None:
    with pytest.raises(BadInput, match="MESSAGE_NOT_READ"):
        message_of({**MESSAGE, **wrong})
