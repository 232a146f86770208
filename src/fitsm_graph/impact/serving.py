"""Which services need an element: the cones of all services, turned round."""

from typing import Final

import numpy as np

from fitsm_graph.impact.engine.cones import cone_up
from fitsm_graph.impact.mapped import Mapped
from fitsm_graph.impact.records import Kind
from fitsm_graph.kernel.errors import Refused

MOST_PAIRS: Final = 500_000
"""Pairs of a service and an element that it needs."""


def needed_by_services(mapped: Mapped) -> dict[str, list[str]]:
    """Keys of the services that need an element, and its own if it is one, by its id.

    Raises:
        Refused: GROUPS_TOO_LARGE, where many services need so much that it is not sent.
    """
    topology = mapped.topology
    found: dict[str, list[str]] = {}
    pairs = 0
    services = np.flatnonzero(topology.live & (topology.elements.kind == Kind.SERVICE))
    for service in services.tolist():
        key = topology.key_and_name(service)[0]
        needed = cone_up(mapped.network, [service]).tolist()
        pairs += len(needed)
        if pairs > MOST_PAIRS:
            raise Refused(
                "services need too many elements to group by them",
                code="GROUPS_TOO_LARGE",
                why=f"{MOST_PAIRS:,} pairs of a service and an element at most",
                remedy="ask `dependencies` of one service after the other",
            )
        for number in needed:
            found.setdefault(topology.id(number), []).append(key)
    return found
