"""Aggregates over HTTP, against groups made by hand of the database's rows."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied
from e2e.test_graph_questions import rows_of
from fitsm_graph.cli.run import load_demo
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request
from fitsm_graph.sms.service import register_party
from graph.syncing import run
from oracles import naive_groups, naive_walks
from oracles.naive_groups import items, part, plain

REQUEST = Request(actor="setup", via="test")
ROWS = """MATCH (n:Element) RETURN n { .*, kind: [l IN labels(n) WHERE l IN ['Service',
  'ServiceComponent', 'CI', 'RedundancyGroup']][0],
  owner: [(n)-[:OWNED_BY]->(o) | o.key][0] } AS row"""
MEASURES = """count distinct: countDistinct(field: $f) min(field: $f) max(field: $f) sum(field: $f)
  avg(field: $f) p50(field: $f) p95(field: $f) p10: percentile(field: $f, p: 0.1)"""


INCIDENTS = """MATCH (n:Incident) RETURN n { .*, open: n.closed_at IS NULL,
  owner: [(n)-[:OWNED_BY]->(o) | o.key][0], affects: [(n)-[:AFFECTS]->(e) | e.key] } AS row"""
REGISTER = """mutation R($title: String!, $affects: [HitInput!]!) {
  registerIncident(input: {title: $title, affects: $affects}) { ok incident { key } } }"""
REJECT = """mutation J($ref: ID!) {
  rejectIncident(input: {ref: $ref, givenUpAs: NONE_AT_ALL, why: "none"}) { ok } }"""
ASSIGN = 'mutation A($ref: ID!) { assignIncident(input: {ref: $ref, owner: "ann"}) { ok } }'


class Estate:
    """A caller on the demo organisation, its rows, incidents, and the field that is measured."""

    def __init__(
        self,
        caller: Caller,
        rows: list[dict[str, Any]],
        incidents: list[dict[str, Any]],
        number: tuple[str, str],
    ) -> None:
        self.caller, self.rows, self.incidents = caller, rows, incidents
        self.field, self.stored = number

    def of(self, kind: str | None) -> list[dict[str, Any]]:
        return [row for row in self.rows if kind in {None, row["kind"]}]


async def happened(caller: Caller) -> None:
    """Incidents of several elements, owners and states."""
    graph = caller.product.graph
    await graph.write(register_party, REQUEST, "Person", {"key": "ann", "name": "Ann"})
    told = await caller.ask(
        "{ cis(first: 3) { nodes { key } } services(first: 1) { nodes { key } } }"
    )
    hosts, (service,) = ([each["key"] for each in told[name]["nodes"]] for name in told)
    for number in range(6):
        hit = [{"element": hosts[number % 3], "effect": "DEGRADED"}]
        hit += [{"element": service, "effect": "DOWN"}] if number % 2 else []
        made = await caller.ask(REGISTER, title=f"no {number}", affects=hit)
        key = made["registerIncident"]["incident"]["key"]
        for document in (REJECT,) if number < 2 else (ASSIGN,) if number < 4 else ():
            (done,) = (await caller.ask(document, ref=key)).values()
            assert done["ok"], (document, done)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def estate(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Estate]:
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("groups")) as caller:
        await load_demo(caller.product)
        await caller.ask("""mutation { registerIncident(input: {title: "x",
            affects: [{element: "sto-a", effect: DEGRADED}]}) { ok } }""")
        await happened(caller)
        rows = [row for (row,) in await run(caller.product.graph, ROWS)]
        incidents = [row for (row,) in await run(caller.product.graph, INCIDENTS)]
        states = await caller.ask("{ elements(first: 5000) { nodes { id state } } }")
        by_id = {node["id"]: node["state"] for node in states["elements"]["nodes"]}
        walks = await rows_of(caller)
        upstream = walks.walked("UPSTREAM")
        services = [row for row in rows if row["kind"] == "Service"]
        needed = {row["key"]: naive_walks.hops(upstream, [row["id"]]) for row in services}
        for row in rows:
            row["state"] = by_id[row["id"]]
            row["service"] = [key for key, ids in needed.items() if row["id"] in ids]
        yield Estate(caller, rows, incidents, numeric(caller, rows))


def numeric(caller: Caller, rows: list[dict[str, Any]]) -> tuple[str, str]:
    """The whole-number attribute that most CIs know, by both of its names."""
    registry = caller.product.registry
    names = {
        each.name: each.graphql_name
        for type in registry.ci_types
        for each in registry.attributes(type).values()
        if each.kind.value == "integer"
    }
    most = max(names, key=lambda name: len(naive_groups.known(rows, name)))
    assert len(naive_groups.known(rows, most)) > 10
    return names[most], most


def keyed(answer: Any) -> list[tuple[tuple[Any, ...], dict[str, Any]]]:
    return [
        (tuple(key["value"] for key in row["keys"]), {n: v for n, v in row.items() if n != "keys"})
        for row in answer["rows"]
    ]


CASES: dict[str, tuple[str, str | None, str, list[Any]]] = {
    "by type": ("cis", "CI", '{field: "type"}', [plain("type")]),
    "by owner": ("cis", "CI", '{field: "owner"}', [plain("owner")]),
    "by kind": ("elements", None, '{field: "kind"}', [plain("kind")]),
    "by state": ("elements", None, '{field: "state"}', [plain("state")]),
    "by service": ("cis", "CI", '{field: "service"}', [items("service")]),
    "by service and state": (
        "cis", "CI", '{field: "service"}, {field: "state"}', [items("service"), plain("state")],
    ),
    "by criticality": ("services", "Service", '{field: "criticality"}', [plain("criticality")]),
    "by nothing": ("cis", "CI", "", []),
    "by vendor": ("cis", "CI", '{field: "vendor"}', [plain("vendor")]),
    **{
        f"by {per}": (
            "cis", "CI", f'{{field: "createdAt", per: {per}}}', [part("created_at", per)],
        )
        for per in ("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR")
    },
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
async def test_groups_and_measures_are_those_made_by_hand(estate: Estate, name: str) -> None:
    lists, kind, by, keys = CASES[name]
    if "vendor" in by and not naive_groups.known(estate.rows, "vendor"):
        by, keys = '{field: "name"}', [plain("name")]
    measured = MEASURES if kind == "CI" else "count"
    variable = "query A($f: String!)" if kind == "CI" else "query A"
    document = f"""{variable} {{ {lists}Aggregate(groupBy: [{by}], first: 1000) {{
        groupCount complete note rows {{ keys {{ value }} {measured} }} }} }}"""
    asked = await estate.caller.ask(document, **({"f": estate.field} if kind == "CI" else {}))
    answer = asked[f"{lists}Aggregate"]
    found = naive_groups.groups(estate.of(kind), keys)
    assert [place for place, _ in keyed(answer)] == naive_groups.in_order(found)
    for place, row in keyed(answer):
        wanted = naive_groups.measured(found[place], estate.stored)
        assert row == pytest.approx({each: wanted[each] for each in row}), place
    assert (answer["groupCount"], answer["complete"], answer["note"]) == (
        len(found), True, "complete",
    )  # fmt: skip


async def test_filters_limit_what_is_grouped_and_having_which_groups_are_told(
    estate: Estate,
) -> None:
    document = """query A($f: String!) { cisAggregate(
        where: {owner: {key: {isNull: false}}, NOT: {state: {eq: UP}}}
        groupBy: [{field: "type"}]
        having: {OR: [{measure: COUNT, gte: 3}, {measure: MAX, field: $f, gt: 16}]}
        orderBy: [{measure: COUNT, direction: DESC}]) { rows { keys { name value } count } } }"""
    plainer = document.replace("owner: {key: {isNull: false}}, ", "")
    asked = await estate.caller.ask(plainer, f=estate.field)
    rows = [row for row in estate.of("CI") if row["state"] != "UP"]
    found = naive_groups.groups(rows, [plain("type")])
    kept = {
        place: len(each)
        for place, each in found.items()
        if len(each) >= 3 or max(naive_groups.known(each, estate.stored), default=0) > 16
    }
    told = [(row["keys"][0]["value"], row["count"]) for row in asked["cisAggregate"]["rows"]]
    assert told == sorted(((p[0], n) for p, n in kept.items()), key=lambda e: (-e[1], e[0]))
    assert told


async def test_having_knows_not_and_between(estate: Estate) -> None:
    document = """{ cisAggregate(groupBy: [{field: "type"}], first: 1000
        having: {gte: 2, NOT: {OR: [{gt: 20}, {eq: 5}]}, AND: [{ne: 3}]}) { rows { count } } }"""
    asked = await estate.caller.ask(document)
    found = naive_groups.groups(estate.of("CI"), [plain("type")])
    counts = sorted(len(each) for each in found.values())
    told = sorted(row["count"] for row in asked["cisAggregate"]["rows"])
    assert told == [n for n in counts if 2 <= n <= 20 and n not in {3, 5}]


async def test_only_the_first_are_shown_and_it_is_said(estate: Estate) -> None:
    document = """query A($n: Int!, $count: Boolean!) { cisAggregate(groupBy: [{field: "type"}],
        first: $n) { groupCount @include(if: $count) complete note rows { count } } }"""
    types = len({row["type"] for row in estate.of("CI")})
    told = (await estate.caller.ask(document, n=3, count=True))["cisAggregate"]
    assert (told["groupCount"], told["complete"], len(told["rows"])) == (types, False, 3)
    assert told["note"] == f"the first 3 of {types} groups are shown"
    short = (await estate.caller.ask(document, n=3, count=False))["cisAggregate"]
    assert (short["complete"], short["note"]) == (False, "the first 3 groups are shown")
    none = (await estate.caller.ask(document, n=0, count=True))["cisAggregate"]
    assert (none["rows"], none["groupCount"]) == ([], types)


async def test_one_field_measured_twice_and_under_other_names(estate: Estate) -> None:
    document = """query A($f: String!) { cisAggregate { a: rows { __typename n: count
        x: avg(field: $f) y: avg(field: $f) } b: rows { __typename m: max(field: $f) } } }"""
    told = (await estate.caller.ask(document, f=estate.field))["cisAggregate"]
    wanted = naive_groups.measured(estate.of("CI"), estate.stored)
    mean = pytest.approx(wanted["avg"])
    row = {"__typename": "GroupRow", "n": wanted["count"], "x": mean, "y": mean}
    assert told["a"] == [row]
    assert told["b"] == [{"__typename": "GroupRow", "m": wanted["max"]}]


async def test_it_costs_one_statement_whatever_is_grouped(estate: Estate) -> None:
    document = """{ a: cisAggregate(groupBy: [{field: "service"}, {field: "state"},
          {field: "owner"}]) { groupCount rows { count } }
        b: elementsAggregate(where: {text: "server"}, groupBy: [{field: "kind"}]) {
          rows { count } } }"""
    graph = estate.caller.product.graph
    await estate.caller.ask(document)
    before = graph.statements
    await estate.caller.ask(document)
    assert graph.statements - before <= 2 + 1


@pytest.mark.parametrize(
    ("arguments", "rows", "code"),
    [
        ('groupBy: [{field: "noSuch"}]', "count", "UNKNOWN_FIELD"),
        ('groupBy: [{field: "type", per: MONTH}]', "count", "BAD_INPUT"),
        ("first: 5", 'avg(field: "name")', "BAD_INPUT"),
        ("first: 5", 'sum(field: "noSuch")', "UNKNOWN_FIELD"),
        ("first: 5", 'max(field: "owner")', "BAD_INPUT"),
        ("first: 5", 'percentile(field: "version", p: 2)', "BAD_INPUT"),
        ('orderBy: [{key: "type"}]', "count", "BAD_INPUT"),
        ("orderBy: [{measure: AVG}]", "count", "BAD_INPUT"),
        ('having: {gt: "a"}', "count", "BAD_INPUT"),
        ("first: -1", "count", "BAD_INPUT"),
        ("groupBy: [" + '{field: "type"}' * 9 + "]", "count", "BAD_INPUT"),
    ],
)
async def test_what_makes_no_sense_is_refused_with_a_code(
    estate: Estate, arguments: str, rows: str, code: str
) -> None:
    document = f"{{ cisAggregate({arguments}) {{ rows {{ {rows} }} }} }}"
    assert await estate.caller.code(document) == code


async def test_services_have_no_attributes_of_cis(estate: Estate) -> None:
    document = """query A($f: String!) { servicesAggregate(groupBy: [{field: $f}]) {
        rows { count } } }"""
    assert await estate.caller.code(document, f=estate.field) == "UNKNOWN_FIELD"


async def test_groups_are_groups_where_nothing_is_measured(estate: Estate) -> None:
    """Only keys, only their number, or nothing at all of the rows."""
    types = {row.get("type") for row in estate.of("CI")}
    by_type = 'cisAggregate(groupBy: [{field: "type"}], first: 1000)'
    keys = (await estate.caller.ask(f"{{ {by_type} {{ rows {{ keys {{ value }} }} }} }}"))[
        "cisAggregate"
    ]["rows"]
    assert [row["keys"][0]["value"] for row in keys] == sorted(types)
    counted = await estate.caller.ask(f"{{ {by_type} {{ groupCount complete note }} }}")
    assert counted["cisAggregate"]["groupCount"] == len(types) < len(estate.of("CI"))
    for document in (
        "{ cisAggregate { groupCount rows { __typename } } }",
        "{ cisAggregate(having: {}) { groupCount rows { keys { value } } } }",
        '{ cisAggregate(where: {key: {eq: "nowhere"}}) { groupCount rows { __typename } } }',
    ):
        whole = (await estate.caller.ask(document))["cisAggregate"]
        assert (whole["groupCount"], len(whole["rows"])) == (1, 1), "all elements are one group"


# --- records -------------------------------------------------------------------------------------

OF_RECORDS: dict[str, tuple[str, list[Any]]] = {
    "by status": ('{field: "status"}', [plain("status")]),
    "by whether they are open": ('{field: "open"}', [plain("open")]),
    "by owner": ('{field: "owner"}', [plain("owner")]),
    "by element": ('{field: "affects"}', [items("affects")]),
    "by element and day": (
        '{field: "affects"}, {field: "createdAt", per: DAY}',
        [items("affects"), part("created_at", "DAY")],
    ),
    "by nothing": ("", []),
}


@pytest.mark.parametrize("name", OF_RECORDS)
async def test_records_are_grouped_as_by_hand(estate: Estate, name: str) -> None:
    by, keys = OF_RECORDS[name]
    document = f"""query A($f: String!) {{ incidentsAggregate(groupBy: [{by}], first: 1000) {{
        groupCount complete note rows {{ keys {{ value }} {MEASURES} }} }} }}"""
    answer = (await estate.caller.ask(document, f="priority"))["incidentsAggregate"]
    found = naive_groups.groups(estate.incidents, keys)
    assert [place for place, _ in keyed(answer)] == naive_groups.in_order(found)
    for place, row in keyed(answer):
        wanted = naive_groups.measured(found[place], "priority")
        assert row == pytest.approx({each: wanted[each] for each in row}), place


async def test_records_are_filtered_as_in_their_list(estate: Estate) -> None:
    hit = estate.incidents[-1]["affects"][0]
    where = f'{{open: true, affects: {{some: {{element: {{key: {{eq: "{hit}"}}}}}}}}}}'
    document = f"""{{ incidentsAggregate(where: {where}, groupBy: [{{field: "status"}}],
        having: {{gte: 1}}, orderBy: [{{measure: COUNT, direction: DESC}}]) {{
        rows {{ keys {{ name value }} count }} }}
        incidents(where: {where}) {{ totalCount }} }}"""
    told = await estate.caller.ask(document)
    rows = told["incidentsAggregate"]["rows"]
    meant = [row for row in estate.incidents if row["open"] and hit in row["affects"]]
    assert sum(row["count"] for row in rows) == told["incidents"]["totalCount"] == len(meant) > 1
    assert {row["keys"][0]["value"] for row in rows} == {row["status"] for row in meant}


async def test_what_records_do_not_have_is_refused(estate: Estate) -> None:
    document = '{ incidentsAggregate(groupBy: [{field: "prio"}]) { complete } }'
    (error,) = (await estate.caller.told(document))["errors"]
    assert error["extensions"]["code"] == "UNKNOWN_FIELD"
    assert "priority" in error["extensions"]["remedy"]
