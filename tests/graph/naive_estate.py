"""An organisation with everything in it that could make two answers differ, and how they differ."""

import json
from typing import Any

from fitsm_graph.bootstrap import SYSTEM, Product
from fitsm_graph.confm import service as confm
from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.confm.sync import sync
from fitsm_graph.discovery.demo.estate import estate
from fitsm_graph.graph.verb import Request
from fitsm_graph.model.confm import Lifecycle, Strength
from fitsm_graph.sms import service as sms
from graph.syncing import record, run, send
from oracles.naive_graphql import ALL_ENTRIES, ALL_RECORDS, ALL_RELATIONS, CURSOR, Database

REQUEST = Request(actor="tester", via="test")
NAMES = (
    "Zwilling", "Zwilling", "Zwilling", "zwilling", "Ångström", "Angstrom", "A\u030angstro\u0308m",
    "Ω", "東京", "\U0001f5a5 one", "\U0001d504 two", "ß", "SS", "é", "e\u0301",
    'quote " and \\ and {}', "İstanbul", "tab\tin it", "~", "10", "9",
)  # fmt: skip
"""Names that are equal, or that collations order otherwise than code points do.

None is from U+E000 to U+FFFF beside those beyond: Neo4j orders stored texts by code points and
compares a stored one with a parameter by UTF-16 units, so that pages by name lose rows there.
"""


async def load(product: Product) -> None:
    """Load the demo organisation without its first answer, and the awkward ones beside it."""
    made = estate()
    for kind, properties in made.parties:
        await product.graph.write(sms.register_party, SYSTEM, kind, properties)
    request = Request(actor="tester", via="sync")
    await sync(
        product.graph, product.registry, iter(made.observations), source="demo", request=request
    )
    for type, source, target in made.ties:
        await product.graph.write(sms.tie, SYSTEM, type, source, target)
    await _awkward(product)


async def _awkward(product: Product) -> None:
    registry, write = product.registry, product.graph.write
    for draft in _drafts():
        await write(confm.register_element, REQUEST, registry, draft)
    for tie in _relations():
        await write(confm.relate, REQUEST, registry, tie)
    for key in ("gone-1", "gone-2"):
        await write(confm.retire_element, REQUEST, registry, key)
    for source, tags in SOURCES:
        records = [record("Server", key, asset_tag=tag) for key, tag in tags.items()]
        await send(product.graph, records, source=source)


SOURCES = (
    ("racks", {"srv-x00": "R0", "srv-x01": "R1", "srv-r1": "R2"}),
    ("shelves", {"srv-x01": "S1", "srv-x06": "S6"}),
    ("racks", {"srv-x00": "R0", "srv-x01": "R3", "srv-r1": "R2"}),
)
"""What further sources say: made by one, changed by another, changed again, and unchanged."""


def _drafts() -> list[ElementDraft]:
    servers = [
        ElementDraft(
            kind="CI", type="Server", key=f"srv-x{n:02}", name=name,
            description="" if n % 2 else name,
            lifecycle=Lifecycle.PLANNED if n % 5 == 4 else Lifecycle.LIVE,
            attributes={"cpu_count": n, "model": name} if n % 3 else {},
            owner="grp-facilities" if n % 4 == 1 else "",
        )
        for n, name in enumerate(NAMES)
    ]  # fmt: skip
    return [
        *servers,
        *(ElementDraft(kind="Service", key=f"svc-x{n}", name=NAMES[n]) for n in range(12)),
        ElementDraft(kind="ServiceComponent", key="cmp-x", name="Zwilling"),
        ElementDraft(kind="CI", type="Server", key="gone-1", name="Zwilling"),
        ElementDraft(kind="CI", type="Server", key="gone-2", name="Zwilling", is_source=True),
        ElementDraft(
            kind="RedundancyGroup", key="grp-x", name="Ω", need_share=0.5, reserve=2,
            strength=Strength.SOFT, grounded=True,
        ),
    ]  # fmt: skip


def _relations() -> list[RelationDraft]:
    return [
        RelationDraft(type="CONNECTED_TO", source="srv-x02", target="srv-x03", confidence=0.25),
        RelationDraft(type="CONNECTED_TO", source="srv-x03", target="srv-x02"),
        RelationDraft(
            type="DEPENDS_ON", source="srv-x04", target="srv-x02", strength=Strength.INFO,
            grounded=False, verified_at="2026-01-02T03:04:05Z",
        ),
        RelationDraft(type="DEPENDS_ON", source="gone-2", target="srv-x02"),
        RelationDraft(type="HAS_MEMBER", source="grp-x", target="srv-x02", weight=3),
        RelationDraft(type="HAS_MEMBER", source="grp-x", target="srv-x04"),
        RelationDraft(type="HAS_MEMBER", source="grp-x", target="svc-x3", weight=1),
    ]  # fmt: skip


async def snapshot(product: Product) -> Database:
    """Everything that lives, read by two plain statements."""
    records = await run(product.graph, ALL_RECORDS)
    relations = await run(product.graph, ALL_RELATIONS)
    entries = await run(product.graph, ALL_ENTRIES)
    return Database.of(
        ({"labels": labels, "values": values} for labels, values in records),
        (
            dict(zip(("source", "type", "target", "values"), each, strict=True))
            for each in relations
        ),
        (dict(zip(("seq", "run", "ids"), each, strict=True)) for each in entries),
    )


def differences(told: Any, expected: Any, path: str = "$") -> list[str]:
    """Where an answer differs from the oracle's, by path; cursors are opaque, and yet agree."""
    found: list[str] = []
    _compare(told, expected, path, found, {})
    return found


def _compare(
    told: Any, expected: Any, path: str, found: list[str], cursors: dict[str, str]
) -> None:
    if isinstance(expected, str) and expected.startswith(CURSOR):
        known = cursors.setdefault(expected, told)
        if not isinstance(told, str) or not told or known != told:
            found.append(f"{path}: {told!r} is no cursor, or another than before: {known!r}")
    elif type(told) is not type(expected) and not _numbers(told, expected):
        found.append(f"{path}: {json.dumps(told)[:200]} instead of {json.dumps(expected)[:200]}")
    elif isinstance(expected, dict):
        if list(told) != list(expected):
            found.append(f"{path}: has {list(told)} instead of {list(expected)}, in that order")
        for name in set(told) & set(expected):
            below = {} if path == "$" else cursors
            _compare(told[name], expected[name], f"{path}.{name}", found, below)
    elif isinstance(expected, list):
        _compare_rows(told, expected, path, found, cursors)
    elif told != expected:
        found.append(f"{path}: {told!r} instead of {expected!r}")


def _compare_rows(
    told: list[Any], expected: list[Any], path: str, found: list[str], cursors: dict[str, str]
) -> None:
    if len(told) != len(expected):
        found.append(f"{path}: {len(told)} rows instead of {len(expected)}")
    for number, (one, other) in enumerate(zip(told, expected, strict=False)):
        _compare(one, other, f"{path}[{number}]", found, cursors)


def _numbers(told: Any, expected: Any) -> bool:
    """JSON knows one kind of number."""
    return {type(told), type(expected)} == {int, float}
