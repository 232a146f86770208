"""Which type a change is of, by criteria over the graph (PR12.1).

    rules:
      - {type: emergency, when: {urgent: true, services_down: 1}}
      - {type: major, when: {services_down: 1, criticality: 2}}
    otherwise: normal

The first rule that holds decides.
"""

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
class ChangeTypeCriteria:
    """Rules in order; the key of each is the type that follows from it."""

    rules: tuple[Criterion, ...]
    otherwise: ChangeType

    def type_of(self, facts: Facts) -> ChangeType:
        """The type of a change of which some facts are known."""
        for each in self.rules:
            if each.met(facts):
                return ChangeType(each.key)
        return self.otherwise


def parse_types(_name: str, document: Any, read: Reader) -> ChangeTypeCriteria | None:
    """Read criteria of types."""
    fields = ("rules", "otherwise")
    given = read.fields(document, (), fields, fields)
    types = [each.value for each in ChangeType]
    found: list[tuple[Path, Criterion]] = []
    for place, said in enumerate(read.items(given.get("rules"), ("rules",), "rules")):
        path: Path = ("rules", place)
        each = read.fields(said, path, ("type", "when", "doc"), ("type", "when"))
        type = read.one_of(each.get("type"), (*path, "type"), types)
        one = read_criterion(type, each.get("when"), (*path, "when"), FACTS, read)
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


def _check_standard(type: str, one: Criterion, path: Path, read: Reader) -> None:
    """Standard is what the catalogue approved before, and an emergency is what cannot wait."""
    earned = {ChangeType.STANDARD: "preapproved", ChangeType.EMERGENCY: "urgent"}
    fact = earned.get(ChangeType(type))
    if fact is not None and fact not in one.when:
        what = f"a change would be {type} without being {fact}"
        read.wrong("CHANGE_TYPE_UNEARNED", (*path, "when"), what, f"add {fact}: true")
