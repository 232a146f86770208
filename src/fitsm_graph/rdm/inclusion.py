"""Which approved changes a release takes in, and why others are left out (PR13.2).

    types:
      minor: [standard, normal]
      major: [standard, normal, major]
      emergency: [standard, normal, major, emergency]
    criteria: [strategy, back_out, dependencies, conflict]
    most: 50

That a change is approved, and in one release at a time, is always wanted. Sentences name records
of processes, services and keys that a planned difference names; whoever reads the change sees them.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fitsm_graph.flow.policies import InForce, Policies, PolicyKind
from fitsm_graph.flow.reading import Reader
from fitsm_graph.kernel.text import first_of, plural
from fitsm_graph.model.rdm import ReleaseType

INCLUSION = "release-inclusion"
CHANGE_TYPES = ("standard", "normal", "major", "emergency")
MOST = 200


class Wanted(StrEnum):
    """What a provider may want of a change beside its approval."""

    STRATEGY = "strategy"
    BACK_OUT = "back_out"
    DEPENDENCIES = "dependencies"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Inclusion:
    """Criteria of inclusion.

    Attributes:
        types: Types of change by the type of release that takes them.
        wanted: What else is looked at.
        most: Changes of one release.
    """

    types: Mapping[ReleaseType, frozenset[str]]
    wanted: frozenset[Wanted]
    most: int


def parse_inclusion(_name: str, document: Any, read: Reader) -> Inclusion | None:
    """Read criteria of inclusion."""
    given = read.fields(document, (), ("types", "criteria", "most"), ("types", "criteria"))
    names = [each.value for each in ReleaseType]
    said = read.fields(given.get("types"), ("types",), names, names)
    types = {
        each: frozenset(
            read.some_of(said.get(each.value), ("types", each.value), CHANGE_TYPES, "types")
        )
        for each in ReleaseType
    }
    for each in (ReleaseType.MINOR, ReleaseType.MAJOR):
        if "emergency" in types[each]:
            what = f"an emergency change would wait for a {each} release"
            remedy = "leave it to emergency releases"
            read.wrong("INCLUSION_OF_EMERGENCIES", ("types", each.value), what, remedy)
    wanted = read.some_of(given.get("criteria"), ("criteria",), list(Wanted), "criteria", least=0)
    most = read.whole(given.get("most", 50), ("most",), 1, MOST)
    return Inclusion(types, frozenset(Wanted(each) for each in wanted), most)


INCLUSION_KIND = PolicyKind(
    INCLUSION, "Which approved changes a release takes in.", "PR13.2", parse_inclusion
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A change that is to be taken into a release.

    Attributes:
        doubt: Why its approval holds no more; empty: it does.
        elsewhere: Keys of other open releases that contain it.
        strategies: Those of the elements that it alters.
        without: How many of these have none.
        has_back_out: Something says how it is undone.
        missing: Keys that its planned difference needs and that are no elements yet.
    """

    change: Mapping[str, Any]
    doubt: str
    elsewhere: Sequence[str]
    strategies: Sequence[InForce]
    without: int
    has_back_out: bool
    missing: frozenset[str]


def reasons(
    rule: Inclusion,
    type: ReleaseType,
    one: Candidate,
    strategy: str,
    inside: Sequence[Mapping[str, Any]],
    may: Iterable[str],
) -> list[str]:
    """Why a change is left out; nothing: it is taken in.

    Args:
        rule: In force.
        type: Of the release.
        one: The change.
        strategy: Version of the strategy of the release; empty: none yet.
        inside: Changes that the release contains, and those that are taken in with it.
        may: States in which an approved change waits to be implemented.
    """
    change, found = one.change, []
    if change["status"] not in set(may):
        found.append(f"it is {change['status']}, and not approved")
    elif one.doubt:
        found.append(one.doubt)
    if one.elsewhere:
        found.append(f"it is in {first_of(one.elsewhere)}")
    word = change.get("type") or "normal"
    if word not in rule.types[type]:
        found.append(f"a {type} release takes no {word} change")
    if Wanted.STRATEGY in rule.wanted:
        found += _strategic(one, type, strategy)
    if Wanted.BACK_OUT in rule.wanted and not one.has_back_out:
        found.append("nothing says how it is undone")
    if Wanted.DEPENDENCIES in rule.wanted:
        left = one.missing - set(added(inside))
        if left:
            told = first_of(sorted(left))
            found.append(f"it needs {told}, which neither is there nor comes with the release")
    if Wanted.CONFLICT in rule.wanted:
        found += _conflicts(change, inside)
    return found


def _strategic(one: Candidate, type: ReleaseType, strategy: str) -> Iterator[str]:
    if one.without:
        yield f"{plural(one.without, 'element')} that it alters have no release strategy"
    names = [each.name for each in one.strategies]
    if len(names) > 1:
        yield f"what it alters is released by several strategies: {', '.join(names)}"
    for each in one.strategies:
        if type not in each.value.types:
            yield f"the strategy {each.name} is for no {type} releases"
        if strategy and each.key != strategy:
            yield f"it is released by {each.key}, and the release by {strategy}"


# --- planned differences -------------------------------------------------------------------------


def said_of(change: Mapping[str, Any]) -> Mapping[str, Any]:
    """The planned difference of a change."""
    text = change.get("difference")
    return json.loads(text) if text else {}


def added(changes: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Keys of the elements that changes bring."""
    for each in changes:
        yield from (item["key"] for item in said_of(each).get("add", ()))


def needed(change: Mapping[str, Any]) -> set[str]:
    """Keys of the elements that a change expects to be there, as its difference names them."""
    said = said_of(change)
    keys = {end for item in said.get("relate", ()) for end in (item["source"], item["target"])}
    keys |= {end for item in said.get("unrelate", ()) for end in (item["source"], item["target"])}
    keys |= {item["key"] for item in said.get("change", ())}
    keys |= set(said.get("retire", ()))
    return keys - set(added([change]))


def _conflicts(change: Mapping[str, Any], inside: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    mine = _touched(change)
    for other in inside:
        theirs = _touched(other)
        both = sorted(key for key in mine.keys() & theirs.keys() if _differ(mine[key], theirs[key]))
        if both:
            yield f"{other['key']} wants {first_of(both)} to be otherwise"


def _touched(change: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What a difference says of each element and relation that it names."""
    said = said_of(change)
    found: dict[str, dict[str, Any]] = {}
    for item in said.get("types", ()):
        names = (name for group in item.values() for name in group)
        found |= {f"type {name}": {"": "defined"} for name in names}
    for item in said.get("add", ()):
        found[item["key"]] = {"": "added"}
    for item in said.get("change", ()):
        told = {name: item[name] for name in ("name", "description") if name in item}
        found[item["key"]] = {**told, **item.get("attributes", {})}
    for key in said.get("retire", ()):
        found[key] = {"": "gone"}
    for part in ("relate", "unrelate"):
        for item in said.get(part, ()):
            found[f"{item['source']} {item['type']} {item['target']}"] = {part: True}
    return found


def _differ(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Two cannot both be so: added twice, gone and changed, one attribute with two values."""
    if "" in one or "" in other:
        return True
    if {"relate", "unrelate"} <= {*one, *other}:
        return True
    return any(one[name] != other[name] for name in one.keys() & other.keys())


def approved_states(policies: Policies) -> list[str]:
    """States of a change in which it is approved and has not begun."""
    life = policies.value("life", "Change")
    found: list[str] = life.sources("change.begin")
    return found
