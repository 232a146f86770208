"""Lives: what is refused, against walks that are done another way; what a verb does."""

import itertools
import json
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitsm_graph.bootstrap import KINDS, LIVES
from fitsm_graph.flow.life_form import parse_life
from fitsm_graph.flow.lives import Life
from fitsm_graph.flow.reading import Reader
from fitsm_graph.graph.verb import VERBS
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.sms.policies import POLICY_LIFE, default_policies, from_files

SEEDS = {each.name: each.document for each in from_files() if each.kind == "life"}
LIVED = LIVES
AT = "2026-11-24T09:00:00.000000Z"


def changed(name: str, **more: Any) -> Any:
    return {**json.loads(json.dumps(SEEDS[name])), **more}


def codes(name: str, document: Any) -> set[str]:
    return {each.code for each in KINDS.kind("life").read(name, document)[1]}


def step(source: str, target: str, by: str, guard: str = "PR12.2") -> dict[str, str]:
    return {"from": source, "to": target, "by": by, "guard": guard}


def test_the_verbs_of_lives_are_verbs_of_their_rooms() -> None:
    for lived in LIVED:
        assert set(lived.born) <= set(VERBS)
        assert set(lived.verbs) <= set(VERBS)
    assert {each.by for each in POLICY_LIFE.transitions} <= set(VERBS)
    assert {each.record for each in LIVED} == set(SEEDS)


AS_FLAGS = {
    "Arrival",
    "Policy",
    "Element",
    "Role",
    "Person",
    "Group",
    "Customer",
    "Document",
    "KPIValue",
}
"""What verbs are on that has no life as data: it is there, or retired."""


def test_every_verb_on_a_record_is_in_a_life_or_is_outside_on_purpose() -> None:
    """In that of its kind, making one, or possible at any time."""
    lives = {each.record: each for each in LIVED}
    without = {each.on for each in VERBS.values() if each.on and each.on not in lives}
    assert without <= AS_FLAGS | {"TestResult"}, sorted(without)
    for name, document in SEEDS.items():
        named = {each["by"] for each in document["transitions"]}
        for verb in (each for each in VERBS.values() if each.on == name):
            known = verb.name in named or verb.anytime or verb.name in lives[name].born
            assert known, verb.name


CHANGE = SEEDS["Change"]
CANCEL = [each for each in CHANGE["transitions"] if each["by"] == "change.cancel"]
KEPT = [each for each in CHANGE["transitions"] if each["by"] != "change.cancel"]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (changed("Change"), set()),
        (changed("Change", transitions=KEPT), {"LIFE_VERB_MISSING", "LIFE_UNREACHABLE"}),
        (changed("Change", ends=["closed"]), {"LIFE_DEAD_END"}),
        (
            changed("Change", states={**CHANGE["states"], "lost": {"pace": "runs"}}),
            {"LIFE_UNREACHABLE", "LIFE_DEAD_END"},
        ),
        (
            changed(
                "Change",
                states={**CHANGE["states"], "lost": {"pace": "runs"}},
                transitions=[*CHANGE["transitions"], step("lost", "cancelled", "change.cancel")],
            ),
            {"LIFE_UNREACHABLE"},
        ),
        (
            changed(
                "Change",
                transitions=[
                    *CHANGE["transitions"],
                    step("cancelled", "registered", "change.begin"),
                ],
            ),
            {"LIFE_END_GOES_ON"},
        ),
        (
            changed(
                "Change",
                transitions=[
                    *CHANGE["transitions"],
                    step("approved", "implemented", "change.begin"),
                ],
            ),
            {"LIFE_AMBIGUOUS"},
        ),
        (
            changed(
                "Change",
                transitions=[
                    *CHANGE["transitions"],
                    step("registered", "cancelled", "change.burn"),
                ],
            ),
            {"LIFE_VERB_UNKNOWN"},
        ),
        (
            changed(
                "Change", transitions=[*KEPT, *({**each, "guard": "XX12.9"} for each in CANCEL)]
            ),
            {"LIFE_REQUIREMENT"},
        ),
        (
            changed(
                "Change",
                states={**CHANGE["states"], "cancelled": {"pace": "runs", "effect": True}},
            ),
            {"LIFE_END_ACTS"},
        ),
        (changed("Change", initial="born"), {"POLICY_VALUE"}),
        (changed("Change", states={}), {"POLICY_FORM"}),
        (
            changed("Change", states={**CHANGE["states"], "registered": {"pace": "walks"}}),
            {"POLICY_VALUE"},
        ),
        (changed("Change", more=1), {"POLICY_FIELD"}),
    ],
)
def test_a_life_that_makes_no_sense_is_refused(document: Any, expected: set[str]) -> None:
    assert codes("Change", document) == expected


def test_a_life_of_nothing_is_refused() -> None:
    assert codes("Poem", changed("Change")) == {"LIFE_OF_NOTHING"}


NAMES = ["a", "b", "c", "d"]
EDGES = [(x, y) for x, y in itertools.product(NAMES, NAMES) if x != y]


@given(st.sets(st.sampled_from(EDGES)), st.sets(st.sampled_from(NAMES), min_size=1))
def test_reach_is_what_paths_say(edges: set[tuple[str, str]], ends: set[str]) -> None:
    """Against networkx: a path from the beginning to each state, and one from each to an end."""
    verbs = tuple(f"x.{x}{y}" for x, y in sorted(edges)) or ("x.none",)
    document = {
        "initial": "a",
        "ends": sorted(ends),
        "states": {name: {"pace": "stops" if name in ends else "runs"} for name in NAMES},
        "transitions": [step(x, y, f"x.{x}{y}", "PR9.1") for x, y in sorted(edges)],
    }
    read = Reader()
    parse_life("X", verbs, document, read)
    graph = nx.DiGraph(sorted(edges))
    graph.add_nodes_from(NAMES)
    unreachable = {name for name in NAMES if not nx.has_path(graph, "a", name)}
    dead = {name for name in NAMES if not any(nx.has_path(graph, name, end) for end in ends)}
    told = {(each.code, each.path[-1]) for each in read.problems}
    assert {name for code, name in told if code == "LIFE_UNREACHABLE"} == unreachable
    assert {name for code, name in told if code == "LIFE_DEAD_END"} == dead
    going_on = {x for x, _ in edges if x in ends}
    assert {name for code, name in told if code == "LIFE_END_GOES_ON"} == going_on


def life(record: str) -> Life:
    found: Life = default_policies(KINDS).value("life", record)
    return found


@pytest.mark.parametrize("record", sorted(SEEDS))
def test_a_verb_leads_where_the_life_says_and_nowhere_else(record: str) -> None:
    of = life(record)
    verbs = next(each.verbs for each in LIVED if each.record == record)
    for state, verb in itertools.product(of.states, verbs):
        wanted = [each.target for each in of.transitions if (each.source, each.by) == (state, verb)]
        current = {"key": "X-1", "status": state}
        if wanted:
            assert [of.step(current, verb, remedy="-")] == wanted
            continue
        with pytest.raises(Refused, match=f"X-1 is {state}") as refused:
            of.step(current, verb, remedy="another way")
        problem = refused.value.problem
        assert (problem.code, problem.remedy) == ("ILLEGAL_TRANSITION", "another way")
        assert problem.requirement == next(e.guard for e in of.transitions if e.by == verb)


def test_effects_begin_and_end_with_states() -> None:
    change = life("Change")
    waiting = {"key": "X", "status": "approved"}
    begun = change.move(waiting, "change.begin", AT, remedy="-")
    assert begun == {"status": "implementing", "starts_at": AT, "ends_at": None}
    given_up = change.move(waiting, "change.cancel", AT, remedy="-")
    assert given_up == {"status": "cancelled", "ends_at": AT}
    later = {"key": "X", "status": "planned", "starts_at": "2026-12-01T00:00:00.000000Z"}
    ended = life("MaintenanceWindow").move(later, "maintenance.cancel", AT, remedy="-")
    assert ended == {"status": "cancelled", "ends_at": later["starts_at"]}, "it never begins"
    incident = {"key": "X", "status": "registered", "starts_at": AT}
    affected = life("Incident").move(incident, "incident.affect", AT, remedy="-")
    assert affected == {"status": "registered"}
