"""Sync at the command line: here and with --url the same words, the same exit codes."""

import asyncio
import json
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from e2e.calling import emptied
from e2e.cli_line import COMMAND
from e2e.staging import Stage, staged
from fitsm_graph.graph.driver import Endpoint
from graph.syncing import Record, record


@pytest.fixture(scope="module")
def stage(neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    asyncio.run(emptied(neo4j_endpoint))
    with staged(neo4j_endpoint, tmp_path_factory.mktemp("stage")) as made:
        yield made


class Shell:
    """Runs the command here, or as a client of the server."""

    def __init__(self, stage: Stage, place: str, folder: Path) -> None:
        self.env = stage.env() | {"FITSM_TOKEN": stage.token}
        if place == "there":
            self.env["FITSM_URL"] = stage.url
        self.place, self.folder = place, folder

    def __call__(self, *words: str, code: int = 0) -> str:
        done = subprocess.run(
            [COMMAND, "sync", *words], env=self.env, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def told(self, *words: str, code: int = 0) -> Any:
        """The answer as JSON, without what was said beside it."""
        done = subprocess.run(
            [COMMAND, "sync", *words, "-o", "json"], env=self.env, capture_output=True, check=False
        )
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        return json.loads(done.stdout)

    def file(self, rows: Iterable[Record | str]) -> str:
        path = self.folder / f"{self.place}.ndjson"
        lines = [each if isinstance(each, str) else json.dumps(each) for each in rows]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return str(path)

    def row(self, number: int, **more: Any) -> Record:
        return record("Server", f"{self.place}-{number:02}", **more)


@pytest.mark.parametrize("place", ["here", "there"])
def test_a_source_from_plan_to_reversal(stage: Stage, tmp_path: Path, place: str) -> None:
    sync = Shell(stage, place, tmp_path)
    of = ("--source", f"cli-{place}")
    rows = [sync.row(n, role="old") for n in range(10)]
    file = sync.file(rows)
    plan = tmp_path / "plan.json"
    assert "create" in sync(file, *of, "--plan", "--save", str(plan), code=10)
    assert len(json.loads(plan.read_text())["changes"]) == 10
    done = sync.told(file, *of, "--apply", str(plan))
    assert (done["status"], done["counts"]["created"]) == ("completed", 10)
    assert sync.told(file, *of)["counts"]["unchanged"] == 10
    assert "error[PLAN_STALE]" in sync(file, *of, "--apply", str(plan), code=5)

    changed = [sync.row(0, role="new"), *rows[1:9]]
    shown = sync.told(sync.file(changed), *of, "--plan", code=10)
    assert shown["changes"][0]["fields"] == [{"name": "role", "before": "old", "after": "new"}]
    assert [each["key"] for each in shown["retirements"]] == [f"{place}-09"]
    sync(sync.file(changed), *of)
    (proposal,) = sync.told("proposals", *of)
    assert proposal["elementKey"] == f"{place}-09"
    assert "would be retired" in sync("retire", proposal["key"], "--dry-run", code=10)
    assert "is kept" in sync("keep", proposal["key"], "--reason", "in repair")

    held = sync.told(sync.file(rows[:2]), *of, code=21)
    assert (held["status"], held["losses"]) == (
        "held",
        [{"type": "Server", "missing": 7, "known": 10}],
    )
    assert "error[PLAN_STALE]" in sync("approve", held["run"], "nothing", code=5)
    assert "7 retirements proposed" in sync("approve", held["run"], held["hold"])
    assert len(sync.told("proposals", *of)) == 7

    wrong = sync.told(sync.file([sync.row(1, role="wrong")]), *of, "--mode", "delta")
    undone = sync.told("revert", wrong["run"], "--dry-run", code=10)
    assert undone["changes"][0]["fields"] == [{"name": "role", "now": "wrong", "then": "old"}]
    assert "1 entry undone" in sync("revert", wrong["run"], "--yes")
    listed = sync.told("runs", *of)
    assert [each["status"] for each in listed[:2]] == ["completed", "reverted"]
    assert sync.told("show", wrong["run"])["status"] == "reverted"
    assert "error[NOT_FOUND]" in sync("show", f"cli-{place}/default/99", code=3)


@pytest.mark.parametrize("place", ["here", "there"])
def test_what_cannot_go_in_is_mended_and_sent_again(
    stage: Stage, tmp_path: Path, place: str
) -> None:
    sync = Shell(stage, place, tmp_path)
    of = ("--source", f"bad-{place}")
    bad = [sync.row(50), sync.row(51, colour="red", cpu_count="x"), "{no", sync.row(52)]
    rejects = tmp_path / "rejects.ndjson"
    said = sync(sync.file(bad), *of, "--rejects", str(rejects), code=7)
    for code in ("ATTRIBUTE_UNKNOWN", "ATTRIBUTE_VALUE", "NOT_JSON"):
        assert f"error[{code}]" in said
    assert "line 2" in said
    assert "line 3" in said
    kept = rejects.read_text(encoding="utf-8").splitlines()
    assert kept == [json.dumps(bad[1]), "{no"]
    parked = sync.told("parked", *of)
    assert sync(sync.file(bad), *of, "--atomic", code=7)
    keys = {each["key"] for each in parked}
    assert f"{place}-51" in keys
    mended = tmp_path / "mended.ndjson"
    mended.write_text(kept[0].replace('"colour": "red", "cpu_count": "x"', '"cpu_count": 4'))
    sync(str(mended), *of, "--mode", "delta")
    assert f"{place}-51" not in {each["key"] for each in sync.told("parked", *of)}
    sync("parked", *of, "--clear", "--yes")
    assert sync.told("parked", *of) == []
