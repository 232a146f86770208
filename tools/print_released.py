#!/usr/bin/env python3
"""Keep the schema as it is now as the last released one, and forget the listed breaking changes.

Run when a version is published. Descriptions are left out: they break nothing.
"""

import re
import sys
from pathlib import Path

from graphql import build_schema, print_schema

SCHEMA = Path(__file__).parents[1] / "schema"


def bare(sdl: str) -> str:
    """An SDL without descriptions, which are blocks of their own where a schema is printed."""
    text = re.sub(r'[ ]*"""(?:[^"]|"(?!""))*"""\n', "", sdl)
    kept = "\n".join(line for line in text.splitlines() if line.strip()) + "\n"
    if '"""' in print_schema(build_schema(kept)):
        raise SystemExit("a description is left")
    return kept


if __name__ == "__main__":
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else SCHEMA / "schema.graphql"
    sdl = source.read_text(encoding="utf-8")
    (SCHEMA / "released.graphql").write_text(bare(sdl), encoding="utf-8")
    (SCHEMA / "breaking_changes.txt").write_text(
        "# Breaking changes since the last released schema, one a line, and why each is made.\n",
        encoding="utf-8",
    )
