"""Nothing is written without an entry: every verb, undone entry by entry, gives what was."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from fitsm_graph.graph import feed, verify
from fitsm_graph.graph.changes import kind_of
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.history import GraphImage, undo
from fitsm_graph.graph.verb import VERBS
from fitsm_graph.kernel.clock import ManualClock
from fitsm_graph.model.declare import RECORDS
from graph.ledger.driving import START, Driver, Raw, drive, raw
from graph.syncing import emptied, run

OUTSIDE = {
    "LedgerHead": "where the ledger stands",
    "LedgerEntry": "the ledger itself",
    "IdempotencyKey": "promised for seven days",
    "Credential": "digests of secrets, which no entry may hold",
    "Migration": "what was applied to the database",
    "SyncScope": "leases of sync",
    "HashBucket": "a cache of sync",
}
"""Labels that no entry tells of, with the reason; design section 5 lists them."""


@pytest_asyncio.fixture(scope="module")
async def driven(neo4j_endpoint: Endpoint) -> AsyncIterator[Driver]:
    async with emptied(neo4j_endpoint):
        clock = ManualClock(START)
        graph = Graph(neo4j_endpoint, clock=clock)
        made = Driver(graph, clock)
        try:
            await made.look()
            await drive(made)
            yield made
        finally:
            await graph.close()


def shown(image: GraphImage) -> Raw:
    """An image in the form in which the tests read the database; erased values as null."""

    def plain(properties: dict[str, object]) -> str:
        return json.dumps(properties, sort_keys=True)

    records = {id: plain(one.properties) for id, one in image.records.items()}
    relations = {f"{a} {t} {b}": plain(p) for (a, t, b), p in image.relations.items()}
    return {**records, **relations}


def without_labels(read: Raw) -> Raw:
    return {k: v[1] if isinstance(v, tuple) else v for k, v in read.items()}


def without_erased(read: Raw, erased: set[str]) -> Raw:
    return {key: value for key, value in read.items() if key not in erased}


def test_every_verb_is_driven(driven: Driver) -> None:
    assert driven.used == set(VERBS), "write a case in driving.py for each new verb"


async def test_every_entry_undone_gives_the_graph_before_it(driven: Driver) -> None:
    seq, image = await feed.whole(driven.graph)
    erased = {
        i
        for i, one in image.records.items()
        if one.kind == "Person" and "name" not in one.properties
    }
    assert erased, "the erased person has to be among what is compared"
    assert shown(image) == without_labels(await raw(driven.graph))
    compared = 0
    for entry in await feed.entries_between(driven.graph, 0, seq):
        undo(image, entry)
        if entry.seq - 1 in driven.after:
            then = without_labels(driven.after[entry.seq - 1])
            assert without_erased(shown(image), erased) == without_erased(then, erased), entry.seq
            compared += 1
    assert compared > 30
    assert shown(image) == {}


async def test_an_erased_value_is_undone_to_its_digest(driven: Driver) -> None:
    seq, image = await feed.whole(driven.graph)
    for entry in await feed.entries_between(driven.graph, 0, seq):
        undo(image, entry)
        person = [one for one in image.records.values() if one.properties["key"] == "ada"]
        if entry.properties["verb"] == "party.tie" and person:
            assert set(person[0].properties["email"]) == {"erasable"}
            return
    pytest.fail("there was no entry at which the person had been there")


async def test_labels_say_what_a_record_is_and_whether_it_lives(driven: Driver) -> None:
    for seq, read in driven.after.items():
        for value in read.values():
            if isinstance(value, tuple):
                labels, properties = value
                kind = kind_of(labels)
                retired = '"retired"' in properties
                live = {*RECORDS[kind].labels} - {"Record"}
                assert (labels == [f"Retired{kind}"]) if retired else live <= set(labels), (
                    seq,
                    labels,
                )


async def test_nothing_stands_beside_the_ledger_but_what_is_named(driven: Driver) -> None:
    rows = await run(
        driven.graph, "MATCH (n) WHERE NOT n:Record UNWIND labels(n) AS l RETURN DISTINCT l"
    )
    assert {row[0] for row in rows} <= set(OUTSIDE)
    between = await run(
        driven.graph,
        "MATCH (a)-[r]->(b) WHERE NOT (a:Record AND b:Record) RETURN DISTINCT labels(a), type(r)",
    )
    assert {(tuple(labels), type) for labels, type in between} == {
        (("LedgerEntry",), "CHANGED"),
        (("SyncScope",), "INDEXES"),
    }


async def test_the_whole_of_it_verifies(driven: Driver) -> None:
    verdict = await verify.full(driven.graph)
    assert verdict.holds, verdict.findings
    assert verdict.entries == (await driven.graph.head()).seq
