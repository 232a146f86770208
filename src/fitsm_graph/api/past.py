"""Elements as they were: their own fields, undone from now."""

from collections.abc import Collection
from typing import Any

from fitsm_graph.api.context import Context
from fitsm_graph.api.history import sees
from fitsm_graph.api.selection import Selected, pick
from fitsm_graph.api.withheld import Withheld
from fitsm_graph.graph import feed
from fitsm_graph.graph.history import RecordImage
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import Unsupported
from fitsm_graph.model.confm import ELEMENT_KINDS
from fitsm_graph.model.registry_types import camel_case

COMPUTED = frozenset({"state", "margin", "why"})


async def seq_at(context: Context, moment: str, argument: str = "asOf") -> int:
    """The entry that was the last at a moment as a client writes it."""
    return await feed.seq_at(context.graph, to_text(from_text(moment, path=(argument,))))


async def element_as_of(
    context: Context, kind: str, ref: dict[str, str], as_of: str, what: Selected
) -> Any:
    """An element's own fields as they were; what is computed or related refuses by name."""
    refuse_others(context, what)
    seq = await seq_at(context, as_of)
    name, value = next(iter(ref.items()))
    rows = await context.graph.rows("confm.any_element", **{"id": None, "key": None, name: value})
    image = await feed.record_at(context.graph, rows[0]["id"], seq) if rows else None
    kinds = ELEMENT_KINDS if kind == "Element" else (kind,)
    if image is None or image.kind not in kinds or not image.live:
        return None
    return pick(as_data(image, context.withheld), what) if sees(context.sight, image) else None


def refuse_others(
    context: Context, what: Selected, computed: Collection[str] = frozenset()
) -> None:
    """Refuse what is selected of an element's past and is neither its own nor computed here.

    Raises:
        Unsupported: AS_OF_UNSUPPORTED.
        Forbidden: An attribute is withheld from the reader.
    """
    stored = context.compiler.plain_fields()
    offered = {*stored, "kind", "__typename", "attributes", *computed}
    for each in what.children.values():
        if each.name not in offered:
            raise Unsupported(
                f"'{each.name}' is not offered as of a time",
                code="AS_OF_UNSUPPORTED",
                why="the past of one record is its own fields",
                remedy="ask `whatIf(asOf:)` for states, or leave the field out",
                path=("asOf",),
            )
        if each.name in stored:
            context.compiler.field(each.name)


def as_data(image: RecordImage, withheld: Withheld) -> dict[str, Any]:
    """A record's properties by the schema's names, without what is withheld."""
    known = {name: each for name, each in image.properties.items() if name not in withheld}
    data = {camel_case(name): shown(name, value) for name, value in known.items()}
    data["attributes"] = [
        {"__typename": "Attribute", "name": name, "value": value}
        for name, value in sorted(known.items())
    ]
    concrete = image.properties.get("type", image.kind)
    return {**data, "kind": image.kind, "__typename": concrete}


def shown(name: str, value: Any) -> Any:
    """A property as the schema shows it."""
    return str(value).upper() if name in {"lifecycle", "strength"} and value is not None else value
