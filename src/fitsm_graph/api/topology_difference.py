"""What is different between two times: elements that came, went or changed, and their relations.

The graph is undone to either time from what the ledger keeps, and compared. To a reader with a
limited sight an element is told of that it sees at both times, and a relation whose ends it sees.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Optional

import strawberry

from fitsm_graph.api import past
from fitsm_graph.api import types as words
from fitsm_graph.api.answers import Info, answering, asked_list_of, asked_of
from fitsm_graph.api.context import Context
from fitsm_graph.api.element_rows import ElementRows
from fitsm_graph.api.elements import ElementTypes
from fitsm_graph.api.fields import ANY_ELEMENT
from fitsm_graph.api.graph_types import Difference
from fitsm_graph.api.history import sees
from fitsm_graph.api.paging import page_size
from fitsm_graph.api.selection import pick
from fitsm_graph.api.withheld import NOTHING, Withheld, veiled
from fitsm_graph.graph import feed
from fitsm_graph.graph.changes import kind_of
from fitsm_graph.graph.history import GraphImage, RecordImage, Triple
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.confm import ELEMENT_KINDS, OWNED_BY
from fitsm_graph.model.record import BOOKKEEPING
from fitsm_graph.model.registry_types import camel_case
from fitsm_graph.sms.rights import READ_LEDGER

Properties = Mapping[str, Any]
FieldRow = dict[str, Any]


@dataclass(slots=True)
class Compared:
    """The graph at two times, side by side.

    Attributes:
        actions: What became of each element, by id.
        fields: Fields of the changed elements, by id.
        relations: What became of each relation between elements.
        relation_fields: Fields of the changed ones.
        images: The last image of each element that is named.
    """

    actions: dict[str, Difference] = field(default_factory=dict)
    fields: dict[str, list[FieldRow]] = field(default_factory=dict)
    relations: dict[Triple, Difference] = field(default_factory=dict)
    relation_fields: dict[Triple, list[FieldRow]] = field(default_factory=dict)
    images: dict[str, RecordImage] = field(default_factory=dict)

    def keep(self, told: Callable[[str], bool]) -> None:
        """Leave out elements that are not told of, and relations with an end that is not."""
        self.actions = {id: each for id, each in self.actions.items() if told(id)}
        self.relations = {
            triple: each
            for triple, each in self.relations.items()
            if told(triple[0]) and told(triple[2])
        }

    def key(self, id: str) -> tuple[str, str]:
        """What elements are ordered by."""
        image = self.images.get(id)
        return (str(image.properties.get("key", "")) if image else "", id)


async def topology_diff(
    info: Info,
    from_: Annotated[words.DateTime, strawberry.argument(name="from")],
    to: words.DateTime | None = None,
    first: int = 200,
    where: Any = None,  # its type is made at run time; read as the document has it
) -> object:
    """What is different between two times."""
    context = info.context
    context.allow(READ_LEDGER)
    page_size(first)
    what = asked_of(info)
    start = await past.seq_at(context, from_, "from")
    end = await past.seq_at(context, to, "to") if to is not None else None
    if end is not None and end < start:
        raise BadInput(
            "'to' is before 'from'",
            path=("to",),
            remedy="exchange the two",
            why="time goes forward",
        )
    until, then, later = await feed.between(context.graph, start, end)
    compared = await compared_in(context, then, later)
    if where is not None:
        await _narrow(context, compared, asked_list_of(info).arguments["where"])
    shown = shown_of(compared, first)
    standing = await context.impact.standing(to)
    rows = ElementRows(context, standing, what, past=to is not None)
    await rows.read(named_in(shown))
    return pick({"fromSeq": start, "toSeq": until, **answer_of(compared, shown, rows)}, what)


async def compared_in(context: Context, then: GraphImage, later: GraphImage) -> Compared:
    """The graph at two times, side by side, as far as the reader sees it."""
    compared = Compared()
    _compare_elements(compared, then, later, context.withheld)
    _compare_relations(compared, then, later)
    ends = {end for triple in compared.relations for end in (triple[0], triple[2])}
    others = await _images(context, ends - set(compared.images))
    compared.images |= {id: each for id, each in others.items() if each.kind in ELEMENT_KINDS}
    await _compare_owners(context, compared)
    both = [image.records for image in (then, later)]

    def told(id: str) -> bool:
        images = [compared.images.get(id), *(records.get(id) for records in both)]
        known = [each for each in images if each is not None]
        return id in compared.images and all(sees(context.sight, each) for each in known)

    compared.keep(told)
    return compared


async def _narrow(context: Context, compared: Compared, where: Any) -> None:
    """Keep elements that match as they are now, or did last, and relations at one of them."""
    ids = set(compared.actions) | {end for triple in compared.relations for end in triple[::2]}
    matching: set[str] = set()
    for live in (True, False):
        question = context.compiler.among(sorted(ids), context.now, where=where, live=live)
        matching.update((await context.answer(question))["ids"])
    compared.actions = {id: each for id, each in compared.actions.items() if id in matching}
    compared.relations = {
        triple: each
        for triple, each in compared.relations.items()
        if not matching.isdisjoint(triple[::2])
    }


def _compare_elements(
    compared: Compared, then: GraphImage, later: GraphImage, withheld: Withheld
) -> None:
    for id in then.records.keys() | later.records.keys():
        old, new = then.records.get(id), later.records.get(id)
        image = new or old
        if image is None or image.kind not in ELEMENT_KINDS:
            continue
        was, there = old is not None and old.live, new is not None and new.live
        compared.images[id] = image
        if was != there:
            compared.actions[id] = Difference.ADDED if there else Difference.REMOVED
        elif there and old is not None and new is not None:
            rows = list(differences(old.properties, new.properties, withheld))
            if rows:
                compared.actions[id], compared.fields[id] = Difference.CHANGED, rows


def _compare_relations(compared: Compared, then: GraphImage, later: GraphImage) -> None:
    for triple in then.relations.keys() | later.relations.keys():
        old, new = then.relations.get(triple), later.relations.get(triple)
        if old is None or new is None:
            compared.relations[triple] = Difference.REMOVED if new is None else Difference.ADDED
            continue
        rows = list(differences(old, new))
        if rows:
            compared.relations[triple] = Difference.CHANGED
            compared.relation_fields[triple] = rows


def differences(
    old: Properties, new: Properties, withheld: Withheld = NOTHING
) -> Iterator[FieldRow]:
    """Fields that differ, by name, values of withheld ones not told; without bookkeeping."""
    before, after = veiled(old, withheld), veiled(new, withheld)
    for name in sorted((old.keys() | new.keys()) - set(BOOKKEEPING)):
        if old.get(name) != new.get(name):
            values = [past.shown(name, each.get(name)) for each in (before, after)]
            yield field_row(camel_case(name), *values)


def field_row(name: str, old: Any, new: Any) -> FieldRow:
    """A field with both values."""
    return {"name": name, "old": old, "new": new, "__typename": "FieldDifference"}


async def _compare_owners(context: Context, compared: Compared) -> None:
    """Make owners fields of the elements: who answers for something is no topology."""
    ties = {t: each for t, each in compared.relations.items() if t[1] == OWNED_BY.type}
    parties = await _images(context, {party for *_, party in ties})
    owners: dict[str, list[Any]] = {}
    for (id, _, party), action in ties.items():
        pair = owners.setdefault(id, [None, None])
        image = parties.get(party)
        if action is not Difference.CHANGED:
            pair[action is Difference.ADDED] = image.properties.get("key") if image else party
    for id, (old, new) in owners.items():
        if compared.actions.setdefault(id, Difference.CHANGED) is Difference.CHANGED:
            compared.fields.setdefault(id, []).append(field_row("owner", old, new))
    for triple in [t for t in compared.relations if t[2] not in compared.images]:
        del compared.relations[triple]


async def _images(context: Context, ids: Iterable[str]) -> dict[str, RecordImage]:
    wanted = sorted(ids)
    rows = await context.graph.rows("ledger.records_now", ids=wanted) if wanted else []
    return {row["id"]: RecordImage(kind_of(row["labels"]), row["properties"]) for row in rows}


# --- the answer ----------------------------------------------------------------------------------


@dataclass(slots=True)
class Shown:
    """What is shown of a comparison: ids and relations, each list up to a number."""

    lists: dict[Difference, list[str]]
    relations: list[Triple]


def shown_of(compared: Compared, first: int) -> Shown:
    """What is shown of a comparison, each list up to a number."""
    lists = {
        action: sorted(
            (id for id, each in compared.actions.items() if each is action), key=compared.key
        )[:first]
        for action in (Difference.ADDED, Difference.REMOVED, Difference.CHANGED)
    }
    relations = sorted(
        compared.relations, key=lambda t: (compared.key(t[0]), t[1], compared.key(t[2]))
    )
    return Shown(lists, relations[:first])


def named_in(shown: Shown) -> list[str]:
    """Ids of everything that is named, each once, what is different first."""
    ids = [id for each in shown.lists.values() for id in each]
    ids += [end for triple in shown.relations for end in (triple[0], triple[2])]
    return list(dict.fromkeys(ids))


def answer_of(compared: Compared, shown: Shown, rows: ElementRows) -> dict[str, Any]:
    """Lists, counts and whether that is all."""

    def element(id: str) -> dict[str, Any]:
        return {
            "id": id,
            "action": compared.actions.get(id, Difference.SAME).value,
            "fields": compared.fields.get(id, []),
            "element": rows.of(id),
            "__typename": "ElementDifference",
        }

    counts = dict.fromkeys(shown.lists, 0)
    for action in compared.actions.values():
        counts[action] += 1
    relinked = [_relation(compared, triple) for triple in shown.relations]
    totals = [*counts.values(), len(compared.relations)]
    parts = [*map(len, shown.lists.values()), len(relinked)]
    complete = totals == parts
    names = ("added", "removed", "changed")
    return {
        **{
            name: [element(id) for id in ids]
            for name, ids in zip(names, shown.lists.values(), strict=True)
        },
        **{f"{name}Count": n for name, n in zip((*names, "relinked"), totals, strict=True)},
        "relinked": relinked,
        "edges": relinked,
        "nodes": [element(id) for id in named_in(shown)],
        "complete": complete,
        "note": "complete" if complete else _note(totals, parts),
    }


def _note(totals: Sequence[int], parts: Sequence[int]) -> str:
    told = zip(("added", "removed", "changed", "relinked"), parts, totals, strict=True)
    return "; ".join(f"{n:,} of {of:,} {name} are shown" for name, n, of in told if n < of)


def _relation(compared: Compared, triple: Triple) -> dict[str, Any]:
    return {
        "source": triple[0],
        "type": triple[1],
        "target": triple[2],
        "action": compared.relations[triple].value,
        "fields": compared.relation_fields.get(triple, []),
        "__typename": "RelationDifference",
    }


def questions(types: ElementTypes, shown: Any) -> dict[str, Any]:
    """Fields of the query type.

    Args:
        types: Of elements.
        shown: Type of a difference.
    """
    resolver = answering(topology_diff)
    matching: Any = Optional[types.inputs.where[ANY_ELEMENT]]  # noqa: UP045 - made at run time
    resolver.__annotations__ = {**topology_diff.__annotations__, "where": matching}
    signature = inspect.signature(topology_diff)
    told = signature.parameters["where"].replace(annotation=matching)
    named = {**signature.parameters, "where": told}
    resolver.__signature__ = signature.replace(parameters=list(named.values()))  # type: ignore[attr-defined]  # read by inspect
    return {
        "topology_diff": strawberry.field(
            resolver=resolver,
            graphql_type=shown,
            description="What is different between two times, of elements that match now or "
            "matched last, and of relations at one of them (PR11.4).",
        )
    }
