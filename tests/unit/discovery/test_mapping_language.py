"""The mapping language: expressions, templates, rules, joins, groups, and what a lint finds."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitsm_graph.confm.types import default_registry
from fitsm_graph.discovery.mapping import Given, compile_mapping, run_mapping
from fitsm_graph.discovery.mapping.expression import BadExpression, compile_expression
from fitsm_graph.discovery.mapping.filters import FILTERS
from fitsm_graph.discovery.mapping.lint import lint
from fitsm_graph.discovery.mapping.template import compile_value
from fitsm_graph.discovery.mapping.values import Unfit
from fitsm_graph.kernel.errors import BadInput, Problem
from fitsm_graph.model.observation import Observation

HEAD = "format: x\ndoc: X\nreads: [json]\ndetect: [a]\n"
DOCUMENT: dict[str, Any] = {
    "a": {"b": [{"c": 1, "n": ["x", "y"]}, {"c": 2, "n": "z"}, {"d": 0}]},
    "services": {"k": {"v": 1}, "l": {"v": 2}},
    "@id": "7",
    "text": "Hello",
    "odd key": 5,
    "address": "https://host.example:8080/x",
    "zero": 0,
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a.b[].c", [1, 2]),
        ("a.b[].n[]", ["x", "y", "z"]),
        ("a.b[?c == 2].n | first", "z"),
        ("a.b[?c > 1 && n == 'z'].c", [2]),
        ("a.b[0].c", 1),
        ("a.b[-1].d", 0),
        ("a.b[9].c", None),
        ("services.*.v", [1, 2]),
        ("services | items | first", {"key": "k", "value": {"v": 1}}),
        ("@id", "7"),
        ('"odd key"', 5),
        ("nothing.at.all", None),
        ("nothing || text", "Hello"),
        ("zero || text", 0),
        ("zero == 0 && text", "Hello"),
        ("!nothing", True),
        ("text =~ '^H.l'", True),
        ("'k' in services", True),
        ("3 in [1, 2]", False),
        ("services in services", False),  # a table where a name was expected
        ("a.b in services", False),
        ("text < 'I'", True),
        ("text < 3", False),
        ("$up.x", "outer"),
        ("address | host", "host.example"),
        ("address | port", 8080),
        ("'16Gi' | gib", 16.0),
        ("2048 | gib('MiB')", 2.0),
        ("'x' | integer?", None),
        ("'00-50-56-AB-cd-01' | mac", "00:50:56:ab:cd:01"),
        ("'10.0.0.7/24' | ip", "10.0.0.7"),
        ("'31/12/2026' | date('%d/%m/%Y')", "2026-12-31"),
        ("1434208621 | moment", "2015-06-13T15:17:01.000000Z"),
        ("'db[01:03]' | expand", ["db01", "db02", "db03"]),
        ("'resource:db' | reference('component', 'default')", "resource:default/db"),
        ("[text, a.b[].c] | flatten", ["Hello", 1, 2]),
        ("'ClusterIP' | snake", "cluster_ip"),
    ],
)
def test_expressions(text: str, value: object):
    made = compile_expression(text, FILTERS)(DOCUMENT, {"up": {"x": "outer"}})
    assert made == value
    assert type(made) is type(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x/{text}/{@id}", "x/Hello/7"),
        ("x/{nothing}", None),
        ("{a.b[].c}-{text}", ["1-Hello", "2-Hello"]),
        (12, 12),
        (True, True),
        ("'a{b}'", "a{b}"),
    ],
)
def test_templates(text: object, value: object):
    assert compile_value(text, FILTERS)(DOCUMENT, {}) == value


@pytest.mark.parametrize(
    "text",
    [
        "a..b",
        "a.b[",
        "a |",
        "a | nofilter",
        "a b",
        "'open",
        "a[?b",
        "(a",
        "a =~ b",
        "a =~ '('",
        "x/{a",
        "a}/{b}",
        "{ }",
        "#",
        "",
    ],
)
def test_what_is_no_expression_is_refused_when_it_is_compiled(text: str):
    with pytest.raises(BadExpression):
        compile_value(text, FILTERS)


@pytest.mark.parametrize("text", ["'x' | integer", "a | mac", "'1/2' | ip", "'12 parsecs' | gib"])
def test_a_value_that_does_not_fit_says_so(text: str):
    with pytest.raises(Unfit):
        compile_expression(text, FILTERS)(DOCUMENT, {})


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet="ab.[]?|&!=<>()'\"@$*, 01{}", max_size=25))
def test_any_text_is_an_expression_or_refused(text: str):
    with suppress(BadExpression, Unfit):
        compile_value(text, FILTERS)({"a": [{"b": 1}], "b": "x"}, {})


def made(mapping: str, *documents: Any, scope: str = "default") -> list[Observation | Problem]:
    compiled = compile_mapping(HEAD + mapping, "x.yaml")
    places = [(f"document {n}", each) for n, each in enumerate(documents, start=1)]
    return list(run_mapping(compiled, places, Given(scope)))


def elements(found: list[Observation | Problem]) -> dict[str, Observation]:
    return {each.key: each for each in found if isinstance(each, Observation)}


def problems(found: list[Observation | Problem]) -> list[Problem]:
    return [each for each in found if isinstance(each, Problem)]


def ends(it: Observation) -> set[tuple[str, str]]:
    return {(each.type, each.key) for each in it.relations}


SWITCHES = """
records:
  - each: "[]"
    when: kind == 'switch'
    type: Switch
    key: d/{name}
    relations:
      - {type: CONNECTED_TO, both_ends: true, known: true, to: "d/{peers[]}"}
  - each: "[]"
    type: Host
    key: d/{name}
    relations:
      - {type: UPLINKED_TO, to: "d/{peers[]}", group: {word: uplinks, need: 1, grounded: true}}
"""


def test_neighbouring_rules_are_a_switch_and_a_link_of_both_ends_is_one():
    found = elements(
        made(
            SWITCHES,
            [
                {"name": "a", "kind": "switch", "peers": ["b", "gone"]},
                {"name": "b", "kind": "switch", "peers": ["a"]},
                {"name": "h", "peers": ["a", "b"]},
                {"name": "i", "peers": ["a"]},
            ],
        )
    )
    assert {key: each.type for key, each in found.items()} == {
        "d/a": "Switch",
        "d/b": "Switch",
        "d/h": "Host",
        "d/i": "Host",
        "d/h/uplinks": "RedundancyGroup",
    }
    cables = [(key, r.key) for key, e in found.items() for r in e.relations if r.type[0] == "C"]
    assert cables == [("d/a", "d/b")]
    assert ends(found["d/h"]) == {("UPLINKED_TO", "d/h/uplinks")}
    assert ends(found["d/i"]) == {("UPLINKED_TO", "d/a")}
    assert ends(found["d/h/uplinks"]) == {("HAS_MEMBER", "d/a"), ("HAS_MEMBER", "d/b")}
    assert found["d/h/uplinks"].attributes["grounded"] is True


@pytest.mark.parametrize(
    ("need", "count"),
    [("all", 5), ("all_but_one", 4), ("majority", 3), ("2", 2), ("quorum", 3), ("9", 9)],
)
def test_how_many_of_a_group_are_needed(need: str, count: int):
    mapping = f"""
records:
  - type: Cluster
    key: "'c'"
    relations:
      - {{type: FORMED_BY, to: "m/{{members[]}}", group: {{need: {need}, always: true}}}}
"""
    found = elements(made(mapping, {"members": list("abcde"), "quorum": 3}))
    assert found["c/members"].attributes["need"] == count


JOINS = """
tables: {kinds: {db: Database}}
indexes:
  - {name: by_label, each: pods, by: labels | pairs, value: "p/{name}"}
records:
  - each: pods
    type: KubernetesPod
    key: p/{name}
  - each: services
    type: KubernetesService
    key: s/{name}
    relations:
      - {type: EXPOSES, to: "selector | pairs | find_all('by_label')", group: {word: pods}}
  - each: things
    type: {of: kind, table: $kinds}
    key: t/{name}
"""


def test_joins_find_what_has_all_keys():
    found = made(
        JOINS,
        {
            "pods": [
                {"name": "1", "labels": {"app": "a", "tier": "x"}},
                {"name": "2", "labels": {"app": "a", "tier": "x"}},
                {"name": "3", "labels": {"app": "a", "tier": "y"}},
            ],
            "services": [
                {"name": "all", "selector": {"app": "a"}},
                {"name": "y", "selector": {"tier": "y", "app": "a"}},
                {"name": "none", "selector": {}},
            ],
            "things": [{"kind": "db", "name": "d"}, {"kind": "what", "name": "w"}],
        },
    )
    known = elements(found)
    assert len(known["s/all/pods"].relations) == 3
    assert ends(known["s/y"]) == {("EXPOSES", "p/3")}
    assert ends(known["s/none"]) == set()
    assert known["t/d"].type == "Database"
    assert [each.code for each in problems(found)] == ["UNKNOWN_TYPE"]
    assert "t/w" not in known or known["t/w"].type == ""


WEAK = """
records:
  - each: seen
    type: Host
    key: h/{name}
    weak: true
    set: {os_name: os, hostname: "'guess'"}
  - each: listed
    type: Server
    key: h/{name}
    set: {hostname: name}
"""


@pytest.mark.parametrize("order", ["as written", "turned"])
def test_what_is_only_mentioned_gives_way_in_either_order(order: str):
    mapping = WEAK
    if order == "turned":
        head, first, second = WEAK.partition("  - each: listed")
        rules = head.split("records:\n")[1]
        mapping = "records:\n" + first + second + rules
    it = elements(made(mapping, {"seen": [{"name": "a", "os": "L"}], "listed": [{"name": "a"}]}))
    assert it["h/a"].type == "Server"
    assert it["h/a"].attributes == {"hostname": "a", "os_name": "L"}


def test_two_types_for_one_key_are_a_problem_and_the_first_stands():
    found = made(WEAK.replace("    weak: true\n", ""), {"seen": [{"name": "a"}], "listed": [{"name": "a"}]})  # fmt: skip  # noqa: E501 - one call
    assert elements(found)["h/a"].type == "Host"
    assert [each.code for each in problems(found)] == ["TWO_TYPES"]


def test_a_value_that_does_not_fit_keeps_its_row_out_and_no_other():
    mapping = "records:\n  - {each: '[]', type: Host, key: 'h/{n}', set: {cpu_count: c | number}}\n"
    found = made(mapping, [{"n": 1, "c": "many"}, {"n": 2, "c": "4"}, {"c": 1}, {"n": "a\nb"}])
    assert list(elements(found)) == ["h/2"]
    assert [(each.code, each.path[0]) for each in problems(found)] == [
        ("BAD_VALUE", "document 1, [] 1"),
        ("BAD_RECORD", "document 1, [] 3"),
        ("BAD_RECORD", "document 1, [] 4"),
    ]


def test_secrets_are_dropped_and_told():
    mapping = "records:\n  - {type: Application, key: \"'a'\", set: {source_url: url, stage: s}}\n"
    key = "-----BEGIN RSA " + "PRIVATE KEY-----\nMII"
    found = made(mapping, {"url": "https://u:" + "hunter2@git.example/x", "s": key})
    assert elements(found)["a"].attributes == {}
    assert [each.code for each in problems(found)] == ["SECRET_DROPPED"] * 2
    assert "hunter2" not in repr(found)


def test_what_is_refused_and_left_out_is_told():
    mapping = """
refuse:
  - {when: version == 1, message: it is old, remedy: make it anew}
left_out:
  - {each: noise, name: kind, why: it passes by}
records:
  - {type: Host, key: "h/{name}"}
"""
    old = made(mapping, {"version": 1, "name": "x"})
    assert [(each.code, each.remedy) for each in problems(old)] == [
        ("NOT_TAKEN_IN", "make it anew")
    ]
    assert elements(old) == {}
    noisy = made(mapping, {"name": "x", "noise": [{"kind": "Event"}] * 3})
    assert [each.message for each in problems(noisy)] == ["3 × Event left out"]


def test_a_scope_is_asked_for_where_it_is_needed():
    mapping = "scope_needed: it names nobody\nrecords: [{type: Host, key: 'h/{$scope}'}]\n"
    with pytest.raises(BadInput) as refused:
        made(mapping, {})
    assert refused.value.code == "SCOPE_NEEDED"
    assert list(elements(made(mapping, {}, scope="s1"))) == ["h/s1"]


GOOD = "records:\n  - {type: Server, key: name, set: {serial_number: sn}}\n"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (HEAD + "records: [{type: Host, key: name, sets: {}}]\n", 5, "no field 'sets'"),
        (HEAD + "records:\n  - type: Host\n", 6, "a type and a key"),
        (HEAD + "records: [{type: Host, key: 'a |'}]\n", 5, "is no expression"),
        (HEAD + "records: [{type: Host, key: $nothing}]\n", 5, "no name '$nothing'"),
        (HEAD + "records: [{type: Host, key: \"a | find('x')\"}]\n", 5, "no index 'x'"),
        (HEAD + "records: [{type: Host, key: a, let: b}]\n", 5, "no block 'b'"),
        (HEAD + "reads: [csv]\n" + GOOD, 5, "stands twice"),
        (HEAD + "records: &a []\nx: *a\n", None, "anchor"),
        ("- a\n", 1, "describes no format"),
        ("format: x\n", None, "needs 'doc'"),
        (HEAD + "mode: never\n" + GOOD, 5, "'never' is no mode"),
        ("a: [", 2, "is not YAML"),
    ],
)
def test_a_faulty_mapping_is_refused_with_its_line(text: str, line: int | None, said: str):
    with pytest.raises(BadInput) as refused:
        compile_mapping(text, "x.yaml")
    found = [each for each in refused.value.problems if said in each.message]
    assert found, refused.value.problems
    assert found[0].path[0] == "x.yaml"
    if line is not None:
        assert found[0].path[1] == f"line {line}"


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ("[{type: Sever, key: a}]", "no CI type 'Sever'"),
        ("[{type: CloudResource, key: a}]", "no CI can be a CloudResource"),
        ("[{type: Server, key: a, set: {serial: a}}]", "no attribute 'serial'"),
        ("[{type: Vlan, key: a}]", "must have 'vlan_number'"),
        (
            "[{type: Server, key: a, relations: [{type: OVER, to: b}]}]",
            "no relationship type 'OVER'",
        ),
        (
            "[{type: Rack, key: a, relations: [{type: RUNS_ON, to: b}]}]",
            "cannot start from a Rack",
        ),
        (
            "[{type: Switch, key: a, relations: [{type: CONNECTED_TO, to: b}]}]",
            "both ends may state it",
        ),
        (
            "[{type: Host, key: a, relations: [{type: MEMBER_OF, to: b, group: {word: c}}]}]",
            "cannot lead to a redundancy group",
        ),
        (
            "[{each: x, type: Host, key: a}, {each: x, when: b, type: Server, key: a}]",
            "never reached",
        ),
        (
            "[{each: x, when: b, type: Host, key: a}, {each: x, when: b, type: Rack, key: a}]",
            "never reached",
        ),
        ("[{type: Server, key: a, set_for: {Rack: {}}}]", "never makes a Rack"),
        ("[{set: {a: b}}]", "makes nothing"),
    ],
)
def test_the_lint_knows_the_registry(records: str, said: str):
    mapping = compile_mapping(HEAD + f"records: {records}\n", "x.yaml")
    found = lint(mapping, default_registry())
    assert [each for each in found if said in each.message], found
    assert {each.path for each in found} == {("x.yaml", "line 5")}


def test_a_good_mapping_has_nothing_to_mend():
    assert lint(compile_mapping(HEAD + GOOD, "x.yaml"), default_registry()) == []
