"""The story from its first act to its last, or on from where it was broken off."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fitsm_graph.bootstrap import Product
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.story.acts import Act, acts
from fitsm_graph.story.clock import StoryClock, beginning, is_beginning
from fitsm_graph.story.people import let_in
from fitsm_graph.story.teller import DAY, VIA, Teller, moment_of

ENDS = (90, "20:00")
Progress = Callable[[int, int, Act], None]
"""Told after each act: its number from 1 on, how many there are, and which it was."""


class Place(StrEnum):
    """Where a database stands in the story."""

    NEW = "new"
    BEGUN = "begun"
    TOLD = "told"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a database stands in the story, and since when the story is.

    Attributes:
        begins: Midnight of its first day.
        last: The newest moment in the ledger; empty: there is none.
    """

    place: Place
    begins: datetime
    last: str = ""


async def standing(endpoint: Endpoint, now: datetime) -> Standing:
    """Look where a database stands, before it is opened with one clock or the other.

    The story can begin on an empty database, and go on where all that has happened was in its time:
    nobody else writes in the past.
    """
    graph = Graph(endpoint)
    try:
        (row,) = await graph.rows("ledger.story_so_far", via=VIA)
    finally:
        await graph.close()
    if not row["first"]:
        return Standing(Place.NEW, beginning(now))
    begins, last = from_text(row["first"]), str(row["last"])
    if row["last_act"] == acts()[-1].title:
        return Standing(Place.TOLD, begins, last)
    in_time = is_beginning(begins) and last <= to_text(moment_of(begins, *ENDS))
    return Standing(Place.BEGUN if in_time else Place.OTHER, begins, last)


async def tell(product: Product, clock: StoryClock, where: Standing, progress: Progress) -> Teller:
    """Tell the whole story; what was told before is not done again.

    Args:
        product: Opened with the clock, and with the demo organisation in it.
        clock: Stands at the beginning; afterwards it goes by itself.
        where: How far it was told before.
        progress: Told of each act.

    Raises:
        Refused: STORY_BROKEN_OFF.
    """
    await let_in(product, VIA)
    teller = Teller(product, clock, where.begins, done_until=where.last)
    teller.tended(teller.at(0, "06:00"), DAY, teller.at(*ENDS))
    every = acts()
    for number, each in enumerate(every, 1):
        await teller.to(each.day, each.time)
        teller.act = each.title
        await each.tell(teller)
        progress(number, len(every), each)
    await teller.to(*ENDS)
    clock.let_go()
    return teller
