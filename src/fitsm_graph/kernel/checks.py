"""What `doctor` says of one thing it looked at: a word, a cause, a fix, facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from fitsm_graph.kernel.errors import FitsmError

MOST_TOLD = 1_000
"""Findings of one check that are counted; more are told as this many or more."""
_SHOWN = 5


DAMAGE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What reading damaged data ends in, where it was not foreseen."""


class Word(StrEnum):
    """What a check found, in a word."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: Stable, lower snake case.
        word: What was found.
        cause: What is not as it should be, or why it was not looked at; empty when it is ok.
        fix: The next thing to do; empty when it is ok.
        facts: Figures and names, for programs.
    """

    name: str
    word: Word
    cause: str = ""
    fix: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


def ok(name: str, **facts: Any) -> Check:
    """Nothing to be said against it."""
    return Check(name, Word.OK, facts=facts)


def warning(name: str, cause: str, fix: str, **facts: Any) -> Check:
    """It works, and somebody should look at it."""
    return Check(name, Word.WARNING, cause, fix, facts)


def failed(name: str, cause: str, fix: str, **facts: Any) -> Check:
    """It does not hold, or does not work."""
    return Check(name, Word.FAILED, cause, fix, facts)


def skipped(name: str, why: str) -> Check:
    """It was not looked at."""
    return Check(name, Word.SKIPPED, why)


def of_error(name: str, error: FitsmError) -> Check:
    """What kept a check from being made, as its finding."""
    problem = error.problem
    cause = problem.message + (f": {problem.why}" if problem.why else "")
    return failed(name, cause, problem.remedy or "try again", code=problem.code)


def of_trouble(name: str, error: Exception) -> Check:
    """What kept a check from being made: an error of the product's own, or damaged data."""
    if isinstance(error, FitsmError):
        return of_error(name, error)
    return failed(
        name,
        f"what it reads is damaged ({type(error).__name__}: {error})",
        "mend what the other checks name first",
        code="DAMAGED",
    )


def of_found(
    name: str, found: Sequence[str], cause: str, fix: str, *, word: Word = Word.FAILED
) -> Check:
    """Ok when nothing was found; else how much, with the first few.

    Args:
        name: Of the check.
        found: What was found, at most `MOST_TOLD`.
        cause: What it means, after the count.
        fix: What to do about it.
        word: How bad it is.
    """
    if not found:
        return ok(name)
    more = " or more" if len(found) >= MOST_TOLD else ""
    shown = ", ".join(found[:_SHOWN]) + (", …" if len(found) > _SHOWN else "")
    facts = {"count": len(found), "examples": list(found[:_SHOWN])}
    return Check(name, word, f"{len(found):,}{more} {cause}: {shown}", fix, facts)
