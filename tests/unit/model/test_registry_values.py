"""Values of attributes: what is stored, what is refused, and what is said about it."""

import math
from datetime import UTC, date, datetime, timedelta, timezone
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitsm_graph.kernel.canonical import canonical
from fitsm_graph.kernel.errors import BadInput, NotFound
from fitsm_graph.model.registry import TypeRegistry

KINDS = [
    *("string", "integer", "float", "boolean", "date", "datetime"),
    *("url", "ip", "ip_network", "mac", "text_list"),
]


@pytest.fixture(scope="module")
def registry():
    attributes = {f"a_{kind}": {"kind": kind, "doc": "One."} for kind in KINDS}
    attributes |= {
        "a_enum": {"kind": "enum", "values": ["front", "rear"], "doc": "One."},
        "a_share": {"kind": "float", "minimum": 0, "maximum": 1, "doc": "One."},
        "a_secret": {"kind": "integer", "sensitive": True, "doc": "One."},
        "a_unique": {"kind": "string", "unique": True, "doc": "One."},
        "needed": {"kind": "string", "required": True, "doc": "One."},
        "listed": {"kind": "text_list", "required": True, "doc": "One."},
    }
    thing = {"doc": "A thing.", "tag": "Th", "icon": "thing"}
    return TypeRegistry.from_documents(
        {
            "f": {
                "Base": {**thing, "abstract": True},
                "Thing": {**thing, "extends": "Base", "attributes": attributes},
            }
        },
        {},
    )


def stored(registry, kind, value):
    return registry.storable("Thing", {f"a_{kind}": value}, partial=True)[f"a_{kind}"]


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("string", "", ""),
        ("string", "Žluťoučký kůň", "Žluťoučký kůň"),
        ("integer", 2**63 - 1, 2**63 - 1),
        ("integer", -(2**63), -(2**63)),
        ("float", 3, 3.0),
        ("boolean", False, False),
        ("date", date(2026, 11, 23), "2026-11-23"),
        ("date", "2026-11-23", "2026-11-23"),
        ("datetime", "2026-11-23T09:30:00+01:00", "2026-11-23T08:30:00.000000Z"),
        (
            "datetime",
            datetime(2026, 11, 23, 9, 30, tzinfo=timezone(timedelta(hours=1))),
            "2026-11-23T08:30:00.000000Z",
        ),
        ("enum", "rear", "rear"),
        ("url", "https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("url", "ldap://directory.example.org", "ldap://directory.example.org"),
        ("ip", "2001:DB8:0:0::1", "2001:db8::1"),
        ("ip", "192.0.2.1", "192.0.2.1"),
        ("ip_network", "2001:DB8::/32", "2001:db8::/32"),
        ("ip_network", "192.0.2.1", "192.0.2.1/32"),
        ("mac", "0053.00AB.cdef", "00:53:00:ab:cd:ef"),
        ("mac", "00-53-00-ab-cd-ef", "00:53:00:ab:cd:ef"),
        ("text_list", ("b", "a"), ["b", "a"]),
        ("share", 1, 1.0),
    ],
)
def test_stored_form(registry, kind, value, expected):
    got = stored(registry, kind, value)
    assert got == expected
    assert type(got) is type(expected)
    assert stored(registry, kind, got) == got
    canonical(got)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("string", 7),
        ("string", "a\0b"),
        ("string", "\ud800"),
        ("string", "x" * 32_769),
        ("unique", "x" * 513),
        ("integer", True),
        ("integer", 1.0),
        ("integer", "1"),
        ("integer", 2**63),
        ("float", math.nan),
        ("float", math.inf),
        ("float", True),
        ("float", 10**400),
        ("boolean", 1),
        ("boolean", "yes"),
        ("date", "23.11.2026"),
        ("date", "2026-02-30"),
        ("date", datetime(2026, 11, 23, tzinfo=UTC)),
        ("datetime", "2026-11-23T09:30:00"),
        ("datetime", datetime(2026, 11, 23)),  # noqa: DTZ001 - a moment without offset is the case
        ("datetime", "0001-01-01T00:00:00+23:00"),
        ("datetime", "yesterday"),
        ("enum", "Front"),
        ("enum", ["front"]),
        ("url", "example.org"),
        ("url", "javascript://example.org/%0aalert(1)"),
        ("url", "https://me:secret@example.org/"),
        ("url", "https://[::1"),
        ("url", "https://exa mple.org"),
        ("ip", "192.0.2.1/24"),
        ("ip", "host"),
        ("ip", 3221225985),
        ("ip_network", "192.0.2.1/24"),
        ("ip_network", "192.0.2.0/33"),
        ("mac", "00:53:00:ab:cd"),
        ("mac", "00:53:00:ab:cd:eg"),
        ("text_list", "a"),
        ("text_list", ["a", 1]),
        ("share", 1.01),
        ("share", -0.01),
    ],
)
def test_refused(registry, kind, value):
    with pytest.raises(BadInput) as error:
        stored(registry, kind, value)
    (problem,) = error.value.problems
    assert problem.code == "ATTRIBUTE_VALUE"
    assert problem.path == (f"a_{kind}",)


def test_all_problems_at_once_each_with_its_path(registry):
    values = {"a_ip": "x", "a_enum": "frnt", "a_strng": "y", "listed": [1]}
    with pytest.raises(BadInput) as error:
        registry.storable("Thing", values, partial=False, path=(3, "attributes"))
    found = {problem.path: problem for problem in error.value.problems}
    assert {path[-1]: problem.code for path, problem in found.items()} == {
        "a_ip": "ATTRIBUTE_VALUE",
        "a_enum": "ATTRIBUTE_VALUE",
        "a_strng": "ATTRIBUTE_UNKNOWN",
        "listed": "ATTRIBUTE_VALUE",
        "needed": "ATTRIBUTE_REQUIRED",
    }
    assert all(path[:2] == (3, "attributes") for path in found)
    assert "front" in found[3, "attributes", "a_enum"].remedy
    assert "a_string" in found[3, "attributes", "a_strng"].remedy


def test_null_clears_in_an_update_and_is_absent_otherwise(registry):
    assert registry.storable("Thing", {"a_ip": None}, partial=True) == {"a_ip": None}
    full = {"a_ip": None, "needed": "x", "listed": ["y"]}
    assert registry.storable("Thing", full, partial=False) == {"needed": "x", "listed": ["y"]}


@pytest.mark.parametrize("value", [None, ""])
def test_required_cannot_be_cleared(registry, value):
    problems = registry.check_attributes("Thing", {"needed": value}, partial=True)
    assert [each.code for each in problems] == ["ATTRIBUTE_REQUIRED"]
    assert registry.check_attributes("Thing", {}, partial=True) == []


def test_a_sensitive_value_is_not_repeated(registry):
    (problem,) = registry.check_attributes("Thing", {"a_secret": "hunter2"}, partial=True)
    assert "hunter2" not in problem.sentence()


def test_no_ci_of_an_abstract_or_unknown_type(registry):
    with pytest.raises(BadInput) as error:
        registry.storable("Base", {}, partial=True)
    assert error.value.code == "ABSTRACT_TYPE"
    assert "Thing" in error.value.problem.remedy
    with pytest.raises(NotFound) as missing:
        registry.storable("Thng", {}, partial=True)
    assert "'Thing'" in missing.value.problem.remedy


ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.dates(), st.lists(st.text())
)


@given(kind=st.sampled_from([*KINDS, "enum", "share", "unique"]), value=ANYTHING)
def test_whatever_is_accepted_can_be_stored_and_stays_as_it_is(registry, kind, value):
    once, problems = registry.normalise("Thing", {f"a_{kind}": value}, partial=True)
    if not problems:
        canonical(once)
        assert registry.normalise("Thing", once, partial=True) == (once, [])


def test_speed_of_bulk_checks(registry):
    row = {"needed": "x", "listed": ["y"], "a_string": "z", "a_integer": 1, "a_float": 1.5}
    row |= {"a_boolean": True, "a_enum": "front", "a_unique": "u", "a_share": 0.5}
    started = process_time()
    for _ in range(5_000):
        registry.check_attributes("Thing", row, partial=False)
    assert 5_000 * len(row) / (process_time() - started) >= 200_000
