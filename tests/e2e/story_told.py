"""The demo's story told once, on an empty database, with a clock of the tests after its end."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from e2e.calling import emptied
from fitsm_graph import bootstrap
from fitsm_graph.cli.run import load_demo
from fitsm_graph.confm.drafts import RelationDraft
from fitsm_graph.confm.service import assign_owner, relate, update_element
from fitsm_graph.csi.conformity import examined
from fitsm_graph.csi.indicators import provable
from fitsm_graph.flow.periods import Period
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.kernel.clock import ManualClock, SystemClock, to_text
from fitsm_graph.sms import accounts
from fitsm_graph.sms import service as sms
from fitsm_graph.sms.roles import assign_role
from fitsm_graph.story.acts import Act
from fitsm_graph.story.clock import StoryClock
from fitsm_graph.story.telling import Place, standing, tell
from graph.conformity_story import PEOPLE, ROLES, SYSTEM, Story
from graph.syncing import REGISTRY, run

NOW = datetime(2026, 11, 30, 0, 0, 1, tzinfo=UTC)
BEGINS = datetime(2026, 8, 31, tzinfo=UTC)
Acts = list[Act]


def at(day: int, time: str) -> datetime:
    """A moment of the story, worked out here."""
    hours, minutes = time.split(":")
    return BEGINS + timedelta(days=day, hours=int(hours), minutes=int(minutes))


@dataclass
class Told:
    """The product after the story.

    Attributes:
        clock: Goes on by hand from the end.
        acts: What was told, in order.
        verbs: How many verbs were asked for.
    """

    product: bootstrap.Product
    clock: ManualClock
    acts: Acts
    verbs: int

    async def rows(self, text: str, **given: Any) -> list[Any]:
        """What plain Cypher reads: no part of the product is asked."""
        return await run(self.product.graph, text, **given)


@asynccontextmanager
async def told(
    endpoint: Endpoint, folder: Path, *, stop_after: int = 0, empty: bool = True
) -> AsyncIterator[Told]:
    """Tell the story, or its first acts; where it was told in part, tell on."""
    if empty:
        await emptied(endpoint)
    where = await standing(endpoint, NOW)
    assert where.place is (Place.NEW if empty else Place.BEGUN), where
    assert where.begins == BEGINS
    real = ManualClock(NOW)
    clock = StoryClock(where.begins, real)
    acts: Acts = []

    def progress(number: int, total: int, act: Act) -> None:
        assert number == len(acts) + 1 <= total
        acts.append(act)
        if number == stop_after:
            raise Enough

    opened = bootstrap.opened(endpoint, folder=folder, clock=clock, wall=SystemClock())
    async with opened as product:
        await bootstrap.first_administrator(product)
        await load_demo(product)
        verbs = 0
        with suppress(Enough):
            verbs = (await tell(product, clock, where, progress)).verbs
        yield Told(product, real, acts, verbs)


class Enough(Exception):
    """The story is broken off here."""


class Afterwards(Story):
    """The people of the planted nonconformities take over what the story has left."""

    def __init__(self, told: Told) -> None:
        super().__init__(told.product.graph, told.clock)
        self.policies = told.product.policies

    async def arrive(self) -> None:
        """They get accounts, and the roles of those before them."""
        write = self.graph.write
        for key in PEOPLE:
            await write(sms.register_party, SYSTEM, "Person", {"key": key, "name": key})
            await write(accounts.create_account, SYSTEM, key, ["editor"], "digest", person=key)
        for key in ("first", "second"):
            await write(sms.register_party, SYSTEM, "Group", {"key": key, "name": key})
        for word, key, process in ROLES:
            await write(assign_role, SYSTEM, word, key, process=process, replacing=True)

    async def element(self, *, critical: bool = False) -> str:
        """Likewise, with an owner and a place."""
        key = await super().element(critical=critical)
        await self.graph.write(assign_owner, SYSTEM, key, "ann")
        tie = RelationDraft(type="MOUNTED_IN", source=key, target="rack-n1-01")
        await self.graph.write(relate, SYSTEM, REGISTRY, tie)
        return key

    async def looked_over(self) -> None:
        """Somebody describes what was made, so that nothing is called stale for its age."""
        for key in self.made:
            said = {"description": f"looked at on {to_text(self.clock.now())}"}
            await self.graph.write(update_element, SYSTEM, REGISTRY, key, said)

    async def records(self) -> frozenset[str]:
        """Ids of all there is."""
        rows = await run(self.graph, "MATCH (n:Record) RETURN n.id")
        return frozenset(id for (id,) in rows)

    async def violated(self, known: frozenset[str]) -> Counter[tuple[str, str]]:
        """What is found of records that came later than some, for all thirty requirements."""
        period = Period(to_text(BEGINS), to_text(self.clock.now()))
        asked = [each for each in provable() if each.startswith("PR")]
        assert len(asked) == 30
        findings = await examined(self.graph, asked, period, 10_000)
        return Counter(
            (each.requirement, one.indicator)
            for each in findings
            for one in each.violations
            if one.id not in known
        )
