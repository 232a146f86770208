"""A period is looked through for trends: read, counted, and what those share found (PR10.1).

Reads alone, and all of it before anybody writes: what is counted may be much.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from fitsm_graph.flow.periods import Period, last_whole
from fitsm_graph.flow.policies import InForce
from fitsm_graph.graph.changes import kind_of
from fitsm_graph.graph.graph import Graph
from fitsm_graph.impact.common import CommonNeed, common_need
from fitsm_graph.impact.mapped import Mapped
from fitsm_graph.impact.topology import Topology
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.pm.trend_rules import TrendRules
from fitsm_graph.pm.trends import Trend, Trends, Window, trends


@dataclass(frozen=True, slots=True)
class Looked:
    """A period that was looked through.

    Attributes:
        rules: Name of the rules.
        rules_key: Key of the version that was in force.
        elements: What is known of elements by id: ``{id, key, name, kind, type}``, of what is
            needed in common as well.
        shared: What all need whose incidents are counted, by place among those that stand out.
    """

    rules: str
    rules_key: str
    trends: Trends
    elements: Mapping[str, Mapping[str, Any]]
    shared: Sequence[CommonNeed | None]


def window_of(rules: TrendRules, period: Period, began: str) -> Window:
    """A period with the past that it is compared with.

    Whole periods of the calendar are compared with as many whole ones before it, any other time
    with a past that is as many times as long.
    """
    since, until = from_text(period.since), from_text(period.until)
    if last_whole(rules.every, until) == [period]:
        past = last_whole(rules.every, since, rules.past)[0].since
    else:
        past = to_text(max(since - rules.past * (until - since), _EARLIEST))
    return Window(period, past, began)


_EARLIEST = from_text("1000-01-01T00:00:00Z")


async def look(graph: Graph, mapped: Mapped, version: InForce, period: Period) -> Looked:
    """Look through a period.

    Args:
        graph: Where the incidents are.
        mapped: Elements and what they need, as they are now.
        version: Rules in force.
        period: Half-open.
    """
    rules: TrendRules = version.value
    window = window_of(rules, period, "")
    rows = await graph.rows("pm.trend_incidents", since=window.past_since, until=period.until)
    ids = sorted({id for row in rows for id in (*row["affects"], *row["causes"])})
    keys = sorted({key for row in rows for key in row["services"]})
    (there,) = await graph.rows("pm.trend_elements", ids=ids, services=keys)
    known = [{**each, "kind": kind_of(each["labels"])} for each in _both(there)]
    elements = {each["id"]: each for each in known}
    named = {each["key"]: each["id"] for each in known if each["kind"] == "Service"}
    counted = [
        {**row, "services": [named[key] for key in row["services"] if key in named]} for row in rows
    ]
    window = replace(window, began=there["began"] or period.until)
    affected = {row["id"]: [id for id in row["affects"] if id in elements] for row in counted}

    def count() -> tuple[Trends, list[CommonNeed | None]]:
        found = trends(counted, elements, rules, window)
        told = found.significant[: rules.most]
        return found, [_shared(mapped, each, affected) for each in told]

    found, shared = await asyncio.to_thread(count)
    topology, common = mapped.topology, [each for each in shared if each is not None]
    more = {each.element: _seen(topology, each.element) for each in common}
    return Looked(version.name, version.key, found, {**more, **elements}, shared)


def _seen(topology: Topology, id: str) -> dict[str, Any]:
    """What the topology knows of an element."""
    row = topology.row(topology.number(id))
    return {"id": id, "key": row.key, "name": row.name, "kind": row.kind, "type": row.type}


def _both(there: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*there["elements"], *there["services"]]


def _shared(
    mapped: Mapped, trend: Trend, affected: Mapping[str, Sequence[str]]
) -> CommonNeed | None:
    """What all elements need that the incidents of a trend affect."""
    return common_need(mapped, sorted({id for one in trend.incidents for id in affected[one]}))


def due_of(rules: TrendRules, period: Period, at: str) -> tuple[str, str]:
    """By when findings have to be decided on, and the next period has to be looked through.

    Args:
        rules: In force.
        period: That is looked through.
        at: When, in the stored form.
    """
    ends = from_text(period.until)
    length: timedelta = ends - from_text(period.since)
    return to_text(from_text(at) + rules.within), to_text(ends + length + rules.within)
