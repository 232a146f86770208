"""A whole run in one request: records as a stream, or a file of any format."""

import asyncio
import hashlib
import io
from collections.abc import AsyncIterator, Iterable, Mapping
from functools import partial
from typing import Any, BinaryIO, Protocol

from starlette.datastructures import Headers
from starlette.types import Receive

from fitsm_graph.api.api import Api
from fitsm_graph.api.sync_asked import ending_of
from fitsm_graph.api.sync_body import SyncLimits, blocks, spooled
from fitsm_graph.api.withheld import Withheld, veiled
from fitsm_graph.confm.sync import SyncReport, check_names, sync
from fitsm_graph.confm.sync_blast import Blasts
from fitsm_graph.confm.sync_intake import Seen
from fitsm_graph.confm.sync_sessions import Who
from fitsm_graph.confm.sync_told import result_lines, summary, whole_plan
from fitsm_graph.confm.sync_vanish import ALL_COMPLETE, Ending
from fitsm_graph.kernel.errors import BadInput, FitsmError
from fitsm_graph.kernel.text import did_you_mean

OPTIONS = ("format", "mode", "complete", "plan", "apply", "atomic", "results")
BEAT_SECONDS = 5.0
Told = dict[str, Any]


class Readers(Protocol):
    """Read what is sent; given from outside, because formats are no part of the API."""

    def records(self, stream: BinaryIO, first: int) -> Iterable[Seen]:
        """Read NDJSON, whose first line has a number."""
        ...

    def file(
        self, stream: BinaryIO, format: str, scope: str, mode: str
    ) -> tuple[str, Iterable[Seen]]:
        """Read a file of a format; gives the mode of its run as well."""
        ...

    def schema(self) -> Told:
        """JSON Schema of a record."""
        ...


class Once:
    """Does one run in one request.

    Args:
        api: Knows the sessions of runs.
        readers: Read what is sent.
        limits: For requests.
        who: Who asks.
        withheld: Attributes that who asks may not read; a plan tells what is there now.
    """

    def __init__(
        self, api: Api, readers: Readers, limits: SyncLimits, who: Who, withheld: Withheld
    ) -> None:
        self._api = api
        self._readers = readers
        self._limits = limits
        self._who = who
        self._veil = partial(veiled, withheld=withheld)

    async def lines(
        self, receive: Receive, headers: Headers, place: tuple[str, str], query: Mapping[str, str]
    ) -> AsyncIterator[Told]:
        """What is told while the run goes on; the last line is its summary.

        Raises:
            BadInput: An option is wrong.
            FitsmError: Whatever keeps the run from being done.
        """
        _check(query)
        streamed = query.get("format", "ndjson") == "ndjson"
        if streamed and not any(_is_on(query, name) for name in ("plan", "apply", "atomic")):
            run = self._streamed(receive, headers, place, query)
        else:
            run = self._filed(receive, headers, place, query)
        async for line in run:
            yield line

    async def _streamed(
        self, receive: Receive, headers: Headers, place: tuple[str, str], query: Mapping[str, str]
    ) -> AsyncIterator[Told]:
        """Records, taken in block by block; without their end, nothing vanishes."""
        sync, who = self._api.sync, self._who
        ending, mode = _ending(query), query.get("mode") or "snapshot"
        begun = await sync.begin(who, *place, mode)
        run, fence = begun["run"], begun["fence"]
        yield {"begun": {"run": run}}
        number = 0
        try:
            async for block in blocks(receive, headers, self._limits):
                number += 1
                digest = hashlib.blake2b(block.data, digest_size=16).hexdigest()
                rows = self._readers.records(io.BytesIO(block.data), block.first)
                answer = await sync.take(who, run, fence, number, digest, rows)
                for line in _told(answer, query.get("results", "problems")):
                    yield line
            yield {"summary": await sync.end(who, run, fence, ending, chunks=number)}
        except BaseException:
            await _left(sync.abort(who, run, fence))
            raise

    async def _filed(
        self, receive: Receive, headers: Headers, place: tuple[str, str], query: Mapping[str, str]
    ) -> AsyncIterator[Told]:
        """A file: of another format, to be planned first, or all or nothing."""
        check_names(*place, query.get("mode") or "snapshot")
        with await spooled(receive, headers, self._limits) as file:
            task = asyncio.create_task(self._synced(file, place, query))
            try:
                while not task.done():
                    await asyncio.wait({task}, timeout=BEAT_SECONDS)
                    if not task.done():
                        yield {"progress": {"working": True}}
                report = await task
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        yield {
            "summary": whole_plan(report, self._veil) if _is_on(query, "plan") else summary(report)
        }

    async def _synced(
        self, file: Any, place: tuple[str, str], query: Mapping[str, str]
    ) -> SyncReport:
        who, format = self._who, query.get("format", "ndjson")
        mode, rows = self._readers.file(file, format, place[1], query.get("mode", ""))
        return await sync(
            self._api.graph,
            who.registry,
            rows,
            source=place[0],
            request=who.request,
            scope=place[1],
            mode=mode,
            ending=_ending(query),
            plan_only=_is_on(query, "plan"),
            plan=query.get("apply", ""),
            atomic=_is_on(query, "atomic"),
            blasts=Blasts(self._api.snapshot, who.request.sight),
        )


async def _left(abort: Any) -> None:
    """End a run that broke off, as far as that can be done."""
    try:
        await asyncio.shield(abort)
    except FitsmError:
        return  # it is left to its lease, or another has it by now


def _told(answer: Told, results: str) -> list[Told]:
    """Lines of a block: all rows, or those that something is to be said about."""
    lines = result_lines(answer)
    if results != "all":
        lines = [line for line in lines if "problems" in line]
    return [*lines, {"ack": {"chunk": answer["chunk"], "counts": answer["counts"]}}]


def _check(query: Mapping[str, str]) -> None:
    for name in query:
        if name not in OPTIONS:
            raise BadInput(
                f"there is no option '{name[:80]}'",
                code="INVALID_REQUEST",
                remedy=did_you_mean(name, OPTIONS),
                path=(name,),
            )
    _ending(query)


def _ending(query: Mapping[str, str]) -> Ending:
    """`complete` of an address: all, none, or types with commas between; all when left out."""
    given = query.get("complete", "all")
    if given == "all":
        return ALL_COMPLETE
    return ending_of(False if given in {"", "none"} else given.split(","))


def _is_on(query: Mapping[str, str], name: str) -> bool:
    """Whether an option is there; `0`, `no` and `false` switch it off."""
    return query.get(name, "0").casefold() not in {"0", "no", "false", ""}
