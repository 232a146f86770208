"""What sync is measured against: a bare bulk load, and the loader of Cartography.

Both get the rows parsed, and keep neither history nor what a source said last time.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import field, make_dataclass
from functools import cache
from importlib.metadata import version
from typing import Any
from warnings import catch_warnings, simplefilter

import neo4j

from benchmarks.fleet import ORDER

ROWS = 5_000
"""In one transaction; more is no faster."""
Record = dict[str, Any]
Loader = Callable[[neo4j.Session, Sequence[Record], int], None]


def bare(session: neo4j.Session, records: Sequence[Record], turn: int) -> None:
    """Load with the two statements that every guide names: nodes, then relations by type."""
    del turn
    session.run(
        "CREATE CONSTRAINT bare_key IF NOT EXISTS FOR (n:Bare) REQUIRE n.key IS UNIQUE"
    ).consume()
    for type_name, rows in _by_type(records).items():
        _batched(
            session,
            f"UNWIND $rows AS row MERGE (n:Bare {{key: row.key}}) SET n:{type_name}Bare, "
            "n += row.attributes",
            [{"key": row["key"], "attributes": row["attributes"]} for row in rows],
        )
    for type_name, pairs in _relations(records).items():
        _batched(
            session,
            "UNWIND $rows AS row MATCH (a:Bare {key: row[0]}) MATCH (b:Bare {key: row[1]}) "
            f"MERGE (a)-[:{type_name}]->(b)",
            pairs,
        )


def _batched(session: neo4j.Session, text: str, rows: Sequence[Any]) -> None:
    for start in range(0, len(rows), ROWS):
        part = rows[start : start + ROWS]
        session.execute_write(lambda tx, part=part: tx.run(text, rows=part).consume())


def _by_type(records: Sequence[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        found[record["type"]].append(record)
    return found


def _relations(records: Sequence[Record]) -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = defaultdict(list)
    for record in records:
        for relation in record["relations"]:
            found[relation["type"]].append([record["key"], relation["to"]["key"]])
    return found


def cartography(session: neo4j.Session, records: Sequence[Record], turn: int) -> None:
    """Load with `cartography.client.core.tx.load`: its own statements, batches and indexes."""
    load = _cartography().load
    found = _by_type(records)
    for type_name in ORDER:
        rows = [_flat(record) for record in found[type_name]]
        load(session, _schema(type_name, tuple(sorted(_flat_names(rows)))), rows, lastupdated=turn)


def _flat(record: Record) -> Record:
    ends = {relation["type"]: relation["to"]["key"] for relation in record["relations"]}
    return {"id": record["key"], **record["attributes"], **ends}


def _flat_names(rows: Sequence[Record]) -> set[str]:
    return set(rows[0]) - {"id"} if rows else set()


@cache
def _cartography() -> Any:
    with catch_warnings():
        simplefilter(
            "ignore", DeprecationWarning
        )  # it asks for a newer Python than the oldest here
        from cartography.client.core import tx
    logging.getLogger("cartography").setLevel(logging.ERROR)  # our types are not among its own
    return tx


ENDS = {
    ("Switch", "MOUNTED_IN"): "Rack",
    ("Switch", "IN_NETWORK"): "Vlan",
    ("Hypervisor", "MOUNTED_IN"): "Rack",
    ("Hypervisor", "UPLINKED_TO"): "Switch",
    ("VirtualMachine", "RUNS_ON"): "Hypervisor",
    ("VirtualMachine", "IN_NETWORK"): "Vlan",
}


@cache
def _schema(type_name: str, names: tuple[str, ...]) -> Any:
    """A type as Cartography wants it declared."""
    _cartography()
    from cartography.models.core.common import PropertyRef
    from cartography.models.core.nodes import CartographyNodeProperties, CartographyNodeSchema
    from cartography.models.core.relationships import OtherRelationships

    ends = {name: ENDS[type_name, name] for name in names if (type_name, name) in ENDS}
    plain = [name for name in names if name not in ends]
    properties = _frozen(
        f"{type_name}Properties",
        CartographyNodeProperties,
        id=PropertyRef("id"),
        lastupdated=PropertyRef("lastupdated", set_in_kwargs=True),
        **{name: PropertyRef(name) for name in plain},
    )()
    relations = [_tie(name, target) for name, target in ends.items()]
    given: dict[str, Any] = {"label": f"Loaded{type_name}", "properties": properties}
    if relations:
        given["other_relationships"] = OtherRelationships(relations)
    return _frozen(f"{type_name}Schema", CartographyNodeSchema, **given)()


def _tie(name: str, target: str) -> Any:
    from cartography.models.core.common import PropertyRef
    from cartography.models.core.relationships import (
        CartographyRelProperties,
        CartographyRelSchema,
        LinkDirection,
        make_target_node_matcher,
    )

    updated = PropertyRef("lastupdated", set_in_kwargs=True)
    return _frozen(
        f"{name}Tie",
        CartographyRelSchema,
        target_node_label=f"Loaded{target}",
        target_node_matcher=make_target_node_matcher({"id": PropertyRef(name)}),
        direction=LinkDirection.OUTWARD,
        rel_label=name,
        properties=_frozen(f"{name}Properties", CartographyRelProperties, lastupdated=updated)(),
    )()


def _frozen(name: str, base: type, /, **given: Any) -> type:
    fields = [(each, Any, field(default=value)) for each, value in given.items()]
    return make_dataclass(name, fields, bases=(base,), frozen=True)


def cartography_version() -> str:
    """Of the loader that is measured against."""
    return f"Cartography {version('cartography')}"
