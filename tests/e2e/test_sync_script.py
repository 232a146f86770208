"""`Sync` in a script, with a server on a real socket: sent, broken off, lost, resumed, refused."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from http.server import BaseHTTPRequestHandler
from typing import Any

import httpx
import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied
from e2e.cli_line import free_port
from e2e.cli_line import listening as answering
from e2e.streaming import listening
from fitsm_graph import bootstrap
from fitsm_graph.discovery.client import Sync, SyncRefused
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.kernel.errors import BadInput, Unavailable
from graph.syncing import Record, digest, estate, record, run, send


@pytest_asyncio.fixture(loop_scope="session")
async def caller(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Caller]:
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("product")) as one:
        yield one


@pytest_asyncio.fixture(loop_scope="session")
async def url(caller: Caller) -> AsyncIterator[str]:
    async with listening(caller.product) as address:
        yield f"http://{address}"


def servers(count: int) -> list[Record]:
    return [record("Server", f"s{n:02}", role="x") for n in range(count)]


def sent(
    url: str, caller: Caller, rows: Sequence[Record], each: int = 1_000, **options: Any
) -> Sync:
    """What a script does, with `each` rows in a chunk."""
    with Sync(url, caller.token, **{"source": "script", **options}) as sync:
        for start in range(0, len(rows), each):
            for row in rows[start : start + each]:
                sync.put(row)
            sync.flush()
    return sync


async def statuses(caller: Caller) -> list[str]:
    text = "MATCH (r:RunState) RETURN r.status ORDER BY r.number"
    return [status for (status,) in await run(caller.product.graph, text)]


async def count(caller: Caller, label: str) -> int:
    (found,) = await run(caller.product.graph, f"MATCH (n:{label}) RETURN count(n)")
    return int(found[0])


async def test_a_script_gives_the_graph_that_a_local_run_gives(caller: Caller, url: str):
    graph = caller.product.graph
    await send(graph, estate(), source="script")
    expected = await digest(graph)
    await run(graph, "MATCH (n) WHERE n:Element OR n:HashBucket OR n:Identifier DETACH DELETE n")
    bad = record("Server", "bad", cpu_count="x", colour="red")
    sync = await asyncio.to_thread(sent, url, caller, [*estate(), bad], 7)
    assert sync.summary["status"] == "completed"
    assert sync.summary["counts"]["created"] == len(estate())
    (told,) = sync.results
    assert told["row"] == f"line {len(estate()) + 1}"
    assert {each["code"] for each in told["problems"]} == {"ATTRIBUTE_UNKNOWN", "ATTRIBUTE_VALUE"}
    assert await digest(graph) == expected
    again = await asyncio.to_thread(sent, url, caller, estate())
    assert again.summary["counts"]["unchanged"] == len(estate())


async def test_leaving_by_an_exception_makes_nothing_vanish(caller: Caller, url: str):
    await asyncio.to_thread(sent, url, caller, servers(20))

    def breaking() -> None:
        with Sync(url, caller.token, source="script") as sync:
            sync.put(record("Server", "new"))
            sync.flush()
            sync.put(record("Server", "never sent"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await asyncio.to_thread(breaking)
    assert await statuses(caller) == ["completed", "aborted"]
    assert await count(caller, "RetirementProposal") == 0
    assert await count(caller, "Server") == 21
    # The scope is free at once; and the control: the same rows in good order do make proposals.
    whole = await asyncio.to_thread(sent, url, caller, servers(18))
    assert (whole.summary["status"], whole.summary["retirementCount"]) == ("completed", 3)
    assert await count(caller, "RetirementProposal") == 3


@pytest.mark.parametrize("way", ["of no type", "of another type", "a part failed"])
async def test_what_is_not_complete_makes_nothing_vanish(caller: Caller, url: str, way: str):
    parts = [{"name": "hosts", "types": ["Server"]}]
    await asyncio.to_thread(sent, url, caller, servers(20), parts=parts)

    def part_of_it() -> Sync:
        with Sync(url, caller.token, source="script", parts=parts) as sync:
            for row in servers(18):
                sync.put(row)
            if way == "of no type":
                sync.incomplete()
            elif way == "of another type":
                sync.complete("Rack")
            else:
                sync.failed("hosts")
        return sync

    told = (await asyncio.to_thread(part_of_it)).summary
    assert (told["status"], told["retirementCount"]) == ("completed", 0)
    assert await count(caller, "RetirementProposal") == 0


class Losing:
    """Loses the answer to every other request, after the server has done what was asked."""

    def __init__(self) -> None:
        self.turn = 0
        self.pauses: list[float] = []

    def client(self) -> httpx.Client:
        return httpx.Client(trust_env=False, event_hooks={"response": [self._heard]})

    def _heard(self, _: httpx.Response) -> None:
        self.turn += 1
        if self.turn % 2:
            raise httpx.ReadError("the answer was lost")


async def test_lost_answers_lose_nothing_and_double_nothing(caller: Caller, url: str):
    graph, losing = caller.product.graph, Losing()
    await send(graph, estate(), source="script")
    expected = await digest(graph)
    await run(graph, "MATCH (n) WHERE n:Element OR n:HashBucket OR n:Identifier DETACH DELETE n")

    def script() -> Sync:
        with losing.client() as client:
            options = {"client": client, "pause": losing.pauses.append}
            return sent(url, caller, estate(), 7, **options)

    told = (await asyncio.to_thread(script)).summary
    assert (told["status"], told["counts"]["created"]) == ("completed", len(estate()))
    assert len(losing.pauses) == losing.turn // 2 > len(estate()) // 7, "each was asked twice"
    assert await digest(graph) == expected
    assert await statuses(caller) == ["completed", "completed"]


async def test_a_chunk_whose_answer_never_came_can_be_sent_again(caller: Caller, url: str):
    """Somebody who catches the error and waits by himself goes on where it stopped."""
    away = {"is": False}

    def asks(_: httpx.Request) -> None:
        if away["is"]:
            raise httpx.ConnectError("nobody answers")

    def script() -> Sync:
        with httpx.Client(trust_env=False, event_hooks={"request": [asks]}) as client:
            options = {"client": client, "pause": lambda _: None}
            with Sync(url, caller.token, source="script", **options) as sync:
                sync.put(servers(2)[0])
                away["is"] = True
                with pytest.raises(Unavailable):
                    sync.flush()
                away["is"] = False
                sync.flush()
                sync.put(servers(2)[1])
        return sync

    told = (await asyncio.to_thread(script)).summary
    assert (told["status"], told["counts"]["created"]) == ("completed", 2)


async def test_another_script_goes_on_with_a_run(caller: Caller, url: str):
    def dying() -> str:
        with httpx.Client(trust_env=False) as client:
            sync = Sync(url, caller.token, source="script", client=client)
            sync.__enter__()
            for row in estate()[:14]:
                sync.put(row)
            sync.flush()
            return sync.run  # and no word to the server

    left = await asyncio.to_thread(dying)
    with pytest.raises(SyncRefused) as busy:
        await asyncio.to_thread(sent, url, caller, estate())
    assert (busy.value.code, busy.value.status, busy.value.exit_status) == ("SYNC_RUNNING", 409, 5)
    with pytest.raises(SyncRefused) as other:
        await asyncio.to_thread(sent, url, caller, estate(), 7, resume=left)
    assert other.value.code == "CHUNK_MISMATCH", "a number stands for one payload"
    assert await statuses(caller) == ["aborted"]
    left = await asyncio.to_thread(dying)
    told = (await asyncio.to_thread(sent, url, caller, estate(), 14, resume=left)).summary
    assert (told["run"], told["status"]) == (left, "completed")
    assert await count(caller, "Element") == len(estate())


async def test_what_is_refused_is_not_tried_again(caller: Caller, url: str):
    made = await bootstrap.new_token(caller.product, "admin", 1, [], sources=["mine"])
    pauses: list[float] = []

    def script(token: str, source: str) -> None:
        with Sync(url, token, source=source, pause=pauses.append) as sync:
            sync.put({"type": "Server", "key": object()})

    for token, source, code, status in (
        (made.secret, "script", "SOURCE_NOT_YOURS", 403),
        ("fsg_nobody", "mine", "UNAUTHENTICATED", 401),
        (made.secret, "a b", "BAD_INPUT", 400),
    ):
        with pytest.raises(SyncRefused) as refused:
            await asyncio.to_thread(script, token, source)
        assert (refused.value.code, refused.value.status) == (code, status)
    with pytest.raises(BadInput, match="no JSON"):
        await asyncio.to_thread(script, made.secret, "mine")
    assert (pauses, await statuses(caller)) == ([], ["aborted"])


def test_who_leaves_by_an_exception_does_not_wait_for_a_server_that_is_gone():
    """The lease ends by itself; a Ctrl-C must not hang for the better part of a minute."""
    pauses: list[float] = []
    gone = f"http://127.0.0.1:{free_port()}"
    sync = Sync(gone, "fsg_x", source="script", pause=pauses.append)
    sync.run = "script/default/1"
    sync.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert sum(pauses) <= 2
    pauses.clear()
    with pytest.raises(Unavailable), Sync(gone, "fsg_x", source="script", pause=pauses.append):
        raise AssertionError
    assert sum(pauses) > 30, "the control: whoever goes on does wait"


def test_a_database_that_is_away_is_waited_for_as_long_as_a_server():
    """What a server asks to wait is the least, and no reason to give up sooner."""
    pauses: list[float] = []
    asked: list[str] = []

    def answer(request: BaseHTTPRequestHandler, _body: bytes) -> None:
        asked.append(request.path)
        request.send_response(503)
        request.send_header("retry-after", "2")
        request.send_header("content-length", "0")
        request.end_headers()

    with (
        answering(answer) as url,
        pytest.raises(SyncRefused) as refused,
        Sync(url, "fsg_x", source="script", pause=pauses.append),
    ):
        raise AssertionError
    assert refused.value.status == 503
    assert (len(asked), len(pauses)) == (8, 7), "nobody waits after the last try"
    assert min(pauses) == 2
    assert sum(pauses) > 30
