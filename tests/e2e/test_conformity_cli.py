"""Conformity, the gate of changes, and documents, as people and pipelines call them (PR14.1)."""

import asyncio
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from e2e.cli_inside import Said, Served, command, served
from fitsm_graph.csi.unprovable import UNPROVABLE
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.clock import ManualClock
from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import RoleWord
from graph.conformity_story import Story

EARLIER = timedelta(minutes=5)
"""Each act takes a second of the story's time, and may take less of ours: none is yet to come."""
ROLES = (
    (RoleWord.SMS_OWNER, "ann", None),
    (RoleWord.PROCESS_MANAGER, "ann", Process.CHM),
    (RoleWord.CAB_MEMBER, "cas", None),
)


@pytest.fixture(scope="module")
def there(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Served, dict[str, str]]]:
    """A server, and keys of what people did there."""
    with served(neo4j_endpoint, tmp_path_factory.mktemp("server")) as made:
        yield made, asyncio.run(done_before(neo4j_endpoint))


async def done_before(endpoint: Endpoint) -> dict[str, str]:
    """An incident without a category; a change of each state that a gate can meet."""
    clock = ManualClock(datetime.now(UTC) - EARLIER)
    graph = Graph(endpoint, clock=clock)
    try:
        story = Story(graph, clock)
        await story.people(("ann", "cas", "eve"), ROLES, groups=False)
        await story.over(await story.incident(category=""))
        keys = {each: await story.change(tasks=False) for each in ("waits", "approved")}
        await story.approved(keys["approved"])
        await story.scheduled(keys["approved"])
        hit = [(await story.element(), "at_risk")]
        model = await story.model()
        keys["standard"] = await story.act("change.from_standard", model, hit)
        keys["begun"] = await story.act("change.from_standard", model, hit)
        await story.act("change.begin", keys["begun"])
        return keys
    finally:
        await graph.close()


def fsg(there: tuple[Served, dict[str, str]], *words: str) -> Said:
    made, _ = there
    return command({"FITSM_URL": made.url, "FITSM_TOKEN": made.token}, *words)


def read(said: Said) -> Any:
    assert said.code in {0, 20}, said.stderr
    return json.loads(said.stdout)


def test_what_does_not_conform_fails_a_gate(there: tuple[Served, dict[str, str]]) -> None:
    asked = ("conformity", "PR9.1", "-o", "json")
    (finding,) = read(fsg(there, *asked))["findings"]
    assert (finding["verdict"], finding["checked"], finding["share"]) == ("nonconforming", 1, 0.0)
    assert [each["indicator"] for each in finding["violations"]] == ["unclassified"]
    assert fsg(there, *asked, "--gate").code == 20
    assert fsg(there, "conformity", "PR9.5", "--gate").code == 0
    ahead = read(fsg(there, *asked, "--to", "2999-01-01T00:00Z"))
    assert ahead["until"] < "2999", "what is to come has not happened"


def test_the_system_as_a_whole_says_what_it_cannot_prove(
    there: tuple[Served, dict[str, str]],
) -> None:
    findings = read(fsg(there, "conformity", "GR", "-o", "json"))["findings"]
    verdicts = {each["requirement"]: each["verdict"] for each in findings}
    assert verdicts["GR1.1"] == "conforming"
    assert verdicts["GR1.2"] == "nonconforming"
    unprovable = {each["title"] for each in findings if each["verdict"] == "not_provable"}
    assert unprovable == set(UNPROVABLE.values())


def test_a_trend_has_a_column_for_each_period(there: tuple[Served, dict[str, str]]) -> None:
    asked = ("conformity", "PR9", "--by", "month")
    table = fsg(there, *asked, "-o", "csv").stdout.splitlines()
    assert len(table) == 7
    assert table[0].count(",") in {6, 7}, "half a year, as far as it goes"
    assert table[1].startswith("PR9.1,,")
    assert table[1].endswith(",0% of 1")
    periods = read(fsg(there, *asked, "-o", "json"))
    assert [each["until"] for each in periods[:-1]] == [each["since"] for each in periods[1:]]
    last = periods[-1]["shares"][0]
    assert (last["requirement"], last["checked"], last["conforming"]) == ("PR9.1", 1, 0)
    many = fsg(there, "conformity", "--by", "week", "--from", "2001-01-01T00:00Z")
    assert many.code == 2


def test_suggestions_are_made_once_and_counted(there: tuple[Served, dict[str, str]]) -> None:
    for times in (1, 2):
        said = fsg(there, "conformity", "PR9.1", "--suggest", "-o", "json")
        assert f"SUG-000001 PR9.1: it has no category, seen {times} times" in said.stderr
    shown = read(fsg(there, "suggestion", "show", "SUG-000001", "-o", "json"))
    assert (shown["source"], shown["timesSeen"]) == ("nonconformity", 2)


@pytest.mark.parametrize(
    ("which", "more", "codes"),
    [
        ("waits", (), ["NOT_APPROVED"]),
        ("approved", (), ["OUTSIDE_ITS_WINDOW"]),
        ("approved", ("--max-risk", "0"), ["OUTSIDE_ITS_WINDOW", "RISK_TOO_HIGH"]),
        ("standard", (), []),
        ("standard", ("--max-risk", "99"), ["RISK_UNKNOWN"]),
        ("begun", (), []),
    ],
)
def test_a_pipeline_asks_whether_a_change_may_be_begun(
    there: tuple[Served, dict[str, str]], which: str, more: tuple[str, ...], codes: list[str]
) -> None:
    said = fsg(there, "change", "check", there[1][which], *more, "-o", "json")
    told = read(said)
    assert [each["code"] for each in told["findings"]] == codes
    assert (said.code, told["passes"]) == (20 if codes else 0, not codes)


def test_a_change_that_is_not_there_is_not_found(there: tuple[Served, dict[str, str]]) -> None:
    assert fsg(there, "change", "check", "CHG-009999").code == 3


def test_ways_to_carry_a_change_out_are_a_table(there: tuple[Served, dict[str, str]]) -> None:
    """Proposed, compared without keeping it and then kept, chosen; and when there are windows."""
    key = there[1]["waits"]
    for title in ("slowly", "at once"):
        assert fsg(there, "change-variant", "propose", key, title).code == 0
    compare = ("change", "compare-variants", key)
    assert fsg(there, *compare, "--dry-run").code == 10, "something would change"
    asked = ("change", "comparison", key, "-o", "json")
    assert [each["seq"] for each in read(fsg(there, *asked))[1:]] == [None, None]
    assert fsg(there, *compare).code == 0
    plans = read(fsg(there, *asked))
    assert [each["holds"] for each in plans[1:]] == [True, True]
    choose = ("change-variant", "choose", plans[1]["key"], "nobody is in a hurry")
    assert fsg(there, *choose, "--dry-run").code == 10
    assert fsg(there, *choose).code == 0
    table = fsg(there, "change", "comparison", key).stdout
    assert "nobody is in a hurry" in " ".join(table.split())
    (window,) = read(fsg(there, "change", "windows", "--first", "1", "-o", "json"))
    assert (window["effect"], window["name"]) == ("maintenance", "weekly-maintenance")
    assert read(fsg(there, "change", "windows", "--effect", "freeze", "-o", "json")) == []


def test_documents_are_issued_listed_read_and_saved(
    there: tuple[Served, dict[str, str]], tmp_path: Path
) -> None:
    """GR2.3: on a terminal, into a pipe, and as files."""
    issued = fsg(there, "document", "issue", "kedb", "--title", "What we know")
    assert (issued.code, issued.stdout) == (0, "DCM-000001\n")
    assert "DCM-000001 issued" in issued.stderr
    (listed,) = read(fsg(there, "document", "list", "-o", "json"))
    assert (listed["title"], listed["kindOfDocument"]) == ("What we know", "kedb")
    content = read(fsg(there, "document", "read", "DCM-000001", "-o", "json"))
    assert content["sections"][0]["facts"][0]["name"] == "known_errors"
    assert "Known errors\t" in fsg(there, "document", "read", "DCM-000001").stdout
    page, file = tmp_path / "kedb.html", tmp_path / "kedb.json"
    for to in (page, file):
        assert fsg(there, "document", "save", "DCM-000001", "--to", str(to)).code == 0
    assert page.read_text("utf-8").startswith("<!doctype html>")
    shown = read(fsg(there, "document", "show", "DCM-000001", "-o", "json"))
    assert hashlib.sha256(file.read_bytes()).hexdigest() == shown["digest"]
    wrong = fsg(there, "document", "save", "DCM-000001", "--to", str(tmp_path / "kedb.pdf"))
    assert (wrong.code, list(tmp_path.glob("*.pdf*"))) == (2, [])
    assert fsg(there, "document", "read", "DCM-000009").code == 3
    assert fsg(there, "document", "issue", "secrets").code == 2
