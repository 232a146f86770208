"""Backup under write load, restore into an empty graph, and what is refused."""

import asyncio
import os
import random
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from fitsm_graph.bootstrap import opened
from fitsm_graph.confm import service
from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.graph import feed, verify
from fitsm_graph.graph.backup import backup
from fitsm_graph.graph.backup_file import Reader, Writer, inspect, unpack
from fitsm_graph.graph.backup_reading import Reading
from fitsm_graph.graph.backup_spool import Spool
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.history import undo_all
from fitsm_graph.graph.migrations import migrate
from fitsm_graph.graph.restore import restore
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.clock import SystemClock
from fitsm_graph.kernel.errors import FitsmError
from fitsm_graph.sms import accounts
from fitsm_graph.sms.service import erase_party, register_party, update_party
from graph.syncing import REGISTRY, digest, emptied, estate, run, send

REQUEST = Request(actor="tester", via="test")
CONTROLS = 5
"""One of which somebody writes into, whatever the machine does."""
SECONDS = 20 if os.environ.get("FITSM_FULL") else 2
Rows = dict[str, list[Any]]


@pytest_asyncio.fixture(loop_scope="session")
async def graph(neo4j_endpoint: Endpoint) -> AsyncIterator[Graph]:
    async with emptied(neo4j_endpoint) as made:
        yield made


async def empty(graph: Graph) -> None:
    await run(graph, "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 1000 ROWS")


def contents(file: Path) -> Rows:
    reader = Reader(file)
    rows: Rows = {}
    for chunk in reader.chunks():
        rows.setdefault(chunk.kind, []).extend(reader.rows(chunk))
    return rows


async def everything(graph: Graph) -> list[Any]:
    """All nodes and relations, as a set of plain values, with nothing left out."""
    nodes = await run(graph, "MATCH (n) WHERE NOT n:Migration RETURN labels(n), properties(n)")
    relations = await run(
        graph,
        "MATCH (a)-[r]->(b) RETURN coalesce(a.id, a.seq, a.key), type(r), "
        "coalesce(b.id, b.seq, b.key), properties(r)",
    )
    values = [[sorted(labels), _plain(values)] for labels, values in nodes]
    return sorted(values, key=repr) + sorted(
        ([*row[:3], _plain(row[3])] for row in relations), key=repr
    )


def _plain(properties: dict[str, Any]) -> list[Any]:
    hidden = {"turn", "lease_run"}
    return sorted(
        (name, bytes(value) if isinstance(value, bytes | bytearray) else value)
        for name, value in properties.items()
        if name not in hidden
    )


# --- one entry, while others write ---------------------------------------------------------------


class Busy:
    """Counts up in one element, relates, unrelates and registers; notes what was acknowledged."""

    def __init__(self, graph: Graph, ids: list[str], number: int) -> None:
        self.graph, self.ids, self.number = graph, ids, number
        self.pick = random.Random(number)
        self.acknowledged: dict[int, str] = {}
        self.stop = False

    async def work(self) -> None:
        mine, count = self.ids[self.number], 0
        while not self.stop:
            count += 1
            said = await self.graph.write(
                service.update_element, REQUEST, REGISTRY, mine, {"description": f"{count}"}
            )
            assert said.seq is not None
            self.acknowledged[said.seq] = f"{count}"
            await self._other(count)

    async def _other(self, count: int) -> None:
        ends = self.pick.sample(self.ids, 2)
        draft = RelationDraft(type="DEPENDS_ON", source=ends[0], target=ends[1])
        try:
            if count % 3 == 0:
                await self.graph.write(service.unrelate, REQUEST, REGISTRY, "DEPENDS_ON", *ends)
            elif count % 3 == 1:
                await self.graph.write(service.relate, REQUEST, REGISTRY, draft)
            else:
                new = ElementDraft(kind="CI", type="Server", name=f"new {self.number} {count}")
                await self.graph.write(service.register_element, REQUEST, REGISTRY, new)
        except FitsmError as error:
            assert error.code in {"NOT_FOUND", "REFUSED", "BAD_INPUT", "CARDINALITY"}, error  # noqa: PT017  a refusal is one of the answers

    def said_at(self, seq: int) -> str:
        return self.acknowledged[max(each for each in self.acknowledged if each <= seq)]


async def test_a_backup_under_write_load_is_the_state_at_one_entry(
    graph: Graph, tmp_path: Path
) -> None:
    await send(graph, estate(10, 60))
    ids = sorted(row[0] for row in await run(graph, "MATCH (e:Server|VirtualMachine) RETURN e.id"))
    writers = [Busy(graph, ids, number) for number in range(4)]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(each.work()) for each in writers]
        await asyncio.sleep(0.3)
        controls = [await pages_alone(graph, tmp_path / "spool") for _ in range(CONTROLS)]
        report = await backup(graph, tmp_path / "b", page=7)
        await asyncio.sleep(SECONDS / 4)
        for each in writers:
            each.stop = True
        await asyncio.gather(*tasks)
    assert report.written_meanwhile > 0, "nobody wrote while it was read"
    assert stat.S_IMODE((tmp_path / "b").stat().st_mode) == 0o600
    rows = contents(tmp_path / "b")
    wanted = await state_at(graph, report.seq)
    assert state_in(rows["records"], rows["relations"]) == wanted
    described = {row[0]: row[2].get("description") for row in rows["records"]}
    assert [described[ids[each.number]] for each in writers] == [
        each.said_at(report.seq) for each in writers
    ], "what was acknowledged before the entry is in, and nothing after it"
    states = [await state_at(graph, seq) for seq, _ in controls]
    assert [read for _, read in controls] != states, "pages alone are no state"
    await empty(graph)
    await restore(graph, tmp_path / "b")
    verdict = await verify.full(graph)
    assert verdict.findings == ()
    assert verdict.entries == report.seq
    assert state_in(rows["records"], rows["relations"]) == await state_at(graph, report.seq)


async def pages_alone(graph: Graph, spool: Path) -> tuple[int, Any]:
    """The control: what pages say without following the ledger."""
    with spool.open("w+b") as file:
        naive = Reading(graph, Spool(file), page=7)
        await naive.read_pages()
        return naive.start, state_in(_spooled(naive, "records"), _spooled(naive, "relations"))


def _spooled(reading: Reading, kind: str) -> list[Any]:
    pages = reading.spool.sifted(kind, (), lambda _row: None)
    return [row for _, data in pages for row in unpack(data)]


def state_in(records: list[Any], relations: list[Any]) -> tuple[Any, Any]:
    return (
        sorted(
            (row[0], sorted((k, v) for k, v in row[2].items() if k != "salt")) for row in records
        ),
        sorted((*row[:3], sorted(row[3].items())) for row in relations),
    )


async def state_at(graph: Graph, seq: int) -> tuple[Any, Any]:
    """The graph as it was after an entry, undone from now."""
    last, image = await feed.whole(graph)
    undo_all(image, await feed.entries_between(graph, seq, last))
    return (
        sorted((id, sorted(record.properties.items())) for id, record in image.records.items()),
        sorted((*triple, sorted(given.items())) for triple, given in image.relations.items()),
    )


async def test_a_restored_graph_is_the_same_and_goes_on(graph: Graph, tmp_path: Path) -> None:
    await send(graph, estate())
    login = accounts.digest_password("correct horse battery")
    await graph.write(accounts.create_account, REQUEST, "admin", ["administrator"], login)
    asked = Request(actor="tester", via="test", idempotency_key="k1", payload={"n": 1})
    first = await graph.write(register_party, asked, "Group", {"name": "on call"})
    await run(graph, "CREATE (:Foreign {name: 'somebody else put this here'})")
    before = [row for row in await everything(graph) if row[0] != ["Foreign"]]
    report = await backup(graph, tmp_path / "b")
    assert report.left_out == {"Foreign": 1}
    await empty(graph)
    told = await restore(graph, tmp_path / "b")
    assert (told.seq, told.hash, told.resumed_at) == (report.seq, report.hash, 0)
    assert await everything(graph) == before
    assert (await accounts.sign_in(graph, "admin", "correct horse battery")).login == "admin"
    again = await graph.write(register_party, asked, "Group", {"name": "on call"})
    assert (again.replayed, again.seq) == (True, first.seq)
    synced = await send(graph, estate()[:-1])
    assert synced.counts["unchanged"] == len(estate()) - 1
    assert [each.key for each in synced.retirements] == ["svc"], "what vanished is still told"
    assert (await verify.full(graph)).holds


async def test_a_value_erased_while_pages_are_read_is_in_no_backup(
    graph: Graph, tmp_path: Path
) -> None:
    made = await graph.write(register_party, REQUEST, "Person", {"name": "Grete Hermann"})
    await graph.write(update_party, REQUEST, made.value["id"], {"name": "Grete Henry-Hermann"})
    erased = {"done": False}

    class Slow(Graph):
        """Erases the person after all pages were read, before the ledger is followed."""

        async def rows(self, name: str, **given: Any) -> list[dict[str, Any]]:
            if name == "ledger.backup_keys" and not erased["done"]:
                erased["done"] = True
                await graph.write(erase_party, REQUEST, made.value["id"])
            return await super().rows(name, **given)

    slow = Slow(graph.endpoint)
    await backup(slow, tmp_path / "b")
    await slow.close()
    assert erased["done"]
    assert "Hermann" not in repr(contents(tmp_path / "b"))
    await empty(graph)
    await restore(graph, tmp_path / "b")
    assert (await verify.full(graph)).holds


# --- a restore that is cut short -----------------------------------------------------------------


class Killed(BaseException):
    """Stands for the end of the process between two transactions."""


async def test_a_restore_cut_after_any_chunk_goes_on_and_is_not_opened_before(
    graph: Graph, tmp_path: Path
) -> None:
    await send(graph, estate())
    before = await everything(graph)
    await backup(graph, tmp_path / "b", page=40)
    await send(graph, [{"type": "Server", "key": "more", "attributes": {}}], source="other")
    await backup(graph, tmp_path / "other")
    await empty(graph)
    chunks = inspect(tmp_path / "b").trailer["chunks"]
    for last in range(1, chunks + 1):

        def cut(step: str, done: int, _total: int, last: int = last) -> None:
            if step.startswith("restoring") and done > last:
                raise Killed

        if last < chunks:
            with pytest.raises(Killed):
                await restore(graph, tmp_path / "b", progress=cut)
        if last == chunks // 2:
            await refuses_to_open(graph, tmp_path)
    told = await restore(graph, tmp_path / "b")
    assert told.resumed_at == chunks - 1
    assert await everything(graph) == before
    assert await run(graph, "MATCH (n:RestoreMark) RETURN count(n)") == [[0]]


async def refuses_to_open(graph: Graph, folder: Path) -> None:
    with pytest.raises(FitsmError, match="RESTORE_OTHER"):
        await restore(graph, folder / "other")
    with pytest.raises(FitsmError, match="RESTORE_UNFINISHED"):
        async with opened(graph.endpoint, folder=folder):
            pytest.fail("a half restored graph was opened")
    with pytest.raises(FitsmError, match="RESTORE_UNFINISHED"):
        await backup(graph, folder / "never")
    with pytest.raises(FitsmError, match="NOT_MIGRATED"):
        await graph.write(register_party, REQUEST, "Group", {"name": "nobody"})


async def test_a_restore_killed_by_the_system_goes_on(graph: Graph, tmp_path: Path) -> None:
    await send(graph, estate(10, 200))
    before = await digest(graph)
    await backup(graph, tmp_path / "b", page=10)
    await empty(graph)
    command = [sys.executable, "-m", "fitsm_graph", "restore", str(tmp_path / "b")]
    env = environment(graph.endpoint, tmp_path)
    ended = await asyncio.to_thread(
        interrupted, command, env, at="restoring relations", by=signal.SIGKILL
    )
    assert ended == -signal.SIGKILL
    told = await restore(graph, tmp_path / "b")
    assert told.resumed_at > 0
    assert await digest(graph) == before
    assert (await verify.full(graph)).holds


def environment(endpoint: Endpoint, folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "FITSM_NEO4J_URI": endpoint.uri,
        "FITSM_NEO4J_USER": endpoint.user,
        "FITSM_NEO4J_PASSWORD": endpoint.password,
        "FITSM_DATA": str(folder / "data"),
        "TMPDIR": str(folder / "tmp"),
    }


# --- refusals ------------------------------------------------------------------------------------


async def test_what_may_not_be_restored_writes_nothing(graph: Graph, tmp_path: Path) -> None:
    await send(graph, estate(2, 2))
    good = tmp_path / "good"
    await backup(graph, good)
    await refused(graph, good, "NOT_EMPTY")
    await empty(graph)
    damaged = tmp_path / "damaged"
    damaged.write_bytes(good.read_bytes()[:-90])
    await refused(graph, damaged, "BACKUP_DAMAGED")
    applied = {"number": 1, "name": "ledger", "checksum": "0" * 64, "done": 1, "total": 1}
    for name, change, code in (
        ("changed", {}, "BACKUP_IS_NEWER"),
        ("newer", {"number": 9_999}, "BACKUP_IS_NEWER"),
        ("half", half_applied(good), "BACKUP_UNFINISHED_MIGRATION"),
    ):
        with (tmp_path / name).open("w+b") as out:
            Writer(out, {"migrations": [{**applied, **change}]}).finish({"seq": 0})
        await refused(graph, tmp_path / name, code)
    assert await run(graph, "MATCH (n) RETURN count(n)") == [[0]]
    await migrate(graph.driver, SystemClock())
    await restore(graph, good)


def half_applied(good: Path) -> dict[str, Any]:
    applied: dict[str, Any] = inspect(good).header["migrations"][0]
    return {**applied, "done": applied["total"] - 1}


async def refused(graph: Graph, file: Path, code: str) -> None:
    with pytest.raises(FitsmError) as caught:
        await restore(graph, file)
    assert caught.value.code == code
    assert caught.value.problem.remedy


async def test_rows_that_do_not_fit_together_are_told(graph: Graph, tmp_path: Path) -> None:
    await send(graph, estate(2, 2))
    await backup(graph, tmp_path / "b")
    rows = contents(tmp_path / "b")
    rows["relations"][0][2] = "nobody"
    await refused_with(graph, tmp_path / "ends", rows, "of")
    rows = contents(tmp_path / "b")
    rows["entries"][1][0]["reason"] = "another"
    await refused_with(graph, tmp_path / "chain", rows, "its hash does not fit its content")


async def refused_with(graph: Graph, file: Path, rows: Rows, why: str) -> None:
    """A backup with digests that fit, around content that does not."""
    with file.open("w+b") as out:
        head = rows["head"][0]
        writer = Writer(out, {"migrations": rows["migrations"]})
        for kind, each in rows.items():
            writer.rows(kind, each)
        writer.finish({name: head[name] for name in ("seq", "hash", "at")})
    await empty(graph)
    with pytest.raises(FitsmError) as caught:
        await restore(graph, file)
    assert caught.value.code == "RESTORE_MISMATCH"
    assert why in caught.value.problem.why


# --- a server of its own -------------------------------------------------------------------------


async def test_verify_uses_a_server_of_its_own_and_leaves_nothing(
    graph: Graph, tmp_path: Path
) -> None:
    await send(graph, estate(2, 2))
    await backup(graph, tmp_path / "b")
    before = await everything(graph)
    (tmp_path / "tmp").mkdir()
    command = [sys.executable, "-m", "fitsm_graph", "verify", str(tmp_path / "b")]
    env = environment(graph.endpoint, tmp_path)
    done = await asyncio.to_thread(
        subprocess.run, command, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "the backup holds" in done.stderr
    assert list((tmp_path / "tmp").iterdir()) == []
    assert await everything(graph) == before, "the database in use was not touched"


@pytest.mark.full
async def test_verify_that_is_ended_half_way_leaves_nothing(graph: Graph, tmp_path: Path) -> None:
    await send(graph, estate(2, 2))
    await backup(graph, tmp_path / "b")
    (tmp_path / "tmp").mkdir()
    command = [sys.executable, "-m", "fitsm_graph", "verify", str(tmp_path / "b")]
    env = environment(graph.endpoint, tmp_path)
    ended = await asyncio.to_thread(interrupted, command, env, at="restoring", by=signal.SIGTERM)
    assert ended > 0, "it ended by itself"
    assert list((tmp_path / "tmp").iterdir()) == []


def interrupted(command: list[str], env: dict[str, str], *, at: str, by: signal.Signals) -> int:
    with subprocess.Popen(
        command, env=env, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if at in line:
                process.send_signal(by)
                break
        process.communicate()
        return process.returncode
