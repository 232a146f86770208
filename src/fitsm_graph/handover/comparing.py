"""What a change planned, compared with what discovery then saw (the arrow from CONFM to CHM)."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fitsm_graph.chm.approving import ChangeOutcome
from fitsm_graph.chm.seen import Heard, Told, Verdict, Word, verdict_of
from fitsm_graph.chm.within import AChange, change_row, step
from fitsm_graph.confm import rules
from fitsm_graph.confm.raising import finding_of, raised
from fitsm_graph.flow.planned import items_of, keys_of, planned_of
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.scheduler import Job, OneByOne, Turn, Went
from fitsm_graph.graph.changes import Properties, kind_of
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import Request, verb
from fitsm_graph.kernel.canonical import canonical
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import BadInput, Refused
from fitsm_graph.kernel.text import plural
from fitsm_graph.model.confm_records import DeviationSource
from fitsm_graph.model.declare import Process
from fitsm_graph.model.registry import TypeRegistry

EVERY = timedelta(minutes=1)
WAITED = timedelta(days=90)
"""How long sources are listened to; what none of them has seen by then stays unseen."""
LAG = timedelta(minutes=1)
"""A run may be seen later than one that ended after it: what ended just now is looked at again."""
SCHEDULED = Request(actor="system", via="scheduler", reason="a source had a run after the change")


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known for a comparison.

    Attributes:
        elements: Rows of elements by key.
        typed: Keys of scopes that bring elements of a CI type.
        findings: Of deviations that were raised.
    """

    heard: tuple[Heard, ...]
    elements: Mapping[str, Properties]
    typed: Mapping[str, list[str]]
    findings: frozenset[str]


@verb("change.compare", room=Process.CHM, also=Process.CONFM, requirement="PR12.5", on="Change")
async def compare_difference(
    tx: Tx,
    policies: Policies,
    registry: TypeRegistry,
    ref: AChange,
    *,
    expected_version: int | None = None,
) -> Properties:
    """Compare what a change planned with what sources saw after it was implemented (PR12.5).

    Each item that was carried out is confirmed, contradicted or not seen yet. What is contradicted
    is a deviation of the change, raised once. It is done after each run by itself as well, also
    after somebody did who sees some of the elements only: what they do not see is left as it is.

    Args:
        tx: The transaction.
        policies: In force.
        registry: The types in force.
        ref: Id or key of the change.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg change compare CHG-000001

    Raises:
        NotFound: There is no such change.
        Refused: NOTHING_AWAITED, or it is not implemented yet.
        Conflict: VERSION_CONFLICT.
    """
    change = (await change_row(tx, ref, expected_version)).change
    step(policies, change, "change.compare")
    since = change.get("awaits_since")
    if since is None:
        raise _nothing_awaited(change)
    seen, by = await _compared(tx, policies, registry, change, since)
    after: dict[str, Any] = {}
    if seen != change.get("difference_seen"):  # what is said again changes nothing
        after |= {"difference_seen": seen, "difference_seen_by": by}
        if tx.sight is None:  # who sees some of it only does not say for all that it was compared
            after["compared_at"] = tx.at
    if _over(change, seen, tx.at):
        after["awaits_since"] = None
    return tx.update("Change", change, after)


def comparing(
    graph: Graph,
    policies: Callable[[], Awaitable[Policies]],
    registry: Callable[[], Awaitable[TypeRegistry]],
) -> Job:
    """The job that compares what changes planned with what sources saw, once after each run."""

    async def run(turn: Turn) -> Went:
        late = to_text(turn.now - WAITED)
        (found,) = await graph.rows("chm.differences_due", late=late, since=turn.cursor)
        given, done = (await policies(), await registry()), OneByOne()
        for each in found["due"]:
            work = graph.write(compare_difference, SCHEDULED, *given, each["id"])
            await done.do(each["key"], work)
        said = done.said(f"{plural(done.done, 'planned difference')} compared")
        cursor = turn.cursor
        if found["ended"] and not done.left:
            cursor = min(found["ended"], to_text(turn.now - LAG))
        return Went(said, max(cursor, turn.cursor))

    said = "Compares what changes planned with what sources of discovery saw afterwards."
    return Job("compare", EVERY, run, said)


# --- within --------------------------------------------------------------------------------------


async def _compared(
    tx: Tx, policies: Policies, registry: TypeRegistry, change: Properties, since: str
) -> tuple[list[str], list[str]]:
    """What became of each item and which run says so; what is contradicted is raised."""
    items = list(items_of(change.get("difference")))
    done = items[: change.get("difference_done", 0)]
    known = await _known(tx, change, since, done)
    seen = list(change.get("difference_seen") or [Word.UNSEEN] * len(items))
    by = list(change.get("difference_seen_by") or [""] * len(items))
    aside = change.get("difference_aside") or [""] * len(items)
    for place, (part, item) in enumerate(done):
        if part == "types" or aside[place]:
            seen[place] = Word.NOT_OBSERVED
            continue
        row = known.elements.get(keys_of(part, item)[0])
        if row is not None and not tx.sees(row["labels"]):
            continue  # somebody who sees it, or the system, says what became of it
        found = _verdict(registry, known, part, item, row)
        if found.word not in {Word.UNSEEN, seen[place]}:
            seen[place], by[place] = found.word, found.run
        if found.word is Word.CONTRADICTED:
            described = _described(change, part, item, found)
            if described["finding"] not in known.findings:
                lives = row is not None and "Element" in row["labels"]
                element = row["id"] if row and lives else ""
                raised(tx, policies, element, described, change=change["id"])
    return seen, by


async def _known(tx: Tx, change: Properties, since: str, items: list[tuple[str, Any]]) -> _Known:
    keys = sorted({key for each in items for key in keys_of(*each)})
    types = sorted({item.get("type") or "" for part, item in items if part == "add"} - {""})
    given = {"change": change["id"], "since": since, "keys": keys, "types": types}
    row = await tx.one("chm.comparison_context", **given)
    heard = tuple(
        Heard(each["key"], each["place"], bool(each["whole"]), _told(each["told"]))
        for each in row["heard"]
    )
    # an element that was retired, and registered again by a source, is the one that lives
    rows = sorted(row["elements"], key=lambda each: "Element" in each["labels"])
    elements = {each["key"]: each for each in rows}
    return _Known(heard, elements, dict(row["typed"]), frozenset(row["findings"]))


def _told(lines: list[str]) -> dict[str, Told]:
    read = [json.loads(each) for each in lines]
    return {each["key"]: Told(each["values"], each["ties"]) for each in read}


def _verdict(
    registry: TypeRegistry, known: _Known, part: str, item: Any, row: Properties | None
) -> Verdict:
    covered = set(row["places"] if row else ())
    if part == "add":
        covered |= set(known.typed.get(item.get("type") or "", ()))
    values = _stored(registry, item, row) if part in {"add", "change"} else {}
    return verdict_of(part, item, values, known.heard, frozenset(covered))


def _stored(registry: TypeRegistry, item: Any, row: Properties | None) -> Mapping[str, Any]:
    """What an item plans, in stored form as sources' values are; as said where that fails."""
    planned = planned_of(item)
    if row is None or "Element" not in row["labels"]:
        return planned
    try:
        kind = kind_of(row["labels"])
        return rules.changed_properties(kind, row["properties"], planned, registry)
    except BadInput:  # its type is another one by now
        return planned


def _described(change: Properties, part: str, item: Any, found: Verdict) -> dict[str, Any]:
    """What is left of an item, as a deviation says it."""
    return {
        "title": f"{change['key']} is not seen as planned: {_what(part, found)}",
        "description": f"Planned to {part}: {', '.join(keys_of(part, item))}",
        "source": DeviationSource.DISCOVERY,
        "fields": _fields(part, found),
        "finding": finding_of("difference", change["id"], part, canonical(item).decode()),
        "change": change["key"],
        "why": f"run {found.run} began after the change, and says otherwise",
    }


def _what(part: str, found: Verdict) -> str:
    """In what it differs, without names of what not everybody may see."""
    match part:
        case "add":
            return f"added otherwise in {', '.join(found.fields)}" if found.fields else "not there"
        case "change":
            return f"other values of {', '.join(found.fields)}"
        case "retire":
            return "still there"
        case "relate":
            return "a relation is missing"
        case _:
            return "a relation is still there"


def _fields(part: str, found: Verdict) -> list[str]:
    return ["relations"] if part in {"relate", "unrelate"} else list(found.fields)


def _over(change: Properties, seen: list[str], at: str) -> bool:
    """Whether nothing more is waited for: all is decided, or it was waited for long enough.

    Of a change that is closed or was undone, only what was carried out can still be seen.
    """
    final = change["status"] == "closed" or change.get("outcome") == ChangeOutcome.BACKED_OUT
    if Word.UNSEEN not in (seen[: change.get("difference_done", 0)] if final else seen):
        return True
    return from_text(at) - from_text(change["awaits_since"]) > WAITED


def _nothing_awaited(change: Properties) -> Refused:
    return Refused(
        f"{change['key']} waits for nothing that sources could say",
        code="NOTHING_AWAITED",
        why="it planned no difference of the graph, is not implemented yet, or all is known",
        remedy="`change show` tells what is known",
        requirement="PR12.5",
    )
