#!/usr/bin/env python3
"""Print the GraphQL schema of the default types to schema/schema.graphql."""

from pathlib import Path

from fitsm_graph.api.schema import build_schema
from fitsm_graph.confm.types import default_registry

if __name__ == "__main__":
    target = Path(__file__).parents[1] / "schema" / "schema.graphql"
    target.write_text(build_schema(default_registry()).as_str() + "\n", encoding="utf-8")
