"""KPIs as people and pipelines call them: asked, kept, suggested from, aimed at (PR14)."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from e2e.cli_inside import Said, Served, command, served
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.clock import ManualClock, to_text
from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import RoleWord
from graph.conformity_story import Story

NOW = datetime.now(UTC)
AN_HOUR_AGO = to_text(NOW - timedelta(hours=1))
ROLES = ((RoleWord.PROCESS_MANAGER, "ann", Process.ISRM),)


@pytest.fixture(scope="module")
def there(neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server, where one of two resolved incidents was opened again."""
    with served(neo4j_endpoint, tmp_path_factory.mktemp("server")) as made:
        asyncio.run(done_before(neo4j_endpoint))
        yield made


async def done_before(endpoint: Endpoint) -> None:
    clock = ManualClock(NOW)
    graph = Graph(endpoint, clock=clock)
    try:
        story = Story(graph, clock)
        await story.people(("ann", "eve"), ROLES, groups=False)
        first, second = await story.incident(), await story.incident()
        for key in (first, second):
            await story.resolved(key)
        await story.act("incident.reopen", second, "it is there again")
        improvement = await story.improvement()
        action = await story.action(improvement)
        await story.act("improvement_action.complete", action)
    finally:
        await graph.close()


def fsg(there: Served, *words: str) -> Said:
    return command({"FITSM_URL": there.url, "FITSM_TOKEN": there.token}, *words)


def read(said: Said) -> Any:
    assert said.code in {0, 20}, said.stderr
    return json.loads(said.stdout)


def test_a_period_is_told_with_its_target_and_its_trend(there: Served) -> None:
    asked = ("kpi", "incident_reopened", "--from", AN_HOUR_AGO, "--trend", "3")
    (found,) = read(fsg(there, *asked, "-o", "json"))
    said = [found[name] for name in ("value", "numerator", "denominator", "standing", "better")]
    assert said == [0.5, 1, 2, "missed", "lower"]
    assert found["since"] == AN_HOUR_AGO
    assert found["definition"] == "kpi/incident_reopened/1"
    assert [each["standing"] for each in found["trend"]] == ["nothing_to_measure"] * 3
    assert found["trend"][0]["until"] == found["trend"][1]["since"]
    table = fsg(there, *asked).stdout
    assert "50 %" in table
    assert "≤ 5 %" in table
    assert "···" in table


def test_without_a_period_the_last_whole_one_is_meant(there: Served) -> None:
    found = read(fsg(there, "kpi", "--process", "isrm", "--trend", "2", "-o", "json"))
    assert len(found) == 8
    for each in found:
        assert each["value"] is None
        assert each["standing"] == "nothing_to_measure"
        assert each["until"] <= to_text(datetime.now(UTC))
        assert each["trend"][-1]["since"] == each["since"]


def test_a_target_that_is_missed_fails_a_gate(there: Served) -> None:
    since = ("--from", AN_HOUR_AGO)
    assert fsg(there, "kpi", "incident_reopened", *since, "--gate").code == 20
    assert fsg(there, "kpi", "incident_backlog", *since, "--gate").code == 0
    assert fsg(there, "kpi", "incident_reopened", "--gate").code == 0


@pytest.mark.parametrize(
    "words",
    [
        ("incident_reopend",),
        ("--process", "slm"),
        ("--trend", "25"),
        ("--from", "2026-02-01T00:00Z", "--to", "2026-01-01T00:00Z"),
    ],
)
def test_what_cannot_be_meant_is_refused(there: Served, words: tuple[str, ...]) -> None:
    assert fsg(there, "kpi", *words).code == 2


def test_suggestions_are_made_once_and_counted(there: Served) -> None:
    asked = ("kpi", "incident_reopened", "--from", AN_HOUR_AGO, "--suggest", "-o", "json")
    for times in (1, 2):
        said = fsg(there, *asked).stderr
        assert f"Incidents that were opened again: the target is missed, seen {times} times" in said
    page = read(fsg(there, "suggestion", "list", "-o", "json"))
    (shown,) = [each for each in page if each["source"] == "measurement"]
    assert (shown["finding"], shown["timesSeen"]) == ("kpi/incident_reopened", 2)
    assert "count" not in shown["description"]
    assert "share: 1 of 2" in shown["description"]
    good = fsg(there, "suggestion", "from-kpi", "incident_reopened")
    assert "TARGET_NOT_MISSED" in good.stderr


def test_a_period_is_kept_when_it_is_over(there: Served) -> None:
    ahead = to_text(datetime.now(UTC) + timedelta(days=1))
    given = ("--since", AN_HOUR_AGO, "--until")
    early = fsg(there, "kpi-value", "measure", "incident_reopened", *given, ahead)
    assert "PERIOD_NOT_OVER" in early.stderr
    over = to_text(datetime.now(UTC))
    keys = {
        fsg(there, "kpi-value", "measure", "incident_reopened", *given, over).stdout.strip()
        for _ in range(2)
    }
    assert len(keys) == 1
    shown = read(fsg(there, "kpi-value", "show", *keys, "-o", "json"))
    assert (shown["value"], shown["standing"]) == (0.5, "missed")
    assert shown["definition"] == "kpi/incident_reopened/1"
    assert len(shown["formulaDigest"]) == 64
    half = fsg(there, "kpi-value", "measure", "incident_reopened", "--until", over)
    assert half.code == 2


def test_an_improvement_shows_its_effect(there: Served) -> None:
    assert fsg(there, "improvement", "aim", "IMP-000001", "incident_backlog").code == 0
    assert fsg(there, "improvement", "aim", "IMP-000001", "incident_reopened").code == 0
    assert fsg(there, "improvement", "implement", "IMP-000001").code == 0
    said = fsg(there, "improvement", "review", "IMP-000001", "improved", "nothing came back")
    assert said.code == 0, said.stderr
    shown = read(fsg(there, "improvement", "show", "IMP-000001", "-o", "json"))
    before, after = shown["aimsAt"], shown["shownBy"]
    values = {each["key"]: each for each in read(fsg(there, "kpi-value", "list", "-o", "json"))}
    assert values[before["key"]]["kpi"] == "incident_reopened"
    assert values[after["key"]]["kpi"] == "incident_reopened"
    assert values[before["key"]]["until"] <= values[after["key"]]["since"]
    assert values[after["key"]]["since"] == shown["implementedAt"]
