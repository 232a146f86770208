"""What declarations call indexed and what migrations index are the same, in both directions."""

import pytest

from fitsm_graph.graph.checks import Schema, declared_schema, declared_unique, unindexed
from fitsm_graph.model.declare import RECORDS


def test_every_field_that_is_declared_indexed_is_indexed_by_a_migration() -> None:
    assert unindexed(declared_schema()) == []


def test_every_field_that_is_declared_unique_is_kept_unique_by_a_migration() -> None:
    kept = {
        (label, properties[0])
        for kind, labels, properties in declared_schema().values()
        for label in labels
        if kind == "unique"
    }
    assert set(declared_unique()) <= kept


def test_every_index_on_one_field_of_a_record_is_declared_there() -> None:
    assert undeclared(declared_schema()) == []


@pytest.mark.parametrize("name", ["person_name", "element_name", "change_status"])
def test_an_index_that_no_migration_makes_is_found(name: str) -> None:
    schema = {each: made for each, made in declared_schema().items() if each != name}
    assert unindexed(schema)


def test_an_index_that_no_declaration_asks_for_is_found() -> None:
    extra = ("index", frozenset({"Service"}), ("criticality",))
    assert undeclared({**declared_schema(), "extra": extra}) == ["extra: Service.criticality"]


def undeclared(schema: Schema) -> list[str]:
    """Indexes on one field that no record with the label calls indexed or unique.

    A key is unique in every kind, and a field of the bookkeeping is nobody's in particular.
    """
    return [
        f"{name}: {info.kind}.{field.name}"
        for name, (_, labels, properties) in schema.items()
        for info in RECORDS.values()
        for field in info.fields
        if labels & set(info.labels)
        and properties == (field.name,)
        and field.name not in {"id", "key"}
        and not (field.indexed or field.unique)
    ]
