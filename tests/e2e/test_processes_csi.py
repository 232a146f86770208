"""A walk through PR14: a document for each activity of the process chart, one after another."""

from pathlib import Path

from e2e.calling import Caller
from e2e.desk import plain
from e2e.walking import documents_of, done, requirement_of
from fitsm_graph.graph.driver import Endpoint

DOCUMENTS = documents_of("csi")


async def test_every_activity_is_done_by_its_document(
    neo4j_endpoint: Endpoint, tmp_path: Path
) -> None:
    async with plain(neo4j_endpoint, tmp_path) as caller:
        for path in DOCUMENTS:
            await done(caller, path)
        await ended(caller)


async def ended(caller: Caller) -> None:
    """What the walk leaves behind."""
    told = await caller.ask(
        """{ suggestions(orderBy: [{key: ASC}]) { nodes { source status timesSeen } }
          improvements(orderBy: [{key: ASC}]) { nodes { status effect } }
          improvementActions(orderBy: [{key: ASC}]) { nodes { status } }
          changes { nodes { raisedFrom { key } } } }"""
    )
    assert [tuple(each.values()) for each in told["suggestions"]["nodes"]] == [
        ("report", "accepted", 2),
        ("management_review", "rejected", 1),
        ("complaint", "registered", 1),
        ("nonconformity", "registered", 1),
        ("report", "registered", 1),
    ]
    assert told["improvements"]["nodes"] == [
        {"status": "reviewed", "effect": "improved"},
        {"status": "planned", "effect": ""},
    ]
    actions = [each["status"] for each in told["improvementActions"]["nodes"]]
    assert actions == ["done", "cancelled"]
    assert told["changes"]["nodes"] == [{"raisedFrom": {"key": "IMP-000001"}}]


def test_every_requirement_is_walked_through_and_no_other() -> None:
    named = {requirement_of(path) for path in DOCUMENTS}
    assert named == {f"PR14.{number}" for number in range(1, 4)}
