"""Sync over HTTP and GraphQL: runs, streams, files, limits, and who may write what."""

import gzip
import json
from collections.abc import AsyncIterator, Iterable
from typing import Any

import httpx
import pytest
import pytest_asyncio
from starlette.datastructures import Headers

from e2e.calling import Caller, calling, emptied
from e2e.wire import wired
from fitsm_graph import bootstrap, hosting
from fitsm_graph.api.limits import Limits
from fitsm_graph.api.sync_body import SyncLimits, blocks
from fitsm_graph.bootstrap import SYSTEM
from fitsm_graph.discovery.form import json_schema
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.sms import accounts
from graph.syncing import Record, digest, estate, record, run, send


@pytest_asyncio.fixture(loop_scope="session")
async def caller(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Caller]:
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("product")) as one:
        yield one


def ndjson(rows: Iterable[Record]) -> bytes:
    return b"\n".join(json.dumps(each).encode() for each in rows)


async def post(caller: Caller, place: str, content: Any = b"", **headers: str) -> httpx.Response:
    if isinstance(content, dict):
        content = json.dumps(content).encode()
    signed = caller.signed(**headers)
    return await caller.http.post(f"/sync/v1/{place}", content=content, headers=signed)


def lines(answer: httpx.Response) -> list[Any]:
    return [json.loads(line) for line in answer.content.splitlines()]


def code(answer: httpx.Response) -> str:
    return str(lines(answer)[-1]["errors"][0]["extensions"]["code"])


async def disconnected(caller: Caller, place: str, body: bytes) -> bytes:
    """Send a part of a body, and be gone; what was answered all the same."""
    answered = bytearray()
    messages = [
        {"type": "http.request", "body": body, "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Any:
        return messages.pop(0)

    async def sent(message: Any) -> None:
        answered.extend(message.get("body", b""))

    scope = {
        "type": "http",
        "method": "POST",
        "path": f"/sync/v1/{place}",
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {caller.token}".encode())],
    }
    await hosting.web_application(caller.product)(scope, receive, sent)
    return bytes(answered)


async def begin(caller: Caller, place: str = "racks/hall", **options: Any) -> tuple[str, str]:
    answer = await post(caller, f"{place}/runs", options)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    return f"{place}/runs/{told['run'].rpartition('/')[2]}", told["fence"]


async def test_a_run_in_chunks_over_http(caller: Caller):
    rows = [*estate(), record("Server", "bad", cpu_count="x", colour="red")]
    place, fence = await begin(caller)
    first = await post(caller, f"{place}/chunks/1", ndjson(rows[:20]), Fitsm_Fence=fence)
    assert first.headers["content-type"] == "application/x-ndjson"
    assert [each["result"] for each in lines(first)[:-1]] == ["created"] * 20
    assert lines(first)[-1] == {
        "ack": {"chunk": 1, "counts": {"created": 20, "read": 20}, "replayed": False}
    }
    again = await post(caller, f"{place}/chunks/1", ndjson(rows[:20]), Fitsm_Fence=fence)
    assert lines(again)[-1]["ack"]["replayed"]
    assert lines(again)[:-1] == lines(first)[:-1]
    other = await post(caller, f"{place}/chunks/1", ndjson(rows[:19]), Fitsm_Fence=fence)
    assert (other.status_code, code(other)) == (409, "CHUNK_MISMATCH")
    await post(caller, f"{place}/chunks/2?first=21", ndjson(rows[20:]), Fitsm_Fence=fence)
    shown = await caller.http.get(f"/sync/v1/{place}", headers=caller.signed())
    assert (shown.json()["status"], shown.json()["chunks"]) == ("running", [1, 2])
    end = await post(caller, f"{place}/end", {"complete": True, "chunks": 2}, Fitsm_Fence=fence)
    told = end.json()
    assert (told["status"], told["counts"]["rejected"]) == ("completed", 1)
    repeated = await post(caller, f"{place}/end", {"complete": True}, Fitsm_Fence=fence)
    assert repeated.json()["replayed"]
    late = await post(caller, f"{place}/chunks/3", b"", Fitsm_Fence=fence)
    assert (late.status_code, code(late)) == (409, "RUN_OVER")
    listed = await caller.http.get("/sync/v1/racks/hall/runs", headers=caller.signed())
    assert [each["status"] for each in listed.json()["runs"]] == ["completed"]
    parked = await caller.ask(
        "{ parkedRows { totalCount nodes { key place record problems { code } } } }"
    )
    (row,) = parked["parkedRows"]["nodes"]
    assert (row["key"], row["place"]) == ("bad", f"line {len(rows)}")
    assert row["record"]["attributes"]["colour"] == "red"
    assert {each["code"] for each in row["problems"]} == {"ATTRIBUTE_UNKNOWN", "ATTRIBUTE_VALUE"}


async def test_one_request_gives_the_graph_that_a_local_run_gives(caller: Caller):
    graph = caller.product.graph
    await send(graph, estate(), source="racks", scope="hall")
    expected = await digest(graph)
    await run(graph, "MATCH (e:Element) DETACH DELETE e")
    await run(graph, "MATCH (n) WHERE n:HashBucket OR n:Identifier DETACH DELETE n")
    answer = await post(caller, "racks/hall?results=all", ndjson(estate()))
    summary = lines(answer)[-1]["summary"]
    assert summary["status"] == "completed"
    assert await digest(graph) == expected
    again = lines(await post(caller, "racks/hall", ndjson(estate())))
    assert again[-1]["summary"]["counts"]["unchanged"] == len(estate())


async def test_a_plan_and_its_apply_in_one_request_each(caller: Caller):
    rows = [record("Server", "a", role="x")]
    body = ndjson(rows) + b"\n{bad\n"
    plan = lines(await post(caller, "racks/hall?plan=1", body))[-1]["summary"]
    assert (plan["status"], plan["changes"][0]["op"]) == ("planned", "create")
    assert [each["code"] for each in plan["problems"]] == ["NOT_JSON"]
    refused = lines(await post(caller, "racks/hall?atomic=1", body))[-1]["summary"]
    assert refused["status"] == "refused"
    stale = await post(caller, f"racks/hall?apply={plan['plan']}", ndjson(rows))
    assert code(stale) == "PLAN_STALE"
    done = lines(await post(caller, f"racks/hall?apply={plan['plan']}", body))[-1]["summary"]
    assert (done["status"], done["counts"]["created"]) == ("completed", 1)


async def test_a_file_of_a_format_in_one_request(caller: Caller):
    compose = b"services:\n  web:\n    image: nginx:1\n    depends_on: [db]\n  db:\n    image: pg\n"
    answer = await post(caller, "compose/shop?format=auto", compose)
    assert lines(answer)[-1]["summary"]["counts"]["created"] > 1, answer.text
    path = await post(caller, "compose/shop?format=/etc/passwd", compose)
    assert code(path) == "UNKNOWN_FORMAT"


async def test_a_stream_that_breaks_off_makes_nothing_vanish(caller: Caller):
    graph = caller.product.graph
    await send(graph, [record("Server", f"s{n}") for n in range(20)], source="racks")

    said = await disconnected(caller, "racks/default", ndjson([record("Server", "new")]) + b"\n")
    assert json.loads(said.splitlines()[-1])["errors"][0]["extensions"]["code"] == "BODY_CUT_OFF"
    status = await run(graph, "MATCH (r:RunState) RETURN r.status ORDER BY r.number")
    assert status == [["completed"], ["aborted"]]
    assert await run(graph, "MATCH (p:RetirementProposal) RETURN count(p)") == [[0]]
    whole = lines(await post(caller, "racks/default?complete=none", ndjson([])))
    assert whole[-1]["summary"]["retirementCount"] == 0
    held = lines(await post(caller, "racks/default", ndjson([record("Server", "s1")])))
    assert held[-1]["summary"]["status"] == "held"


HOSTILE = (
    (b'{"type": "Server", "key": "' + b"x" * (3 << 20) + b'"}', "LINE_TOO_LONG"),
    (b'{"a":' * 2000 + b"1" + b"}" * 2000, "NOT_JSON TOO_DEEP"),
    (b'{"type": "Server", "key": "a", "attributes": {"x": [[[[[[1]]]]]]}}', "TOO_DEEP"),
    (b'{"type": "Server", "type": "Rack", "key": "a"}', "REPEATED_NAME"),
    ('{"type": "Server", "key": "ä"}'.encode("latin-1"), "BAD_ENCODING"),
    (b'{"type": "Server) DETACH DELETE n //", "key": "a"}', "BAD_NAME UNKNOWN_TYPE"),
    (b'{"type": "__proto__", "key": "a"}', "BAD_NAME UNKNOWN_TYPE"),
    (b'{"type": "Server", "key": "a\\u0000b"}', "BAD_RECORD"),
    (b'{"type": "Server", "key": "a", "attributes": {"name": "\\ud800"}}', "NOT_JSON"),
)
"""A line, and the codes that it may be told by."""


async def test_hostile_lines_are_told_and_the_others_go_in(caller: Caller):
    for number, (body, found) in enumerate(HOSTILE):
        good = ndjson([record("Server", f"good-{number}")])
        told = lines(await post(caller, f"racks/hall-{number}", body + b"\n" + good))
        problems = [each for line in told for each in line.get("problems", ())]
        assert problems, told
        assert problems[0]["code"] in found.split(), problems
        assert problems[0]["path"][0] == "line 1"
        assert problems[0]["remedy"] or problems[0]["why"]
        assert not told[-1]["summary"]["complete"] or problems[0]["code"] == "UNKNOWN_TYPE"
    live = await run(caller.product.graph, "MATCH (e:Element) RETURN e.key")
    assert sorted(live) == [[f"good-{number}"] for number in range(len(HOSTILE))]


async def test_bodies_that_are_too_large_or_packed_are_refused(caller: Caller):
    place, fence = await begin(caller)
    packed = gzip.compress(ndjson(estate()))
    answer = await post(
        caller, f"{place}/chunks/1", packed, Fitsm_Fence=fence, Content_Encoding="gzip"
    )
    assert (answer.status_code, code(answer)) == (415, "UNSUPPORTED_ENCODING")
    large = await post(caller, f"{place}/chunks/1", b" " * ((8 << 20) + 1), Fitsm_Fence=fence)
    assert (large.status_code, code(large)) == (413, "BODY_TOO_LARGE")

    async def unannounced() -> AsyncIterator[bytes]:
        for _ in range(9):
            yield b"\n" * (1 << 20)

    streamed = await post(caller, f"{place}/chunks/1", unannounced(), Fitsm_Fence=fence)
    assert (streamed.status_code, code(streamed)) == (413, "BODY_TOO_LARGE")
    wide = await post(caller, f"{place}/end", b'{"complete": [' + b'"x",' * 20_000 + b'"x"]}')
    assert code(wide) == "BODY_TOO_LARGE"


async def test_a_line_without_end_takes_bounded_memory():
    """A line of 64 MiB arrives in parts; no more than a block of it is ever held."""
    limits = SyncLimits()

    async def endless() -> AsyncIterator[bytes]:
        yield b'{"type": "Server", "key": "'
        for _ in range(64):
            yield b"x" * (1 << 20)
        yield b'"}\n' + ndjson([record("Server", "after")])

    parts = endless()

    async def receive() -> dict[str, Any]:
        try:
            part = await anext(parts)
        except StopAsyncIteration:
            return {"type": "http.request", "body": b"", "more_body": False}
        return {"type": "http.request", "body": part, "more_body": True}

    found = [block async for block in blocks(receive, Headers(raw=[]), limits)]
    assert max(len(block.data) for block in found) <= 2 * limits.block + 100
    assert b"after" in found[-1].data


async def test_secrets_are_nowhere(caller: Caller):
    secret = "hunter" + "2"
    rows = [
        record("Server", "a", admin_password=secret),
        record("Server", "b", admin_password=secret, cpu_count="x"),
    ]
    answer = await post(caller, "racks/hall?results=all", ndjson(rows))
    assert secret not in answer.text
    text = "MATCH (n) RETURN properties(n)"
    assert secret not in repr(await run(caller.product.graph, text))


async def test_the_database_away_is_503_with_retry_after(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
):
    await emptied(neo4j_endpoint)
    folder = tmp_path_factory.mktemp("away")
    async with wired(neo4j_endpoint) as (wire, near), calling(near, folder) as caller:
        place, fence = await begin(caller)
        await wire.cut()
        body = ndjson(estate()[:5])
        answer = await post(caller, f"{place}/chunks/1", body, Fitsm_Fence=fence)
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
        await wire.up()
        answer = await post(caller, f"{place}/chunks/1", body, Fitsm_Fence=fence)
        assert lines(answer)[-1]["ack"]["counts"]["read"] == 5


async def test_the_schema_is_served_and_nothing_else_is_there(caller: Caller):
    answer = await caller.http.get("/sync/v1/schema", headers=caller.signed())
    assert answer.json() == json_schema()
    for method, place, status in (
        ("GET", "x", 404),
        ("POST", "a/b/c", 404),
        ("DELETE", "a/b/runs/1", 405),
        ("POST", "a b/c/runs", 400),
        ("POST", "a/b/runs/x/end", 400),
        ("POST", "a/b/runs/7/end", 404),
    ):
        url = f"/sync/v1/{place.replace(' ', '%20')}"
        found = await caller.http.request(method, url, headers=caller.signed(Fitsm_Fence="x"))
        assert (place, found.status_code) == (place, status)
    nobody = await caller.http.post("/sync/v1/a/b/runs")
    assert nobody.status_code == 401


# --- who may write what ---------------------------------------------------------------------------


async def token_of(caller: Caller, login: str, roles: list[str], *sources: str) -> str:
    graph = caller.product.graph
    if not await run(graph, "MATCH (a:Account {key: $login}) RETURN a", login=login):
        await graph.write(accounts.create_account, SYSTEM, login, roles, "-")
    made = await bootstrap.new_token(caller.product, login, 1, [], sources=sources)
    return made.secret


async def test_a_token_of_one_source_writes_that_source_and_nothing_else(caller: Caller):
    body = ndjson([record("Server", "a")])
    place, fence = await begin(caller, "other/all")
    for roles in (["sync"], ["editor"], ["administrator"]):
        caller.token = await token_of(caller, f"of-{roles[0]}", roles, "racks")
        assert (await post(caller, "racks/hall", body)).status_code == 200
        tries = (
            ("third/hall/runs", {}),
            ("third/hall", body),
            ("third/hall?plan=1", body),
            (f"{place}/chunks/1", body),
            (f"{place}/end", {}),
            (f"{place}/abort", {}),
            (f"{place}/resume", {}),
        )
        for where, content in tries:
            answer = await post(caller, where, content, Fitsm_Fence=fence)
            assert code(answer) == "SOURCE_NOT_YOURS", (roles, where, answer.text)
        begun = """mutation { beginSyncRun(input: {source: "third"}) {
            ok errors { code } } }"""
        assert await caller.code(begun) == "SOURCE_NOT_YOURS"
        register = """mutation { registerElement(input: {kind: "CI", type: "Server", name: "x"}) {
            ok errors { code } } }"""
        assert await caller.code(register) == "FORBIDDEN"
        approve = 'mutation { approveRetirement(input: {proposal: "RTP-000001"}) { ok } }'
        assert await caller.code(approve) == "FORBIDDEN"
        revert = 'mutation { revertSyncRun(input: {run: "other/all/1"}) { ok } }'
        assert await caller.code(revert) == "FORBIDDEN"
        clear = """mutation { clearParkedRows(input: {source: "third", ids: []}) {
            ok errors { code } } }"""
        assert await caller.code(clear) == "SOURCE_NOT_YOURS"
        seen = await caller.ask("{ syncRuns { nodes { source } totalCount } }")
        assert {each["source"] for each in seen["syncRuns"]["nodes"]} == {"racks"}
        hidden = await caller.http.get(f"/sync/v1/{place}", headers=caller.signed())
        assert hidden.status_code == 404


async def test_roles(caller: Caller):
    signed_in = caller.token
    for role, writes in (("reader", 403), ("auditor", 403), ("sync", 200), ("editor", 200)):
        caller.token = signed_in
        caller.token = await token_of(caller, role, [role])
        answer = await post(caller, "racks/hall", ndjson([record("Server", "a")]))
        assert answer.status_code == writes, role
        listed = await caller.http.get("/sync/v1/racks/hall/runs", headers=caller.signed())
        assert listed.status_code == 200, role


async def test_decisions_over_graphql(caller: Caller):
    graph = caller.product.graph
    await send(graph, [record("Server", f"s{n}") for n in range(10)], source="racks")
    held = await send(graph, [record("Server", f"s{n}") for n in range(3)], source="racks")
    approve = """mutation($run: ID!, $hold: String!, $dry: Boolean!) { approveSyncRun(
        input: {run: $run, hold: $hold}, dryRun: $dry) { ok answer errors { code } } }"""
    given = {"run": held.run, "hold": held.hold}
    assert (await caller.ask(approve, **given, dry=True))["approveSyncRun"]["answer"]["seqs"] == []
    wrong = await caller.ask(approve, run=held.run, hold="no", dry=False)
    assert wrong["approveSyncRun"]["errors"] == [{"code": "PLAN_STALE"}]
    assert (await caller.ask(approve, **given, dry=False))["approveSyncRun"]["ok"]
    page = """query($after: String) { retirementProposals(first: 4, after: $after) {
        totalCount nodes { key elementKey affected } pageInfo { hasNextPage endCursor } } }"""
    first = (await caller.ask(page))["retirementProposals"]
    rest = (await caller.ask(page, after=first["pageInfo"]["endCursor"]))["retirementProposals"]
    keys = [each["key"] for each in first["nodes"] + rest["nodes"]]
    assert (first["totalCount"], len(set(keys)), rest["pageInfo"]["hasNextPage"]) == (7, 7, False)
    retire = "mutation($key: ID!) { approveRetirement(input: {proposal: $key}) { ok seq } }"
    assert (await caller.ask(retire, key=keys[0]))["approveRetirement"]["ok"]
    keep = """mutation($key: ID!, $why: String!) { dismissRetirement(
        input: {proposal: $key, reason: $why}) { ok errors { code } proposal { status } } }"""
    none = (await caller.ask(keep, key=keys[1], why=""))["dismissRetirement"]
    assert none["errors"] == [{"code": "BAD_INPUT"}]
    kept = (await caller.ask(keep, key=keys[1], why="wanted"))["dismissRetirement"]
    assert kept["proposal"]["status"] == "dismissed"
    assert await run(graph, "MATCH (e:Element) RETURN count(e)") == [[9]]


async def test_a_run_and_its_reversal_over_graphql(caller: Caller):
    begun = await caller.ask(
        'mutation { beginSyncRun(input: {source: "q", mode: "delta"}) { run fence } }'
    )
    run_key, fence = begun["beginSyncRun"]["run"], begun["beginSyncRun"]["fence"]
    put = """mutation($in: PutSyncRecordsInput!) { putSyncRecords(input: $in) {
        ok replayed answer errors { code } } }"""
    given = {"run": run_key, "fence": fence, "chunk": 1, "records": [record("Server", "a")]}
    answer = (await caller.ask(put, **{"in": given}))["putSyncRecords"]["answer"]
    assert answer["results"] == [["line 1", "created"]]
    end = """mutation($in: EndSyncRunInput!) { endSyncRun(input: $in) { ok answer } }"""
    done = await caller.ask(end, **{"in": {"run": run_key, "fence": fence, "chunks": 1}})
    assert done["endSyncRun"]["answer"]["status"] == "completed"
    revert = """mutation($run: ID!, $dry: Boolean!) { revertSyncRun(input: {run: $run},
        dryRun: $dry) { ok dryRun seq answer errors { code } } }"""
    dry = (await caller.ask(revert, run=run_key, dry=True))["revertSyncRun"]
    assert [each["undoes"] for each in dry["answer"]["changes"]] == ["create"]
    assert (await caller.ask(revert, run=run_key, dry=False))["revertSyncRun"]["seq"]
    assert await run(caller.product.graph, "MATCH (e:Element) RETURN count(e)") == [[0]]
    found = (await caller.ask('{ syncRun(run: "q/default/1") { status } }'))["syncRun"]
    assert found == {"status": "reverted"}


async def test_requests_of_sync_pay_from_the_budget(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
):
    await emptied(neo4j_endpoint)
    limits = Limits(budget=2_500, budget_per_second=1, large_cost=2_500)
    folder = tmp_path_factory.mktemp("budget")
    async with calling(neo4j_endpoint, folder, limits=limits) as caller:
        look = [await caller.http.get("/sync/v1/schema", headers=caller.signed()) for _ in "abc"]
        assert [each.status_code for each in look] == [200, 200, 429]
        assert code(look[2]) == "BUDGET_SPENT"
        assert int(look[2].headers["Retry-After"]) > 1


async def test_a_stream_leaves_turns_for_questions(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
):
    await emptied(neo4j_endpoint)
    folder = tmp_path_factory.mktemp("turns")
    async with calling(neo4j_endpoint, folder, limits=Limits(at_once=1, waiting=0)) as caller:

        async def slowly() -> AsyncIterator[bytes]:
            yield ndjson(estate()[:2])
            data = await caller.ask("{ cis { totalCount } }")
            assert "cis" in data
            refused = await caller.http.get("/sync/v1/schema", headers=caller.signed())
            assert (refused.status_code, code(refused)) == (429, "TOO_MANY_AT_ONCE")

        headers = caller.signed()
        answer = await caller.http.post("/sync/v1/racks/hall", content=slowly(), headers=headers)
        assert answer.status_code == 200
        assert "summary" in lines(answer)[-1]
