"""What GraphQL has to answer about elements, said slowly: plain rows, and no statement at all.

Written from the printed schema and its descriptions, not from what answers it, and imports nothing
of the product. graphql-core executes the document, field by field, over dictionaries; every field
that takes arguments is a function beside them. What impact computes (state, margin, why) is left
out: it has an oracle of its own; the states that filters ask for are given.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from graphql import ExecutionResult, GraphQLSchema, build_schema, graphql_sync

from oracles.naive_filters import NaiveFilters

ELEMENTS = ("CI", "Service", "ServiceComponent", "RedundancyGroup")
PARTIES = ("Person", "Group", "Role")
ENUMS = ("lifecycle", "strength")
BESIDE_ATTRIBUTES = {
    "id", "key", "created", "created_at", "version", "updated_at", "retired",
    "name", "description", "lifecycle", "is_source", "type",
}  # fmt: skip
"""Properties of a CI that the interface declares; all others are typed attributes."""

ALL_RECORDS = "MATCH (n:Record) RETURN labels(n) AS labels, properties(n) AS values"
ALL_RELATIONS = """MATCH (a:Record)-[r]->(b:Record)
RETURN a.id AS source, type(r) AS type, b.id AS target, properties(r) AS values"""

Row = dict[str, Any]
Tie = tuple[str, str, Row, Row]
"""A relation seen from one end: direction, type, the other end, what it carries."""
ASKED = {"types", "direction", "where", "orderBy"}
CURSOR = "place:"
"""How every cursor of the oracle begins: the order and the row's id follow."""


@dataclass(frozen=True)
class Database:
    """All live records and the relations among them.

    Attributes:
        records: By id: properties, with `labels` beside them.
        relations: Source, type, target and properties.
        states: Computed states by id.
    """

    records: Mapping[str, Row]
    relations: tuple[tuple[str, str, str, Row], ...]
    states: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, records: Iterable[Row], relations: Iterable[Row]) -> "Database":
        """From the rows of `ALL_RECORDS` and `ALL_RELATIONS`."""
        live = {
            each["values"]["id"]: {**each["values"], "labels": set(each["labels"])}
            for each in records
            if each["values"].get("retired") is None
        }
        ties = tuple(
            (each["source"], each["type"], each["target"], each["values"])
            for each in relations
            if each["source"] in live and each["target"] in live
        )
        return cls(live, ties)


def camel(name: str) -> str:
    """How a property is called in GraphQL."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def kind_of(row: Row) -> str:
    """Service, ServiceComponent, CI or RedundancyGroup."""
    return next((each for each in ELEMENTS if each in row["labels"]), "")


LISTS = {
    "cis": "CI",
    "services": "Service",
    "components": "ServiceComponent",
    "groups": "RedundancyGroup",
    "elements": "Element",
}
"""Kinds of the lists."""


class Naive(NaiveFilters):
    """Answers documents; a flaw is put into it by overriding one method."""

    def __init__(self, sdl: str, database: Database) -> None:
        self.schema: GraphQLSchema = build_schema(sdl)
        self.records = database.records
        self.elements = {id: row for id, row in self.records.items() if kind_of(row)}
        self.states = database.states
        types = self._definitions("CIType")
        self.parents = {key: each.get("extends") for key, each in types.items()}
        self.meanings = self._definitions("RelationshipType")
        names = {name for each in types.values() for name in each.get("attributes", {})}
        names |= {name for row in self.elements.values() for name in row}
        self.stored = {camel(name): name for name in names}
        declared = self.schema.type_map["ElementWhere"].fields
        self.stored |= {name: name for name in declared if name not in self.stored}
        self.leaving: dict[str, list[tuple[str, str, Row]]] = {}
        self.coming: dict[str, list[tuple[str, str, Row]]] = {}
        for source, type, target, values in database.relations:
            self.leaving.setdefault(source, []).append((type, target, values))
            self.coming.setdefault(target, []).append((type, source, values))

    def _definitions(self, label: str) -> dict[str, Row]:
        return {
            row["key"]: json.loads(row["definition"])
            for row in self.records.values()
            if label in row["labels"]
        }

    def answer(self, document: str, variables: Mapping[str, Any]) -> ExecutionResult:
        """Execute a document."""
        return graphql_sync(self.schema, document, self._roots(), variable_values=dict(variables))

    def _roots(self) -> dict[str, Callable[..., Any]]:
        return {
            "node": self._node,
            "element": self._element,
            "ci": partial(self._one, "CI"),
            "service": partial(self._one, "Service"),
            **{name: partial(self._connection, kind) for name, kind in LISTS.items()},
        }

    # --- one element ---------------------------------------------------------------------------

    def _node(self, _info: Any, id: str, **_: Any) -> Row | None:
        return self.shown(self.elements.get(id))

    def _element(self, _info: Any, id: str, **_: Any) -> Row | None:
        return self.shown(self.found(id))

    def found(self, ref: str) -> Row | None:
        """An element by id or key."""
        if ref in self.elements:
            rows = [self.elements[ref]]
        else:
            rows = [row for row in self.elements.values() if row["key"] == ref]
        return next(iter(rows), None)

    def _one(self, kind: str, _info: Any, by: Row, **_: Any) -> Row | None:
        (name, value), *_rest = by.items()
        rows = (row for row in self.elements.values() if kind_of(row) == kind)
        return self.shown(next((row for row in rows if row[name] == value), None))

    def shown(self, row: Row | None) -> Row | None:
        """An element as default resolvers take it."""
        if row is None:
            return None
        kind = kind_of(row)
        shown = {camel(name): value for name, value in row.items() if name != "labels"}
        shown |= {name: shown[name].upper() for name in ENUMS if shown.get(name)}
        shown |= {
            "__typename": row["type"] if kind == "CI" else kind,
            "kind": kind,
            "type": row.get("type") if kind == "CI" else None,
            "owner": lambda _info: self.party(self.owner_of(row)),
            "relations": lambda _info, **given: self.relations(row, **given),
            "related": lambda _info, **given: self.related("all", self.relations_of(row), given),
            "dependsOn": lambda _info, **given: self.related("up", self.needs(row, up=True), given),
            "usedBy": lambda _info, **given: self.related("down", self.needs(row, up=False), given),
            "attributes": lambda _info: self.attributes(row),
            "members": lambda _info: self.members(row),
            "customers": lambda _info: self.customers(row),
        }
        return shown

    # --- what is around it -----------------------------------------------------------------------

    def owner_of(self, row: Row) -> Row | None:
        """Who answers for it."""
        owners = [end for type, end, _ in self.leaving.get(row["id"], ()) if type == "OWNED_BY"]
        return self.records[owners[0]] if owners else None

    def party(self, row: Row | None) -> Row | None:
        """A person, group or role."""
        if row is None:
            return None
        kind = next(each for each in PARTIES if each in row["labels"])
        return {"id": row["id"], "key": row["key"], "name": row.get("name"), "kind": kind}

    def attributes(self, row: Row) -> list[Row]:
        """All that are known, by name."""
        names = sorted(set(row) - BESIDE_ATTRIBUTES - {"labels"})
        return [{"name": name, "value": row[name]} for name in names if row[name] is not None]

    def members(self, row: Row) -> list[Row]:
        """Elements of a group by key, with the weight that counts."""
        ends = [
            (self.elements[end], values)
            for type, end, values in self.leaving.get(row["id"], ())
            if type == "HAS_MEMBER"
        ]
        ends.sort(key=lambda each: (each[0]["key"], each[0]["id"]))
        return [{"weight": self.weight(values), "element": self.shown(end)} for end, values in ends]

    def weight(self, values: Row) -> int:
        """What a member counts; one unless said otherwise."""
        return int(values.get("weight", 1))

    def customers(self, row: Row) -> list[Row]:
        """Who receives a service, by key."""
        ends = [end for type, end, _ in self.coming.get(row["id"], ()) if type == "RECEIVES"]
        rows = sorted((self.records[end] for end in ends), key=lambda each: each["key"])
        return [{camel(name): value for name, value in each.items()} for each in rows]

    def ends(self, row: Row, direction: str) -> list[tuple[str, str, str, Row]]:
        """Relations of an element: direction, type, the other end and properties."""
        out = [("OUT", *each) for each in self.leaving.get(row["id"], ())]
        into = [("IN", *each) for each in self.coming.get(row["id"], ())]
        return (out if direction != "IN" else []) + (into if direction != "OUT" else [])

    def kind(self, row: Row) -> str:
        """Service, ServiceComponent, CI or RedundancyGroup."""
        return kind_of(row)

    def relations_of(self, row: Row) -> list[Tie]:
        """Relations to elements: direction, type, the other end, what the relation carries."""
        return [
            (way, type, self.elements[end], values)
            for way, type, end, values in self.ends(row, "BOTH")
            if end in self.elements and type in self.meanings
        ]

    def needs(self, row: Row, *, up: bool) -> list[Tie]:
        """Those over which the other end is needed, or needs it."""
        return [
            each
            for each in self.relations_of(row)
            if self.needed(row if up else each[2], row if each[0] == "OUT" else each[2], each)
        ]

    def needed(self, needer: Row, source: Row, tie: Tie) -> bool:
        """Whether one end of a relation needs the other."""
        meaning = self.meanings[tie[1]]
        if tie[1] == "HAS_MEMBER" or meaning["dependency"] == "source_needs_target":
            return needer is source
        if meaning["dependency"] == "target_needs_source":
            return needer is not source
        if meaning.get("neighbours") != "group" or needer.get("is_source"):
            return False
        by = meaning.get("needed_by") or []
        return not by or any(
            kind_of(needer) == each or (needer.get("type") and self.type_holds(needer, each))
            for each in by
        )

    def relations(
        self, row: Row, types: Any = None, direction: str = "BOTH", first: int = 100, **given: Any
    ) -> list[Row]:
        """Relations to other elements, by type and key."""
        found = [
            each
            for each in self.relations_of(row)
            if self.wanted(each[1], types) and direction in {"BOTH", each[0]}
        ]
        return [self.relation(each) for each in self.sifted(found, given)[:first]]

    def sifted(self, found: list[Tie], given: Row) -> list[Tie]:
        """Relations that a filter lets through, in order."""
        kept = [each for each in found if self.relation_holds(each, given.get("where") or {})]
        keys = [self.relation_key(each) for each in given.get("orderBy") or []]
        return self.ordered(kept, [*keys, (self.relation_order, False)])

    def relation_key(self, given: Row) -> tuple[Callable[[Tie], Any], bool]:
        """One key of an order of relations."""
        ((name, way),) = given.items()
        if name == "element":
            value, descending = self.element_key(way)
            return (lambda tie: value(tie[2])), descending
        known: dict[str, Callable[[Tie], Any]] = {
            "type": lambda tie: tie[1],
            "direction": lambda tie: tie[0] != "OUT",
            "strength": lambda tie: _rank(tie[3].get("strength")),
            "verifiedAt": lambda tie: tie[3].get("verified_at"),
        }
        return known.get(name) or (lambda tie: tie[3].get(name)), way == "DESC"

    def relation(self, tie: Tie) -> Row:
        """A relation as default resolvers take it."""
        way, type, end, values = tie
        return {
            **{camel(name): value for name, value in values.items()},
            "strength": values["strength"].upper() if values.get("strength") else None,
            "type": type,
            "direction": way,
            "element": self.shown(end),
        }

    def related(self, way: str, found: list[Tie], given: Row) -> Row:
        """A page of relations; its cursors are those of one way, filter and order."""
        asked = {name: each for name, each in given.items() if name in ASKED}
        about = f"{way} {json.dumps(asked, sort_keys=True, default=str)}"
        types, direction = given.get("types"), given.get("direction", "BOTH")
        kept = [
            each for each in found if self.wanted(each[1], types) and direction in {"BOTH", each[0]}
        ]
        rows = self.sifted(kept, given)
        return self.page(
            rows, given, lambda tie: f"{about} {tie[:2]} {tie[2]['id']}", self.relation
        )

    def wanted(self, type: str, types: list[str] | None) -> bool:
        """Whether relations of this type are asked for."""
        return types is None or type in types

    def relation_order(self, tie: Tie) -> Any:
        """By type and key; the one that leaves before the one that comes."""
        way, type, end, _ = tie
        return type, end["key"], way != "OUT"

    # --- lists ---------------------------------------------------------------------------------

    def _connection(self, kind: str, _info: Any, **given: Any) -> Row:
        rows = [each for each in self.elements.values() if kind in {"Element", kind_of(each)}]
        rows = [each for each in rows if self.holds(each, given.get("where") or {})]
        rows = self.ordered(rows, self.element_keys(given.get("orderBy") or []))
        return self.page(rows, given, lambda row: row["id"], self.shown)

    def page(
        self,
        rows: list[Any],
        given: Row,
        named: Callable[[Any], str],
        shown: Callable[[Any], Row | None],
    ) -> Row:
        """The first rows behind a place, or the last ones before one."""
        names = [f"{CURSOR}{named(each)}" for each in rows]
        last = given.get("last")
        if last is None:
            start = self.passed(names, given.get("after"))
            end = min(start + given["first"], len(rows))
        else:
            end = names.index(given["before"]) if given.get("before") else len(rows)
            start = max(0, end - last)
        page = [shown(each) for each in rows[start:end]]
        places = names[start:end]
        info = {
            "hasNextPage": self.more(len(rows), end),
            "hasPreviousPage": start > 0,
            "startCursor": places[0] if places else None,
            "endCursor": places[-1] if places else None,
        }
        edges = [{"cursor": each, "node": row} for each, row in zip(places, page, strict=True)]
        total = self.total(rows, page)
        return {"nodes": page, "edges": edges, "pageInfo": info, "totalCount": total}

    def passed(self, names: list[str], after: str | None) -> int:
        """How many rows of an ordered list are at or before a cursor."""
        return 0 if after is None else names.index(after) + 1

    def more(self, rows: int, reached: int) -> bool:
        """Whether there is a next page."""
        return rows > reached

    def total(self, rows: list[Row], _page: list[Any]) -> int:
        """Of all pages."""
        return len(rows)


def _rank(strength: str | None) -> int | None:
    return None if strength is None else ("info", "soft", "hard").index(strength)
