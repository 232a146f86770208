"""Slices of the schema that requests are made up from: schemas by themselves, and all together."""

from functools import cache

import pytest
from graphql import DocumentNode, ObjectTypeDefinitionNode, build_schema, parse, validate_schema

from conformance.slices import TYPES, sliced
from fitsm_graph.api.schema import build_schema as product_schema
from fitsm_graph.confm.types import default_registry


@cache
def document() -> DocumentNode:
    return parse(product_schema(default_registry()).as_str(), no_location=True)


@pytest.mark.parametrize("number", range(3))
def test_a_slice_is_a_schema(number: int) -> None:
    assert validate_schema(build_schema(sliced(document(), number))) == []


def test_slices_together_have_all_arguments_and_other_types_each() -> None:
    slices = [names(parse(sliced(document(), number))) for number in range(8)]
    missed = names(document()).difference(*slices)
    assert [each for each in missed if "." in each] == []
    types = [{name for name in each if "." not in name} for each in slices]
    leaves = [each - set.intersection(*types) for each in types]
    assert sum(len(each) for each in leaves) == len(set.union(*leaves)) >= TYPES * len(slices)


def names(schema: DocumentNode) -> set[str]:
    """Object types, and fields with their arguments, of whatever type."""
    objects = [each for each in schema.definitions if isinstance(each, ObjectTypeDefinitionNode)]
    return {each.name.value for each in objects} | {
        f"{field.name.value}.{argument.name.value}"
        for each in objects
        for field in each.fields or ()
        for argument in field.arguments or ()
    }
