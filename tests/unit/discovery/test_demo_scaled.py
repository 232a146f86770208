"""The scaled estate: any size, as a stream, valid, the same for the same seed."""

import hashlib
import tracemalloc
from collections import Counter
from itertools import islice

import pytest

from fitsm_graph.confm.types import default_registry
from fitsm_graph.discovery.demo import scaled, to_ndjson
from fitsm_graph.kernel.errors import BadInput

KINDS = ("Service", "ServiceComponent", "RedundancyGroup")
REGISTRY = default_registry()
FIELDS = {"name", "is_source", "criticality", "need", "need_share", "grounded", "reserve"}


def digest(cis: int, seed: int) -> str:
    state = hashlib.sha256()
    for line in to_ndjson(scaled(cis, seed=seed)):
        state.update(line.encode())
    return state.hexdigest()


@pytest.mark.parametrize("cis", [100, 101, 257, 1000, 4321])
def test_it_has_exactly_the_cis_asked_for(cis: int) -> None:
    types = Counter(each.type for each in scaled(cis))
    assert sum(count for name, count in types.items() if name not in KINDS) == cis
    assert all(types[kind] for kind in KINDS)


@pytest.mark.parametrize("cis", [100, 2500])
def test_it_fits_the_registry_and_nothing_dangles(cis: int) -> None:
    seen = {each.key: each for each in scaled(cis)}
    kinds = {k: (o.type, "") if o.type in KINDS else ("CI", o.type) for k, o in seen.items()}
    for key, each in seen.items():
        if each.type not in KINDS:
            typed = {n: v for n, v in each.attributes.items() if n not in FIELDS}
            assert REGISTRY.check_attributes(each.type, typed, partial=False) == []
        ends = [(relation.type, relation.key) for relation in each.relations]
        assert len(set(ends)) == len(ends)
        for relation, target in ends:
            assert REGISTRY.allows(relation, *kinds[key], *kinds[target]), (key, relation, target)


def test_links_are_said_from_one_end_only() -> None:
    links = {
        (each.key, relation.key)
        for each in scaled(3000)
        for relation in each.relations
        if relation.type == "LINKED_TO"
    }
    assert len(links) > 150
    assert not {(b, a) for a, b in links} & links


def test_a_ci_has_two_to_four_relations_and_some_are_hubs() -> None:
    incoming: Counter[str] = Counter()
    for each in scaled(5000):
        incoming.update(relation.key for relation in each.relations)
    assert 2 <= sum(incoming.values()) / 5000 <= 4
    assert incoming.most_common(1)[0][1] > 100


def test_it_has_circles_of_callers() -> None:
    calls = {
        each.key: next(r.key for r in each.relations if r.type == "CALLS")
        for each in scaled(1000)
        if each.type == "ApplicationComponent"
    }
    at = start = "component-0000001"
    for _ in range(10):
        at = calls[at]
    assert at == start


def test_the_seed_decides() -> None:
    assert digest(500, 1) == digest(500, 1)
    assert digest(500, 1) != digest(500, 2)


def test_owners_are_spread_over_those_given() -> None:
    owners = ("grp-a", "grp-b")
    found = {
        relation.key
        for each in scaled(200, owners=owners)
        for relation in each.relations
        if relation.type == "OWNED_BY"
    }
    assert found == set(owners)
    assert all("OWNED_BY" not in [r.type for r in e.relations] for e in scaled(200))


def test_a_billion_start_at_once_and_keep_nothing() -> None:
    tracemalloc.start()
    first = sum(1 for _ in islice(to_ndjson(scaled(1_000_000_000)), 20_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert first == 20_000
    assert peak < 1_000_000


def test_too_few_are_refused() -> None:
    with pytest.raises(BadInput) as caught:
        scaled(99)
    assert caught.value.problem.path == ("cis",)
