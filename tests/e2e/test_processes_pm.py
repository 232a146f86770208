"""A walk through PR10: a document for each activity of the process chart, one after another."""

import re
from pathlib import Path

import pytest

from e2e.calling import Caller
from e2e.desk import plain
from fitsm_graph.graph.driver import Endpoint

DOCUMENTS = sorted((Path(__file__).parent / "processes" / "pm").glob("*.graphql"))


async def test_every_activity_is_done_by_its_document(
    neo4j_endpoint: Endpoint, tmp_path: Path
) -> None:
    async with plain(neo4j_endpoint, tmp_path) as caller:
        for path in DOCUMENTS:
            told = await caller.ask(path.read_text(encoding="utf-8"))
            for name, payload in told.items():
                if isinstance(payload, dict) and "ok" in payload:
                    assert payload["ok"], (path.stem, name, payload["errors"])
        await ended(caller)


async def ended(caller: Caller) -> None:
    """What the walk leaves behind."""
    told = await caller.ask(
        """{ problems(orderBy: [{key: ASC}]) { nodes { status } }
          knownErrors(orderBy: [{key: ASC}]) { nodes { status used helped communicatedTo } }
          changes { nodes { raisedFrom { key } } } suggestions { nodes { source } } }"""
    )
    states = [each["status"] for each in told["problems"]["nodes"]]
    assert states == ["resolved", "known_error", "rejected"]
    first, second = told["knownErrors"]["nodes"]
    assert first == {
        "status": "retired",
        "used": 1,
        "helped": 1,
        "communicatedTo": "the service desk",
    }
    assert second["status"] == "retired"
    assert told["changes"]["nodes"] == [{"raisedFrom": {"key": "PRB-000001"}}]
    assert told["suggestions"]["nodes"] == [{"source": "problem"}]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_every_document_names_its_requirement(path: Path) -> None:
    assert re.match(r"# PR10\.[1-4] · \w.+\n", path.read_text(encoding="utf-8"))


def test_every_requirement_is_walked_through() -> None:
    named = {path.read_text(encoding="utf-8")[2:8] for path in DOCUMENTS}
    assert named == {f"PR10.{number}" for number in range(1, 5)}
