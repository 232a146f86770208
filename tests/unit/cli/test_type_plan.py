"""Who would not conform to new types: attributes, ends of relations, cardinality."""

import pytest

from fitsm_graph.cli import type_plan
from fitsm_graph.confm.types import Definitions
from fitsm_graph.model.registry_differences import differences

DOC = {"doc": "A thing of a test.", "icon": "thing"}
TYPES = {
    "Engine": {
        **DOC,
        "tag": "En",
        "attributes": {"power_kw": {"kind": "integer", "doc": "Power."}},
    },
    "Tank": {**DOC, "tag": "Ta", "attributes": {}},
}
FEEDS = {
    "doc": "A tank gives an engine its fuel.",
    "sentence": "{source} is fed by {target}",
    "sources": ["Engine"],
    "targets": ["Tank"],
    "dependency": "source_needs_target",
    "strength": "hard",
    "cardinality": "many_to_many",
}


def registry(types, relations):
    return Definitions({"": types}, {"": relations}).registry()


def ci(type, *, attributes=(), relations=()):
    pairs = [{"name": name, "value": value} for name, value in attributes]
    ends = [
        {"type": "FED_BY", "direction": way, "element": {"key": k, "kind": "CI", "type": of}}
        for way, k, of in relations
    ]
    return {"key": "x", "type": type, "attributes": pairs, "relations": ends}


def attribute_reasons(types, each):
    return list(type_plan._wrong_attributes(registry(types, {}), each))


def relation_reasons(relation, each):
    new = registry(TYPES, {"FED_BY": {**FEEDS, **relation}} if relation is not None else {})
    return list(type_plan._wrong_relations(new, each))


def test_values_that_fit_are_fine():
    assert attribute_reasons(TYPES, ci("Engine", attributes=[("power_kw", 4)])) == []
    assert attribute_reasons(TYPES, ci("Engine")) == []


def test_values_that_no_longer_fit_are_told():
    power = {"kind": "integer", "doc": "Power.", "required": True, "maximum": 3}
    stricter = {**TYPES, "Engine": {**TYPES["Engine"], "attributes": {"power_kw": power}}}
    assert len(attribute_reasons(stricter, ci("Engine"))) == 1
    assert len(attribute_reasons(stricter, ci("Engine", attributes=[("power_kw", 4)]))) == 1
    assert attribute_reasons(stricter, ci("Engine", attributes=[("power_kw", 3)])) == []
    gone = {**TYPES, "Engine": {**TYPES["Engine"], "attributes": {}}}
    assert len(attribute_reasons(gone, ci("Engine", attributes=[("power_kw", 4)]))) == 1


def test_a_type_that_is_gone_has_no_cis():
    without = {"Tank": TYPES["Tank"]}
    assert attribute_reasons(without, ci("Engine")) == ["no CI can be of its type"]


@pytest.mark.parametrize(
    ("relation", "type", "ends", "count"),
    [
        ({}, "Engine", [("OUT", "t1", "Tank"), ("OUT", "t2", "Tank")], 0),
        ({}, "Tank", [("IN", "e1", "Engine"), ("IN", "e2", "Engine")], 0),
        ({"targets": ["Engine"]}, "Engine", [("OUT", "t1", "Tank")], 1),
        ({"targets": ["Engine"]}, "Tank", [("IN", "e1", "Engine")], 1),
        ({"cardinality": "many_to_one"}, "Engine", [("OUT", "t1", "Tank")], 0),
        ({"cardinality": "many_to_one"}, "Engine", [("OUT", a, "Tank") for a in "ab"], 1),
        ({"cardinality": "many_to_one"}, "Tank", [("IN", a, "Engine") for a in "ab"], 0),
        ({"cardinality": "one_to_many"}, "Tank", [("IN", a, "Engine") for a in "ab"], 1),
        (None, "Engine", [("OUT", "t1", "Tank")], 1),
    ],
)
def test_relations(relation, type, ends, count):
    assert len(relation_reasons(relation, ci(type, relations=ends))) == count


def test_differences_are_told_by_what_is_different():
    power = {"kind": "float", "doc": "Power."}
    other = {**TYPES, "Engine": {**TYPES["Engine"], "attributes": {"power_kw": power}}}
    [told] = map(type_plan._told, differences(registry(TYPES, {}), registry(other, {})))
    assert told["what"] == "kind: integer → float"
    new = registry({"Tank": TYPES["Tank"]}, {})
    [told] = map(type_plan._told, differences(registry(TYPES, {}), new))
    assert (told["what"], bool(told["breaks"])) == ("gone", True)
