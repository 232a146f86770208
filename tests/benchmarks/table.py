"""The table of the documentation, made from the results."""

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "impact.json"
GRAPHQL = ROOT / "benchmarks" / "graphql.json"
PAGE = ROOT / "docs" / "benchmarks.md"
TEXT = """# Benchmarks

Made by `make bench-impact` from `benchmarks/impact.json`; do not edit by hand.

## How it is measured

- The estates are made up, by `impact/specimen.py`, the same everywhere: layers from the grid to the
  service, about four relations an element, redundancy groups, circles of components that call each
  other, one directory on which four elements of five hang, and a meshed ring of 5,000 switches as
  grounded component. Ids are shuffled, so that no order helps.
- Ways that are compared take turns in one process; a figure is the median of several turns after
  one that is not counted. **Ratios count; absolutes are a guide**, and rise with whatever else the
  machine does (its load stands below).
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
- Neo4j is the managed server in a folder of its own; it shares the cores with what asks it.

## Results

{machine}

| what | value | goal | | compared with, measured how |
| --- | ---: | ---: | --- | --- |
{rows}

{count} rows with a goal, {met} met.
"""


def page(results: dict[str, Any]) -> str:
    """Render the page."""
    machine, rows = results["machine"], results["rows"]
    told = (
        f"Commit {results['commit']} on {machine['cpu']}, {machine['cores']} cores, "
        f"{machine['memory_gb']} GB, {machine['system']}, Python {machine['python']}. Load of the "
        f"machine (1 is one busy core): {machine['load_before']} before, "
        f"{machine['load_after']} after."
    )
    goals = [row for row in rows if row["met"] is not None]
    return TEXT.format(
        machine=told,
        rows="\n".join(map(_line, rows)),
        count=len(goals),
        met=sum(row["met"] for row in goals),
    )


def _line(row: dict[str, Any]) -> str:
    met = {None: "", True: "met", False: "**not met**"}[row["met"]]
    goal = f"{row['goal']} {row['unit']}" if row["goal"] else ""
    return f"| {row['name']} | {row['value']:g} {row['unit']} | {goal} | {met} | {row['against']} |"


def write() -> None:
    """Make the page anew from the results."""
    PAGE.write_text(page(json.loads(RESULTS.read_text("utf-8"))), encoding="utf-8")


if __name__ == "__main__":
    write()
