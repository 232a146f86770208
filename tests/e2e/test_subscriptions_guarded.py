"""Streams tried by those who should not be told, who take too long, and who speak wrongly."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import websockets

from e2e.calling import calling, emptied, register
from e2e.streaming import events, listening, until, wired
from e2e.test_subscriptions import CHANGED, LEDGER, RELATE, SHORT, Estate
from fitsm_graph import bootstrap
from fitsm_graph.api.limits import Limits, LiveLimits
from fitsm_graph.api.withheld import IN_PLACE
from fitsm_graph.bootstrap import SYSTEM
from fitsm_graph.confm import service
from fitsm_graph.confm.drafts import ElementDraft
from fitsm_graph.confm.types import define_scope
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.sms import accounts

MARK = "zzsecret"


@asynccontextmanager
async def scoped(endpoint: Endpoint, folder: Path) -> AsyncIterator[Estate]:
    """A served product with two scopes, to limit newcomers by."""
    await emptied(endpoint)
    async with calling(endpoint, folder) as caller, listening(caller.product) as address:
        graph, registry = caller.product.graph, caller.product.registry
        for name, types in (("all", []), ("software", ["Application"])):
            await graph.write(define_scope, SYSTEM, registry, name, "Said by the test.", types)
        yield Estate(caller, address)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def estate(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Estate]:
    async with scoped(neo4j_endpoint, tmp_path_factory.mktemp("product")) as made:
        yield made


async def newcomer(
    estate: Estate,
    login: str,
    sees: Sequence[str] = (),
    roles: Sequence[str] = ("process_manager", "reader"),
) -> tuple[str, str]:
    """An account with a token; gives the token's key and the token."""
    product = estate.product
    await product.graph.write(
        accounts.create_account, SYSTEM, login, list(roles), "digest", sees=sees
    )
    made = await bootstrap.new_token(product, login, 1, [])
    return str(made.record["key"]), made.secret


# --- rights ------------------------------------------------------------------------------------


async def test_a_revoked_token_is_told_nothing_that_comes_later(
    estate: Estate, neo4j_endpoint: Endpoint
) -> None:
    """Revoked by another replica, which this one learns from the ledger alone."""
    key, token = await newcomer(estate, "ada")
    async with (
        bootstrap.opened(neo4j_endpoint, folder=estate.product.folder) as other,
        wired(estate.address, token=token) as wire,
    ):
        await estate.subscribed(wire, SHORT)
        await register(estate.caller, "before-revoking")
        last = await wire.event()
        await other.graph.write(accounts.revoke_token, SYSTEM, key)
        await register(estate.caller, "after-revoking")
        refused = await wire.refusal()
        assert (refused["code"], refused["cursor"]) == ("UNAUTHENTICATED", last["cursor"])
        await wire.subscribe(SHORT, "2")
        assert (await wire.refusal("2"))["code"] == "UNAUTHENTICATED"
    await estate.streams(0)


async def test_a_disabled_account_and_a_lost_right_end_a_stream(estate: Estate) -> None:
    _, token = await newcomer(estate, "bob")
    graph = estate.product.graph
    async with wired(estate.address, token=token) as wire:
        await estate.subscribed(wire, LEDGER)
        await estate.subscribed(wire, SHORT, "2")
        await graph.write(accounts.change_account, SYSTEM, "bob", roles=["reader"])
        assert (await wire.refusal())["code"] == "FORBIDDEN", "the ledger needs a right of its own"
        await register(estate.caller, "still-read")
        assert (await wire.event("2"))["key"] == "still-read", "what needs no more goes on"
        await graph.write(accounts.change_account, SYSTEM, "bob", disabled=True)
        assert (await wire.refusal("2"))["code"] == "UNAUTHENTICATED"
    await estate.streams(0)


async def test_what_is_hidden_is_told_in_no_stream(estate: Estate) -> None:
    _, token = await newcomer(estate, "lea", ["SCP-000002"])
    async with wired(estate.address, token=token) as wire:
        await estate.subscribed(wire, CHANGED)
        await estate.subscribed(wire, LEDGER, "2")
        await register(estate.caller, f"{MARK}-host", "CI", "Server")
        await register(estate.caller, "seen", "CI", "Application")
        await estate.do(RELATE, type="RUNS_ON", **{"from": "seen", "to": f"{MARK}-host"})
        await estate.rename(f"{MARK}-host", "other")
        end = await estate.rename("seen", "end")
        told: list[Any] = []
        for id in ("1", "2"):
            while True:
                told.append(await wire.event(id))
                if told[-1]["seq"] == end:
                    break
        assert [each.get("key") for each in told if "key" in each] == ["seen", "seen"]
        assert MARK not in json.dumps(told)
        assert all(each.get("relationCount", 0) == 0 for each in told)
        assert len(told) == 4, "two entries, in each of the two streams"
    await estate.streams(0)


async def test_a_scope_that_is_narrowed_narrows_the_stream(estate: Estate) -> None:
    _, token = await newcomer(estate, "eve")
    async with wired(estate.address, token=token) as wire:
        await estate.subscribed(wire, SHORT)
        await register(estate.caller, "wide-host", "CI", "Server")
        assert (await wire.event())["key"] == "wide-host", "the control: it was seen"
        await estate.product.graph.write(
            accounts.change_account, SYSTEM, "eve", sees=["SCP-000002"]
        )
        await register(estate.caller, "narrow-host", "CI", "Server")
        await register(estate.caller, "narrow-app", "CI", "Application")
        assert (await wire.event())["key"] == "narrow-app"
    await estate.streams(0)


async def test_a_session_comes_from_a_page_of_this_server_only(estate: Estate) -> None:
    product, address = estate.product, estate.address
    digest = await asyncio.to_thread(accounts.digest_password, "a long enough password")
    await product.graph.write(accounts.create_account, SYSTEM, "pat", ["reader"], digest)
    session = await product.sessions.open("pat", "a long enough password", "127.0.0.1")
    cookie, own = {"Cookie": f"fitsm_session={session}"}, {"Origin": f"http://{address}"}
    foreign = {"Origin": "http://evil.example"}
    for headers, status in (
        ({**cookie, **own, "Fitsm-Page": "1"}, 200),
        ({**cookie, **own}, 403),
        ({**cookie, **foreign, "Fitsm-Page": "1"}, 403),
        ({**cookie, "Sec-Fetch-Site": "cross-site", "Fitsm-Page": "1"}, 403),
        ({"Cookie": "fitsm_session=forged", **own, "Fitsm-Page": "1"}, 401),
    ):
        async with events(address, "{ ledgerHead }", headers) as stream:
            await stream.response.aread()
            assert stream.response.status_code == status, headers
    async with wired(address, additional_headers={**cookie, **own}) as wire:
        await wire.begin()
        await estate.subscribed(wire, SHORT)
    async with wired(address, additional_headers=cookie) as wire:
        await wire.say(type="connection_init")
        assert await wire.closed() == 4403, "a cookie without an origin says nothing of who asks"
    for headers, query in ((foreign, ""), ({}, "?token=fsg_x")):
        with pytest.raises(websockets.InvalidStatus):
            await websockets.connect(f"ws://{address}/graphql{query}", additional_headers=headers)
    await estate.streams(0)


async def test_streams_of_two_share_nothing_that_one_of_them_may_not_read(estate: Estate) -> None:
    """Both ask alike and see alike; a sensitive attribute is read by one of them only."""
    graph, registry = estate.product.graph, estate.product.registry
    draft = ElementDraft(
        kind="CI", type="Container", key="c-1", name="c-1",
        attributes={"container_id": "c1", "command": f"{MARK} first"},
    )  # fmt: skip
    await graph.write(service.register_element, SYSTEM, registry, draft)
    may_not = (await newcomer(estate, "eda", roles=["editor"]))[1]
    may = (await newcomer(estate, "pia", roles=["process_manager"]))[1]
    for first, second in ((may, may_not), (may_not, may)):
        async with (
            wired(estate.address, token=first) as one,
            wired(estate.address, token=second) as other,
        ):
            await estate.subscribed(one, CHANGED)
            await estate.subscribed(other, CHANGED)
            told = {may: one, may_not: other} if first == may else {may: other, may_not: one}
            changes = {"command": f"{MARK} {first[-6:]}"}
            await graph.write(service.update_element, SYSTEM, registry, "c-1", changes)
            [shown] = (await told[may].event())["changes"]
            [withheld] = (await told[may_not].event())["changes"]
        assert MARK in shown["new"]
        assert (withheld["field"], withheld["new"]) == ("command", IN_PLACE)
    await estate.streams(0)


# --- wrong words -------------------------------------------------------------------------------

INIT: dict[str, Any] = {"type": "connection_init"}
ASK = {"type": "subscribe", "id": "1", "payload": {"query": SHORT}}
FRAMES: dict[str, tuple[list[Any], int]] = {
    "no JSON": (["{"], 4400),
    "a list": ([[]], 4400),
    "no type": ([{"id": "1"}], 4400),
    "an unknown type": ([{"type": "start", "id": "1"}], 4400),
    "bytes": ([b"{}"], 4400),
    "a payload that is no object": ([{**INIT, "payload": "fsg_x"}], 4400),
    "nobody": ([INIT], 4403),
    "a wrong token": ([{**INIT, "payload": {"Authorization": "Bearer fsg_no"}}], 4403),
    "a subscription before the greeting": ([ASK], 4401),
    "a second greeting": (["known", INIT], 4429),
    "an id in use": (["known", ASK, ASK], 4409),
    "an empty id": (["known", {**ASK, "id": ""}], 4400),
    "an id that is a number": (["known", {**ASK, "id": 1}], 4400),
    "an id without an end": (["known", {**ASK, "id": "x" * 101}], 4400),
    "no payload": (["known", {"type": "subscribe", "id": "1"}], 4400),
    "a message too large": (["known", {"type": "ping", "payload": {"x": "x" * 70_000}}], 1009),
}


@pytest.mark.parametrize("words", FRAMES)
async def test_wrong_words_close_the_connection_by_the_protocol(estate: Estate, words: str) -> None:
    frames, code = FRAMES[words]
    async with wired(estate.address) as wire:
        for frame in frames:
            if frame == "known":
                await wire.begin(authorization=f"Bearer {estate.caller.token}")
            else:
                raw = frame if isinstance(frame, str | bytes) else json.dumps(frame)
                await wire.connection.send(raw)
        assert await wire.closed() == code
    await until(lambda: not estate.product.live.sockets)
    await estate.streams(0)


async def test_another_protocol_and_a_silent_client_are_closed(
    estate: Estate, neo4j_endpoint: Endpoint
) -> None:
    async with wired(estate.address, protocols=("graphql-ws",)) as wire:  # type: ignore[arg-type]
        assert await wire.closed() == 4406
    short = Limits(live=LiveLimits(init_seconds=0.05))
    async with (
        bootstrap.opened(neo4j_endpoint, folder=estate.product.folder, limits=short) as product,
        listening(product) as address,
        wired(address) as wire,
    ):
        assert await wire.closed() == 4408


async def test_pings_are_answered_with_what_they_carry(estate: Estate) -> None:
    async with wired(estate.address) as wire:
        await wire.say(type="ping", payload={"n": 1})
        assert await wire.heard() == {"type": "pong", "payload": {"n": 1}}
        await wire.say(type="ping")
        assert await wire.heard() == {"type": "pong"}
        await wire.say(type="pong")


async def test_bad_requests_are_told_and_the_connection_goes_on(estate: Estate) -> None:
    token = estate.caller.token
    cases: tuple[tuple[Any, str], ...] = (
        ({"query": ""}, "QUERY_MISSING"),
        ({"query": SHORT, "variables": []}, "INVALID_REQUEST"),
        ({"query": "subscription {"}, "SYNTAX_ERROR"),
        (
            {"query": "subscription { a: ledgerEntries { seq } b: ledgerEntries { seq } }"},
            "INVALID_DOCUMENT",
        ),
        ({"query": SHORT, "variables": {"since": 1}}, "INVALID_VARIABLES"),
        ({"query": 'subscription { recordChanged(kinds: ["No"]) { seq } }'}, "BAD_INPUT"),
    )
    async with wired(estate.address, token=token) as wire:
        for number, (payload, code) in enumerate(cases):
            await wire.say(type="subscribe", id=str(number), payload=payload)
            assert (await wire.refusal(str(number)))["code"] == code, payload
        await estate.subscribed(wire, SHORT, "last")
    await estate.streams(0)
