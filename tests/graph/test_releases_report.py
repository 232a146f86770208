"""What is told of the releases of a period, held against what plain Python counts."""

import random
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import pytest

from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.rdm.reporting import releases_report
from graph.syncing import emptied, run

START = datetime(2026, 3, 1, tzinfo=UTC)
SINCE, UNTIL = START + timedelta(days=20), START + timedelta(days=60)
INCIDENTS = [f"INC-{number:06d}" for number in range(20)]
OUTCOMES = ("successful", "failed", "backed_out")
MADE = """UNWIND $rows AS row
  CREATE (release:Record:ProcessRecord:Release) SET release = row.record
  FOREACH (n IN range(1, row.changes) | CREATE (release)-[:CONTAINS]->(:Record:Change))
  FOREACH (n IN range(1, row.waves) | CREATE (release)<-[:WAVE_OF]-(:Record:Deployment))
  FOREACH (each IN row.reviews |
    CREATE (release)<-[:EVALUATES]-(review:Record:DeploymentReview) SET review = each)
  FOREACH (key IN row.owner |
    MERGE (owner:Record:Person {key: key}) CREATE (release)-[:OWNED_BY]->(owner))"""


def drawn(seed: int, count: int) -> list[dict[str, Any]]:
    """Releases of a hundred days, about a third of which belongs to the period."""
    any_of = random.Random(seed)
    rows = []
    for number in range(count):
        done = START + timedelta(minutes=any_of.randrange(100 * 24 * 60))
        begun = done - timedelta(minutes=any_of.randrange(1, 900))
        late = timedelta(minutes=any_of.choice([-30, 0, 30]))
        record = {
            "id": f"{seed}-{number:03d}",
            "key": f"REL-{number:06d}",
            "title": f"release {number}",
            "type": any_of.choice(["minor", "major", None]),
            "status": "deployed",
            "outcome": any_of.choice(OUTCOMES),
            "strategy": any_of.choice(["release-strategy/rolling/1", ""]),
            "failures": any_of.randrange(3),
            "begun_at": to_text(begun) if any_of.random() < 0.9 else None,
            "planned_ends_at": to_text(done - late) if any_of.random() < 0.9 else None,
            "deployed_at": to_text(done) if any_of.random() < 0.9 else None,
        }
        reviews = [
            {
                "id": f"{seed}-{number:03d}-{each}",
                "success": any_of.random() < 0.5,
                "incidents": [
                    f"INC-{any_of.randrange(20):06d}" for _ in range(any_of.randrange(3))
                ],
            }
            for each in range(any_of.randrange(3))
        ]
        more = {"changes": any_of.randrange(4), "waves": any_of.randrange(4)}
        rows.append({"record": record, "reviews": reviews, "owner": ["ada"][number % 2 :], **more})
    edges = [("at its beginning", SINCE), ("at its end", UNTIL)]
    for number, (title, at) in enumerate(edges):
        edge = {"id": f"{seed}-x{number}", "key": f"REL-9{number:05d}", "title": title}
        record = {**rows[0]["record"], **edge, "deployed_at": to_text(at)}
        rows.append({"record": record, "reviews": [], "owner": [], "changes": 1, "waves": 1})
    return rows


def counted(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The same numbers, counted one by one."""
    told = dict.fromkeys(("count", "late", "changes", "waves", "failures", "reviewed"), 0)
    told |= dict.fromkeys((*OUTCOMES, "found_good"), 0)
    spans, incidents = [], set()
    for row in rows:
        record = row["record"]
        told["count"] += 1
        told[record["outcome"]] += 1
        told["changes"] += row["changes"]
        told["waves"] += row["waves"]
        told["failures"] += record["failures"]
        if record["planned_ends_at"] and record["planned_ends_at"] < record["deployed_at"]:
            told["late"] += 1
        if record["begun_at"]:
            first, last = (datetime.fromisoformat(record[n]) for n in ("begun_at", "deployed_at"))
            spans.append(round((last - first).total_seconds() / 60, 2))
        if row["reviews"]:
            told["reviewed"] += 1
            told["found_good"] += row["reviews"][-1]["success"]
        for review in row["reviews"]:
            incidents |= set(review["incidents"])
    minutes = round(median(spans), 2) if spans else None
    return {**told, "minutes": minutes, "incidents": len(incidents)}


@pytest.mark.parametrize(("seed", "count"), [(1, 60), (2, 60), (3, 0)])
@pytest.mark.asyncio(loop_scope="session")
async def test_the_numbers_are_those_that_python_counts(
    neo4j_endpoint: Endpoint, seed: int, count: int
) -> None:
    since, until = to_text(SINCE), to_text(UNTIL)
    async with emptied(neo4j_endpoint) as graph:
        rows = drawn(seed, count) if count else []
        await run(graph, MADE, rows=rows)
        told = releases_report(await graph.rows("rdm.releases_between", since=since, until=until))
        await run(graph, "MATCH (n:Record) DETACH DELETE n")
    meant = [each for each in rows if since <= (each["record"]["deployed_at"] or "") < until]
    expected = counted(meant)
    assert {name: told[name] for name in expected} == expected
    assert [each["key"] for each in told["releases"]] == [
        each["record"]["key"]
        for each in sorted(meant, key=lambda e: (e["record"]["deployed_at"], e["record"]["id"]))
    ]
    for field, lines in (("type", told["by_type"]), ("strategy", told["by_strategy"])):
        names = {each["record"][field] or "-" for each in meant}
        found = {each.pop("name"): each for each in lines}
        assert found == {
            name: counted([e for e in meant if (e["record"][field] or "-") == name])
            for name in names
        }
