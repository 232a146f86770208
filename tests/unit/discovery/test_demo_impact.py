"""What happens in the demo estate when something fails: thought out, engine, oracle.

The engine gets the estate through the product's own mapping. The oracle gets it through
`case_of`, which is written from the definition in `docs/impact-semantics.md` and shares nothing
with that mapping; so a mistake in either mapping or either computation shows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import cache
from math import ceil
from typing import Any

import pytest

from fitsm_graph.confm.types import default_registry
from fitsm_graph.discovery.demo import SHOWCASE, Scenario, estate, scaled
from fitsm_graph.impact.engine import Solution, solve, worsen
from fitsm_graph.impact.mapping import needs_of
from fitsm_graph.impact.network import DEGRADED, DOWN, Level, build_network
from fitsm_graph.impact.records import (
    ElementRow,
    GroupNeed,
    Kind,
    RelationRow,
    RelationSemantics,
    strength_of,
)
from fitsm_graph.impact.topology import Topology, build_topology
from fitsm_graph.model.observation import Observation
from oracles.impact_oracle import WORDS, Need, Semantics, States, read_needs

KINDS = ("Service", "ServiceComponent", "RedundancyGroup")
STRENGTHS = ("info", "soft", "hard")
REGISTRY = default_registry()
SERVICES = [each.key for each in estate().observations if each.type == "Service"]


# --- the product's way -------------------------------------------------------------------------


def element_row(it: Observation) -> ElementRow:
    said = it.attributes
    kind = Kind.of(it.type if it.type in KINDS else "CI")
    source = said.get("is_source", False)
    type_name = it.type if kind is Kind.CI else ""
    group = group_need(kind, said)
    return ElementRow(id=it.key, kind=kind, type=type_name, is_source=source, group=group)


def group_need(kind: Kind, said: Mapping[str, Any]) -> GroupNeed | None:
    if kind is not Kind.GROUP:
        return None
    return GroupNeed(
        need=said.get("need"),
        share=said.get("need_share"),
        grounded=said.get("grounded", False),
        reserve=said.get("reserve"),
    )


def relation_rows(it: Observation) -> Iterable[RelationRow]:
    for relation in it.relations:
        if relation.type != "OWNED_BY":
            own = relation.properties.get("strength")
            yield RelationRow(
                it.key, relation.type, relation.key, strength=strength_of(own) if own else None
            )


def semantics() -> list[RelationSemantics]:
    """The declared types, those that need their neighbours with their subtypes."""
    return [
        RelationSemantics.read(
            {
                **asdict(declared),
                "needed_by": [t for t in REGISTRY.subtypes("CI") if needs_neighbours(name, t)],
            }
        )
        for name, declared in REGISTRY.relationship_types.items()
    ]


def needs_neighbours(relation: str, type_name: str) -> bool:
    return REGISTRY.needs_neighbours(relation, "CI", type_name)


def solved(observations: Iterable[Observation]) -> tuple[Topology, Solution]:
    seen = list(observations)
    topology = build_topology(
        [element_row(each) for each in seen],
        [row for each in seen for row in relation_rows(each)],
        semantics(),
    )
    needs = needs_of(topology)
    network = build_network(
        topology.size,
        of=needs.of,
        need=needs.need,
        strength=needs.strength,
        grounded=needs.grounded,
        member_start=needs.start,
        member=needs.member,
        reserve=needs.reserve,
        weight=needs.weight,
    )
    return topology, solve(network, kernel="numpy")


@cache
def estate_solved() -> tuple[Topology, Solution]:
    return solved(estate().observations)


def by_engine(scenario: Scenario) -> dict[str, str]:
    topology, baseline = estate_solved()
    own = dict.fromkeys(scenario.degrade, DEGRADED) | dict.fromkeys(scenario.fail, DOWN)
    found = worsen(
        baseline.network, baseline, [topology.index(key) for key in own], list(own.values())
    )
    return {topology.id(n): Level(int(s)).name for n, s in enumerate(found.states())}


# --- the oracle's way --------------------------------------------------------------------------


def plain_needs(observations: Iterable[Observation]) -> list[dict[str, Any]]:
    """One requirement of one member for each directed relation; parallel ones merge."""
    merged: dict[tuple[str, str], dict[str, Any]] = {}
    for it in observations:
        for relation in it.relations:
            declared = REGISTRY.relationship_types.get(relation.type)
            if declared is None or declared.dependency == "none":
                continue
            ends = (it.key, relation.key)
            of, member = ends if declared.dependency == "source_needs_target" else ends[::-1]
            strength = relation.properties.get("strength", str(declared.strength))
            there = merged.setdefault(
                (of, member),
                {"of": of, "members": [member], "need": 1, "strength": "info", "grounded": False},
            )
            there["strength"] = max(there["strength"], strength, key=STRENGTHS.index)
            there["grounded"] |= declared.grounded
    return list(merged.values())


def group_needs(observations: Iterable[Observation]) -> list[dict[str, Any]]:
    needs = []
    for it in observations:
        if it.type == "RedundancyGroup":
            members = [r.key for r in it.relations if r.type == "HAS_MEMBER"]
            share = it.attributes.get("need_share", 0)
            needs.append(
                {
                    "of": it.key,
                    "members": members,
                    "need": it.attributes.get("need") or ceil(round(share * len(members), 6)),
                    "strength": "hard",
                    "grounded": it.attributes.get("grounded", False),
                    "reserve": it.attributes.get("reserve"),
                }
            )
    return needs


def neighbour_needs(observations: Iterable[Observation]) -> list[dict[str, Any]]:
    """One of the neighbours for all but sources; what lies beyond a provider needs none here."""
    around: dict[str, set[str]] = {}
    sources = set()
    for it in observations:
        if it.attributes.get("is_source") or it.type == "ProviderNetwork":
            sources.add(it.key)
        for relation in it.relations:
            if relation.type == "LINKED_TO":
                around.setdefault(it.key, set()).add(relation.key)
                around.setdefault(relation.key, set()).add(it.key)
    return [
        {"of": key, "members": sorted(near), "need": 1, "strength": "hard", "grounded": True}
        for key, near in around.items()
        if key not in sources
    ]


@cache
def case_of() -> dict[str, Any]:
    observations = estate().observations
    needs = [f(observations) for f in (plain_needs, group_needs, neighbour_needs)]
    requirements = [need for part in needs for need in part]
    groups = {each["of"]: each["grounded"] for each in needs[1]}
    for need in requirements:
        if len(need["members"]) == 1 and need["members"][0] in groups:
            need["grounded"] = groups[need["members"][0]]
    return {"elements": [each.key for each in observations], "requirements": requirements}


class Indexed(Semantics):
    """The same sentences, with the requirements looked up by element: seconds, not minutes."""

    def __init__(self, case: Mapping[str, Any]) -> None:
        self.needs: dict[str, list[Need]] = {element: [] for element in case["elements"]}
        for need in read_needs(case):
            self.needs[need.of].append(need)

    def by_counting(self, needs: list[Need], states: States) -> States:
        del needs  # they are the same, by element
        return {
            e: max(s, self.combine(self.capped(n, states) for n in self.needs[e]))
            for e, s in states.items()
        }

    def support(self, needs: list[Need], states: States, level: int) -> set[str]:
        del needs
        binding = {
            e: [n for n in own if self.support_binds(n, level)] for e, own in self.needs.items()
        }
        waiting = [e for e, state in states.items() if self.may_support(state, level)]
        inside: set[str] = set()
        while True:
            held = {e for e in waiting if all(self.supported_by(n, inside) for n in binding[e])}
            if not held:
                return inside
            inside |= held
            waiting = [e for e in waiting if e not in held]


def by_oracle(scenario: Scenario) -> dict[str, str]:
    case = {**case_of(), "down": list(scenario.fail), "degraded": list(scenario.degrade)}
    return {element: WORDS[state] for element, state in Indexed(case).states(case).items()}


# --- tests -------------------------------------------------------------------------------------

every_scenario = pytest.mark.parametrize("scenario", SHOWCASE, ids=lambda each: each.name)


@every_scenario
def test_what_was_thought_out_happens(scenario: Scenario) -> None:
    states = by_engine(scenario)
    expected = dict.fromkeys(SERVICES, "UP") | dict(scenario.expect) | dict(scenario.also)
    assert {key: states[key] for key in expected} == expected


@every_scenario
def test_the_oracle_agrees_on_every_element(scenario: Scenario) -> None:
    assert by_engine(scenario) == by_oracle(scenario)


def test_the_showcase_shows_every_state_and_a_ring() -> None:
    shown = {state for each in SHOWCASE for state in each.expect.values()}
    assert shown == {"AT_RISK", "DEGRADED", "DOWN"}
    assert any(not each.expect for each in SHOWCASE)
    names = {each.name for each in SHOWCASE}
    assert {"ring-cut-once", "ring-cut-twice", "shared-firmware"} <= names


def test_without_grounding_the_cut_ring_would_look_alive() -> None:
    """The control: counting neighbours alone does not see that the south is cut off."""
    case = case_of()
    counted = {
        **case,
        "requirements": [{**need, "grounded": False} for need in case["requirements"]],
        "down": ["cir-ring-east", "cir-ring-west"],
    }
    states = Indexed(counted).states(counted)
    assert WORDS[states["rtr-s2"]] != "DOWN"
    assert WORDS[states["svc-transfer"]] != "DOWN"


def test_nothing_is_worse_than_up_without_a_fault() -> None:
    topology, baseline = estate_solved()
    assert [topology.id(number) for number in baseline.not_up().tolist()] == []


def test_a_hidden_single_point_of_failure_is_one_element() -> None:
    """Either half of each pair alone costs no service; what they share costs several."""
    for fail in ("sto-ctl-a1", "sto-ctl-a2", "cir-uplink-1", "cir-uplink-2", "ups-s-a", "ups-s-b"):
        states = by_engine(Scenario(name="", title="", why="", fail=(fail,)))
        assert "DOWN" not in {states[service] for service in SERVICES}, fail
    for fail in ("fw-sto-a", "duct-canal", "pdu-n2-03-b", "ats-s"):
        states = by_engine(Scenario(name="", title="", why="", fail=(fail,)))
        assert "DOWN" in {states[service] for service in SERVICES}, fail


def test_the_scaled_estate_is_up_without_a_fault() -> None:
    for cis in (100, 3000):
        topology, baseline = solved(scaled(cis))
        assert [topology.id(number) for number in baseline.not_up().tolist()] == []


def test_the_scaled_ring_is_held_up_from_outside() -> None:
    topology, baseline = solved(scaled(3000))
    sources = [topology.index(f"outside-000000{number}") for number in (0, 1)]
    found = worsen(baseline.network, baseline, sources)
    switch = topology.index("switch-0000077")
    assert found.level(switch) is Level.DOWN
