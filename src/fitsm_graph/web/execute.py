"""How a page asks: by name, with a document kept in ``operations/``, for a principal.

Pages have no other way to data, so whatever a page shows, a client of the API can ask for, with
the same rights, limits and errors.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from fastapi import Request

from fitsm_graph.kernel.errors import FitsmError, Problem
from fitsm_graph.kernel.places import OF_PAGES


@dataclass(frozen=True, slots=True)
class ExecutionOutcome:
    """What executing a document gave: the two members of a GraphQL response.

    Attributes:
        data: The answer, or None where the operation failed as a whole.
        errors: GraphQL errors; ``extensions`` holds code, why, remedy and requirement.
    """

    data: dict[str, Any] | None
    errors: list[dict[str, Any]]


class Execute(Protocol):
    """Executes a document of the public schema."""

    async def __call__(
        self,
        operation_name: str,
        document: str,
        variables: Mapping[str, object],
        principal: object,
    ) -> ExecutionOutcome:
        """Execute the operation for the principal and return data and errors."""
        ...


class OperationFailed(FitsmError):
    """An operation answered with errors; their codes, reasons and remedies are kept."""

    def __init__(self, problems: Sequence[Problem]) -> None:
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

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems of the response, in its order."""
        return self._problems


@dataclass(frozen=True, slots=True)
class Operation:
    """A named document; the name is the file's and the operation's.

    Attributes:
        name: Operation name, such as ``Impact``.
        document: GraphQL source text.
    """

    name: str
    document: str


@cache
def operation(name: str) -> Operation:
    """Read a named operation from ``operations/``."""
    return Operation(name, (OF_PAGES / f"{name}.graphql").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks named operations for one principal.

    Attributes:
        execute: The executor given at start-up.
        principal: Whoever is signed in.
    """

    execute: Execute
    principal: object

    async def ask(self, name: str, variables: Mapping[str, object]) -> dict[str, Any]:
        """Execute a named operation and return its data.

        Raises:
            OperationFailed: The response carries errors. A partial answer is refused as well:
                a page never shows part of an answer as if it were the whole.
        """
        named = operation(name)
        outcome = await self.execute(named.name, named.document, variables, self.principal)
        if outcome.errors or outcome.data is None:
            raise OperationFailed([problem_of(error) for error in outcome.errors] or [_SILENT])
        return outcome.data


Ask = Callable[[Request], Awaitable[Asker]]
"""Says who asks; whoever is not signed in is refused."""
_SILENT = Problem(
    "BROKEN",
    "The API gave neither an answer nor an error",
    why="an operation must return data or say what is wrong",
    remedy="tell the administrator; the log of the server has the request",
)


def problem_of(error: Mapping[str, Any]) -> Problem:
    """Read one GraphQL error, or one of a payload.

    Args:
        error: Of GraphQL, with its words in ``extensions`` where it is one of ours; of a payload,
            with its words beside the message.
    """
    more: Mapping[str, Any] = error.get("extensions") or error
    return Problem(
        code=str(more.get("code") or "BROKEN"),
        message=str(error.get("message") or "The operation failed"),
        why=str(more.get("why") or ""),
        remedy=str(more.get("remedy") or ""),
        path=tuple(more.get("path") or error.get("path") or ()),
        requirement=str(more.get("requirement") or ""),
    )
