"""One sync of a large file in a process of its own, as a server would do it; tells what it took.

python -m benchmarks.sync_million URI FILE < password
"""

import json
import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import benchmarks.without_extras  # noqa: F401 - before the driver
from fitsm_graph.bootstrap import SYSTEM, opened
from fitsm_graph.cli import loop
from fitsm_graph.confm.sync import sync
from fitsm_graph.discovery import ndjson
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.kernel.collector import collect_seldom


async def run(uri: str, file: Path, password: str) -> dict[str, object]:
    collect_seldom()
    endpoint = Endpoint(uri=uri, user="neo4j", password=password)
    with TemporaryDirectory() as folder, file.open("rb") as stream:
        async with opened(endpoint, folder=Path(folder)) as product:
            begun = time.perf_counter()
            report = await sync(
                product.graph, product.registry, ndjson.unread(stream), source="million",
                request=SYSTEM,
            )  # fmt: skip
            seconds = time.perf_counter() - begun
    assert not report.problems, report.problems[:3]
    counts = ", ".join(
        f"{count:,} {name}" for name, count in sorted(report.counts.items()) if count
    )
    return {"seconds": seconds, "mb": highest_mb(), "counts": counts}


STATUS = Path("/proc/self/status")


def highest_mb() -> float:
    """Memory of this process at its highest, in MB.

    Linux hands what `getrusage` says of a process down to those that it starts: its own is asked of
    the kernel where that tells.
    """
    if STATUS.exists():
        found = next(each for each in STATUS.read_text("ascii").splitlines() if "VmHWM" in each)
        return int(found.split()[1]) * 1.024e-3
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1e6 if sys.platform == "darwin" else 1e3 / 1.024)


if __name__ == "__main__":
    print(json.dumps(loop.run(run(sys.argv[1], Path(sys.argv[2]), sys.stdin.read()))))  # noqa: T201
