"""What may help with an incident, the likeliest first (PR9.2).

Known errors back off: those at the very elements, then at the services that are reached, then at
anything of the same type, then of the types above it, the nearest first. Changes and deviations are
suspected the more, the nearer they were in the graph and in time.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from fitsm_graph.kernel.clock import from_text
from fitsm_graph.model.registry import TypeRegistry

AT = ("element", "service", "type", "supertype")
"""Where a known error is known from, the closest first."""
HALF_LIFE_HOURS = 24.0
"""After so long a change is half as suspect."""
_OF_A_WAY = ("key", "workaround", "carried_out_by", "verified_at", "used", "helped")
Row = Mapping[str, Any]


def known_errors(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Known errors, each once where it is closest; those that helped more often come first.

    What counts is the best of the ways that help against each, which are told with it.

    Args:
        rows: ``{at, key, workaround, used, helped, others}`` each, and what else there is to tell.
    """
    best: dict[str, Row] = {}
    for row in rows:
        if row["key"] not in best or row["at"] < best[row["key"]]["at"]:
            best[row["key"]] = row
    ranked = [{**row, "workarounds": workarounds(row)} for row in best.values()]
    ranked.sort(key=lambda row: (row["at"], -_best(row), row["key"]))
    return [{**row, "at": AT[min(row["at"], len(AT) - 1)]} for row in ranked]


def workarounds(known: Row) -> list[dict[str, Any]]:
    """All ways that help against a known error, its own and others: the likeliest first."""
    own = [known] if known["workaround"] else []
    told = [{name: way.get(name) for name in _OF_A_WAY} for way in (*own, *known["others"])]
    return sorted(told, key=lambda way: (-_rate(way), way["key"]))


def _best(known: Row) -> float:
    return max(_rate(way) for way in (known, *known["workarounds"]))


def _rate(row: Row) -> float:
    """How often it helped, drawn to one half as long as it was tried seldom."""
    return float(((row["helped"] or 0) + 1) / ((row["used"] or 0) + 2))


def types_near(registry: TypeRegistry, types: Iterable[str]) -> list[dict[str, Any]]:
    """CI types with how far they are from some: 0 the same, 1 one with the same parent, and so on.

    Args:
        registry: The types in force.
        types: Of the elements; one that is not known there is near nothing.
    """
    found: dict[str, int] = {}
    for type in types:
        lineage = registry.lineage(type) if type in registry.ci_types else ()
        for steps, above in enumerate(lineage):
            for each in (type,) if not steps else registry.subtypes(above):
                found[each] = min(steps, found.get(each, steps))
    return [{"type": name, "steps": found[name]} for name in sorted(found)]


def near_releases(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Releases near an incident: first those deployed, the latest first, then those to come."""
    deployed = [dict(row) for row in rows if row["deployed_at"]]
    ahead = [dict(row) for row in rows if not row["deployed_at"]]
    deployed.sort(key=lambda row: (row["deployed_at"], row["key"]), reverse=True)
    ahead.sort(key=lambda row: (row["planned_starts_at"] or "~", row["key"]))
    return deployed + ahead


def suspected_changes(rows: Iterable[Row], began: str) -> list[dict[str, Any]]:
    """Changes that were under way before an incident began, the most suspect first.

    Args:
        rows: ``{key, starts_at, ends_at, hops}`` each.
        began: When the incident began, in the stored form.
    """
    return _suspected(((row, row["ends_at"] or began) for row in rows), began)


def suspected_deviations(rows: Iterable[Row], began: str) -> list[dict[str, Any]]:
    """Deviations that were found before an incident began, and not gone long before.

    Args:
        rows: ``{key, found_at, closed_at, hops}`` each.
        began: When the incident began, in the stored form.
    """
    return _suspected(((row, row["closed_at"] or row["found_at"]) for row in rows), began)


def _suspected(rows: Iterable[tuple[Row, str]], began: str) -> list[dict[str, Any]]:
    """Rows with how suspect they are, by their steps and by when they were last."""
    found = []
    for row, moment in rows:
        last = min(moment, began)
        hours = max(0.0, (from_text(began) - from_text(last)).total_seconds() / 3_600)
        weight = 1 / (1 + row["hops"]) * 0.5 ** (hours / HALF_LIFE_HOURS)
        found.append({**row, "hours_before": round(hours, 2), "weight": round(weight, 4)})
    return sorted(found, key=lambda row: (-row["weight"], row["key"]))
