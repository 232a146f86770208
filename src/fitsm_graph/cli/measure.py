"""How benchmarks measure and what they write: ways side by side, medians, goals met or not.

Ratios of one run count, since the ways take turns on the same machine; absolute figures are a
guide. A file of results says which commit was measured, on what machine, and under what load.
"""

import gc
import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from fitsm_graph.graph.local.settings import machine_mib

AT_MOST: Final = "≤"
AT_LEAST: Final = "≥"
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure is held to; met if it is at most or at least the bound."""

    bound: float
    kind: Literal["≤", "≥"] = AT_MOST

    def met(self, value: float) -> bool:
        """Whether a figure reaches the goal."""
        return value <= self.bound if self.kind == AT_MOST else value >= self.bound

    def __str__(self) -> str:
        return f"{self.kind} {self.bound:g}"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure.

    Attributes:
        name: What was measured.
        value: The figure.
        unit: Its unit; × for a ratio.
        goal: What it is held to, in words; None where it is only told.
        met: Whether it is.
        against: What it is compared with, or how it was measured.
    """

    name: str
    value: float
    unit: str
    goal: str | None = None
    met: bool | None = None
    against: str = ""


@dataclass(slots=True)
class Results:
    """The rows of a run, told one by one as they come in."""

    tell: Callable[[Row], None]
    rows: list[Row] = field(default_factory=list)

    def add(
        self, name: str, value: float, unit: str, goal: Goal | None = None, against: str = ""
    ) -> None:
        """Take one figure, rounded to what it is worth: three digits."""
        kept = float(f"{value:.3g}")
        row = Row(
            name,
            kept,
            unit,
            None if goal is None else str(goal),
            None if goal is None else goal.met(kept),
            against,
        )
        self.rows.append(row)
        self.tell(row)

    def document(self, begun_with_load: float) -> dict[str, Any]:
        """Everything, ready to be written."""
        return {
            "commit": commit(),
            "machine": machine()
            | {
                "load_before": round(begun_with_load, 2),
                "load_after": round(os.getloadavg()[0], 2),
            },
            "rows": [asdict(row) for row in self.rows],
        }


def took(work: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds one call took, and its answer."""
    begun = time.perf_counter()
    answer = work()
    return (time.perf_counter() - begun) * 1000, answer


def medians(
    ways: Mapping[K, Callable[[], Any]], *, repeats: int = 5, warm: bool = True
) -> dict[K, float]:
    """Median milliseconds of each way; the ways take turns, so that all meet the same weather.

    Args:
        ways: What to call, by name.
        repeats: How many turns.
        warm: Call each once before, and do not count it.
    """
    if warm:
        for work in ways.values():
            work()
    samples: dict[K, list[float]] = {name: [] for name in ways}
    gc.collect()
    gc.disable()
    try:
        for _ in range(repeats):
            for name, work in ways.items():
                samples[name].append(took(work)[0])
    finally:
        gc.enable()
    return {name: statistics.median(times) for name, times in samples.items()}


def percentile(times: Sequence[float], share: float) -> float:
    """The time that so many of a hundred stay below."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))]


def sizes(text: str) -> list[int]:
    """Read sizes such as ``10k,100k,1M``.

    Raises:
        ValueError: One is no number.
    """
    factors = {"k": 1_000, "M": 1_000_000}
    return [
        int(each[:-1]) * factors[each[-1]] if each[-1:] in factors else int(each)
        for each in text.replace(" ", "").split(",")
    ]


def short(size: int) -> str:
    """A size as it is written: 10k, 100k, 1M."""
    for factor, unit in ((1_000_000, "M"), (1_000, "k")):
        if size >= factor and size % factor == 0:
            return f"{size // factor}{unit}"
    return str(size)


def resident_mb() -> float:
    """Memory this process holds, in MB; 0 where the system does not say."""
    status = Path("/proc/self/statm")
    if not status.exists():
        return 0.0
    return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def machine() -> dict[str, Any]:
    """What ran it, without names or places."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_gb": round(machine_mib() / 1024),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def _cpu() -> str:
    told = Path("/proc/cpuinfo")
    if told.exists():
        for line in told.read_text().splitlines():
            if line.startswith("model name"):
                return " ".join(line.partition(":")[2].split())
    return platform.machine()


def commit() -> str:
    """The commit of the sources, with a plus where they differ from it; empty where unknown."""
    here = Path(__file__).parent
    head = _git(here, "rev-parse", "--short=12", "HEAD")
    if head and _git(here, "status", "--porcelain", "--untracked-files=no", "--", "."):
        return head + "+"
    return head


def _git(folder: Path, *words: str) -> str:
    try:
        done = subprocess.run(
            ["git", *words], cwd=folder, capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
