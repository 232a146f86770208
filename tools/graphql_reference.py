#!/usr/bin/env python3
"""The GraphQL schema as a page: questions, verbs with their requirements, subscriptions, types."""

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    get_named_type,
)
from reference_table import table

from fitsm_graph.model.registry import TypeRegistry

INTRODUCED = """\
Printed from the schema of the default types by `make docs`. `schema/schema.graphql` is the same as
SDL, and every server tells its own by introspection. [How to use it](../how-to/use-the-api.md).

A `!` means that there always is a value. CI types of the registry are left out: each implements
[CI](#ci) with its attributes, which [CI types](ci-types.md) lists.
"""
ROOTS = (
    ("Query", "Questions"),
    ("Mutation", "Verbs"),
    ("Subscription", "Subscriptions"),
)
KINDS: tuple[tuple[str, type[Any]], ...] = (
    ("Interfaces", GraphQLInterfaceType),
    ("Types", GraphQLObjectType),
    ("Inputs", GraphQLInputObjectType),
    ("Enumerations", GraphQLEnumType),
    ("Scalars", GraphQLScalarType),
)


def graphql_page(schema: GraphQLSchema, registry: TypeRegistry) -> str:
    """The page of a schema, without what the registry's types add."""
    left_out = {name for name, _ in ROOTS} | _derived(registry)
    shown = {
        name: kind
        for name, kind in sorted(schema.type_map.items())
        if not name.startswith("__") and name not in left_out
    }
    parts = ["# GraphQL\n", INTRODUCED]
    for name, title in ROOTS:
        parts += [f"## {title}\n", *_fields(schema.type_map[name], shown)]
    for title, kind in KINDS:
        parts.append(f"## {title}\n")
        for each in shown.values():
            if isinstance(each, kind):
                parts += _section(each, shown)
    return "\n".join(parts)


def _derived(registry: TypeRegistry) -> set[str]:
    """Names of the types that stand for CI types, and of the inputs that are made for them."""
    leaves = set(registry.ci_types) - {"CI"}
    return {f"{leaf}{ending}" for leaf in leaves for ending in ("", "Where", "Order")}


def _section(kind: Any, shown: Mapping[str, Any]) -> list[str]:
    parts = [f"### {kind.name}\n"]
    if kind.description:
        parts.append(f"{_line(kind.description)}\n")
    interfaces = [each.name for each in getattr(kind, "interfaces", ())]
    if interfaces:
        parts.append(f"Is {_and(_linked(name, shown) for name in interfaces)}.\n")
    if isinstance(kind, GraphQLEnumType):
        rows = ((f"`{name}`", _line(value.description)) for name, value in kind.values.items())
        return [*parts, table(("value", "meaning"), rows)]
    if isinstance(kind, GraphQLScalarType):
        return parts
    rows = (_row(name, field, shown) for name, field in kind.fields.items())
    return [*parts, table(("field", "type", "meaning"), rows)]


def _fields(kind: Any, shown: Mapping[str, Any]) -> Iterable[str]:
    """Fields of a root type, each with its arguments."""
    for name, field in kind.fields.items():
        yield f"### {kind.name}.{name}\n"
        yield f"{_line(field.description)} Gives {_type(field.type, shown)}.\n"
        if field.args:
            rows = (_row(each, argument, shown) for each, argument in field.args.items())
            yield table(("argument", "type", "meaning"), rows)


def _row(name: str, field: GraphQLField | GraphQLInputField | Any, shown: Any) -> tuple[str, ...]:
    given = getattr(field, "args", None) or {}
    arguments = ", ".join(f"{each}: {argument.type}" for each, argument in given.items())
    told = _line(field.description)
    if field.deprecation_reason:
        told = f"{told} *Deprecated: {field.deprecation_reason}*"
    return f"`{name}{f'({arguments})' if arguments else ''}`", _type(field.type, shown), told


def _type(kind: Any, shown: Mapping[str, Any]) -> str:
    """A type as it is written, linked to its section."""
    name = get_named_type(kind).name
    return f"[`{kind}`](#{name.lower()})" if name in shown else f"`{kind}`"


def _linked(name: str, shown: Mapping[str, Any]) -> str:
    return f"[{name}](#{name.lower()})" if name in shown else name


def _and(words: Iterable[str]) -> str:
    return ", ".join(words)


def _line(text: str | None) -> str:
    return " ".join((text or "").split())
