"""Filters and orders at random, from the inputs of the schema and from what is in the data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLSchema, get_named_type
from hypothesis import strategies as st

from oracles.naive_filters import SPANS, STATES

LISTS = {
    "cis": "CI",
    "services": "Service",
    "components": "ServiceComponent",
    "groups": "RedundancyGroup",
    "elements": "Element",
}
WORDS = (
    "type", "type", "owner", "lifecycle", "name", "name", "key", "id", "AND", "OR", "NOT", "state",
    "text", "freshness", "relations", "relations", "dependsOn", "usedBy", "members", "customers",
    "reaches", "attribute", "kind", "updatedAt", "criticality", "isSource", "strength", "need",
)  # fmt: skip
PARTS = ("contains", "startsWith", "endsWith")
TEXTS = ("zwil", "Batch", "srv", "svc x1", "x02", "nowhere")
TYPED = {"IntFilter": "Int", "FloatFilter": "Float", "BooleanFilter": "Boolean"}
ENUMS = {"LifecycleFilter", "StrengthFilter", "StateFilter"}


@dataclass(frozen=True)
class Values:
    """What filters are made of: what is in the data, and what is not.

    Attributes:
        fields: Values of fields and attributes by name in GraphQL.
        relation: The same of relations.
        relations: Types of the registry.
    """

    ids: Sequence[str]
    keys: Sequence[str]
    names: Sequence[str]
    owners: Sequence[str]
    types: Sequence[str]
    general: Sequence[str]
    fields: Mapping[str, Sequence[Any]]
    relation: Mapping[str, Sequence[Any]]
    relations: Sequence[str]


class FilterWriter:
    """Writes filters and orders."""

    draw: st.DrawFn
    schema: GraphQLSchema
    values: Values
    reached: int

    def one(self, several: Sequence[Any]) -> Any:
        raise NotImplementedError

    def chance(self, of: int) -> bool:
        raise NotImplementedError

    def number(self, most: int) -> int:
        raise NotImplementedError

    def value(self, kind: str, value: Any) -> str:
        raise NotImplementedError

    # --- elements --------------------------------------------------------------------------------

    def where(self, kind: str, depth: int = 0) -> str:
        """A filter of elements of a kind."""
        inputs = self.schema.type_map[f"{kind}Where"].fields
        typed = sorted(set(inputs) & set(self.values.fields))
        names = [name for name in WORDS if name in inputs]
        picked = [
            self.one(typed) if typed and self.chance(3) else self.one(names)
            for _ in range(self.number(3 if depth == 0 else 2) - self.chance(12))
        ]
        parts = [f"{name}: {self.part(kind, name, depth)}" for name in dict.fromkeys(picked)]
        return f"{{{', '.join(parts)}}}"

    def part(self, kind: str, name: str, depth: int) -> str:
        """One part of a filter of elements."""
        if depth >= 2 and name in {"AND", "OR", "NOT", "relations", "dependsOn", "usedBy",
                                   "members", "reaches"}:  # fmt: skip
            return "[]" if name in {"AND", "OR"} else "{}" if name != "reaches" else self.here()
        if name in {"AND", "OR"}:
            inner = (self.where(kind, depth + 1) for _ in range(self.number(3) - 1))
            return f"[{', '.join(inner)}]"
        if name == "NOT":
            return self.where(kind, depth + 1)
        word = getattr(self, f"word_{name}", None)
        if word is not None:
            return str(word(depth))
        filter_kind = get_named_type(self.schema.type_map[f"{kind}Where"].fields[name].type).name
        return self.comparison(filter_kind, self.pool(name, filter_kind))

    def here(self) -> str:
        """Something is reached: the end of nesting."""
        self.reached += 1
        return '{direction: UPSTREAM, to: {key: {startsWith: "c"}}}'

    def pool(self, name: str, kind: str) -> Sequence[Any]:
        """Values of a field."""
        known = {"id": self.values.ids, "key": self.values.keys, "name": self.values.names}
        if name in known:
            return known[name]
        if kind == "LifecycleFilter":
            return ("PLANNED", "LIVE", "RETIRED")
        if kind == "StrengthFilter":
            return ("INFO", "SOFT", "HARD")
        found = list(self.values.fields.get(name, ()))
        more: dict[str, list[Any]] = {
            "StringFilter": ["", "nowhere"], "IntFilter": [0, -1, 3], "FloatFilter": [0.5, 2, 64.0],
            "BooleanFilter": [True, False], "DateFilter": ["2026-01-01"], "StringListFilter": ["x"],
            "DateTimeFilter": ["2026-01-02T04:04:05+01:00"],
        }  # fmt: skip
        return [*found, *more.get(kind, [])]

    def comparison(self, kind: str, pool: Sequence[Any]) -> str:
        """Some operators of a filter of values."""
        offered = [name for name in self.schema.type_map[kind].fields if name != "ignoreCase"]
        if self.chance(15):
            return f"{{{offered[0]}: null}}"
        if not pool:
            offered = ["isNull"]
        names = {self.one(offered) for _ in range(self.number(3) - 1)} or {self.one(offered)}
        parts = [f"{name}: {self.operand(kind, name, pool)}" for name in sorted(names)]
        if "ignoreCase" in self.schema.type_map[kind].fields and self.chance(3):
            parts.append("ignoreCase: true")
        return f"{{{', '.join(parts)}}}"

    def operand(self, kind: str, name: str, pool: Sequence[Any]) -> str:
        """What an operator is given."""
        if name in {"isNull", "isEmpty"}:
            return self.value("Boolean", self.draw(st.booleans()))
        if name in {"olderThan", "newerThan"}:
            return self.value("Duration", self.one(list(SPANS)))
        if name in PARTS:
            return self.value("String", self.part_of(str(self.one(pool))))
        typed = TYPED.get(kind, "DateTime" if kind == "DateTimeFilter" else "String")
        if kind in ENUMS:
            typed = kind.removesuffix("Filter")
        if name in {"in", "notIn", "hasAny", "hasAll"}:
            several = self.draw(st.lists(st.sampled_from(list(pool)), max_size=4))
            return self.value(f"[{typed}!]", several)
        return self.value(typed, self.one(pool))

    def part_of(self, text: str) -> str:
        """Part of a text."""
        if not text:
            return ""
        start = self.draw(st.integers(0, len(text) - 1))
        return text[start : start + self.number(4)]

    # --- words -----------------------------------------------------------------------------------

    def word_kind(self, _depth: int) -> str:
        kinds = [each for each in LISTS.values() if each != "Element"]
        return self.comparison("KindFilter", kinds)

    def word_type(self, _depth: int) -> str:
        if self.chance(2):
            return f"{{isA: {self.value('String', self.one(self.values.general))}}}"
        if self.chance(4):
            return f"{{isNull: {self.one(('true', 'false'))}}}"
        name = self.one(("eq", "ne", "in", "notIn"))
        return f"{{{name}: {self.operand('StringFilter', name, self.values.types)}}}"

    def word_owner(self, _depth: int) -> str:
        name = self.one(("isNull", "key", "name", "kind"))
        if name == "isNull":
            return f"{{isNull: {self.one(('true', 'false'))}}}"
        pool = {"key": self.values.owners, "name": ["Facilities"], "kind": ["Person", "Group"]}
        return f"{{{name}: {self.comparison('StringFilter', pool[name])}}}"

    def word_state(self, _depth: int) -> str:
        return self.comparison("StateFilter", STATES)

    def word_text(self, _depth: int) -> str:
        return self.value("String", self.one(TEXTS))

    def word_freshness(self, _depth: int) -> str:
        return f"{{{self.one(('olderThan', 'newerThan'))}: {self.value('Duration', 'P1D')}}}"

    def word_attribute(self, _depth: int) -> str:
        name = self.one(sorted(self.values.fields))
        kind = get_named_type(self.schema.type_map["ElementWhere"].fields[name].type).name
        if "attribute" not in self.schema.type_map["CIWhere"].fields or name not in self.typed():
            return "[]"
        body = self.comparison(kind, self.pool(name, kind)).replace("$", "$")
        return f'[{{name: "{name}", {body[1:]}]'

    def typed(self) -> set[str]:
        """Names of attributes: what CIs can be asked about and services cannot."""
        return set(self.schema.type_map["CIWhere"].fields) - set(
            self.schema.type_map["ServiceWhere"].fields
        )

    def word_relations(self, depth: int) -> str:
        parts = []
        if self.chance(2):
            some = self.draw(st.lists(st.sampled_from(self.values.relations), max_size=5))
            parts.append(f"types: {self.value('[String!]', some)}")
        if self.chance(2):
            parts.append(f"direction: {self.one(('OUT', 'IN', 'BOTH'))}")
        return f"{{{', '.join([*parts, self.quantifier(depth)])}}}"

    def word_dependsOn(self, depth: int) -> str:  # noqa: N802
        return f"{{{self.quantifier(depth)}}}"

    word_usedBy = word_dependsOn  # noqa: N815

    def word_members(self, depth: int) -> str:
        name = self.one(("some", "every", "none"))
        if self.chance(2):
            return f"{{{name}: {{weight: {self.comparison('IntFilter', [1, 3])}}}}}"
        return f"{{{name}: {{element: {self.where('Element', depth + 1)}}}}}"

    def word_customers(self, _depth: int) -> str:
        name = self.one(("some", "every", "none"))
        return f"{{{name}: {{userCount: {self.comparison('IntFilter', [0, 40, 1_000])}}}}}"

    def word_reaches(self, depth: int) -> str:
        self.reached += 1
        most = f", maxDepth: {self.number(3)}" if self.chance(3) else ""
        way = self.one(("UPSTREAM", "DOWNSTREAM"))
        return f"{{direction: {way}{most}, to: {self.where('Element', depth + 1)}}}"

    def quantifier(self, depth: int) -> str:
        name = self.one(("some", "some", "every", "none", "count"))
        if name == "count":
            return f"count: {self.comparison('IntFilter', [0, 1, 2, 5])}"
        return f"{name}: {self.relation_where(depth + 1)}"

    # --- relations -------------------------------------------------------------------------------

    def relation_where(self, depth: int) -> str:
        """A filter of relations."""
        names = ["type", "direction", "element", "weight", "strength", "grounded", "confidence",
                 "verifiedAt", "NOT", "OR"]  # fmt: skip
        picked = dict.fromkeys(self.one(names) for _ in range(self.number(2)))
        parts = [f"{name}: {self.relation_part(name, depth)}" for name in picked]
        return f"{{{', '.join(parts)}}}"

    def relation_part(self, name: str, depth: int) -> str:
        if name == "type":
            return self.comparison("RelationTypeFilter", self.values.relations)
        if name == "direction":
            return str(self.one(("OUT", "IN")))
        if name == "element":
            return self.where("Element", depth + 1)
        if name in {"NOT", "OR"}:
            inner = self.relation_where(depth + 1) if depth < 3 else "{}"
            return inner if name == "NOT" else f"[{inner}]"
        kind = get_named_type(self.schema.type_map["RelationWhere"].fields[name].type).name
        return self.comparison(kind, self.values.relation.get(name) or self.pool("-", kind))

    # --- orders ----------------------------------------------------------------------------------

    def order(self, kind: str) -> str:
        """One to three keys of an order of elements."""
        keys = self.schema.type_map[f"{kind}OrderBy"].fields
        known = sorted(set(keys) & {*self.values.fields, "name", "key", "id", "lifecycle", "type"})
        often = [name for name in ("name", "lifecycle", "cpuCount", "criticality") if name in keys]
        picked = [self.one(often if self.chance(2) else known) for _ in range(self.number(3))]
        return f"[{', '.join(f'{{{name}: {self.way()}}}' for name in picked)}]"

    def way(self) -> str:
        return str(self.one(("ASC", "DESC")))

    def relation_order(self) -> str:
        """Keys of an order of relations."""
        names = ("type", "direction", "weight", "strength", "confidence", "verifiedAt")
        name = self.one(names)
        if self.chance(2):
            inner = self.one(("name", "lifecycle", "criticality", "cpuCount", "key"))
            return f"[{{element: {{{inner}: {self.way()}}}}}]"
        return f"[{{{name}: {self.way()}}}]"
