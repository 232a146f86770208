"""Which type a change is of, by criteria over the graph (PR12.1).

    rules:
      - {type: emergency, when: {urgent: true, services_down: 1}}
      - {type: major, when: {services_down: 1, criticality: 2}}
    otherwise: normal

The first rule that holds decides. A rule may name kinds of elements, or types of CIs, of which the
change alters one; what inherits from a type is of it:

      - {type: major, of: [Firewall]}
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fitsm_graph.flow import criteria
from fitsm_graph.flow.criteria import Criterion, Facts, check_covered, read_criterion
from fitsm_graph.flow.reading import Path, Reader


class ChangeType(StrEnum):
    """How a change is dealt with, from the least to the most that it takes."""

    STANDARD = "standard"
    NORMAL = "normal"
    MAJOR = "major"
    EMERGENCY = "emergency"


FACTS = (
    criteria.SERVICES_DOWN,
    criteria.SERVICES_REACHED,
    criteria.CRITICALITY,
    criteria.CUSTOMERS,
    criteria.USERS,
    criteria.MARGIN_LEFT,
    criteria.URGENT,
    criteria.PREAPPROVED,
)
"""What is known of a change when it is classified."""


@dataclass(frozen=True, slots=True)
class TypeRule(Criterion):
    """Conditions under which a change is of a type; its key is that type.

    Attributes:
        of: Kinds of elements and types of CIs, of which it alters one; none: whatever it alters.
    """

    of: frozenset[str] = frozenset()

    def holds(self, facts: Facts, kinds: Collection[str]) -> bool:
        """Whether it holds of a change of which some facts are known.

        Args:
            facts: What is known.
            kinds: Kinds and types of what it alters, with those that they inherit from.
        """
        return self.met(facts) and not (self.of and self.of.isdisjoint(kinds))

    def covers(self, other: Criterion) -> bool:
        """Whether this one holds whenever the other does, as far as names tell."""
        theirs = other.of if isinstance(other, TypeRule) else frozenset()
        within = not self.of or (bool(theirs) and theirs <= self.of)
        return within and Criterion.covers(self, other)


@dataclass(frozen=True, slots=True)
class ChangeTypeCriteria:
    """Rules in order."""

    rules: tuple[TypeRule, ...]
    otherwise: ChangeType

    def rule_of(self, facts: Facts, kinds: Collection[str] = ()) -> TypeRule | None:
        """The rule that decides on a change of which some facts are known; None: no rule does."""
        return next((each for each in self.rules if each.holds(facts, kinds)), None)

    def type_of(self, facts: Facts, kinds: Collection[str] = ()) -> ChangeType:
        """The type of a change of which some facts are known."""
        found = self.rule_of(facts, kinds)
        return self.otherwise if found is None else ChangeType(found.key)


def parse_types(_name: str, document: Any, read: Reader) -> ChangeTypeCriteria | None:
    """Read criteria of types."""
    fields = ("rules", "otherwise")
    given = read.fields(document, (), fields, fields)
    types = [each.value for each in ChangeType]
    found: list[tuple[Path, TypeRule]] = []
    for place, said in enumerate(read.items(given.get("rules"), ("rules",), "rules")):
        path: Path = ("rules", place)
        one = _rule(said, path, types, read)
        type = one.key if one is not None else ""
        if one is not None and type:
            _check_standard(type, one, path, read)
            found.append((path, one))
    check_covered(found, read, ordered=True)
    otherwise = read.one_of(given.get("otherwise"), ("otherwise",), types)
    if otherwise in {ChangeType.STANDARD, ChangeType.EMERGENCY}:
        what = f"a change of which nothing is known would be {otherwise}"
        read.wrong("CHANGE_TYPE_UNEARNED", ("otherwise",), what, "otherwise: normal")
    rules = tuple(one for _, one in found)
    return ChangeTypeCriteria(rules, ChangeType(otherwise)) if otherwise else None


def _rule(said: object, path: Path, types: Sequence[str], read: Reader) -> TypeRule | None:
    """A rule with conditions, or kinds, or both."""
    each = read.fields(said, path, ("type", "of", "when", "doc"), ("type",))
    type = read.one_of(each.get("type"), (*path, "type"), types)
    of: frozenset[str] = frozenset()
    if each.get("of") is not None:
        items = read.items(each["of"], (*path, "of"), "kinds of elements, or types of CIs")
        of = frozenset(read.text(one, (*path, "of", at)) for at, one in enumerate(items))
    if each.get("when") is None and of:
        return TypeRule(type, {}, {}, of)
    one = read_criterion(type, each.get("when"), (*path, "when"), FACTS, read)
    return TypeRule(one.key, one.when, one.senses, of) if one is not None else None


def _check_standard(type: str, one: Criterion, path: Path, read: Reader) -> None:
    """Standard is what the catalogue approved before, and an emergency is what cannot wait."""
    earned = {ChangeType.STANDARD: "preapproved", ChangeType.EMERGENCY: "urgent"}
    fact = earned.get(ChangeType(type))
    if fact is not None and fact not in one.when:
        what = f"a change would be {type} without being {fact}"
        read.wrong("CHANGE_TYPE_UNEARNED", (*path, "when"), what, f"add {fact}: true")
