"""Questions about records: filters, orders and pages, compared with what Python finds in them."""

import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied
from fitsm_graph.graph.driver import Endpoint

EVERY = "key title priority status startsAt affects { effect element { key } }"
REGISTER = """mutation R($i: RegisterIncidentInput!) {
  registerIncident(input: $i) { ok errors { code message } incident { key } } }"""
RESOLVE = """mutation E($i: ResolveIncidentInput!) {
  resolveIncident(input: $i) { ok errors { code message } } }"""
ELEMENT = "mutation E($i: RegisterElementInput!) { registerElement(input: $i) { ok } }"
LIST = f"""query L($where: IncidentWhere, $by: [IncidentOrderBy!], $first: Int, $after: String) {{
  incidents(where: $where, orderBy: $by, first: $first, after: $after) {{
    totalCount nodes {{ {EVERY} }} pageInfo {{ hasNextPage endCursor }} }} }}"""
KEYS = ("a", "b", "c", "d")
EFFECTS = ("DOWN", "DEGRADED", "AT_RISK")
Record = Mapping[str, Any]
Asked = tuple[dict[str, Any], Callable[[Record], bool]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def caller(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Caller]:
    await emptied(neo4j_endpoint)
    pick = random.Random(7)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("product")) as made:
        for key in KEYS:
            server = {"kind": "CI", "type": "Server", "key": key, "name": key.upper()}
            assert (await made.ask(ELEMENT, i=server))["registerElement"]["ok"]
        for number in range(12):
            hit = pick.sample(KEYS, pick.randrange(1, 4))
            given = {
                "title": pick.choice(["No power", "no light", "Slow", "ñandú 🦤"]),
                "affects": [{"element": key, "effect": pick.choice(EFFECTS)} for key in hit],
                "startsAt": f"2026-01-{1 + pick.randrange(5):02}T00:00:00Z",
            }
            told = (await made.ask(REGISTER, i=given))["registerIncident"]
            assert told["ok"], told
            if number % 3 == 0:
                over = {"ref": told["incident"]["key"], "resolution": "done"}
                assert (await made.ask(RESOLVE, i=over))["resolveIncident"]["ok"]
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def records(caller: Caller) -> Sequence[Record]:
    found: Sequence[Record] = (await caller.ask(LIST))["incidents"]["nodes"]
    assert len(found) == 12
    return found


# --- filters made up, each with what it means -----------------------------------------------------


def any_filter(pick: random.Random, depth: int = 0) -> Asked:
    if depth < 2 and pick.random() < 0.4:
        return _group(pick, depth)
    return pick.choice([_title, _status, _moment, _open, _affects])(pick)


def _group(pick: random.Random, depth: int) -> Asked:
    word = pick.choice(["AND", "OR", "NOT"])
    parts = [any_filter(pick, depth + 1) for _ in range(1 if word == "NOT" else pick.randrange(3))]
    given = [each for each, _ in parts]
    holds = [each for _, each in parts]
    if word == "NOT":
        return {"NOT": given[0]}, lambda r: not holds[0](r)
    if word == "AND":
        return {"AND": given}, lambda r: all(each(r) for each in holds)
    return {"OR": given}, lambda r: any(each(r) for each in holds)


def _title(pick: random.Random) -> Asked:
    word = pick.choice(["no", "No power", "🦤", ""])
    if pick.random() < 0.5:
        return {"title": {"contains": word}}, lambda r: word in r["title"]
    given = {"eq": word.upper(), "ignoreCase": True}
    return {"title": given}, lambda r: r["title"].lower() == word.lower()


def _status(pick: random.Random) -> Asked:
    word = pick.choice(["registered", "resolved", "other"])
    if pick.random() < 0.5:
        return {"status": {"ne": word}}, lambda r: r["status"] != word
    return {"status": {"in": [word]}}, lambda r: r["status"] == word


def _moment(pick: random.Random) -> Asked:
    day = f"2026-01-{1 + pick.randrange(5):02}T00:00:00"
    return {"startsAt": {"gte": f"{day}Z"}}, lambda r: r["startsAt"] >= day


def _open(pick: random.Random) -> Asked:
    wanted = pick.random() < 0.5
    return {"open": wanted}, lambda r: (r["status"] == "registered") == wanted


def _affects(pick: random.Random) -> Asked:
    key, effect = pick.choice(KEYS), pick.choice(EFFECTS)
    inner = pick.choice([{"element": {"key": {"eq": key}}}, {"effect": {"eq": effect}}])

    def fits(link: Record) -> bool:
        return (link["element"]["key"] == key) if "element" in inner else link["effect"] == effect

    word = pick.choice(["some", "every", "none", "count"])
    if word == "count":
        return {"affects": {"count": {"gt": 1}}}, lambda r: len(r["affects"]) > 1
    holds: dict[str, Callable[[Record], bool]] = {
        "some": lambda r: any(map(fits, r["affects"])),
        "every": lambda r: all(map(fits, r["affects"])),
        "none": lambda r: not any(map(fits, r["affects"])),
    }
    return {"affects": {word: inner}}, holds[word]


async def test_filters_find_what_python_finds(caller: Caller, records: Sequence[Record]) -> None:
    sizes = set()
    for seed in range(150):
        where, holds = any_filter(random.Random(seed))
        found = (await caller.ask(LIST, where=where))["incidents"]
        wanted = [each for each in records if holds(each)]
        assert found["nodes"] == wanted, where
        assert found["totalCount"] == len(wanted), where
        sizes.add(len(wanted))
    assert len(sizes) > 6, "the control: filters differ in what they let through"


@pytest.mark.parametrize("size", [1, 5, 12])
@pytest.mark.parametrize("by", [[], [{"title": "ASC"}], [{"startsAt": "DESC"}, {"key": "ASC"}]])
async def test_pages_go_through_all_in_order(
    caller: Caller, records: Sequence[Record], by: list[Any], size: int
) -> None:
    seen: list[Record] = []
    after = None
    while True:
        page = (await caller.ask(LIST, by=by, first=size, after=after))["incidents"]
        seen += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    wanted = list(records)
    for key in reversed(by):
        ((name, way),) = key.items()
        wanted.sort(key=lambda r, name=name: r[name], reverse=way == "DESC")
    assert seen == wanted


async def test_a_cursor_of_another_filter_leads_nowhere(caller: Caller) -> None:
    page = (await caller.ask(LIST, first=1))["incidents"]
    after = page["pageInfo"]["endCursor"]
    told = await caller.told(LIST, where={"open": True}, after=after)
    assert told["errors"][0]["extensions"]["code"] == "INVALID_CURSOR"


async def test_one_is_found_by_key_and_by_id(caller: Caller, records: Sequence[Record]) -> None:
    document = "query O($by: ElementRef!) { incident(by: $by) { id key kind __typename } }"
    key = records[0]["key"]
    found = (await caller.ask(document, by={"key": key}))["incident"]
    assert (found["key"], found["kind"], found["__typename"]) == (key, "Incident", "Incident")
    assert (await caller.ask(document, by={"id": found["id"]}))["incident"] == found
    assert (await caller.ask(document, by={"key": "INC-999999"}))["incident"] is None
    change = "query O($by: ElementRef!) { change(by: $by) { key } }"
    assert (await caller.ask(change, by={"id": found["id"]}))["change"] is None


async def test_elements_in_it_are_elements_with_their_states(caller: Caller) -> None:
    document = """{ incidents(where: {open: true}, first: 1) {
      nodes { affects { effect element { key state ... on CI { type } } } } } }"""
    (one,) = (await caller.ask(document))["incidents"]["nodes"]
    for link in one["affects"]:
        assert link["element"]["type"] == "Server"
        assert link["element"]["state"] != "UP"


async def test_a_question_is_one_statement(caller: Caller) -> None:
    graph = caller.product.graph
    where = {"affects": {"some": {"element": {"key": {"eq": "a"}}}}, "open": True}
    await caller.ask(LIST, where=where)
    before = graph.statements
    await caller.ask(LIST, where=where)
    assert graph.statements - before <= 2, "the question, and how fresh it is"
