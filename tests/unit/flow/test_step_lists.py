"""Step lists as policies: what is refused, and what a record is led by."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fitsm_graph.bootstrap import KINDS
from fitsm_graph.chm.classifying import ChangeType
from fitsm_graph.flow.notices import Tie, To
from fitsm_graph.flow.policies import InForce
from fitsm_graph.flow.step_form import STEP_LIST, Suggesting
from fitsm_graph.flow.steps import told_in, told_texts
from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.model.steps import TYPES
from fitsm_graph.pm.recurring import came_back
from fitsm_graph.sms.policies import default_policies, from_files

POLICIES = default_policies(KINDS)
KIND = KINDS.kind(STEP_LIST)
LINE = {"key": "look", "title": "Look", "kind": "manual"}


def document(*lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"title": "x", "for": {"record": "Incident"}, "steps": list(lines or (LINE,)), **more}


def problems(given: Any) -> list[tuple[str, tuple[str | int, ...]]]:
    return [(each.code, each.path) for each in KIND.read("x", given)[1]]


def fits(given: Any, name: str = "x") -> list[str]:
    value = KIND.checked(name, given)
    more = POLICIES.with_(InForce(f"{STEP_LIST}/{name}/1", STEP_LIST, name, "", value))
    return [each.code for each in KIND.fits(name, value, more)]


def line(**more: Any) -> dict[str, Any]:
    return {**LINE, **more}


@pytest.mark.parametrize(
    ("given", "code", "place"),
    [
        (document(line(), line()), "POLICY_TWICE", ("steps", 1)),
        (document(line(kind="dance")), "POLICY_VALUE", ("steps", 0, "kind")),
        (document(line(kind="approval")), "STEP_APPROVED_BY_NOBODY", ("steps", 0)),
        (document(line(role="king")), "POLICY_VALUE", ("steps", 0, "role")),
        (document(line(role="cab_member")), "POLICY_VALUE", ("steps", 0, "role")),
        (
            document(line(kind="approval", role="requester")),
            "POLICY_VALUE",
            ("steps", 0, "role"),
        ),
        (
            document(line(role="process_manager", group="ops")),
            "POLICY_FORM",
            ("steps", 0, "group"),
        ),
        (document(line(template="step-told")), "STEP_KIND", ("steps", 0, "template")),
        (document(line(kind="notify")), "POLICY_FIELD", ("steps", 0, "template")),
        (document(line(when="later")), "POLICY_FIELD", ("steps", 0, "when")),
        (document(**{"for": {"record": "Service"}}), "POLICY_VALUE", ("for", "record")),
        (
            document(**{"for": {"record": "Incident", "type": "normal"}}),
            "POLICY_VALUE",
            ("for", "type"),
        ),
        (
            document(**{"for": {"record": "Change", "category": "power"}}),
            "STEP_LIST_FOR",
            ("for", "category"),
        ),
        (
            document(line(kind="raise_change"), **{"for": {"record": "Change"}}),
            "STEP_KIND",
            ("steps", 0, "kind"),
        ),
        (
            document(line(role="service_owner"), **{"for": {"record": "Change"}}),
            "POLICY_VALUE",
            ("steps", 0, "role"),
        ),
        (document(*(line(key=f"k{n}") for n in range(51))), "POLICY_FORM", ("steps",)),
        ({"title": "x", "for": {"record": "Incident"}, "steps": []}, "POLICY_FORM", ("steps",)),
    ],
)
def test_what_is_wrong_is_told_where(given: Any, code: str, place: tuple[str | int, ...]) -> None:
    assert (code, place) in problems(given)


def test_the_control_what_is_right_is_taken() -> None:
    told = {"template": "step-told", "to": [{"role": "case_owner"}], "by": ["in_app"]}
    given = document(
        line(group="ops", any_time=True, optional=True),
        line(key="b", kind="approval", role="process_manager"),
        line(key="c", kind="raise_change"),
        line(key="d", kind="notify", **told),
        before_closing=True,
    )
    assert problems(given) == []
    assert fits(given) == []
    assert KIND.parties(KIND.checked("x", given)) == ("ops",)


def test_two_lists_do_not_begin_by_the_same() -> None:
    same = document(**{"for": {"record": "Change", "type": "normal"}})
    assert fits(same) == ["STEP_LIST_TWICE"]
    assert fits(same, "normal-change") == [], "a next version of itself"
    assert fits(document()) == [], "named ones are as many as there are"


def test_what_a_list_leans_on_has_to_be_there() -> None:
    told = {"template": "nothing", "to": [{"role": "case_owner"}], "by": ["in_app"]}
    assert fits(document(line(kind="notify", **told))) == ["POLICY_MISSING"]
    weather = document(**{"for": {"record": "Incident", "category": "weather"}})
    assert fits(weather) == ["UNKNOWN_CATEGORY"]


def test_types_are_those_that_records_have() -> None:
    assert set(TYPES["Change"]) == {each.value for each in ChangeType}


def test_every_type_comes_with_its_list() -> None:
    led = {(each.value.record, each.value.type) for each in POLICIES if each.kind == STEP_LIST}
    assert led >= {(kind, type) for kind, types in TYPES.items() for type in types}
    assert ("Incident", "") in led, "one that comes back"
    assert ("ServiceRequest", "") in led, "one that is asked for"
    assert [each for each in from_files() if each.kind == STEP_LIST]


def test_whose_rule_a_list_is() -> None:
    ruled = {
        record: KIND.ruled("x", KIND.checked("x", document(**{"for": {"record": record}})))
        for record in ("Incident", "ServiceRequest", "Change")
    }
    assert ruled == {
        "Incident": Process.ISRM,
        "ServiceRequest": Process.ISRM,
        "Change": Process.CHM,
    }


def test_who_is_told_is_read_back() -> None:
    to = To(
        (RoleWord.CASE_OWNER,),
        ((RoleWord.PROCESS_STAFF, Process.ISRM),),
        ("ops", "a:b"),
        ("ada",),
        ties=(Tie.WATCHERS,),
    )
    assert told_in(told_texts(to)) == to
    assert told_in([]) == To()


@pytest.mark.parametrize(
    ("days", "since"),
    [
        ((1, 2), None),
        ((1, 2, 3), 3),
        ((1, 20, 40, 41), None),
        ((1, 20, 21, 22, 23), 22),
        ((1, 11, 21), None),
        ((1, 11, 21, 21), 21),
    ],
)
def test_something_came_back_with_the_incident_that_made_it_enough(
    days: tuple[int, ...], since: int | None
) -> None:
    """Three times within ten days; the ends count."""
    begun = datetime(2026, 1, 1, tzinfo=UTC)
    texts = [(begun + timedelta(days=day)).isoformat().replace("+00:00", "Z") for day in days]
    rule = Suggesting(3, timedelta(days=10))
    last = came_back([{"at": each} for each in texts], rule)
    expected = None if since is None else texts[days.index(since)]
    assert (last and last["at"]) == expected
