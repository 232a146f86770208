"""Messages that are collected into one, and sent once for each time of their rule (PR9.4).

A message that is held knows when it is due. The job makes one message of all that a rule holds for
a person until then, and sends it once all of them are noted as collected, a portion at a time. The
id of that message follows from rule, person and time, so that there is one for each time, whatever
is killed in between; what was held too late for it waits for the next time.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from fitsm_graph.flow.notices import Channel, rules_in
from fitsm_graph.flow.outbox import WAITING
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.scheduler import Job, Turn, Went
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.text import plural

AT_ONCE = 100
"""Digests that are made in a turn."""
MOST = 100
"""Messages that a digest shows whole; it says how many more there are."""
PORTION = 1_000
"""Messages that are noted as collected in one transaction."""
EVERY = timedelta(seconds=30)
SETTLED = timedelta(minutes=2)
"""Before a digest was due: by then, what was written is known."""


def digesting(graph: Graph, policies: Callable[[], Awaitable[Policies]]) -> Job:
    """The job that makes the digests which are due."""

    async def run(turn: Turn) -> Went:
        made, now = 0, to_text(turn.now)
        rows = await graph.rows("flow.digests_due", now=now, limit=AT_ONCE, most=MOST)
        rules = dict(rules_in(await policies())) if rows else {}
        for row in rows:
            seq = await seq_at(graph, row["due"])
            rhythm = rules[row["digest"]].digest if row["digest"] in rules else None
            later = rhythm.after(turn.now) if rhythm else turn.now + timedelta(days=1)
            digest = digest_of(row, seq, turn.now)
            made += await _kept(graph, digest, row["ids"], to_text(later))
        said = f"{plural(made, 'digest')} made" if made else ""
        return Went(said, again=len(rows) == AT_ONCE)

    return Job("digest", EVERY, run, "Makes one message of those that are collected.")


async def _kept(graph: Graph, digest: Mapping[str, Any], ids: Sequence[str], later: str) -> bool:
    """Note all that is held for a digest, a portion in each transaction; say if one was made."""
    made = False
    for start in range(0, len(ids), PORTION):
        parts, last = ids[start : start + PORTION], start + PORTION >= len(ids)
        given = {"digest": digest, "parts": parts, "later": later, "last": last}
        made = bool((await graph.keep("flow.keep_digest", **given))[0]["made"])
    return made


async def seq_at(graph: Graph, due: str) -> int:
    """Number of an entry shortly before a moment, the same whenever it is asked afterwards."""
    moment = to_text(from_text(due) - SETTLED)
    return int((await graph.rows("ledger.entry_at", at=moment))[0]["seq"] or 0)


def digest_id(seq: int, *parts: str) -> str:
    """Id of a message that there is once for each time: in the order of the others."""
    return f"{seq:012d}-{hashlib.sha256('|'.join(('digest', *parts)).encode()).hexdigest()[:20]}"


def digest_of(row: Mapping[str, Any], seq: int, now: datetime) -> dict[str, Any]:
    """The message that is made of those which are held for a digest.

    Its subject names no record, where it is about several: an answer to it would be about one.
    """
    parts: Sequence[Mapping[str, Any]] = row["parts"]
    last, at, alone = row["last"], to_text(now), len(row["ids"]) == 1
    shown = [f"{each['subject']}\n\n{each['body'].strip()}\n" for each in parts]
    more = len(row["ids"]) - len(parts)
    left = [f"and {plural(more, 'message')} more; the product shows them\n"] if more > 0 else []
    return {
        "id": digest_id(seq, row["digest"], row["person"], row["due"]),
        "person": row["person"],
        "channel": Channel.EMAIL.value,
        "status": WAITING,
        "attempts": 0,
        "created_at": at,
        "next_at": at,
        "seq": seq,
        "record": parts[0]["record"] if alone else "",
        "verb": last["verb"],
        "key": last["key"],
        "subject": parts[0]["subject"] if alone else _until(row),
        "body": f"\n{'-' * 40}\n\n".join([*shown, *left]),
    }


def _until(row: Mapping[str, Any]) -> str:
    return f"{plural(len(row['ids']), 'message')} until {row['due'][:16].replace('T', ' ')} UTC"
