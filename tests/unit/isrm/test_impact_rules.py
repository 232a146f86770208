"""Rules of impact: what is wrong with them, and what they say, against an oracle."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitsm_graph.bootstrap import KINDS
from fitsm_graph.flow.agreements import ServiceClock
from fitsm_graph.flow.overriding import NO_OVERRIDE, Override
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.schemes import check_category
from fitsm_graph.flow.targets import Pace, Reading, Target
from fitsm_graph.flow.weighing import Behind
from fitsm_graph.impact.network import Level
from fitsm_graph.impact.reach import Reach, ReachedService
from fitsm_graph.isrm.assessing import assessed
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.sms.policies import default_policies, from_files

POLICIES = default_policies(KINDS)
SEED = {(each.kind, each.name): each.document for each in from_files()}["impact-rules", "default"]
NOBODY = Behind(0, 0)

services = st.builds(
    ReachedService,
    id=st.just("s"),
    key=st.just("SVC"),
    name=st.just("Service"),
    before=st.just(Level.UP),
    after=st.sampled_from([Level.AT_RISK, Level.DEGRADED, Level.DOWN]),
    criticality=st.integers(0, 4),
)
reaches = st.builds(
    Reach,
    seq=st.integers(1, 9),
    affected=st.integers(1, 9),
    services=st.lists(services, max_size=5).map(tuple),
    margin=st.none() | st.integers(-2, 3),
)
people = st.builds(Behind, customers=st.integers(0, 50), users=st.integers(0, 3000))


def service(after: Level, criticality: int = 0) -> ReachedService:
    return ReachedService("s", "SVC-1", "Mail", Level.UP, after, criticality)


def reach(*of: ReachedService, margin: int | None = None) -> Reach:
    return Reach(7, 3, of, margin)


def expected(done: Reach, users: int) -> tuple[str, str, int]:
    """The default policies in words of their own: sentences of the seeds, row by row."""
    down = [s.criticality for s in done.services if s.after == Level.DOWN]
    every = [s.criticality for s in done.services]
    if 1 in down or len(down) >= 3 or (down and users >= 1000):
        impact = "high"
    elif down or 1 in every or len(every) >= 3:
        impact = "medium"
    else:
        impact = "low"
    lost = done.margin is not None and done.margin < 1
    urgency = "medium" if down or lost else "low"
    table = {"high": [1, 2, 3], "medium": [2, 3, 4], "low": [3, 4, 4]}
    return impact, urgency, table[impact][["high", "medium", "low"].index(urgency)]


@given(reaches, people)
def test_the_default_rules_say_what_their_sentences_say(done: Reach, behind: Behind) -> None:
    found = assessed(POLICIES, done, behind, NO_OVERRIDE)
    said = found["impact"], found["urgency"], found["priority"]
    assert said == expected(done, behind.users)
    computed = found["computed_impact"], found["computed_urgency"], found["computed_priority"]
    assert computed == said
    assert found["override_reason"] is None


@given(reaches, people, services)
def test_one_more_service_never_makes_it_less_grave(
    done: Reach, behind: Behind, more: ReachedService
) -> None:
    worse = Reach(done.seq, done.affected, (*done.services, more), done.margin)
    before = assessed(POLICIES, done, behind, NO_OVERRIDE)["priority"]
    assert assessed(POLICIES, worse, behind, NO_OVERRIDE)["priority"] <= before


def test_a_person_decides_otherwise_and_what_was_computed_stays() -> None:
    override = Override(impact="high", why=" the minister visits ")
    found = assessed(POLICIES, reach(), NOBODY, override)
    assert (found["impact"], found["computed_impact"]) == ("high", "low")
    assert (found["priority"], found["computed_priority"]) == (3, 4)
    assert found["override_reason"] == "the minister visits"
    assert "impact high as a person decided: the minister visits" in found["because"]
    assert Override.of(found) == Override("high", "", "the minister visits")


def test_sentences_name_the_services_the_rule_and_the_people() -> None:
    done = reach(service(Level.DOWN, 1), margin=0)
    because = assessed(POLICIES, done, Behind(1, 250), NO_OVERRIDE)["because"]
    assert because[0] == (
        "impact high by the rule 'critical-service-down': "
        "Mail (SVC-1) UP → DOWN, criticality 1; 1 customer with 250 users"
    )
    assert because[1] == "urgency medium: a service is DOWN already"
    assert because[2] == "priority 2: impact high, urgency medium"


@pytest.mark.parametrize(
    ("override", "code", "path"),
    [
        (Override(impact="huge", why="x"), "UNKNOWN_CLASS", ("impact",)),
        (Override(urgency="now", why="x"), "UNKNOWN_CLASS", ("urgency",)),
        (Override(urgency="high", why=" "), "OVERRIDE_REASON", ("overrideReason",)),
    ],
)
def test_a_class_that_is_none_and_a_missing_reason_are_refused(
    override: Override, code: str, path: tuple[str, ...]
) -> None:
    with pytest.raises(BadInput) as caught:
        assessed(POLICIES, reach(), NOBODY, override)
    assert (caught.value.code, caught.value.problem.path) == (code, path)


def test_without_policies_it_is_unknown_and_says_so() -> None:
    found = assessed(Policies(), reach(service(Level.DOWN)), NOBODY, NO_OVERRIDE)
    assert (found["impact"], found["urgency"], found["priority"]) == (None, None, None)
    assert all("unknown" in each for each in found["because"])
    assert len(found["because"]) == 3


def test_a_major_incident_is_a_candidate_by_its_criteria() -> None:
    found = assessed(POLICIES, reach(service(Level.DOWN, 1)), NOBODY, NO_OVERRIDE)
    assert found["major_criteria"] == ["critical-service-down"]
    assert assessed(POLICIES, reach(), NOBODY, NO_OVERRIDE)["major_criteria"] == []


def test_a_category_is_one_of_the_scheme() -> None:
    assert check_category(POLICIES, "storage") == "storage"
    assert check_category(POLICIES, "") == ""
    for policies in (POLICIES, Policies()):
        with pytest.raises(BadInput) as caught:
            check_category(policies, "printer")
        assert caught.value.code == "UNKNOWN_CATEGORY"


# --- documents -----------------------------------------------------------------------------------


def document(rules: list[dict[str, Any]], otherwise: str = "low") -> dict[str, Any]:
    return {"classes": ["high", "low"], "rules": rules, "otherwise": otherwise}


DOWN = {"key": "down", "class": "high", "when": {"services_down": 1}}


@pytest.mark.parametrize(
    ("wrong", "code", "path"),
    [
        (document([DOWN], "high"), "CLASS_ORDER", ("otherwise",)),
        (document([DOWN | {"class": "low"}]), "CLASS_UNUSED", ("classes",)),
        (
            document([DOWN | {"key": "a", "class": "low", "when": {"users": 9}}, DOWN]),
            "CLASS_ORDER",
            ("rules", 1),
        ),
        (
            document([DOWN, DOWN | {"key": "b", "when": {"services_down": 2}}]),
            "CRITERION_COVERED",
            ("rules", 1),
        ),
        (document([DOWN, DOWN]), "POLICY_TWICE", ("rules",)),
        (document([DOWN | {"when": {"colour": 1}}]), "UNKNOWN", ("rules", 0, "when", "colour")),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    wrong: dict[str, Any], code: str, path: tuple[Any, ...]
) -> None:
    problems = KINDS.kind("impact-rules").read("default", wrong)[1]
    places = {each.path for each in problems}
    assert path in {place[: len(path)] for place in places}
    assert code == "UNKNOWN" or code in {each.code for each in problems}


def test_rules_and_matrix_have_the_same_classes() -> None:
    kind = KINDS.kind("impact-rules")
    value, problems = kind.read("default", document([DOWN]))
    assert not problems
    assert [each.code for each in kind.fits("default", value, POLICIES)] == ["POLICY_MISSING"]
    seed, _ = kind.read("default", SEED)
    assert not list(kind.fits("default", seed, POLICIES))


# --- time that is left ----------------------------------------------------------------------------


def clock_at(share: float) -> ServiceClock:
    """A clock of four hours of which a share is left."""
    whole = timedelta(hours=4)
    shown = Reading(whole * (1 - share), whole * share, Pace.RUNS, None, None, None, ())
    return ServiceClock("gold", "always", Target("resolution", whole), shown)


@given(reaches, people, st.none() | st.floats(0, 1))
def test_time_that_is_left_changes_the_order_of_work_and_no_promise(
    done: Reach, behind: Behind, left: float | None
) -> None:
    whole, some = (None, None) if left is None else (clock_at(1.0), clock_at(left))
    calm = assessed(POLICIES, done, behind, NO_OVERRIDE, clock=lambda _: whole)
    late = assessed(POLICIES, done, behind, NO_OVERRIDE, clock=lambda _: some)
    promised = ("target_priority", "agreed", "impact")
    assert [late[each] for each in promised] == [calm[each] for each in promised]
    assert calm["target_priority"] == calm["priority"]
    assert late["priority"] <= calm["priority"]
    if left is not None and left < 0.25:
        assert late["urgency"] == "high"
    if left is None or left >= 0.5:
        assert late == calm


def test_the_sentence_of_time_does_not_flap() -> None:
    found = {
        assessed(POLICIES, reach(), NOBODY, NO_OVERRIDE, clock=lambda _, n=n: clock_at(n / 100))[
            "because"
        ][1]
        for n in range(25)
    }
    said = "urgency high: less than 25% of the time to resolve it is left"
    assert found == {f"{said}; the tightest agreement is 'gold': 4 h to resolve it"}


def test_how_many_report_it_is_a_criterion_of_a_major_one() -> None:
    assert assessed(POLICIES, reach(), NOBODY, NO_OVERRIDE, linked=19)["major_criteria"] == []
    found = assessed(POLICIES, reach(), NOBODY, NO_OVERRIDE, linked=20)
    assert found["major_criteria"] == ["many-incidents"]
