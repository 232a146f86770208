"""Where the files that come with the product are: statements and declarations."""

from pathlib import Path

_DATA = Path(__file__).resolve().parent.parent / "_data"
CYPHER = _DATA / "cypher"
SCHEMA = _DATA / "schema"
ERRORS = _DATA / "errors.md"
