"""GraphQL documents from a printed schema alone: any root field, any argument, any selection.

Nothing is known of the product here but its SDL. What a text or an id may be is drawn from pools
that the test fills, with what is hidden among them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_leaf_type,
    is_list_type,
    is_required_argument,
    is_required_input_field,
)

DEEPEST = 4


@dataclass(frozen=True)
class Pools:
    """What values are drawn from.

    Attributes:
        texts: For `ID` and `String`.
        times: For `DateTime`.
        without: Names of fields, in selections and in inputs, that are left out.
        named: For fields of inputs by their name.
        arguments: For arguments by field and name, such as `policy.key`; as GraphQL writes them.
    """

    texts: Sequence[str]
    times: Sequence[str]
    without: frozenset[str] = frozenset()
    named: Mapping[str, Sequence[str]] = field(default_factory=dict)
    arguments: Mapping[str, Sequence[str]] = field(default_factory=dict)


class AnyDocuments:
    """Writes documents for one schema; the same seed writes the same ones."""

    def __init__(self, schema: GraphQLSchema, pools: Pools, seed: int) -> None:
        self.schema = schema
        self.pools = pools
        self.random = Random(seed)
        self.aliases = 0

    def document(self, root: str) -> str:
        """A query of one root field."""
        declared = self.schema.query_type.fields[root]
        return "{ " + self._field(root, declared, 0) + " }"

    # --- selections ------------------------------------------------------------------------------

    def _field(self, name: str, declared: GraphQLField, depth: int) -> str:
        given = [
            f"{each}: {self._argument(f'{name}.{each}', argument.type)}"
            for each, argument in declared.args.items()
            if is_required_argument(argument)
            or (each not in self.pools.without and self.random.random() < 0.4)
        ]
        arguments = f"({', '.join(given)})" if given else ""
        kind = get_named_type(declared.type)
        below = self._selection(kind, depth + 1) if is_composite_type(kind) else ""
        return f"{name}{arguments}{below}"

    def _selection(self, kind: Any, depth: int) -> str:
        parts = ["__typename"]
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            parts += self._fields(kind.fields, depth)
        if isinstance(kind, GraphQLInterfaceType) or not hasattr(kind, "fields"):
            possible = sorted(self.schema.get_possible_types(kind), key=lambda each: each.name)
            for each in self.random.sample(possible, min(2, len(possible))):
                parts.append(f"... on {each.name} {{ {' '.join(self._aliased(each))} }}")
        return " { " + " ".join(parts) + " }"

    def _fields(self, fields: Mapping[str, GraphQLField], depth: int) -> list[str]:
        return [
            self._field(name, each, depth)
            for name, each in fields.items()
            if name not in self.pools.without
            and (is_leaf_type(get_named_type(each.type)) or self._goes_on(depth))
        ]

    def _goes_on(self, depth: int) -> bool:
        return depth < DEEPEST and self.random.random() < 1.2 - 0.3 * depth

    def _aliased(self, kind: GraphQLObjectType) -> list[str]:
        """Leaf fields of one type, under names of their own: types may differ in them."""
        parts = ["__typename"]
        for name, each in kind.fields.items():
            if is_leaf_type(get_named_type(each.type)) and name not in self.pools.without:
                self.aliases += 1
                parts.append(f"x{self.aliases}: {self._field(name, each, DEEPEST)}")
        return parts

    # --- values ----------------------------------------------------------------------------------

    def _value(self, kind: Any, depth: int = 0) -> str:
        kind = get_nullable_type(kind)
        if is_list_type(kind):
            several = range(self.random.randint(1, 3))
            return "[" + ", ".join(self._value(kind.of_type, depth + 1) for _ in several) + "]"
        if isinstance(kind, GraphQLEnumType):
            return self.random.choice(sorted(kind.values))
        if isinstance(kind, GraphQLInputObjectType):
            return self._input(kind, depth)
        return self._scalar(kind.name)

    def _argument(self, place: str, kind: Any) -> str:
        known = self.pools.arguments.get(place)
        return self.random.choice(known) if known else self._value(kind)

    def _input(self, kind: GraphQLInputObjectType, depth: int) -> str:
        fields = {
            name: each for name, each in kind.fields.items() if name not in self.pools.without
        }
        declared = kind.extensions.get("strawberry-definition")
        if kind.is_one_of or getattr(declared, "is_one_of", False):
            chosen = [self.random.choice(sorted(fields))]
        else:
            most = 2 if depth < 3 else 0
            optional = [
                name for name in sorted(fields) if not is_required_input_field(fields[name])
            ]
            chosen = [name for name in fields if is_required_input_field(fields[name])]
            chosen += self.random.sample(optional, min(most, len(optional)))
        given = ", ".join(
            f"{name}: {self._given(name, fields[name].type, depth)}" for name in chosen
        )
        return "{" + given + "}"

    def _given(self, name: str, kind: Any, depth: int) -> str:
        known = self.pools.named.get(name)
        return json.dumps(self.random.choice(known)) if known else self._value(kind, depth + 1)

    def _scalar(self, name: str) -> str:
        if name == "Int":
            return str(self.random.choice((0, 1, 2, 3, 7, 20)))
        if name == "Float":
            return str(self.random.choice((0.0, 0.5, 3.0)))
        if name == "Boolean":
            return self.random.choice(("true", "false"))
        if name == "DateTime":
            return json.dumps(self.random.choice(self.pools.times))
        return json.dumps(self.random.choice(self.pools.texts))


MARK = "t_"
"""Name under which every selection has the type of its object."""


class Shuffled(AnyDocuments):
    """The same in any order: fields repeated, and in fragments for all or for some types."""

    def __init__(self, schema: GraphQLSchema, pools: Pools, seed: int) -> None:
        super().__init__(schema, pools, seed)
        self.fragments: list[str] = []

    def document(self, root: str) -> str:
        """A query of one root field, with its fragments."""
        return "\n".join([super().document(root), *self.fragments])

    def _goes_on(self, depth: int) -> bool:
        return depth < DEEPEST and self.random.random() < 1.2 - 0.4 * depth

    def _selection(self, kind: Any, depth: int) -> str:
        fields = self._fields(kind.fields, depth)
        parts = [f"{MARK}: __typename", "__typename", *fields]
        parts += self.random.choices(parts, k=2)
        fields = [each for each in fields if each != "type"]  # null for some types, not for others
        some = self.random.sample(fields, min(2, len(fields)))
        parts += [self._fragment(kind, [each]) for each in some]
        for each in self._among(kind):
            parts.append(self._fragment(each, [*self._aliased(each), *some]))
        self.random.shuffle(parts)
        return " { " + " ".join(parts) + " }"

    def _among(self, kind: Any) -> list[Any]:
        """Some of the types that an object of a type may have."""
        if not isinstance(kind, GraphQLInterfaceType):
            return []
        possible = sorted(self.schema.get_possible_types(kind), key=lambda each: each.name)
        often = [each for each in possible if each.name in {"Service", "Server", "VirtualMachine"}]
        return [*often, self.random.choice(possible)]

    def _fragment(self, kind: Any, parts: list[str]) -> str:
        inside = self.random.sample(parts, len(parts))
        if self.random.random() < 0.5:
            return f"... on {kind.name} {{ {' '.join(inside)} }}"
        name = f"F{len(self.fragments)}"
        self.fragments.append(f"fragment {name} on {kind.name} {{ {' '.join(inside)} }}")
        return f"...{name}"
