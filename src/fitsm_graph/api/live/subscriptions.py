"""The subscriptions of the schema; each begins with the right it needs, and at its place."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, asked_of
from fitsm_graph.api.context import Context
from fitsm_graph.api.elements import ElementTypes, asking
from fitsm_graph.api.executor import Shaped
from fitsm_graph.api.fields import ANY_ELEMENT
from fitsm_graph.api.live import impact_watch
from fitsm_graph.api.live.changes import entry_events, record_events
from fitsm_graph.api.live.cursor import Cursor
from fitsm_graph.api.live.listening import Event, listening_of, told
from fitsm_graph.api.live.words import ImpactEvent, LedgerEvent, event_type
from fitsm_graph.api.paging import page_size
from fitsm_graph.api.selection import Selected, pick, selected_list
from fitsm_graph.graph.follow import Batch
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.confm import ELEMENT_KINDS
from fitsm_graph.model.declare import RECORDS
from fitsm_graph.sms.rights import READ, READ_LEDGER

OF_THE_LEDGER = ("actor", "via", "verb", "reason", "requirement", "changes")
"""Fields that tell what the history tells, and need the same right."""


def subscription_type(types: ElementTypes) -> Any:
    """Make the type of subscriptions."""
    event = event_type(types.element)
    fields = {
        "element_changed": _field(
            asking(
                element_changed,
                {"where": (types.inputs.where[ANY_ELEMENT], None), "since": (str, None)},
            ),
            event,
            "Elements that are registered, changed, related or retired (PR11.4).",
        ),
        "record_changed": _field(
            record_changed, event, "Records of any kind that are written (PR11.4)."
        ),
        "impact_changed": _field(
            impact_watch.impact_changed,
            ImpactEvent,
            "States of a set of elements, and what its failure would do (PR12.3).",
        ),
        "ledger_entries": _field(
            ledger_entries, LedgerEvent, "Ledger entries with their changes (PR11.4)."
        ),
    }
    made = type("Subscription", (), fields)
    return strawberry.type(
        made, description="Events as they happen, or from a cursor on; see use-the-api."
    )


def _field(resolver: Callable[..., Any], kind: Any, doc: str) -> Any:
    return strawberry.subscription(resolver=resolver, graphql_type=kind, description=doc)


async def element_changed(info: Info, **given: Any) -> AsyncIterator[Shaped]:
    """Elements that match as they are now, after the entry."""
    context, what = info.context, asked_of(info)
    context.allow(READ)
    if what.has(*OF_THE_LEDGER):
        context.allow(READ_LEDGER)
    where = selected_list(info._raw_info).arguments.get("where")  # noqa: SLF001 - as for lists
    context.compiler.among(
        (), context.now, where=where
    )  # a filter that cannot be compiled is refused now
    since = given.get("since") or None
    return await _records(context, what, since, kinds=frozenset(ELEMENT_KINDS), where=where)


async def record_changed(
    info: Info, kinds: list[str] | None = None, since: str | None = None
) -> AsyncIterator[Shaped]:
    """Records of some kinds, or of all."""
    context, what = info.context, asked_of(info)
    context.allow(READ_LEDGER)
    for kind in kinds or ():
        if kind not in RECORDS:
            raise BadInput(
                f"there is no kind of record '{kind[:100]}'",
                remedy=did_you_mean(kind[:100], RECORDS) or "docs/reference/records.md lists them",
                path=("kinds",),
            )
    wanted = frozenset(RECORDS if kinds is None else kinds)
    return await _records(context, what, since, kinds=wanted, where=None)


async def ledger_entries(info: Info, since: str | None = None) -> AsyncIterator[Shaped]:
    """Entries of which the reader sees anything."""
    context, what = info.context, asked_of(info)
    context.allow(READ_LEDGER)
    listening = listening_of(context)
    await listening.begin(since)

    def shape(event: Event, cursor: Cursor) -> dict[str, Any]:
        return _shaped(event, cursor, what)

    return told(
        listening, lambda batch: entry_events(batch, context.sight, context.withheld), shape
    )


async def _records(
    context: Context,
    what: Selected,
    since: str | None,
    *,
    kinds: frozenset[str],
    where: Any,
) -> AsyncIterator[Shaped]:
    listening = listening_of(context)
    await listening.begin(since)

    async def make(batch: Batch) -> list[Event]:
        events = await record_events(batch, context.sight, context.withheld)
        wanted = [each for each in events if each.fields["kind"] in kinds]
        context.seq = max(context.seq, batch.seq)
        context.now = context.graph.clock.now()
        return await filled(context, wanted, what, where)

    def shape(event: Event, cursor: Cursor) -> dict[str, Any]:
        return _shaped(event, cursor, what)

    return told(listening, make, shape)


async def filled(
    context: Context, events: Sequence[Event], what: Selected, where: Any
) -> list[Event]:
    """Events of the elements that match, with what is selected of each.

    One statement for all of them, and one for those that it does not find: what is retired matches
    as it was last, whatever the event was.
    """
    chosen = [each for each in what.children.values() if each.name == "element"]
    ids = {each.place.id for each in events if each.fields["kind"] in ELEMENT_KINDS}
    if not ids or not (chosen or where):
        return [Event(e.place, e.fields, {each.key: None for each in chosen}) for e in events]
    shown: dict[str, dict[str, Any]] = {} if where else {id: {} for id in ids}
    questions: list[tuple[str, Selected | None]] = [(each.key, each) for each in chosen]
    for key, each in questions or [("", None)]:
        found = await context.answer(
            context.compiler.among(sorted(ids), context.now, where=where, what=each)
        )
        for id, node in zip(found["ids"], found["nodes"], strict=True):
            shown.setdefault(id, {}).update({key: node} if each is not None else {})
    rest = ids - set(shown)
    if where and rest:  # an event may be told of when its element has been retired since
        question = context.compiler.among(sorted(rest), context.now, where=where, live=False)
        shown |= {id: {} for id in (await context.answer(question))["ids"]}
    nothing = {each.key: None for each in chosen}
    return [
        Event(e.place, e.fields, {**nothing, **shown.get(e.place.id, {})})
        for e in events
        if e.place.id in shown or not where
    ]


def _shaped(event: Event, cursor: Cursor, what: Selected) -> dict[str, Any]:
    """An event by response names."""
    fields = {**event.fields, "cursor": str(cursor)}
    answer: dict[str, Any] = {}
    for key, each in what.children.items():
        if key in event.keyed:
            answer[key] = event.keyed[key]
        elif each.name == "relations":
            answer[key] = pick(fields["relations"][: page_size(each.arguments["first"])], each)
        elif each.name == "__typename":
            answer[key] = what.type_name
        else:
            answer[key] = pick(fields[each.name], each)
    return answer
