"""One subscription as its resolver sees it: batches it is owed, and how far it has told them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import zip_longest
from typing import Any

from fitsm_graph.api.admission import Admission
from fitsm_graph.api.credential import Credential
from fitsm_graph.api.executor import Shaped
from fitsm_graph.api.live.cursor import Cursor
from fitsm_graph.api.live.rights import Rights
from fitsm_graph.graph.follow import Batch, Follower, Listener
from fitsm_graph.kernel.errors import Unsupported
from fitsm_graph.model.principal import Principal

DEFINITIONS = frozenset({"CIType", "RelationshipType"})
LOOK_SECONDS = 1.0
"""How soon a window that begins or ends is told; nothing is written when it does."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that is told, and its place.

    Attributes:
        place: Entry and record.
        fields: By the schema's names, the cursor apart.
        keyed: By response names, complete as they are.
    """

    place: Cursor
    fields: Mapping[str, Any]
    keyed: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Listening:
    """How one subscription stands with the ledger; kept while it is prepared anew.

    Attributes:
        types: Last entry that changed types, as far as it was prepared for.
        cost: Values of one event, which is paid for like any other answer.
        key: Of everything that decides what is told, but for the batch: those who share it get
            what was worked out once.
        place: Up to where it has told.
        stale: It has to be prepared anew, because rights or types are others now.
        remembered: What a resolver keeps from one preparation to the next.
    """

    follower: Follower
    rights: Rights
    admission: Admission
    credential: Credential
    principal: Principal
    types: int = 0
    cost: int = 0
    key: Hashable = None
    place: Cursor | None = None
    stale: bool = False
    remembered: Any = None
    listener: Listener | None = None

    async def begin(self, since: str | None) -> int:
        """Begin to listen, the first time; return the last entry that is not told.

        Raises:
            BadInput: INVALID_CURSOR, CURSOR_TOO_OLD or CURSOR_AHEAD.
        """
        if self.listener is None:
            place = Cursor.of(since) if since is not None else None
            self.listener = await self.follower.listen(place.whole if place else None)
            self.place = place or Cursor(self.listener.after)
        return self.listener.after

    async def batches(self) -> AsyncIterator[Batch]:
        """Batches it is owed, for as long as it is prepared for them.

        Raises:
            Unauthenticated: It may no longer be told anything.
            Conflict: SLOW_CONSUMER.
        """
        while self.listener is not None:
            batch = await self.listener.next()
            if batch is None or not await self._fits(batch):
                return
            yield batch
            self.finish(batch)

    async def looks(self) -> AsyncIterator[Batch | None]:
        """Newest batches, all that wait at once; None after a while without any."""
        while self.listener is not None:
            newest = None
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    newest = await self.listener.newest()
                    if newest is None:
                        return
            except TimeoutError:
                pass
            if newest is not None and not await self._fits(newest):
                return
            yield newest
            if newest is not None:
                self.finish(newest)

    async def still(self) -> bool:
        """Whether rights are still those it was prepared for.

        Raises:
            Unauthenticated: It may no longer be told anything.
        """
        self.stale |= await self.rights.principal(self.credential) != self.principal
        return not self.stale

    async def paid(self) -> bool:
        """Pay for the next event; whether it may still be told, where that had to be waited for.

        Raises:
            Unauthenticated: It may no longer be told anything.
        """
        waited = await self.admission.pay(self.principal, self.cost)
        return not waited or await self.still()

    async def _fits(self, batch: Batch) -> bool:
        """Whether rights and types are still those it was prepared for."""
        redefined = batch.kinds & DEFINITIONS and batch.changed(DEFINITIONS) > self.types
        self.stale |= bool(redefined)
        return await self.still()

    def tell(self, events: Iterable[Event]) -> Iterable[tuple[Event, Cursor]]:
        """Those of a batch's events that were not told yet, with the cursor of each."""
        owed = [each for each in events if self.place is None or each.place > self.place]
        later = [each.place.seq for each in owed[1:]]
        for event, following in zip_longest(owed, later):
            last = following != event.place.seq
            yield event, Cursor(event.place.seq) if last else event.place

    def finish(self, batch: Batch) -> None:
        """Be done with a batch."""
        if self.listener is not None:
            self.listener.finish(batch)
            self.place = max(self.place or Cursor(0), Cursor(batch.seq))

    def close(self) -> None:
        """Listen no more."""
        if self.listener is not None:
            self.listener.close()


def listening_of(context: Any) -> Listening:
    """The subscription that is being prepared.

    Raises:
        Unsupported: The document is executed as a single question.
    """
    found = context.live
    if not isinstance(found, Listening):
        raise Unsupported(
            "a subscription is answered as a stream only",
            remedy="send Accept: text/event-stream, or use graphql-transport-ws",
        )
    return found


async def told(
    listening: Listening,
    make: Callable[[Batch], Awaitable[list[Event]]],
    shape: Callable[[Event, Cursor], dict[str, Any]],
) -> AsyncIterator[Shaped]:
    """The events of all batches, each worked out once for all who ask the same."""
    async for batch in listening.batches():
        events = await batch.once(listening.key, partial(make, batch))
        for event, cursor in listening.tell(events):
            if not await listening.paid():
                return  # its place has not moved: it is prepared anew, and tells it then
            listening.place = cursor  # it is sent before more is asked for
            yield Shaped(shape(event, cursor))
