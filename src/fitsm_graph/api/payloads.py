"""What every mutation answers with beside the record it is about."""

from collections.abc import Mapping
from typing import Any

from fitsm_graph.api.context import Context
from fitsm_graph.api.history import change_of, seen_changes
from fitsm_graph.api.types import RecordedChange, UserError
from fitsm_graph.graph.graph import Outcome
from fitsm_graph.kernel.errors import BadInput, Conflict, FitsmError, NotFound, Refused

USER_FAULTS = (BadInput, NotFound, Refused, Conflict)
"""What a user did wrong, which is data of a payload and no error of the answer."""
PAYLOAD: Mapping[str, Any] = {
    "ok": bool,
    "dry_run": bool,
    "replayed": bool,
    "seq": int | None,
    "errors": list[UserError],
    "changes": list[RecordedChange],
}
"""Fields of every payload."""
_WORDS = {BadInput: "InvalidInput", NotFound: "RecordNotFound", Conflict: "WriteConflict"}


async def done_payload(context: Context, outcome: Outcome, payload: str) -> dict[str, Any]:
    """These fields of a verb that was done, or tried; of its changes those that its actor sees."""
    changes = await seen_changes(context, outcome.changes)
    return {
        "__typename": payload,
        "ok": True,
        "dryRun": outcome.dry_run,
        "replayed": outcome.replayed,
        "seq": outcome.seq,
        "errors": [],
        "changes": [change_of(each, context.withheld) for each in changes],
    }


def failed_payload(error: FitsmError, payload: str) -> dict[str, Any]:
    """These fields of a verb that was refused."""
    return {
        "__typename": payload,
        "ok": False,
        "dryRun": False,
        "replayed": False,
        "seq": None,
        "changes": [],
        "errors": user_errors(error),
    }


def user_errors(error: FitsmError) -> list[dict[str, Any]]:
    """What a user did wrong, by the names of the schema."""
    name = next((word for kind, word in _WORDS.items() if isinstance(error, kind)), "RuleViolation")
    return [
        {
            "__typename": name,
            "code": problem.code,
            "message": problem.message,
            "why": problem.why,
            "remedy": problem.remedy,
            "path": [str(step) for step in problem.path],
            "requirement": problem.requirement or None,
        }
        for problem in error.problems
    ]
