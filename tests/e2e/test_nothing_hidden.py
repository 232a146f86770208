"""No answer to any question tells of what is hidden; it is as if the hidden were not there.

Documents are made up from the printed schema: every root field, with ids and keys of hidden
elements among the arguments. A limited reader's answers are searched for marks that stand in
everything of a hidden element. Then the hidden elements are really taken out of the graph, and the
same reader gets the same answers, byte for byte.
"""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import GraphQLSchema

from fitsm_graph import bootstrap, hosting
from fitsm_graph.api.aggregates import aggregate_of
from fitsm_graph.api.limits import Limits
from fitsm_graph.api.links import asked_kinds, plural, singular
from fitsm_graph.confm import service
from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.confm.types import define_scope
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import Request
from fitsm_graph.isrm.service import register_incident
from fitsm_graph.sms import accounts
from graph.any_documents import AnyDocuments, Pools
from graph.syncing import emptied, handed, run

MANY = 60
EACH = MANY if os.environ.get("FITSM_FULL") else 4
"""Documents for each root field; in the short form one of every third of those of records, which
are made alike."""
REQUEST = Request(actor="setup", via="test")
LIMITS = Limits(
    tokens=100_000, fields=100_000, aliases=10_000, directives=1_000, cost=10**9, budget=10**15,
    repeats=10**7, depth=40, body=10**6,
)  # fmt: skip
"""What a document may weigh has its own tests."""
MARK = "zz"
HIDDEN = ("Server", "Rack")
COMPUTED = frozenset({"state", "margin", "why", "confidence", "asOf"})
"""Computed with everything, hidden or not: an answer about what fails must not be false; and the
past, which is undone from the ledger."""
WITH_EVERYTHING = frozenset({"impact", "whatIf", "singlePointsOfFailure"})
"""Root fields that compute with hidden elements, and count those that they do not name."""
OF_THE_PAST = frozenset({"ledgerEntries", "topologyDiff", "ciHistory", "recordHistory"})
"""Undone from the ledger, which does not fit a graph that something was taken out of."""
TELLING = ["impact", "whatIf", "singlePointsOfFailure", "ledgerEntries", "suggestElements"]
"""Root fields of the control: asking all of them would take as long as the test itself."""
BY_SCORE = frozenset({"search"})
"""In the order of a score in which the words of all elements count."""


def kinds() -> list[tuple[str, str, str]]:
    """Kind, type and key of every element; those of hidden types are marked in all they say."""
    made = [("Service", "", "mail"), ("Service", "", "files"), ("ServiceComponent", "", "store")]
    made += [("CI", "Application", f"app-{n}") for n in range(4)]
    made += [("CI", "VirtualMachine", f"vm-{n}") for n in range(4)]
    made += [("CI", "Server", f"{MARK}host-{n}") for n in range(3)]
    made += [("CI", "Rack", f"{MARK}rack-{n}") for n in range(2)]
    return [*made, ("RedundancyGroup", "", "pair")]


RELATIONS = (
    ("DEPENDS_ON", "mail", "app-0"), ("DEPENDS_ON", "files", "app-1"),
    ("COMPOSED_OF", "mail", "store"), ("DEPENDS_ON", "app-0", "app-1"),
    ("RUNS_ON", "app-0", "vm-0"), ("RUNS_ON", "app-1", "vm-1"), ("RUNS_ON", "app-2", "zzhost-0"),
    ("RUNS_ON", "vm-0", "pair"), ("RUNS_ON", "vm-1", "zzhost-0"), ("RUNS_ON", "vm-2", "zzhost-1"),
    ("HAS_MEMBER", "pair", "zzhost-0"), ("HAS_MEMBER", "pair", "zzhost-1"),
    ("MOUNTED_IN", "zzhost-0", "zzrack-0"), ("MOUNTED_IN", "zzhost-1", "zzrack-1"),
    ("DEPENDS_ON", "zzhost-2", "app-3"),
)  # fmt: skip


async def built(graph: Graph, registry: Any) -> dict[str, str]:
    """Ids by key."""
    ids = {}
    for kind, type, key in kinds():
        hidden = type in HIDDEN
        draft = ElementDraft(
            kind=kind,
            type=type,
            key=key,
            name=f"{MARK}name of {key}" if hidden else f"name of {key}",
            description=f"{MARK}described" if hidden else "plain",
            need=1 if kind == "RedundancyGroup" else None,
            attributes={"serial_number": f"{MARK}serial-{key}"} if type == "Server" else {},
        )
        done = await graph.write(service.register_element, REQUEST, registry, draft)
        ids[key] = str(done.value["id"])
    for type, source, target in RELATIONS:
        draft_of = RelationDraft(type=type, source=source, target=target)
        await graph.write(service.relate, REQUEST, registry, draft_of)
    for key in ("zzhost-2", "app-3"):
        await graph.write(service.retire_element, REQUEST, registry, key)
    scope = await graph.write(
        define_scope, REQUEST, registry, "software", "Ours.", ["Application", "VirtualMachine"]
    )
    await graph.write(
        accounts.create_account, REQUEST, "lea", ["auditor"], "digest", sees=[scope.value["key"]]
    )
    hits = [("zzhost-0", "down"), ("vm-2", "down")]
    given = await handed(graph, register_incident, ("a fan", hits))
    await graph.write(register_incident, REQUEST, *given)
    return ids


class Reader:
    """Asks with a token and returns texts."""

    def __init__(self, http: httpx.AsyncClient, token: str) -> None:
        self.http, self.headers = http, {"Authorization": f"Bearer {token}"}

    async def text(self, document: str) -> str:
        answer = await self.http.post("/graphql", json={"query": document}, headers=self.headers)
        told = answer.json()
        told.pop("extensions", None)
        assert "INTERNAL" not in json.dumps(told), (document, told)
        return json.dumps(told, sort_keys=True)


@asynccontextmanager
async def opened(
    endpoint: Endpoint, folder: Path
) -> AsyncIterator[tuple[bootstrap.Product, httpx.AsyncClient]]:
    async with bootstrap.opened(endpoint, folder=folder, limits=LIMITS) as product:
        transport = httpx.ASGITransport(hosting.web_application(product))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            yield product, http


def written(schema: GraphQLSchema, ids: dict[str, str], began: str) -> dict[str, list[str]]:
    """Documents by root field."""
    texts = [*ids, *ids.values(), *ids.values(), "name of app-0", "zzname", "Server", "CI", "plain"]
    times = (began, began, "2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z")
    pools = Pools(texts, times, COMPUTED)
    alike = [
        name
        for kind in asked_kinds()
        for name in (singular(kind), plural(kind), aggregate_of(kind))
    ]
    left_out = set() if EACH == MANY else set(alike) - set(alike[::3])
    return {
        root: [AnyDocuments(schema, pools, seed).document(root) for seed in range(rounds)]
        for root in schema.query_type.fields
        if root not in left_out
        for rounds in (1 if root in alike and EACH < MANY else EACH,)  # records are made in one way
    }


def marks(text: str, ids: dict[str, str], document: str) -> list[str]:
    """What of hidden elements stands in an answer and was not in the question."""
    hidden = [each for each in ids if each.startswith(MARK)]
    words = [*hidden, *(ids[each] for each in hidden), "zzname", "zzserial", "zzdescribed"]
    for word in sorted(words, key=len, reverse=True):
        if word in document:
            text = text.replace(word, "")
    return [word for word in words if word in text]


async def tells(reader: Reader, documents: list[str], ids: dict[str, str]) -> bool:
    """Whether an answer tells a reader of what is hidden from others."""
    for document in documents:
        if marks(await reader.text(document), ids, document):
            return True
    return False


@pytest.mark.timeout(900)  # questions by the hundred, each of which the database plans anew
async def test_answers_are_as_if_the_hidden_were_not_there(
    neo4j_endpoint: Endpoint, tmp_path: Path
) -> None:
    async with emptied(neo4j_endpoint):
        async with opened(neo4j_endpoint, tmp_path / "with") as (product, http):
            await bootstrap.first_administrator(product)
            began = (await run(product.graph, "MATCH (e:LedgerEntry) RETURN max(e.at)"))[0][0]
            ids = await built(product.graph, product.registry)
            limited = Reader(http, (await bootstrap.new_token(product, "lea", 9, [])).secret)
            full = Reader(http, (await bootstrap.new_token(product, "admin", 9, [])).secret)
            documents = written(product.api.editions.current.pipeline.schema, ids, began)
            first = {
                root: [await limited.text(d) for d in asked] for root, asked in documents.items()
            }
            told_to_all = [each for each in TELLING if await tells(full, documents[each], ids)]
            hidden = [ids[key] for key in ids if key.startswith(MARK)]
            await run(product.graph, f"MATCH (n:Record) WHERE n.id IN {hidden} DETACH DELETE n")
        async with opened(neo4j_endpoint, tmp_path / "with") as (product, http):
            again = Reader(http, limited.headers["Authorization"].removeprefix("Bearer "))
            second = {
                root: [await again.text(document) for document in asked]
                for root, asked in documents.items()
                if root not in WITH_EVERYTHING | OF_THE_PAST
            }
    told = [
        (root, document, marks(answer, ids, document))
        for root, asked in documents.items()
        for document, answer in zip(asked, first[root], strict=True)
        if marks(answer, ids, document)
    ]
    assert told == [], "an answer tells of what is hidden"
    assert told_to_all == TELLING, "the control: who sees everything is told"
    different = [
        (document, before, after)
        for root in second
        for document, before, after in zip(documents[root], first[root], second[root], strict=True)
        if normal(root, before) != normal(root, after)
    ]
    assert different == [], "an answer depends on what is hidden"


def normal(root: str, text: str) -> Any:
    """An answer, as far as the order of its rows means anything."""
    if root not in BY_SCORE:
        return text
    told = json.loads(text)
    rows = ((told.get("data") or {}).get(root) or {}).get("nodes")
    if rows is not None:
        rows.sort(key=lambda row: json.dumps(row, sort_keys=True))
    return told


@pytest.mark.parametrize("root", ["cis", "node", "topologyDiff"])
async def test_documents_are_valid_and_the_same_for_the_same_seed(root: str) -> None:
    from graphql import parse, validate

    from fitsm_graph.api.edition import make_edition
    from fitsm_graph.confm.types import default_registry

    schema = make_edition(0, default_registry(), LIMITS).pipeline.schema
    documents = written(schema, {"a": "1"}, "2021-01-01T00:00:00Z")[root]
    assert documents == written(schema, {"a": "1"}, "2021-01-01T00:00:00Z")[root]
    assert len(set(documents)) > 2
    for document in documents:
        assert validate(schema, parse(document)) == []
