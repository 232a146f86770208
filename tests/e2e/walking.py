"""Walks through a process: a GraphQL document for each activity of its chart, in order."""

import re
from pathlib import Path
from typing import Any

from e2e.calling import Caller

FOLDER = Path(__file__).parent / "processes"


def documents_of(process: str) -> list[Path]:
    """The documents of a walk, in the order in which they are asked."""
    found = sorted((FOLDER / process).glob("*.graphql"))
    assert found, process
    return found


async def done(caller: Caller, path: Path) -> Any:
    """Ask a document of which every mutation has to be done."""
    told = await caller.ask(text_of(path))
    for name, payload in told.items():
        if isinstance(payload, dict) and "ok" in payload:
            assert payload["ok"], (path.stem, name, payload["errors"])
    return told


def requirement_of(path: Path) -> str:
    """The requirement that the first line of a document names, with what it is about."""
    named = re.match(r"# ((?:PR|GR)\d+\.\d) · \w.+\n", text_of(path))
    assert named, f"{path.stem} names no requirement"
    return named[1]


def text_of(path: Path) -> str:
    """What a document says."""
    return path.read_text(encoding="utf-8")
