"""The registry of CI types and relationship types: defining them is a process activity (PR11.1).

A registry is immutable and pure. It is made from documents that the caller has read, refuses
contradictions with all their reasons, and is then the only place that labels, relationship types
and attribute names in statements come from.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar

from fitsm_graph.kernel.canonical import Value, digest_value
from fitsm_graph.kernel.errors import BadInput, Contradiction, NotFound, Problem
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model import registry_rules as rules
from fitsm_graph.model.registry_parse import (
    Declared,
    Documents,
    parse_ci_types,
    parse_relationship_types,
)
from fitsm_graph.model.registry_resolve import Resolved, resolve
from fitsm_graph.model.registry_types import (
    CI,
    ELEMENT,
    GROUP,
    KINDS,
    Attribute,
    AttributeKind,
    Cardinality,
    CIType,
    DefaultStrength,
    Dependency,
    Neighbours,
    RelationshipType,
    camel_case,
    document,
)
from fitsm_graph.model.registry_values import Checkers

__all__ = [
    "Attribute",
    "AttributeKind",
    "CIType",
    "Cardinality",
    "DefaultStrength",
    "Dependency",
    "Neighbours",
    "RelationshipType",
    "TypeRegistry",
    "camel_case",
]

T = TypeVar("T", CIType, RelationshipType)


class TypeRegistry:
    """All types that elements and relations can have.

    Attributes:
        ci_types: CI types by name, in declared order.
        relationship_types: Relationship types by name, in declared order.
        version: Digest of the canonical content; equal for equal content in any order of files.
    """

    def __init__(
        self,
        ci_types: Mapping[str, CIType],
        relationship_types: Mapping[str, RelationshipType],
        resolved: Mapping[str, Resolved],
    ) -> None:
        self.ci_types = dict(ci_types)
        self.relationship_types = dict(relationship_types)
        self._resolved = dict(resolved)
        self._checkers = {name: Checkers(each.attributes) for name, each in resolved.items()}
        self._ends = {name: self._both_ends(each) for name, each in relationship_types.items()}
        self.version = digest_value(self.to_documents())

    @classmethod
    def from_documents(cls, ci_types: Documents, relationship_types: Documents) -> "TypeRegistry":
        """Make a registry from documents by file stem, each a mapping of names to declarations.

        Raises:
            Contradiction: Two statements cannot both hold; among all problems found.
            BadInput: A declaration cannot be understood; with all problems found.
        """
        problems: list[Problem] = []
        types = rules.by_name(parse_ci_types(ci_types, problems), rules.CI_TYPE_NAME, problems)
        relations = rules.by_name(
            parse_relationship_types(relationship_types, problems), rules.RELATION_NAME, problems
        )
        faulty = rules.faulty_paths(problems)
        for each in types.values():
            problems.extend(rules.check_ci_type(each, faulty))
        resolved = resolve(types, problems)
        problems.extend(rules.check_leaves(types, resolved))
        for relation in relations.values():
            problems.extend(rules.check_relationship_type(relation, types, faulty))
        _raise(problems)
        made = cls(_declared(types), _declared(relations), resolved)
        for relation in relations.values():
            problems.extend(rules.check_needed_by(relation, made._members))
        _raise(problems)
        return made

    def to_documents(self) -> dict[str, dict[str, Any]]:
        """Write all declarations as documents; `from_documents` of them gives an equal registry."""
        return {
            "ci_types": {name: document(each) for name, each in self.ci_types.items()},
            "relationship_types": {
                name: document(each) for name, each in self.relationship_types.items()
            },
        }

    def ci_type(self, name: str) -> CIType:
        """Look a CI type up.

        Raises:
            NotFound: There is none of this name; the remedy names the nearest.
        """
        found = self.ci_types.get(name)
        if found is None:
            raise _unknown("CI type", name, self.ci_types)
        return found

    def relationship_type(self, name: str) -> RelationshipType:
        """Look a relationship type up.

        Raises:
            NotFound: There is none of this name; the remedy names the nearest.
        """
        found = self.relationship_types.get(name)
        if found is None:
            raise _unknown("relationship type", name, self.relationship_types)
        return found

    def leaf_type(self, name: str) -> CIType:
        """Look up a CI type that a CI can have.

        Raises:
            NotFound: There is none of this name.
            BadInput: The type is abstract; the remedy names its concrete subtypes.
        """
        found = self.ci_type(name)
        if found.abstract:
            raise BadInput(
                f"no CI can be a {name}",
                why="the type is abstract: it gathers what its subtypes share",
                remedy="use one of " + ", ".join(self.subtypes(name)[:8]),
                code="ABSTRACT_TYPE",
            )
        return found

    def lineage(self, name: str) -> tuple[str, ...]:
        """Name a type and its ancestors, up to its root."""
        return self._of(name).lineage

    def is_a(self, name: str, ancestor: str) -> bool:
        """Say whether a type is another or inherits from it; every type is a ``CI``."""
        lineage = self.lineage(name)
        return ancestor == CI or self.ci_type(ancestor).name in lineage

    def subtypes(self, name: str) -> tuple[str, ...]:
        """Name the concrete types that are of a type, itself among them; ``CI`` gives all."""
        return self._subtypes(name if name == CI else self.ci_type(name).name)

    def attributes(self, name: str) -> dict[str, Attribute]:
        """Give a type's attributes by name, inherited first, in declared order."""
        return dict(self._of(name).attributes)

    def attribute(self, type_name: str, name: str) -> Attribute:
        """Look an attribute up, own or inherited.

        Raises:
            NotFound: The type has none of this name.
        """
        known = self._of(type_name).attributes
        if name not in known:
            raise _unknown(f"attribute of {type_name}", name, known)
        return known[name]

    @cached_property
    def sensitive(self) -> frozenset[str]:
        """Names of attributes that some type declares sensitive."""
        return frozenset(
            each.name
            for name in self.ci_types
            for each in self.attributes(name).values()
            if each.sensitive
        )

    def completeness(self, name: str) -> tuple[str, ...]:
        """Name what must be known about a CI of the type for effective control (PR11.2)."""
        return self._of(name).completeness

    def icon(self, name: str) -> str:
        """Name a type's pictogram, own or inherited."""
        return self._of(name).icon

    def owner_group(self, name: str) -> str:
        """Name the group that looks after CIs of a type, own or inherited; empty if none."""
        return self._of(name).owner_group

    def ends(self, relation: str) -> tuple[frozenset[str], frozenset[str]]:
        """Name what a relation may start from and end at: kinds other than CI, concrete types."""
        return self._ends[self.relationship_type(relation).name]

    def allows(
        self, relation: str, source_kind: str, source_type: str, target_kind: str, target_type: str
    ) -> bool:
        """Say whether a relation may be between two elements.

        Args:
            relation: Name of the relationship type.
            source_kind: Kind of element it starts from.
            source_type: CI type of it; ignored for the other kinds.
            target_kind: Kind of element it ends at.
            target_type: CI type of it; ignored for the other kinds.
        """
        sources, targets = self.ends(relation)
        source = source_type if source_kind == CI else source_kind
        target = target_type if target_kind == CI else target_kind
        return source in sources and target in targets

    def needs_neighbours(self, relation: str, kind: str, type_name: str) -> bool:
        """Say whether an element has the requirement of 1 of its neighbours over a relation."""
        it = self.relationship_type(relation)
        if it.neighbours is not Neighbours.GROUP:
            return False
        return (type_name if kind == CI else kind) in self._members(it.needed_by or it.sources)

    def is_natural_source(self, kind: str, type_name: str) -> bool:
        """Say whether an element can be a neighbour and needs none: supply begins at its kind."""
        name = type_name if kind == CI else kind
        groups = [
            each
            for each in self.relationship_types.values()
            if each.neighbours is Neighbours.GROUP and name in self._ends[each.name][0]
        ]
        return bool(groups) and not any(
            self.needs_neighbours(each.name, kind, type_name) for each in groups
        )

    def check_attributes(
        self, type_name: str, values: Mapping[str, object], *, partial: bool
    ) -> list[Problem]:
        """Check attribute values of one CI.

        Args:
            type_name: Its CI type.
            values: By attribute name; null means not known, or in a partial update: cleared.
            partial: The values are an update; what is absent stays as it is.
        """
        return self.normalise(type_name, values, partial=partial)[1]

    def normalise(
        self, type_name: str, values: Mapping[str, object], *, partial: bool
    ) -> tuple[dict[str, Value], list[Problem]]:
        """Bring attribute values into stored form, in one pass with their check.

        Returns:
            The stored values that are in order, and what is wrong with the others. Cleared
            attributes are null in a partial update and absent otherwise.
        """
        return self._checkers[self._of(type_name).lineage[0]].run(values, partial=partial)

    def storable(
        self,
        type_name: str,
        values: Mapping[str, object],
        *,
        partial: bool,
        path: Sequence[str | int] = (),
    ) -> dict[str, Value]:
        """Bring attribute values into stored form or refuse them.

        Raises:
            BadInput: With all problems, each path under the given one.
        """
        self.leaf_type(type_name)
        stored, problems = self.normalise(type_name, values, partial=partial)
        if problems:
            raise BadInput.of([_under(path, each) for each in problems])
        return stored

    def _of(self, name: str) -> Resolved:
        found = self._resolved.get(name)
        if found is None:
            raise _unknown("CI type", name, self.ci_types)
        return found

    def _subtypes(self, name: str) -> tuple[str, ...]:
        return tuple(
            each
            for each, declared in self.ci_types.items()
            if not declared.abstract and (name == CI or name in self._resolved[each].lineage)
        )

    def _members(self, ends: Iterable[str]) -> frozenset[str]:
        """Spread kinds and types out to kinds other than CI and concrete types."""
        found: set[str] = set()
        for end in ends:
            kinds = KINDS if end == ELEMENT else (end,)
            for kind in kinds:
                found.update({kind} if kind in KINDS and kind != CI else self._subtypes(kind))
        return frozenset(found)

    def _both_ends(self, it: RelationshipType) -> tuple[frozenset[str], frozenset[str]]:
        """Spread the ends out; whoever is needed may be a redundancy group."""
        sources, targets = self._members(it.sources), self._members(it.targets)
        if it.dependency is Dependency.SOURCE_NEEDS_TARGET:
            targets |= {GROUP}
        elif it.dependency is Dependency.TARGET_NEEDS_SOURCE:
            sources |= {GROUP}
        return sources, targets


def _under(path: Sequence[str | int], problem: Problem) -> Problem:
    return Problem(
        problem.code,
        problem.message,
        problem.why,
        problem.remedy,
        (*path, *problem.path),
        problem.requirement,
    )


def _declared(found: Mapping[str, Declared[T]]) -> dict[str, T]:
    return {name: each.it for name, each in found.items()}


def _raise(problems: Sequence[Problem]) -> None:
    if any(each.code in rules.CONTRADICTIONS for each in problems):
        raise Contradiction.of(problems)
    if problems:
        raise BadInput.of(problems)


def _unknown(what: str, name: str, known: Iterable[str]) -> NotFound:
    return NotFound(
        f"there is no {what} '{name}'",
        code="UNKNOWN_TYPE",
        remedy=did_you_mean(name, known),
        requirement="PR11.1",
    )
