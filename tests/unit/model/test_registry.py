"""Declarations: which are accepted, which contradict themselves, and what can be asked of them."""

from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitsm_graph.kernel.errors import BadInput, Contradiction, NotFound
from fitsm_graph.model.declare import RECORDS, RELATIONS
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.model.registry_differences import differences

TYPES = {
    "Device": {
        "doc": "A device.",
        "tag": "De",
        "icon": "device",
        "abstract": True,
        "owner_group": "hardware",
        "completeness": ["serial_number"],
        "attributes": {
            "serial_number": {"kind": "string", "doc": "Serial."},
            "slot": {"kind": "integer", "minimum": 0, "maximum": 48, "unit": "U", "doc": "Slot."},
            "side": {"kind": "enum", "values": ["front", "rear"], "doc": "Side."},
        },
    },
    "Switch": {"doc": "A switch.", "tag": "Sw", "extends": "Device"},
    "CoreSwitch": {
        "doc": "A core switch.",
        "tag": "Cs",
        "icon": "core",
        "extends": "Switch",
        "completeness": ["owner", "plane"],
        "attributes": {
            "plane": {"kind": "string", "doc": "Plane."},
            "serial_number": {"kind": "string", "required": True, "doc": "Serial, always known."},
        },
    },
    "Rack": {"doc": "A rack.", "tag": "Ra", "icon": "rack"},
}
RELATION = {
    "doc": "It is in it.",
    "sentence": "{source} is in {target}",
    "sources": ["Device"],
    "targets": ["Rack"],
    "cardinality": "many_to_one",
    "dependency": "source_needs_target",
    "strength": "hard",
}
LINK = {
    "doc": "They are linked.",
    "sentence": "{source} is linked to {target}",
    "between": ["Switch"],
    "dependency": "none",
}
GROUP = {**LINK, "neighbours": "group", "grounded": True, "strength": "hard"}
RELATIONSHIPS = {"MOUNTED_IN": RELATION, "CABLED_TO": LINK}


def made(types=None, relations=None):
    return TypeRegistry.from_documents(
        {"types": TYPES if types is None else types},
        {"relations": RELATIONSHIPS if relations is None else relations},
    )


def problems_of(types=None, relations=None):
    with pytest.raises(BadInput) as error:
        made(types, relations)
    return error.value


def changed_type(name, **fields):
    types = deepcopy(TYPES)
    types[name] = types.get(name, {}) | fields
    return types


def with_attribute(name, declared, of="Switch"):
    types = deepcopy(TYPES)
    types[of].setdefault("attributes", {})[name] = {"doc": "One."} | declared
    return types


def test_inheritance():
    registry = made()
    assert registry.lineage("CoreSwitch") == ("CoreSwitch", "Switch", "Device")
    assert registry.subtypes("Device") == ("Switch", "CoreSwitch")
    assert registry.subtypes("CI") == ("Switch", "CoreSwitch", "Rack")
    assert list(registry.attributes("CoreSwitch")) == ["serial_number", "slot", "side", "plane"]
    assert registry.attribute("CoreSwitch", "serial_number").required
    assert not registry.attribute("Switch", "serial_number").required
    assert registry.completeness("CoreSwitch") == ("serial_number", "owner", "plane")
    assert (registry.icon("Switch"), registry.icon("CoreSwitch")) == ("device", "core")
    assert registry.owner_group("CoreSwitch") == "hardware"
    assert registry.attribute("Device", "serial_number").graphql_name == "serialNumber"


@given(data=st.data(), size=st.integers(1, 12))
def test_is_a_agrees_with_walking_the_parents(data, size):
    parents = {
        f"T{i}": f"T{data.draw(st.integers(0, i - 1))}" if i and data.draw(st.booleans()) else ""
        for i in range(size)
    }
    order = data.draw(st.permutations(sorted(parents)))
    registry = made(
        {
            name: {"doc": "One.", "tag": "Tt", "icon": "one", "extends": parents[name]}
            for name in order
        },
        {},
    )
    for name in parents:
        above = {name}
        current = name
        while current := parents[current]:
            above.add(current)
        assert {each for each in parents if registry.is_a(name, each)} == above
        assert set(registry.lineage(name)) == above
        assert registry.is_a(name, "CI")
        assert set(registry.subtypes(name)) == {e for e in parents if registry.is_a(e, name)}


def test_relations():
    registry = made()
    assert registry.allows("MOUNTED_IN", "CI", "CoreSwitch", "CI", "Rack")
    assert registry.allows("MOUNTED_IN", "CI", "Switch", "RedundancyGroup", "")
    assert not registry.allows("MOUNTED_IN", "CI", "Rack", "CI", "Switch")
    assert not registry.allows("MOUNTED_IN", "CI", "Device", "CI", "Rack")
    assert not registry.allows("MOUNTED_IN", "Service", "Switch", "CI", "Rack")
    assert registry.relationship_type("MOUNTED_IN").read("sw1", "r1") == "sw1 is in r1"
    assert registry.relationship_type("MOUNTED_IN").cardinality.one_target
    assert not registry.relationship_type("MOUNTED_IN").cardinality.one_source


@pytest.mark.parametrize(
    ("ask", "hint"),
    [
        (lambda it: it.ci_type("Swtch"), "Switch"),
        (lambda it: it.lineage("rack"), "Rack"),
        (lambda it: it.is_a("Switch", "Devise"), "Device"),
        (lambda it: it.attribute("Switch", "serial"), "serial_number"),
        (lambda it: it.allows("MOUNTD_IN", "CI", "Switch", "CI", "Rack"), "MOUNTED_IN"),
    ],
)
def test_unknown_names_get_a_suggestion(ask, hint):
    with pytest.raises(NotFound) as error:
        ask(made())
    assert hint in error.value.problem.remedy


def test_version_is_of_the_content_only():
    split = TypeRegistry.from_documents(
        {"b": {"Rack": TYPES["Rack"]}, "a": {k: v for k, v in TYPES.items() if k != "Rack"}},
        {"x": dict(reversed(RELATIONSHIPS.items()))},
    )
    assert split.version == made().version
    assert made(changed_type("Rack", doc="Another.")).version != made().version


@pytest.mark.parametrize(
    ("types", "code", "path"),
    [
        (changed_type("Switch", extends="Devise"), "UNKNOWN_PARENT", ("Switch", "extends")),
        (
            changed_type("Device", extends="CoreSwitch"),
            "INHERITANCE_CYCLE",
            ("CoreSwitch", "extends"),
        ),
        (changed_type("Rack", extends="Rack"), "INHERITANCE_CYCLE", ("Rack", "extends")),
        (changed_type("Rack", abstract=True), "ABSTRACT_LEAF", ("Rack",)),
        (changed_type("RACK", doc="One.", tag="Rb", icon="rack"), "DUPLICATE_NAME", ("RACK",)),
        (changed_type("Rack", icon=None), "MISSING_FIELD", ("Rack", "icon")),
        (changed_type("Rack", icon="My Rack"), "BAD_NAME", ("Rack", "icon")),
        (changed_type("Rack", tag="Rck"), "BAD_NAME", ("Rack", "tag")),
        (changed_type("Rack", tag=None), "MISSING_FIELD", ("Rack", "tag")),
        (changed_type("Rack", doc=""), "MISSING_FIELD", ("Rack", "doc")),
        (changed_type("Rack", doc=3), "WRONG_FIELD", ("Rack", "doc")),
        (changed_type("Rack", abstract="no"), "WRONG_FIELD", ("Rack", "abstract")),
        (changed_type("Rack", extend="Device"), "UNKNOWN_FIELD", ("Rack", "extend")),
        (
            changed_type("Rack", completeness=["height"]),
            "UNKNOWN_ATTRIBUTE",
            ("Rack", "completeness"),
        ),
        (changed_type("Rack", attributes=["height"]), "WRONG_FIELD", ("Rack", "attributes")),
        ({**TYPES, "Shelf": None}, "WRONG_FIELD", ("Shelf",)),
        ({**TYPES, "Service": TYPES["Rack"]}, "BAD_NAME", ("Service",)),
        ({**TYPES, "Query": TYPES["Rack"]}, "BAD_NAME", ("Query",)),
        ({**TYPES, "RackConnection": TYPES["Rack"]}, "BAD_NAME", ("RackConnection",)),
        ({**TYPES, "rack_unit": TYPES["Rack"]}, "BAD_NAME", ("rack_unit",)),
        ({**TYPES, "Rack`) DETACH": TYPES["Rack"]}, "BAD_NAME", ("Rack`) DETACH",)),
    ],
)
def test_bad_ci_types(types, code, path):
    found = {(each.code, each.path) for each in problems_of(types, {}).problems}
    assert (code, ("types", *path)) in found


@pytest.mark.parametrize(
    ("name", "declared", "code"),
    [
        ("serial_number", {"kind": "integer"}, "ATTRIBUTE_CONFLICT"),
        ("serial_number", {"kind": "string", "unique": True}, "ATTRIBUTE_CONFLICT"),
        ("slot", {"kind": "integer", "minimum": 0, "unit": "U"}, "ATTRIBUTE_CONFLICT"),
        ("slot", {"kind": "integer", "minimum": 0, "maximum": 9}, "ATTRIBUTE_CONFLICT"),
        ("side", {"kind": "enum", "values": ["front", "top"]}, "ATTRIBUTE_CONFLICT"),
        ("Height", {"kind": "string"}, "BAD_NAME"),
        ("__height", {"kind": "string"}, "BAD_NAME"),
        ("2nd", {"kind": "string"}, "BAD_NAME"),
        ("name", {"kind": "string"}, "BAD_NAME"),
        ("created_at", {"kind": "string"}, "BAD_NAME"),
        ("is_source", {"kind": "boolean"}, "BAD_NAME"),
        ("colour", {"kind": "enum"}, "ATTRIBUTE_CONTRADICTION"),
        ("colour", {"kind": "enum", "values": ["Red"]}, "ATTRIBUTE_CONTRADICTION"),
        ("colour", {"kind": "enum", "values": ["true"]}, "ATTRIBUTE_CONTRADICTION"),
        ("colour", {"kind": "enum", "values": [True]}, "WRONG_FIELD"),
        ("colour", {"kind": "enum", "values": ["red", "red"]}, "WRONG_FIELD"),
        ("colour", {"kind": "string", "values": ["red"]}, "ATTRIBUTE_CONTRADICTION"),
        ("colour", {"kind": "string", "unit": "nm"}, "ATTRIBUTE_CONTRADICTION"),
        ("colour", {"kind": "string", "minimum": 1}, "ATTRIBUTE_CONTRADICTION"),
        ("height", {"kind": "float", "minimum": 2, "maximum": 1}, "ATTRIBUTE_CONTRADICTION"),
        ("height", {"kind": "float", "unique": True}, "ATTRIBUTE_CONTRADICTION"),
        (
            "secret",
            {"kind": "string", "unique": True, "sensitive": True},
            "ATTRIBUTE_CONTRADICTION",
        ),
        ("old", {"kind": "string", "required": True, "deprecated": "x"}, "ATTRIBUTE_CONTRADICTION"),
        ("height", {"kind": "number"}, "WRONG_FIELD"),
        ("height", {}, "MISSING_FIELD"),
        ("height", {"kind": "float", "doc": None}, "MISSING_FIELD"),
        ("height", {"kind": "float", "default": 1}, "UNKNOWN_FIELD"),
    ],
)
def test_bad_attributes(name, declared, code):
    error = problems_of(with_attribute(name, declared), {})
    assert {each.code for each in error.problems} == {code}
    assert error.problems[0].path[:4] == ("types", "Switch", "attributes", name)


def test_a_subtype_may_be_stricter():
    types = with_attribute("side", {"kind": "enum", "values": ["rear"], "required": True})
    assert made(types).attribute("CoreSwitch", "side").values == ("rear",)


def test_names_that_meet_in_graphql():
    types = with_attribute("port_2", {"kind": "string"})
    types["Device"]["attributes"]["port2"] = {"kind": "string", "doc": "One."}
    (problem,) = problems_of(types, {}).problems
    assert problem.code == "NAME_COLLISION"
    assert problem.path == ("types", "Switch", "attributes", "port_2")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sources": ["Devise"]}, "UNKNOWN_END"),
        ({"sources": None}, "MISSING_FIELD"),
        ({"between": ["Device"]}, "MISSING_FIELD"),
        ({"dependency": None}, "MISSING_FIELD"),
        ({"dependency": "both"}, "WRONG_FIELD"),
        ({"strength": None}, "MISSING_FIELD"),
        ({"cardinality": "few_to_many"}, "WRONG_FIELD"),
        ({"sentence": "is in"}, "WRONG_FIELD"),
        ({"sentence": "{target} holds {source}"}, "WRONG_FIELD"),
        ({"sentence": "{source} is in {target} {"}, "WRONG_FIELD"),
        ({"symmetric": True}, "UNKNOWN_FIELD"),
        ({"dependency": "none"}, "RELATION_CONTRADICTION"),
        ({"dependency": "none", "strength": None, "grounded": True}, "RELATION_CONTRADICTION"),
        ({"grounded": True, "strength": "info"}, "RELATION_CONTRADICTION"),
        ({"grounded": True, "neighbours": "group"}, "RELATION_CONTRADICTION"),
        ({"needed_by": ["Switch"]}, "RELATION_CONTRADICTION"),
    ],
)
def test_bad_directed_relations(changes, code):
    error = problems_of(None, {"MOUNTED_IN": RELATION | changes})
    assert {each.code for each in error.problems} == {code}
    assert error.problems[0].path[:2] == ("relations", "MOUNTED_IN")


@pytest.mark.parametrize(
    "declared",
    [
        LINK | {"dependency": "source_needs_target", "strength": "hard"},
        LINK | {"cardinality": "many_to_one"},
        LINK | {"neighbours": "group", "strength": "hard"},
        GROUP | {"strength": "info"},
        GROUP | {"cardinality": "one_to_one"},
        GROUP | {"needed_by": ["Rack"]},
    ],
)
def test_contradictory_links(declared):
    error = problems_of(None, {"CABLED_TO": declared})
    assert isinstance(error, Contradiction)
    assert {each.code for each in error.problems} == {"RELATION_CONTRADICTION"}


@pytest.mark.parametrize("name", ["mountedIn", "2X", "A__B", "A_", "RESOLVES", "OWNED_BY", "X`Y"])
def test_bad_relation_names(name):
    error = problems_of(None, {name: RELATION})
    assert [each.code for each in error.problems] == ["BAD_NAME"]


def test_a_membership_has_no_need_of_its_own():
    error = problems_of(None, {"HAS_MEMBER": RELATION})
    assert [each.code for each in error.problems] == ["RELATION_CONTRADICTION"]


def test_neighbours_that_need_each_other():
    registry = made(None, {"CABLED_TO": GROUP | {"needed_by": ["CoreSwitch"]}})
    assert registry.needs_neighbours("CABLED_TO", "CI", "CoreSwitch")
    assert registry.is_natural_source("CI", "Switch")
    assert not registry.is_natural_source("CI", "Rack")


def test_records_and_their_relations_are_never_types():
    for name in RECORDS:
        assert {each.code for each in problems_of({name: TYPES["Rack"]}, {}).problems} == {
            "BAD_NAME"
        }
    for name in ("OWNED_BY", "IDENTIFIED_BY"):
        assert name in RELATIONS
        assert problems_of(None, {name: RELATION}).code == "BAD_NAME"


def test_all_problems_are_collected_and_a_contradiction_shows():
    types = changed_type("Switch", extends="Devise", tag="S")
    error = problems_of(types, {"MOUNTED_IN": RELATION | {"strength": "strong"}})
    assert len(error.problems) == 3
    assert not isinstance(error, Contradiction)
    both = {"file": TYPES, "other": {"Rack": TYPES["Rack"]}}
    with pytest.raises(Contradiction, match="file/Rack"):
        TypeRegistry.from_documents(both, {})


def between(types=None, relations=None):
    return {
        each.path: each
        for each in differences(made(), made(types or TYPES, relations or RELATIONSHIPS))
    }


def test_no_difference():
    assert differences(made(), made(deepcopy(TYPES))) == []


@pytest.mark.parametrize(
    ("name", "declared", "breaks"),
    [
        ("colour", {"kind": "string"}, False),
        ("colour", {"kind": "string", "required": True}, True),
        ("slot", {"kind": "float", "minimum": 0, "maximum": 48, "unit": "U"}, False),
        ("slot", {"kind": "integer", "minimum": 0, "maximum": 49, "unit": "U"}, False),
        ("slot", {"kind": "integer", "minimum": 0, "maximum": 47, "unit": "U"}, True),
        ("slot", {"kind": "integer", "minimum": 0, "maximum": 48, "unit": "HE"}, True),
        ("slot", {"kind": "string"}, True),
        ("side", {"kind": "string"}, False),
        ("side", {"kind": "enum", "values": ["front", "rear", "top"]}, False),
        ("side", {"kind": "enum", "values": ["front"]}, True),
        ("side", {"kind": "enum", "values": ["front", "rear"], "doc": "Face."}, False),
        ("side", {"kind": "enum", "values": ["front", "rear"], "required": True}, True),
    ],
)
def test_differences_of_attributes(name, declared, breaks):
    found = between(with_attribute(name, declared, of="Device"))
    it = found["ci_types", "Switch", "attributes", name]
    assert it.types == ("Switch", "CoreSwitch")
    assert bool(it.breaks) is breaks
    assert len(found) == 1


def test_differences_of_lineage_reach_the_attributes():
    found = between(changed_type("CoreSwitch", extends="Rack"))
    assert found["ci_types", "CoreSwitch", "extends"].after == "Rack"
    assert found["ci_types", "CoreSwitch", "attributes", "slot"].breaks


def test_differences_of_whole_types():
    less = {name: each for name, each in TYPES.items() if name != "CoreSwitch"}
    assert between(less)["ci_types", "CoreSwitch"].breaks
    found = between(less | {"Hub": {"doc": "One.", "tag": "Hu", "extends": "Device"}})
    assert not found["ci_types", "Hub"].breaks
    assert found["ci_types", "Hub"].before is None


def test_differences_of_relations():
    found = between(
        None,
        {
            "MOUNTED_IN": RELATION
            | {"sources": ["CoreSwitch"], "cardinality": "one_to_one", "strength": "soft"}
        },
    )
    assert found["relationship_types", "CABLED_TO"].breaks
    assert found["relationship_types", "MOUNTED_IN", "allowed_sources"].types == ("Switch",)
    assert found["relationship_types", "MOUNTED_IN", "cardinality"].breaks
    strength = found["relationship_types", "MOUNTED_IN", "strength"]
    assert strength.changes_impact
    assert not strength.breaks
