"""Forward-only migrations: numbered files, checksummed, resumable after a kill at each step.

A file holds statements divided by semicolons. Each is applied in a transaction of its own and is
harmless when applied twice (`IF NOT EXISTS`, `MERGE`), because a kill can fall between a
statement and the note that it was applied. What is applied is noted in `(:Migration)`.
"""

import asyncio
import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from neo4j import AsyncDriver, AsyncSession
from neo4j.exceptions import Neo4jError

from fitsm_graph.graph import driver as limits
from fitsm_graph.graph.driver import is_passing, translated
from fitsm_graph.kernel.clock import Clock, to_text
from fitsm_graph.kernel.errors import Broken, Refused
from fitsm_graph.kernel.places import CYPHER

_NAME = re.compile(r"^(?P<number>\d{4})_(?P<name>[a-z0-9_]+)\.cypher$")
_PAUSE = 0.05
_RACED = "Neo.ClientError.Schema.EquivalentSchemaRuleAlreadyExists"
"""What `IF NOT EXISTS` meets when another process makes the same in the same moment."""
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered file.

    Attributes:
        checksum: SHA-256 of the file; an applied file must never change.
        statements: In order.
    """

    number: int
    name: str
    checksum: str
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Applied:
    """What the graph says was applied; `done` of `total` statements."""

    number: int
    name: str
    checksum: str
    done: int
    total: int

    @property
    def complete(self) -> bool:
        """Whether no statement is left."""
        return self.done >= self.total


def load(folder: Path = CYPHER / "migrations") -> list[Migration]:
    """Read all migrations in order.

    Raises:
        Broken: A number is missing or used twice.
    """
    made = [_read(path) for path in sorted(folder.glob("*.cypher"))]
    numbers = [migration.number for migration in made]
    if numbers != list(range(1, len(made) + 1)):
        raise Broken(
            "the migrations are not numbered without gaps",
            why=f"found {numbers}",
            remedy="rename the files under cypher/migrations",
        )
    return made


def _read(path: Path) -> Migration:
    match = _NAME.match(path.name)
    if match is None:
        raise Broken(f"{path.name} is no migration", why="names are 0001_words.cypher")
    source = path.read_text(encoding="utf-8")
    text = "\n".join(line for line in source.splitlines() if not line.startswith("//"))
    statements = tuple(part.strip() for part in text.split(";") if part.strip())
    checksum = hashlib.sha256(source.encode()).hexdigest()
    return Migration(int(match["number"]), match["name"], checksum, statements)


async def applied(driver: AsyncDriver) -> list[Applied]:
    """What the graph says was applied, in order."""
    with translated():
        async with driver.session() as session:
            result = await session.run(
                "MATCH (migration:Migration) RETURN migration.number AS number, "
                "migration.name AS name, migration.checksum AS checksum, "
                "migration.done AS done, migration.total AS total ORDER BY number"
            )
            return [Applied(**record.data()) async for record in result]


async def migrate(
    driver: AsyncDriver,
    clock: Clock,
    *,
    folder: Path = CYPHER / "migrations",
    progress: Progress = lambda _text: None,
    until: int | None = None,
    restoring: bool = False,
) -> list[Migration]:
    """Apply what is missing, and return it.

    Args:
        driver: Of the graph.
        clock: Says when.
        folder: Where the files are.
        progress: Told the name of each.
        until: Number of the last one to apply; all when left out.
        restoring: Whether this is the restore whose mark the graph carries.

    Raises:
        Broken: An applied file was changed, or the graph is newer than the product.
        Refused: RESTORE_UNFINISHED.
    """
    wanted = [each for each in load(folder) if until is None or each.number <= until]
    if not restoring:
        await _refuse_half_restored(driver)
    with translated():
        async with driver.session() as session:
            await _prepare(session)
    have = {one.number: one for one in await applied(driver)}
    _check(wanted, have)
    missing = [one for one in wanted if one.number not in have or not have[one.number].complete]
    with translated():
        async with driver.session() as session:
            for migration in missing:
                progress(f"{migration.number:04d} {migration.name}")
                done = have[migration.number].done if migration.number in have else 0
                await _apply(session, migration, done, to_text(clock.now()))
            if missing:
                await (await session.run("CALL db.awaitIndexes(300)")).consume()
    return missing


async def _refuse_half_restored(driver: AsyncDriver) -> None:
    with translated():
        async with driver.session() as session:
            result = await session.run("MATCH (mark:RestoreMark) RETURN count(mark) AS marks")
            row = await result.single()
    if row is not None and row["marks"]:
        raise Refused(
            "this graph is half restored",
            code="RESTORE_UNFINISHED",
            why="a restore was cut short",
            remedy="finish it with `fitsm-graph restore FILE`, or empty it: `fitsm-graph db reset`",
        )


async def _prepare(session: AsyncSession) -> None:
    await _send(
        session,
        "CREATE CONSTRAINT migration_number IF NOT EXISTS "
        "FOR (migration:Migration) REQUIRE migration.number IS UNIQUE",
    )


async def _apply(session: AsyncSession, migration: Migration, done: int, at: str) -> None:
    for step, text in enumerate(migration.statements[done:], start=done + 1):
        await _send(session, text)
        await _send(
            session,
            "MERGE (migration:Migration {number: $number}) "
            "SET migration.name = $name, migration.checksum = $checksum, "
            "migration.done = $step, migration.total = $total, migration.applied_at = $at",
            number=migration.number,
            name=migration.name,
            checksum=migration.checksum,
            step=step,
            total=len(migration.statements),
            at=at,
        )


async def _send(session: AsyncSession, text: str, **given: Any) -> None:
    """Send a statement that is harmless twice; again while replicas are in each other's way."""
    until = time.monotonic() + limits.RETRY_SECONDS
    while True:
        try:
            await (await session.run(text, **given)).consume()
        except Neo4jError as error:
            raced = error.code == _RACED
            if not (raced or is_passing(error)) or time.monotonic() > until:
                raise
        else:
            return
        await asyncio.sleep(_PAUSE)


def _check(wanted: list[Migration], have: dict[int, Applied]) -> None:
    by_number = {one.number: one for one in wanted}
    for number, one in have.items():
        if number not in by_number:
            raise Broken(
                f"the graph has migration {number} '{one.name}', which this version lacks",
                code="GRAPH_IS_NEWER",
                why="a newer version has migrated it",
                remedy="install that version, or restore a backup of before",
            )
        if by_number[number].checksum != one.checksum:
            raise Broken(
                f"migration {number} '{one.name}' was changed after it was applied",
                code="MIGRATION_CHANGED",
                why="migrations only go forward",
                remedy="put the file back, and make a new migration",
            )
