"""The ledger's own words (design: one ledger). These are written by the graph room alone."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from fitsm_graph.model.declare import Doc


class Op(StrEnum):
    """What can happen to a record or to a relation."""

    CREATE = "create"
    UPDATE = "update"
    RETIRE = "retire"
    REINSTATE = "reinstate"
    ERASE = "erase"
    RELATE = "relate"
    CHANGE_RELATION = "change_relation"
    UNRELATE = "unrelate"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One write: who did what, when, why and under which change; chained to the one before."""

    seq: Annotated[int, Doc("Place in the order of all writes, from 1, without gaps.")]
    at: Annotated[str, Doc("When, UTC; never before the entry before it.")]
    actor: Annotated[str, Doc("Login of the account that acted.")]
    via: Annotated[str, Doc("The way in: graphql, cli, sync, system.")]
    verb: Annotated[str, Doc("What was done, such as ci.register.")]
    requirement: Annotated[str, Doc("FitSM-1 requirement the verb serves.")]
    reason: Annotated[str, Doc("Why, in the actor's words.")]
    change: Annotated[str, Doc("Key of the change it was done under, or empty.")]
    run: Annotated[str, Doc("Key of the sync run it belongs to, or empty.")]
    op: Annotated[str, Doc("Identifier of the attempt; makes a repeated commit harmless.")]
    root: Annotated[str, Doc("Digest over its sorted differences.")]
    prev_hash: Annotated[str, Doc("Hash of the entry before.")]
    hash: Annotated[str, Doc("Digest over all of the above.")]


HEADER = (
    "seq",
    "at",
    "actor",
    "via",
    "verb",
    "requirement",
    "reason",
    "change",
    "run",
    "op",
)
"""Fields of an entry that its hash covers beside root and prev_hash, in order."""

GENESIS = "0" * 64
"""The hash before the first entry."""
