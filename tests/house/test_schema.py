"""What is printed from the code is what the repository shows, and what is released stays."""

from pathlib import Path

from graphql import build_schema as from_sdl
from graphql.utilities import find_schema_changes
from graphql.utilities.find_schema_changes import BreakingChange

from fitsm_graph.api.schema import build_schema
from fitsm_graph.confm.types import default_registry

SCHEMA = Path(__file__).parents[2] / "schema"
PRINTED = SCHEMA / "schema.graphql"


def test_the_printed_schema_is_the_schema() -> None:
    assert (
        PRINTED.read_text(encoding="utf-8") == build_schema(default_registry()).as_str() + "\n"
    ), "print it anew: make schema"


def breaking(old: str, new: str) -> set[str]:
    """What clients of an old schema may stumble over in a new one."""
    found = find_schema_changes(from_sdl(old), from_sdl(new))
    return {
        f"{each.type.name}: {each.description}"
        for each in found
        if isinstance(each, BreakingChange)
    }


def listed() -> dict[str, str]:
    """Breaking changes that are meant, with the reason for each."""
    lines = (SCHEMA / "breaking_changes.txt").read_text(encoding="utf-8").splitlines()
    kept = (line.partition(" # ") for line in lines if line and not line.startswith("#"))
    return {change.strip(): reason.strip() for change, _, reason in kept}


def test_what_is_released_is_not_broken_unless_it_is_listed() -> None:
    released = (SCHEMA / "released.graphql").read_text(encoding="utf-8")
    found = breaking(released, PRINTED.read_text(encoding="utf-8"))
    assert found == set(listed()), "list it in schema/breaking_changes.txt with a reason"
    assert all(listed().values()), "each has a reason, after ' # '"


def test_a_breaking_change_is_found() -> None:
    old = "type Query { a: Int  b(x: Int): String }  enum E { A B }"
    assert breaking(old, old) == set()
    assert breaking(old, "type Query { a: Int! b(x: Int): String c: E } enum E { A B }") == set()
    for new in (
        "type Query { b(x: Int): String }  enum E { A B }",
        "type Query { a: Float  b(x: Int): String }  enum E { A B }",
        "type Query { a: Int  b(x: Int!): String }  enum E { A B }",
        "type Query { a: Int  b: String }  enum E { A B }",
        "type Query { a: Int  b(x: Int): String }  enum E { A }",
    ):
        assert len(breaking(old, new)) == 1, new
