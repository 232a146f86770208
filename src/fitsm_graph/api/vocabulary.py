"""GraphQL names and what is stored under them, for one registry."""

from collections.abc import Mapping, Sequence
from typing import Any

from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.confm import ELEMENT_KINDS
from fitsm_graph.model.declare import RECORDS
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.model.registry_types import camel_case


class Vocabulary:
    """Fields, attributes, types and relationship types by the names of the schema."""

    def __init__(self, registry: TypeRegistry) -> None:
        self._registry = registry
        self._attributes = {
            camel_case(name): name
            for type_name in registry.ci_types
            for name in registry.attributes(type_name)
        }
        self._fields = {
            camel_case(each.name): each.name
            for kind in ELEMENT_KINDS
            for each in RECORDS[kind].fields
        }

    def property_of(self, name: str) -> str:
        """Stored name of a field or attribute by its GraphQL name."""
        return self._fields.get(name) or self._attributes[name]

    def relation_types(self, names: Sequence[str] | None) -> list[str]:
        """Relationship types of the registry, by name or all."""
        if names is None:
            return list(self._registry.relationship_types)
        return [self._registry.relationship_type(name).name for name in names]

    def types_where(self, given: Mapping[str, Any]) -> list[list[str]]:
        """Concrete CI types that each part of a type filter names; a CI must be in all lists."""
        registry = self._registry
        found = []
        if given.get("is_a") is not None:
            found.append(list(registry.subtypes(given["is_a"])))
        if given.get("in") is not None:
            found.append([registry.ci_type(name).name for name in given["in"]])
        if given.get("eq") is not None:
            found.append([registry.ci_type(given["eq"]).name])
        return found

    def plain_fields(self) -> set[str]:
        """GraphQL names of fields and attributes that are stored on the element itself."""
        return {*self._fields, *self._attributes}

    def stored_names(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The same values by stored names; clients may write either."""
        return {
            self._fields.get(name) or self._attributes.get(name) or name: value
            for name, value in given.items()
        }

    def attribute(self, name: str) -> str:
        """Stored name of an attribute; clients may write either.

        Raises:
            BadInput: No CI type has it.
        """
        stored = self._attributes.get(name, name)
        if stored not in self._attributes.values():
            raise BadInput(
                f"no CI type has an attribute '{name}'",
                path=("where", "attribute"),
                remedy="`ciTypes { attributes { name } }` lists them",
            )
        return stored

    def all_attributes(self) -> list[str]:
        """Stored names of all attributes of all types."""
        return sorted(set(self._attributes.values()))
