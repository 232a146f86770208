"""The benchmark of the impact analysis: `make bench-impact`.

    python -m benchmarks.impact [--sizes 10k,100k,1M] [--without-neo4j] [--neo4j-million]

Every answer that is compared is asserted to be the same. Goals are those of the design; a goal
that is not met is told, written down and does not fail the run, for machines differ.
"""

import argparse
import gc
import json
import os
import sys
from pathlib import Path

from benchmarks.reach import reach_rows
from fitsm_graph.cli.bench import engine_rows, estate_of, tell_row, whole_estate_row
from fitsm_graph.cli.measure import Results, short, sizes
from fitsm_graph.cli.output import note

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str]) -> int:
    given = _parser().parse_args(arguments)
    load = os.getloadavg()[0]
    if load > 1:
        note(f"the machine is busy with other things (load {load:.1f}): absolutes will be high")
    results = Results(tell_row)
    for size in given.sizes:
        note(f"\n{short(size)} elements: making them …")
        estate = estate_of(size)
        reach_rows(estate, results)
        gc.collect()
        engine_rows(estate, results)
        if size == 100_000:
            whole_estate_row(estate, results)
        gc.collect()
    _write(results, load, given.out)
    missed = [row for row in results.rows if row.met is False]
    note(f"\n{len(results.rows)} rows, {len(missed)} goals not met")
    for row in missed:
        tell_row(row)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.impact")
    parser.add_argument("--sizes", type=sizes, default=sizes("10k,100k,1M"))
    parser.add_argument("--without-neo4j", action="store_true")
    parser.add_argument("--neo4j-million", action="store_true")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "impact.json")
    return parser


def _write(results: Results, load: float, out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(results.document(load), indent=1, ensure_ascii=False)
    out.write_text(text + "\n", encoding="utf-8")
    note(f"wrote {out.name}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
