"""Rows about plain reachability: this engine and the libraries, the same answers, turn by turn."""

import statistics
from collections.abc import Callable

from benchmarks.peers import Peer, ours, peers
from fitsm_graph.cli.bench import Estate
from fitsm_graph.cli.measure import AT_LEAST, Goal, Results, medians
from fitsm_graph.cli.output import note

# How many times as fast as a library, by size of the estate (design section 11).
GOALS = {
    100_000: {"igraph": Goal(0.5, AT_LEAST), "rustworkx": Goal(1, AT_LEAST),
              "networkx": Goal(10, AT_LEAST)},
    1_000_000: {name: Goal(1, AT_LEAST) for name in ("igraph", "rustworkx", "networkx")},
}  # fmt: skip
TOO_LARGE_FOR_NETWORKX = 500_000
REPEATS, REPEATS_OF_LARGE = 7, 3


def reach_rows(estate: Estate, results: Results) -> None:
    """50 sources, a typical one and the worst hub against every library that is there."""
    large = estate.made.size > TOO_LARGE_FOR_NETWORKX
    note(f"{estate.label}: loading the libraries …")
    others, missing = peers(estate.made, without=["networkx"] if large else [])
    if missing:
        note(f"not installed, so not measured: {', '.join(missing)} (make setup EXTRAS=bench)")
    if large:
        note("networkx is left out at this size: it would take 5 GB and minutes to load")
    everybody = [ours(estate.mapped.network), *others]
    _agree(everybody, [*estate.sources, estate.hub, *estate.ring[:5]])
    label, repeats = f"reachability, {estate.label}", REPEATS_OF_LARGE if large else REPEATS
    fifty = {peer.name: _each(peer, estate.sources) for peer in everybody}
    _compare(f"{label}, {len(estate.sources)} sources", medians(fifty, repeats=repeats),
             everybody, GOALS.get(estate.made.size, {}), results)  # fmt: skip
    hub = {peer.name: _each(peer, [estate.hub]) for peer in everybody}
    _compare(f"{label}, worst hub", medians(hub, repeats=repeats), everybody, {}, results)
    one = {(p.name, n): _each(p, [n]) for n in estate.sources for p in everybody}
    times = medians(one, repeats=repeats)
    typical = {
        p.name: statistics.median(times[p.name, n] for n in estate.sources) for p in everybody
    }
    _compare(f"{label}, typical source", typical, everybody, {}, results)


def _agree(everybody: list[Peer], sources: list[int]) -> None:
    first, *others = everybody
    for number in sources:
        wanted = set(map(int, first.reach(number)))
        for peer in others:
            found = set(peer.reach(number))
            assert found == wanted, f"{peer.name} and we differ on {number}"


def _each(peer: Peer, sources: list[int]) -> Callable[[], None]:
    def run() -> None:
        for number in sources:
            peer.reach(number)

    return run


def _compare(
    name: str,
    times: dict[str, float],
    everybody: list[Peer],
    goals: dict[str, Goal],
    results: Results,
) -> None:
    first, *others = everybody
    here = times[first.name]
    results.add(name, here, "ms")
    for peer in others:
        there = times[peer.name]
        told = f"{peer.name} {peer.version}: {there:.3g} ms"
        results.add(
            f"{name}: times as fast as {peer.name}", there / here, "×", goals.get(peer.name), told
        )
