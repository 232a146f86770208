"""Where the files that come with the product are: statements, declarations, documents."""

from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_DATA = _ROOT / "_data"
CYPHER = _DATA / "cypher"
SCHEMA = _DATA / "schema"
ERRORS = _DATA / "errors.md"
OF_PAGES = _ROOT / "web" / "operations"
"""GraphQL documents that the pages ask."""
OF_COMMANDS = _ROOT / "cli" / "operations"
"""GraphQL documents that the command line asks."""
