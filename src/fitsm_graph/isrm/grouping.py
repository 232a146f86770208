"""Which open incidents a new one may be another report of, and why (PR9.1).

On the very same element; near in time with a need in common; in like words on the same service.
Sentences name services and service components only: whoever may read the incident sees those.

It is looked for while others wait to write, so that nothing here costs more with the estate: what
an element needs, and which services need it, is walked once as long as the network stays.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from fitsm_graph.impact.common import needed_by_all, services_over
from fitsm_graph.impact.mapped import Mapped
from fitsm_graph.impact.records import Kind
from fitsm_graph.impact.topology import Topology
from fitsm_graph.isrm.intake_rules import IntakeRules
from fitsm_graph.isrm.likeness import alike_to
from fitsm_graph.kernel.clock import from_text
from fitsm_graph.kernel.text import plural

MOST = 20
"""Incidents that are told of for each reason, and elements of an incident that are looked at."""
Row = Mapping[str, Any]


def grouped(
    rules: IntakeRules,
    mapped: Mapped,
    described: Mapping[str, Any],
    hit: Sequence[str],
    row: Row,
) -> dict[str, str]:
    """Open incidents that are like a new one, each with why; the surest first.

    Args:
        rules: Say how near and how alike they are.
        mapped: Elements and relations.
        described: The new one: its title, and when it began.
        hit: Ids of the elements that it affects.
        row: Of `isrm.registration_context`.
    """
    same = list(dict.fromkeys(key for each in row["elements"] for key in each["incidents"]))
    found = dict.fromkeys(same, "affects the same element")
    mine, going = _numbers(mapped.topology, hit), row["going"]
    found = {**_near(rules, mapped, str(described["starts_at"]), mine, going), **found}
    found = {**_in_words(rules, mapped, str(described["title"]), mine, going), **found}
    order = {key: place for place, key in enumerate(same)}
    return dict(sorted(found.items(), key=lambda each: order.get(each[0], len(order))))


def _near(
    rules: IntakeRules, mapped: Mapped, began: str, mine: Sequence[int], going: Iterable[Row]
) -> dict[str, str]:
    """Those near in time of which an element needs what the new one's elements all need."""
    begun, topology = from_text(began), mapped.topology
    near = [each for each in going if abs(from_text(each["starts_at"]) - begun) <= rules.near]
    if not near or not mine:
        return {}
    needs = needed_by_all(mapped, mine, rules.hops)
    found: dict[str, str] = {}
    for each in near:
        if len(found) == MOST or not needs.elements.size:
            break
        for number in _numbers(topology, each["affects"]):
            common = needs.shared(needed_by_all(mapped, [number], rules.hops)).nearest(topology)
            if common is not None:
                what = _called(topology, common.element)
                found[each["key"]] = f"{_when(begun, each)}, and both need {what}"
                break
    return found


def _numbers(topology: Topology, ids: Iterable[str]) -> list[int]:
    return [number for number in map(topology.find, ids) if number >= 0][:MOST]


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
    rules: IntakeRules, mapped: Mapped, title: str, mine: Sequence[int], going: Iterable[Row]
) -> dict[str, str]:
    """Those in like words on a service of the new one's; on any, while it names nothing.

    A service counts where it needs what is affected, however bad it is already.
    """
    found: dict[str, str] = {}
    like = alike_to(title)
    for each in going:
        if len(found) == MOST:
            break
        share = like(each["title"])
        if share < rules.alike:
            continue
        theirs = services_over(mapped, _numbers(mapped.topology, each["affects"]))
        both = services_over(mapped, mine) & theirs if mine else frozenset[int]()
        if both or not mine:
            on = f", and on {_first_of(mapped.topology, both)}" if both else ""
            found[each["key"]] = f"told in like words ({share:.0%} the same){on}"
    return found


def _first_of(topology: Topology, services: Iterable[int]) -> str:
    """A service by name: the first by its key."""
    key, name = min(topology.key_and_name(number) for number in services)
    return f"{name} ({key})"
