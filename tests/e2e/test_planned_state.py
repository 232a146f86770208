"""The future state of an element, held against what changes plan, carry out and set aside."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied
from fitsm_graph import bootstrap
from fitsm_graph.confm.types import define_scope
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request
from fitsm_graph.sms import accounts

DAY = f"{datetime.now(UTC).year + 2}-03-01"
REQUEST = Request(actor="test", via="test")
ELEMENT = "mutation E($i: RegisterElementInput!) { registerElement(input: $i) { ok } }"
ASKED = """query P($of: ID!) { plannedState(of: $of) {
  what values relation source target change title status approved startsAt endsAt } }"""
REGISTER = """mutation R($i: RegisterChangeInput!) { registerChange(input: $i) {
  ok errors { code } change { key } } }"""
PLAN = "mutation P($i: PlanChangeInput!) { planChange(input: $i) { ok errors { code message } } }"
ESTATE = [
    {"kind": "Service", "key": "mail", "name": "Mail"},
    {"kind": "CI", "type": "Server", "key": 'a"\\b', "name": "A"},
    {"kind": "CI", "type": "Server", "key": "old", "name": "Old"},
    {"kind": "CI", "type": "Application", "key": "app", "name": "App"},
    {"kind": "CI", "type": "Application", "key": "bare", "name": "Bare"},
    {"kind": "CI", "type": "Server", "key": "side", "name": "Side"},
]
DIFFERENCE = {
    "add": [{"kind": "CI", "type": "Server", "key": "new", "name": "New"}],
    "change": [{"key": 'a"\\b', "attributes": {"cpuCount": 8}, "description": "better"}],
    "relate": [{"type": "DEPENDS_ON", "source": "mail", "target": "new"}],
    "unrelate": [{"type": "DEPENDS_ON", "source": "mail", "target": "old"}],
    "retire": ["old"],
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def caller(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Caller]:
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("product")) as made:
        for each in ESTATE:
            assert (await made.ask(ELEMENT, i=each))["registerElement"]["ok"]
        tie = {"type": "DEPENDS_ON", "source": "mail", "target": "old"}
        relate = "mutation T($i: RelateInput!) { relateElements(input: $i) { ok } }"
        assert (await made.ask(relate, i=tie))["relateElements"]["ok"]
        yield made


async def planned(caller: Caller, title: str, difference: Any, starts: str | None = None) -> str:
    """A change with a planned difference."""
    given: dict[str, Any] = {"title": title, "changes": [{"element": "old"}]}
    made = (await caller.ask(REGISTER, i=given))["registerChange"]
    key = str(made["change"]["key"])
    more = {"plannedStartsAt": starts, "plannedEndsAt": f"{starts[:11]}23:00:00Z"} if starts else {}
    told = await caller.ask(PLAN, i={"ref": key, "differenceOfGraph": difference, **more})
    assert told["planChange"]["ok"], told
    return key


async def future(caller: Caller, of: str) -> list[dict[str, Any]]:
    return list((await caller.ask(ASKED, of=of))["plannedState"])


async def test_what_is_planned_is_told_until_it_is_done_or_given_up(caller: Caller) -> None:
    change = await planned(caller, "a new host", DIFFERENCE, f"{DAY}T20:00:00Z")
    later = await planned(caller, "more", {"change": [{"key": "old", "name": "Older"}]})
    shared = {"change": change, "title": "a new host", "status": "registered", "approved": False}
    shared |= {"startsAt": f"{DAY}T20:00:00Z", "endsAt": f"{DAY}T23:00:00Z"}
    plain = {"relation": None, "source": None, "target": None}
    moments = ("startsAt", "endsAt")

    def told(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            each | {name: each[name] and f"{each[name][:19]}Z" for name in moments}
            for each in rows
        ]  # fmt: skip

    values = {"description": "better", "cpuCount": 8}
    assert told(await future(caller, 'a"\\b')) == [
        {"what": "change", "values": values, **plain, **shared}
    ]
    kinds = {"kind": "CI", "type": "Server", "name": "New"}
    tie = {"relation": "DEPENDS_ON", "source": "mail", "target": "new"}
    assert told(await future(caller, "new")) == [
        {"what": "add", "values": kinds, **plain, **shared},
        {"what": "relate", "values": {}, **tie, **shared},
    ]
    old = await future(caller, "old")
    assert [(each["what"], each["change"]) for each in old] == [
        ("unrelate", change), ("retire", change), ("change", later)
    ]  # fmt: skip
    assert await future(caller, "bare") == []
    assert await caller.code(ASKED, of="never") == "NOT_FOUND"
    cancel = f'mutation {{ cancelChange(input: {{ref: "{later}", why: "no"}}) {{ ok }} }}'
    assert (await caller.ask(cancel))["cancelChange"]["ok"]
    assert [each["what"] for each in await future(caller, "old")] == ["unrelate", "retire"]


async def test_who_sees_a_part_is_not_told_of_the_rest(caller: Caller) -> None:
    await planned(
        caller,
        "moved",
        {
            "relate": [
                {"type": "DEPENDS_ON", "source": "app", "target": "side"},
                {"type": "DEPENDS_ON", "source": "mail", "target": "app"},
            ],
            "add": [{"kind": "CI", "type": "Server", "key": "to-come", "name": "To come"}],
        },
    )
    graph, registry = caller.product.graph, caller.product.registry
    scope = await graph.write(define_scope, REQUEST, registry, "ours", "Ours.", ["Application"])
    sees = [scope.value["key"]]
    await graph.write(accounts.create_account, REQUEST, "lea", ["auditor"], "d", sees=sees)
    token = await bootstrap.new_token(caller.product, "lea", 1, [])
    lea = Caller(caller.product, caller.http, token.secret)
    assert len(await future(caller, "app")) == 2
    assert [each["source"] for each in await future(lea, "app")] == ["mail"]
    for hidden in ("side", "to-come"):
        assert await lea.code(ASKED, of=hidden) == "NOT_FOUND"
        assert await future(caller, hidden)
