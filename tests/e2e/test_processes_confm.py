"""A walk through PR11: a document for each activity of the process chart, one after another."""

from pathlib import Path

from e2e.calling import Caller, calling, emptied, somebody
from e2e.walking import documents_of, done, requirement_of
from fitsm_graph.confm.types import define_scope
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request

DOCUMENTS = documents_of("confm")
BY_ANOTHER = {"11-decide-on-deviation", "14-approve-plan", "20-correct"}
"""Nobody approves what they wrote, or decides on a deviation that they raised or made."""


async def test_every_activity_is_done_by_its_document(
    neo4j_endpoint: Endpoint, tmp_path: Path
) -> None:
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path) as caller:
        product = caller.product
        said = (product.registry, "all", "All that we run, and nothing of our customers.")
        await product.graph.write(define_scope, Request(actor="setup", via="test"), *said)
        other = await somebody(caller, "colleague", "process_manager")
        for path in DOCUMENTS:
            if path.stem == "10-find-deviations":
                await product.scheduler.run("sweep")
            asking = other if path.stem in BY_ANOTHER else caller
            await done(asking, path)
        await ended(caller)


async def ended(caller: Caller) -> None:
    """What the walk leaves behind."""
    told = await caller.ask(
        """{ verifications { nodes { status outcome } } suggestions { totalCount }
          deviations(orderBy: [{key: ASC}]) { nodes { source status ledTo { kind } } }
          conformity(requirement: "PR11.5") { findings { verdict violations { key why } } } }"""
    )
    assert told["verifications"]["nodes"] == [{"status": "finished", "outcome": "deviating"}]
    assert [each["source"] for each in told["deviations"]["nodes"]] == ["ledger", "attestation"]
    kinds = {each["kind"] for each in told["deviations"]["nodes"][1]["ledTo"]}
    assert kinds == {"Incident", "Problem", "Suggestion"}
    (finding,) = told["conformity"]["findings"]
    assert [each["key"] for each in finding["violations"]] == ["VER-000001"], "not by owners"


def test_every_requirement_is_walked_through_and_no_other() -> None:
    named = {requirement_of(path) for path in DOCUMENTS}
    assert named == {f"PR11.{number}" for number in range(1, 6)}
