"""GraphQL names and what is stored under them, for one registry."""

from collections.abc import Mapping, Sequence
from typing import Any

from fitsm_graph.api.fields import ANY_ELEMENT, Field, attributes_of, fields_of
from fitsm_graph.api.ways import Need
from fitsm_graph.api.withheld import NOTHING, Withheld, refusal
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.registry import TypeRegistry


class Vocabulary:
    """Fields, attributes, types and relationship types by the names of the schema.

    Attributes:
        withheld: Stored names of attributes that the reader may not read.
    """

    withheld: Withheld = NOTHING

    def __init__(self, registry: TypeRegistry) -> None:
        self._registry = registry
        self._fields = fields_of(ANY_ELEMENT)
        self._attributes = attributes_of(registry)
        self.need = Need(registry)

    def field(self, name: str) -> Field:
        """A field or attribute by its GraphQL name, which the schema has let through.

        Raises:
            Forbidden: It is withheld from the reader.
        """
        return self._fields.get(name) or self._read(self._attributes[name])

    def _read(self, attribute: Field) -> Field:
        if not self.withheld.isdisjoint(attribute.stored):
            raise refusal(attribute.name)
        return attribute

    def relation_types(self, names: Sequence[str] | None) -> list[str]:
        """Relationship types of the registry, by name or all."""
        if names is None:
            return list(self._registry.relationship_types)
        return [self._registry.relationship_type(name).name for name in names]

    def types_where(self, given: Mapping[str, Any]) -> list[list[str]]:
        """Concrete CI types that each part of a type filter names; a CI must be in all lists."""
        registry = self._registry
        found = []
        if given.get("isA") is not None:
            found.append(list(registry.subtypes(given["isA"])))
        if given.get("in") is not None:
            found.append([registry.ci_type(name).name for name in given["in"]])
        if given.get("eq") is not None:
            found.append([registry.ci_type(given["eq"]).name])
        return found

    def ci_type(self, name: str) -> str:
        """A CI type of the registry."""
        return self._registry.ci_type(name).name

    def plain_fields(self) -> set[str]:
        """GraphQL names of fields and attributes that are stored on the element itself."""
        return {*self._fields, *self._attributes}

    def stored_names(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The same values by stored names; clients may write either."""
        return {self._stored(name): value for name, value in given.items()}

    def _stored(self, name: str) -> str:
        field = self._fields.get(name) or self._attributes.get(name)
        return field.stored[0] if field is not None else name

    def attribute_field(self, name: str, path: Sequence[str | int]) -> Field:
        """An attribute; clients may write its GraphQL name or the stored one.

        Raises:
            BadInput: No CI type has it.
            Forbidden: It is withheld from the reader.
        """
        for field in (self._attributes.get(name), *self._attributes.values()):
            if field is not None and (field.name == name or name in field.stored):
                return self._read(field)
        raise BadInput(
            f"no CI type has an attribute '{name[:60]}'",
            path=path,
            remedy=did_you_mean(name[:60], self._attributes)
            or "`ciTypes { attributes { name } }` lists them",
        )

    def all_attributes(self) -> list[str]:
        """Stored names of all attributes of all types that the reader may read."""
        stored = {name for each in self._attributes.values() for name in each.stored}
        return sorted(stored - self.withheld)
