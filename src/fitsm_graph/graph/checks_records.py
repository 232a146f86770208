"""What `doctor` asks of records: what Neo4j Community cannot enforce, whatever the kind."""

from dataclasses import MISSING, fields
from typing import Any

from fitsm_graph.graph.changes import retired_label
from fitsm_graph.graph.checks import Checks, declared_unique
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.checks import MOST_TOLD, Check, Word, of_found
from fitsm_graph.model.declare import RECORDS, RecordInfo

_OUTSIDE = (
    "it was written past the product: compare with a backup, and repair it with verbs, "
    "or in Cypher and under a change of its own"
)


async def complete(graph: Graph) -> Check:
    """Whether every record has its key, its bookkeeping and what its kind must have."""
    found = await _found(graph, "checks.incomplete_records", mandatory=mandatory())
    return of_found("mandatory_properties", found, "records lack what they must have", _OUTSIDE)


async def labels(graph: Graph) -> Check:
    """Whether every record's labels name one kind, live or retired as it says itself."""
    found = await _found(
        graph,
        "checks.mislabelled_records",
        live=sorted(RECORDS),
        retired=[retired_label(kind) for kind in sorted(RECORDS)],
    )
    cause = "records whose labels do not say what they are"
    return of_found("labels", found, cause, _OUTSIDE)


async def loose(graph: Graph) -> Check:
    """Whether every node with the label of a kind is a record."""
    kinds = [*RECORDS, *map(retired_label, RECORDS), "Element"]
    found = await _found(graph, "checks.loose_nodes", labels=kinds)
    return of_found("loose_nodes", found, "nodes that look like records and are none", _OUTSIDE)


async def unique(graph: Graph) -> Check:
    """Whether what must be unique is; counted only while a constraint is missing."""
    rows = await graph.rows("checks.constraints")
    kept = {(label, row["properties"][0]) for row in rows for label in row["labels"]}
    open_ones = [list(pair) for pair in declared_unique() if pair not in kept]
    found = await _found(graph, "checks.duplicates", unique=open_ones) if open_ones else []
    fix = "find out which of them is right, retire or change the other, then make the constraint"
    return of_found("duplicates", found, "values are there more than once", fix)


async def versions(graph: Graph) -> Check:
    """Whether no record names an entry that does not exist yet."""
    head = (await graph.head()).seq
    found = await _found(graph, "checks.versions_ahead", head=head)
    cause = "records name entries that do not fit the ledger"
    return of_found("dangling_records", found, cause, _OUTSIDE)


async def parallel(graph: Graph) -> Check:
    """Whether there is at most one relation of a type from a record to another."""
    found = await _found(graph, "checks.parallel_relations")
    fix = "delete the one without `created`, or the later one"
    return of_found("parallel_relations", found, "relations are there more than once", fix)


async def strangers(graph: Graph) -> Check:
    """Whether all nodes are the product's; others are not backed up."""
    census = (await graph.rows("ledger.backup_census"))[0]
    found = []
    if census["nodes"] != sum(census["known"].values()):
        rows = await graph.rows("ledger.backup_strangers")
        found = [f"{':'.join(row['labels']) or 'no label'} ({row['count']:,})" for row in rows]
    cause = "kinds of nodes are not the product's, and are in no backup"
    fix = "move them to a database of their own"
    return of_found("strangers", found, cause, fix, word=Word.WARNING)


async def credentials(graph: Graph) -> Check:
    """Whether every account and token can be checked, and no credential is left over."""
    found = await _found(graph, "checks.credentials")
    fix = "set the password or make the token anew; delete what belongs to nobody"
    return of_found("credentials", found, "credentials do not fit accounts and tokens", fix)


def mandatory() -> dict[str, list[str]]:
    """Properties that must be there, by label; personal ones may have been erased."""
    found = {}
    for kind, info in RECORDS.items():
        names = _mandatory(info)
        found[kind] = names
        found[retired_label(kind)] = [*names, "retired"]
    return found


def _mandatory(info: RecordInfo) -> list[str]:
    without_default = {
        each.name
        for each in fields(info.cls)
        if each.default is MISSING and each.default_factory is MISSING
    }
    return [
        each.name
        for each in info.fields
        if each.name in without_default and not each.optional and not each.personal
    ]


async def _found(graph: Graph, name: str, **given: Any) -> list[str]:
    rows = await graph.rows(name, limit=MOST_TOLD, **given)
    return [row["told"] for row in rows]


RECORD_CHECKS: Checks = {
    "mandatory_properties": complete,
    "labels": labels,
    "loose_nodes": loose,
    "duplicates": unique,
    "dangling_records": versions,
    "parallel_relations": parallel,
    "credentials": credentials,
    "strangers": strangers,
}
"""Checks of records of any kind."""
