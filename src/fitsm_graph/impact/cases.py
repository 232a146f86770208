"""Impact of cases written as JSON, without a database: one case in, one answer out.

A case::

    {"elements": [ids],
     "requirements": [{"id"?, "of", "members", "need", "strength": "hard|soft|info",
                       "grounded"?, "weights"?, "reserve"?}],
     "down": [ids], "degraded": [ids], "at_risk": [ids]}

and its answer::

    {"states": {id: level}, "margins": {requirement id: number},
     "proofs": {id: {"level", "requirement", "because": [ids]} | {"unfounded": [ids]}}}

Identifiers are texts. A requirement without ``id`` is called ``of#n``: n is its place, from 0,
among the requirements of its element in the order given, those with an ``id`` counted too. The
lists of requirements and own states may be left out when empty, and an optional part may be
null. An element in several of the lists of own states is in the worst of them. Proofs are given
for elements that are not UP; where the own state decides, the requirement is null.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NoReturn

import numpy as np

from fitsm_graph.impact.engine import Proof, Solution, proofs, solve
from fitsm_graph.impact.network import (
    AT_RISK,
    DEGRADED,
    DOWN,
    LARGEST_AMOUNT,
    REST,
    Level,
    Strength,
    build_network,
)
from fitsm_graph.impact.refusals import refusal
from fitsm_graph.kernel.errors import BadInput, Problem
from fitsm_graph.kernel.text import did_you_mean

Path = tuple[str | int, ...]

OWN_STATES: Final = {"at_risk": AT_RISK, "degraded": DEGRADED, "down": DOWN}
STRENGTHS: Final = {strength.name.lower(): int(strength) for strength in Strength}
CASE_KEYS: Final = frozenset({"elements", "requirements", *OWN_STATES})
REQUIREMENT_KEYS: Final = frozenset(
    {"id", "of", "members", "need", "strength", "grounded", "weights", "reserve"}
)
_NONE: Final = object()
_WORDS: Final = tuple(level.name for level in Level)


def answer_stream(lines: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Answer cases line by line, or the one case that all lines together are.

    Args:
        lines: Lines of a file; blank ones are skipped.

    Yields:
        A line of JSON, and whether it is an answer. A line that cannot be answered gives
        ``{"line": n, "errors": [{"code", "message", "why", "remedy", "path"}]}`` and does not
        keep the others from being answered.
    """
    numbered = ((at, text) for at, text in enumerate(lines, 1) if text.strip(" \t\r\n\ufeff"))
    first = next(numbered, None)
    if first is None:
        return
    if _value(first[1]) is not _NONE:
        yield _answered(first)
        yield from map(_answered, numbered)
        return
    rest = [first, *numbered]
    whole = "\n" * (first[0] - 1) + "\n".join(text.rstrip("\r\n") for _, text in rest)
    if _value(whole) is not _NONE or not any(_looks_like_case(text) for _, text in rest):
        rest = [(first[0], whole)]
    yield from map(_answered, rest)


def _answered(numbered: tuple[int, str]) -> tuple[str, bool]:
    line, text = numbered
    try:
        answer = answer_line(text)
    except BadInput as error:
        errors = [_error(problem) for problem in error.problems]
        return _json({"line": line, "errors": errors}), False
    return _json(answer), True


def _json(value: object) -> str:
    """One line of JSON, with letters as they are unless they cannot be written as UTF-8."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return text


def _error(problem: Problem) -> dict[str, object]:
    return {
        "code": problem.code,
        "message": problem.message,
        "why": problem.why,
        "remedy": problem.remedy,
        "path": list(problem.path),
    }


def _value(text: str) -> object:
    """The JSON value that a text is, right or wrong as a case, or `_NONE`."""
    try:
        return json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return _NONE


def _looks_like_case(text: str) -> bool:
    value = _value(text)
    return isinstance(value, dict) and "elements" in value


def answer_line(text: str) -> dict[str, Any]:
    """Answer one case given as a text of JSON.

    Raises:
        BadInput: It is not JSON, has a key twice, or `answer_case` refuses it.
    """
    try:
        case = json.loads(
            text.lstrip("\ufeff"), object_pairs_hook=_distinct_keys, parse_constant=_no_constant
        )
    except json.JSONDecodeError as error:
        raise BadInput(
            f"not JSON: {error.msg} (line {error.lineno}, column {error.colno} of the case)",
            remedy="give one JSON object a line, or one object in the whole file",
            code="BAD_JSON",
        ) from error
    except (ValueError, RecursionError) as error:
        raise BadInput(
            f"not JSON that can be read: {error}",
            remedy="nest less deeply, and write numbers of at most 16 digits",
            code="BAD_JSON",
        ) from error
    return answer_case(case)


def _distinct_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadInput(
            f"the key {twice!r} stands twice in one object",
            why="readers of JSON keep one of the two, and not all the same one",
            remedy="keep the one that is meant",
            code="DUPLICATE_KEY",
        )
    return found


def _no_constant(word: str) -> NoReturn:
    raise BadInput(
        f"{word} is not a number of JSON",
        remedy="give an integer, or leave the part out",
        code="BAD_JSON",
    )


def answer_case(case: object) -> dict[str, Any]:
    """Answer one case.

    Raises:
        BadInput: The case breaks the format or design section 4; all problems are listed, each
            with its path, such as ``requirements/2/need``.
    """
    reader = _Reader()
    parsed = reader.case(case)
    if reader.problems:
        raise BadInput.of(reader.problems)
    elements, requirements, own = parsed
    solution = _solved(len(elements), requirements, own)
    names = [requirement["id"] for requirement in requirements]
    ids = list(elements)
    return {
        "states": dict(zip(ids, map(_WORDS.__getitem__, solution.state.tolist()), strict=True)),
        "margins": dict(zip(names, solution.margin.tolist(), strict=True)),
        "proofs": {ids[p.element]: _proof(p, ids, names) for p in proofs(solution)},
    }


def _proof(proof: Proof, ids: list[str], names: list[str]) -> dict[str, object]:
    if proof.unfounded:
        return {"unfounded": [ids[element] for element in proof.unfounded]}
    return {
        "level": proof.level.name,
        "requirement": None if proof.requirement is None else names[proof.requirement],
        "because": [ids[element] for element in proof.because],
    }


def _solved(count: int, requirements: list[dict[str, Any]], own: list[int]) -> Solution:
    sizes = [len(requirement["members"]) for requirement in requirements]
    weights = [weight for requirement in requirements for weight in requirement["weights"]]
    network = build_network(
        count,
        of=_column(requirements, "of"),
        need=_column(requirements, "need"),
        strength=_column(requirements, "strength"),
        grounded=_column(requirements, "grounded"),
        reserve=_column(requirements, "reserve"),
        member_start=np.cumsum([0, *sizes]),
        member=np.array([m for r in requirements for m in r["members"]], np.int64),
        weight=np.array(weights, np.int64),
    )
    return solve(network, np.array(own, np.uint8))


def _column(requirements: list[dict[str, Any]], name: str) -> np.ndarray[Any, Any]:
    return np.array([requirement[name] for requirement in requirements], np.int64)


class _Reader:
    """Checks a case and turns identifiers into positions; notes every problem it meets."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._elements: dict[str, int] = {}

    def case(self, case: object) -> tuple[dict[str, int], list[dict[str, Any]], list[int]]:
        """Elements with their positions, requirements with defaults filled in, own states."""
        if not isinstance(case, Mapping):
            self._refuse("BAD_TYPE", f"a case is an object, not {_kind(case)}", ())
            return {}, [], []
        self._known_keys(case, CASE_KEYS, ())
        self._read_elements(case)
        requirements = self._requirements(self._list(case, "requirements", ()))
        return self._elements, requirements, self._own(case)

    def _refuse(self, code: str, message: str, path: Path, why: str = "", remedy: str = "") -> None:
        self.problems.append(refusal(code, message, path, why, remedy))

    def _known_keys(self, found: Mapping[str, Any], known: frozenset[str], path: Path) -> None:
        for key in found:
            if key not in known:
                remedy = did_you_mean(str(key), known)
                self._refuse("UNKNOWN_KEY", f"unknown key {key!r}", (*path, key), remedy=remedy)

    def _list(self, found: Mapping[str, Any], key: str, path: Path) -> list[Any]:
        value = found.get(key, [])
        if value is None and not path and key != "elements":
            return []
        if isinstance(value, list | tuple):
            return list(value)
        self._refuse("BAD_TYPE", f"{key!r} is a list, not {_kind(value)}", (*path, key))
        return []

    def _read_elements(self, case: Mapping[str, Any]) -> None:
        if "elements" not in case:
            self._refuse("MISSING_KEY", "a case has 'elements'", ("elements",))
        for at, name in enumerate(self._list(case, "elements", ())):
            path: Path = ("elements", at)
            if self._text(name, path) and name in self._elements:
                self._refuse("DUPLICATE_ELEMENT", f"element {name!r} is given twice", path)
            elif isinstance(name, str):
                self._elements[name] = len(self._elements)

    def _text(self, value: object, path: Path) -> bool:
        ok = isinstance(value, str) and bool(value)
        if not ok:
            what = "is empty" if value == "" else f"is a text, not {_kind(value)}"
            self._refuse("BAD_TYPE", f"an identifier {what}", path)
        return ok

    def _element(self, name: object, path: Path, code: str = "UNKNOWN_ELEMENT") -> int:
        if not self._text(name, path):
            return 0
        place = self._elements.get(str(name), -1)
        if place < 0:
            remedy = did_you_mean(str(name), self._elements)
            self._refuse(code, f"{name!r} is not among the elements", path, remedy=remedy)
        return max(place, 0)

    def _own(self, case: Mapping[str, Any]) -> list[int]:
        own = [0] * len(self._elements)
        for key, level in OWN_STATES.items():
            for at, name in enumerate(self._list(case, key, ())):
                place = self._element(name, (key, at))
                if own:
                    own[place] = max(own[place], level)
        return own

    def _requirements(self, given: list[Any]) -> list[dict[str, Any]]:
        read, names, counts = [], set[str](), dict[str, int]()
        for at, requirement in enumerate(given):
            path: Path = ("requirements", at)
            if not isinstance(requirement, Mapping):
                what = f"a requirement is an object, not {_kind(requirement)}"
                self._refuse("BAD_TYPE", what, path)
                continue
            row = self._requirement(requirement, path)
            of = str(requirement.get("of"))
            counts[of] = counts.get(of, -1) + 1
            row["id"] = self._id(requirement.get("id"), f"{of}#{counts[of]}", names, path)
            read.append(row)
        return read

    def _id(self, given: object, default: str, names: set[str], path: Path) -> str:
        name = default
        if given is not None and self._text(given, (*path, "id")):
            name = str(given)
        if name in names:
            what = f"two requirements are called {name!r}"
            self._refuse("DUPLICATE_REQUIREMENT", what, (*path, "id"))
        names.add(name)
        return name

    def _requirement(self, found: Mapping[str, Any], path: Path) -> dict[str, Any]:
        self._known_keys(found, REQUIREMENT_KEYS, path)
        for key in ("of", "members", "need", "strength"):
            if key not in found:
                self._refuse("MISSING_KEY", f"a requirement has {key!r}", (*path, key))
        members = self._members(found, path)
        return {
            "of": self._element(found["of"], (*path, "of")) if "of" in found else 0,
            "members": members,
            "need": self._amount(found.get("need", 0), "need", 0, (*path, "need")),
            "strength": self._strength(found.get("strength", "hard"), (*path, "strength")),
            "grounded": self._flag(found.get("grounded"), (*path, "grounded")),
            "weights": self._weights(found, len(members), path),
            "reserve": self._reserve(found.get("reserve"), (*path, "reserve")),
        }

    def _members(self, found: Mapping[str, Any], path: Path) -> list[int]:
        places: list[int] = []
        seen: set[object] = set()
        for at, name in enumerate(self._list(found, "members", path)):
            where = (*path, "members", at)
            places.append(self._element(name, where, "UNKNOWN_MEMBER"))
            if isinstance(name, str) and name in seen:
                self._refuse("DUPLICATE_MEMBER", f"{name!r} is a member twice", where)
            seen.add(name if isinstance(name, str) else None)
        return places

    def _weights(self, found: Mapping[str, Any], count: int, path: Path) -> list[int]:
        if found.get("weights") is None:
            return [1] * count
        path = (*path, "weights")
        given = self._list(found, "weights", path[:-1])
        if len(given) != count:
            what = f"{len(given)} weights for {count} members"
            self._refuse("WRONG_NUMBER_OF_WEIGHTS", what, path)
        return [self._amount(weight, "weight", 1, (*path, at)) for at, weight in enumerate(given)]

    def _amount(self, value: object, name: str, least: int, path: Path) -> int:
        if isinstance(value, int) and not isinstance(value, bool):
            if least <= value <= LARGEST_AMOUNT:
                return value
            what = f"{value} is not allowed as {name}"
        else:
            what = f"a {name} is an integer, not {_kind(value)}"
        why = f"it is an integer from {least} to {LARGEST_AMOUNT}"
        self._refuse(f"BAD_{name.upper()}", what, path, why)
        return least

    def _reserve(self, value: object, path: Path) -> int:
        return REST if value is None else self._amount(value, "reserve", 0, path)

    def _strength(self, value: object, path: Path) -> int:
        if isinstance(value, str) and value in STRENGTHS:
            return STRENGTHS[value]
        remedy = did_you_mean(str(value), STRENGTHS)
        self._refuse("BAD_STRENGTH", f"{value!r} is no strength", path, remedy=remedy)
        return 0

    def _flag(self, value: object, path: Path) -> int:
        if value is not None and not isinstance(value, bool):
            self._refuse("BAD_TYPE", f"'grounded' is true or false, not {_kind(value)}", path)
        return int(value is True)


def _kind(value: object) -> str:
    """What a value of JSON is, in words."""
    if value is None:
        return "null"
    for kind, word in _KINDS.items():
        if isinstance(value, kind):
            return word
    return "an object"


_KINDS: Final = {
    bool: "true or false",  # before int, of which it is a kind
    int: "an integer",
    float: "a number with a fraction",
    str: "a text",
    list: "a list",
}
