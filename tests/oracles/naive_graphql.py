"""What GraphQL has to answer about elements, said slowly: plain rows, and no statement at all.

Written from the printed schema and its descriptions, not from what answers it, and imports nothing
of the product. graphql-core executes the document, field by field, over dictionaries; every field
that takes arguments is a function beside them. What impact computes (state, margin, why) is left
out: it has an oracle of its own.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from graphql import ExecutionResult, GraphQLSchema, build_schema, graphql_sync

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
ALL_ENTRIES = """MATCH (e:LedgerEntry) RETURN e.seq AS seq, e.run AS run,
[(e)-[c:CHANGED]->(r:Record) WHERE NOT c.op IN ['change_relation', 'unrelate'] | r.id] AS ids"""

Row = dict[str, Any]
CURSOR = "place:"
"""How every cursor of the oracle begins: the order and the row's id follow."""


@dataclass(frozen=True)
class Database:
    """All live records and the relations among them.

    Attributes:
        records: By id: properties, with `labels` beside them.
        relations: Source, type, target and properties.
        entries: Of the ledger: number, run, and ids of the records that were changed.
    """

    records: Mapping[str, Row]
    relations: tuple[tuple[str, str, str, Row], ...]
    entries: tuple[tuple[int, str, list[str]], ...]

    @classmethod
    def of(
        cls, records: Iterable[Row], relations: Iterable[Row], entries: Iterable[Row]
    ) -> "Database":
        """From the rows of `ALL_RECORDS`, `ALL_RELATIONS` and `ALL_ENTRIES`."""
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
        steps = tuple((each["seq"], each["run"], each["ids"]) for each in entries)
        return cls(live, ties, steps)


def camel(name: str) -> str:
    """How a property is called in GraphQL."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def kind_of(row: Row) -> str:
    """Service, ServiceComponent, CI or RedundancyGroup."""
    return next((each for each in ELEMENTS if each in row["labels"]), "")


class Naive:
    """Answers documents; a flaw is put into it by overriding one method."""

    def __init__(self, sdl: str, database: Database) -> None:
        self.schema: GraphQLSchema = build_schema(sdl)
        self.records = database.records
        self.elements = {id: row for id, row in self.records.items() if kind_of(row)}
        self.parents = {
            row["key"]: json.loads(row["definition"]).get("extends")
            for row in self.records.values()
            if "CIType" in row["labels"]
        }
        self.sources = {
            row["key"]: row["source"] for row in self.records.values() if "SyncRun" in row["labels"]
        }
        self.made = {seq: run for seq, run, _ in database.entries}
        self.changed: dict[str, list[str]] = {}
        for _, run, ids in database.entries:
            for id in ids:
                self.changed.setdefault(id, []).append(run)
        self.leaving: dict[str, list[tuple[str, str, Row]]] = {}
        self.coming: dict[str, list[tuple[str, str, Row]]] = {}
        for source, type, target, values in database.relations:
            self.leaving.setdefault(source, []).append((type, target, values))
            self.coming.setdefault(target, []).append((type, source, values))

    def answer(self, document: str, variables: Mapping[str, Any]) -> ExecutionResult:
        """Execute a document."""
        return graphql_sync(self.schema, document, self._roots(), variable_values=dict(variables))

    def _roots(self) -> dict[str, Callable[..., Any]]:
        return {
            "node": self._node,
            "element": self._element,
            "ci": partial(self._one, "CI"),
            "service": partial(self._one, "Service"),
            "cis": partial(self._connection, "CI"),
            "services": partial(self._connection, "Service"),
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

    def relations(
        self, row: Row, types: Any = None, direction: str = "BOTH", first: int = 100
    ) -> list[Row]:
        """Relations to other elements, by type and key."""
        found = [
            (type, self.elements[end]["key"], end, way, values)
            for way, type, end, values in self.ends(row, direction)
            if end in self.elements and self.wanted(type, types)
        ]
        found.sort(key=self.relation_order)
        return [
            {
                **{camel(name): value for name, value in values.items()},
                "strength": values["strength"].upper() if values.get("strength") else None,
                "type": type,
                "direction": way,
                "element": self.shown(self.elements[end]),
            }
            for type, _, end, way, values in found[:first]
        ]

    def wanted(self, type: str, types: list[str] | None) -> bool:
        """Whether relations of this type are asked for."""
        return types is None or type in types

    def relation_order(self, found: tuple[str, str, str, str, Row]) -> Any:
        """By type and key, then by id; the one that leaves before the one that comes."""
        type, key, end, way, _ = found
        return type, key, end, way != "OUT"

    # --- lists ---------------------------------------------------------------------------------

    def _connection(self, kind: str, _info: Any, first: int, **given: Any) -> Row:
        where = given.get("where") or {}
        rows = [each for each in self.elements.values() if kind_of(each) == kind]
        order = next(
            name.upper() for each in given.get("orderBy") or [{"id": "ASC"}] for name in each
        )
        rows = sorted((each for each in rows if self.holds(each, where)), key=self.place(order))
        before = self.passed(rows, order, given.get("after"))
        page = rows[before : before + first]
        places = [f"{CURSOR}{order}:{each['id']}" for each in page]
        shown = [self.shown(each) for each in page]
        edges = [{"cursor": each, "node": row} for each, row in zip(places, shown, strict=True)]
        info = {
            "hasNextPage": self.more(rows, before + first),
            "hasPreviousPage": given.get("after") is not None,  # the cursor's own row, at least
            "startCursor": places[0] if places else None,
            "endCursor": places[-1] if places else None,
        }
        total = self.total(rows, page)
        return {"nodes": shown, "edges": edges, "pageInfo": info, "totalCount": total}

    def place(self, order: str) -> Callable[[Row], Any]:
        """What rows are ordered by; ties by id."""
        return lambda row: (row[order.lower()], row["id"])

    def passed(self, rows: list[Row], order: str, after: str | None) -> int:
        """How many rows of an ordered list are at or before a cursor."""
        if after is None:
            return 0
        place = self.place(order)
        last = place(self.elements[after.rpartition(":")[2]])
        return sum(place(each) <= last for each in rows)

    def more(self, rows: list[Row], reached: int) -> bool:
        """Whether there is a next page."""
        return len(rows) > reached

    def total(self, rows: list[Row], _page: list[Row]) -> int:
        """Of all pages."""
        return len(rows)

    # --- filters -------------------------------------------------------------------------------

    def holds(self, row: Row, where: Row) -> bool:
        """Whether all that is given holds."""
        return all(
            self.holds_one(name, row, given) for name, given in where.items() if given is not None
        )

    def holds_one(self, name: str, row: Row, given: Any) -> bool:
        """Whether one field of a filter holds."""
        if name == "attribute":
            return all(self.attribute_holds(row, each) for each in given)
        if name == "owner":
            return self.owner_holds(row, given)
        if name in {"source", "run"}:
            return self.written_holds(name, row, given)
        if name == "lifecycle":
            return self.among(row["lifecycle"].upper(), given)
        if name == "type":
            return self.among(row["type"], given) and self.type_holds(row, given.get("isA"))
        return self.among(row[name], given)

    def among(self, value: Any, given: Row) -> bool:
        """Equal to one, and to one of several, as far as they are given."""
        eq, several = given.get("eq"), given.get("in")
        return (eq is None or value == eq) and (several is None or value in several)

    def attribute_holds(self, row: Row, given: Row) -> bool:
        """A typed attribute by its GraphQL name; one that is not known is equal to nothing."""
        named = {camel(name): row[name] for name in set(row) - BESIDE_ATTRIBUTES - {"labels"}}
        value = named.get(given["name"])
        if given.keys() & {"has", "hasAny", "hasAll", "isEmpty"}:
            return self.list_holds(set(value or ()), given)
        return self.among(value, given)

    def list_holds(self, values: set[str], given: Row) -> bool:
        """What is asked of a list of texts; one that is unknown has nothing in it."""
        one, some = given.get("has"), given.get("hasAny")
        all_of, empty = given.get("hasAll"), given.get("isEmpty")
        return (
            (one is None or one in values)
            and (some is None or bool(values & set(some)))
            and (all_of is None or values >= set(all_of))
            and (empty is None or empty != bool(values))
        )

    def owner_holds(self, row: Row, given: Row) -> bool:
        """By the key of who answers for it."""
        owner = self.owner_of(row)
        return self.among(owner["key"] if owner else None, given["key"])

    def runs_of(self, row: Row) -> set[str]:
        """Keys of the runs that have made or changed an element."""
        runs = {self.made.get(row["created"], ""), *self.changed.get(row["id"], ())}
        return {each for each in runs if each in self.sources}

    def written_holds(self, name: str, row: Row, given: Row) -> bool:
        """By the runs that wrote it: one of them matches, or none does where that is asked."""
        runs = self.runs_of(row)
        values = runs if name == "run" else {self.sources[each] for each in runs}
        eq, ne, none = given.get("eq"), given.get("ne"), given.get("isNull")
        some, others = given.get("in"), given.get("notIn")
        return (
            (eq is None or eq in values)
            and (ne is None or ne not in values)
            and (some is None or bool(values & set(some)))
            and (others is None or not values & set(others))
            and (none is None or none != bool(values))
        )

    def type_holds(self, row: Row, general: str | None) -> bool:
        """Whether a CI is of a type or of one of its subtypes."""
        type: str | None = row["type"]
        while type is not None and type != general:
            type = self.parents.get(type)
        return general is None or type == general
