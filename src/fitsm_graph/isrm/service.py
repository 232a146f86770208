"""Verbs of incident management (PR9)."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fitsm_graph.flow.lives import life_of, stepped
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.schemes import check_category
from fitsm_graph.flow.weighing import behind
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Moment, Of
from fitsm_graph.graph.tx import Tx, check_version, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact import effects
from fitsm_graph.impact.effects import Hit
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.isrm.assessing import (
    Override,
    assessed,
    changed,
)
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import BadInput, NotFound
from fitsm_graph.model.declare import Process
from fitsm_graph.model.disturbance import Effect
from fitsm_graph.model.isrm import AFFECTS

AnIncident = Annotated[str, Of("Incident")]
_OVER = "register a new incident that refers to it"


@verb("incident.register", room=Process.ISRM, requirement="PR9.1", on="Incident")
async def register_incident(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    title: str,
    affects: Sequence[Hit],
    *,
    description: str = "",
    starts_at: Moment | None = None,
    category: str = "",
    impact: str = "",
    urgency: str = "",
    override_reason: str = "",
) -> Properties:
    """Register an incident with what it affects and how hard, classified and prioritised (PR9.1).

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what the affected elements do to services.
        title: What is wrong, in a line.
        affects: The elements that suffer from it, and how hard.
        description: What is known.
        starts_at: When it began, RFC 3339; now when left out.
        category: Key of its class in the scheme in force; empty: not known yet.
        impact: Another class than the graph says; needs a reason.
        urgency: Likewise.
        override_reason: Why impact or urgency is another.

    Examples:
        fsg incident register "no power in rack 4" rack-4 --category power
        fsg incident register "slow disks" sto-a=degraded sto-b --dry-run

    Raises:
        NotFound: An element is not there.
        BadInput: With what is wrong.
    """
    described = {**_titled(title), "description": description, "starts_at": _began(tx, starts_at)}
    rows = await tx.rows("impact.elements_named", refs=[ref for ref, _ in affects])
    hit = effects.hit(tx, rows, affects, "affects")
    override = Override(impact, urgency, override_reason)
    classes = {
        "status": life_of(policies, "Incident").initial,
        "category": check_category(policies, category),
        **await _assessment(tx, policies, reaching, hit, override),
    }
    incident = tx.create("Incident", described | classes)
    for element, effect in hit.items():
        tx.relate(AFFECTS.type, incident["id"], element, {"effect": effect})
    return incident


@verb("incident.affect", room=Process.ISRM, requirement="PR9.1", on="Incident")
async def set_incident_effect(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    ref: AnIncident,
    element: Annotated[str, Of("Element")],
    effect: Effect = Effect.DOWN,
) -> Properties:
    """Say that an open incident affects an element, and how hard (PR9.1).

    Its impact and priority are computed again.

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what the affected elements do to services.
        ref: Id or key of the incident.
        element: Id or key.
        effect: Its state while the incident is open.

    Examples:
        fsg incident affect INC-000001 sto-b --effect degraded

    Raises:
        NotFound: The incident or the element is not there.
        Refused: The incident is resolved.
    """
    row = await _incident(tx, ref, [element])
    record = _allowed(policies, row, "incident.affect")
    target = effects.named(effects.seen(tx, row["elements"]), [element], "element")[element]
    current = _affected(row).get(target)
    given = {"effect": effects.effect_of(effect)}
    if current is None:
        tx.relate(AFFECTS.type, record["id"], target, given)
    else:
        tx.change_relation(AFFECTS.type, record["id"], target, current, given)
    hit = _effects(row) | {target: given["effect"]}
    return await _assessed_again(tx, policies, reaching, record, hit)


@verb("incident.clear", room=Process.ISRM, requirement="PR9.1", on="Incident")
async def clear_incident_effect(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    ref: AnIncident,
    element: Annotated[str, Of("Element")],
) -> Properties:
    """Say that an open incident does not affect an element any more (PR9.1).

    Its impact and priority are computed again.

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what the affected elements do to services.
        ref: Id or key of the incident.
        element: Id or key.

    Examples:
        fsg incident clear INC-000001 sto-b

    Raises:
        NotFound: The incident is not there, or does not affect the element.
        Refused: The incident is resolved.
    """
    row = await _incident(tx, ref, [element])
    record = _allowed(policies, row, "incident.clear")
    target = _target(tx, row, element)
    tx.unrelate(AFFECTS.type, record["id"], target, _affected(row)[target])
    hit = {id: effect for id, effect in _effects(row).items() if id != target}
    return await _assessed_again(tx, policies, reaching, record, hit)


@verb("incident.classify", room=Process.ISRM, requirement="PR9.1", on="Incident")
async def classify_incident(
    tx: Tx,
    policies: Policies,
    ref: AnIncident,
    category: str,
    *,
    expected_version: int | None = None,
) -> Properties:
    """Put an open incident into a category of the scheme in force (PR9.1).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the incident.
        category: Key of its class in the scheme.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg incident classify INC-000001 storage

    Raises:
        NotFound: There is no such incident.
        BadInput: UNKNOWN_CATEGORY.
        Refused: The incident is resolved.
        Conflict: VERSION_CONFLICT.
    """
    record = _allowed(policies, await _incident(tx, ref, []), "incident.classify")
    check_version(record, expected_version)
    return tx.update("Incident", record, {"category": check_category(policies, category)})


@verb("incident.prioritise", room=Process.ISRM, requirement="PR9.1", on="Incident")
async def prioritise_incident(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    ref: AnIncident,
    *,
    impact: str = "",
    urgency: str = "",
    override_reason: str = "",
    expected_version: int | None = None,
) -> Properties:
    """Compute impact, urgency and priority again, or set them aside with a reason (PR9.1).

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what the affected elements do to services now.
        ref: Id or key of the incident.
        impact: Another class than the graph says; needs a reason.
        urgency: Likewise; where neither is given, the rules decide from now on.
        override_reason: Why impact or urgency is another.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg incident prioritise INC-000001
        fsg incident prioritise INC-000001 --impact high --override-reason "the open day is today"

    Raises:
        NotFound: There is no such incident.
        BadInput: A class is unknown, or the reason is missing.
        Refused: The incident is resolved.
        Conflict: VERSION_CONFLICT.
    """
    override = Override(impact, urgency, override_reason)
    row = await _incident(tx, ref, [])
    record = _allowed(policies, row, "incident.prioritise")
    check_version(record, expected_version)
    after = await _assessment(tx, policies, reaching, _effects(row), override, record["key"])
    return tx.update("Incident", record, changed(record, after))


@verb("incident.resolve", room=Process.ISRM, requirement="PR9.2", on="Incident")
async def resolve_incident(
    tx: Tx,
    policies: Policies,
    ref: AnIncident,
    resolution: str,
    *,
    expected_version: int | None = None,
) -> Properties:
    """Say that the service is restored, and how; what it affected is as before (PR9.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the incident.
        resolution: What restored the service.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg incident resolve INC-000001 "failed over to the second controller"

    Raises:
        NotFound: There is no such incident.
        Refused: It is resolved already.
        Conflict: VERSION_CONFLICT.
    """
    if not resolution.strip():
        raise BadInput(
            "a resolution is missing",
            why="the next incident of this kind is solved from it",
            remedy="say what restored the service",
            path=("resolution",),
        )
    record: Properties = (await _incident(tx, ref, []))["incident"]
    life = life_of(policies, "Incident")
    moved = life.move(record, "incident.resolve", tx.at, remedy=_OVER)
    check_version(record, expected_version)
    return tx.update("Incident", record, {**moved, "resolution": resolution.strip()})


# --- within --------------------------------------------------------------------------------------


def _titled(title: str) -> dict[str, str]:
    if not title.strip():
        raise BadInput("an incident needs a title", remedy="say what is wrong", path=("title",))
    return {"title": title.strip()}


def _began(tx: Tx, starts_at: str | None) -> str:
    began = to_text(from_text(starts_at, path=("startsAt",))) if starts_at else tx.at
    if began > tx.at:
        raise BadInput(
            "the incident lies in the future",
            why=f"it would begin at {began}, and it is {tx.at}",
            remedy="plan a maintenance window for what is to come",
            path=("startsAt",),
        )
    return began


async def _assessment(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    hit: Mapping[str, Effect],
    override: Override,
    known: str = "",
) -> dict[str, Any]:
    """Impact, urgency and priority of what an incident does; of a known one by its key."""
    reach = reaching.of(hit, known)
    return assessed(policies, reach, await behind(tx, reach), override)


async def _incident(tx: Tx, ref: str, refs: Sequence[str]) -> Properties:
    rows = await tx.rows("isrm.incident_by_ref", ref=ref, refs=list(refs))
    return found(rows, "incident", ref)


def _allowed(policies: Policies, row: Properties, verb: str) -> Properties:
    """The incident, in a state that allows a verb which leaves it there."""
    incident: Properties = row["incident"]
    stepped(policies, "Incident", incident, verb, remedy=_OVER)
    return incident


def _effects(row: Properties) -> dict[str, Effect]:
    """What an incident does, also to elements that the actor does not see."""
    return {each["id"]: Effect(each["properties"]["effect"]) for each in row["affected"]}


async def _assessed_again(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    record: Properties,
    hit: Mapping[str, Effect],
) -> Properties:
    """The incident with the assessment of what it affects now; a decision of a person stays."""
    after = await _assessment(tx, policies, reaching, hit, Override.of(record), record["key"])
    return tx.update("Incident", record, changed(record, after))


def _affected(row: Properties) -> dict[str, Properties]:
    """What its relations to elements say, by id of the element."""
    return {each["id"]: each["properties"] for each in row["affected"]}


def _target(tx: Tx, row: Properties, element: str) -> str:
    """Id of an element that it affects; what the actor does not see is not there."""
    there = {each["ref"]: each["id"] for each in effects.seen(tx, row["elements"])}
    known = effects.seen(tx, row["affected"])
    keys = {each["key"]: each["id"] for each in known}
    target = str(there.get(element) or keys.get(element, element))
    if target not in {each["id"] for each in known}:
        told = f"{row['incident']['key']} does not affect '{element}'"
        raise NotFound(told, remedy="check the key")
    return target
