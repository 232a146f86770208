"""Which open incidents a new one may be another report of, and why (PR9.1).

On the very same element; near in time with a need in common; in like words on the same service.
Sentences name services and service components only: whoever may read the incident sees those.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from fitsm_graph.impact.common import common_need
from fitsm_graph.impact.network import Strength
from fitsm_graph.impact.records import Kind
from fitsm_graph.impact.topology import Topology
from fitsm_graph.impact.walks import NOT_REACHED, Way, Ways, reach
from fitsm_graph.isrm.intake_rules import IntakeRules
from fitsm_graph.isrm.likeness import alike
from fitsm_graph.kernel.clock import from_text
from fitsm_graph.kernel.text import plural

MOST = 20
"""Incidents that are told of for each reason."""
Row = Mapping[str, Any]


def grouped(
    rules: IntakeRules,
    topology: Topology,
    described: Mapping[str, Any],
    hit: Sequence[str],
    row: Row,
) -> dict[str, str]:
    """Open incidents that are like a new one, each with why; the surest first.

    Args:
        rules: Say how near and how alike they are.
        topology: Elements and relations.
        described: The new one: its title, and when it began.
        hit: Ids of the elements that it affects.
        row: Of `isrm.registration_context`.
    """
    same = list(dict.fromkeys(key for each in row["elements"] for key in each["incidents"]))
    found = dict.fromkeys(same, "affects the same element")
    found = {**_near(rules, topology, str(described["starts_at"]), hit, row["going"]), **found}
    found = {**_in_words(rules, topology, str(described["title"]), hit, row["going"]), **found}
    order = {key: place for place, key in enumerate(same)}
    return dict(sorted(found.items(), key=lambda each: order.get(each[0], len(order))))


def _near(
    rules: IntakeRules, topology: Topology, began: str, hit: Sequence[str], going: Iterable[Row]
) -> dict[str, str]:
    """Those near in time whose elements need something that the new one's need as well.

    Two walks tell which they are, however many incidents there are: to all that the new one needs,
    and from there to all that needs some of it.
    """
    begun = from_text(began)
    near = [each for each in going if abs(from_text(each["starts_at"]) - begun) <= rules.near]
    mine = _numbers(topology, hit)
    if not near or not mine.size:
        return {}
    needs = reach(Ways(topology, Way.UPSTREAM, weakest=Strength.SOFT), mine, rules.hops)
    shared = reach(
        Ways(topology, Way.DOWNSTREAM, weakest=Strength.SOFT), needs.elements, rules.hops
    )
    found: dict[str, str] = {}
    for each in near:
        theirs = _numbers(topology, each["affects"])
        touched = theirs[shared.hops[theirs] != NOT_REACHED]
        if not touched.size:
            continue
        common = common_need(topology, [*hit, topology.id(int(touched[0]))])
        if common is not None and common.hops <= rules.hops:
            what = _called(topology, common.element)
            found[each["key"]] = f"{_when(begun, each)}, and both need {what}"
        if len(found) == MOST:
            break
    return found


def _numbers(topology: Topology, ids: Iterable[str]) -> np.ndarray[Any, np.dtype[np.int32]]:
    return np.asarray([n for n in map(topology.find, ids) if n >= 0], np.int32)


def _called(topology: Topology, id: str) -> str:
    """An element by name where everybody sees it."""
    number = topology.number(id)
    if topology.kind(number) not in {Kind.SERVICE, Kind.COMPONENT}:
        return "the same element"
    key, name = topology.key_and_name(number)
    return f"{name} ({key})"


def _when(begun: datetime, other: Row) -> str:
    minutes = round((begun - from_text(other["starts_at"])) / timedelta(minutes=1))
    if minutes == 0:
        return "began at the same time"
    side = "before" if minutes > 0 else "after"
    return f"began {plural(abs(minutes), 'minute')} {side}"


def _in_words(
    rules: IntakeRules, topology: Topology, title: str, hit: Sequence[str], going: Iterable[Row]
) -> dict[str, str]:
    """Those in like words on a service of the new one's; on any, while it names nothing.

    A service counts where it needs what is affected, however bad it is already.
    """
    found: dict[str, str] = {}
    mine: Mapping[str, str] | None = None
    for each in going:
        share = alike(title, each["title"])
        if share < rules.alike:
            continue
        mine = _services(topology, hit) if mine is None else mine
        both = sorted(mine.keys() & _services(topology, each["affects"]).keys())
        if both or not hit:
            on = f", and on {mine[both[0]]} ({both[0]})" if both else ""
            found[each["key"]] = f"told in like words ({share:.0%} the same){on}"
        if len(found) == MOST:
            break
    return found


def _services(topology: Topology, ids: Iterable[str]) -> dict[str, str]:
    """Names of the services that need some elements, or are among them, by key."""
    numbers = _numbers(topology, ids)
    if not numbers.size:
        return {}
    reached = reach(Ways(topology, Way.DOWNSTREAM, weakest=Strength.SOFT), numbers).elements
    services = reached[topology.elements.kind[reached] == Kind.SERVICE]
    return dict(topology.key_and_name(int(number)) for number in services)
