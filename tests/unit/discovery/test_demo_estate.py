"""The demo estate: complete, valid against the registry, owned, the same every time."""

import hashlib
import io
import json
import re
from collections import Counter
from dataclasses import replace
from functools import cache
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from fitsm_graph.confm.types import default_registry
from fitsm_graph.discovery import ndjson
from fitsm_graph.discovery.demo import ORGANISATION, SHOWCASE, estate, to_ndjson
from fitsm_graph.discovery.demo.draft import Draft
from fitsm_graph.discovery.demo.estate import estate as cached_estate
from fitsm_graph.kernel.errors import Broken, Problem
from fitsm_graph.model.declare import RELATIONS, record_info
from fitsm_graph.model.observation import Observation, ObservedRelation

KINDS = ("Service", "ServiceComponent", "RedundancyGroup")
COMMON = {"name", "description", "lifecycle", "is_source"}
FIELDS = {
    "Service": COMMON | {"criticality"},
    "ServiceComponent": COMMON,
    "RedundancyGroup": COMMON | {"need", "need_share", "strength", "grounded", "reserve"},
}
DOCUMENTATION = [
    ip_network(block)
    for block in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
]
REGISTRY = default_registry()
OBSERVATIONS = estate().observations
BY_KEY = {each.key: each for each in OBSERVATIONS}
PARTIES = {properties["key"]: kind for kind, properties in estate().parties}


@cache
def kind_and_type(key: str) -> tuple[str, str]:
    type_name = BY_KEY[key].type
    return (type_name, "") if type_name in KINDS else ("CI", type_name)


def problems_of(it: Observation) -> list[str]:
    kind, type_name = kind_and_type(it.key)
    if kind != "CI":
        return [f"{it.key}: {name}" for name in it.attributes if name not in FIELDS[kind]]
    typed = {name: value for name, value in it.attributes.items() if name not in COMMON}
    REGISTRY.leaf_type(type_name)
    return [
        f"{it.key}: {problem.sentence()}"
        for problem in REGISTRY.check_attributes(type_name, typed, partial=False)
    ]


def ends_of(it: Observation, relation: ObservedRelation) -> tuple[str, str]:
    return (relation.key, it.key) if relation.incoming else (it.key, relation.key)


def test_it_has_the_size_of_a_small_provider() -> None:
    counts = Counter(kind_and_type(each.key)[0] for each in OBSERVATIONS)
    assert counts["Service"] == 6
    assert 38 <= counts["ServiceComponent"] <= 44
    assert 580 <= counts["CI"] <= 640
    assert counts["RedundancyGroup"] > 60
    assert "Northwind" not in ORGANISATION


def test_keys_are_given_once_and_read_like_names() -> None:
    assert len(BY_KEY) == len(OBSERVATIONS)
    assert not BY_KEY.keys() & PARTIES.keys()
    assert [key for key in BY_KEY if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key)] == []
    assert all(str(each.attributes["name"])[0].isalnum() for each in OBSERVATIONS)


def test_no_two_elements_of_a_type_have_one_name() -> None:
    names = Counter((each.type, each.attributes["name"]) for each in OBSERVATIONS)
    assert [name for name, count in names.items() if count > 1] == []


def test_every_observation_fits_the_registry() -> None:
    assert [problem for each in OBSERVATIONS for problem in problems_of(each)] == []


def test_a_wrong_observation_is_noticed() -> None:
    wrong = Observation(type="Rack", key="rack-n1-01", attributes={"name": "x", "colour": 3})
    assert problems_of(wrong)


def test_unique_attributes_are_unique() -> None:
    seen: Counter[tuple[str, str]] = Counter()
    for each in OBSERVATIONS:
        kind, type_name = kind_and_type(each.key)
        declared = REGISTRY.attributes(type_name) if kind == "CI" else {}
        for name, attribute in declared.items():
            if attribute.unique and name in each.attributes:
                seen[name, str(each.attributes[name])] += 1
    assert seen
    assert max(seen.values()) == 1


def test_every_relation_leads_somewhere_it_may_lead() -> None:
    wrong = []
    for each in OBSERVATIONS:
        for relation in each.relations:
            source, target = ends_of(each, relation)
            if relation.type in RELATIONS:
                fits = PARTIES.get(target) in RELATIONS[relation.type].targets
            else:
                fits = REGISTRY.allows(
                    relation.type, *kind_and_type(source), *kind_and_type(target)
                )
            if not fits:
                wrong.append((source, relation.type, target))
    assert wrong == []


def test_relations_are_said_once_and_keep_their_cardinality() -> None:
    triples = Counter(
        (relation.type, *ends_of(each, relation))
        for each in OBSERVATIONS
        for relation in each.relations
    )
    assert [triple for triple, count in triples.items() if count > 1] == []
    sources = Counter((type_name, source) for type_name, source, _ in triples)
    targets = Counter((type_name, target) for type_name, _, target in triples)
    for name, declared in REGISTRY.relationship_types.items():
        if declared.symmetric:
            assert [t for t in triples if t[0] == name and (name, t[2], t[1]) in triples] == []
        if declared.cardinality.one_target:
            assert [key for key in sources if key[0] == name and sources[key] > 1] == []
        if declared.cardinality.one_source:
            assert [key for key in targets if key[0] == name and targets[key] > 1] == []


def test_properties_of_relations_are_known() -> None:
    properties = [
        dict(relation.properties)
        for each in OBSERVATIONS
        for relation in each.relations
        if relation.properties
    ]
    assert {"strength": "soft"} in properties
    assert {name for each in properties for name in each} <= {
        "weight",
        "strength",
        "grounded",
        "confidence",
        "verified_at",
    }


def test_every_element_has_one_owner_that_is_registered() -> None:
    for each in OBSERVATIONS:
        owners = [relation.key for relation in each.relations if relation.type == "OWNED_BY"]
        assert len(owners) == 1, each.key
        assert PARTIES[owners[0]] == "Group"


def test_groups_ask_for_a_need_or_a_share_and_can_meet_it() -> None:
    for each in (each for each in OBSERVATIONS if each.type == "RedundancyGroup"):
        members = [relation for relation in each.relations if relation.type == "HAS_MEMBER"]
        need, share = each.attributes.get("need"), each.attributes.get("need_share")
        assert (need is None) != (share is None), each.key
        assert len(members) >= 2, each.key
        assert need is None or 1 <= need < len(members), each.key


def test_parties_and_ties_fit_their_declarations() -> None:
    for kind, properties in estate().parties:
        info = record_info(kind)
        for name in properties:
            info.field(name)
    kinds = {**PARTIES, **{each.key: each.type for each in OBSERVATIONS}}
    for type_name, source, target in estate().ties:
        assert kinds[source] in RELATIONS[type_name].sources
        assert kinds[target] in RELATIONS[type_name].targets


def test_every_service_has_customers_with_users() -> None:
    users = {p["key"]: p["user_count"] for k, p in estate().parties if k == "Customer"}
    received: Counter[str] = Counter()
    for type_name, source, target in estate().ties:
        if type_name == "RECEIVES":
            received[target] += users[source]
    services = {each.key for each in OBSERVATIONS if each.type == "Service"}
    assert {service for service, count in received.items() if count > 0} == services


def test_every_owner_group_has_people() -> None:
    members = {target for type_name, _, target in estate().ties if type_name == "BELONGS_TO"}
    owners = {r.key for each in OBSERVATIONS for r in each.relations if r.type == "OWNED_BY"}
    assert owners <= members


def values(value: Any) -> list[str]:
    if isinstance(value, dict | list | tuple):
        inner = value.values() if isinstance(value, dict) else value
        return [text for each in inner for text in values(each)]
    return [value] if isinstance(value, str) else []


def test_addresses_and_names_are_those_kept_for_documentation() -> None:
    texts = [text for each in OBSERVATIONS for text in values(each.attributes)]
    texts += [text for _, properties in estate().parties for text in values(properties)]
    hosts = {h for t in texts for h in re.findall(r"(?:https?://|@)([^/:\s]+)", t)}
    assert hosts
    assert {host for host in hosts if not host.endswith("example.org")} == set()
    found = 0
    for each in OBSERVATIONS:
        for name, value in each.attributes.items():
            if name in {"address", "management_address", "primary_address"}:
                found += 1
                assert any(ip_address(str(value)) in block for block in DOCUMENTATION), each.key
    assert found > 100


def test_addresses_are_given_once() -> None:
    names = ("management_address", "primary_address")
    given = [e.attributes[n] for e in OBSERVATIONS for n in names if n in e.attributes]
    assert max(Counter(given).values()) == 1


def test_it_is_the_same_to_the_byte() -> None:
    first = "".join(to_ndjson(estate().observations))
    cached_estate.cache_clear()
    again = "".join(to_ndjson(estate().observations))
    assert hashlib.sha256(first.encode()).digest() == hashlib.sha256(again.encode()).digest()


def test_lines_have_the_published_form() -> None:
    lines = [json.loads(line) for line in to_ndjson(OBSERVATIONS)]
    by_key = {line["key"]: line for line in lines}
    assert by_key["svc-portal"]["type"] == "Service"
    assert {tuple(sorted(line)) for line in lines} == {
        ("attributes", "key", "op", "relations", "type")
    }
    assert {"type": "FORMED_BY", "to": {"key": "grp-sto-a"}} in by_key["sto-a"]["relations"]
    assert {
        "type": "COMPOSED_OF",
        "to": {"key": "cmp-search"},
        "properties": {"strength": "soft"},
    } in by_key["svc-portal"]["relations"]


def test_lines_are_read_back_as_what_was_written() -> None:
    stream = io.BytesIO("".join(to_ndjson(OBSERVATIONS)).encode())
    found = list(ndjson.read(stream))
    assert [problem for problem in found if isinstance(problem, Problem)] == []
    assert [replace(each, place="") for each in found] == [
        replace(each, place="") for each in OBSERVATIONS
    ]


def test_an_incoming_relation_says_so() -> None:
    it = Observation(
        type="Rack",
        key="r",
        relations=(ObservedRelation(type="MOUNTED_IN", key="s", incoming=True),),
        identifiers=(("serial_number", "1"),),
        confidence=0.5,
    )
    assert json.loads(next(to_ndjson([it]))) == {
        "op": "upsert",
        "type": "Rack",
        "key": "r",
        "identifiers": [{"kind": "serial_number", "value": "1"}],
        "relations": [{"type": "MOUNTED_IN", "to": {"key": "s"}, "direction": "in"}],
        "confidence": 0.5,
    }


def test_a_key_cannot_be_given_twice() -> None:
    draft = Draft()
    draft.add("Rack", "rack", {})
    with pytest.raises(Broken):
        draft.add("Room", "rack", {})


def test_the_showcase_speaks_of_elements_that_exist() -> None:
    for scenario in SHOWCASE:
        keys = {*scenario.fail, *scenario.degrade, *scenario.expect, *scenario.also}
        assert keys <= BY_KEY.keys(), scenario.name
    assert len({scenario.name for scenario in SHOWCASE}) == len(SHOWCASE)
