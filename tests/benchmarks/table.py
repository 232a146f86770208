"""The table of the documentation, made from the results."""

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "impact.json"
GRAPHQL = ROOT / "benchmarks" / "graphql.json"
SYNC_RESULTS = ROOT / "benchmarks" / "sync.json"
PROCESSES = ROOT / "benchmarks" / "processes.json"
PAGE = ROOT / "docs" / "benchmarks.md"
INTRODUCTION = """# Benchmarks

Each part is made by its own command from its own file of results; do not edit by hand. **Ratios of
one run count; absolutes are a guide**, and rise with whatever else the machine does (its load
stands with each part). Neo4j is the managed server in a folder of its own; it shares the cores with
what asks it.
"""
IMPACT = """\
- The estates are made up, by `impact/specimen.py`, the same everywhere: layers from the grid to the
  service, about four relations an element, redundancy groups, circles of components that call each
  other, one directory on which four elements of five hang, and a meshed ring of 5,000 switches as
  grounded component. Ids are shuffled, so that no order helps.
- Ways that are compared take turns in one process; a figure is the median of several turns after
  one that is not counted.
- Every compared answer is asserted to be the same set of elements. Each library answers in its own
  form: igraph a list, rustworkx and networkx a set, Neo4j one collected record, here an array.
- networkx (a MultiDiGraph, since parallel relations count) is left out at a million: it would take
  some 5 GB. igraph is GPL and only ever measured against.
- *Full semantics* is the least state of design section 4 with all levels, strengths, redundancy and
  grounded support, and the margins of what is reached. A *complete answer* adds what is compared
  with the baseline: hops, exposed elements, margins before and after, sorted, in columns.
- *After a change* is what a question waits for: following the change in topology and network and
  solving the baseline anew; *from the ledger* with asking and reading what was written.
- Verbs are counted on a server that is warm: Java compiles what it does often, and the first few
  hundred verbs after a start take two to five times as long.
"""
SYNC = """\
- The rows are made up, by `tests/benchmarks/fleet.py`: machines on hosts in networks, eight
  attributes and two relations a CI. Ours come as NDJSON and are parsed, checked, hashed and written
  with their ledger entries; the others get them parsed and keep neither history nor what a source
  said last.
- *A bare load* is `UNWIND … MERGE … SET +=` for elements and `UNWIND … MATCH … MATCH … MERGE` for
  relations, 5,000 rows a transaction. Cartography's loader is `cartography.client.core.tx.load`
  with its own statements and batches; its clean-up of what is gone is not counted, ours is.
- Each way has its own labels on the same server, which is warm; after each turn the elements and
  relations of all three are counted and must be the same. The median of three turns, or one turn
  at 100,000.
- *Unchanged* is the same rows again: no CI is written, which is asserted.
"""
GRAPHQL_HOW = """\
- Servers run in processes of their own on the loopback and answer the same question over the same
  estate: this one, a bare FastAPI + orjson route that sends the same Bolt query, stock resolvers of
  strawberry on the same data, and `@neo4j/graphql` where it is installed.
- They are asked in turn, request by request; ratios are of medians.
"""
DESK = """\
- The log is made up, by `tests/benchmarks/desk_log.py`, with the shape of a real one: one element
  in a hundred has half of the incidents, one in twenty four fifths. Its first events go through
  the verbs one after another, the rest by eight clients; each incident's in their order.
- Registering asks the impact engine, on an estate of 10,000 elements, what the incident does to
  services. A *bare write* is one statement an event, without rules, ledger or impact.
- In the end every incident is compared with what the log comes to, replayed without the product.
"""
PARTS = (
    ("Impact analysis", "bench-impact", RESULTS, IMPACT),
    ("GraphQL", "bench-graphql", GRAPHQL, GRAPHQL_HOW),
    ("Sync", "bench-sync", SYNC_RESULTS, SYNC),
    ("Processes", "bench-processes", PROCESSES, DESK),
)
PART = """
## {title}

`make {target}`, from `benchmarks/{file}`.

{how}
{machine}

| what | value | goal | | compared with, measured how |
| --- | ---: | ---: | --- | --- |
{rows}

{count} rows with a goal, {met} met.
"""


def page() -> str:
    """Render the page from all results there are."""
    return INTRODUCTION + "".join(_part(*each) for each in PARTS if each[2].exists())


def _part(title: str, target: str, file: Path, how: str) -> str:
    results = json.loads(file.read_text("utf-8"))
    machine, rows = results["machine"], results["rows"]
    told = (
        f"Commit {results['commit']} on {machine['cpu']}, {machine['cores']} cores, "
        f"{machine['memory_gb']} GB, {machine['system']}, Python {machine['python']}. Load of the "
        f"machine (1 is one busy core): {machine['load_before']} before, "
        f"{machine['load_after']} after."
    )
    goals = [row for row in rows if row["met"] is not None]
    return PART.format(
        title=title, target=target, file=file.name, how=how, machine=told,
        rows="\n".join(map(_line, rows)), count=len(goals), met=sum(row["met"] for row in goals),
    )  # fmt: skip


def _line(row: dict[str, Any]) -> str:
    met = {None: "", True: "met", False: "**not met**"}[row["met"]]
    goal = f"{row['goal']} {row['unit']}" if row["goal"] else ""
    return f"| {row['name']} | {row['value']:g} {row['unit']} | {goal} | {met} | {row['against']} |"


def write() -> None:
    """Make the page anew from the results."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write()
