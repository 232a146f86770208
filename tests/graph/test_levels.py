"""What shows that a process is measured and improved, for the third level of capability (GR7)."""

from typing import Any

from fitsm_graph.csi.conformity import Progress, progress
from fitsm_graph.flow.periods import Period
from fitsm_graph.graph.driver import Endpoint
from graph.syncing import emptied, run

YEAR = Period("2026-01-01T00:00:00.000000Z", "2026-12-31T00:00:00.000000Z")
VALUE = """MERGE (v:KPIValue {kpi: $kpi, until: $until})
SET v.of_process = $process, v.value = $value"""
IMPROVED = """MATCH (before:KPIValue {kpi: $before, until: $since})
MATCH (after:KPIValue {kpi: $kpi, until: $until})
CREATE (before)<-[:AIMS_AT]-(:Improvement {effect: $effect})-[:SHOWN_BY]->(after)"""


def month(number: int) -> str:
    return f"2026-{number:02d}-01T00:00:00.000000Z"


async def test_values_of_two_periods_and_an_effect_that_was_measured(
    neo4j_endpoint: Endpoint,
) -> None:
    """One value is no measuring, and neither is an improvement without effect an improvement."""
    async with emptied(neo4j_endpoint) as graph:
        assert await progress(graph, YEAR) == {}
        values: tuple[tuple[str, str, int, Any], ...] = (
            ("ci_owned", "confm", 2, 0.5),
            ("ci_owned", "confm", 3, 0.9),
            ("ci_fresh", "confm", 2, 0.5),
            ("ci_fresh", "confm", 3, None),
            ("change_emergency", "chm", 2, 0.1),
            ("problem_old", "pm", 2, 1.0),
            ("problem_old", "pm", 3, 2.0),
        )
        for kpi, process, number, value in values:
            given = {"kpi": kpi, "process": process, "value": value}
            await run(graph, VALUE, until=month(number), **given)
        for before, kpi, effect in (
            ("ci_owned", "ci_owned", "improved"),
            ("problem_old", "problem_old", "no_effect"),
            ("ci_owned", "problem_old", "improved"),
        ):
            ends = {"since": month(2), "until": month(3)}
            await run(graph, IMPROVED, before=before, kpi=kpi, effect=effect, **ends)
        assert await progress(graph, YEAR) == {
            "confm": Progress(indicators=1, improvements=1),
            "pm": Progress(indicators=1),
        }
        late = Period(month(2), YEAR.until)
        assert await progress(graph, late) == {"confm": Progress(improvements=1)}
