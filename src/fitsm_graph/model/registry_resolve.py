"""Inheritance of CI types: lineages, attributes with the inherited ones, and their conflicts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fitsm_graph.kernel.errors import Problem
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.registry_names import KNOWN_BESIDES
from fitsm_graph.model.registry_parse import Declared, Path
from fitsm_graph.model.registry_types import Attribute, CIType

CITypes = Mapping[str, Declared[CIType]]


@dataclass(frozen=True, slots=True)
class Resolved:
    """A CI type with everything it inherits.

    Attributes:
        lineage: Its own name first, then its ancestors up to the root.
        attributes: By name; the root's first, a redefined one stays in its place.
        completeness: Names that must be known, the root's first.
    """

    lineage: tuple[str, ...]
    attributes: dict[str, Attribute]
    completeness: tuple[str, ...]
    icon: str
    owner_group: str


_NOTHING = Resolved((), {}, (), "", "")


def resolve(types: CITypes, problems: list[Problem]) -> dict[str, Resolved]:
    """Resolve every type whose lineage is sound; the others are in the problems."""
    lineages = _lineages(types, problems)
    resolved: dict[str, Resolved] = {}
    for name in sorted(lineages, key=lambda each: len(lineages[each])):
        declared = types[name]
        above = resolved.get(declared.it.extends, _NOTHING)
        problems.extend(_conflicts(declared, above))
        resolved[name] = _extend(declared.it, lineages[name], above)
        problems.extend(_collisions(declared, resolved[name]))
        problems.extend(_unknown_completeness(declared, resolved[name]))
    return {name: resolved[name] for name in types if name in resolved}


def _lineages(types: CITypes, problems: list[Problem]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, declared in types.items():
        parent = declared.it.extends
        if parent and parent not in types:
            message = f"{name} extends '{parent}', which is not declared"
            remedy = did_you_mean(parent, types)
            problems.append(
                Problem("UNKNOWN_PARENT", message, "", remedy, (*declared.path, "extends"))
            )
        chain = _walk(name, types)
        if chain[-1] in chain[:-1]:
            problems.extend(_cycle(chain, declared.path))
        elif not types[chain[-1]].it.extends:
            found[name] = chain
    return found


def _walk(name: str, types: CITypes) -> tuple[str, ...]:
    """Follow the parents; ends at a root, at an unknown parent, or at the first name met twice."""
    chain = [name]
    while (parent := types[chain[-1]].it.extends) in types:
        chain.append(parent)
        if parent in chain[:-1]:
            break
    return tuple(chain)


def _cycle(chain: tuple[str, ...], path: Path) -> Iterator[Problem]:
    """Tell of a cycle once, at the smallest of its names."""
    ring = chain[chain.index(chain[-1]) :]
    if chain[0] == min(ring):
        message = "types extend one another in a circle: " + " → ".join(ring)
        remedy = "give one of them another parent, or none"
        yield Problem("INHERITANCE_CYCLE", message, "", remedy, (*path, "extends"))


def _extend(own: CIType, lineage: tuple[str, ...], above: Resolved) -> Resolved:
    return Resolved(
        lineage=lineage,
        attributes=above.attributes | {each.name: each for each in own.attributes},
        completeness=tuple(dict.fromkeys((*above.completeness, *own.completeness))),
        icon=own.icon or above.icon,
        owner_group=own.owner_group or above.owner_group,
    )


def _conflicts(declared: Declared[CIType], above: Resolved) -> Iterator[Problem]:
    why = "a CI of the subtype is also one of the parent type; a subtype may only be stricter"
    for attribute in declared.it.attributes:
        inherited = above.attributes.get(attribute.name)
        fault = inherited and _loosened(inherited, attribute)
        if fault:
            yield Problem(
                "ATTRIBUTE_CONFLICT",
                f"{declared.it.name} redefines '{attribute.name}' with {fault}",
                why,
                "keep what the parent says, or use another name",
                (*declared.path, "attributes", attribute.name),
            )


def _loosened(old: Attribute, new: Attribute) -> str:
    """Say in which respect a redefinition takes back what was inherited; empty if in none."""
    if new.kind != old.kind:
        return f"kind {new.kind} instead of {old.kind}"
    if new.unit != old.unit:
        return "another unit"
    if new.unique != old.unique:
        return "another uniqueness"
    for mark in ("required", "sensitive", "controlled"):
        if getattr(old, mark) and not getattr(new, mark):
            return f"'{mark}' taken back"
    if not set(new.values) <= set(old.values):
        return "further values"
    return "wider bounds" if _wider(old, new) else ""


def _wider(old: Attribute, new: Attribute) -> bool:
    low = old.minimum is not None and (new.minimum is None or new.minimum < old.minimum)
    high = old.maximum is not None and (new.maximum is None or new.maximum > old.maximum)
    return low or high


def _collisions(declared: Declared[CIType], resolved: Resolved) -> Iterator[Problem]:
    """Find own attributes that meet another one under the same GraphQL name."""
    first: dict[str, str] = {}
    for attribute in resolved.attributes.values():
        other = first.setdefault(attribute.graphql_name, attribute.name)
        own = {each.name for each in declared.it.attributes}
        if other != attribute.name and own & {other, attribute.name}:
            yield Problem(
                "NAME_COLLISION",
                f"'{other}' and '{attribute.name}' are both '{attribute.graphql_name}' in GraphQL",
                remedy="rename one of them",
                path=(*declared.path, "attributes", attribute.name),
            )


def _unknown_completeness(declared: Declared[CIType], resolved: Resolved) -> Iterator[Problem]:
    known = resolved.attributes.keys() | KNOWN_BESIDES
    for name in declared.it.completeness:
        if name not in known:
            message = f"{declared.it.name} has no attribute '{name}' that could be known"
            path = (*declared.path, "completeness")
            yield Problem("UNKNOWN_ATTRIBUTE", message, "", did_you_mean(name, known), path)
