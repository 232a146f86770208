"""Names a type declaration may use.

Names become labels, relationship types and properties in the graph and types, fields and enum
values in GraphQL, so they are held to what all of these accept and nothing else uses.
"""

import re

from fitsm_graph.kernel.text import upper_snake
from fitsm_graph.model.declare import RECORDS, RELATIONS
from fitsm_graph.model.registry_types import CI, ELEMENT, KINDS, camel_case

LONGEST_NAME = 64

RESERVED_ATTRIBUTES = frozenset(
    [
        "id",
        "key",
        "name",
        "description",
        "kind",
        "type",
        "lifecycle",
        "is_source",
        "criticality",
        "created",
        "version",
        "created_at",
        "updated_at",
        "retired",
        "state",
        "why",
        "margin",
        "owner",
        "attributes",
        "relations",
        "related",
        "depends_on",
        "used_by",
        "process_records",
        "labels",
        "typename",
        "tags",
    ]
)
"""Properties and fields that every element has."""

RESERVED_TYPES = frozenset(
    [
        "Record",
        "Node",
        "Query",
        "Mutation",
        "Subscription",
        "String",
        "Int",
        "Float",
        "Boolean",
        "ID",
        "Date",
        "DateTime",
        "Time",
        "JSON",
        "Long",
        "Value",
        "PageInfo",
        "UserError",
        "Viewer",
        "Impact",
        "Scenario",
        "Proof",
        "Requirement",
        "LedgerEntry",
        "Edge",
        "Connection",
    ]
) | {ELEMENT, *KINDS}
"""Names that GraphQL or the product itself uses for something else."""

RESERVED_ENDINGS = [
    "Aggregate",
    "Changed",
    "Connection",
    "Edge",
    "Error",
    "Filter",
    "Input",
    "OrderBy",
    "Payload",
    "Where",
]
"""Endings of the GraphQL types that are derived from each CI type."""

RESERVED_RELATIONS = frozenset(
    ["AFFECTS", "CAUSED_BY", "CHANGED", "CONTAINS", "IDENTIFIED_BY", "OWNED_BY", "RESOLVES"]
)
"""Relationship types that records of the processes use."""

RESERVED_VALUES = frozenset({"true", "false", "null"})
"""What GraphQL does not accept as the value of an enum."""

KNOWN_BESIDES = frozenset({"description", "owner"})
"""What completeness may ask for beside attributes."""

_TYPE = re.compile(r"^[A-Z][A-Za-z0-9]*$")
_ATTRIBUTE = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")
_RESERVED_FIELDS = frozenset(map(camel_case, RESERVED_ATTRIBUTES))


def type_name_fault(name: str) -> str:
    """Say what is wrong with the name of a CI type; empty if nothing."""
    if not _TYPE.match(name) or len(name) > LONGEST_NAME:
        return f"is not a name such as 'PowerFeed' of at most {LONGEST_NAME} characters"
    if name in RESERVED_TYPES:
        return "is used for something else"
    if name in RECORDS:
        return "is a record of a process"
    ending = next((each for each in RESERVED_ENDINGS if name.endswith(each)), "")
    return f"ends in '{ending}', as derived GraphQL types do" if ending else ""


def attribute_name_fault(name: str) -> str:
    """Say what is wrong with the name of an attribute; empty if nothing."""
    if not _ATTRIBUTE.match(name) or len(name) > LONGEST_NAME:
        return f"is not a name such as 'serial_number' of at most {LONGEST_NAME} characters"
    return "is what every element has" if camel_case(name) in _RESERVED_FIELDS else ""


def relation_name_fault(name: str) -> str:
    """Say what is wrong with the name of a relationship type; empty if nothing."""
    if not upper_snake(name) or "__" in name or name.endswith("_") or len(name) > LONGEST_NAME:
        return f"is not a name such as 'POWERED_BY' of at most {LONGEST_NAME} characters"
    return "is used by records of the processes" if _process_relation(name) else ""


def enum_value_fault(value: str) -> str:
    """Say what is wrong with a value of an enum; empty if nothing."""
    if not _ATTRIBUTE.match(value) or len(value) > LONGEST_NAME:
        return "is not in lower case letters, digits and single underscores, a letter first"
    return "cannot be a value in GraphQL" if value in RESERVED_VALUES else ""


def _process_relation(name: str) -> bool:
    """Say whether a relation starts or ends at a record that is no element."""
    declared = RELATIONS.get(name)
    if declared is None:
        return name in RESERVED_RELATIONS
    return not {*declared.sources, *declared.targets} <= {ELEMENT, CI, *KINDS}
