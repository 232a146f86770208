"""What is printed from the code is what the repository shows."""

from pathlib import Path

from fitsm_graph.api.schema import build_schema
from fitsm_graph.confm.types import default_registry

PRINTED = Path(__file__).parents[2] / "schema" / "schema.graphql"


def test_the_printed_schema_is_the_schema() -> None:
    assert (
        PRINTED.read_text(encoding="utf-8") == build_schema(default_registry()).as_str() + "\n"
    ), "print it anew: make schema"
