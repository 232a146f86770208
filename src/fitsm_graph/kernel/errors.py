"""Every error a caller can meet, as one tree.

    FitsmError
    ├── BadInput            the request cannot be understood or breaks a declared rule
    │   ├── Contradiction   two declarations cannot both hold
    │   └── Unsupported     understood, and not offered here
    ├── NotFound            no such record
    ├── Refused             understood, and a rule of a process forbids it
    ├── Conflict            somebody else was there first
    ├── Forbidden           the principal lacks the right
    │   └── Unauthenticated nobody is signed in
    ├── Unavailable         the database or another part does not answer; try again
    └── Broken              a promise of the product does not hold: a defect or damaged data

Each carries a stable code, what happened, why (with the requirement where one asks for it) and
the remedy: the next thing to do. A class may have one for all of its errors, used where nothing
more exact is known. `docs/errors.md` has a section for each code.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, in words for the person who can mend it.

    Attributes:
        code: Stable, upper snake case; clients may branch on it.
        message: What happened.
        why: The reason, naming the requirement or rule.
        remedy: The next thing to do.
        path: Where in the input, outermost first.
        requirement: FitSM-1 requirement, such as ``PR11.3``, where one is at stake.
    """

    code: str
    message: str
    why: str = ""
    remedy: str = ""
    path: tuple[str | int, ...] = ()
    requirement: str = ""

    def sentence(self) -> str:
        """Join what, why and remedy into one line for a terminal or a log."""
        parts = [self.message]
        if self.why:
            parts.append(f"why: {self.why}")
        if self.remedy:
            parts.append(f"do: {self.remedy}")
        place = f" (at {'/'.join(map(str, self.path))})" if self.path else ""
        return f"[{self.code}] " + " · ".join(parts) + place


class FitsmError(Exception):
    """Base of all errors that are part of the interface."""

    default_code = "ERROR"
    default_remedy = ""
    exit_status = 1

    def __init__(
        self,
        message: str,
        *,
        why: str = "",
        remedy: str = "",
        code: str = "",
        path: Sequence[str | int] = (),
        requirement: str = "",
    ) -> None:
        super().__init__(message)
        self.problem = Problem(
            code or self.default_code,
            message,
            why,
            remedy or self.default_remedy,
            tuple(path),
            requirement,
        )

    @property
    def code(self) -> str:
        """The stable code."""
        return self.problem.code

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems this error reports; more than one only where `BadInput` collects them."""
        return (self.problem,)

    def __str__(self) -> str:
        return self.problem.sentence()


class BadInput(FitsmError):
    """The request cannot be understood or breaks a declared rule; nothing was changed.

    All problems found are reported together, so that one round of mending is enough.
    """

    default_code = "BAD_INPUT"
    exit_status = 2

    def __init__(
        self,
        message: str,
        *,
        why: str = "",
        remedy: str = "",
        code: str = "",
        path: Sequence[str | int] = (),
        requirement: str = "",
        problems: Sequence[Problem] = (),
    ) -> None:
        super().__init__(
            message, why=why, remedy=remedy, code=code, path=path, requirement=requirement
        )
        self._problems = tuple(problems)

    @classmethod
    def of(cls, problems: Sequence[Problem]) -> "BadInput":
        """Build one error from several problems; the first one gives message and code."""
        first = problems[0]
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        return cls(
            first.message + more,
            why=first.why,
            remedy=first.remedy,
            code=first.code,
            path=first.path,
            requirement=first.requirement,
            problems=problems,
        )

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems found, in the order they were met."""
        return self._problems or (self.problem,)


class Contradiction(BadInput):
    """Two declarations cannot both hold."""

    default_code = "CONTRADICTION"


class Unsupported(BadInput):
    """Understood, and not offered here; the remedy names where it is."""

    default_code = "UNSUPPORTED"


class NotFound(FitsmError):
    """No such record, or none that the principal may see: the two are not told apart."""

    default_code = "NOT_FOUND"
    exit_status = 3


class Refused(FitsmError):
    """A rule of a process forbids it; the requirement says which."""

    default_code = "REFUSED"


class Conflict(FitsmError):
    """Somebody else was there first: an expected version, a key or a lease does not hold."""

    default_code = "CONFLICT"
    exit_status = 5


class Forbidden(FitsmError):
    """The principal lacks the right."""

    default_code = "FORBIDDEN"
    default_remedy = "ask an administrator for the right"
    exit_status = 4


class Unauthenticated(Forbidden):
    """Nobody is signed in."""

    default_code = "UNAUTHENTICATED"
    default_remedy = "sign in, or send a token: `fitsm-graph token create` makes one"


class Unavailable(FitsmError):
    """The database or another part does not answer; the same call may work later."""

    default_code = "UNAVAILABLE"
    default_remedy = "try again; `fitsm-graph doctor` says what is wrong"
    exit_status = 6


class Broken(FitsmError):
    """A promise of the product does not hold: a defect, or data changed behind its back."""

    default_code = "BROKEN"
    default_remedy = "run `fitsm-graph doctor`, and report it with what was asked"
