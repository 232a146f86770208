"""What is selected of records that are no elements, as rows of cells."""

from collections.abc import Sequence

from fitsm_graph.api.fields import ANY_ELEMENT, WORDS_OF_CODE, Field, record_fields
from fitsm_graph.api.links import (
    ANY_RECORD,
    PARTY,
    PARTY_KINDS,
    Link,
    links_of,
    process_kinds,
)
from fitsm_graph.api.projection import element_row, kind_case
from fitsm_graph.api.record_filters import fields_of_far
from fitsm_graph.api.rows import Cells, Form, Listed, Object
from fitsm_graph.api.selection import Selected
from fitsm_graph.api.statement import Statement, where
from fitsm_graph.graph.changes import retired_label


def record_row(made: Statement, kind: str, variable: str, what: Selected) -> tuple[str, Object]:
    """A row of a record, and the object that it becomes."""
    cells = record_cells(made, kind, variable, [what])
    return cells.row(), Object(what, cells)


def record_cells(made: Statement, kind: str, variable: str, places: Sequence[Selected]) -> Cells:
    """What several places select of one record, each cell once.

    Args:
        made: The statement.
        kind: Of record; or `Party`, or any of several kinds.
        variable: The record, in Cypher.
        places: What is selected of it.
    """
    cells = Cells()
    for what in places:
        for each in what.children.values():
            if not cells.again(each):
                cells.put(each, *_cell(made, kind, variable, each))
        if cells.type_at is None and what.narrowed:
            cells.type_at = cells.plain(_concrete(kind, variable))
    return cells


def _cell(made: Statement, kind: str, variable: str, each: Selected) -> tuple[str, Form | None]:
    if each.name == "__typename":
        return (f"'{PARTY}'" if kind == PARTY else _concrete(kind, variable)), None
    if each.name == "kind" and "kind" not in fields_of_far(kind):
        return _concrete(kind, variable), None
    kinds = sorted(each.only or process_kinds()) if kind == ANY_RECORD else [kind]
    link = next((links_of(one)[each.name] for one in kinds if each.name in links_of(one)), None)
    if link is not None:  # one name is one link, whatever the kind: a test of the declarations
        return _link(made, link, variable, each)
    return _place(made, kinds, each.name, variable, kind), None


def _place(made: Statement, kinds: Sequence[str], name: str, variable: str, kind: str) -> str:
    """Where a field is found; in records of several kinds each has its own place."""
    part = made.sight is not None
    if kind != ANY_RECORD or name in fields_of_far(kind):
        return _shown(fields_of_far(kind, part=part)[name], variable)
    places = {one: record_fields(one, part=part).get(name) for one in kinds}
    cases = " ".join(
        f"WHEN {variable}:{one}|{retired_label(one)} THEN {_shown(field, variable)}"
        for one, field in places.items()
        if field is not None
    )
    return f"CASE {cases} END"


def _shown(field: Field, variable: str) -> str:
    place = field.place(variable)
    return f"toUpper({place})" if field.kind in WORDS_OF_CODE else place


def _concrete(kind: str, variable: str) -> str:
    """The kind of a record: known, or read from its labels, live or retired."""
    if kind not in {PARTY, ANY_RECORD}:
        return f"'{kind}'"
    return kind_case(variable, sorted(PARTY_KINDS) if kind == PARTY else process_kinds())


def _link(made: Statement, link: Link, variable: str, what: Selected) -> tuple[str, Form]:
    """What is at the other ends, in the order of their keys; of elements those that are seen."""
    bond, other = made.next("link"), made.next("far")
    row, form = _link_row(made, link, (bond, other), what)
    seen = made.seen(other) if link.far == ANY_ELEMENT else []
    found = (
        f"COLLECT {{ MATCH {link.pattern(variable, bond, other)}{where(seen)} "
        f"RETURN {row} ORDER BY {other}.key }}"
    )
    return (f"head({found})", form) if link.one else (found, Listed(form))


def _link_row(
    made: Statement, link: Link, ends: tuple[str, str], what: Selected
) -> tuple[str, Object]:
    bond, other = ends
    if not link.carried:
        return _far_row(made, link, other, what)
    cells = Cells()
    for each in what.children.values():
        if each.name == link.end:
            cells.put(each, *_far_row(made, link, other, each))
        elif each.name == "__typename":
            cells.put(each, f"'{what.type_name}'")
        else:
            cells.put(each, _shown(link.carried[each.name], bond))
    return cells.row(), Object(what, cells)


def _far_row(made: Statement, link: Link, other: str, what: Selected) -> tuple[str, Object]:
    if link.far == ANY_ELEMENT:
        return element_row(made, other, what)
    return record_row(made, link.far, other, what)
