"""A walk through PR14: a document for each activity of the process chart, one after another."""

import re
from pathlib import Path

import pytest

from e2e.calling import Caller
from e2e.desk import plain
from fitsm_graph.graph.driver import Endpoint

DOCUMENTS = sorted((Path(__file__).parent / "processes" / "csi").glob("*.graphql"))


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
        """{ suggestions(orderBy: [{key: ASC}]) { nodes { source status timesSeen } }
          improvements { nodes { status effect } }
          improvementActions(orderBy: [{key: ASC}]) { nodes { status } }
          changes { nodes { raisedFrom { key } } } }"""
    )
    assert [tuple(each.values()) for each in told["suggestions"]["nodes"]] == [
        ("report", "accepted", 2),
        ("management_review", "rejected", 1),
        ("complaint", "registered", 1),
        ("nonconformity", "registered", 1),
    ]
    assert told["improvements"]["nodes"] == [{"status": "reviewed", "effect": "improved"}]
    actions = [each["status"] for each in told["improvementActions"]["nodes"]]
    assert actions == ["done", "cancelled"]
    assert told["changes"]["nodes"] == [{"raisedFrom": {"key": "IMP-000001"}}]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_every_document_names_its_requirement(path: Path) -> None:
    assert re.match(r"# PR14\.[1-3] · \w.+\n", path.read_text(encoding="utf-8"))


def test_every_requirement_is_walked_through() -> None:
    named = {path.read_text(encoding="utf-8")[2:8] for path in DOCUMENTS}
    assert named == {f"PR14.{number}" for number in range(1, 4)}
