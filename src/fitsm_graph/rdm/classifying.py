"""Which type a release is of, by criteria over the graph (PR13.1).

    rules:
      - {type: emergency, when: {urgent: true}}
      - {type: major, when: {services_down: 1, criticality: 2}}
    otherwise: minor

The first rule that holds decides; a person may decide otherwise, with a reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fitsm_graph.flow import criteria
from fitsm_graph.flow.criteria import Criterion, Fact, Facts, Sense, check_covered, read_criterion
from fitsm_graph.flow.overriding import check_reason
from fitsm_graph.flow.policies import Policies, PolicyKind
from fitsm_graph.flow.reading import Path, Reader
from fitsm_graph.flow.weighing import DEFAULT, in_force, services_told
from fitsm_graph.impact.reach import Reach, most_critical
from fitsm_graph.model.rdm import ReleaseType

CRITERIA = "release-type-criteria"
CHANGES = Fact("changes", Sense.AT_LEAST, 1, 1_000, "Changes that it contains.")
FACTS = (
    criteria.SERVICES_DOWN,
    criteria.SERVICES_REACHED,
    criteria.DOWN_CRITICALITY,
    criteria.CRITICALITY,
    criteria.URGENT,
    criteria.ELEMENTS_ALTERED,
    CHANGES,
)
"""What is known of a release when it is classified: as if all of it were deployed at once."""


@dataclass(frozen=True, slots=True)
class ReleaseTypeCriteria:
    """Rules in order; the key of each is the type that follows from it."""

    rules: tuple[Criterion, ...]
    otherwise: ReleaseType


def parse_types(_name: str, document: Any, read: Reader) -> ReleaseTypeCriteria | None:
    """Read criteria of types."""
    fields = ("rules", "otherwise")
    given = read.fields(document, (), fields, fields)
    types = [each.value for each in ReleaseType]
    found: list[tuple[Path, Criterion]] = []
    for place, said in enumerate(read.items(given.get("rules"), ("rules",), "rules")):
        path: Path = ("rules", place)
        each = read.fields(said, path, ("type", "when", "doc"), ("type", "when"))
        type = read.one_of(each.get("type"), (*path, "type"), types)
        one = read_criterion(type, each.get("when"), (*path, "when"), FACTS, read)
        if one is not None and type:
            if type == ReleaseType.EMERGENCY and "urgent" not in one.when:
                what = "a release would be an emergency without being urgent"
                read.wrong("RELEASE_TYPE_UNEARNED", (*path, "when"), what, "add urgent: true")
            found.append((path, one))
    check_covered(found, read, ordered=True)
    otherwise = read.one_of(given.get("otherwise"), ("otherwise",), types)
    if otherwise == ReleaseType.EMERGENCY:
        what = "a release of which nothing is known would be an emergency"
        read.wrong("RELEASE_TYPE_UNEARNED", ("otherwise",), what, "otherwise: minor")
    rules = tuple(one for _, one in found)
    return ReleaseTypeCriteria(rules, ReleaseType(otherwise)) if otherwise else None


TYPE_KIND = PolicyKind(
    CRITERIA, "Whether a release is minor, major or an emergency.", "PR13.1", parse_types
)


@dataclass(frozen=True, slots=True)
class Override:
    """What a person decided instead of the criteria; None: they decide."""

    type: ReleaseType | None = None
    why: str = ""

    @classmethod
    def of(cls, release: Mapping[str, Any]) -> "Override":
        """What stands in a release's record."""
        word = release.get("override_type")
        return cls(ReleaseType(word) if word else None, release.get("override_reason") or "")


def facts_of(reach: Reach, elements: int, changes: int, *, urgent: bool) -> Facts:
    """What rules are held against.

    Args:
        reach: What all elements of the release do to services at once.
        elements: How many it alters.
        changes: How many it contains.
        urgent: It cannot wait for the usual cycle.
    """
    return {
        "services_down": len(reach.down),
        "services_reached": len(reach.services),
        "down_criticality": most_critical(reach.down),
        "criticality": most_critical(reach.services),
        "urgent": int(urgent),
        "elements_altered": elements,
        "changes": changes,
    }


def typed(policies: Policies, reach: Reach, facts: Facts, override: Override) -> dict[str, Any]:
    """Values of a release's record: its type, and why.

    Raises:
        BadInput: OVERRIDE_REASON.
    """
    if override.type is not None:
        check_reason(override.why, remedy="say why the type is another", requirement="PR13.1")
    computed, why = _computed(policies, facts)
    decided = [f"{override.type} as a person decided: {override.why.strip()}"]
    told = "no service gets worse"
    if reach.services:
        told = f"if all of it were deployed at once: {services_told(reach.services)}"
    return {
        "type": override.type or computed,
        "computed_type": computed,
        "override_type": override.type,
        "override_reason": override.why.strip() if override.type else None,
        "because": [why, told, *(decided if override.type else [])],
        "services_down": len(reach.down),
        "services_reached": len(reach.services),
    }


def _computed(policies: Policies, facts: Facts) -> tuple[ReleaseType | None, str]:
    rules: ReleaseTypeCriteria | None = in_force(policies, CRITERIA)
    if rules is None:
        return None, f"type unknown: no {CRITERIA} '{DEFAULT}' are in force"
    for each in rules.rules:
        if each.met(facts):
            bounds = ", ".join(f"{name} {facts[name]}" for name in sorted(each.when))
            return ReleaseType(each.key), f"{each.key} by {bounds}"
    return rules.otherwise, f"{rules.otherwise}, as no rule says more"


def type_of(release: Mapping[str, Any]) -> ReleaseType:
    """The type of a release; one that nothing decides is treated as major."""
    return ReleaseType(release.get("type") or ReleaseType.MAJOR)
