"""Verbs of incident management (PR9)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx, check_version, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact import effects
from fitsm_graph.impact.reach import Reach
from fitsm_graph.isrm.assessing import (
    NO_OVERRIDE,
    Behind,
    Override,
    assessed,
    changed,
    check_category,
)
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import BadInput, NotFound
from fitsm_graph.model.declare import Process
from fitsm_graph.model.disturbance import Effect
from fitsm_graph.model.isrm import AFFECTS

Reaching = Callable[[Mapping[str, Effect], str], Reach]
"""Says how far elements reach in the states that an incident of some key puts them into."""
_OVER = "register a new incident that refers to it"


@verb("incident.register", room=Process.ISRM, requirement="PR9.1")
async def register_incident(
    tx: Tx,
    policies: Policies,
    reaching: Reaching,
    title: str,
    affects: Sequence[tuple[str, str]],
    *,
    description: str = "",
    starts_at: str | None = None,
    category: str = "",
    override: Override = NO_OVERRIDE,
) -> Properties:
    """Register an incident with what it affects and how hard, classified and prioritised (PR9.1).

    Args:
        tx: The transaction.
        policies: In force; the life of incidents says where one begins.
        reaching: Says what the affected elements do to services.
        title: What is wrong, in a line.
        affects: Id or key of each element, with ``down``, ``degraded`` or ``at_risk``.
        description: What is known.
        starts_at: When it began, RFC 3339; None: now.
        category: Key of its class in the scheme in force; empty: not known yet.
        override: Impact and urgency as a person decides.

    Raises:
        NotFound: An element is not there.
        BadInput: With what is wrong.
    """
    described = {**_titled(title), "description": description, "starts_at": _began(tx, starts_at)}
    rows = await tx.rows("impact.elements_named", refs=[ref for ref, _ in affects])
    hit = effects.hit(tx, rows, affects, "affects")
    incident = tx.create(
        "Incident",
        {
            **described,
            "status": life_of(policies, "Incident").initial,
            "category": check_category(policies, category),
            **await _assessment(tx, policies, reaching, hit, override),
        },
    )
    for element, effect in hit.items():
        tx.relate(AFFECTS.type, incident["id"], element, {"effect": effect})
    return incident


@verb("incident.affect", room=Process.ISRM, requirement="PR9.1")
async def affect(
    tx: Tx,
    policies: Policies,
    reaching: Reaching,
    ref: str,
    element: str,
    effect: str | None,
) -> Properties:
    """Say that an open incident affects an element, and how hard; None: it does not (PR9.1).

    Its impact and priority are computed again.

    Raises:
        NotFound: The incident or the element is not there, or was not affected.
        Refused: The incident is resolved.
    """
    row = await _incident(tx, ref, [element])
    incident = _allowed(policies, row, "incident.affect")
    hit = _effects(row)
    target = _target(tx, row, element, known_only=effect is None)
    current = {each["id"]: each["properties"] for each in row["affected"]}.get(target)
    if effect is None:
        hit.pop(target)
        tx.unrelate(AFFECTS.type, incident["id"], target, current or {})
    else:
        hit[target] = effects.effect_of(effect)
        given = {"effect": hit[target]}
        if current is None:
            tx.relate(AFFECTS.type, incident["id"], target, given)
        else:
            tx.change_relation(AFFECTS.type, incident["id"], target, current, given)
    after = await _assessment(tx, policies, reaching, hit, Override.of(incident), incident["key"])
    return tx.update("Incident", incident, changed(incident, after))


@verb("incident.classify", room=Process.ISRM, requirement="PR9.1")
async def classify_incident(
    tx: Tx, policies: Policies, ref: str, category: str, *, expected_version: int | None = None
) -> Properties:
    """Put an open incident into a category of the scheme in force (PR9.1).

    Raises:
        NotFound: There is no such incident.
        BadInput: UNKNOWN_CATEGORY.
        Refused: The incident is resolved.
        Conflict: VERSION_CONFLICT.
    """
    row = await _incident(tx, ref, [])
    incident = _allowed(policies, row, "incident.classify")
    check_version(incident, expected_version)
    return tx.update("Incident", incident, {"category": check_category(policies, category)})


@verb("incident.prioritise", room=Process.ISRM, requirement="PR9.1")
async def prioritise_incident(
    tx: Tx,
    policies: Policies,
    reaching: Reaching,
    ref: str,
    *,
    override: Override = NO_OVERRIDE,
    expected_version: int | None = None,
) -> Properties:
    """Compute impact, urgency and priority again, or set them aside with a reason (PR9.1).

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what the affected elements do to services now.
        ref: Id or key of the incident.
        override: What a person decides; nothing: the rules decide from now on.
        expected_version: Of the record.

    Raises:
        NotFound: There is no such incident.
        BadInput: A class is unknown, or the reason is missing.
        Refused: The incident is resolved.
        Conflict: VERSION_CONFLICT.
    """
    row = await _incident(tx, ref, [])
    incident = _allowed(policies, row, "incident.prioritise")
    check_version(incident, expected_version)
    after = await _assessment(tx, policies, reaching, _effects(row), override, incident["key"])
    return tx.update("Incident", incident, changed(incident, after))


@verb("incident.resolve", room=Process.ISRM, requirement="PR9.2")
async def resolve_incident(
    tx: Tx,
    policies: Policies,
    ref: str,
    resolution: str,
    *,
    expected_version: int | None = None,
) -> Properties:
    """Say that the service is restored, and how; what it affected is as before (PR9.2).

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
    row = await _incident(tx, ref, [])
    incident: Properties = row["incident"]
    life = life_of(policies, "Incident")
    moved = life.move(incident, "incident.resolve", tx.at, remedy=_OVER)
    check_version(incident, expected_version)
    return tx.update("Incident", incident, {**moved, "resolution": resolution.strip()})


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
    reaching: Reaching,
    hit: Mapping[str, Effect],
    override: Override,
    known: str = "",
) -> dict[str, Any]:
    """Impact, urgency and priority of what an incident does; of a known one by its key."""
    reach = reaching(hit, known)
    behind = Behind(0, 0)
    if reach.services:
        ids = [each.id for each in reach.services]
        behind = Behind(**await tx.one("isrm.people_behind", services=ids))
    return assessed(policies, reach, behind, override)


async def _incident(tx: Tx, ref: str, refs: Sequence[str]) -> Properties:
    rows = await tx.rows("isrm.incident_by_ref", ref=ref, refs=list(refs))
    return found(rows, "incident", ref)


def _allowed(policies: Policies, row: Properties, verb: str) -> Properties:
    """The incident, in a state that allows a verb which leaves it there."""
    incident: Properties = row["incident"]
    life_of(policies, "Incident").step(incident, verb, remedy=_OVER)
    return incident


def _effects(row: Properties) -> dict[str, Effect]:
    """What an incident does, also to elements that the actor does not see."""
    return {each["id"]: Effect(each["properties"]["effect"]) for each in row["affected"]}


def _target(tx: Tx, row: Properties, element: str, *, known_only: bool) -> str:
    """Id of the element that is meant; what the actor does not see is not there."""
    there = {each["ref"]: each["id"] for each in effects.seen(tx, row["elements"])}
    known = effects.seen(tx, row["affected"])
    if not known_only:
        return effects.named(effects.seen(tx, row["elements"]), [element], "element")[element]
    keys = {each["key"]: each["id"] for each in known}
    target = str(there.get(element) or keys.get(element, element))
    if target not in {each["id"] for each in known}:
        told = f"{row['incident']['key']} does not affect '{element}'"
        raise NotFound(told, remedy="check the key")
    return target
