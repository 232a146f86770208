"""Rows about the snapshot in memory: its size, from its file, after a change.

Run as a program it restores a saved topology in a process of its own and tells what that took.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fitsm_graph.cli.bench import Estate
from fitsm_graph.cli.measure import Goal, Results, percentile, resident_mb, took
from fitsm_graph.confm.types import default_registry
from fitsm_graph.impact.changes import follow
from fitsm_graph.impact.engine import solve, worsen
from fitsm_graph.impact.mapped import Mapped, map_topology
from fitsm_graph.impact.reading import semantics
from fitsm_graph.impact.records import ElementRow, Kind, RelationRow, TopologyChange
from fitsm_graph.impact.specimen import SMALLEST, specimen, topology_of
from fitsm_graph.impact.store import restore, save

OVERLAY = {100_000: Goal(50), 1_000_000: Goal(100)}
CHANGES = 24


def snapshot_rows(estate: Estate, results: Results) -> None:
    """Memory and restart in a fresh process, and what a change costs."""
    label, million = f"snapshot, {estate.label}", estate.made.size == 1_000_000
    with TemporaryDirectory() as folder:
        file = Path(folder) / "topology"
        saving, _ = took(lambda: save(estate.mapped, file))
        told = _fresh_process(file)
        results.add(f"{label}: saved", saving / 1000, "s", None, f"{told['file_mb']:.0f} MB")
    results.add(
        f"{label}: from the saved one", told["seconds"], "s", Goal(3) if million else None,
        "restored and solved in a fresh process",
    )  # fmt: skip
    results.add(
        f"{label}: memory", told["mb"], "MB", Goal(400) if million else None,
        f"grown by restoring and solving; a first what-if adds {told['scratch_mb']:.0f} MB",
    )  # fmt: skip
    times = sorted(_after_changes(estate))
    results.add(
        f"{label}: after a change, by overlay", percentile(times, 50), "ms",
        OVERLAY.get(estate.made.size),
        f"{CHANGES} changes followed and solved; the slowest {times[-1]:.3g} ms",
    )  # fmt: skip


def _after_changes(estate: Estate) -> list[float]:
    """Milliseconds of each of some changes, one after the other: topology, network, baseline."""
    now, times = estate.mapped, []
    for version, change in enumerate(_changes(estate), 2):
        spent, now = took(partial(_changed, now, change, version))
        times.append(spent)
    return times


def _changed(now: Mapped, change: TopologyChange, version: int) -> Mapped:
    after = now.followed(follow(now.topology, [change], version))
    solve(after.network)
    return after


def _changes(estate: Estate) -> Iterator[TopologyChange]:
    """Relations made, hardened and dropped, and elements that come."""
    ids = [estate.mapped.topology.id(number) for number in estate.sources]
    for at in range(CHANGES // 4):
        relation = RelationRow(ids[at], "USES", ids[-1 - at])
        hardened = replace(relation, type="DEPENDS_ON")
        yield TopologyChange(None, relation)
        yield TopologyChange(None, hardened)
        yield TopologyChange(hardened, None)
        element = ElementRow(f"02J{at:023d}", key=f"NEW-{at}", name="new", kind=Kind.CI)
        yield TopologyChange(None, element)


def _fresh_process(file: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.remembered", str(file)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    told: dict[str, float] = json.loads(done.stdout)
    return told


def _tell(file: Path) -> None:
    solve_small()
    before = resident_mb()

    def start() -> Any:
        mapped = restore(file, registry="")
        return mapped, solve(mapped.network)

    milliseconds, (mapped, solution) = took(start)
    after = resident_mb()
    worsen(mapped.network, solution, [0])
    told = {
        "seconds": milliseconds / 1000,
        "mb": after - before,
        "scratch_mb": resident_mb() - after,
        "file_mb": file.stat().st_size / 1e6,
    }
    sys.stdout.write(json.dumps(told))


def solve_small() -> None:
    """Load the machine code, which is not part of any snapshot."""
    topology = topology_of(specimen(SMALLEST), semantics(default_registry()))
    network = map_topology(topology).network
    worsen(network, solve(network), [0])


if __name__ == "__main__":
    _tell(Path(sys.argv[1]))
