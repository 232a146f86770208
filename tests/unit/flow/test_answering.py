"""Who answers for a record that nobody is named for, rule by rule."""

from typing import Any

import pytest

from fitsm_graph.flow.answering import answering, roles_asked

ANN, BOB, CAS, OPS = (
    {"id": f"id-{key}", "key": key, "name": key.title(), "kind": kind}
    for key, kind in (("ann", "Person"), ("bob", "Person"), ("cas", "Person"), ("ops", "Group"))
)


def element(key: str, **given: Any) -> dict[str, Any]:
    nobody: dict[str, Any] = {"owners": [], "groups": [], "holders": []}
    return {"key": key, "labels": ["Record", "Element", "CI", "Server"], **nobody, **given}


def row(**given: Any) -> dict[str, Any]:
    """An incident that nobody answers for, but for what is given."""
    bare: dict[str, Any] = {"record": {}, "owners": [], "whole": None, "elements": []}
    return {**bare, "labels": ["Record", "ProcessRecord", "Incident"], "holders": [], **given}


def held(role: str, who: dict[str, str]) -> dict[str, str]:
    return {"role": role, **who}


WHOLE = {"key": "INC-9", "owners": [CAS]}
MANAGER = held("process_manager/isrm", ANN)
OF_ELEMENTS = [element("bare"), element("mine", owners=[BOB]), element("theirs", owners=[CAS])]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (row(owners=[BOB], whole=WHOLE, holders=[MANAGER]), ("owner", "", ["bob"])),
        (row(whole=WHOLE, elements=OF_ELEMENTS), ("whole", "INC-9", ["cas"])),
        (row(whole={"key": "INC-9", "owners": []}, elements=OF_ELEMENTS),
         ("element", "mine", ["bob"])),
        (row(elements=[element("a", groups=[OPS]), element("b", owners=[BOB])]),
         ("type", "a", ["ops"])),
        (row(elements=[element("a", groups=[OPS], owners=[BOB])]), ("element", "a", ["bob"])),
        (row(elements=[element("mail", holders=[ANN])], holders=[held("sms_owner", BOB)]),
         ("service_owner", "mail", ["ann"])),
        (row(elements=[element("a")], holders=[held("sms_owner", BOB), MANAGER]),
         ("role", "process_manager/isrm", ["ann"])),
        (row(holders=[held("sms_owner", BOB), held("process_manager/pm", ANN)]),
         ("role", "sms_owner", ["bob"])),
        (row(record={"of_process": "pm"}, holders=[MANAGER, held("process_owner/pm", CAS)]),
         ("role", "process_owner/pm", ["cas"])),
    ],
)  # fmt: skip
def test_the_nearest_answers(given: dict[str, Any], wanted: tuple[str, str, list[str]]) -> None:
    answer = answering(given, lambda _labels: True)
    assert answer is not None
    keys = [each["key"] for each in answer.parties]
    assert (answer.by.value, answer.through, keys) == wanted
    assert all(set(each) == {"id", "key", "name", "kind"} for each in answer.parties)


def test_nobody_is_told_where_there_is_nobody() -> None:
    assert answering(row(holders=[held("process_manager/pm", ANN)]), lambda _: True) is None


def test_what_one_does_not_see_counts_for_none() -> None:
    hidden = row(elements=OF_ELEMENTS, holders=[MANAGER])
    answer = answering(hidden, lambda labels: "Server" not in set(labels))
    assert answer is not None
    assert (answer.by.value, answer.parties[0]["key"]) == ("role", "ann")


def test_roles_are_those_that_answer_for_any_process() -> None:
    roles = roles_asked()
    assert len(roles) == len(set(roles)) == 2 * 6 + 2
    assert {"process_manager/rdm", "process_owner/isrm", "sms_manager", "sms_owner"} <= set(roles)
