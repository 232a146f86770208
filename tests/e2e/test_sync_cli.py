"""Sync at the command line: here and as a client of a server the same words, the same codes."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from e2e.cli_inside import Served, command, served
from fitsm_graph.discovery.client import Sync
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.model.observation import observation_from, record_of
from graph.syncing import Record, record

PLACES = pytest.mark.parametrize("place", ["here", "there"])
THERE = pytest.mark.parametrize("place", ["there"])
"""What is one document at either place; the other place costs a second for each command."""


@pytest.fixture(scope="module")
def server(neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(neo4j_endpoint, tmp_path_factory.mktemp("server")) as made:
        yield made


class Shell:
    """Runs `sync` here, or as a client of the server."""

    def __init__(self, server: Served, endpoint: Endpoint, place: str, folder: Path) -> None:
        self.place, self._folder = place, folder
        self.env = {"FITSM_DATA": str(folder / "data")}
        if place == "there":
            self.env |= {"FITSM_URL": server.url, "FITSM_TOKEN": server.token}
        else:
            self.env |= {
                "FITSM_NEO4J_URI": endpoint.uri,
                "FITSM_NEO4J_USER": endpoint.user,
                "FITSM_NEO4J_PASSWORD": endpoint.password,
            }

    def __call__(self, *words: str, code: int = 0) -> str:
        """All that is said."""
        said = command(self.env, "sync", *words)
        assert said.code == code, (words, said)
        return said.stdout + said.stderr

    def told(self, *words: str, code: int = 0) -> Any:
        """The answer as JSON, without what is said beside it."""
        said = command(self.env, "sync", *words, "-o", "json")
        assert said.code == code, (words, said)
        return json.loads(said.stdout)

    def file(self, rows: Iterable[Record | str], name: str = "rows.ndjson") -> str:
        path = self._folder / name
        lines = [each if isinstance(each, str) else json.dumps(each) for each in rows]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return str(path)

    def row(self, number: int, **more: Any) -> Record:
        return record("Server", f"{self.place}-{number:02}", **more)


@pytest.fixture
def sync(server: Served, neo4j_endpoint: Endpoint, tmp_path: Path, place: str) -> Shell:
    return Shell(server, neo4j_endpoint, place, tmp_path)


@PLACES
def test_from_a_plan_to_a_proposal(sync: Shell, tmp_path: Path, place: str) -> None:
    of = ("--source", f"cli-{place}")
    rows = [sync.row(n, role="old") for n in range(10)]
    file, plan = sync.file(rows), tmp_path / "plan.json"
    assert "create" in sync(file, *of, "--plan", "--save", str(plan), code=10)
    assert len(json.loads(plan.read_text())["changes"]) == 10
    assert sync.told("runs", *of) == [], "a plan is no run"
    done = sync.told(file, *of, "--apply", str(plan))
    assert (done["status"], done["counts"]["created"]) == ("completed", 10)
    assert "error[PLAN_STALE]" in sync(file, *of, "--apply", str(plan), code=5)
    changed = sync.file([sync.row(0, role="new"), *rows[1:9]])
    shown = sync.told(changed, *of, "--plan", code=10)
    assert shown["changes"][0]["fields"] == [{"name": "role", "before": "old", "after": "new"}]
    assert [each["key"] for each in shown["retirements"]] == [f"{place}-09"]
    sync.told(changed, *of, "--apply", shown["plan"])
    assert sync.told(changed, *of)["counts"]["unchanged"] == 9
    (proposal,) = sync.told("proposals", *of)
    assert proposal["elementKey"] == f"{place}-09"
    assert "would be retired" in sync("retire", proposal["key"], "--dry-run", code=10)
    assert "retired · entry" in sync("retire", proposal["key"], "--yes")
    assert sync.told("proposals", *of) == []


@THERE
def test_what_cannot_go_in_is_mended_and_sent_again(
    sync: Shell, tmp_path: Path, place: str
) -> None:
    of, rejects = ("--source", f"bad-{place}"), tmp_path / "rejects.ndjson"
    bad = [sync.row(50), sync.row(51, colour="red", cpu_count="x"), "{no", sync.row(52)]
    told = sync.told(sync.file(bad), *of, "--atomic", code=7)
    assert (told["status"], told["problemCount"]) == ("refused", 3)
    said = sync(sync.file(bad), *of, "--rejects", str(rejects), code=7)
    for word in ("ATTRIBUTE_UNKNOWN", "ATTRIBUTE_VALUE", "NOT_JSON", "line 2", "line 3"):
        assert word in said
    assert rejects.read_text(encoding="utf-8").splitlines() == [json.dumps(bad[1]), "{no"]
    secret = sync.row(51, colour="red", admin_password="hunter2")
    said = sync(sync.file([secret]), *of, "--atomic", "--rejects", str(rejects), code=7)
    assert "nothing was written" in said
    assert "notice[SECRET_DROPPED]" in said
    assert "hunter2" not in said + rejects.read_text(encoding="utf-8")
    parked = {each["key"]: each for each in sync.told("parked", *of)}
    codes = {each["code"] for each in parked[f"{place}-51"]["problems"]}
    assert codes == {"ATTRIBUTE_UNKNOWN", "ATTRIBUTE_VALUE"}
    first, *_ = sync("parked", *of, "--records").splitlines()
    mended = json.loads(first) | {"attributes": {"cpu_count": 4}}
    assert sync.told(sync.file([mended]), *of, "--mode", "delta")["counts"]["created"] == 1
    assert f"{place}-51" not in {each["key"] for each in sync.told("parked", *of)}
    sync("parked", "--clear", "--yes", code=2)
    sync("parked", *of, "--clear", "--yes")
    assert sync.told("parked", *of) == []


@THERE
def test_a_held_run_is_approved_and_a_wrong_one_reverted(sync: Shell, place: str) -> None:
    of = ("--source", f"held-{place}")
    rows = [sync.row(n, role="old") for n in range(20, 30)]
    sync(sync.file(rows), *of)
    held = sync.told(sync.file(rows[:2]), *of, code=21)
    losses = [{"type": "Server", "missing": 8, "known": 10}]
    assert (held["status"], held["losses"]) == ("held", losses)
    assert "error[PLAN_STALE]" in sync("approve", held["run"], "nothing", code=5)
    approve = ("approve", held["run"], held["hold"], "--reason", "hall 2 was cleared")
    assert "8 retirements would be proposed" in sync(*approve, "--dry-run", code=10)
    assert "8 retirements proposed" in sync(*approve)
    kept, *others = sync.told("proposals", *of)
    assert len(others) == 7
    assert "is kept · entry" in sync("keep", kept["key"], "--reason", "in repair")

    wrong = sync.told(sync.file([sync.row(21, role="wrong")]), *of, "--mode", "delta")
    undone = sync.told("revert", wrong["run"], "--dry-run", code=10)
    assert undone["changes"][0]["fields"] == [{"name": "role", "now": "wrong", "then": "old"}]
    assert "1 entry undone" in sync("revert", wrong["run"], "--yes", "--reason", "wrong export")
    assert sync.told("show", wrong["run"])["status"] == "reverted"
    reversal, *listed = sync.told("runs", *of)
    assert (reversal["mode"], reversal["reverts"]) == ("revert", wrong["run"])
    assert [each["status"] for each in listed] == ["reverted", "completed", "completed"]
    assert "error[NOT_REVERTIBLE]" in sync("revert", wrong["run"], "--yes", code=5)
    assert "error[NOT_FOUND]" in sync("show", f"held-{place}/default/99", code=3)


def left(server: Served, source: str, rows: Iterable[Record]) -> str:
    """A run that a command began and left, without a word to the server."""
    sync = Sync(server.url, server.token, source=source)
    with sync._client:
        sync.__enter__()
        for row in rows:
            sync.put(record_of(observation_from({"op": "upsert", **row})))  # as the command does
        sync.flush()
    return sync.run


@pytest.mark.parametrize("place", ["here"])
def test_a_run_is_gone_on_with_from_a_file(sync: Shell, server: Served, place: str) -> None:
    source, rows = f"file-{place}", [sync.row(n) for n in range(80, 90)]
    run = left(server, source, rows[:4])
    words = (sync.file(rows), "--source", source, "--resume", run)
    assert "is a snapshot, not a delta" in sync(*words, "--mode", "delta", code=2)
    done = sync.told(*words)
    assert (done["run"], done["status"], done["counts"]["read"]) == (run, "completed", 10)


@THERE
def test_a_run_that_was_left_is_seen_resumed_and_broken_off(
    sync: Shell, server: Served, place: str
) -> None:
    source = f"left-{place}"
    of, rows = ("--source", source), [sync.row(n) for n in range(60, 80)]
    file, run = sync.file(rows), left(server, source, rows)
    shown = sync.told("show", run)
    assert (shown["status"], shown["chunks"]) == ("running", [1])
    busy = sync(file, *of, code=5)
    assert "error[SYNC_RUNNING]" in busy
    assert run in busy
    assert "--plan" in sync(file, *of, "--resume", run, "--plan", code=2)
    assert "is a snapshot, not a delta" in sync(
        file, *of, "--resume", run, "--mode", "delta", code=2
    )
    done = sync.told(file, *of, "--resume", run)
    assert (done["run"], done["status"], done["retirementCount"]) == (run, "completed", 0)
    assert "error[RUN_OVER]" in sync(file, *of, "--resume", run, code=5)
    run = left(server, source, rows[:1])
    assert f"aborted {run}" in sync("abort", run, "--yes")
    assert sync.told("proposals", *of) == [], "what has no end makes nothing vanish"
    assert "error[RUN_OVER]" in sync("abort", run, "--yes", code=5)
    assert sync.told(file, *of)["status"] == "completed", "its scope is free at once"
    listed = [each["status"] for each in sync.told("runs", *of)]
    assert listed == ["completed", "aborted", "completed"]
