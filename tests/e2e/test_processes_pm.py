"""A walk through PR10: a document for each activity of the process chart, one after another."""

from pathlib import Path

from e2e.calling import Caller
from e2e.desk import plain
from e2e.walking import documents_of, done, requirement_of
from fitsm_graph.graph.driver import Endpoint

DOCUMENTS = documents_of("pm")


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


def test_every_requirement_is_walked_through_and_no_other() -> None:
    named = {requirement_of(path) for path in DOCUMENTS}
    assert named == {f"PR10.{number}" for number in range(1, 5)}
