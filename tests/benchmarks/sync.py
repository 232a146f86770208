"""The benchmark of sync: `make bench-sync`.

    python -m benchmarks.sync [--sizes 10k,20k,100k] [--million] [--without-meanwhile]

Every way is given the same rows on the same server and must make the same elements and relations.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import table
from benchmarks.fleet import lines
from benchmarks.stored import scratch_server
from benchmarks.synced import load_rows, meanwhile_rows
from fitsm_graph.bootstrap import opened
from fitsm_graph.cli import loop
from fitsm_graph.cli.bench import tell_row
from fitsm_graph.cli.measure import Goal, Results, short, sizes
from fitsm_graph.cli.output import note
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.kernel.collector import collect_seldom

WARM_UP = 3_000
MEANWHILE = 50_000
MILLION = 1_000_000


def main(arguments: list[str]) -> int:
    given = _parser().parse_args(arguments)
    load = os.getloadavg()[0]
    collect_seldom()
    results = Results(tell_row)
    with scratch_server() as endpoint:
        loop.run(_measured(endpoint, given, results))
        if given.million:
            _million_rows(endpoint, results)
    _write(results, load, given.out)
    return 0


async def _measured(endpoint: Endpoint, given: argparse.Namespace, results: Results) -> None:
    with TemporaryDirectory() as folder:
        async with opened(endpoint, folder=Path(folder)) as product:
            note("warming the server up …")
            await load_rows(product, endpoint, WARM_UP, Results(lambda _row: None), turns=1)
            for size in given.sizes:
                note(f"\n{short(size)} CIs, {short(2 * size)} relations")
                await load_rows(product, endpoint, size, results)
            if not given.without_meanwhile:
                await meanwhile_rows(product, MEANWHILE, results)


def _million_rows(endpoint: Endpoint, results: Results) -> None:
    """A million rows twice, each time in a process of its own whose memory is measured."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "million.ndjson"
        with file.open("wb") as out:
            out.writelines(lines(MILLION, prefix="1m-"))
        for name in ("first load, 1M", "unchanged, 1M"):
            words = [sys.executable, "-m", "benchmarks.sync_million", endpoint.uri, str(file)]
            done = subprocess.run(
                words, input=endpoint.password, capture_output=True, text=True, check=True
            )
            told = json.loads(done.stdout)
            results.add(name, told["seconds"], "s", None, told["counts"])
            results.add(
                f"{name}: memory of the process", told["mb"], "MB", Goal(500),
                "at its highest; the file is streamed",
            )  # fmt: skip


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.sync")
    parser.add_argument("--sizes", type=sizes, default=sizes("10k,20k,100k"))
    parser.add_argument("--million", action="store_true", help="a million CIs too; some minutes")
    parser.add_argument("--without-meanwhile", action="store_true")
    parser.add_argument("--out", type=Path, default=table.SYNC_RESULTS)
    return parser


def _write(results: Results, load: float, out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(results.document(load), indent=1, ensure_ascii=False)
    out.write_text(text + "\n", encoding="utf-8")
    if out == table.SYNC_RESULTS:
        table.write()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
