"""What `doctor` asks a database: who answers, migrations, constraints and indexes, the ledger."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from typing import Any

from fitsm_graph.graph import migrations, verify
from fitsm_graph.graph.driver import translated
from fitsm_graph.graph.entry import unpack
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.checks import DAMAGE, Check, failed, of_trouble, ok, skipped, warning
from fitsm_graph.kernel.errors import FitsmError
from fitsm_graph.kernel.text import plural
from fitsm_graph.model.declare import RECORDS

OLDEST = (5, 26)
GraphCheck = Callable[[Graph], Awaitable[Check]]
Checks = Mapping[str, GraphCheck]
_PAGE = 1_000
_MADE = re.compile(
    r"^CREATE (?P<kind>CONSTRAINT|FULLTEXT INDEX|TEXT INDEX|POINT INDEX|VECTOR INDEX|INDEX) "
    r"(?P<name>\w+) IF NOT EXISTS\s+FOR \(\w+:(?P<labels>[\w|]+)\)\s+"
    r"(?:REQUIRE|ON EACH|ON)\s*(?P<properties>.+?)(?:\s+IS UNIQUE|\s+OPTIONS\s.+)?$",
    re.DOTALL,
)
_DROPPED = re.compile(r"^DROP (?:CONSTRAINT|INDEX) (?P<name>\w+)")
_KINDS = {"CONSTRAINT": "unique", "UNIQUENESS": "unique"}
_KINDS |= {"FULLTEXT INDEX": "words", "FULLTEXT": "words"}
_PROPERTY = re.compile(r"\w+\.(\w+)")
Schema = dict[str, tuple[str, frozenset[str], tuple[str, ...]]]
"""Labels and properties of each constraint or index by name, with its kind."""


async def run_checks(graph: Graph, checks: Checks) -> list[Check]:
    """Make checks one after the other; one that cannot be made fails, the others go on."""
    made: list[Check] = []
    for name, check in checks.items():
        if is_half_restored(made):
            made.append(skipped(name, "the graph is half restored"))
            continue
        try:
            made.append(await check(graph))
        except (FitsmError, *DAMAGE) as error:
            made.append(of_trouble(name, error))
    return made


def is_half_restored(made: Iterable[Check]) -> bool:
    """Whether one of some checks says that a restore was cut short: the rest would say noise."""
    return any(each.facts.get("halfRestored") for each in made)


# --- who answers --------------------------------------------------------------------------------


async def server(graph: Graph) -> Check:
    """Whether a Neo4j answers that the product can use.

    Raises:
        Unavailable: None does; asked once, not for as long as a verb would try.
    """
    with translated():
        await graph.driver.verify_connectivity()
    row = (await graph.rows("checks.server"))[0]
    return judged(str(row["version"]), str(row["edition"]), graph.endpoint.uri)


def judged(version: str, edition: str, uri: str) -> Check:
    """What is to be said of a server's version and edition."""
    facts = {"version": version, "edition": edition, "uri": uri}
    numbers = tuple(int(each) for each in re.findall(r"\d+", version)[:2])
    if numbers < OLDEST:
        return failed(
            "neo4j",
            f"Neo4j {version} is too old",
            "use 5.26 or later; `fitsm-graph db up` brings its own",
            **facts,
        )
    return ok("neo4j", **facts)


# --- migrations ---------------------------------------------------------------------------------


async def migrated(graph: Graph) -> Check:
    """Whether the graph is at this version's last migration, and no restore is unfinished."""
    if await graph.rows("ledger.backup_mark"):
        return failed(
            "migrations",
            "a restore into this graph was cut short",
            "finish it with `fitsm-graph restore FILE`",
            halfRestored=True,
        )
    wanted = {each.number: each for each in migrations.load()}
    have = {each.number: each for each in await migrations.applied(graph.driver)}
    facts = {"applied": len(have), "known": len(wanted)}
    changed = [n for n, each in have.items() if n in wanted and each.checksum != wanted[n].checksum]
    missing = [n for n in wanted if n not in have or not have[n].complete]
    if set(have) - set(wanted):
        newest = have[max(have)]
        what = f"the graph has migration {newest.number} '{newest.name}', which this version lacks"
        return failed("migrations", what, "install the version that migrated it", **facts)
    if changed:
        what = f"migration {changed[0]} was changed after it was applied"
        return failed("migrations", what, "install the product as it was published", **facts)
    if missing:
        what = f"{plural(len(missing), 'migration')} not applied, from {missing[0]} on"
        return failed("migrations", what, "`fitsm-graph db migrate`", **facts)
    return ok("migrations", **facts)


# --- constraints and indexes --------------------------------------------------------------------


async def constraints(graph: Graph) -> Check:
    """Whether constraints and indexes are those that are declared, and in use."""
    rows = await graph.rows("checks.constraints")
    indexes = await graph.rows("checks.indexes")
    found = _schema(rows) | _schema(row for row in indexes if row["labels"])
    wanted = declared_schema()
    missing = sorted(name for name, each in wanted.items() if not _same(found.get(name), each))
    unique = {(label, p[0]) for _, labels, p in _schema(rows).values() for label in labels}
    missing += [f"{a}.{b} unique" for a, b in declared_unique() if (a, b) not in unique]
    missing += [f"{kind}.{name} indexed" for kind, name in unindexed(found)]
    idle = sorted(row["name"] for row in indexes if row["state"] != "ONLINE")
    facts = {"declared": len(wanted), "missing": missing, "idle": idle}
    if missing or idle:
        cause = f"not there: {', '.join(missing)}" if missing else ""
        cause += ("; " if cause and idle else "") + (
            f"not in use: {', '.join(idle)}" if idle else ""
        )
        fix = "make them as cypher/migrations has them, after `duplicates` is ok; drop idle ones"
        return failed("constraints", cause, fix, **facts)
    more = sorted(set(found) - set(wanted) - {"migration_number"})
    if more:
        return warning(
            "constraints",
            f"nobody declared {', '.join(more)}",
            "drop what is not needed: each costs at every write",
            **facts,
            more=more,
        )
    return ok("constraints", **facts)


def declared_schema() -> Schema:
    """Constraints and indexes that the migrations leave, by name."""
    schema: Schema = {}
    for migration in migrations.load():
        for text in migration.statements:
            made, dropped = _MADE.match(text), _DROPPED.match(text)
            if made:
                properties = tuple(_PROPERTY.findall(made["properties"]))
                labels = frozenset(made["labels"].split("|"))
                schema[made["name"]] = (_KINDS.get(made["kind"], "index"), labels, properties)
            elif dropped:
                schema.pop(dropped["name"], None)
    return schema


def declared_unique() -> list[tuple[str, str]]:
    """Labels and properties that the records' declarations want to be unique.

    Kinds that share a label share their keys where the migrations say so of that label.
    """
    made = {
        (label, properties)
        for kind, labels, properties in declared_schema().values()
        for label in labels
        if kind == "unique"
    }
    wanted = [("Record", "id")]
    for info in RECORDS.values():
        fields = [each.name for each in info.fields if each.unique and each.name != "id"]
        wanted += [(info.kind, name) for name in fields]
        shared = [label for label in info.labels if (label, ("key",)) in made]
        wanted.append((shared[0] if shared else info.kind, "key"))
    return list(dict.fromkeys(wanted))


def unindexed(schema: Schema) -> list[tuple[str, str]]:
    """Kinds and fields that the records' declarations call indexed, and a schema does not index."""
    made = {
        (label, name)
        for how, labels, properties in schema.values()
        for label in labels
        for name in properties
        if how != "words"
    }
    return [
        (info.kind, field.name)
        for info in RECORDS.values()
        for field in info.fields
        if field.indexed and not any((label, field.name) in made for label in info.labels)
    ]


def _schema(rows: Any) -> Schema:
    return {
        row["name"]: (
            _KINDS.get(row["type"].removeprefix("NODE_PROPERTY_"), "index"),
            frozenset(row["labels"]),
            tuple(row["properties"]),
        )
        for row in rows
    }


def _same(found: Any, wanted: Any) -> bool:
    """Whether it is there; a constraint's index of the same name does not stand for it."""
    return bool(found is not None and found[1:] == wanted[1:])


# --- the ledger ---------------------------------------------------------------------------------


async def ledger(graph: Graph) -> Check:
    """Whether the chain of entries holds, and every record is in the entry it names."""
    verdict = await verify.chain(graph)
    findings = [f"entry {each.seq}: {each.what}" for each in verdict.findings]
    findings += [each async for each in _unentered(graph, verdict.head.seq)]
    if findings:
        return failed(
            "ledger",
            "; ".join(findings[:3]) + (f" and {len(findings) - 3} more" if findings[3:] else ""),
            "the data was changed past the product: `fitsm-graph ledger verify --full`, "
            "then compare with a backup",
            findings=findings[:20],
        )
    return ok("ledger", entries=verdict.entries, head=verdict.head.hash)


async def ledger_in_full(graph: Graph) -> Check:
    """Whether every record and relation is what the ledger's entries made of it."""
    verdict = await verify.full(graph)
    if verdict.holds:
        return ok("ledger_in_full", entries=verdict.entries)
    findings = [f"entry {each.seq}: {each.what}" for each in verdict.findings[:20]]
    fix = "compare with a backup: `fitsm-graph verify FILE`, `fitsm-graph restore FILE`"
    return failed("ledger_in_full", "; ".join(findings[:3]), fix, findings=findings)


async def _unentered(graph: Graph, head: int) -> AsyncIterator[str]:
    """Entries of which more or fewer records say that it created them than it says itself."""
    rows = await graph.rows("checks.records_by_entry")
    said = {row["created"]: row for row in rows}
    async for seq, count in _created(graph):
        row = said.pop(seq, {"records": 0})
        if row["records"] != count:
            yield f"entry {seq} created {plural(count, 'record')}, {row['records']:,} name it"
    for created, row in said.items():
        yield f"{row['example']} names entry {created}, and the last is {head}"


async def _created(graph: Graph) -> AsyncIterator[tuple[int, int]]:
    since = 0
    while True:
        rows = await graph.rows("ledger.entries_after", since=since, limit=_PAGE)
        for row in rows:
            yield int(row["entry"]["seq"]), len(unpack(row["entry"].get("created_records")))
        if len(rows) < _PAGE:
            return
        since = int(rows[-1]["entry"]["seq"])


DATABASE: Checks = {
    "migrations": migrated,
    "constraints": constraints,
    "ledger": ledger,
}
"""Checks of the database as such."""
