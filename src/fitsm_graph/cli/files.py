"""Answers as files: made here or by a server, written where the person wants them."""

import os
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from fitsm_graph.cli.choices import CHOSEN
from fitsm_graph.cli.output import emit_bytes, note, screen
from fitsm_graph.cli.values import unreadable
from fitsm_graph.kernel.errors import BadInput

BINARY = frozenset({"xlsx", "parquet"})


def write_file(
    document: str,
    variables: Mapping[str, Any],
    form: str,
    to: Path | None,
    **options: Any,
) -> None:
    """Export an answer to a file, or to standard output.

    Raises:
        BadInput: A form that is no text would go to a terminal.
        FitsmError: The export was refused, or could not be finished.
    """
    if to is None and form in BINARY and screen.is_terminal:
        raise BadInput(
            f"{form} is no text for a terminal",
            code="NOT_FOR_A_TERMINAL",
            why="it would leave the terminal unusable",
            remedy=f"give --to FILE.{form}, or send it on with > or |",
        )
    chunks = _chunks(document, variables, form, options)
    if to is None:
        for chunk in chunks:
            emit_bytes(chunk)
        return
    write_whole(chunks, to)
    note(f"wrote {to}")


def write_whole(chunks: Iterable[bytes], to: Path) -> None:
    """Write a file that has its name only when it is whole.

    Raises:
        BadInput: It cannot be written there.
    """
    part = to.with_name(to.name + ".part")
    try:
        with part.open("wb") as out:
            out.writelines(chunks)
        os.replace(part, to)  # noqa: PTH105 - over what is there, on every system
    except OSError as error:
        raise unreadable(str(to), error, "written") from error
    finally:
        part.unlink(missing_ok=True)


def _chunks(
    document: str, variables: Mapping[str, Any], form: str, options: Mapping[str, Any]
) -> Iterator[bytes]:
    """The bytes of an export; the part that is not needed is not loaded."""
    if CHOSEN.url:
        client = import_module("fitsm_graph.client.client")
        with client.Client(CHOSEN.url, timeout=CHOSEN.timeout) as there:
            yield from there.exported(document, variables, format=form, **options)
        return
    yield from _made_here(document, variables, form, options)


def _made_here(
    document: str, variables: Mapping[str, Any], form: str, options: Mapping[str, Any]
) -> Iterator[bytes]:
    local = import_module("fitsm_graph.cli.local")
    exporter = import_module("fitsm_graph.api.export.exporter")
    forms = import_module("fitsm_graph.api.export.forms")
    asked = import_module("fitsm_graph.api.asked").Asked(document, dict(variables))
    wanted = exporter.Wanted(
        forms.form_named(form),
        lists_as_json=options.get("lists") == "json",
        rows=options.get("rows"),
        still=bool(options.get("still")),
    )

    async def begin(product: Any) -> AsyncIterator[bytes]:
        made = await exporter.Exporter(product.api).export(
            asked, product.principal(), wanted, "cli"
        )
        chunks: AsyncIterator[bytes] = made.chunks
        return chunks

    chunks = local.with_product(begin)

    async def following(_product: Any) -> bytes | None:
        return await anext(chunks, None)

    while (chunk := local.with_product(following)) is not None:
        yield chunk


def read_document(place: str) -> str:
    """A document from a file, or from standard input for `-`.

    Raises:
        BadInput: It cannot be read.
    """
    values = import_module("fitsm_graph.cli.values")
    data: bytes = values.read_bytes(place)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{place} is no text in UTF-8", why=f"byte {error.start}", remedy="save it as UTF-8"
        ) from error
