"""A field that every element has is no name of an attribute: its type would have no schema."""

import re

import pytest
from graphql import build_schema

from fitsm_graph.kernel.places import SCHEMA
from fitsm_graph.model.registry_names import RESERVED_ATTRIBUTES

PRINTED = build_schema((SCHEMA / "schema.graphql").read_text("utf-8"))
FIELDS = sorted(PRINTED.type_map["CI"].fields)


def test_there_are_such_fields() -> None:
    assert {"dependsOn", "processRecords", "key"} <= set(FIELDS)


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_of_every_element_is_reserved(field: str) -> None:
    assert re.sub(r"([A-Z])", lambda found: f"_{found[1].lower()}", field) in RESERVED_ATTRIBUTES
