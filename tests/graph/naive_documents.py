"""GraphQL documents at random, from the schema alone: valid, and small enough to be answered."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_composite_type,
    is_leaf_type,
    is_list_type,
    is_nullable_type,
)
from hypothesis import strategies as st

COMPUTED = {"state", "margin", "why", "related", "dependsOn", "usedBy", "processRecords"}
CONNECTIONS = {"CIConnection", "ServiceConnection"}
MOST_ROWS = 3_000
MOST_ALIASES = 28
UNPAGED = 20
ROOTS = ("cis", "cis", "services", "node", "element", "ci", "service")
ORDERS = ("ID", "KEY", "NAME")
SHADOWS = ("key", "name", "id", "type", "kind", "element", "nodes", "x", "y")
"""Aliases that are names of other fields: an answer keyed by the wrong one of the two shows."""


@dataclass
class Level:
    """What response names of one selection mean, over all fragments: merging must be possible."""

    names: dict[str, tuple[str, str, str, "Level"]] = field(default_factory=dict)


@dataclass(frozen=True)
class Values:
    """What filters are made of: what is in the data, and what is not.

    Attributes:
        cursors: By root field and order: the cursors of the server.
        attributes: By name in GraphQL.
        lists: The same of those that are lists of texts: what is in them.
        relations: Types of the registry.
        sources: Of sync.
        runs: Keys of its runs.
    """

    ids: Sequence[str]
    keys: Sequence[str]
    names: Sequence[str]
    owners: Sequence[str]
    types: Sequence[str]
    general: Sequence[str]
    attributes: Mapping[str, Sequence[Any]]
    lists: Mapping[str, Sequence[str]]
    relations: Sequence[str]
    sources: Sequence[str]
    runs: Sequence[str]
    cursors: Mapping[tuple[str, str], Sequence[str]]


@dataclass(frozen=True)
class Asked:
    """A document with its variables, and what it may cost.

    Attributes:
        statements: One for each root field; `element` by key takes two, since it seeks by id first.
    """

    document: str
    variables: dict[str, Any]
    statements: int


@st.composite
def documents(draw: st.DrawFn, schema: GraphQLSchema, values: Values) -> Asked:
    """A document with one to three root fields."""
    return _Writer(draw, schema, values).document()


class _Writer:
    """Writes one document."""

    def __init__(self, draw: st.DrawFn, schema: GraphQLSchema, values: Values) -> None:
        self.draw = draw
        self.schema = schema
        self.values = values
        self.declared: list[str] = []
        self.variables: dict[str, Any] = {}
        self.fragments: list[str] = []
        self.aliases = 0
        self.rows = 1

    def document(self) -> Asked:
        roots = [self.root() for _ in range(self.draw(st.integers(1, 3)))]
        declared = f"({', '.join(self.declared)})" if self.declared else ""
        text = "\n".join([f"query Q{declared} {{ {' '.join(roots)} }}", *self.fragments])
        twice = sum(": element(" in each for each in roots)
        return Asked(text, self.variables, len(roots) + twice)

    # --- small choices ---------------------------------------------------------------------------

    def one(self, several: Sequence[Any]) -> Any:
        return self.draw(st.sampled_from(several))

    def chance(self, of: int) -> bool:
        """True once in so many times; False is what is simpler."""
        return self.draw(st.integers(0, of - 1)) == of - 1

    def number(self, most: int) -> int:
        return int(self.draw(st.integers(1, most)))

    def value(self, kind: str, value: Any) -> str:
        """A value in the document, or as a variable, given or by its default."""
        if not self.chance(3):
            return literal(value, enum=kind.strip("[]!") in {"ElementOrder", "Direction"})
        name = f"v{len(self.declared)}"
        written = literal(value, enum=kind.strip("[]!") in {"ElementOrder", "Direction"})
        if self.chance(3):
            self.declared.append(f"${name}: {kind} = {written}")
        else:
            self.declared.append(f"${name}: {kind}")
            self.variables[name] = value
        return f"${name}"

    def directive(self) -> str:
        if not self.chance(6):
            return ""
        name, when = self.one(("skip", "include")), self.draw(st.booleans())
        return f" @{name}(if: {self.value('Boolean!', when)})"

    @contextmanager
    def times(self, rows: int) -> Iterator[None]:
        """What is selected inside is there so many times."""
        kept, self.rows = self.rows, self.rows * rows
        try:
            yield
        finally:
            self.rows = kept

    # --- root fields -----------------------------------------------------------------------------

    def root(self) -> str:
        name = self.one(ROOTS)
        declared = self.schema.query_type.fields[name]
        alias = f"r{self.aliases}"
        self.aliases += 1
        page = self.number(50) if name in {"cis", "services"} else 1
        arguments = self.list_arguments(name, page) if page and name.endswith("s") else None
        arguments = arguments if arguments is not None else self.one_arguments(name)
        with self.times(page if name in {"cis", "services"} else 1):
            below = self.selection(get_named_type(declared.type), Level(), 0)
        shown = f"({arguments})" if arguments else ""
        return f"{alias}: {name}{shown}{self.directive()} {below}"

    def one_arguments(self, name: str) -> str:
        keyed = name != "node" and self.chance(2)
        pool = self.values.keys if keyed else self.values.ids
        if name in {"node", "element"}:
            return f"id: {self.value('ID!', self.one(pool))}"
        name, kind = ("key", "String!") if keyed else ("id", "ID!")
        return f"by: {{{name}: {self.value(kind, self.one(pool))}}}"

    def list_arguments(self, name: str, page: int) -> str:
        given = [f"first: {self.value('Int!', page)}"]
        order = self.one(ORDERS)
        if order != "ID" or self.chance(3):
            given.append(f"orderBy: [{{{order.lower()}: ASC}}]")
        filtered = self.chance(2)
        if filtered:
            given.append(f"where: {self.where(name == 'cis')}")
        cursors = self.values.cursors[name, order]
        if not filtered and self.chance(3):
            given.append(f"after: {self.value('String', self.one(cursors))}")
        return ", ".join(given)

    # --- filters ---------------------------------------------------------------------------------

    def where(self, cis: bool) -> str:  # noqa: FBT001 - the only choice there is
        names = ["name", "key", "lifecycle", "owner", "id", "source", "run"]
        names += ["type", "attribute"] if cis else []
        chosen = self.draw(st.lists(st.sampled_from(names), max_size=2, unique=True))
        return f"{{{', '.join(f'{name}: {self.filter(name)}' for name in chosen)}}}"

    def filter(self, name: str) -> str:
        if name == "attribute":
            return f"[{', '.join(self.attribute() for _ in range(self.number(2)))}]"
        if name == "lifecycle":
            return self.lifecycle()
        if name == "owner":
            return f"{{key: {self.comparison('String', self.values.owners)}}}"
        if name in {"source", "run"}:
            return self.written(self.values.sources if name == "source" else self.values.runs)
        if name == "type" and self.chance(2):
            return f"{{isA: {self.value('String', self.one(self.values.general))}}}"
        pool = {
            "id": self.values.ids,
            "key": self.values.keys,
            "name": self.values.names,
            "type": self.values.types,
        }[name]
        return self.comparison("String", pool)

    def comparison(self, kind: str, pool: Sequence[Any], beside: str = "") -> str:
        some = st.lists(st.sampled_from(pool), max_size=12)
        parts = [beside] if beside else []
        way = self.draw(st.integers(0, 8))
        if way in {1, 2, 3, 7}:
            parts.append(f"eq: {self.value(kind, self.one(pool))}")
        if way in {4, 5, 6, 7}:
            parts.append(f"in: {self.value(f'[{kind}!]', self.draw(some))}")
        if way == 8:
            parts.append("eq: null")
        return f"{{{', '.join(parts)}}}"

    def lifecycle(self) -> str:
        if self.chance(2):
            return f"{{eq: {self.one(('PLANNED', 'LIVE', 'RETIRED'))}}}"
        some = self.draw(st.lists(st.sampled_from(("PLANNED", "LIVE", "RETIRED")), max_size=3))
        return f"{{in: [{', '.join(some)}]}}"

    def written(self, pool: Sequence[str]) -> str:
        """By runs: what holds of one of them, or of none."""
        word = self.one(("eq", "in", "ne", "notIn", "isNull"))
        if word == "isNull":
            return f"{{isNull: {self.value('Boolean', self.draw(st.booleans()))}}}"
        if word in {"eq", "ne"}:
            return f"{{{word}: {self.value('String', self.one(pool))}}}"
        some = self.draw(st.lists(st.sampled_from(pool), max_size=4))
        return f"{{{word}: {self.value('[String!]', some)}}}"

    def list_attribute(self) -> str:
        """An attribute that is a list of texts."""
        name = self.one(sorted(self.values.lists))
        word = self.one(("has", "hasAny", "hasAll", "isEmpty"))
        pool = self.values.lists[name]
        given: Any = self.one(pool)
        if word == "isEmpty":
            given = self.draw(st.booleans())
        elif word != "has":
            given = self.draw(st.lists(st.sampled_from(pool), max_size=4))
        kind = {"has": "JSON", "isEmpty": "Boolean"}.get(word, "[JSON!]")
        return f'{{name: "{name}", {word}: {self.value(kind, given)}}}'

    def attribute(self) -> str:
        if self.values.lists and self.chance(4):
            return self.list_attribute()
        name = self.one(sorted(self.values.attributes))
        return self.comparison("JSON", self.values.attributes[name], f'name: "{name}"')

    # --- selections ------------------------------------------------------------------------------

    def selection(
        self, kind: GraphQLNamedType, level: Level, depth: int, fragments: int = 0
    ) -> str:
        if kind.name in CONNECTIONS:
            return self.connection(kind, level, depth)
        fields = [
            (name, each)
            for name, each in kind.fields.items()
            if name not in COMPUTED and (depth < 3 or is_leaf_type(get_named_type(each.type)))
        ]
        around = [each for each in fields if is_composite_type(get_named_type(each[1].type))]
        chosen = [self.one(fields) for _ in range(self.number(3))]
        if around and self.chance(2):
            chosen.append(self.one(around))
        parts = [self.field(name, each, level, depth) for name, each in chosen]
        if self.chance(4):
            parts.append(self.leaf("__typename", "String!", level))
        if fragments < 2 and self.abstract_around(kind):
            parts += [
                self.fragment(kind, level, depth, fragments) for _ in range(self.number(3) - 1)
            ]
        return f"{{ {' '.join(filter(None, parts)) or self.fallback(level)} }}"

    def fallback(self, level: Level) -> str:
        """Something that is always allowed."""
        name = f"z{self.aliases}"
        level.names[name] = ("__typename", "", "*", Level())
        self.aliases += 1
        return f"{name}: __typename"

    def connection(self, kind: GraphQLNamedType, level: Level, depth: int) -> str:
        rows = Level()
        of = get_named_type(kind.fields["nodes"].type)
        parts = [f"nodes{self.directive()} {self.selection(of, rows, depth)}"]
        if self.chance(2):
            parts.append("totalCount")
        if self.chance(2):
            parts.append("pageInfo { hasNextPage hasPreviousPage startCursor endCursor }")
        if self.chance(3):
            parts.append(f"edges {{ cursor node {self.rows_again(rows)} }}")
        level.names["nodes"] = ("nodes", "", kind.name, rows)
        return f"{{ {' '.join(self.draw(st.permutations(parts)))} }}"

    def rows_again(self, rows: Level) -> str:
        """Plain fields, none in another way than `nodes` has them."""
        wished = {"q": "q: name", "id": "id", "key": "key", "u": "u: __typename"}
        return f"{{ {' '.join(text for key, text in wished.items() if key not in rows.names)} }}"

    def abstract_around(self, kind: GraphQLNamedType) -> bool:
        element = self.schema.get_type("Element")
        return kind is element or self.schema.is_sub_type(element, kind) or kind.name == "Node"

    def fragment(self, kind: GraphQLNamedType, level: Level, depth: int, nested: int) -> str:
        """An inline or named fragment on an interface or a concrete type that is possible here."""
        on = self.one(self.conditions(kind))
        below = self.selection(on, level, depth, nested + 1)
        if self.chance(3):
            name = f"F{len(self.fragments)}"
            self.fragments.append(f"fragment {name} on {on.name} {below}")
            again = f" ...{name}" if self.chance(3) else ""
            return f"...{name}{self.directive()}{again}"
        if on is kind and self.chance(2):
            return f"...{self.directive() or ' @include(if: true)'} {below}"
        return f"... on {on.name}{self.directive()} {below}"

    def conditions(self, kind: GraphQLNamedType) -> list[Any]:
        """Types a fragment may have inside a selection of another; common ones more often."""
        here = self.possible(kind)
        often = ["Element", "Node", "CI", "Service", "RedundancyGroup", "ServiceComponent"]
        often += ["Server", "VirtualMachine", "Rack", "Application"]
        names = often * 3 + sorted(each.name for each in here)
        types = [self.schema.get_type(name) for name in names]
        return [each for each in types if self.possible(each) & here]

    def possible(self, kind: Any) -> set[Any]:
        if isinstance(kind, GraphQLObjectType):
            return {kind}
        return set(self.schema.get_possible_types(kind))

    # --- fields ----------------------------------------------------------------------------------

    def field(self, name: str, declared: GraphQLField, level: Level, depth: int) -> str:
        named = get_named_type(declared.type)
        if is_leaf_type(named):
            return self.leaf(name, str(declared.type), level)
        before = len(self.declared)
        arguments, rows = self.relation_arguments() if name == "relations" else ("", 1)
        if name != "relations" and _is_list(declared):
            rows = UNPAGED
        if self.rows * rows > MOST_ROWS:
            return self.dropped(before)
        key, inner = self.named(name, arguments, str(declared.type), level)
        if not key:
            return self.dropped(before)
        with self.times(rows):
            below = self.selection(named, inner, depth + 1)
        return f"{key}{arguments}{self.directive()} {below}"

    def dropped(self, before: int) -> str:
        """Leave a field out, with the variables that were declared for it."""
        for number in range(before, len(self.declared)):
            self.variables.pop(f"v{number}", None)
        del self.declared[before:]
        return ""

    def leaf(self, name: str, type: str, level: Level) -> str:
        key, _ = self.named(name, "", type, level)
        return f"{key}{self.directive()}" if key else ""

    def relation_arguments(self) -> tuple[str, int]:
        first = self.number(12)
        given = [f"first: {self.value('Int!', first)}"]
        if self.chance(2):
            given.append(f"direction: {self.value('Direction!', self.one(('OUT', 'IN', 'BOTH')))}")
        if self.chance(3):
            some = self.draw(st.lists(st.sampled_from(self.values.relations), max_size=6))
            given.append(f"types: {self.value('[String!]', some)}")
        return f"({', '.join(given)})", first

    def named(self, name: str, given: str, type: str, level: Level) -> tuple[str, Level]:
        """How a field is written, with or without an alias, and what is known below it."""
        meant = (name, given, type)
        wished = name
        if self.aliases < MOST_ALIASES and self.chance(5):
            wished = self.one(SHADOWS)
        for key in (wished, name, f"b{self.aliases}"):
            known = level.names.get(key)
            if known is None and (key == name or self.aliases < MOST_ALIASES):
                known = level.names.setdefault(key, (*meant, Level()))
            if known is not None and known[:3] == meant:
                self.aliases += key != name
                return (name if key == name else f"{key}: {name}"), known[3]
        return "", level


def _is_list(declared: GraphQLField) -> bool:
    kind = declared.type
    return is_list_type(kind if is_nullable_type(kind) else kind.of_type)


def literal(value: Any, *, enum: bool = False) -> str:
    """A value as it is written in a document."""
    if enum:
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(literal(each) for each in value)}]"
    return json.dumps(value, ensure_ascii=False)
