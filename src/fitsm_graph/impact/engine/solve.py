"""Solving a network, and what-if on top of a solution."""

from types import ModuleType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fitsm_graph.impact.engine import fast, plain
from fitsm_graph.impact.engine.arrays import (
    DIRTY,
    ELEMENTS,
    QUEUED,
    TOUCHED,
    Scratch,
    new_scratch,
    whole_slack,
    wiring_of,
)
from fitsm_graph.impact.engine.compiled import default_kernel
from fitsm_graph.impact.engine.rings import rings_of
from fitsm_graph.impact.engine.solution import Scenario, Solution
from fitsm_graph.impact.network import DOWN, SOFT, UP, Bytes, Indices, Network, frozen
from fitsm_graph.kernel.errors import BadInput


def solve(network: Network, own: ArrayLike | None = None, *, kernel: str = "") -> Solution:
    """Find the least state of a network that satisfies rules 1 to 4 of design section 4.

    Args:
        network: The network.
        own: Own state of each element, 0 (UP) to 3 (DOWN), [N]; all UP if not given.
        kernel: ``numba`` or ``numpy``; what the setting or the machine offers if not given.

    Returns:
        States and slacks, at a cost linear in the network.

    Raises:
        BadInput: ``own`` has the wrong length or a value that is no level.
    """
    levels = _own_levels(network, own)
    kernel = kernel or default_kernel()
    scratch = new_scratch(network, levels.copy(), whole_slack(network))
    _start(network, scratch)
    base = np.zeros(network.element_count, np.uint8)
    _loops(kernel).propagate(wiring_of(network), scratch, base)
    scratch.slack[:, 3] &= ~TOUCHED
    return Solution(
        network, frozen(levels), frozen(scratch.state), frozen(scratch.slack),
        frozen(scratch.order), kernel,
    )  # fmt: skip


def _own_levels(network: Network, own: ArrayLike | None) -> Bytes:
    if own is None:
        return np.zeros(network.element_count, np.uint8)
    given = np.asarray(own)
    if given.shape != (network.element_count,):
        raise BadInput(
            f"own states have shape {given.shape} for {network.element_count} elements",
            code="BAD_COLUMN",
            path=("own",),
        )
    return _checked_levels(given).copy()


def _checked_levels(given: NDArray[np.generic]) -> Bytes:
    if given.dtype.kind not in "iu" or (
        given.size and not UP <= given.min() <= given.max() <= DOWN
    ):
        raise BadInput(
            "an own state is no level",
            why="levels are 0 (UP), 1 (AT_RISK), 2 (DEGRADED) and 3 (DOWN)",
            code="BAD_LEVEL",
            path=("own",),
        )
    return given.astype(np.uint8)


def _start(network: Network, scratch: Scratch) -> None:
    """Queue what is not UP from the start, and have a look at every ring."""
    counted = wiring_of(network).counted
    born = counted[network.total[counted] < network.need[counted]]
    born = born[network.strength[born] >= SOFT]
    np.maximum.at(scratch.state, network.of[born], network.strength[born] + np.uint8(1))
    scratch.seen[:] = UP
    seeds = np.flatnonzero(scratch.state)
    scratch.queue[: seeds.size] = seeds
    rings = rings_of(network).start.size - 1
    scratch.dirty[:] = 7
    scratch.dirty_rings[:rings] = np.arange(rings)
    scratch.counts[QUEUED], scratch.counts[DIRTY] = seeds.size, rings


def worsen(
    network: Network, baseline: Solution, elements: ArrayLike, levels: ArrayLike = DOWN
) -> Scenario:
    """What happens on top of a baseline when own states get worse; cost = relations reached.

    Safe to call from several threads at once on one baseline.

    Args:
        network: The network of the baseline.
        baseline: Where to start from.
        elements: Elements whose own state changes, distinct.
        levels: Their new own states, one for all or one each.

    Raises:
        BadInput: An unknown element, one given twice, a value that is no level, or a level
            better than the baseline's own state (see `restore`).
    """
    changed, own = _changes(network, elements, levels)
    if bool((own < baseline.own[changed]).any()):
        raise BadInput(
            "an own state gets better",
            why="only a worse state can be worked out from the difference alone",
            remedy="use restore, which solves the network anew",
            code="NOT_WORSE",
            path=("levels",),
        )
    return _worsened(baseline, changed, own)


def _worsened(baseline: Solution, changed: Indices, own: Bytes) -> Scenario:
    loops, scratch = _loops(baseline.kernel), baseline.borrow()
    _seed(baseline, scratch, changed, own)
    loops.propagate(wiring_of(baseline.network), scratch, baseline.state)
    difference = loops.collect(scratch, baseline.state, baseline.counted_slack)
    baseline.give_back(scratch)
    return Scenario(baseline, changed, own, *difference)


def _seed(baseline: Solution, scratch: Scratch, changed: Indices, own: Bytes) -> None:
    fallen = own > baseline.state[changed]
    seeds = changed[fallen]
    scratch.state[seeds] = own[fallen]
    scratch.queue[: seeds.size] = scratch.elements[: seeds.size] = seeds
    scratch.counts[QUEUED] = scratch.counts[ELEMENTS] = seeds.size


def _changes(network: Network, elements: ArrayLike, levels: ArrayLike) -> tuple[Indices, Bytes]:
    """Changed elements, ascending, and their levels."""
    given = np.atleast_1d(np.asarray(elements))
    if given.size == 0:
        return np.empty(0, np.int32), np.empty(0, np.uint8)
    if given.dtype.kind not in "iu" or not 0 <= given.min() <= given.max() < network.element_count:
        raise BadInput(
            "an element is unknown",
            why=f"elements are numbered from 0 to {network.element_count - 1}",
            code="UNKNOWN_ELEMENT",
            path=("elements",),
        )
    own = np.broadcast_to(_checked_levels(np.asarray(levels)), given.shape)
    changed, first = np.unique(given, return_index=True)
    if changed.size < given.size:
        raise BadInput("an element is given twice", code="DUPLICATE_ELEMENT", path=("elements",))
    return changed.astype(np.int32), own[first]


def restore(
    network: Network, baseline: Solution, elements: ArrayLike, levels: ArrayLike = UP
) -> Scenario:
    """What happens when own states change in any direction; solves the network anew.

    A counter cannot simply be given back: elements that hold one another down would stay so
    for ever. Cost is linear in the network.

    Args:
        network: The network of the baseline.
        baseline: What to compare with.
        elements: Elements whose own state changes, distinct.
        levels: Their new own states, one for all or one each; UP if not given.

    Raises:
        BadInput: As `worsen`, except that better states are allowed.
    """
    return _restored(baseline, *_changes(network, elements, levels))


def _restored(baseline: Solution, changed: Indices, own: Bytes) -> Scenario:
    levels_now = baseline.own.copy()
    levels_now[changed] = own
    anew = solve(baseline.network, levels_now, kernel=baseline.kernel)
    touched = np.flatnonzero(anew.state != baseline.state).astype(np.int32)
    differs = (anew.counted_slack != baseline.counted_slack).any(axis=1)
    reached = np.flatnonzero(differs).astype(np.int32)
    after, slack = anew.state[touched], anew.counted_slack[reached]
    return Scenario(baseline, changed, own, touched, after, reached, slack)


def assess(
    network: Network, baseline: Solution, elements: ArrayLike, levels: ArrayLike
) -> Scenario:
    """The scenario of changed own states: `worsen` where all get worse, else `restore`."""
    changed, own = _changes(network, elements, levels)
    worse = bool((own >= baseline.own[changed]).all())
    return (_worsened if worse else _restored)(baseline, changed, own)


def sweep(
    network: Network,
    baseline: Solution,
    faults: ArrayLike,
    *,
    start: ArrayLike | None = None,
    watched: ArrayLike | None = None,
) -> tuple[NDArray[np.int64], Indices, Bytes]:
    """Let many sets of elements go DOWN, each set by itself, and say what gets worse.

    For whole-estate questions: call it with some thousand faults at a time to show progress.

    Args:
        network: The network of the baseline.
        baseline: Where each case starts from.
        faults: Elements that go DOWN, case after case.
        start: Where each case begins among them, [cases+1]; one element a case if not given.
        watched: Elements to report; all if not given.

    Returns:
        Three columns: case, element, its state; a row for each watched element that is worse
        than in the baseline.
    """
    fallen = np.asarray(faults, np.int32)
    first = np.arange(fallen.size + 1) if start is None else np.asarray(start)
    shown = np.full(network.element_count, watched is None, np.uint8)
    if watched is not None:
        shown[np.asarray(watched, np.intp)] = 1
    loops, scratch = _loops(baseline.kernel), baseline.borrow()
    result: tuple[NDArray[np.int64], Indices, Bytes] = loops.sweep(
        wiring_of(network), scratch, baseline.state, baseline.counted_slack,
        first.astype(np.int64), fallen, shown,
    )  # fmt: skip
    baseline.give_back(scratch)
    return result


def _loops(kernel: str) -> ModuleType:
    return plain if kernel == "numpy" else fast
