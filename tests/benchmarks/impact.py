"""The benchmark of the impact analysis: `make bench-impact`.

    python -m benchmarks.impact [--sizes 10k,100k,1M] [--without-neo4j] [--neo4j-million]

Every answer that is compared is asserted to be the same. Goals are those of the design; a goal
that is not met is told, written down and does not fail the run, for machines differ.
"""

import argparse
import asyncio
import gc
import json
import os
import sys
from pathlib import Path

from benchmarks import table
from benchmarks.reach import reach_rows
from benchmarks.remembered import snapshot_rows
from benchmarks.served import graphql_rows
from benchmarks.stored import cypher_rows, load_rows, scratch_server, stored, verb_rows
from fitsm_graph.cli.bench import engine_rows, estate_of, tell_row, whole_estate_row
from fitsm_graph.cli.measure import Results, short, sizes
from fitsm_graph.cli.output import note
from fitsm_graph.graph.driver import Endpoint

SERVED = 10_000
"""Size of the estate that is asked for over HTTP."""
WHOLE = 100_000
"""Size of the estate of which every single failure is tried."""


def main(arguments: list[str]) -> int:
    given = _parser().parse_args(arguments)
    load = os.getloadavg()[0]
    if load > 1:
        note(f"the machine is busy with other things (load {load:.1f}): absolutes will be high")
    results = Results(tell_row)
    for size in given.sizes:
        _in_memory(size, results)
        _write(results, load, given.out)
    most = 1_000_000 if given.neo4j_million else 100_000
    if not given.without_neo4j:
        for size in (each for each in given.sizes if each <= most):
            with scratch_server() as endpoint:
                asyncio.run(_on_neo4j(endpoint, size, results))
            _write(results, load, given.out)
    if given.out == table.RESULTS:
        table.write()
    missed = [row for row in results.rows if row.met is False]
    note(f"\n{len(results.rows)} rows, {len(missed)} goals not met")
    for row in missed:
        tell_row(row)
    return 0


def _in_memory(size: int, results: Results) -> None:
    note(f"\n{short(size)} elements: making them …")
    estate = estate_of(size)
    reach_rows(estate, results)
    gc.collect()
    engine_rows(estate, results)
    if size == WHOLE:
        whole_estate_row(estate, results)
    snapshot_rows(estate, results)
    gc.collect()


async def _on_neo4j(endpoint: Endpoint, size: int, results: Results) -> None:
    note(f"\n{short(size)} elements into Neo4j …")
    estate = estate_of(size)
    async with stored(endpoint, estate) as product:
        if size == SERVED:
            await graphql_rows(product, estate, results)
        await load_rows(product, estate, results)
        await asyncio.to_thread(cypher_rows, endpoint, estate, results)
        if size == SERVED:
            await verb_rows(product, results)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.impact")
    parser.add_argument("--sizes", type=sizes, default=sizes("10k,100k,1M"))
    parser.add_argument("--without-neo4j", action="store_true")
    parser.add_argument("--neo4j-million", action="store_true")
    parser.add_argument("--out", type=Path, default=table.RESULTS)
    return parser


def _write(results: Results, load: float, out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(results.document(load), indent=1, ensure_ascii=False)
    out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
