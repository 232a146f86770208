"""A walk through PR10: a document for each activity of the process chart, one after another."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from e2e.calling import Caller
from e2e.desk import DAY, START, Desk, plain
from e2e.walking import documents_of, done, requirement_of
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.kernel.clock import ManualClock

DOCUMENTS = documents_of("pm")
LATER = "19-look-at-trends"
MONDAY = datetime(2026, 1, 26, 9, tzinfo=UTC)


async def test_every_activity_is_done_by_its_document(
    neo4j_endpoint: Endpoint, tmp_path: Path
) -> None:
    clock = ManualClock(START)
    async with plain(neo4j_endpoint, tmp_path, clock) as caller:
        for path in DOCUMENTS:
            if path.stem == LATER:
                await again(Desk(caller, clock))
            await done(caller, path)
            clock.advance(timedelta(minutes=1))
        await ended(caller)


async def again(desk: Desk) -> None:
    """Weeks later the engine fails day after day, and then that week is over."""
    desk.clock.set(MONDAY)
    await desk.sign_in()
    for _ in range(5):
        await desk.new()
        desk.clock.advance(DAY)
    desk.clock.set(MONDAY + 7 * DAY)
    await desk.sign_in()


async def ended(caller: Caller) -> None:
    """What the walk leaves behind."""
    told = await caller.ask(
        """{ problems(orderBy: [{key: ASC}]) { nodes { status } }
          knownErrors(orderBy: [{key: ASC}]) { nodes { status used helped communicatedTo } }
          workarounds(orderBy: [{key: ASC}]) { nodes { status used helped retiredBecause } }
          changes { nodes { raisedFrom { key } } } suggestions { nodes { source } } }"""
    )
    states = [each["status"] for each in told["problems"]["nodes"]]
    assert states == ["resolved", "known_error", "rejected", "diagnosed", "registered"]
    first, second = told["knownErrors"]["nodes"]
    assert first == {
        "status": "retired",
        "used": 1,
        "helped": 1,
        "communicatedTo": "the service desk",
    }
    assert second["status"] == "retired"
    with_the_cause, alone = told["workarounds"]["nodes"]
    tried = {"status": "retired", "used": 1, "helped": 0}
    assert with_the_cause == {**tried, "retiredBecause": "KER-000001 is retired"}
    assert (alone["status"], alone["retiredBecause"]) == ("retired", "it is in the way")
    raised = [each["raisedFrom"]["key"] for each in told["changes"]["nodes"]]
    assert sorted(raised) == ["PRB-000001", "PRB-000004"]
    assert told["suggestions"]["nodes"] == [{"source": "problem"}] * 3


def test_every_requirement_is_walked_through_and_no_other() -> None:
    named = {requirement_of(path) for path in DOCUMENTS}
    assert named == {f"PR10.{number}" for number in range(1, 5)}
