"""Records of the processes that are about an element, as a field of every element.

    ci(by: {key: "sto-a"}) {
      processRecords(kinds: ["Change"], open: true) { nodes { key title status } totalCount }
    }

Which relationships lead from records to elements follows from their declarations, as the fields
of the records do that lead the other way.
"""

from collections.abc import Iterable, Mapping
from functools import cache

from fitsm_graph.api.elements import PAGING, Arguments, ElementTypes, add_field, connection, many
from fitsm_graph.api.fields import ANY_ELEMENT
from fitsm_graph.api.links import ANY_RECORD, Link, links_of, process_kinds
from fitsm_graph.api.ordering import ID, Key, behind, named, sorted_by
from fitsm_graph.api.paging import Page, digest_of
from fitsm_graph.api.projection import also, placed_row
from fitsm_graph.api.record_filters import going_on
from fitsm_graph.api.record_rows import record_cells
from fitsm_graph.api.rows import Form, Paged, rows_of
from fitsm_graph.api.selection import Selected
from fitsm_graph.api.statement import Statement, where
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.text import did_you_mean

FIELD = "processRecords"
_ASKED: Arguments = {"kinds": (many(str), None), "open": (bool, None)}


@cache
def kinds_about_elements() -> Mapping[str, tuple[str, ...]]:
    """Kinds of records that are about elements, with the relationships that say so."""
    found = {
        kind: tuple(sorted({each.type for each in links_of(kind).values() if _leads(each)}))
        for kind in process_kinds()
    }
    return {kind: types for kind, types in found.items() if types}


def _leads(link: Link) -> bool:
    return link.far == ANY_ELEMENT and link.out


def add_to(types: ElementTypes, shared: object) -> None:
    """Add the field to the types of all elements.

    Args:
        types: Of elements, made already.
        shared: The interface of all records of processes.
    """
    pages = connection(ANY_RECORD, shared, "Records of the processes.")
    doc = "Records that are about it, by kind and by whether they are over; the newest first."
    for each in (types.element, types.ci, *types.all):
        add_field(each, "process_records", pages, {**_ASKED, **PAGING}, doc)


def process_records(made: Statement, variable: str, what: Selected) -> tuple[str, Form]:
    """A page of the records about an element, each once, however many ways it is about it.

    Raises:
        BadInput: UNKNOWN_KIND.
    """
    kinds, page, record = _kinds(what), Page.of(what), made.next("about")
    order = (Key(ID, f"{record}.`id`", descending=True),)
    asked = {name: what.arguments.get(name) for name in _ASKED}
    belongs = digest_of(what.name, asked, named(order))
    paged = Paged(what, page, belongs, record_cells(made, ANY_RECORD, record, rows_of(what)))
    if not kinds:
        return "[[], 0]", paged
    around = _standing(made, record, kinds, what)
    place, limit = page.place(belongs, len(order)), made.value(page.size + 1)
    beyond = [] if place is None else behind(made, order, place, backward=page.backward)
    found = f"MATCH {_pattern(variable, record, kinds)}"
    total = f"COUNT {{ {found}{where(around)} RETURN DISTINCT {record} }}"
    text = (
        f"[COLLECT {{ {found}{where([*around, *beyond])} WITH DISTINCT {record} "
        f"RETURN {placed_row(paged, order)} "
        f"ORDER BY {sorted_by(order, backward=page.backward)} LIMIT {limit} }}, "
        f"{total if what.has('totalCount') else 'null'}]"
    )
    return text, paged


def _kinds(what: Selected) -> tuple[str, ...]:
    """The kinds that are asked for, each once; all where nobody says which."""
    given, known = what.arguments.get("kinds"), kinds_about_elements()
    if given is None:
        return tuple(known)
    for number, kind in enumerate(given):
        if kind not in known:
            raise BadInput(
                f"no record of kind '{kind[:100]}' is about an element",
                code="UNKNOWN_KIND",
                why=f"these are: {', '.join(sorted(known))}",
                remedy=did_you_mean(kind[:100], known) or "ask for one of them, or leave it out",
                path=(what.key, "kinds", number),
            )
    return tuple(dict.fromkeys(given))


def _pattern(variable: str, record: str, kinds: Iterable[str]) -> str:
    about = kinds_about_elements()
    types = sorted({type for kind in kinds for type in about[kind]})
    return f"({variable})<-[:{'|'.join(types)}]-({record}:{'|'.join(kinds)})"


def _standing(made: Statement, record: str, kinds: Iterable[str], what: Selected) -> list[str]:
    """Whether they are over, where that is asked for; each kind says so in its own field."""
    wanted = what.arguments.get("open")
    if wanted is None:
        return []
    going = " OR ".join(f"{record}:{kind} AND ({going_on(made, kind, record)})" for kind in kinds)
    return [going if wanted else f"NOT ({going})"]


also(FIELD, process_records)
