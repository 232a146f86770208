"""Errors of an answer as the product's own, with the exit code that belongs to each."""

from collections.abc import Mapping, Sequence
from typing import Any

from fitsm_graph import __version__
from fitsm_graph.kernel.errors import (
    BadInput,
    Broken,
    Conflict,
    FitsmError,
    Forbidden,
    NotFound,
    Problem,
    Refused,
    Unavailable,
)

Errors = Sequence[Mapping[str, Any]]

_CODES: Mapping[type[FitsmError], str] = {
    NotFound: "NOT_FOUND UNKNOWN_TYPE BEFORE_THE_LEDGER ELEMENT_NOT_FOUND RELATION_NOT_FOUND"
    " NOT_IN_SAMPLE"
    " PERSISTED_QUERY_NOT_FOUND PARTY_NOT_FOUND",
    Forbidden: "FORBIDDEN UNAUTHENTICATED TOKEN_IN_ADDRESS SOURCE_NOT_YOURS DOCUMENT_NOT_TRUSTED"
    " EXPORT_TOO_LONG FOREIGN_ORIGIN PAGE_HEADER_MISSING DOCUMENT_LIMITED SENDER_UNKNOWN"
    " SENDER_NOT_YOU",
    Conflict: "CONFLICT STALE DUPLICATE VERSION_CONFLICT IDEMPOTENCY_MISMATCH SYNC_RUNNING"
    " PLAN_STALE SYNC_LEASE_LOST RUN_OVER CHUNK_MISMATCH CHUNKS_MISSING NOT_HELD ALREADY_DECIDED"
    " NOT_REVERTIBLE EXPORT_MOVED FEED_BROKEN SLOW_CONSUMER",
    Unavailable: "UNAVAILABLE TIMEOUT BUSY TOO_LARGE NOT_MIGRATED DATABASE_SIGN_IN"
    " BUDGET_SPENT TOO_MANY_AT_ONCE EXPORT_BUSY",
    Broken: "BROKEN INTERNAL LEDGER_BROKEN NOT_THE_OWNER SNAPSHOT_DIVERGED SNAPSHOT_UNREADABLE"
    " UNPROVED GRAPH_IS_NEWER MIGRATION_CHANGED BAD_SECRET POLICY_DAMAGED POLICY_UNREADABLE"
    " DOCUMENT_DAMAGED",
    Refused: "REFUSED STILL_NEEDED OUT_OF_SCOPE CARDINALITY TYPE_IN_USE ILLEGAL_TRANSITION ERASED"
    " NOT_THE_FIRST TYPES_BREAK REVERT_CONFLICT OUT_OF_SIGHT GROUPS_TOO_LARGE"
    " SEPARATION_OF_DUTIES NO_POLICY_IN_FORCE POLICY_NEEDED LIFE_STATE_IN_USE ROLE_HELD"
    " ALREADY_VOTED DELEGATED_TO_ONESELF DIFFERENCE_DONE DIFFERENCE_OPEN FROZEN NOBODY_BEHIND"
    " NOT_RESPONSIBLE NO_SINGLE_POINT NOTHING_AWAITED NOTHING_WAITS NOT_AN_APPROVER"
    " NOT_IN_THE_CATALOGUE NOT_SCHEDULED CLONE_OF_RETIRED NOTHING_REPORTED NO_OPPORTUNITY"
    " OUTSIDE_ITS_WINDOW OUTSIDE_THE_STANDARD REASSESS_FIRST REVIEW_DUE SELF_APPROVAL SELF_REVIEW"
    " TASKS_OPEN NOTHING_ASKED COMPARE_FIRST NO_VARIANT TOO_MANY_VARIANTS"
    " CONFIRMATION_MISSING REOPEN_LIMIT PARTS_OPEN NO_PART PART_OF_ITSELF PARTS_NESTED MAJOR_PART"
    " NOBODY_ABOVE NOBODY_TO_ESCALATE_TO MAJOR_ALREADY NOT_MAJOR MAJOR_REVIEW_MISSING"
    " BACK_OUT_MISSING CUT_OFF_OVER CHANGE_NEEDED CHANGE_WITHDRAWN COMMUNICATION_OPEN CRITERIA_OPEN"
    " CHANGE_NOT_FAILED"
    " ELEMENT_GONE NOT_A_SUCCESS PART_OF_A_RELEASE PLAN_IMPOSSIBLE RELEASE_EMPTY REPLAN_FIRST"
    " NOBODY_TO_TELL PLAN_RETIRED PHASE_FOR_NOBODY PHASE_NOT_OVER STRATEGY_MISSING"
    " WAVE_ORDER WAVE_UNSAFE"
    " ALREADY_ATTESTED NOTHING_EXAMINED NOT_ITS_OWNER VERIFICATION_RUNNING SOURCE_IN_USE"
    " MIGRATION_TOO_LARGE MIGRATION_OF_UNIQUE"
    " REVIEW_EMPTY STEP_DONE STEPS_IN_ORDER STEPS_OPEN CHANGE_NOT_RAISED CONFORMS"
    " NOT_YOUR_STEP NO_APPROVAL STEP_OBLIGATORY STEP_LIST_OF_OTHERS STEPS_BEGUN"
    " DOCUMENT_SETTLED NOTHING_TO_REPORT DOCUMENT_BEING_REVISED"
    " PERIOD_NOT_OVER TARGET_NOT_MISSED NOTHING_TO_LINK FINDINGS_UNDECIDED"
    " OPTION_NOT_CHOSEN STORY_BROKEN_OFF NOTHING_BECOMES_OF_IT ANSWERS_MANY",
    FitsmError: "ERROR",
}
KINDS = {code: kind for kind, codes in _CODES.items() for code in codes.split()}
"""Which error a code is; what a server calls otherwise was wrong with the request."""
PAYLOADS: Mapping[str, type[FitsmError]] = {
    "InvalidInput": BadInput,
    "RecordNotFound": NotFound,
    "RuleViolation": Refused,
    "WriteConflict": Conflict,
}


class Told(FitsmError):
    """An error of an answer: as it was told, with the exit code of its kind."""

    def __init__(self, problems: Sequence[Problem], kind: type[FitsmError]) -> None:
        first = problems[0]
        super().__init__(
            first.message,
            why=first.why,
            remedy=first.remedy,
            code=first.code,
            path=first.path,
            requirement=first.requirement,
        )
        self._problems = tuple(problems)
        self.exit_status = kind.exit_status

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems that were told."""
        return self._problems


def error_of(answer: Mapping[str, Any], *, ours: bool = True) -> FitsmError | None:
    """The errors of an answer as one; None where there are none.

    Args:
        answer: Of a server.
        ours: Whether the document is the product's own, so that a schema that does not know it is
            another version's.
    """
    errors = answer.get("errors")
    if not errors:
        return None if answer.get("data") is not None else _silent()
    first = str((errors[0].get("extensions") or {}).get("code") or "INVALID_DOCUMENT")
    if first == "INVALID_DOCUMENT" and ours:
        return _not_understood(str(errors[0].get("message")))
    problems = [_problem(each.get("extensions") or {}, each) for each in errors]
    return Told(problems, KINDS.get(first, BadInput))


def payload_error(errors: Errors) -> FitsmError:
    """What a verb refused, with all that is wrong."""
    problems = [_problem(each, each) for each in errors]
    return Told(problems, PAYLOADS.get(str(errors[0].get("__typename")), Refused))


def _problem(more: Mapping[str, Any], error: Mapping[str, Any]) -> Problem:
    return Problem(
        code=str(more.get("code") or "ERROR"),
        message=str(error.get("message") or "something went wrong"),
        why=str(more.get("why") or ""),
        remedy=str(more.get("remedy") or ""),
        path=tuple(more.get("path") or ()),
        requirement=str(more.get("requirement") or ""),
    )


def _not_understood(message: str) -> FitsmError:
    """A document of ours that the schema does not know: two versions meet."""
    return Unavailable(
        "the server does not understand this command",
        code="VERSION_MISMATCH",
        why=f"it says: {message}",
        remedy=f"this is fitsm-graph {__version__}; use the version that the server has",
    )


def _silent() -> FitsmError:
    return Broken(
        "there was neither an answer nor an error",
        why="an operation returns data or says what is wrong",
        remedy="tell the administrator; the server's log has the request",
    )
