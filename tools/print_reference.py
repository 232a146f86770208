#!/usr/bin/env python3
"""Print docs/reference/ from the declarations: records, types, policies, coverage, GraphQL.

python tools/print_reference.py            write the pages
python tools/print_reference.py --check    say which pages are not as they would be written
"""

import inspect
import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from types import GenericAlias

from conformity_reference import conformity_page
from coverage_reference import coverage_page
from document_reference import documents_page
from graphql_reference import graphql_page
from kpi_reference import kpis_page
from policy_reference import lives_page, policies_page
from reference_table import table
from rights_reference import rights_page

from fitsm_graph.api.fields import ValueKind
from fitsm_graph.api.operators import CAN_IGNORE_CASE, IGNORE_CASE, IGNORE_CASE_DOC, OPERATORS
from fitsm_graph.api.schema import build_schema, core_of
from fitsm_graph.confm.types import default_registry
from fitsm_graph.model.declare import (
    RECORDS,
    RELATIONS,
    FieldInfo,
    Process,
    RecordInfo,
    RelationInfo,
)
from fitsm_graph.model.record import Record
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.model.registry_types import Attribute, CIType, Dependency, RelationshipType

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference"
PRINTED = "Printed from the declarations by `make docs`.\n"
PROCESSES = {
    Process.ISRM: "Incident and Service Request Management (PR9)",
    Process.PM: "Problem Management (PR10)",
    Process.CONFM: "Configuration Management (PR11)",
    Process.CHM: "Change Management (PR12)",
    Process.RDM: "Release and Deployment Management (PR13)",
    Process.CSI: "Continual Service Improvement Management (PR14)",
    Process.SLM: "Service Level Management (PR2)",
    Process.SMS: "The service management system (GR1–GR7)",
}
RECORDS_INTRODUCED = """\
Every record carries the fields of *every record*; only the ledger writes them, apart from the key.
A field is *unique* among live records, *indexed* where it is looked up or ordered by, and
*personal* where it tells about a person: `erase` drops it.
"""
CI_TYPES_INTRODUCED = """\
The default set, from `schema/ci_types/`. A type has its own attributes and those of the types above
it. [How to add one](../how-to/add-a-ci-type.md).
"""
RELATIONSHIP_TYPES_INTRODUCED = """\
The default set, from `schema/relationship_types/`. Subtypes of an end count, and the end that is
needed may always be a redundancy group. [How to add one](../how-to/add-a-relationship-type.md).
"""


OPERATORS_INTRODUCED = """\
What can be asked of a value in a `where`, by the kind of value. All operators of a filter must
hold. What is unknown is equal to nothing and differs from everything; it is neither before nor
after anything. An operand that is null is as if it were not given: `isNull` asks for what is
unknown.
[How to ask](../how-to/use-the-api.md#ask-for-elements).
"""


def main(arguments: list[str]) -> int:
    """Write the pages, or compare; 1 where they differ."""
    registry = default_registry()
    pages = {
        "records.md": records_page(),
        "ci-types.md": ci_types_page(registry),
        "relationship-types.md": relationship_types_page(registry),
        "operators.md": operators_page(),
        "policies.md": policies_page(),
        "lives.md": lives_page(),
        "rights.md": rights_page(),
        "conformity.md": conformity_page(),
        "coverage.md": coverage_page(PROCESSES),
        "documents.md": documents_page(),
        "kpis.md": kpis_page(),
        "graphql.md": graphql_page(core_of(build_schema(registry)), registry),
    }
    if "--check" not in arguments:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name, text in pages.items():
            (FOLDER / name).write_text(text, encoding="utf-8")
        return 0
    stale = [name for name, text in pages.items() if text != _now(FOLDER / name)]
    for name in stale:
        print(f"docs/reference/{name} is not what the declarations say: make docs")  # noqa: T201 - a script
    return 1 if stale else 0


def _now(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


# --- records -----------------------------------------------------------------------------------


def operators_page() -> str:
    """The page of operators, by the kind of value."""
    parts = [f"# Operators\n\n{PRINTED}\n{OPERATORS_INTRODUCED}"]
    for kind in ValueKind:
        rows = [f"| `{each.name}` | {each.operand} | {each.doc} |" for each in OPERATORS[kind]]
        if kind in CAN_IGNORE_CASE:
            rows.append(f"| `{IGNORE_CASE}` | true or false | {IGNORE_CASE_DOC} |")
        lines = "\n".join(["| operator | is given | holds where |", "| --- | --- | --- |", *rows])
        parts.append(f"## {kind.value}Filter\n\n{lines}\n")
    return "\n".join(parts)


def records_page() -> str:
    """Every record by process, with its fields; then the relations the standard fixes."""
    parts = [
        "# Records\n",
        PRINTED,
        RECORDS_INTRODUCED,
        "## Every record\n",
        table(FIELDS, map(field_row, _bookkeeping())),
    ]
    for process, title in PROCESSES.items():
        owned = [each for each in RECORDS.values() if each.owner is process]
        fixed = [each for each in RELATIONS.values() if each.owner is process]
        if owned or fixed:
            parts.append(f"## {title}\n")
        for each in owned:
            parts += record_section(each)
        if fixed:
            parts += ["### Relations\n", relations_table(fixed)]
    shared = [each for each in RELATIONS.values() if each.owner is None]
    return "\n".join([*parts, "## Relations of all processes\n", relations_table(shared)])


def relations_table(relations: Iterable[RelationInfo]) -> str:
    """What relations lead from where to where, and mean."""
    rows = (
        (f"`{r.type}`", _or(r.sources), _or(r.targets), r.doc)
        for r in sorted(relations, key=lambda each: each.type)
    )
    return table(("type", "from", "to", "meaning"), rows)


FIELDS = ("field", "values", "meaning")


def record_section(info: RecordInfo) -> list[str]:
    """One record: what it is, its keys and labels, its own fields."""
    base = set(Record.__dataclass_fields__)
    own = [each for each in info.fields if each.name not in base]
    keys = f"`{info.prefix}-000001`" if info.prefix else "given from outside"
    labels = ", ".join(f"`{each}`" for each in info.labels)
    return [
        f"### {info.kind}\n",
        f"{inspect.cleandoc(info.cls.__doc__ or '')}\n",
        f"Keys: {keys}, or as the source gives them. Labels while live: {labels}.\n",
        table(FIELDS, map(field_row, own)),
    ]


def field_row(field: FieldInfo) -> tuple[str, str, str]:
    """A field as a row of a table."""
    marks = [
        word
        for word, applies in (
            ("optional", field.optional),
            ("unique", field.unique),
            ("indexed", field.indexed),
            ("personal", field.personal),
        )
        if applies
    ]
    unit = f" ({field.unit})" if field.unit else ""
    told = f" *{', '.join(marks)}*" if marks else ""
    return f"`{field.name}`", f"{kind_of(field.type)}{unit}", f"{field.doc}{told}"


def kind_of(kind: type | GenericAlias) -> str:
    """The kind of a field's values in words."""
    if isinstance(kind, GenericAlias):
        return f"list of {kind_of(kind.__args__[0])}"
    if issubclass(kind, StrEnum):
        return ", ".join(f"`{each.value}`" for each in kind)
    return {str: "text", int: "integer", float: "number", bool: "true or false"}[kind]


def _bookkeeping() -> list[FieldInfo]:
    names = set(Record.__dataclass_fields__)
    some = next(iter(RECORDS.values()))
    return [each for each in some.fields if each.name in names]


# --- CI types ----------------------------------------------------------------------------------


def ci_types_page(registry: TypeRegistry) -> str:
    """The default CI types as a tree, then each with its attributes."""
    roots = [each for each in registry.ci_types.values() if not each.extends]
    parts = [
        "# CI types\n",
        PRINTED,
        CI_TYPES_INTRODUCED,
        "## Tree\n",
        *(line for root in roots for line in tree(registry, root, 0)),
        "",
    ]
    for each in sorted(registry.ci_types.values(), key=lambda each: each.name):
        parts += ci_type_section(registry, each)
    return "\n".join(parts)


def tree(registry: TypeRegistry, top: CIType, depth: int) -> Iterable[str]:
    """A type and those below it as a nested list."""
    yield f"{'  ' * depth}- [{top.name}](#{top.name.lower()}): {top.doc}"
    for each in registry.ci_types.values():
        if each.extends == top.name:
            yield from tree(registry, each, depth + 1)


def ci_type_section(registry: TypeRegistry, it: CIType) -> list[str]:
    """One type."""
    facts = [
        f"is a [{it.extends}](#{it.extends.lower()})" if it.extends else "",
        "abstract: no CI is of it directly" if it.abstract else "",
        f"looked after by {registry.owner_group(it.name)}" if registry.owner_group(it.name) else "",
        f"must be known: {', '.join(registry.completeness(it.name))}"
        if registry.completeness(it.name)
        else "",
        f"deprecated: {it.deprecated}" if it.deprecated else "",
    ]
    told = " · ".join(filter(None, facts))
    rows = (attribute_row(each) for each in it.attributes)
    return [
        f"### {it.name}\n",
        f"{it.doc} {told[:1].upper()}{told[1:]}{'.' if told else ''}\n".replace(" \n", "\n"),
        *([table(("attribute", "values", "meaning"), rows)] if it.attributes else []),
    ]


def attribute_row(it: Attribute) -> tuple[str, str, str]:
    """An attribute as a row of a table."""
    values = ", ".join(f"`{each}`" for each in it.values) or it.kind.value.replace("_", " ")
    bounds = [
        f"from {it.minimum:g}" if it.minimum is not None else "",
        f"to {it.maximum:g}" if it.maximum is not None else "",
        it.unit,
    ]
    marks = ("required", "unique", "sensitive", "controlled")
    told = [each for each in marks if getattr(it, each)]
    told += [f"deprecated: {it.deprecated}"] if it.deprecated else []
    range_ = " ".join(filter(None, bounds))
    marked = f" *{', '.join(told)}*" if told else ""
    return (
        f"`{it.name}`",
        f"{values}{f' ({range_})' if range_ else ''}",
        f"{it.doc}{marked}",
    )


# --- relationship types ------------------------------------------------------------------------


def relationship_types_page(registry: TypeRegistry) -> str:
    """The default relationship types: a table to find one, then each in full."""
    types = sorted(registry.relationship_types.values(), key=lambda each: each.name)
    rows = (
        (f"[{each.name}](#{each.name.lower()})", _or(each.sources), _or(each.targets), need(each))
        for each in types
    )
    return "\n".join(
        [
            "# Relationship types\n",
            PRINTED,
            RELATIONSHIP_TYPES_INTRODUCED,
            table(("type", "from", "to", "need"), rows),
            *(part for each in types for part in relationship_section(each)),
        ]
    )


def need(it: RelationshipType) -> str:
    """Who needs whom, how hard, in words."""
    grounded = ", grounded" if it.grounded else ""
    if not it.carries_need:
        return "none"
    if it.dependency is Dependency.NONE:
        return f"one of all neighbours, {it.strength.value}{grounded}"
    source = it.dependency is Dependency.SOURCE_NEEDS_TARGET
    return f"{'from needs to' if source else 'to needs from'}, {it.strength.value}{grounded}"


def relationship_section(it: RelationshipType) -> list[str]:
    """One type in full."""
    needed = f" Needed by {_or(it.needed_by)}; other ends are sources." if it.needed_by else ""
    sentence = it.sentence.format(source="*from*", target="*to*")
    symmetric = " No direction: stored once, read from both ends." if it.symmetric else ""
    gone = f" Deprecated: {it.deprecated}" if it.deprecated else ""
    ends = f"From {_or(it.sources)} to {_or(it.targets)}"
    facts = f"{it.cardinality.value.replace('_', ' ')}. Need: {need(it)}.{needed}{symmetric}{gone}"
    return [f"## {it.name}\n", f"{sentence}. {it.doc.strip()}\n", f"{ends}, {facts}\n"]


def _or(names: Iterable[str]) -> str:
    return ", ".join(names)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
