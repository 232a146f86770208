"""Runs of sync while client, server and database are killed: nothing lost, nothing there twice.

Client, server and Neo4j are processes of their own, and each is ended by SIGKILL in the middle of
a run over HTTP. Whoever comes next knows only that a run goes on, and resumes it. In the end the
graph is the one of a run that nobody disturbed, the ledger verifies, and the source has nothing
new to say. The short form kills each of them once, the long one (FITSM_FULL=1) twenty times.
`tests/graph/test_sync_breaks.py` breaks every single commit, in one process.
"""

import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from backends import throwaway_server
from e2e.staging import Stage, staged
from fitsm_graph.bootstrap import opened
from fitsm_graph.graph import verify
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.local import LocalServer
from graph.breaking import SIZE, World, differences, first_rows, later_rows, outcome
from graph.syncing import Record, emptied

FULL = bool(os.environ.get("FITSM_FULL"))
KILLS = 20 if FULL else 3
SCRIPT = Path(__file__).with_name("sending_script.py")
VICTIMS = ("client", "server", "database")
USUAL_SECONDS = 0.05
STALE_SECONDS = 0.5
"""What the client said so long ago it said while somebody else was being killed."""
SEED = random.SystemRandom().randrange(1_000_000) if FULL else 11
"""Told with the figures, so that the same kills can be done again."""
ESTATE = (20, 120) if FULL else (6, 30)
"""Hosts and machines."""


@dataclass(frozen=True)
class Kill:
    """Somebody's end.

    Attributes:
        step: Number of the chunk that is sent when it happens; 0 for the beginning of a run.
        whom: client, server or database.
        share: How much of the time that such a request takes has passed by then.
    """

    step: int
    whom: str
    share: float


@dataclass
class Watched:
    """What clients said of their requests: path, when it was asked, when it was answered."""

    asked: list[tuple[float, str]] = field(default_factory=list)
    heard: list[tuple[float, str]] = field(default_factory=list)
    killed: list[tuple[float, str]] = field(default_factory=list)

    def seconds(self, kind: str) -> float:
        """How long a request of a kind takes, by those that were answered so far."""
        spent = []
        for asked, path in self.asked:
            ends = [at for at, answered in self.heard if at > asked and answered == path]
            if ends and kind_of(path) == kind:
                spent.append(min(ends) - asked)
        return statistics.median(spent) if spent else USUAL_SECONDS

    def under_way(self) -> int:
        """How many kills came while a request was being answered."""
        return sum(self._waits(moment) for moment, _ in self.killed)

    def _waits(self, moment: float) -> bool:
        asked = max((at for at, _ in self.asked if at <= moment), default=moment)
        return not any(asked <= at <= moment for at, _ in self.heard)


def kind_of(path: str) -> str:
    return "chunk" if "/chunks/" in path else path.rpartition("/")[2]


def step_of(path: str, last: int) -> int:
    """Which step of a run a request is: 0 its beginning, then its chunks, then its end."""
    if "/chunks/" in path:
        return int(path.rpartition("/")[2])
    return last if path.endswith("/end") else 0


def steps_of(rows: Sequence[Record]) -> int:
    """The number of a run's last step, its end."""
    return -(-len(rows) // SIZE) + 1


class Driver:
    """Brings runs to their end, however often somebody dies."""

    def __init__(self, stage: Stage, server: LocalServer) -> None:
        self._stage, self._database = stage, server
        self.watched = Watched()

    def drive(self, rows: Sequence[Record], kills: Sequence[Kill] = (), *words: str) -> Any:
        """Send rows as one snapshot; give the summary of the run's end."""
        file = self._stage.folder / "rows.ndjson"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        left, last = list(kills), steps_of(rows)
        while True:
            summary = self._send(file, left, last, *words)
            if summary is not None and not left:
                return summary

    def _send(self, file: Path, left: list[Kill], last: int, *words: str) -> Any:
        """One client, from its start to its end, whichever that is."""
        line = [sys.executable, str(SCRIPT), self._stage.url, str(file), str(SIZE), *words]
        env = {**self._stage.env(), "FITSM_TOKEN": self._stage.token}
        with (
            (self._stage.folder / "client.log").open("a") as log,
            subprocess.Popen(line, env=env, stdout=subprocess.PIPE, stderr=log, text=True) as one,
        ):
            assert one.stdout is not None
            for said in one.stdout:
                word, _, rest = said.partition(" ")
                if word == "done":
                    return json.loads(rest)
                at, path = rest.split()
                self._note(word, float(at), path)
                if self._is_time(word, float(at), left, step_of(path, last)):
                    self._kill(left.pop(0), kind_of(path), one)
        if one.returncode > 0:
            assert not words, "a script that loses something is not started again"
        return None

    def _note(self, word: str, at: float, path: str) -> None:
        (self.watched.asked if word == "asks" else self.watched.heard).append((at, path))

    def _is_time(self, word: str, at: float, left: list[Kill], step: int) -> bool:
        fresh = time.monotonic() - at < STALE_SECONDS
        return word == "asks" and fresh and bool(left) and step >= left[0].step

    def _kill(self, kill: Kill, kind: str, client: subprocess.Popen[str]) -> None:
        time.sleep(kill.share * self.watched.seconds(kind))
        self.watched.killed.append((time.monotonic(), kill.whom))
        if kill.whom == "client":
            client.kill()
        elif kill.whom == "server":
            self._stage.kill()
            self._stage.start()
        else:
            self._database.down(kill=True)
            self._database.up()


# --- what becomes of it --------------------------------------------------------------------------


@dataclass
class Setting:
    """The stage, and what becomes of both days when nobody is disturbed."""

    stage: Stage
    database: LocalServer
    first: Any
    later: Any


@pytest.fixture(scope="module")
def setting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setting]:
    with throwaway_server() as database:
        endpoint, folder = database.up().endpoint, tmp_path_factory.mktemp("kills")
        first, later = asyncio.run(undisturbed(endpoint, folder / "calm"))
        with staged(endpoint, folder) as stage:
            yield Setting(stage, database, first, later)


async def undisturbed(endpoint: Endpoint, folder: Path) -> tuple[Any, Any]:
    """The graph after both days, driven in this process."""
    async with emptied(endpoint) as graph, opened(endpoint, folder=folder) as product:
        world = World(endpoint, serve=lambda _: product.api.sync)
        try:
            assert (await world.drive(first_rows(*ESTATE)))["status"] == "completed"
            first = await outcome(graph)
            told = await world.drive(later_rows(*ESTATE))
            assert (told["status"], told["retirementCount"]) == ("completed", 2)
            return first, await outcome(graph)
        finally:
            await world.close()


async def looked_at(stage: Stage) -> tuple[Any, int]:
    """What became of it, and where the ledger stands, which must hold."""
    graph = Graph(stage.endpoint)
    try:
        verdict = await verify.full(graph)
        assert verdict.holds, verdict.findings
        return await outcome(graph), (await graph.head()).seq
    finally:
        await graph.close()


def plan(rows: Sequence[Record], whom: Sequence[str], seed: int) -> list[Kill]:
    """Kills at random moments of different steps; at the end of the run everybody has a turn."""
    chance, last = random.Random(seed), steps_of(rows)
    ends = len(VICTIMS) if len(whom) > 2 * len(VICTIMS) else 1
    steps = sorted(chance.sample(range(last), len(whom) - ends)) + [last] * ends
    return [Kill(step, one, chance.random()) for step, one in zip(steps, whom, strict=True)]


@pytest.mark.timeout(300 + 40 * KILLS)
def test_kills_change_nothing(setting: Setting) -> None:
    driver, early = Driver(setting.stage, setting.database), (KILLS + 1) // 2
    whom = [VICTIMS[n % len(VICTIMS)] for n in range(KILLS)]
    first, later = first_rows(*ESTATE), later_rows(*ESTATE)
    driver.drive(first, plan(first, whom[:early], SEED))
    assert differences(asyncio.run(looked_at(setting.stage))[0], setting.first) == []
    driver.drive(later, plan(later, whom[early:], SEED + 1))
    found, head = asyncio.run(looked_at(setting.stage))
    assert differences(found, setting.later) == []
    assert [each for _, each in driver.watched.killed] == whom
    again = driver.drive(later)
    assert again["counts"]["unchanged"] == len(later) - 1, "one row is bad"
    assert asyncio.run(looked_at(setting.stage))[1] == head
    under_way = driver.watched.under_way()
    print(f"seed {SEED}: {dict(Counter(whom))}, {under_way} during a request")  # noqa: T201 - pytest -s
    assert under_way >= KILLS // 2, "a kill between two requests shows little"
    controls(driver, later, setting.stage.folder / "client.log")


def controls(driver: Driver, rows: Sequence[Record], client_log: Path) -> None:
    """A script that loses something is found out, or gives another graph."""
    told = driver.drive(rows, (), "--leave-out", "5")
    assert told["status"] in {"completed", "held"}, "nobody but the source could know"
    assert told["retirementCount"] > 0
    with pytest.raises(AssertionError, match="not started again"):
        driver.drive(rows, (), "--skip", "5")
    assert "chunks are missing: 5" in client_log.read_text()
