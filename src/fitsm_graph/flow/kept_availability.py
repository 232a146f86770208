"""In how many of the times that agreements promise, availability was kept: an indicator (PR9.2)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from fitsm_graph.flow.availability import earliest, promises, spans_of, taken_down
from fitsm_graph.flow.counting import counting
from fitsm_graph.flow.periods import Period
from fitsm_graph.flow.policies import Policies
from fitsm_graph.kernel.clock import from_text, to_text


def kept(policies: Policies, period: Period, rows: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """Services of agreements of which no time that ended in the period was missed, and all such.

    Args:
        policies: In force: what is agreed on.
        period: The one that is looked at.
        rows: Incidents that took services down.
    """
    since, until = from_text(period.since), from_text(period.until)
    by_service = defaultdict(list)
    for incident in rows:
        for service in taken_down(incident):
            by_service[service].append(incident)
    missed = [
        each.missed(spans_of(by_service[each.service], until), since, until)
        for each in promises(policies)
        if each.periods(since, until, whole=True)
    ]
    return missed.count(0), len(missed)


@counting("availability_kept", "from", counts=kept)
def since_when(policies: Policies, period: Period) -> dict[str, str]:
    """From when on incidents matter: a time that ends in the period may begin before it."""
    begun = earliest(policies, from_text(period.since), from_text(period.until))
    return {"from": to_text(begun)}
