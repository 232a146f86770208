"""Whether what was planned came about, as sources of discovery saw it afterwards (PR12.5).

What a source says of an element confirms an item of a planned difference or contradicts it; that it
says nothing of what was planned does neither. What is absent from a run counts only where the run
brought all it has, and the source had the element before or has others of its type.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fitsm_graph.flow.planned import keys_of
from fitsm_graph.model.registry_types import camel_case


class Word(StrEnum):
    """What became of an item of a planned difference; types are nothing that a source sees.

    Neither is what was set aside.
    """

    CONFIRMED = "confirmed"
    CONTRADICTED = "contradicted"
    UNSEEN = "unseen"
    NOT_OBSERVED = "not_observed"


@dataclass(frozen=True, slots=True)
class Told:
    """What a source says of an element.

    Attributes:
        values: Of the planned fields and attributes those that it tells, in stored form.
        ties: Type, key of the source and of the target of each relation of a planned type.
    """

    values: Mapping[str, Any]
    ties: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Heard:
    """A run of a source that began after a change was implemented, and is over.

    Attributes:
        run: Its key.
        place: Key of its scope.
        whole: It brought all that the source has.
        told: What it says, by key of the element.
    """

    run: str
    place: str
    whole: bool
    told: Mapping[str, Told]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of an item.

    Attributes:
        run: Key of the run that says so; empty: none does.
        fields: Those that the source has otherwise.
    """

    word: Word = Word.UNSEEN
    run: str = ""
    fields: tuple[str, ...] = ()


def verdict_of(
    part: str,
    item: Any,
    values: Mapping[str, Any],
    heard: Iterable[Heard],
    covered: frozenset[str] = frozenset(),
) -> Verdict:
    """What the latest run that says anything of an item says.

    Args:
        part: Of the planned difference.
        item: Of the part.
        values: Planned fields and attributes in stored form.
        heard: Runs, the latest first.
        covered: Keys of scopes in which the absence of its element means something.
    """
    for each in heard:
        found = _by(part, item, values, each, covered)
        if found.word is not Word.UNSEEN:
            return found
    return Verdict()


def counted(change: Mapping[str, Any]) -> dict[str, int]:
    """How many items sources had confirmed and contradicted; nothing where none was compared.

    >>> counted({"difference_seen": ["confirmed", "unseen"]})
    {'confirmed': 1, 'contradicted': 0}
    """
    seen = change.get("difference_seen")
    if seen is None:
        return {}
    return {each.value: seen.count(each) for each in (Word.CONFIRMED, Word.CONTRADICTED)}


def _by(
    part: str, item: Any, values: Mapping[str, Any], heard: Heard, covered: frozenset[str]
) -> Verdict:
    told = [heard.told[key] for key in keys_of(part, item) if key in heard.told]
    absent = not told and heard.whole and heard.place in covered
    match part:
        case "retire":
            return _said(heard, confirmed=absent, contradicted=bool(told))
        case "add" | "change":
            if not told:
                return _said(heard, contradicted=absent and part == "add")
            differing, agrees = _differing(values, told[0].values)
            return _said(heard, differing, confirmed=agrees or part == "add")
        case _:
            return _tied(part, item, told, heard)


def _said(
    heard: Heard,
    fields: tuple[str, ...] = (),
    *,
    confirmed: bool = False,
    contradicted: bool = False,
) -> Verdict:
    if fields or contradicted:
        return Verdict(Word.CONTRADICTED, heard.run, fields)
    return Verdict(Word.CONFIRMED, heard.run) if confirmed else Verdict()


def _differing(planned: Mapping[str, Any], told: Mapping[str, Any]) -> tuple[tuple[str, ...], bool]:
    """Names of what is told otherwise than planned, and whether any is told at all."""
    both = {name: name for name in planned if name in told}
    both |= {name: snake for snake in told for name in planned if camel_case(snake) == name}
    wrong = sorted({snake for name, snake in both.items() if told[snake] != planned[name]})
    return tuple(wrong), bool(both)


def _tied(part: str, item: Any, told: Sequence[Told], heard: Heard) -> Verdict:
    """Whether a relation is told; that it is not counts where others of its type are."""
    ends = {(item["source"], item["target"]), (item["target"], item["source"])}
    of_type = [tie for each in told for tie in each.ties if tie[0] == item["type"]]
    there = any((source, target) in ends for _, source, target in of_type)
    wanted = part == "relate"
    return _said(
        heard,
        confirmed=there if wanted else bool(of_type) and not there,
        contradicted=bool(of_type) and not there if wanted else there,
    )
