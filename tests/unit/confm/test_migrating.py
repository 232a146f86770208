"""Steps of a migration against a reading of their own, and what makes no sense."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitsm_graph.confm.migrating import (
    MOST_STEPS,
    MigrationStep,
    StepKind,
    check_steps,
    migrated,
)
from fitsm_graph.confm.types import Definitions
from fitsm_graph.kernel.errors import BadInput, Refused

DOC = {"doc": "A thing of a test.", "icon": "thing"}
FILL, RENAME, MAP, CONVERT, DROP = StepKind


def registry(**attributes):
    declared = {name: {"doc": "Said.", **each} for name, each in attributes.items()}
    machine = {**DOC, "tag": "Ma", "abstract": True, "attributes": declared}
    types = {"Machine": machine, "Mill": {"doc": "A mill.", "extends": "Machine", "tag": "Mi"}}
    types["Desk"] = {**DOC, "tag": "De", "attributes": {"size": {"kind": "string", "doc": "S."}}}
    return Definitions({"": types}, {"": {}}).registry()


TEXT, WHOLE, NUMBER = {"kind": "string"}, {"kind": "integer"}, {"kind": "float"}
OLD = registry(size=TEXT, mode={"kind": "enum", "values": ["a", "b", "c"]}, note=TEXT)
NEW = registry(
    size=WHOLE, running={"kind": "enum", "values": ["x", "c"]}, place={**TEXT, "required": True}
)
STEPS = [
    MigrationStep(CONVERT, "Machine", "size"),
    MigrationStep(RENAME, "Machine", "mode", to="running"),
    MigrationStep(MAP, "Mill", "running", values={"a": "x", "b": None}),
    MigrationStep(FILL, "CI", "place", value="hall 1"),
    MigrationStep(DROP, "Machine", "note", reason="nobody reads it"),
]
HELD = st.fixed_dictionaries(
    {},
    optional={
        "size": st.none() | st.sampled_from(["0", " 12", "-7", "1.5", "many", ""]),
        "mode": st.none() | st.sampled_from("abc"),
        "note": st.none() | st.text(max_size=3),
        "place": st.none() | st.sampled_from(["", "hall 2"]),
    },
)


@given(HELD)
def test_steps_do_to_values_what_they_say(held):
    """By another reading: the whole outcome, value by value."""
    changes, problems = migrated(STEPS, "Mill", held, NEW)
    size = held.get("size")
    whole = size is None or size.strip().lstrip("-").isdigit()
    assert bool(problems) == (not whole)
    if not whole:
        assert changes == {}
        assert [each.code for each in problems] == ["MIGRATION_FAILS"]
        return
    after = {name: value for name, value in {**held, **changes}.items() if value is not None}
    expected = {"place": held.get("place") or "hall 1"}
    if size is not None:
        expected["size"] = int(size)
    state = {"a": "x", "b": None, "c": "c", None: None}[held.get("mode")]
    if state is not None:
        expected["running"] = state
    assert after == expected
    assert migrated(STEPS, "Mill", after, NEW) == ({}, []), "what is done is not done again"


def test_others_are_left_alone_and_numbers_are_read_whole():
    assert migrated(STEPS[:1], "Desk", {"size": "4"}, NEW) == ({}, [])
    float_sized = registry(size=NUMBER)
    for text, number in {"1.5": 1.5, " 2 ": 2.0, "1e3": 1000.0}.items():
        assert migrated(STEPS[:1], "Mill", {"size": text}, float_sized)[0] == {"size": number}
    for text in ("nan", "inf", "1_0", "4 GB", "9" * 19):
        assert migrated(STEPS[:1], "Mill", {"size": text}, NEW)[1], text


def test_two_values_are_not_made_one():
    held = {"mode": "a", "running": "c"}
    (problem,) = migrated(STEPS[1:2], "Mill", held, NEW)[1]
    assert problem.code == "MIGRATION_FAILS"
    (problem,) = migrated([MigrationStep(FILL, "Mill", "size", value="x")], "Mill", {}, NEW)[1]
    assert problem.code == "ATTRIBUTE_VALUE"


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (MigrationStep(FILL, "Mil", "size", value=1), "UNKNOWN_TYPE"),
        (MigrationStep(FILL, "Mill", "weight", value=1), "ATTRIBUTE_UNKNOWN"),
        (MigrationStep(FILL, "Mill", "size"), "BAD_INPUT"),
        (MigrationStep(RENAME, "Machine", "mode", to="stat"), "ATTRIBUTE_UNKNOWN"),
        (MigrationStep(MAP, "Machine", "running"), "BAD_INPUT"),
        (MigrationStep(CONVERT, "Machine", "place"), "BAD_INPUT"),
        (MigrationStep(CONVERT, "Machine", "note"), "BAD_INPUT"),
        (MigrationStep(DROP, "Machine", "note", reason=" "), "BAD_INPUT"),
    ],
)
def test_what_makes_no_sense_is_refused(step, code):
    check_steps(STEPS, OLD, NEW)
    with pytest.raises(BadInput) as told:
        check_steps([STEPS[0], step], OLD, NEW)
    assert [(each.code, each.path[:2]) for each in told.value.problems] == [(code, ("steps", 1))]


def test_steps_are_few_and_leave_names_of_cis_alone():
    with pytest.raises(BadInput, match="at most"):
        check_steps(STEPS[:1] * (MOST_STEPS + 1), OLD, NEW)
    unique = registry(size={**TEXT, "unique": True})
    with pytest.raises(Refused, match="MIGRATION_OF_UNIQUE"):
        check_steps([MigrationStep(DROP, "Mill", "size", reason="x")], unique, NEW)
