"""Which of some elements depend on which, along whatever lies between them.

Elements that depend on each other in a circle come neither before nor after one another.
"""

from collections.abc import Iterator, Sequence

from fitsm_graph.impact.network import INFO, Network


def providers_of(network: Network, elements: Sequence[int]) -> list[int]:
    """Which of some elements each of them depends on, directly or by others.

    Informational requirements are no dependency: nothing fails by them.

    Args:
        network: The requirements.
        elements: Numbers, each once.

    Returns:
        For each element a set of places in `elements`, as the bits of a number; its own place and
        those in a circle with it are not among them.
    """
    bit = {number: 1 << place for place, number in enumerate(elements)}
    below: dict[int, int] = {}
    component: dict[int, int] = {}
    held: list[int] = []
    for members in _components(network, elements):
        beneath = 0
        for number in members:
            component[number] = len(held)
        for number in members:
            for provider in _providers(network, number):
                if component[provider] != len(held):
                    beneath |= held[component[provider]]
        own = 0
        for number in members:
            own |= bit.get(number, 0)
            if number in bit:
                below[number] = beneath
        held.append(beneath | own)
    return [below[number] for number in elements]


def _providers(network: Network, number: int) -> Iterator[int]:
    for requirement in network.requirements(number).tolist():
        if network.strength[requirement] != INFO:
            yield from network.members(requirement).tolist()


def _components(network: Network, elements: Sequence[int]) -> Iterator[list[int]]:
    """Circles and single elements of all that some elements depend on, providers first.

    Tarjan's algorithm with a stack of its own, as chains may be longer than Python's.
    """
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    open_: list[int] = []
    is_open: set[int] = set()
    for root in elements:
        if root in order:
            continue
        order[root] = low[root] = len(order)
        open_.append(root)
        is_open.add(root)
        walk = [(root, _providers(network, root))]
        while walk:
            number, left = walk[-1]
            for provider in left:
                if provider not in order:
                    order[provider] = low[provider] = len(order)
                    open_.append(provider)
                    is_open.add(provider)
                    walk.append((provider, _providers(network, provider)))
                    break
                if provider in is_open:
                    low[number] = min(low[number], order[provider])
            else:
                walk.pop()
                if walk:
                    low[walk[-1][0]] = min(low[walk[-1][0]], low[number])
                if low[number] == order[number]:
                    yield _closed(open_, is_open, number)


def _closed(open_: list[int], is_open: set[int], first: int) -> list[int]:
    members = []
    while True:
        number = open_.pop()
        is_open.discard(number)
        members.append(number)
        if number == first:
            return members
