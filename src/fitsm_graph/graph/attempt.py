"""One write from its first try to its last, and the promise of its idempotency key.

An attempt carries an identifier, so that a commit whose acknowledgement was lost is found and
not done twice. A key answers a repeat with the first outcome, for seven days.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson

from fitsm_graph.graph.changes import Change, Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import Request, Verb
from fitsm_graph.kernel.canonical import canonical
from fitsm_graph.kernel.errors import BadInput, Conflict, Refused
from fitsm_graph.model.ledger import Op
from fitsm_graph.model.record import BOOKKEEPING

KEPT_FOR = timedelta(days=7)
"""How long an idempotency key is remembered."""
_TOLD = 3
_ACTS = {
    Op.RETIRE: "retired it",
    Op.REINSTATE: "reinstated it",
    Op.ERASE: "erased its personal values",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a verb.

    Attributes:
        value: What the verb returned.
        seq: Ledger entry it made; None when it changed nothing or was a dry run.
        replayed: Answered from an earlier use of the idempotency key.
        changes: What it decided; empty for a replay.
    """

    value: Any
    seq: int | None
    replayed: bool = False
    dry_run: bool = False
    changes: tuple[Change, ...] = ()


@dataclass(slots=True)
class Attempt:
    """What stays the same over all tries of one write.

    Attributes:
        op: Its identifier, under which its entry is found.
        key: Idempotency key with principal and verb.
        digest: Of the payload, where there is a key.
        outcome: What the last try decided.
        tried: It was tried before, so that it may have been committed.
    """

    op: str
    key: str | None
    digest: str
    outcome: Outcome | None = None
    tried: bool = False


def scoped_key(verb: Verb, request: Request) -> str | None:
    """The key with its principal and verb, within which it is unique; None without one.

    Raises:
        BadInput: It is too long.
    """
    if not request.idempotency_key:
        return None
    if len(request.idempotency_key) > 200:
        raise BadInput(
            "the idempotency key is too long",
            why="200 characters at most",
            path=("idempotencyKey",),
            remedy="send a UUID",
        )
    return canonical([verb.name, request.actor, request.idempotency_key]).decode()


def settled_before(found: Properties, attempt: Attempt, oldest: str) -> Outcome | None:
    """The outcome, when this attempt or an earlier use of its key was settled already.

    Args:
        found: Of `ledger.take_head` or `ledger.settled`.
        attempt: The attempt.
        oldest: Keys kept before this moment count no more.

    Raises:
        Conflict: IDEMPOTENCY_MISMATCH.
        Refused: ERASED, when the outcome told of somebody whose personal values were erased.
    """
    if found["done"] is not None and attempt.outcome is not None:
        return attempt.outcome
    known = found["known"]
    if known is None or known["at"] < oldest:
        return None
    if "outcome" not in known:
        raise Refused(
            "the outcome of this idempotency key was erased",
            code="ERASED",
            why="it told of somebody whose personal values were dropped for good",
            remedy="use a new key for a new request",
            path=("idempotencyKey",),
        )
    if known["digest"] != attempt.digest:
        raise Conflict(
            "the idempotency key was used for something else",
            code="IDEMPOTENCY_MISMATCH",
            why=f"entry {known.get('seq')} came from another payload",
            remedy="use a new key for a new request",
            path=("idempotencyKey",),
        )
    return Outcome(orjson.loads(known["outcome"]), known.get("seq"), replayed=True)


def key_rows(attempt: Attempt, tx: Tx, value: Any) -> list[Properties]:
    """What is kept of the key: the outcome of its first use."""
    if attempt.key is None:
        return []
    row: Properties = {
        "key": attempt.key,
        "digest": attempt.digest,
        "at": tx.at,
        "outcome": orjson.dumps(value).decode(),
    }
    if tx.changes:
        row["seq"] = tx.seq
    return [row]


def who_changed_what(rows: Sequence[Properties]) -> str:
    """Name the latest changes of a record for somebody who did not know of them; may be empty.

    Args:
        rows: Of `ledger.changes_of_since`, newest first.
    """
    told = "; ".join(
        f"{row['actor']} ({row['via']}) {_act(row)} in entry {row['seq']} of {row['at']}"
        for row in rows[:_TOLD]
    )
    return told + (f"; and {len(rows) - _TOLD} more before" if len(rows) > _TOLD else "")


def _act(row: Properties) -> str:
    op = Op(row["op"])
    if op in _ACTS:
        return _ACTS[op]
    names = sorted(set(json.loads(row["before"])) - set(BOOKKEEPING))
    return f"changed {', '.join(names)}"
