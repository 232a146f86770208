"""Questions about the graph: dependencies, neighbourhood and paths, as flat graphs.

Without a choice of types, dependencies and paths along needs are impact answers: hidden elements
are walked through, counted, and shown by a token. All other walks are questions about records,
for which hidden elements do not exist (decision 0010).
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any

import numpy as np
import strawberry

from fitsm_graph.api import types as words
from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.context import Context
from fitsm_graph.api.element_rows import ElementRows
from fitsm_graph.api.graph_edges import edges_of, limited
from fitsm_graph.api.graph_types import FOUND, WALKED, graph_type
from fitsm_graph.api.inputs import NeedDirection
from fitsm_graph.api.pages_of_walks import Listing, Page, page_info
from fitsm_graph.api.paging import page_size
from fitsm_graph.api.selection import pick
from fitsm_graph.impact.columns import Bool, Int32
from fitsm_graph.impact.explain import visible_mask
from fitsm_graph.impact.network import Strength as Code
from fitsm_graph.impact.paths import Paths, shortest_paths
from fitsm_graph.impact.snapshot import Standing
from fitsm_graph.impact.topology import Topology
from fitsm_graph.impact.walks import Reach, Way, Ways, reach
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.confm import Strength
from fitsm_graph.sms.rights import READ

MOST_PATHS = 50
MOST_SEEDS = 1_000


@dataclass(frozen=True, slots=True)
class _Asked:
    """What may be walked, as a client says it; a question about records knows no hidden ones."""

    way: Way
    types: Sequence[str] | None
    weakest: Strength
    as_of: str | None
    records: bool = False


class _Walk:
    """One walk for one reader, on one version."""

    def __init__(self, context: Context, standing: Standing, asked: _Asked) -> None:
        self.context = context
        self.standing = standing
        self.asked = asked
        self.visible: Bool = visible_mask(self.topology, context.sight)
        records = asked.records or not asked.way.needs or asked.types is not None
        types = None if asked.types is None else context.compiler.relation_types(asked.types)
        self.ways = Ways(
            self.topology,
            asked.way,
            None if types is None else frozenset(types),
            self.visible if records and context.sight is not None else None,
            Code[asked.weakest.name],
        )

    @property
    def topology(self) -> Topology:
        """Elements and relations of the version."""
        return self.standing.mapped.topology

    @classmethod
    async def begun(
        cls, context: Context, refs: Sequence[str], asked: _Asked
    ) -> tuple["_Walk", Int32]:
        """The walk, and the numbers of the elements it begins at."""
        context.allow(READ)
        if not 0 < len(refs) <= MOST_SEEDS:
            raise BadInput(
                f"{len(refs)} elements are asked about",
                why=f"a walk begins at 1 to {MOST_SEEDS:,} elements",
                path=("of",),
                remedy="ask in several requests",
            )
        standing = await context.impact.standing(asked.as_of)
        ids = context.impact.resolved(refs, standing)
        topology = standing.mapped.topology
        numbers = np.array([topology.index(ids[ref]) for ref in refs], np.int32)
        return cls(context, standing, asked), numbers

    def stated(self, notes: Iterable[str], *, complete: bool) -> dict[str, Any]:
        """What every answer says of itself."""
        return {
            "version": self.standing.mapped.version,
            "asOf": self.asked.as_of,
            "complete": complete,
            "note": "; ".join(notes) or "complete",
        }

    def node(self, number: int, hops: int, name: str, rows: ElementRows) -> dict[str, Any]:
        """An element of the answer."""
        seen = bool(self.visible[number])
        return {
            "id": name,
            "hops": hops,
            "hidden": not seen,
            "element": rows.of(name) if seen else None,
            "__typename": "GraphNode",
        }


async def dependencies(
    info: Info,
    of: list[strawberry.ID],
    direction: NeedDirection = NeedDirection.UPSTREAM,
    types: list[str] | None = None,
    weakest: Strength = Strength.INFO,
    first: int = 100,
    after: str | None = None,
    as_of: words.DateTime | None = None,
) -> object:
    """Everything some elements depend on, or that depends on them."""
    asked = _Asked(Way(direction.value), types, weakest, as_of)
    return await _walked(info, of, asked, None, first, after)


async def neighbourhood(
    info: Info,
    of: list[strawberry.ID],
    hops: int = 1,
    direction: Way = Way.BOTH,
    types: list[str] | None = None,
    first: int = 100,
    after: str | None = None,
    as_of: words.DateTime | None = None,
) -> object:
    """Elements around some elements."""
    if hops < 0:
        raise BadInput("'hops' is negative", path=("hops",), remedy="give 0 or more")
    asked = _Asked(direction, types, Strength.INFO, as_of, records=True)
    return await _walked(info, of, asked, hops, first, after)


async def _walked(
    info: Info,
    refs: Sequence[str],
    asked: _Asked,
    hops: int | None,
    first: int,
    after: str | None,
) -> object:
    page_size(first)
    what = asked_of(info)
    walk, seeds = await _Walk.begun(info.context, refs, asked)
    found = await asyncio.to_thread(reach, walk.ways, seeds, hops)
    listing = Listing(walk.topology, found, walk.visible)
    page = listing.page(first, after)
    rows = ElementRows(info.context, walk.standing, what, past=asked.as_of is not None)
    shown = [*(() if page.before else listing.seeds), *page.numbers]
    await rows.read(walk.topology.id(n) for n in shown if walk.visible[n])
    edges, cut = _edges_of_page(walk, listing, shown) if what.has("edges") else ([], 0)
    complete = found.ended and not page.before and not page.more and not cut
    data = {
        **walk.stated(_notes(listing, page, found, hops, cut), complete=complete),
        "totalCount": listing.total,
        "hiddenCount": len(listing.hidden),
        "byHops": [{"hops": distance, "count": n} for distance, n in listing.by_hops()],
        "nodes": [walk.node(n, int(found.hops[n]), _name(walk, listing, n), rows) for n in shown],
        "edges": edges,
        "pageInfo": page_info(listing, page) if what.has("pageInfo") else None,
    }
    return pick(data, what)


def _name(walk: _Walk, listing: Listing, number: int) -> str:
    return walk.topology.id(number) if walk.visible[number] else listing.token(number)


def _notes(listing: Listing, page: Page, found: Reach, hops: int | None, cut: int) -> Iterable[str]:
    shown = len(page.numbers)
    if shown < page.total:
        yield f"{shown:,} of {page.total:,} are shown, from {page.before + 1:,} on"
    if not found.ended:
        yield f"there is more beyond {hops} hops"
    if listing.hidden:
        yield f"{len(listing.hidden):,} are hidden from you"
    if cut:
        yield f"{cut:,} relations are left out"


def _edges_of_page(
    walk: _Walk, listing: Listing, shown: Sequence[int]
) -> tuple[list[dict[str, Any]], int]:
    """Relations whose later end is on the page, and how many of them are left out."""
    if not shown:
        return [], 0
    steps = walk.ways.at(np.array(shown, np.int32))
    steps = steps.take(listing.holds(steps.near) & listing.holds(steps.far))
    here = set(shown)
    places = {n: listing.place(n) for n in {*steps.near.tolist(), *steps.far.tolist()}}
    ends = zip(steps.near.tolist(), steps.far.tolist(), strict=True)
    mine = [max(pair, key=places.__getitem__) in here for pair in ends]
    edges = edges_of(
        walk.topology,
        steps.take(np.array(mine, np.bool_)),
        walk.visible,
        lambda number: _name(walk, listing, number),
        way=walk.asked.way,
    )
    return limited(edges)


# --- paths ---------------------------------------------------------------------------------------


async def path(
    info: Info,
    from_: Annotated[strawberry.ID, strawberry.argument(name="from")],
    to: strawberry.ID,
    k: int = 1,
    direction: Way = Way.UPSTREAM,
    types: list[str] | None = None,
    weakest: Strength = Strength.INFO,
    as_of: words.DateTime | None = None,
) -> object:
    """The shortest paths from one element to another."""
    if not 1 <= k <= MOST_PATHS:
        raise BadInput(
            f"'k' is {k}",
            why=f"1 to {MOST_PATHS} paths can be asked for",
            path=("k",),
            remedy="ask for fewer, or for fewer types",
        )
    what = asked_of(info)
    asked = _Asked(direction, types, weakest, as_of)
    walk, ends = await _Walk.begun(info.context, [from_, to], asked)
    start, goal = ends.tolist()
    found = await asyncio.to_thread(
        shortest_paths, walk.ways, start, goal, k, rank=lambda number: _rank(walk, number)
    )
    hops: dict[int, int] = {}
    for each in found.paths:
        for distance, number in enumerate(each):
            hops[number] = min(distance, hops.get(number, distance))
    names = _path_names(walk, hops)
    rows = ElementRows(info.context, walk.standing, what, past=as_of is not None)
    await rows.read(names[number] for number in hops if walk.visible[number])
    hidden = sum(not walk.visible[number] for number in hops)
    data = {
        **walk.stated(_path_notes(found, k, hidden), complete=found.complete),
        "hiddenCount": hidden,
        "paths": [
            {"length": len(each) - 1, "elements": [names[number] for number in each]}
            for each in found.paths
        ],
        "nodes": [walk.node(n, distance, names[n], rows) for n, distance in hops.items()],
        "edges": _edges_of_paths(walk, found, names) if what.has("edges") else [],
    }
    return pick(data, what)


def _rank(walk: _Walk, number: int) -> tuple[bool, str]:
    """What elements are ordered by; hidden ones come last, so that their place tells nothing."""
    if not walk.visible[number]:
        return (True, "")
    return (False, walk.topology.key_and_name(number)[0])


def _path_names(walk: _Walk, numbers: Iterable[int]) -> dict[int, str]:
    names: dict[int, str] = {}
    hidden = 0
    for number in numbers:
        hidden += not walk.visible[number]
        names[number] = walk.topology.id(number) if walk.visible[number] else f"hidden-{hidden}"
    return names


def _path_notes(found: Paths, k: int, hidden: int) -> Iterable[str]:
    if not found.paths and found.complete:
        yield "there is no path"
    elif not found.complete and found.certain is not None:
        yield f"paths of more than {found.certain} steps were not looked for"
        yield f"{found.examined:,} of {found.between:,} elements in between were looked at"
    elif not found.complete:
        yield f"the search was ended after {len(found.paths):,} of {k:,} paths"
    if hidden:
        yield f"{hidden:,} elements of the paths are hidden from you"


def _edges_of_paths(walk: _Walk, found: Paths, names: dict[int, str]) -> list[dict[str, Any]]:
    """Every relation that the paths can be walked over."""
    wanted = {pair for each in found.paths for pair in pairwise(each)}
    steps = walk.ways.around(np.array(sorted(names), np.int32))
    pairs = zip(steps.near.tolist(), steps.far.tolist(), strict=True)
    steps = steps.take(np.array([pair in wanted for pair in pairs], np.bool_))
    return edges_of(
        walk.topology,
        steps,
        walk.visible,
        names.__getitem__,
        way=walk.asked.way,
        rests=True,
    )


def questions(node: Any) -> dict[str, Any]:
    """Fields of the query type."""
    around = graph_type("ElementGraph", node, WALKED, "Elements around others, page by page.")
    found = graph_type("PathGraph", node, FOUND, "Paths between two elements.")
    return {
        "dependencies": _field(
            dependencies, around, "All that elements need, or that needs them, nearest first."
        ),
        "neighbourhood": _field(
            neighbourhood, around, "Elements around others by any relations, nearest first."
        ),
        "path": _field(path, found, "The shortest simple paths between two elements."),
    }


def _field(resolver: Any, kind: Any, doc: str) -> Any:
    return strawberry.field(resolver=answering(resolver), graphql_type=kind, description=doc)
