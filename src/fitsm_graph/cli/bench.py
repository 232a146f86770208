"""`fitsm-graph bench`: how fast this machine answers, held to the numbers of the design.

Only what the product itself does; `make bench-impact` measures it side by side with other
libraries and on a real Neo4j.
"""

import os
import statistics
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import typer
from rich.progress import track

from fitsm_graph.cli.measure import AT_MOST, Goal, Results, Row, medians, short, took
from fitsm_graph.cli.measure import sizes as read_sizes
from fitsm_graph.cli.output import OUTPUT, Output, aside, note, show_json, show_table
from fitsm_graph.confm.types import default_registry
from fitsm_graph.impact.analysis import impact as complete_answer
from fitsm_graph.impact.engine import Scenario, Solution, solve, sweep, worsen
from fitsm_graph.impact.mapped import Mapped, map_topology
from fitsm_graph.impact.network import DOWN, Network
from fitsm_graph.impact.own import OwnStates
from fitsm_graph.impact.reading import semantics
from fitsm_graph.impact.records import Kind
from fitsm_graph.impact.scenario import WhatIf
from fitsm_graph.impact.specimen import SMALLEST, Specimen, specimen, topology_of
from fitsm_graph.kernel.errors import BadInput

app = typer.Typer(no_args_is_help=True)
FEW = 50
"""Sources of the typical rows, spread evenly over all elements."""
GOALS = {100_000: (1, 30, 10), 1_000_000: (2, 300, 10)}
"""Milliseconds for a typical source, the worst hub, one inside the grounded component."""
AT_ONCE = 1_000
WHOLE_ESTATE_SECONDS = 120


@dataclass(frozen=True, slots=True, eq=False)
class Estate:
    """A made-up estate, mapped and solved.

    Attributes:
        made: As it was made.
        mapped: Its topology and network; numbers of elements are those of the network.
        before: All UP.
        sources: Typical elements.
        hub: The element whose loss reaches most.
        ring: Elements inside the grounded component.
    """

    made: Specimen
    mapped: Mapped
    before: Solution
    sources: list[int]
    hub: int
    ring: list[int]

    @property
    def label(self) -> str:
        """Its size as it is written."""
        return short(self.made.size)


def estate_of(size: int) -> Estate:
    """Make, map and solve an estate, and pick the sources that the rows are about."""
    made = specimen(size)
    topology = topology_of(made, semantics(default_registry()))
    mapped = map_topology(topology)
    before = solve(mapped.network)
    spread = np.linspace(0, 1, FEW)
    sources = made.shuffled[(spread * (size - 1)).astype(np.int64)].tolist()
    switches = made.layers["switch"].numbers
    ring = made.shuffled[switches[(spread * (switches.size - 1)).astype(np.int64)]].tolist()
    return Estate(made, mapped, before, sources, _worst_hub(made, mapped.network, before), ring)


def _worst_hub(made: Specimen, network: Network, before: Solution) -> int:
    """The element whose loss takes most others down, among the first of each layer."""

    def fallen(number: int) -> tuple[int, int]:
        after = worsen(network, before, [number]).after
        return int((after == DOWN).sum()), after.size

    first = [int(made.shuffled[n]) for each in made.layers.values() for n in each.numbers[:3]]
    return max(first, key=fallen)


@app.command()
def impact(
    sizes: str = typer.Option("10k,100k", help="elements, such as 10k,100k,1M"),
    whole: bool = typer.Option(False, "--whole", help="every single failure at 100k too"),
    output: Output = OUTPUT,
) -> None:
    """Measure the impact analysis on made-up estates."""
    try:
        wanted = read_sizes(sizes)
    except ValueError as error:
        raise BadInput(f"{sizes!r} are no sizes", remedy="write 10k,100k,1M") from error
    if min(wanted) < SMALLEST:
        raise BadInput(f"the smallest estate has {SMALLEST} elements", path=("sizes",))
    load = os.getloadavg()[0]
    results = Results(tell_row)
    for size in wanted:
        note(f"{short(size)} elements: making them …")
        estate = estate_of(size)
        engine_rows(estate, results)
        if whole and size == 100_000:
            whole_estate_row(estate, results)
    if output is Output.JSON:
        show_json(results.document(load))
    else:
        show_table(
            ("what", "value", "unit", "goal", "met"),
            [(r.name, f"{r.value:g}", r.unit, r.goal, said(r)) for r in results.rows],
        )


def tell_row(row: Row) -> None:
    """Show a figure as soon as it is there."""
    note(
        f"  {row.name}: {row.value:g} {row.unit} {f'({row.goal}: {said(row)})' if row.goal else ''}"
    )


def said(row: Row) -> str:
    """Whether a goal is met, in a word."""
    return "" if row.met is None else "met" if row.met else "not met"


def engine_rows(estate: Estate, results: Results, *, repeats: int = 7) -> None:
    """The full semantics of design section 4 from one fault: states and margins of all reached."""
    size = estate.made.size
    label = f"full semantics, {estate.label}"
    goals = [Goal(each, AT_MOST) for each in GOALS[size]] if size in GOALS else [None] * 3
    typical, inside, hub = (
        medians({n: _failure(estate, n) for n in numbers}, repeats=repeats)
        for numbers in (estate.sources, estate.ring, [estate.hub])
    )
    slowest = max(inside, key=inside.__getitem__)
    rows = (
        ("typical source", statistics.median(typical.values()), f"median of {FEW} sources"),
        ("worst hub", hub[estate.hub], _reached(estate, estate.hub)),
        (
            "inside the grounded component",
            statistics.median(inside.values()),
            f"median of {len(inside)} of its {estate.made.layers['switch'].count:,} switches",
        ),
    )
    for (name, value, told), goal in zip(rows, goals, strict=True):
        results.add(f"{label}, {name}", value, "ms", goal, told)
    told = f"{_reached(estate, slowest)}: the cost is that of what is reached"
    results.add(f"{label}, the slowest of these switches", inside[slowest], "ms", None, told)
    _answer_rows(estate, results)


def _reached(estate: Estate, number: int) -> str:
    after = _failure(estate, number)().after
    return f"{after.size:,} worse, {int((after == DOWN).sum()):,} of them DOWN"


def _failure(estate: Estate, number: int) -> Callable[[], Scenario]:
    return lambda: worsen(estate.mapped.network, estate.before, [number])


def _answer_rows(estate: Estate, results: Results) -> None:
    """The same with everything that is compared: hops, exposed elements, margins of each."""

    def answer(number: int) -> Callable[[], object]:
        what_if = WhatIf(fail=(estate.mapped.topology.id(number),))
        return lambda: complete_answer(estate.mapped, OwnStates(), what_if, before=estate.before)

    chosen = {"typical source": estate.sources[FEW // 2], "worst hub": estate.hub}
    times = medians({name: answer(number) for name, number in chosen.items()}, repeats=3)
    for name, value in times.items():
        told = "with hops, exposed elements and margins before and after, in columns"
        results.add(f"complete answer, {estate.label}, {name}", value, "ms", None, told)


def whole_estate_row(estate: Estate, results: Results) -> None:
    """The worst state of every service under each single failure of the whole estate."""
    topology = estate.mapped.topology
    services = np.flatnonzero(topology.elements.kind == Kind.SERVICE)
    worst = np.zeros((services.size, 4), np.int64)
    place = np.full(topology.size, -1)
    place[services] = np.arange(services.size)

    def all_failures() -> None:
        chunks = range(0, topology.size, AT_ONCE)
        for first in track(chunks, "every single failure", console=aside, transient=True):
            faults = np.arange(first, min(first + AT_ONCE, topology.size))
            _, found, level = sweep(estate.mapped.network, estate.before, faults, watched=services)
            np.add.at(worst, (place[found], level), 1)

    seconds = took(all_failures)[0] / 1000
    by_one = int((worst[:, 3] > 0).sum())
    results.add(
        f"every single failure, {estate.label}: worst state of every service", seconds, "s",
        Goal(WHOLE_ESTATE_SECONDS, AT_MOST),
        f"{topology.size:,} failures, {services.size:,} services; {by_one:,} fall by one alone",
    )  # fmt: skip
