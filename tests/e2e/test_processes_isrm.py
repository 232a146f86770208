"""A walk through PR9: a document for each activity of the process chart, one after another."""

import re
from pathlib import Path

import pytest

from e2e.calling import somebody
from e2e.desk import Desk, opened, ordinary
from fitsm_graph.graph.driver import Endpoint

DOCUMENTS = sorted((Path(__file__).parent / "processes" / "isrm").glob("*.graphql"))
BY_ANOTHER = {"21-fulfil"}
"""Who asked for something approves none of it."""


async def test_every_activity_is_done_by_its_document(
    neo4j_endpoint: Endpoint, tmp_path: Path
) -> None:
    async with opened(neo4j_endpoint, tmp_path) as desk:
        await desk.until(9, ordinary)
        other = await somebody(desk.caller, "colleague", "process_manager")
        for path in DOCUMENTS:
            caller = other if path.stem in BY_ANOTHER else desk.caller
            told = await caller.ask(path.read_text(encoding="utf-8"))
            for name, payload in told.items():
                if isinstance(payload, dict) and "ok" in payload:
                    assert payload["ok"], (path.stem, name, payload["errors"])
        await ended(desk)


async def ended(desk: Desk) -> None:
    """What the walk leaves behind."""
    told = await desk.caller.ask(
        """{ incidents(orderBy: [{key: ASC}]) { nodes { key status } }
          serviceRequests { nodes { status } } problems { nodes { source } } }"""
    )
    assert [each["status"] for each in told["incidents"]["nodes"]] == ["closed", "closed"]
    assert told["serviceRequests"]["nodes"] == [{"status": "closed"}]
    assert told["problems"]["nodes"] == [{"source": "major_incident"}]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_every_document_names_its_requirement(path: Path) -> None:
    assert re.match(r"# PR9\.[1-6] · \w.+\n", path.read_text(encoding="utf-8"))


def test_every_requirement_is_walked_through() -> None:
    named = {path.read_text(encoding="utf-8")[2:7] for path in DOCUMENTS}
    assert named == {f"PR9.{number}" for number in range(1, 7)}
