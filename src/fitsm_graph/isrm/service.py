"""Verbs of incident management (PR9)."""

from collections.abc import Sequence

from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx, check_version, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact import effects
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import BadInput, NotFound
from fitsm_graph.model.declare import Process
from fitsm_graph.model.isrm import AFFECTS

_OVER = "register a new incident that refers to it"


@verb("incident.register", room=Process.ISRM, requirement="PR9.1")
async def register_incident(
    tx: Tx,
    policies: Policies,
    title: str,
    affects: Sequence[tuple[str, str]],
    *,
    description: str = "",
    starts_at: str | None = None,
) -> Properties:
    """Register an incident with what it affects and how hard (PR9.1).

    Args:
        tx: The transaction.
        policies: In force; the life of incidents says where one begins.
        title: What is wrong, in a line.
        affects: Id or key of each element, with ``down``, ``degraded`` or ``at_risk``.
        description: What is known.
        starts_at: When it began, RFC 3339; None: now.

    Raises:
        NotFound: An element is not there.
        BadInput: With what is wrong.
    """
    if not title.strip():
        raise BadInput("an incident needs a title", remedy="say what is wrong", path=("title",))
    began = to_text(from_text(starts_at, path=("startsAt",))) if starts_at else tx.at
    if began > tx.at:
        raise BadInput(
            "the incident lies in the future",
            why=f"it would begin at {began}, and it is {tx.at}",
            remedy="plan a maintenance window for what is to come",
            path=("startsAt",),
        )
    rows = await tx.rows("impact.elements_named", refs=[ref for ref, _ in affects])
    hit = effects.hit(tx, rows, affects, "affects")
    incident = tx.create(
        "Incident",
        {
            "title": title.strip(),
            "description": description,
            "starts_at": began,
            "status": life_of(policies, "Incident").initial,
        },
    )
    for element, effect in hit.items():
        tx.relate(AFFECTS.type, incident["id"], element, {"effect": effect})
    return incident


@verb("incident.affect", room=Process.ISRM, requirement="PR9.1")
async def affect(
    tx: Tx, policies: Policies, ref: str, element: str, effect: str | None
) -> Properties:
    """Say that an open incident affects an element, and how hard; None: it does not (PR9.1).

    Raises:
        NotFound: The incident or the element is not there, or was not affected.
        Refused: The incident is resolved.
    """
    row = await _incident(tx, ref, [element])
    incident: Properties = row["incident"]
    life_of(policies, "Incident").step(incident, "incident.affect", remedy=_OVER)
    there = {each["ref"]: each["id"] for each in effects.seen(tx, row["elements"])}
    affected = effects.seen(tx, row["affected"])
    known = {each["id"]: each["properties"] for each in affected}
    keys = {each["key"]: each["id"] for each in affected}
    target = there.get(element) or keys.get(element, element)
    if effect is None:
        if target not in known:
            raise NotFound(f"{incident['key']} does not affect '{element}'", remedy="check the key")
        tx.unrelate(AFFECTS.type, incident["id"], target, known[target])
        return incident
    ids = effects.named(effects.seen(tx, row["elements"]), [element], "element")
    given = {"effect": effects.effect_of(effect)}
    if ids[element] in known:
        tx.change_relation(AFFECTS.type, incident["id"], ids[element], known[ids[element]], given)
    else:
        tx.relate(AFFECTS.type, incident["id"], ids[element], given)
    return incident


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


async def _incident(tx: Tx, ref: str, refs: Sequence[str]) -> Properties:
    rows = await tx.rows("isrm.incident_by_ref", ref=ref, refs=list(refs))
    return found(rows, "incident", ref)
