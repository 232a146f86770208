"""A walk through GR1 to GR7: what a management system keeps of itself, one after another."""

from pathlib import Path

from e2e.calling import Caller, somebody
from e2e.desk import plain
from e2e.walking import documents_of, done, requirement_of, text_of
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request
from fitsm_graph.sms.service import register_party

DOCUMENTS = documents_of("sms")
BY_ANOTHER = {"03-approve", "09-close"}
"""What nobody may do after the one who did the rest."""


async def test_every_activity_is_done_by_its_document(
    neo4j_endpoint: Endpoint, tmp_path: Path
) -> None:
    async with plain(neo4j_endpoint, tmp_path) as caller:
        asked = Request(actor="test", via="test")
        given = {"key": "lab", "name": "Lab", "user_count": 9}
        await caller.product.graph.write(register_party, asked, "Customer", given)
        other = await somebody(caller, "other", "administrator")
        for path in DOCUMENTS:
            if path.stem in BY_ANOTHER:
                await refused(caller, path.stem, text_of(path))
            await done(other if path.stem in BY_ANOTHER else caller, path)
        await ended(caller)


async def refused(caller: Caller, name: str, document: str) -> None:
    """Whoever did it may not judge it."""
    told = await caller.ask(document)
    codes = {error["code"] for each in told.values() for error in each["errors"]}
    assert codes == {"SEPARATION_OF_DUTIES"}, name


async def ended(caller: Caller) -> None:
    """What the walk leaves behind."""
    told = await caller.ask(
        """{ managementDocuments(orderBy: [{key: ASC}]) { nodes { status number } }
          reviews(orderBy: [{key: ASC}]) { nodes { status } }
          nonconformities { nodes { status ofProcess foundIn { key } } }
          complaints { nodes { status } }
          suggestions(orderBy: [{key: ASC}]) { nodes { source timesSeen aroseFrom { key } } } }"""
    )
    documents = [tuple(each.values()) for each in told["managementDocuments"]["nodes"]]
    assert documents == [
        ("approved", 1),
        ("communicated", 1),
        ("retired", 1),
        ("draft", 1),
        ("draft", 2),
        ("draft", 1),
    ]
    reviews = [each["status"] for each in told["reviews"]["nodes"]]
    assert reviews == ["held", "held", "cancelled", "held"]
    (found,) = told["nonconformities"]["nodes"]
    assert found == {"status": "closed", "ofProcess": "chm", "foundIn": {"key": "RVW-000001"}}
    assert told["complaints"]["nodes"] == [{"status": "closed"}]
    suggested = [
        (each["source"], each["timesSeen"], each["aroseFrom"][0]["key"])
        for each in told["suggestions"]["nodes"]
    ]
    assert suggested == [
        ("management_review", 1, "RVW-000002"),
        ("nonconformity", 1, "NCF-000001"),
        ("complaint", 1, "CPL-000001"),
        ("satisfaction", 2, "SAT-000001"),
        ("service_review", 1, "RVW-000004"),
    ]


def test_every_document_names_a_requirement() -> None:
    named = {requirement_of(path) for path in DOCUMENTS}
    assert named >= {"GR1.2", "GR1.3", "GR2.1", "GR2.4", "GR3.1", "GR5.2", "GR6.2", "GR7.1"}
