"""A compiled mapping: what the run of it and the lint look at."""

from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from typing import Any

from fitsm_graph.discovery.mapping.expression import Compiled

GROUP = "RedundancyGroup"
NEEDS = ("all", "all_but_one", "majority")
"""Words for how many members a group needs; besides a number."""


@dataclass(frozen=True, slots=True)
class TypeChoice:
    """Which type an element gets.

    Attributes:
        of: Gives the word that is looked up; None where the type is always the same.
        table: Type by word.
        otherwise: Type of any other word; empty where it is a problem, or the word is the type.
        is_name: The word itself is the type.
    """

    of: Compiled | None
    table: AnyMapping[str, str]
    otherwise: str
    is_name: bool
    line: int

    def names(self) -> tuple[str, ...]:
        """Every type that is known beforehand."""
        return tuple(dict.fromkeys(filter(None, (*self.table.values(), self.otherwise))))


@dataclass(frozen=True, slots=True)
class GroupRule:
    """How several targets of a relation become a redundancy group.

    Attributes:
        word: Last part of the group's key and name.
        need: A number, one of `NEEDS`, or an expression that gives a number.
        always: One target becomes a group too.
    """

    word: str
    need: int | str | Compiled
    strength: str
    grounded: bool
    always: bool
    line: int


@dataclass(frozen=True, slots=True)
class RelationRule:
    """How relations of an element are found.

    Attributes:
        to: Gives the key of the other end, or several.
        incoming: The other end is the source.
        known: Only to what the same file has.
        both_ends: The other end may state it too; one is kept.
        instead: Only if no earlier relation of the same rule and type was found.
    """

    type: str
    each: Compiled | None
    when: Compiled | None
    to: Compiled
    incoming: bool
    known: bool
    both_ends: bool
    instead: bool
    group: GroupRule | None
    properties: tuple[tuple[str, Compiled], ...]
    line: int


@dataclass(frozen=True, slots=True)
class Rule:
    """How elements are made of one kind of record; without a key it only leads to inner ones.

    Attributes:
        each: Gives the records; None is the surrounding one itself.
        lets: Names for inner expressions.
        set_for: Further attributes of some types.
        weak: Gives way where another rule makes the same key.
        switches: Inner rules, those with the same `each` together: the first that holds is taken.
    """

    each: Compiled | None
    each_text: str
    when: Compiled | None
    when_text: str
    lets: tuple[tuple[str, Compiled], ...]
    type: TypeChoice | None
    key: Compiled | None
    attributes: tuple[tuple[str, Compiled], ...]
    set_for: AnyMapping[str, tuple[tuple[str, Compiled], ...]]
    identifiers: tuple[tuple[str, Compiled], ...]
    relations: tuple[RelationRule, ...]
    confidence: Compiled | None
    observed_at: Compiled | None
    weak: bool
    switches: tuple[tuple["Rule", ...], ...]
    line: int
    lines: AnyMapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IndexRule:
    """A join: what is found in the file, by keys."""

    name: str
    each: Compiled | None
    by: Compiled
    value: Compiled
    when: Compiled | None
    lets: tuple[tuple[str, Compiled], ...]
    line: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is recognised and not taken in, with the reason for people."""

    each: Compiled | None
    when: Compiled
    message: str
    why: str
    remedy: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Records that are left out on purpose; they are counted and told by name."""

    lets: tuple[tuple[str, Compiled], ...]
    each: Compiled | None
    when: Compiled | None
    name: Compiled
    why: str


@dataclass(frozen=True, slots=True)
class Mapping:
    """A format, ready to be read.

    Attributes:
        name: Of the format; also the default name of the source.
        readers: Names of the readers a file may need.
        mode: Of a run where none is asked for.
        modes: Those that a run may have.
        scope_needed: Why a run must name its scope; empty where it need not.
        detect: Each says from the first document whether the file is of the format.
        whole: The file is looked at as a whole before anything is made of it.
        fallback: Taken only where no other format fits.
        complete: Types of which a file lists all that its scope has.
        tables: Words by word, by the table's name.
    """

    name: str
    file: str
    doc: str
    readers: tuple[str, ...]
    mode: str
    modes: tuple[str, ...]
    scope_needed: str
    detect: tuple[Compiled, ...]
    whole: bool
    fallback: bool
    complete: frozenset[str]
    tables: AnyMapping[str, AnyMapping[str, Any]]
    lets: tuple[tuple[str, Compiled], ...]
    indexes: tuple[IndexRule, ...]
    refusals: tuple[Refusal, ...]
    left_out: tuple[LeftOut, ...]
    switches: tuple[tuple[Rule, ...], ...]
    notes: tuple[str, ...] = ()
