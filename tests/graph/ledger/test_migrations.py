"""Migrations go forward, once, and over any kill."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import pytest
import pytest_asyncio

from fitsm_graph.graph import feed, histories, verify
from fitsm_graph.graph.backup import backup
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.migrations import applied, load, migrate
from fitsm_graph.graph.restore import restore
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import VERBS, verb
from fitsm_graph.kernel.clock import ManualClock
from fitsm_graph.kernel.errors import Broken, FitsmError
from fitsm_graph.model.declare import RECORDS, Process
from fitsm_graph.model.ledger import Op
from graph.support import asking, graph_with, register
from graph.syncing import run

CLOCK = ManualClock(datetime(2026, 11, 24, 9, tzinfo=UTC))
FILES = {
    "0001_first.cypher": """// A comment; with a semicolon.
CREATE CONSTRAINT trial_id IF NOT EXISTS FOR (trial:Trial) REQUIRE trial.id IS UNIQUE;
CREATE INDEX trial_name IF NOT EXISTS FOR (trial:Trial) ON (trial.name);
MERGE (trial:Trial {id: 'a'}) ON CREATE SET trial.count = 1;
""",
    "0002_second.cypher": """
MERGE (trial:Trial {id: 'b'}) ON CREATE SET trial.count = 1;
MATCH (trial:Trial) SET trial.name = trial.id;
""",
}
SENT = 1 + 1 + 1 + 2 * 5 + 1
"""Statements of a whole run: mark, constraint, what is applied, five with a note each, indexes."""


class Killed(BaseException):
    """The process is gone; nothing it had planned happens any more."""


class Dying:
    """A driver whose process is killed at one of its statements, before or after it got there."""

    def __init__(self, inner: Any, at: int, *, arrived: bool, seen: list[int]) -> None:
        self._inner, self._at, self._arrived, self._seen = inner, at, arrived, seen

    def session(self, **given: Any) -> "Dying":
        inner = self._inner.session(**given)
        return Dying(inner, self._at, arrived=self._arrived, seen=self._seen)

    async def __aenter__(self) -> Self:
        await self._inner.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> Any:
        return await self._inner.__aexit__(*error)

    async def run(self, text: str, **given: Any) -> Any:
        self._seen.append(len(self._seen) + 1)
        if self._seen[-1] != self._at:
            return await self._inner.run(text, **given)
        if self._arrived:
            await (await self._inner.run(text, **given)).consume()
        raise Killed


@pytest_asyncio.fixture(scope="module")
async def graph(neo4j_endpoint: Endpoint) -> AsyncIterator[Graph]:
    async with graph_with(neo4j_endpoint, CLOCK) as made:
        yield made
        await clear(made)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


async def clear(graph: Graph) -> None:
    """As if nothing had ever been migrated, but for the product's own indexes."""
    await run(graph, "MATCH (n) WHERE n:Migration OR n:Trial DELETE n")
    await run(graph, "DROP CONSTRAINT trial_id IF EXISTS")
    await run(graph, "DROP INDEX trial_name IF EXISTS")


async def state(graph: Graph) -> list[Any]:
    """What migrating is about: indexes, data, notes."""
    indexes = await run(graph, "SHOW INDEXES YIELD name WHERE name STARTS WITH 'trial' RETURN name")
    trials = await run(graph, "MATCH (n:Trial) RETURN n.id, n.count, n.name ORDER BY n.id")
    return [sorted(indexes), trials, await applied(graph.driver)]


async def test_killed_at_each_step_and_resumed(graph: Graph, folder: Path) -> None:
    await clear(graph)
    seen: list[int] = []
    counting: Any = Dying(graph.driver, 0, arrived=False, seen=seen)
    await migrate(counting, CLOCK, folder=folder)
    assert len(seen) == SENT
    whole = await state(graph)
    assert [len(part) for part in whole] == [2, 2, 2]
    halves = 0
    for at in range(1, SENT + 1):
        for arrived in (False, True):
            await clear(graph)
            dying: Any = Dying(graph.driver, at, arrived=arrived, seen=[])
            with pytest.raises(Killed):
                await migrate(dying, CLOCK, folder=folder)
            halves += await state(graph) != whole
            await migrate(graph.driver, CLOCK, folder=folder)
            assert await state(graph) == whole, f"killed at {at}, arrived: {arrived}"
    assert halves > SENT, "the control: most kills left something undone"


@pytest.mark.full
@pytest.mark.timeout(900)
async def test_the_products_own_are_killed_at_each_step(graph: Graph) -> None:
    steps = sum(len(each.statements) for each in load())
    for at in range(4, 4 + 2 * steps):
        await run(graph, "MATCH (n) WHERE n:Migration OR n:LedgerHead DELETE n")
        for (name,) in await run(graph, "SHOW CONSTRAINTS YIELD name RETURN name"):
            await run(graph, f"DROP CONSTRAINT {name}")
        for (name,) in await run(
            graph, "SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name"
        ):
            await run(graph, f"DROP INDEX {name}")
        dying: Any = Dying(graph.driver, at, arrived=at % 2 == 0, seen=[])
        with pytest.raises(Killed):
            await migrate(dying, CLOCK)
        await migrate(graph.driver, CLOCK)
        assert all(each.complete for each in await applied(graph.driver))
    await register(graph, "works")


async def test_a_second_time_does_nothing(graph: Graph, folder: Path) -> None:
    await clear(graph)
    told: list[str] = []
    first = await migrate(graph.driver, CLOCK, folder=folder, progress=told.append)
    assert [each.number for each in first] == [1, 2]
    assert told == ["0001 first", "0002 second"]
    assert await migrate(graph.driver, CLOCK, folder=folder, progress=told.append) == []
    assert len(told) == 2


async def test_replicas_that_start_together_migrate_together(graph: Graph, folder: Path) -> None:
    for _ in range(3):
        await clear(graph)
        await asyncio.gather(*(migrate(graph.driver, CLOCK, folder=folder) for _ in range(4)))
        indexes, trials, notes = await state(graph)
        assert [len(indexes), len(trials)] == [2, 2]
        assert [each.complete for each in notes] == [True, True]


@pytest.mark.parametrize("done", [False, True])
async def test_a_file_changed_after_it_was_applied_is_refused(
    graph: Graph, folder: Path, *, done: bool
) -> None:
    await clear(graph)
    if done:
        await migrate(graph.driver, CLOCK, folder=folder)
    else:
        dying: Any = Dying(graph.driver, 7, arrived=True, seen=[])
        with pytest.raises(Killed):
            await migrate(dying, CLOCK, folder=folder)
    file = folder / "0001_first.cypher"
    file.write_text(file.read_text(encoding="utf-8") + "// more\n", encoding="utf-8")
    before = await state(graph)
    with pytest.raises(Broken) as refused:
        await migrate(graph.driver, CLOCK, folder=folder)
    assert refused.value.code == "MIGRATION_CHANGED"
    assert await state(graph) == before


async def test_a_graph_that_a_newer_version_migrated_is_refused(graph: Graph, folder: Path) -> None:
    await clear(graph)
    await migrate(graph.driver, CLOCK, folder=folder)
    (folder / "0002_second.cypher").unlink()
    before = await state(graph)
    with pytest.raises(Broken) as refused:
        await migrate(graph.driver, CLOCK, folder=folder)
    assert refused.value.code == "GRAPH_IS_NEWER"
    assert "0002" in str(refused.value) or "second" in str(refused.value)
    assert await state(graph) == before


@pytest.mark.parametrize(
    "names", [["0002_x.cypher"], ["0001_x.cypher", "0003_y.cypher"], ["first.cypher"]]
)
def test_files_without_an_order_are_refused(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).write_text("RETURN 1;", encoding="utf-8")
    with pytest.raises(Broken):
        load(tmp_path)


async def test_a_write_before_migrating_says_what_is_missing(graph: Graph) -> None:
    await clear(graph)
    head = await run(graph, "MATCH (h:LedgerHead) WITH h, properties(h) AS p DELETE h RETURN p")
    try:
        with pytest.raises(FitsmError) as refused:
            await register(graph, "mail")
        assert refused.value.code == "NOT_MIGRATED"
    finally:
        await run(graph, "CREATE (h:LedgerHead) SET h = $held", held=head[0][0])


# --- steps of requests, from before they were steps of cases --------------------------------------

NOW, BEFORE = "CaseStep", "RequestStep"


async def _old_step(tx: Tx, ref: str = "", *, done: bool = False, kind: str = BEFORE) -> Properties:
    """A step made, or done, as the ledger of that time says it."""
    if not ref:
        return tx.create(kind, {"number": 1, "step_kind": "manual", "title": "x"})
    rows = await tx.rows("ledger.records_now", ids=[ref])
    after = {"done_at": tx.at if done else None, "done_by": "ann"}
    return tx.update(kind, rows[0]["properties"], after)


verb("test.old_step", room=Process.ISRM, requirement="none")(_old_step)
del VERBS["test.old_step"]  # it is written by, and offered to nobody


@contextmanager
def old_kind() -> Iterator[None]:
    """While there is the kind that there was."""
    RECORDS[BEFORE] = replace(RECORDS[NOW], kind=BEFORE, labels=(BEFORE,))
    try:
        yield
    finally:
        del RECORDS[BEFORE]


async def test_what_the_ledger_says_of_steps_outlives_their_new_name(
    graph: Graph, tmp_path: Path
) -> None:
    """Verified, read back, and restored from a backup of that time; the control is found out."""
    await run(graph, "MATCH (n) DETACH DELETE n")
    await migrate(graph.driver, CLOCK, until=22)
    with old_kind():
        done, left = [(await graph.write(_old_step, asking())).value["id"] for _ in range(2)]
        before = (await graph.head()).seq
        await graph.write(_old_step, asking(), done, done=True)
        assert (await verify.full(graph)).holds
        file = (await backup(graph, tmp_path / "old")).file
    await migrate(graph.driver, CLOCK)
    await _still_true(graph, done, left, before)
    await run(graph, "MATCH (n) DETACH DELETE n")
    report = await restore(graph, file)
    assert "steps" in report.migrated
    await _still_true(graph, done, left, before)
    await run(graph, "MATCH (s:CaseStep {id: $id}) SET s.done_by = 'bob'", id=done)
    assert not (await verify.full(graph)).holds, "the control"
    await run(graph, "MATCH (s:CaseStep {id: $id}) SET s.done_by = 'ann'", id=done)


async def _still_true(graph: Graph, done: str, left: str, before: int) -> None:
    assert (await verify.full(graph)).findings == ()
    steps = await histories.history_of(graph, done)
    assert [[each.op for each in step.changes] for step in steps] == [[Op.CREATE], [Op.UPDATE]]
    was = await feed.record_at(graph, done, before)
    assert was is not None
    assert was.properties.get("done_at") is None
    await graph.write(_old_step, asking(), left, done=True, kind=NOW)
    assert (await verify.full(graph)).findings == (), "one of then, and one of now"
