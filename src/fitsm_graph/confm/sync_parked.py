"""Rows that could not go in, parked with all that is wrong with them until they are mended.

A row that names its element waits under that element's key, and is over when a row of the key
goes in; one that could not even be read waits under its place until a complete snapshot ends.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from fitsm_graph.confm.sync_runs import Run, check_lease
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.errors import BadInput, Problem
from fitsm_graph.model.declare import Process
from fitsm_graph.model.observation import Observation, record_of

MOST_PARKED = 10_000
"""Rows that are parked of a scope."""
LONGEST_RECORD = 64 * 1024
"""Bytes of a record that are kept; a longer one is mended at its source."""
MOST_PROBLEMS = 50


@dataclass(slots=True)
class Lot:
    """What is to be parked and cleared next.

    Attributes:
        rows: What could not go in, by key of the parked row.
        cleared: Keys of parked rows that are over.
    """

    place: str
    rows: dict[str, Properties] = field(default_factory=dict)
    cleared: dict[str, None] = field(default_factory=dict)

    def add(self, seen: Observation, problems: Sequence[Problem]) -> None:
        """Park a row that names its element."""
        text = orjson.dumps(record_of(seen)).decode()
        kept = text if len(text) <= LONGEST_RECORD else ""
        key = parked_key(self.place, seen.key)
        self._put(key, {"record_key": seen.key, "type": seen.type, "record": kept}, problems)

    def add_unreadable(self, problems: Sequence[Problem]) -> None:
        """Park a row that could not be read; its text may hold secrets, and is not kept."""
        place = str(problems[0].path[0]) if problems[0].path else ""
        bare = {"record_key": "", "type": "", "record": ""}
        self._put(f"{self.place}|p|{place}", bare, problems, place=place)

    def settled(self, keys: Iterable[str], parked: set[str]) -> None:
        """Take away what was parked of records that went in."""
        if not parked and not self.rows:
            return
        for key in keys:
            if key in parked or parked_key(self.place, key) in self.rows:
                self.rows.pop(parked_key(self.place, key), None)
                self.cleared[parked_key(self.place, key)] = None

    def _put(
        self, key: str, row: Properties, problems: Sequence[Problem], *, place: str = ""
    ) -> None:
        earlier = self.rows.get(key)
        told = [told_problem(each) for each in problems[:MOST_PROBLEMS]]
        if earlier is not None and not row["record_key"]:
            told = [*orjson.loads(earlier["problems"]), *told][:MOST_PROBLEMS]
        row["place"] = place or str(problems[0].path[0] if problems[0].path else "")
        self.rows[key] = {"key": key, **row, "problems": orjson.dumps(told).decode()}
        self.cleared.pop(key, None)


def told_problem(problem: Problem) -> dict[str, Any]:
    """A problem as plain values."""
    return {
        "code": problem.code,
        "message": problem.message,
        "why": problem.why,
        "remedy": problem.remedy,
        "path": [str(step) for step in problem.path],
        "requirement": problem.requirement,
    }


def parked_key(place: str, key: str) -> str:
    """Key of the parked row of a record."""
    return f"{place}|k|{key}"


@verb("sync.park", room=Process.CONFM, requirement="PR11.3")
async def park(tx: Tx, run: Run, lot: Lot) -> int:
    """Park rows, and take away those that are over; returns how many found no room (PR11.3).

    Raises:
        Conflict: SYNC_LEASE_LOST.
    """
    rows = list(lot.rows.values())
    keys = [*lot.rows, *lot.cleared]
    context = await tx.one("confm.sync_parked_count", scope=run.place, keys=keys)
    check_lease(tx, run, context["token"])
    known = set(context["known"])
    cleared = [key for key in lot.cleared if key in known]
    room = MOST_PARKED - context["parked"] + len(cleared)
    fresh = [row for row in rows if row["key"] not in known]
    kept = [row for row in rows if row["key"] in known] + fresh[: max(0, room)]
    if kept or cleared:
        whole = [{**row, "run": run.key, "at": tx.at} for row in kept]
        tx.aside("confm.sync_park", scope=run.place, rows=whole, cleared=cleared)
    return len(rows) - len(kept)


@verb("sync.clear_parked", room=Process.CONFM, requirement="PR11.3")
async def clear_parked(tx: Tx, source: str, scope: str, keys: Sequence[str]) -> int:
    """Forget parked rows; returns how many (PR11.3).

    Args:
        tx: The transaction.
        source: Whose they are.
        scope: Part of the source.
        keys: Keys of parked rows; others than those of the scope are left alone.

    Raises:
        BadInput: More than may be parked at all.
        Forbidden: SOURCE_NOT_YOURS.
    """
    tx.check_source(source)
    if len(keys) > MOST_PARKED:
        remedy = f"name {MOST_PARKED:,} at most"
        raise BadInput("that many are never parked", remedy=remedy, path=("keys",))
    place = f"{source}/{scope}"
    own = [key for key in keys if key.startswith(f"{place}|")]
    known = (await tx.one("confm.sync_parked_count", scope=place, keys=own))["known"]
    if known:
        tx.aside("confm.sync_park", scope=place, rows=[], cleared=known)
    return len(known)


def no_room(count: int) -> Problem:
    """Say that some rows could not be parked."""
    return Problem(
        "PARKED_FULL",
        f"{count} rows that could not go in are not kept",
        f"{MOST_PARKED:,} rows of a scope are parked at most",
        "mend the source, or clear what is parked: fitsm-graph sync parked --clear",
    )
