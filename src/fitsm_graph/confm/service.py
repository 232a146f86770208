"""Verbs of configuration management over elements and their relations (PR11.3, PR11.4)."""

from collections.abc import Mapping
from typing import Any

from fitsm_graph.confm import rules
from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.confm.ties import stored_tie
from fitsm_graph.graph.changes import Properties, kind_of
from fitsm_graph.graph.tx import Tx, check_version, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.errors import Conflict, NotFound, Refused
from fitsm_graph.model.confm import IDENTIFIED_BY, OWNED_BY, Lifecycle
from fitsm_graph.model.declare import Process
from fitsm_graph.model.registry import TypeRegistry


@verb("element.register", room=Process.CONFM, requirement="PR11.3")
async def register_element(tx: Tx, registry: TypeRegistry, draft: ElementDraft) -> Properties:
    """Register a service, component, CI or redundancy group (PR11.3).

    Its type, level of detail and scope are checked first (PR11.1, PR11.2).

    Raises:
        BadInput: With everything that is wrong with the draft.
        Conflict: DUPLICATE, when the key or a unique attribute is taken.
        Refused: OUT_OF_SCOPE.
    """
    properties = rules.element_properties(draft, registry)
    unique = rules.unique_values(draft.type, properties, registry) if draft.kind == "CI" else {}
    context = await tx.one(
        "confm.registration_context",
        key=draft.key or None,
        owner=draft.owner or None,
        identifiers=sorted(unique.values()),
    )
    _check_key(tx, draft.key, context)
    rules.check_scope(draft.kind, draft.type, context["scopes"], registry)
    _check_sight(tx, draft)
    owner = _owner(draft.owner, context)
    element = tx.create(draft.kind, properties, leaf=draft.type)
    _identify(tx, element, unique, context)
    if owner:
        tx.relate(OWNED_BY.type, element["id"], owner)
    return element


@verb("element.update", room=Process.CONFM, requirement="PR11.4")
async def update_element(
    tx: Tx,
    registry: TypeRegistry,
    ref: str,
    changes: Mapping[str, Any],
    *,
    expected_version: int | None = None,
) -> Properties:
    """Give some properties of an element new values; null clears an attribute (PR11.4).

    Raises:
        NotFound: No live element has this id or key.
        Conflict: VERSION_CONFLICT or DUPLICATE.
        BadInput: With everything that is wrong with the values.
    """
    row = _found(tx, await tx.rows("confm.elements_by_ref", refs=[ref]), ref)
    current, kind = row["element"], kind_of(row["labels"])
    check_version(current, expected_version)
    after = rules.changed_properties(kind, current, changes, registry)
    if kind == "CI":
        await _reidentify(tx, registry, row, after)
    return tx.update(kind, current, after)


@verb("element.relate", room=Process.CONFM, requirement="PR11.3")
async def relate(tx: Tx, registry: TypeRegistry, draft: RelationDraft) -> Properties:
    """Relate two elements; an existing relation gets the values given (PR11.3).

    Raises:
        NotFound: An end leads nowhere.
        BadInput: The type does not allow it.
        Refused: CARDINALITY.
    """
    registry.relationship_type(draft.type)
    context = await tx.one(
        "confm.relation_context", source=draft.source, target=draft.target, type=draft.type
    )
    source, target = (
        _end(tx, context, "source", draft.source),
        _end(tx, context, "target", draft.target),
    )
    declared = rules.check_relation(draft, source[1], target[1], registry)
    ends = (source[0]["id"], target[0]["id"])
    stored = stored_tie(draft.properties())
    given = {name: value for name, value in stored.items() if value is not None}
    if context["relation"] is None:
        rules.check_cardinality(declared, context["outgoing"], context["incoming"])
        properties = tx.relate(draft.type, *ends, given)
    else:
        properties = tx.change_relation(draft.type, *ends, context["relation"], given)
    return {"type": draft.type, "source": ends[0], "target": ends[1], **properties}


@verb("element.unrelate", room=Process.CONFM, requirement="PR11.3")
async def unrelate(
    tx: Tx, registry: TypeRegistry, type: str, source: str, target: str
) -> Properties:
    """End the relation of a type between two elements (PR11.3).

    Raises:
        NotFound: An end leads nowhere, or there is no such relation.
    """
    registry.relationship_type(type)
    context = await tx.one("confm.relation_context", source=source, target=target, type=type)
    first, second = _end(tx, context, "source", source), _end(tx, context, "target", target)
    if context["relation"] is None:
        raise NotFound(
            f"{source} has no {type} to {target}", remedy="list the relations of either element"
        )
    ends = (first[0]["id"], second[0]["id"])
    tx.unrelate(type, *ends, context["relation"])
    return {"type": type, "source": ends[0], "target": ends[1]}


@verb("element.retire", room=Process.CONFM, requirement="PR11.4")
async def retire_element(
    tx: Tx, registry: TypeRegistry, ref: str, *, expected_version: int | None = None
) -> Properties:
    """Retire an element and end its relations, unless something live still needs it (PR11.4).

    Raises:
        NotFound: No live element has this id or key.
        Refused: STILL_NEEDED, naming who needs it.
    """
    context = _found(tx, await tx.rows("confm.retirement_context", ref=ref), ref)
    check_version(context["element"], expected_version)
    return retire_found(tx, registry, context)


def retire_found(tx: Tx, registry: TypeRegistry, context: Properties) -> Properties:
    """Retire the element of a row of `confm.retirement_context`, with its relations.

    Raises:
        Refused: STILL_NEEDED, naming who needs it.
    """
    current = context["element"]
    relations = [_masked(tx, each) for each in context["relations"]]
    lost = rules.lost_needs(current["id"], relations, context["groups"], registry)
    if lost:
        raise Refused(
            f"{current['key']} cannot be retired",
            code="STILL_NEEDED",
            why="; ".join(lost[:5]) + (f" and {len(lost) - 5} more" if len(lost) > 5 else ""),
            remedy="give them another provider first",
            requirement="PR11.4",
        )
    for source, type, target, properties, _key, _labels in context["relations"]:
        if rules.is_ours(type):  # what an incident affected stays told
            tx.unrelate(type, source, target, properties)
    for identifier in context["identifiers"]:
        tx.retire("Identifier", identifier)
    return tx.retire(kind_of(context["labels"]), current, lifecycle=Lifecycle.RETIRED)


@verb("element.own", room=Process.CONFM, requirement="PR11.2")
async def assign_owner(tx: Tx, ref: str, owner: str) -> Properties:
    """Make a person or a group answer for an element (PR11.2).

    Raises:
        NotFound: The element or the owner does not exist.
    """
    context = _found(tx, await tx.rows("confm.ownership_context", ref=ref, owner=owner), ref)
    new = _owner(owner, context)
    for former, properties in context["former"]:
        if former != new:
            tx.unrelate(OWNED_BY.type, context["element"]["id"], former, properties)
    if new not in {former for former, _ in context["former"]}:
        tx.relate(OWNED_BY.type, context["element"]["id"], new)
    return dict(context["element"])


# --- within ------------------------------------------------------------------------------------


def _found(tx: Tx, rows: list[Properties], ref: str) -> Properties:
    """The one element of a look-up; one that the actor does not see is not there."""
    return found([row for row in rows if tx.sees(row["labels"])], "element", ref)


def _check_sight(tx: Tx, draft: ElementDraft) -> None:
    if not tx.sees({draft.kind, draft.type}):
        raise Refused(
            f"you may not register a {draft.type}",
            code="OUT_OF_SIGHT",
            why="it would be hidden from you: none of your configuration scopes holds its type",
            remedy="ask an administrator for a scope that does",
            path=("type",),
        )


def _masked(tx: Tx, relation: list[Any]) -> list[Any]:
    """A relation of the retirement context; the key of a hidden other end is not told."""
    *rest, key, labels = relation
    return [*rest, key if tx.sees(labels) else "a hidden element", labels]


def _end(tx: Tx, context: Properties, end: str, ref: str) -> tuple[Properties, tuple[str, str]]:
    element = context[end]
    if element is None or not tx.sees(context[f"{end}_labels"]):
        raise NotFound(f"there is no element '{ref}'", remedy="check the id or key", path=(end,))
    return element, (kind_of(context[f"{end}_labels"]), element.get("type", ""))


def _check_key(tx: Tx, key: str, context: Properties) -> None:
    if context["taken"] is not None:
        raise Conflict(
            f"the key '{key}' is taken",
            code="DUPLICATE",
            why=f"element {context['taken']} has it" if tx.sight is None else "something has it",
            remedy="choose another key, or update that element",
            path=("key",),
        )


def _owner(owner: str, context: Properties) -> str:
    if not owner:
        return ""
    owners = context["owners"]
    if not owners:
        raise NotFound(
            f"there is no person or group '{owner}'", remedy="register it first", path=("owner",)
        )
    return str(owners[0]["id"])


def _identify(tx: Tx, element: Properties, unique: Mapping[str, str], context: Properties) -> None:
    """Give an element its identifiers; one that another element carries is refused."""
    held = {row["key"]: row for row in context["held"]}
    for kind, key in sorted(unique.items()):
        known = held.get(key)
        if known is None:
            value = key.partition("|")[2]
            made = tx.create("Identifier", {"key": key, "kind": kind, "value": value})
            tx.relate(IDENTIFIED_BY.type, element["id"], made["id"])
        elif known["holder"] is None:
            tx.relate(IDENTIFIED_BY.type, element["id"], known["id"])
        elif known["holder"] != element["id"]:
            raise Conflict(
                f"{kind} must be unique, and its value is taken",
                code="DUPLICATE",
                why=f"{known['holder_key']} has it" if tx.sight is None else "something has it",
                remedy="check which of the two is wrong",
                path=("attributes", kind),
            )


async def _reidentify(
    tx: Tx, registry: TypeRegistry, row: Properties, after: Mapping[str, Any]
) -> None:
    """Bring the identifiers of a CI in line with new values of unique attributes."""
    current = row["element"]
    old = rules.unique_values(current["type"], current, registry)
    new = rules.unique_values(current["type"], {**current, **after}, registry)
    fresh = {kind: key for kind, key in new.items() if old.get(kind) != key}
    gone = {key for kind, key in old.items() if new.get(kind) != key}
    if fresh:
        context = await tx.one(
            "confm.registration_context", key=None, owner=None, identifiers=sorted(fresh.values())
        )
        _identify(tx, current, fresh, context)
    for identifier, bound in row["identifiers"]:
        if identifier["key"] in gone:
            tx.unrelate(IDENTIFIED_BY.type, current["id"], identifier["id"], bound)
            tx.retire("Identifier", identifier)
