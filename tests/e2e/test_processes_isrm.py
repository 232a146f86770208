"""A walk through PR9: a document for each activity of the process chart, one after another."""

from pathlib import Path

from e2e.calling import somebody
from e2e.desk import Desk, opened, ordinary
from e2e.walking import documents_of, done, requirement_of
from fitsm_graph.graph.driver import Endpoint

DOCUMENTS = documents_of("isrm")
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
            await done(caller, path)
        await ended(desk)


async def ended(desk: Desk) -> None:
    """What the walk leaves behind."""
    told = await desk.caller.ask(
        """{ incidents(orderBy: [{key: ASC}]) { nodes { key status } }
          serviceRequests(orderBy: [{key: ASC}]) { nodes { status clonedFrom { key } } }
          problems { nodes { source } } }"""
    )
    assert [each["status"] for each in told["incidents"]["nodes"]] == [
        "closed",
        "closed",
        "registered",
    ]
    assert told["serviceRequests"]["nodes"] == [
        {"status": "closed", "clonedFrom": None},
        {"status": "registered", "clonedFrom": {"key": "SRQ-000001"}},
    ]
    assert told["problems"]["nodes"] == [{"source": "major_incident"}]


def test_every_requirement_is_walked_through_and_no_other() -> None:
    named = {requirement_of(path) for path in DOCUMENTS}
    assert named == {f"PR9.{number}" for number in range(1, 7)}
