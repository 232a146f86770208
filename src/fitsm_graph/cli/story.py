"""The story of the demo on the command line: where it stands, and how it goes on."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fitsm_graph.bootstrap import Product
from fitsm_graph.cli.output import note
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.kernel.clock import SystemClock
from fitsm_graph.kernel.errors import FitsmError
from fitsm_graph.story.acts import Act
from fitsm_graph.story.clock import StoryClock
from fitsm_graph.story.telling import Place, Standing, standing, tell

HERE = {
    Place.TOLD: "the story was told here already",
    Place.OTHER: (
        "the story is left out: something has happened here already, and it begins in the past; "
        "for the story take an empty database, such as FITSM_DATA=~/fitsm-story make demo"
    ),
}


@dataclass(frozen=True, slots=True)
class Telling:
    """A story that is to be told, or told on, with the clock that it drives."""

    where: Standing
    clock: StoryClock

    async def told(self, product: Product) -> None:
        """Tell it with its progress; where it cannot go on, say so and leave it."""
        begins = self.where.begins.date()
        note(f"\nThe story: 90 days from {begins}, in acts; each with a command that shows it.")
        try:
            teller = await tell(product, self.clock, self.where, _progress)
        except FitsmError as error:
            note(error.problem.sentence())
        else:
            since = f"{begins}T00:00Z"
            note(f"the story is told, in {teller.verbs} verbs; what it shows, requirement by")
            note(f"requirement and week by week:\n    fsg conformity PR --from {since}")
            note(f"    fsg conformity PR --by week --from {since}")
        finally:
            self.clock.let_go()


async def story_at(endpoint: Endpoint) -> Telling | None:
    """The story that is to be told in a database; None where it was told, or cannot be."""
    where = await standing(endpoint, SystemClock().now())
    if where.place in HERE:
        note(HERE[where.place])
        return None
    return Telling(where, StoryClock(where.begins))


@asynccontextmanager
async def behind(product: Product, telling: Telling | None, *, due: bool) -> AsyncIterator[None]:
    """Tell the story beside what is done here, and after it do what is due, where it is wanted."""

    async def on() -> None:
        if telling is not None:
            await telling.told(product)
        if due:
            async with product.scheduler.running():
                await asyncio.Event().wait()

    task = asyncio.create_task(on())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def _progress(number: int, total: int, act: Act) -> None:
    note(f"{number:>3}/{total}  day {act.day:>2}  {act.title} ({', '.join(act.gives)})")
    note(f"                {act.look}")
