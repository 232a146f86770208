"""Needs that bear the loss of a member, and what they do not bear all the same."""

from collections.abc import Sequence

from fitsm_graph.impact import upstream
from fitsm_graph.impact.network import Network
from fitsm_graph.impact.snapshot import Standing
from fitsm_graph.impact.upstream import SharedFate

LEAST_EXAMINED = 1_000
"""Elements that are examined of each need, however many needs there are."""


def redundant_needs(network: Network, target: int, *, deep: bool) -> list[int]:
    """Needs with more members than they need, nearest first.

    Args:
        network: The network.
        target: Element number.
        deep: Whether to take those of everything it depends on, too.
    """
    owners = upstream.cone_up(network, [target]).tolist() if deep else [target]
    return [
        need
        for owner in owners
        for need in network.requirements(owner).tolist()
        if network.members(need).size > 1 and network.total[need] > network.need[need]
    ]


def fates_of(standing: Standing, needs: Sequence[int]) -> list[SharedFate]:
    """What some needs do not bear although they are redundant; each is examined so far."""
    most = max(LEAST_EXAMINED, upstream.MOST_ELEMENTS // max(1, len(needs)))
    network, before = standing.mapped.network, standing.before
    return [upstream.shared_fate(network, before, need, most=most) for need in needs]
