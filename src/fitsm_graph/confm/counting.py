"""How many CIs enough is known of, as an indicator (PR11.2)."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from fitsm_graph.confm.policies import COMPLETENESS, Completeness, KnownOf
from fitsm_graph.confm.types import in_force as types_in
from fitsm_graph.flow.counting import counting
from fitsm_graph.flow.periods import Period
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.weighing import in_force
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.model.registry_types import CI


def complete(
    policies: Policies, _period: Period, rows: Sequence[Mapping[str, Any]]
) -> tuple[int, int]:
    """CIs of which the share of the bar is known, and all of which something is asked.

    Args:
        policies: In force: what has to be known.
        rows: Definitions of types, and then CIs that are alike; nothing where there are no CIs.
    """
    rule: Completeness | None = in_force(policies, COMPLETENESS)
    if rule is None or not rows:
        return 0, 0
    registry, ages = types_in(dict(rows[0])), spans(rule)
    enough = of = 0
    for row in rows[1:]:
        wanted = rule.of(CI, row["type"], registry)
        asked = len(wanted.known) + len(wanted.related) + (wanted.fresh is not None)
        if asked:
            of += row["many"]
            if 1 - missing(wanted, row, ages) / asked >= rule.bar:
                enough += row["many"]
    return enough, of


def missing(wanted: KnownOf, row: Mapping[str, Any], ages: Sequence[timedelta]) -> int:
    """How much of what has to be known of CIs that are alike is not."""
    known = {*row["known"]} - {"owner"} | ({"owner"} if row["owned"] else set())
    lacking = sum(name not in known for name in wanted.known)
    lacking += sum(name not in row["related"] for name in wanted.related)
    stale = wanted.fresh is not None and row["fresh"] <= ages.index(wanted.fresh)
    return lacking + stale


def spans(rule: Completeness) -> list[timedelta]:
    """How old what is known may be, the longest first."""
    said = {each.fresh for each in rule.types.values() if each.fresh is not None}
    return sorted(said, reverse=True)


@counting("ci_complete", "ages", counts=complete)
def moments(policies: Policies, period: Period) -> dict[str, list[str]]:
    """After which moments a CI has to be changed or attested to be fresh, the earliest first."""
    rule: Completeness | None = in_force(policies, COMPLETENESS)
    until = from_text(period.until)
    return {"ages": [to_text(until - each) for each in (spans(rule) if rule else [])]}
