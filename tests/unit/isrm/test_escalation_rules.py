"""Which steps are due, to whom they lead, and how often users hear, against plain readings."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitsm_graph.bootstrap import KINDS
from fitsm_graph.flow.agreements import Agreement
from fitsm_graph.flow.calendars import ALWAYS
from fitsm_graph.flow.escalation_path import (
    EscalationPath,
    EscalationStep,
    Recipient,
    first_owner,
    next_line,
    path_in_force,
    roles_of,
)
from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.policies import InForce, Policies
from fitsm_graph.flow.target_form import AgreedTargets
from fitsm_graph.flow.targets import Pace, Target, Turn
from fitsm_graph.isrm.escalation_rules import due_steps
from fitsm_graph.isrm.updates import next_update
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import role_keys
from fitsm_graph.sms.policies import default_policies

POLICIES = default_policies(KINDS)
LIFE = life_of(POLICIES, "Incident")
START = datetime(2026, 6, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
PAIR = Target("response", HOUR), Target("resolution", 10 * HOUR)
AGREED = [Agreement("targets/x/1", "service-calendar/y/1", ALWAYS, AgreedTargets("y", {1: PAIR}))]
PATH = EscalationPath(
    tuple(EscalationStep(at, (Recipient("role", "sms_owner"),)) for at in (0.5, 1, 2))
)


def due(taken: int, hours: float, *response: Turn) -> list[tuple[int, str, float]]:
    begun = [Turn(START, Pace.RUNS)]
    lives = {"response": [*begun, *response], "resolution": begun}
    found = due_steps(PATH, taken, AGREED, 1, lives, START + hours * HOUR)
    return [(each.number, each.target, (each.since - START) / HOUR) for each in found]


def test_the_target_that_runs_out_first_makes_a_step_due() -> None:
    assert due(0, 0.4) == []
    assert due(0, 0.5) == [(1, "response", 0.5)]
    assert due(0, 3) == [(1, "response", 0.5), (2, "response", 1.0), (3, "response", 2.0)]
    assert due(2, 3) == [(3, "response", 2.0)]
    assert due(3, 99) == []


def test_a_clock_that_is_stopped_makes_nothing_due_whatever_it_showed() -> None:
    answered = Turn(START + 0.75 * HOUR, Pace.STOPS)
    assert due(0, 3, answered) == []
    assert due(0, 5, answered) == [(1, "resolution", 5.0)]
    assert due(0, 20, answered) == [
        (1, "resolution", 5.0),
        (2, "resolution", 10.0),
        (3, "resolution", 20.0),
    ]


@given(st.floats(0, 50), st.floats(0, 50), st.integers(0, 3))
def test_what_is_due_stays_due_until_it_is_taken(first: float, second: float, taken: int) -> None:
    early, late = sorted([first, second])
    assert set(due(taken, early)) <= set(due(taken, late))
    assert set(due(taken + 1, late)) <= set(due(taken, late))


def test_roles_are_looked_up_over_what_they_are_held_over() -> None:
    words = ("sms_owner", "process_manager", "service_owner", "case_owner")
    step = EscalationStep(
        1, (*(Recipient("role", each) for each in words), Recipient("group", "g"))
    )
    assert role_keys(roles_of(step), Process.ISRM, ["mail", "wiki"]) == [
        "sms_owner",
        "process_manager/isrm",
        "service_owner/mail",
        "service_owner/wiki",
    ]


@pytest.mark.parametrize(
    ("owners", "line"),
    [([], "a"), (["x"], "a"), (["a"], "b"), (["b", "a"], ""), (["b"], "")],
)
def test_lines_follow_one_another(owners: list[str], line: str) -> None:
    assert next_line(("a", "b"), owners) == line
    assert next_line((), owners) == ""


def test_who_has_it_already_is_not_who_it_is_handed_to() -> None:
    rows: list[dict[str, Any]] = [{"id": "1"}, {"id": "2"}]
    assert first_owner(rows, []) == {"id": "1"}
    assert first_owner(rows, ["1"]) == {"id": "2"}
    assert first_owner(rows, ["1", "2"]) is None


def test_a_path_that_is_not_in_force_has_no_steps() -> None:
    assert path_in_force(Policies()).steps == ()
    assert len(path_in_force(POLICIES).steps) == 4


# --- updates --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "priority", "told", "hours"),
    [
        ("registered", 1, None, 1),
        ("in_progress", 1, 5, 6),
        ("waiting", 2, 5, 9),
        ("registered", 4, None, 72),
        ("resolved", 1, 5, None),
        ("registered", None, None, None),
    ],
)
def test_users_hear_by_priority(
    status: str, priority: int | None, told: int | None, hours: int | None
) -> None:
    begun = "2026-06-01T00:00:00.000000Z"
    last = None if told is None else f"2026-06-01T0{told}:00:00.000000Z"
    record = {
        "status": status,
        "priority": priority,
        "created_at": begun,
        "users_updated_at": last,
    }
    found = next_update(POLICIES, LIFE, record)
    wanted = None if hours is None else (START + hours * HOUR).isoformat(timespec="microseconds")
    assert found == (None if wanted is None else wanted.replace("+00:00", "Z"))
    assert next_update(Policies(), LIFE, record) is None


def test_users_hear_as_the_agreements_of_the_record_say() -> None:
    """What is said of the version in force counts; of several, what tells them the soonest."""
    base = {"calendar": "24x7", "priorities": {"1": {"response": "PT1H", "resolution": "PT2H"}}}
    ruled = POLICIES
    for kind, name, document in (
        ("update-rules", "often", {"every": {"1": "PT5M"}}),
        ("update-rules", "seldom", {"every": {"1": "PT9H"}}),
        ("targets", "gold", {**base, "communication": "often"}),
        ("targets", "iron", {**base, "communication": "seldom"}),
        ("targets", "plain", base),
    ):
        value = KINDS.kind(kind).checked(name, document)
        ruled = ruled.with_(InForce(f"{kind}/{name}/2", kind, name, "-", value))
    begun = {"status": "registered", "priority": 1, "created_at": "2026-06-01T00:00:00.000000Z"}
    usual = next_update(POLICIES, LIFE, begun)
    for names, minutes in (
        (["gold"], 5), (["iron"], 540), (["iron", "gold"], 5), (["iron", "plain"], None),
        (["gone"], None), ([], None),
    ):  # fmt: skip
        agreed = [key for name in names for key in (f"targets/{name}/1", "service-calendar/24x7/1")]
        found = next_update(ruled, LIFE, {**begun, "agreed": agreed})
        due = START + timedelta(minutes=minutes or 0)
        assert found == (usual if minutes is None else to_text(due)), names
    low = {**begun, "priority": 4, "agreed": ["targets/gold/1"]}
    assert next_update(ruled, LIFE, low) is None, "these rules say nothing of it"


@pytest.mark.parametrize(
    ("kind", "document", "code"),
    [
        ("update-rules", {"every": {"1": "PT2H", "2": "PT1H"}}, "TARGETS_ORDER"),
        ("update-rules", {"every": {"1": "PT2H", "3": "PT3H"}}, "TARGETS_GAP"),
        ("update-rules", {"every": {"1": "often"}}, "POLICY_VALUE"),
        ("escalation-path", {"lines": ["a", "a"], "steps": [{"at": 1, "to": [{"group": "a"}]}]},
         "POLICY_TWICE"),
        ("targets", {"calendar": "24x7", "services": ["mail", "mail"],
                     "priorities": {"1": {"response": "PT1H", "resolution": "PT2H"}}},
         "POLICY_TWICE"),
        ("targets", {"calendar": "24x7", "services": [],
                     "priorities": {"1": {"response": "PT1H", "resolution": "PT2H"}}},
         "POLICY_FORM"),
        *[
            ("targets", {"calendar": "24x7", **said,
                         "priorities": {"1": {"response": "PT1H", "resolution": "PT2H"}}}, code)
            for said, code in (
                ({"kind": "contract"}, "POLICY_VALUE"),
                ({"with": ["uni"]}, "POLICY_FIELD"),
                ({"kind": "sla", "with": ["uni", "uni"]}, "POLICY_TWICE"),
                ({"kind": "sla", "with": []}, "POLICY_FORM"),
                ({"availability": {"percent": 101, "per": "month"}}, "POLICY_VALUE"),
                ({"availability": {"percent": 0, "per": "month"}}, "POLICY_VALUE"),
                ({"availability": {"percent": 99, "per": "decade"}}, "POLICY_VALUE"),
                ({"availability": {"percent": 99}}, "POLICY_FIELD"),
                ({"availability": 99}, "POLICY_FORM"),
            )
        ],
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(kind: str, document: Any, code: str) -> None:
    assert code in {each.code for each in KINDS.kind(kind).read("default", document)[1]}
