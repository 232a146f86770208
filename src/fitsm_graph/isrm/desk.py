"""What is done with incidents and service requests alike, from the first answer to the end.

The verbs are the same for both, and are declared for each: begin, wait, resume, close, reopen and
reject (PR9.2, PR9.5).
"""

from enum import StrEnum
from typing import Annotated

from fitsm_graph.flow.declaring import declare
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import told
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx, check_version
from fitsm_graph.isrm.cases import (
    INCIDENT,
    NOT_WAITING,
    Case,
    case_of,
    check_parts,
    check_reviewed,
    check_steps,
    moved,
)
from fitsm_graph.isrm.closing import check_confirmed, check_reopening
from fitsm_graph.model.declare import RECORDS
from fitsm_graph.model.isrm import CASE_KINDS, WAS_SHOWN

MOST_SHOWN = 20
"""Known errors that are noted as shown for one incident."""


class WaitingFor(StrEnum):
    """Whom a record waits for; its clocks stand still meanwhile, if its life says so."""

    USER = "user"
    SUPPLIER = "supplier"
    CHANGE = "change"
    OTHER = "other"


class GivenUpAs(StrEnum):
    """Why a record is given up."""

    NONE_AT_ALL = "none_at_all"
    NO_LONGER_RELEVANT = "no_longer_relevant"
    WITHDRAWN = "withdrawn"


def _declare_dealing(kind: str) -> None:
    """Declare what is done until a record is resolved."""
    group = RECORDS[kind].group

    async def begin(tx: Tx, policies: Policies, ref: Annotated[str, Of(kind)]) -> Properties:
        case = await case_of(tx, kind, ref, near=MOST_SHOWN if kind == INCIDENT else 0)
        begun = moved(tx, policies, case, f"{group}.begin")
        show_known(tx, case)
        return begun

    async def wait(
        tx: Tx,
        policies: Policies,
        ref: Annotated[str, Of(kind)],
        waiting_for: WaitingFor,
        why: str,
    ) -> Properties:
        said = told(why, "why", "say what it waits for", "PR9.2")
        case = await case_of(tx, kind, ref)
        more = {"waiting_for": waiting_for, "waiting_reason": said}
        return moved(tx, policies, case, f"{group}.wait", **more)

    async def resume(tx: Tx, policies: Policies, ref: Annotated[str, Of(kind)]) -> Properties:
        case = await case_of(tx, kind, ref)
        return moved(tx, policies, case, f"{group}.resume", **NOT_WAITING)

    declare(kind, "begin", begin, "Begin to deal with it, which is the first response (PR9.2)")
    doc = "Let it wait for somebody; its clocks wait as well (PR9.2)"
    declare(kind, "wait", wait, doc, args=_WAIT, example='supplier "a new disk is on its way"')
    declare(kind, "resume", resume, "Go on with what has waited (PR9.2)")


def show_known(tx: Tx, case: Case) -> None:
    """Note which known errors whoever begins to deal with an incident is shown (PR10.4).

    Those at what it affects and at the services that it reaches; each once for an incident, so that
    it can be counted how often an error that is known came back. What the actor does not see was
    not shown.
    """
    for row in case.row["known"]:
        if any(tx.sees(labels) for labels in row["at"]):
            tx.relate(WAS_SHOWN.type, case.record["id"], row["id"])


def _declare_ending(kind: str) -> None:
    """Declare how a record that is resolved is over."""
    group = RECORDS[kind].group

    async def close(
        tx: Tx,
        policies: Policies,
        ref: Annotated[str, Of(kind)],
        *,
        confirmed: bool = False,
        expected_version: int | None = None,
    ) -> Properties:
        case = await case_of(tx, kind, ref)
        check_version(case.record, expected_version)
        name = f"{group}.close"
        closed = moved(tx, policies, case, name, confirmed=confirmed)
        check_confirmed(policies, case.record, tx.at, confirmed=confirmed)
        check_parts(policies, case, name)
        check_reviewed(case)
        check_steps(case)
        for part in case.parts:
            if part.record.get("closed_at") is None:
                check_reviewed(part)
                check_steps(part)
                moved(tx, policies, part, name, confirmed=confirmed)
        return closed

    doc = "Close what is resolved: a user confirmed it, or had the time to (PR9.5)"
    declare(kind, "close", close, doc, args=_CLOSE, example="--confirmed")


def _declare_return(kind: str) -> None:
    """Declare what is done with a record that comes back, or never should have come."""
    group = RECORDS[kind].group

    async def reopen(
        tx: Tx, policies: Policies, ref: Annotated[str, Of(kind)], why: str
    ) -> Properties:
        said = told(why, "why", "say what is still wrong", "PR9.5")
        case = await case_of(tx, kind, ref)
        times = case.record.get("reopened", 0) + 1
        again = {"reopened": times, "reopen_reason": said, "closure_code": ""}
        opened = moved(tx, policies, case, f"{group}.reopen", **again)
        check_reopening(policies, case.record, tx.at)
        return opened

    doc = "Open again what is resolved and was not, as often as rules allow (PR9.5)"
    declare(kind, "reopen", reopen, doc, args=_REOPEN, example='"it happens again"')

    async def reject(
        tx: Tx,
        policies: Policies,
        ref: Annotated[str, Of(kind)],
        given_up_as: GivenUpAs,
        why: str,
        *,
        expected_version: int | None = None,
    ) -> Properties:
        said = told(why, "why", "say why it is given up", "PR9.5")
        case = await case_of(tx, kind, ref)
        check_version(case.record, expected_version)
        check_parts(policies, case)
        more = {"closure_code": given_up_as, "resolution": said, **NOT_WAITING}
        return moved(tx, policies, case, f"{group}.reject", **more)

    doc = "Give it up: it is none, is relevant no more, or was withdrawn (PR9.5)"
    example = 'no_longer_relevant "the server is gone"'
    declare(kind, "reject", reject, doc, args=_REJECT, example=example)


_WAIT = "    waiting_for: Whom it waits for.\n    why: What it waits for.\n"
_CLOSE = (
    "    confirmed: A user says that all is well.\n"
    "    expected_version: Version that it must have; refused otherwise.\n"
)
_REOPEN = "    why: What is still wrong.\n"
_REJECT = (
    "    given_up_as: What it turned out to be.\n    why: Why it is given up.\n"
    "    expected_version: Version that it must have; refused otherwise.\n"
)

for _kind in CASE_KINDS:
    _declare_dealing(_kind)
    _declare_ending(_kind)
    _declare_return(_kind)
