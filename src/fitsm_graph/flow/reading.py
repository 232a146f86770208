"""Reads a policy's document piece by piece, and notes everything that is wrong with it.

A parser asks for what it needs and goes on with something harmless where that is missing, so that
one reading tells all problems, each with its path and a stable code.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from fitsm_graph.kernel.clock import span_from_text
from fitsm_graph.kernel.errors import BadInput, Problem
from fitsm_graph.kernel.text import did_you_mean

Path = tuple[str | int, ...]
MOST_ITEMS = 2_000
LONGEST_TEXT = 10_000
_WORD = re.compile(r"[a-z][a-z0-9_-]{0,59}")


@dataclass(slots=True)
class Reader:
    """Notes what is wrong while a document is read."""

    problems: list[Problem] = field(default_factory=list)

    def wrong(self, code: str, path: Path, message: str, remedy: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(code, message, remedy=remedy, path=path))

    def fields(
        self, given: object, path: Path, known: Sequence[str], needed: Sequence[str] = ()
    ) -> Mapping[str, Any]:
        """An object of known fields; those that are needed are noted where they are missing."""
        told = f"fields: {', '.join(known)}"
        if not isinstance(given, Mapping):
            self.wrong("POLICY_FORM", path, f"{_place(path)} is no object of fields", told)
            return {}
        for name in given:
            if name not in known:
                remedy = did_you_mean(str(name), known)
                self.wrong("POLICY_FIELD", (*path, str(name)), f"nothing is '{name}' here", remedy)
        for name in needed:
            if given.get(name) is None:
                self.wrong("POLICY_FIELD", (*path, name), f"'{name}' is missing", told)
        return given

    def mapping(self, given: object, path: Path, what: str) -> Mapping[str, Any]:
        """An object whose names are the document's own; something has to be in it."""
        if isinstance(given, Mapping) and 0 < len(given) <= MOST_ITEMS:
            return {str(name): value for name, value in given.items()}
        self.wrong("POLICY_FORM", path, f"{_place(path)} is no object of {what}", "give some")
        return {}

    def items(self, given: object, path: Path, what: str, *, least: int = 1) -> list[Any]:
        """A list with something in it."""
        if isinstance(given, list) and least <= len(given) <= MOST_ITEMS:
            return given
        self.wrong("POLICY_FORM", path, f"{_place(path)} is no list of {what}", "give some")
        return []

    def text(self, given: object, path: Path, *, longest: int = 200) -> str:
        """A text that is not empty."""
        if isinstance(given, str) and given.strip() and len(given) <= longest:
            return given.strip()
        if given is not None:
            remedy = f"1 to {longest:,} characters"
            self.wrong("POLICY_VALUE", path, f"{_place(path)} is no text of that length", remedy)
        return ""

    def word(self, given: object, path: Path) -> str:
        """A word that other places refer to."""
        if isinstance(given, str) and _WORD.fullmatch(given):
            return given
        if given is not None:
            remedy = "small letters, digits, _ and -, beginning with a letter, 60 at most"
            self.wrong("POLICY_VALUE", path, f"'{str(given)[:60]}' is no word", remedy)
        return ""

    def words(self, given: object, path: Path, what: str, *, least: int = 1) -> tuple[str, ...]:
        """Words of which none stands twice."""
        found = [
            self.word(each, (*path, place))
            for place, each in enumerate(self.items(given, path, what, least=least))
        ]
        self.once(found, path)
        return tuple(dict.fromkeys(each for each in found if each))

    def once(self, found: Sequence[str], path: Path) -> None:
        """Note what stands twice."""
        for place, each in enumerate(found):
            if each and each in found[:place]:
                remedy = "keep the one that is meant"
                self.wrong("POLICY_TWICE", (*path, place), f"'{each}' stands twice", remedy)

    def one_of(self, given: object, path: Path, known: Iterable[str]) -> str:
        """One of some known words."""
        known = list(known)
        if isinstance(given, str) and given in known:
            return given
        if given is not None:
            remedy = did_you_mean(str(given), known)
            self.wrong("POLICY_VALUE", path, f"'{str(given)[:60]}' is not known here", remedy)
        return ""

    def some_of(
        self, given: object, path: Path, known: Iterable[str], what: str, *, least: int = 1
    ) -> tuple[str, ...]:
        """Some of some known words, each once."""
        known = list(known)
        found = [
            self.one_of(each, (*path, place), known)
            for place, each in enumerate(self.items(given, path, what, least=least))
        ]
        self.once(found, path)
        return tuple(dict.fromkeys(each for each in found if each))

    def whole(self, given: object, path: Path, low: int, high: int) -> int:
        """A whole number between two, both included."""
        if isinstance(given, int) and not isinstance(given, bool) and low <= given <= high:
            return given
        if given is not None:
            remedy = f"a whole number from {low:,} to {high:,}"
            self.wrong("POLICY_VALUE", path, f"{_place(path)} is no such number", remedy)
        return low

    def number(self, given: object, path: Path, low: float, high: float) -> float:
        """A number above one and up to another."""
        if isinstance(given, int | float) and not isinstance(given, bool) and low < given <= high:
            return float(given)
        if given is not None:
            remedy = f"a number above {low:g}, up to {high:g}"
            self.wrong("POLICY_VALUE", path, f"{_place(path)} is no such number", remedy)
        return high

    def flag(self, given: object, path: Path) -> bool:
        """True or false; false where it is left out."""
        if given is not None and not isinstance(given, bool):
            self.wrong("POLICY_VALUE", path, f"{_place(path)} is neither true nor false", "say one")
        return given is True

    def span(self, given: object, path: Path) -> timedelta | None:
        """A duration of more than nothing, in ISO 8601."""
        if given is None:
            return None
        try:
            found = span_from_text(str(given), path=path)
        except (BadInput, OverflowError):
            found = timedelta()
        if found > timedelta():
            return found
        what = f"'{str(given)[:60]}' is no duration of more than nothing"
        self.wrong("POLICY_VALUE", path, what, "write it as PT4H or P2D")
        return None


def _place(path: Path) -> str:
    return f"'{path[-1]}'" if path else "the document"
