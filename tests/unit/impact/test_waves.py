"""Waves of a release against every way to fill them, on small made-up graphs and on known ones."""

import os
import random
from itertools import pairwise

import pytest

from fitsm_graph.impact.mapped import map_topology
from fitsm_graph.impact.network import Level
from fitsm_graph.impact.own import Because, OwnCause, OwnStates
from fitsm_graph.impact.records import ElementRow, Kind
from fitsm_graph.impact.topology import build_topology
from fitsm_graph.impact.waves import MOST_ELEMENTS, Order, Rule, Waving
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.disturbance import Effect
from oracles.naive_waves import Estate, earlier, fewest
from unit.impact.graphs import SEMANTICS, Graph, group, meaning, member, needs

ROUNDS = 3_000 if os.environ.get("FITSM_FULL") else 250
STRENGTHS = {0: "info", 1: "soft", 2: "hard"}
DOWN = Effect.DOWN
NOTHING = OwnStates()


def mapped_of(elements, relations=()):
    rows = [ElementRow(e) if isinstance(e, str) else e for e in elements]
    return map_topology(build_topology(rows, relations, SEMANTICS))


def service(id):
    return ElementRow(id, id, id, Kind.SERVICE, criticality=1)


# --- random graphs -------------------------------------------------------------------------------


def estate_of(graph, effects, harmed, rule):
    """The same graph as the oracle reads it."""
    elements = list(graph.elements.values())
    found = meaning(elements, graph.relations.values())
    requirements = [
        {
            "id": id,
            "of": id.split("#")[0],
            "members": list(members),
            "weights": list(members.values()),
            "need": need,
            "strength": STRENGTHS[strength],
            "grounded": grounded,
            "reserve": reserve,
        }
        for id, (members, need, strength, grounded, reserve) in found.items()
    ]
    case = {"elements": sorted(graph.elements), "requirements": requirements}
    kinds = {each.id: each.kind for each in elements}
    return Estate(
        {**case, "down": sorted(harmed)},
        frozenset(each for each, kind in kinds.items() if kind is Kind.SERVICE),
        frozenset(
            each["id"]
            for each in requirements
            if kinds[each["of"]] is Kind.GROUP
            and each["id"].endswith("#members")
            and each["strength"] != "info"
        ),
        {id: effect.value for id, effect in effects.items()},
        int(rule.worst),
        rule.spare,
    )


def made_up(seed):
    pick = random.Random(seed)
    graph = Graph(seed, size=pick.randint(4, 9))
    ids = sorted(graph.elements)
    pieces = pick.sample(ids, min(len(ids), pick.randint(1, 5)))
    effects = {each: pick.choice([DOWN, DOWN, *Effect]) for each in pieces}
    harmed = pick.sample(ids, pick.choice([0, 0, 1]))
    order = pick.choice([Order.PROVIDERS_FIRST, Order.CONSUMERS_FIRST])
    return graph, effects, harmed, Rule(order, pick.choice(list(Level)), pick.choice([0, 0, 1]))


@pytest.mark.parametrize("block", range(4))
def test_plans_hold_and_lie_between_the_bounds(block):
    possible = impossible = 0
    for seed in range(block * ROUNDS, (block + 1) * ROUNDS):
        graph, effects, harmed, rule = made_up(seed)
        estate = estate_of(graph, effects, harmed, rule)
        before = earlier(estate, providers_first=rule.order is Order.PROVIDERS_FIRST)
        best = fewest(estate, before)
        causes = [OwnCause(each, Level.DOWN, Because.INCIDENT) for each in harmed]
        mapped = mapped_of(graph.elements.values(), graph.relations.values())
        plan = Waving(mapped, OwnStates.of(causes)).plan(effects, rule)
        assert (best is None) == bool(plan.obstacles), seed
        assert {(a, b) for b, many in before.items() for a in many} == set(plan.before), seed
        if best is None:
            impossible += 1
            assert all(not estate.safe([each.element]) for each in plan.obstacles), seed
            assert all(each.group or each.service for each in plan.obstacles), seed
            continue
        possible += 1
        place = {id: n for n, wave in enumerate(plan.waves) for id in wave}
        assert place.keys() == effects.keys(), seed
        assert all(estate.safe(wave) for wave in plan.waves), seed
        assert all(place[a] < place[b] for b, many in before.items() for a in many), seed
        assert plan.least <= best <= len(plan.waves), seed
    assert min(possible, impossible) > ROUNDS // 20


# --- what is known -------------------------------------------------------------------------------


def farm(hosts, need):
    """A service on a farm of hosts, all on one grid."""
    names = [f"h{n}" for n in range(hosts)]
    elements = [service("web"), group("farm", need), "grid", *names]
    ties = [needs("web", "farm"), *(member("farm", each) for each in names)]
    return mapped_of(elements, [*ties, *(needs(each, "grid") for each in names)]), names


def test_no_more_of_a_farm_at_once_than_it_can_lose():
    mapped, hosts = farm(10, 7)
    plan = Waving(mapped, NOTHING).plan(dict.fromkeys(hosts, DOWN), Rule())
    assert [len(each) for each in plan.waves] == [3, 3, 3, 1]
    assert (plan.least, plan.gap) == (4, 0)
    spare = Waving(mapped, NOTHING).plan(dict.fromkeys(hosts, DOWN), Rule(spare=1))
    assert [len(each) for each in spare.waves] == [2] * 5
    assert (spare.least, spare.gap) == (5, 0)


def test_what_is_down_already_counts():
    mapped, hosts = farm(4, 2)
    broken = OwnStates.of([OwnCause("h0", Level.DOWN, Because.INCIDENT)])
    plan = Waving(mapped, broken).plan(dict.fromkeys(hosts[1:], DOWN), Rule())
    assert [len(each) for each in plan.waves] == [1, 1, 1]
    assert Waving(mapped, NOTHING).check(["h1", "h2"], dict.fromkeys(hosts, DOWN), Rule()) is None
    (group, service) = _why(Waving(mapped, broken), ["h1", "h2"])
    assert (group, service) == ("farm", "web")


def _why(waving, wave):
    found = waving.check(wave, dict.fromkeys(wave, DOWN), Rule())
    return found.group, found.service


def test_an_impossible_plan_names_the_group():
    mapped, hosts = farm(3, 3)
    plan = Waving(mapped, NOTHING).plan(dict.fromkeys(hosts, DOWN), Rule())
    assert plan.waves == ()
    assert {each.group for each in plan.obstacles} == {"farm"}
    allowed = Waving(mapped, NOTHING).plan(dict.fromkeys(hosts, DOWN), Rule(worst=Level.DOWN))
    assert {each.group for each in allowed.obstacles} == {"farm"}
    at_once = Rule(Order.ALL_AT_ONCE, Level.DOWN)
    assert Waving(mapped, NOTHING).plan(dict.fromkeys(hosts, DOWN), at_once).waves == (
        tuple(hosts),
    )


def test_providers_come_before_consumers_or_the_reverse():
    elements = [service("web"), "app", "between", "db"]
    ties = [needs("web", "app"), needs("app", "between"), needs("between", "db")]
    mapped = mapped_of(elements, ties)
    effects = {"app": Effect.DEGRADED, "db": Effect.DEGRADED}
    rule = Rule(worst=Level.DEGRADED)
    assert Waving(mapped, NOTHING).plan(effects, rule).waves == (("db",), ("app",))
    reverse = Rule(Order.CONSUMERS_FIRST, Level.DEGRADED)
    assert Waving(mapped, NOTHING).plan(effects, reverse).waves == (("app",), ("db",))


def test_a_circle_has_no_order():
    mapped = mapped_of(["a", "b", "c"], [needs("a", "b"), needs("b", "a"), needs("a", "c")])
    plan = Waving(mapped, NOTHING).plan(dict.fromkeys("abc", DOWN), Rule())
    assert plan.waves == (("c",), ("a", "b"))
    assert set(plan.before) == {("c", "a"), ("c", "b")}


def test_nothing_and_too_much():
    mapped = mapped_of(["a"])
    for order in Order:
        assert Waving(mapped, NOTHING).plan({}, Rule(order)).waves == ()
    many = {f"x{n}": DOWN for n in range(MOST_ELEMENTS + 1)}
    with pytest.raises(BadInput, match="too many for one plan"):
        Waving(mapped, NOTHING).plan(many, Rule())


def test_a_long_chain_does_not_need_a_deep_stack():
    names = [f"n{n}" for n in range(3_000)]
    ties = [needs(a, b) for a, b in pairwise(names)]
    mapped = mapped_of(names, ties)
    plan = Waving(mapped, NOTHING).plan({"n0": DOWN, "n2999": DOWN}, Rule())
    assert plan.waves == (("n2999",), ("n0",))
