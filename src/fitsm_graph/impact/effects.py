"""Pure decisions about what a disturbance does to whom; for every process that keeps one."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import BadInput, NotFound
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.disturbance import Effect


class Hit(NamedTuple):
    """An element, and how hard it is hit.

    Attributes:
        element: Id or key.
        effect: Its state meanwhile; down unless said otherwise.
    """

    element: Annotated[str, Of("Element")]
    effect: Effect = Effect.DOWN


def effect_of(word: str, path: Sequence[str | int] = ("effect",)) -> Effect:
    """Read an effect.

    Raises:
        BadInput: It is none of the three.
    """
    if word not in set(Effect):
        raise BadInput(
            f"'{word}' is no effect", remedy=did_you_mean(word, list(Effect)), path=tuple(path)
        )
    return Effect(word)


def seen(tx: Tx, rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The rows whose elements the actor sees, by their labels."""
    return [row for row in rows if tx.sees(row["labels"])]


def named(rows: Iterable[Mapping[str, Any]], refs: Iterable[str], path: str) -> dict[str, str]:
    """Ids of elements by reference.

    Args:
        rows: Of `impact.elements_named`.
        refs: What was asked for.
        path: Field of the input they stand in.

    Raises:
        NotFound: One leads nowhere.
    """
    found = {row["ref"]: row["id"] for row in rows}
    for ref in refs:
        if ref not in found:
            raise NotFound(
                f"there is no element '{ref}'",
                code="ELEMENT_NOT_FOUND",
                remedy="check the id or key; `search` helps",
                path=(path,),
            )
    return found


def effects(hits: Sequence[Hit], found: Mapping[str, str], path: str) -> dict[str, Effect]:
    """The effect on each element, by its id.

    Args:
        hits: Reference and effect of each.
        found: Ids by reference.
        path: Field of the input they stand in.

    Raises:
        BadInput: None is given, an element is named twice, or an effect is unknown.
    """
    if not hits:
        raise BadInput(
            "no element is named",
            why="without one it would have no effect on anything",
            remedy="name at least one service, component, CI or group",
            path=(path,),
        )
    decided: dict[str, Effect] = {}
    for number, (ref, word) in enumerate(hits):
        if found[ref] in decided:
            raise BadInput(
                f"'{ref}' is named twice", remedy="name each element once", path=(path, number)
            )
        decided[found[ref]] = effect_of(word, (path, number, "effect"))
    return decided


def hit(
    tx: Tx, rows: Iterable[Mapping[str, Any]], hits: Sequence[Hit], path: str
) -> dict[str, Effect]:
    """The effect on each element, by its id; what the actor does not see is not there.

    Args:
        tx: The transaction, which knows what the actor sees.
        rows: Of `impact.elements_named` for the references.
        hits: Reference and effect of each.
        path: Field of the input they stand in.

    Raises:
        NotFound: One leads nowhere.
        BadInput: None is given, an element is named twice, or an effect is unknown.
    """
    return effects(hits, named(seen(tx, rows), [ref for ref, _ in hits], path), path)


def half_open(
    starts: str, ends: str, paths: tuple[str, str] = ("startsAt", "endsAt")
) -> tuple[str, str]:
    """A window in the stored form.

    Args:
        starts: Beginning, RFC 3339; included.
        ends: End, RFC 3339; not included.
        paths: Fields of the input they stand in.

    Raises:
        BadInput: A moment cannot be read, or the window ends before it begins.
    """
    first, last = (
        to_text(from_text(starts, path=paths[:1])),
        to_text(from_text(ends, path=paths[1:])),
    )
    if last <= first:
        raise BadInput(
            "the window ends before it begins",
            why=f"it would begin at {first} and end at {last}",
            remedy="give an end after the start",
            path=paths[1:],
        )
    return first, last
