"""The documents of the command line, one file each: the same for this machine and a server."""

from functools import cache
from pathlib import Path

OPERATIONS = Path(__file__).parent / "operations"


@cache
def document(name: str) -> str:
    """Read a document; its name is the file's and the operation's."""
    return (OPERATIONS / f"{name}.graphql").read_text(encoding="utf-8")
