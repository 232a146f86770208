"""Verbs that several kinds of records have alike, declared for each of them."""

from collections.abc import Awaitable, Callable
from typing import Any

from fitsm_graph.flow.records import snake, spoken
from fitsm_graph.graph.verb import verb
from fitsm_graph.model.declare import RECORDS, Process

Run = Callable[..., Awaitable[Any]]


def declare(
    kind: str,
    does: str,
    run: Run,
    doc: str,
    *,
    args: str = "",
    example: str = "",
    called: str = "",
    room: Process | None = None,
    also: Process | tuple[Process, ...] = (),
    anytime: bool = False,
    takes_step: bool = False,
) -> None:
    """Declare a verb of one kind of record, with a docstring that help is made of.

    Args:
        kind: Of the record.
        does: Last word of its name.
        run: What it does.
        doc: What it is, in a line that ends with its requirement: ``Close it (PR9.5)``.
        args: Entries of its arguments beside `ref`, each on a line of its own.
        example: What follows the command and the key.
        called: Name of its function with a place for the record; else ``<does>_{}``.
        room: That may change records; that of the kind where it is left out.
        also: The other rooms of a handover.
        anytime: It is possible in every state of the record.
        takes_step: Whoever a step of the record names may use it; it sees itself to that.
    """
    info, word = RECORDS[kind], snake(kind)
    group = info.group.replace("_", "-")
    run.__name__ = run.__qualname__ = (called or f"{does}_{{}}").format(word)
    run.__doc__ = (
        f"{doc}.\n\nArgs:\n    ref: Id or key of the {spoken(kind)}.\n{args}\n"
        f"Examples:\n    fsg {group} {does.replace('_', '-')} {info.prefix}-000001"
        f"{' ' if example else ''}{example}\n"
    )
    requirement = doc.rpartition("(")[2].rstrip(")")
    verb(
        f"{info.group}.{does}",
        room=room or info.owner,
        also=also,
        requirement=requirement,
        on=kind,
        anytime=anytime,
        takes_step=takes_step,
    )(run)
