"""Every sample file into a real Neo4j, twice: the first time all of it, the second time nothing.

Each file goes in as its format's own mode says. What only sees things that others brought (scans,
traces, bills of material) is brought by another source before, so that there is something to see.
"""

import json
import os
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml

from fitsm_graph.confm.sync import sync
from fitsm_graph.confm.sync_report import NOTICES, SyncReport
from fitsm_graph.discovery.detect import open_format
from fitsm_graph.discovery.mapping import Given
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.errors import Problem
from graph.syncing import REGISTRY, REQUEST, emptied, record, run

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT.parent / "shared" / "samples" / "discovery"
FAMILIES = yaml.safe_load((ROOT / "tests/cases/formats/expected.yaml").read_text(encoding="utf-8"))
FULL = bool(os.environ.get("FITSM_FULL"))
NOT_TAKEN_IN = {"refused", "NOT_TAKEN_IN"}
FILES = {
    f"{family['folder']} as {family['format']}": (
        family,
        [name for name, told in family["expect"].items() if not NOT_TAKEN_IN & set(told)],
    )
    for family in FAMILIES
}

pytestmark = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="samples folder ../shared/samples is missing"
)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def graph(neo4j_endpoint: Endpoint) -> AsyncIterator[Graph]:
    async with emptied(neo4j_endpoint) as made:
        yield made


def chosen(folder: str, names: list[str]) -> list[str]:
    """All files of a family in the long form; else the two smallest."""
    by_size = sorted(names, key=lambda name: (SAMPLES / folder / name).stat().st_size)
    return by_size if FULL else by_size[:2]


async def taken_in(graph: Graph, path: Path, scope: str, *, by_another: bool = False) -> SyncReport:
    with path.open("rb") as stream:
        found, content = open_format(stream, given=Given.of(scope, path.name))
        source, mode = f"twice-{found.name}", found.run_mode("")
        return await sync(
            graph,
            REGISTRY,
            found.rows(content),
            source="another" if by_another else source,
            scope=path.name.replace("_", "-")[:60],
            mode="delta" if by_another else mode,
            request=REQUEST,
        )


def records_of(path: Path, scope: str) -> int:
    """How many rows a file has, as its reader tells them by itself."""
    with path.open("rb") as stream:
        found, content = open_format(stream, given=Given.of(scope, path.name))
        rows = list(found.read(content))
    bad = {each.path[0] for each in rows if isinstance(each, Problem) and each.code not in NOTICES}
    return sum(not isinstance(each, Problem) for each in rows) + len(bad)


async def everything(graph: Graph) -> Any:
    """How many records and relations there are, and their newest versions."""
    text = (
        "MATCH (n:Record) OPTIONAL MATCH (n)-[r]->(:Record) "
        "RETURN count(DISTINCT n), count(r), max(n.version), max(n.updated_at), max(r.created)"
    )
    return (await run(graph, text))[0], (await graph.head()).seq


@pytest.mark.timeout(900)
@pytest.mark.parametrize("family", FILES)
async def test_the_second_time_nothing_is_written(graph: Graph, family: str):
    told, names = FILES[family]
    scope = told.get("scope", "default")
    for name in chosen(told["folder"], names):
        path = SAMPLES / told["folder"] / name
        if (await taken_in(graph, path, scope)).mode == "enrich":
            await taken_in(graph, path, scope, by_another=True)
        first = await taken_in(graph, path, scope)
        assert first.status == "completed", name
        assert first.counts["read"] == records_of(path, scope), name
        before = await everything(graph)
        second = await taken_in(graph, path, scope)
        assert await everything(graph) == before, name
        counts = Counter(first.counts), Counter(second.counts)
        assert counts[1]["read"] == counts[0]["read"], name
        assert counts[1]["unchanged"] == counts[0]["read"] - counts[1]["rejected"], name
        assert counts[1]["rejected"] == counts[0]["rejected"], name


async def test_control_a_file_that_says_something_else_is_noticed(graph: Graph, tmp_path: Path):
    """What the test above looks at does move where one value of a file is another one."""
    path = tmp_path / "one.ndjson"
    path.write_text(json.dumps(record("Server", "twice", role="old")), encoding="utf-8")
    await taken_in(graph, path, "default")
    before = await everything(graph)
    path.write_text(json.dumps(record("Server", "twice", role="new")), encoding="utf-8")
    report = await taken_in(graph, path, "default")
    assert (report.counts["updated"], report.counts["unchanged"]) == (1, 0)
    assert await everything(graph) != before
