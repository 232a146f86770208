"""The impact of a set of elements, watched: an event when an answer about it changes."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, asked_of
from fitsm_graph.api.context import Context
from fitsm_graph.api.executor import Shaped
from fitsm_graph.api.live.cursor import Cursor
from fitsm_graph.api.live.listening import Listening, listening_of
from fitsm_graph.api.selection import Selected, pick
from fitsm_graph.impact.snapshot import Standing
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.kernel.errors import BadInput, Unavailable
from fitsm_graph.sms.rights import READ

MOST_WATCHED = 500
Rows = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Answers:
    """What is known of the set at one time.

    Attributes:
        states: State, margin and why of its elements, by id; what is not there is missing.
        effects: What its failure would do to others, by id; empty where nobody asks.
    """

    states: Rows
    effects: Rows


@dataclass(slots=True)
class Watched:
    """What a stream keeps while it is prepared anew: the set, and what was told of it last."""

    ids: list[str]
    last: Answers
    standing: Standing | None = None


async def impact_changed(
    info: Info, of: list[strawberry.ID], since: str | None = None
) -> AsyncIterator[Shaped]:
    """States of the set, and what its failure would do."""
    context, what = info.context, asked_of(info)
    context.allow(READ)
    if not 1 <= len(of) <= MOST_WATCHED:
        raise BadInput(
            "there is nothing to watch" if not of else "too many elements are watched at once",
            why=f"1 to {MOST_WATCHED} elements",
            path=("of",),
            remedy="name some elements, or the services they serve",
        )
    listening = listening_of(context)
    first = listening.remembered is None
    start = await listening.begin(since)
    context.seq = max(context.seq, start)
    if first:
        ids = await context.impact.ids_of(of)
        then = await context.impact.snapshot.current()
        if then.seq != start:  # it is compared with its place, however long it took to get here
            then = await context.impact.after(start)
        listening.remembered = Watched(ids, _answers(context, ids, then, what))
    return _told(context, listening, what)


async def _told(context: Context, listening: Listening, what: Selected) -> AsyncIterator[Shaped]:
    watched: Watched = listening.remembered
    watched.standing = None  # who sees other things, or by other types, is answered anew
    async for batch in listening.looks():
        context.seq = max(context.seq, batch.seq if batch is not None else 0)
        standing = await _standing(context)
        if standing is None or standing is watched.standing:
            continue
        watched.standing = standing
        now = _answers(context, watched.ids, standing, what)
        cursor = Cursor(max(standing.seq, listening.place.seq if listening.place else 0))
        data = _difference(watched.last, now)
        if data["states"] or data["effects"]:
            if not (await listening.paid() and await listening.still()):
                return
            at = to_text(context.graph.clock.now())
            watched.last, listening.place = now, cursor
            told = {**data, "cursor": str(cursor), "seq": standing.seq, "at": at}
            yield Shaped(pick({**told, "affectedCount": len(now.effects)}, what))


async def _standing(context: Context) -> Standing | None:
    """The topology now; None while the database does not answer: the next look makes up for it."""
    try:
        return await context.impact.snapshot.current()  # type: ignore[no-any-return]  # of the snapshot
    except Unavailable:
        return None


def _answers(context: Context, ids: list[str], standing: Standing, what: Selected) -> Answers:
    asked = what.has("effects", "affectedCount")
    impact = context.impact
    return Answers(impact.faces(ids, standing), impact.effects(ids, standing) if asked else {})


def _difference(before: Answers, now: Answers) -> dict[str, list[dict[str, Any]]]:
    """What differs between two answers, with the names of the schema."""
    return {
        "states": [
            {
                "element": (is_ or was)["element"],
                "before": was.get("state"),
                "after": is_.get("state"),
                "marginBefore": was.get("margin"),
                "marginAfter": is_.get("margin"),
                "why": is_.get("why"),
            }
            for was, is_ in _pairs(before.states, now.states, ("state", "margin"))
        ],
        "effects": [
            {
                "element": (is_ or was)["element"],
                "before": was.get("state"),
                "after": is_.get("state"),
            }
            for was, is_ in _pairs(before.effects, now.effects, ("state",))
        ],
    }


def _pairs(
    before: Rows, now: Rows, names: tuple[str, ...]
) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Rows that differ in any of some values, the one before and the one now."""
    pairs = [(before.get(id, {}), now.get(id, {})) for id in sorted({*before, *now})]
    return [(a, b) for a, b in pairs if [a.get(n) for n in names] != [b.get(n) for n in names]]
