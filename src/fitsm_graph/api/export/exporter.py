"""From a question to a file: pages are followed, rows become bytes, and an end that can be seen.

A page is an answer like any other: the document with its page as variables goes the road of every
request, with the reader's rights and limits, and never sees more. Pages are read one after the
other from one place in the order to the next, so that a row that is there all the time is there
once. All is one state of the graph if nothing was written meanwhile; the file says whether.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from fitsm_graph.api.admission import Throttled
from fitsm_graph.api.api import Answer, Api
from fitsm_graph.api.asked import Asked
from fitsm_graph.api.export import plan
from fitsm_graph.api.export.forms import Form
from fitsm_graph.api.export.graphs import write_graph
from fitsm_graph.api.export.parquet import ParquetWriter
from fitsm_graph.api.export.plan import Table, check_reads, table_of
from fitsm_graph.api.export.writing import CsvWriter, Ending, NdjsonWriter, Writer
from fitsm_graph.api.export.xlsx import MOST_ROWS as MOST_XLSX_ROWS
from fitsm_graph.api.export.xlsx import XlsxWriter
from fitsm_graph.api.flat_graph import graphs_in
from fitsm_graph.api.paging import LARGEST_PAGE
from fitsm_graph.api.pipeline import Pipeline, Prepared
from fitsm_graph.kernel.errors import BadInput, Conflict, FitsmError, Forbidden, Unsupported
from fitsm_graph.model.principal import Principal
from fitsm_graph.sms.rights import READ, READ_LARGE, may, require

MOST_ROWS = 100_000
"""Rows of an export for whoever has not the right to read in bulk."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How an answer is wanted.

    Attributes:
        lists_as_json: A list within a row becomes JSON text instead of being refused.
        rows: End after so many; None: all there are.
        trailer: End text with a line that says that it is whole.
        still: Fail when the ledger moves meanwhile, so that a whole file is one state.
    """

    form: Form
    lists_as_json: bool = False
    rows: int | None = None
    trailer: bool = False
    still: bool = False


class Failed(FitsmError):
    """An answer with errors, told as they are."""

    def __init__(self, answer: Answer) -> None:
        first = answer.errors[0]
        more = first.get("extensions") or {}
        super().__init__(
            str(first.get("message")),
            code=str(more.get("code") or ""),
            why=str(more.get("why") or ""),
            remedy=str(more.get("remedy") or ""),
            path=tuple(more.get("path") or ()),
        )
        self.answer = answer


@dataclass(slots=True)
class Export:
    """A file in the making.

    Attributes:
        name: What to call it: the operation's name.
        tag: Changes with everything that the file depends on; empty where that is more than the
            ledger.
        total: Rows that there were at the beginning; None where nobody counted them.
        begun: The ledger's last entry before the first row was read.
        chunks: The bytes, once only.
    """

    form: Form
    name: str
    tag: str
    begun: int
    total: int | None
    chunks: AsyncIterator[bytes]


class Exporter:
    """Makes exports of one product.

    Args:
        api: Answers page by page.
    """

    def __init__(self, api: Api) -> None:
        self._api = api

    async def export(
        self, asked: Asked, principal: Principal | None, wanted: Wanted, via: str = "export"
    ) -> Export:
        """Begin an export: whatever can be refused is refused here, before the first byte.

        Raises:
            FitsmError: The document, the rights, the form or the database forbid it.
        """
        seen = await self._api.freshness.seen(asked.at_least)
        edition = await self._api.editions.at(seen.types)
        await self._api.policies.at(seen.policies)
        reader = require(principal, READ, self._api.rights())
        asked = replace(await self._api.with_document(asked, reader), checked=True)
        prepared = self._prepared(edition.pipeline, asked, reader)
        check_reads(prepared)
        begun = (await self._api.graph.head()).seq
        asked = replace(asked, at_least=begun)
        run = _Run(self._api, asked, reader, wanted, via, begun, prepared.name or "export")
        if wanted.form.of_graphs:
            return await run.graph()
        table = table_of(
            edition.pipeline.schema,
            prepared,
            asked.variables,
            flat=wanted.form is not Form.NDJSON,
            lists_as_json=wanted.lists_as_json,
        )
        return await run.table(table)

    def _prepared(self, pipeline: Pipeline, asked: Asked, reader: Principal) -> Prepared:
        """Read and measure the document; a new one costs a value for each character."""
        admission = self._api.admission
        if not pipeline.knows(asked.document):
            admission.spend(reader, len(asked.document))
        return pipeline.prepare(
            asked.document, asked.variables, asked.operation_name, admission.limits_of(reader)
        )


@dataclass(slots=True)
class _Run:
    """One export."""

    api: Api
    asked: Asked
    reader: Principal
    wanted: Wanted
    via: str
    begun: int
    name: str
    written: int = 0
    page: int = field(default=LARGEST_PAGE)

    async def graph(self) -> Export:
        """Write the one graph of an answer."""
        data = await self._answer(self.asked)
        found = list(graphs_in(data))
        if len(found) != 1:
            raise BadInput(
                "an export has exactly one graph" if found else "the answer holds no graph",
                code="EXPORT_NOT_ONE_GRAPH",
                why=f"found: {', '.join(path for path, _ in found)}"
                if found
                else "a graph has nodes with ids, and edges with source and target",
                remedy="select one: `impact { graph { elements { id } edges { source target } } }`",
            )
        body = await asyncio.to_thread(write_graph, found[0][1], self.wanted.form)
        return self._export("", None, _once(body))

    async def table(self, table: Table) -> Export:
        """Begin with the first page, which can still be refused; the rest comes later."""
        if not table.next_page:
            return await self._at_once(table)
        self.page = self._page_size(table)
        first, total = await self._first_page(table)
        self._check_length(total)
        writer = self._writer(table)
        return self._export(self._tag(table), total, self._paged(table, writer, first))

    async def _at_once(self, table: Table) -> Export:
        data = await self._answer(self.asked)
        rows = _at(data, table.path) or []
        total = _at(data, table.counted) if table.counted else len(rows)
        self._check_length(len(rows))
        writer = self._writer(table)
        return self._export(self._tag(table), total, self._whole(writer, rows))

    def _export(self, tag: str, total: int | None, chunks: AsyncIterator[bytes]) -> Export:
        return Export(self.wanted.form, self.name, tag, self.begun, total, chunks)

    # --- rows ----------------------------------------------------------------------------------

    async def _whole(self, writer: Writer, rows: Sequence[Any]) -> AsyncIterator[bytes]:
        yield writer.begin()
        yield await self._write(writer, self._cut(rows))
        async for chunk in self._end(writer):
            yield chunk

    async def _paged(
        self, table: Table, writer: Writer, page: Mapping[str, Any]
    ) -> AsyncIterator[bytes]:
        yield writer.begin()
        try:
            while True:
                yield await self._write(writer, self._cut(_at(page, table.path[1:]) or []))
                place = page[plan.PAGE]
                if not place["hasNextPage"] or self._enough():
                    break
                page = await self._next_page(table, place["endCursor"])
            async for chunk in self._end(writer):
                yield chunk
        except FitsmError as error:
            yield writer.broken(error.problem)
            raise

    async def _end(self, writer: Writer) -> AsyncIterator[bytes]:
        ended = (await self.api.graph.head()).seq
        if self.wanted.still and ended != self.begun:
            raise Conflict(
                "the graph has changed while it was exported",
                code="EXPORT_MOVED",
                why=f"entries {self.begun + 1} to {ended} were written meanwhile",
                remedy="export again, or without still=true",
            )
        for chunk in writer.end(Ending(self.written, self.begun, ended)):
            yield chunk

    async def _write(self, writer: Writer, rows: Sequence[Any]) -> bytes:
        self.written += len(rows)
        return await asyncio.to_thread(writer.rows, rows)

    def _cut(self, rows: Sequence[Any]) -> Sequence[Any]:
        """No more rows than are wanted in all."""
        return rows if self.wanted.rows is None else rows[: self.wanted.rows - self.written]

    def _enough(self) -> bool:
        return self.wanted.rows is not None and self.written >= self.wanted.rows

    # --- pages ---------------------------------------------------------------------------------

    async def _first_page(self, table: Table) -> tuple[Mapping[str, Any], int]:
        """The first page with the number of all rows."""
        page = await self._page(table.first_page, table, None)
        return page, int(page[plan.TOTAL])

    async def _next_page(self, table: Table, after: str) -> Mapping[str, Any]:
        return await self._page(table.next_page, table, after)

    async def _page(self, document: str, table: Table, after: str | None) -> Mapping[str, Any]:
        first = self.page
        if self.wanted.rows is not None:
            first = min(first, self.wanted.rows - self.written)
        variables = {**self.asked.variables, plan.FIRST: first, plan.AFTER: after}
        asked = replace(self.asked, document=document, variables=variables)
        page: Mapping[str, Any] = (await self._answer(asked))[table.path[0]]
        return page

    async def _answer(self, asked: Asked) -> dict[str, Any]:
        """Data of an answer without errors.

        Raises:
            Failed: It has some.
        """
        answer = await self.api.answer(asked, self.reader, self.via)
        while isinstance(answer.refusal, Throttled):  # as fast as the reader's budget comes back
            await asyncio.sleep(answer.refusal.seconds)
            answer = await self.api.answer(asked, self.reader, self.via)
        if isinstance(answer.refusal, FitsmError):
            raise answer.refusal
        if answer.errors or answer.data is None:
            raise Failed(answer)
        return answer.data

    def _page_size(self, table: Table) -> int:
        """The largest page that the limits of a document let through, for what is selected."""
        limits = self.api.admission.limits_of(self.reader)
        pipeline, size = self.api.editions.current.pipeline, limits.page
        while size > 1:
            try:
                pipeline.prepare(
                    table.first_page,
                    {**self.asked.variables, plan.FIRST: size},
                    self.asked.operation_name,
                    limits,
                )
            except BadInput as error:
                if error.code != "TOO_COSTLY":
                    raise
                size //= 2
            else:
                break
        return size

    # --- what is allowed and told --------------------------------------------------------------

    def _check_length(self, total: int) -> None:
        """Refuse what is too long for the reader or for the form; never cut it."""
        wanted = total if self.wanted.rows is None else min(total, self.wanted.rows)
        if wanted > MOST_ROWS and not may(self.reader, READ_LARGE, self.api.rights()):
            raise Forbidden(
                f"{self.reader.login} may not export {wanted:,} rows",
                code="EXPORT_TOO_LONG",
                why=f"{MOST_ROWS:,} at most, without the right '{READ_LARGE}'",
                remedy="ask for fewer with `where` or rows=, or an administrator for a role",
            )
        if self.wanted.form is Form.XLSX and wanted > MOST_XLSX_ROWS:
            raise Unsupported(
                f"{wanted:,} rows do not fit into a workbook",
                code="EXPORT_DOES_NOT_FIT",
                why=f"a sheet has {MOST_XLSX_ROWS:,} at most",
                remedy="ask for CSV or Parquet, or for fewer rows",
            )

    def _writer(self, table: Table) -> Writer:
        about = (("begun_at_seq", str(self.begun)), ("document", self.asked.document))
        if self.wanted.form is Form.XLSX:
            return XlsxWriter(table.columns, about=about)
        if self.wanted.form is Form.PARQUET:
            return ParquetWriter(table.columns, about=about)
        kind = CsvWriter if self.wanted.form is Form.CSV else NdjsonWriter
        return kind(table.columns, trailer=self.wanted.trailer)

    def _tag(self, table: Table) -> str:
        """Digest of everything that the file depends on; states depend on the time as well."""
        if table.computed:
            return ""
        parts = [
            self.asked.document,
            self.asked.variables,
            self.asked.operation_name,
            str(self.wanted),
            repr(self.reader),
            self.begun,
        ]
        return hashlib.blake2b(orjson.dumps(parts), digest_size=16).hexdigest()


async def _once(body: bytes) -> AsyncIterator[bytes]:
    yield body


def _at(value: Any, path: Sequence[str]) -> Any:
    """What is at the end of a path of response names; None where nothing is."""
    for step in path:
        if value is None:
            return None
        value = value.get(step)
    return value
