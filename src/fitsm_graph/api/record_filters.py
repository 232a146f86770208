"""Filters and orders of records that are no elements, by their declarations.

They are to incidents, changes and the like what `filters` is to elements, and share its groups,
operators and budget; where a filter goes on to elements it is one of those, row rule and all.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from fitsm_graph.api.fields import ANY_ELEMENT, Field, ValueKind, record_fields
from fitsm_graph.api.filters import AROUND, GROUPS, Given, Path, element_conditions
from fitsm_graph.api.links import ANY_RECORD, PARTY, Link, links_of
from fitsm_graph.api.operators import conditions_of
from fitsm_graph.api.ordering import ID, Key, Order, key_of_field, only_key, whole_order
from fitsm_graph.api.quantifiers import quantified
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.model.declare import RECORDS

if TYPE_CHECKING:
    from fitsm_graph.api.statement import Statement

OPEN = "open"
PARTY_FIELDS: Mapping[str, Field] = {
    each.name: each
    for each in (
        Field("id", ("id",), ValueKind.TEXT, "Opaque and permanent.", optional=False),
        Field("key", ("key",), ValueKind.TEXT, "Its key.", optional=False),
        Field("name", ("name",), ValueKind.TEXT, "Null once it was erased.", optional=True),
    )
}


@cache
def shared_fields() -> Mapping[str, Field]:
    """Fields that all kinds of process records have in common."""
    own = ("title", "status", "description")
    names = ("id", "key", "created", "createdAt", "version", "updatedAt", *own)
    return {name: record_fields("Incident")[name] for name in names}


def fields_of_far(far: str, *, part: bool = False) -> Mapping[str, Field]:
    """What can be asked of what is at the other end of a link, where that is no element.

    Args:
        far: What is there.
        part: Whoever asks sees a part of all there is.
    """
    if far == PARTY:
        return PARTY_FIELDS
    return shared_fields() if far == ANY_RECORD else record_fields(far, part=part)


def record_conditions(
    made: "Statement", kind: str, where: Given | None, variable: str, path: Path = ("where",)
) -> list[str]:
    """Conditions of a filter of records of a kind; all of them must hold.

    Args:
        made: The statement.
        kind: Of record; or `Party`, or any of several.
        where: The filter, as GraphQL gives it.
        variable: What it is about, in Cypher.
        path: Of the filter, for errors.

    Raises:
        BadInput: What is compared does not fit, or too much is asked at once.
    """
    found: list[str] = []
    fields, links = fields_of_far(kind, part=made.sight is not None), links_of(kind)
    for name, given in (where or {}).items():
        if given is None:
            continue
        made.count_condition(path, AROUND if name in links else 1)
        at = (*path, name)
        if name in GROUPS:

            def inner(made: "Statement", each: Given, variable: str, path: Path) -> list[str]:
                return record_conditions(made, kind, each, variable, path)

            found += GROUPS[name](made, given, variable, at, inner)
        elif name == OPEN:
            going = going_on(made, kind, variable)
            found.append(going if given else f"NOT ({going})")
        elif name in links:
            found += _linked(made, links[name], given, variable, at)
        else:
            found += conditions_of(made, fields[name], fields[name].place(variable), given, at)
    return found


def going_on(made: "Statement", kind: str, variable: str) -> str:
    """That a record is not over: its end is not known yet, or lies ahead."""
    place = f"{variable}.`{RECORDS[kind].over}`"
    return f"{place} IS NULL OR {place} > {made.value(to_text(made.now))}"


def _linked(made: "Statement", link: Link, given: Given, variable: str, path: Path) -> list[str]:
    """Some, every or none of the links, or how many there are; only those that are seen."""
    bond, other = made.next("link"), made.next("far")
    seen = made.seen(other) if link.far == ANY_ELEMENT else []

    def inner(each: Given, at: Path) -> list[str]:
        return _of_link(made, link, each, (bond, other), at)

    return quantified(made, given, link.pattern(variable, bond, other), seen, path, inner)


def _of_link(
    made: "Statement", link: Link, given: Given, ends: tuple[str, str], path: Path
) -> list[str]:
    """What is asked of one link: what it says itself, and what is at its other end."""
    bond, other = ends
    if not link.carried:
        return _of_far(made, link, given, other, path)
    found: list[str] = []
    for name, asked in given.items():
        if asked is None:
            continue
        if name == link.end:
            found += _of_far(made, link, asked, other, (*path, name))
        else:
            field = link.carried[name]
            found += conditions_of(made, field, field.place(bond), asked, (*path, name))
    return found


def _of_far(made: "Statement", link: Link, given: Given, other: str, path: Path) -> list[str]:
    if link.far == ANY_ELEMENT:
        return element_conditions(made, given, other, path)
    return record_conditions(made, link.far, given, other, path)


def record_order(
    made: "Statement", kind: str, given: Sequence[Mapping[str, Any]], variable: str
) -> Order:
    """What records are ordered by; the newest first where nothing else decides."""
    fields = record_fields(kind, part=made.sight is not None)
    keys = []
    for number, each in enumerate(given):
        name, way = only_key(each, number)
        keys.append(key_of_field(fields[name], variable, way))
    return whole_order(keys, [Key(ID, f"{variable}.`id`", descending=True)])
