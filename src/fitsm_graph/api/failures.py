"""Errors as clients see them: a stable code, why and remedy; what is internal stays in the log."""

import logging
import secrets
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from graphql import GraphQLError

from fitsm_graph.kernel.errors import (
    BadInput,
    Broken,
    Conflict,
    FitsmError,
    NotFound,
    Problem,
    Unavailable,
)

LOG = logging.getLogger("fitsm_graph.api")
LONGEST_MESSAGE = 500
INTERNAL = "INTERNAL"


def graphql_error(error: FitsmError) -> GraphQLError:
    """A problem as a GraphQL error: code, why, remedy and requirement in `extensions`."""
    return GraphQLError(
        error.problem.message, extensions=extensions_of(error.problem), original_error=error
    )


def extensions_of(problem: Problem) -> dict[str, Any]:
    """What a client is told of a problem beside its message."""
    return {
        "code": problem.code,
        "why": problem.why,
        "remedy": problem.remedy,
        "path": [str(step) for step in problem.path],
        "requirement": problem.requirement or None,
        "docs": docs_of(problem.code),
    }


def docs_of(code: str) -> str:
    """Where a code is explained, as a path of this server."""
    return f"/errors#{code}"


def user_error_type(error: FitsmError) -> str:
    """GraphQL type of an error that is part of a payload."""
    kinds = ((BadInput, "InvalidInput"), (NotFound, "RecordNotFound"), (Conflict, "WriteConflict"))
    return next((name for kind, name in kinds if isinstance(error, kind)), "RuleViolation")


def told(error: FitsmError) -> list[dict[str, Any]]:
    """All problems of an error, as GraphQL errors without a place in the answer."""
    return [
        {"message": each.message, "extensions": _referred(extensions_of(each), error)}
        for each in error.problems
    ]


def told_of_result(errors: Sequence[GraphQLError]) -> list[dict[str, Any]]:
    """The errors of an executed operation; unknown ones by a reference to the log only."""
    return [_told_one(error) for error in errors]


def is_unavailable(error: GraphQLError) -> bool:
    """Say whether the database or another part did not answer."""
    return isinstance(origin_of(error), Unavailable)


def internal(error: BaseException) -> dict[str, Any]:
    """An unknown error: logged with its traceback, told by its reference."""
    return {
        "message": "something went wrong inside",
        "extensions": {
            "code": INTERNAL,
            "why": "an error that no rule foresees",
            "remedy": "tell the administrator the reference; the log of the server has it",
            "path": [],
            "requirement": None,
            "docs": docs_of(INTERNAL),
            "reference": _logged(error),
        },
    }


class Caught:
    """Keeps an error that nobody foresaw from the caller, so that it can be told by reference.

    Attributes:
        error: What was raised inside; None where all went well.
    """

    def __init__(self) -> None:
        self.error: Exception | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> bool:
        self.error = error if isinstance(error, Exception) else None
        return self.error is not None


def told_of_caught(error: Exception) -> list[dict[str, Any]]:
    """What is told of a caught error."""
    return told(error) if isinstance(error, FitsmError) else [internal(error)]


def _told_one(error: GraphQLError) -> dict[str, Any]:
    origin = origin_of(error)
    place: dict[str, Any] = {}
    if error.locations:
        place["locations"] = [each.formatted for each in error.locations]
    if error.path:
        place["path"] = error.path
    if isinstance(origin, FitsmError):
        first = told(origin)[0]
        return {"message": first["message"], **place, "extensions": first["extensions"]}
    if origin is not None or error.path:  # an answer that is not of its type is a defect too
        return {**internal(origin or error), **place}
    return {
        "message": error.message[:LONGEST_MESSAGE],
        **place,
        "extensions": {**_REFUSED, **(error.extensions or {})},
    }


_REFUSED: dict[str, Any] = {
    "code": "INVALID_VARIABLES",
    "why": "a value does not fit its type",
    "remedy": "compare the values with the schema",
    "path": [],
    "requirement": None,
    "docs": docs_of("INVALID_VARIABLES"),
}


def origin_of(error: GraphQLError) -> Exception | None:
    """What was raised at first, where it was not GraphQL's own."""
    found: Exception | None = error
    while isinstance(found, GraphQLError):
        found = found.original_error
    return found


def _referred(extensions: dict[str, Any], error: FitsmError) -> dict[str, Any]:
    """A defect is told with its code, and is found again in the log.

    Where something else was raised first, such as by the database, that stands in the log alone.
    """
    if not isinstance(error, Broken):
        return extensions
    why = extensions["why"] if error.__cause__ is None else "the server's log has it"
    return {**extensions, "why": why, "reference": _logged(error)}


def _logged(error: BaseException) -> str:
    reference = secrets.token_hex(6)
    LOG.error("reference %s", reference, exc_info=error)
    return reference
