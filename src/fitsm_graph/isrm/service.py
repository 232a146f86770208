"""Verbs of incident management (PR9)."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fitsm_graph.flow.agreements import ServiceClock
from fitsm_graph.flow.overriding import Override
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.schemes import check_category
from fitsm_graph.flow.weighing import Behind, behind
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Moment, Of
from fitsm_graph.graph.tx import Tx, check_version
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact import effects
from fitsm_graph.impact.effects import Hit
from fitsm_graph.impact.reach import Reach, Reaches
from fitsm_graph.isrm.assessing import assessed, different
from fitsm_graph.isrm.cases import (
    INCIDENT,
    Case,
    allowed,
    case_of,
    changed,
    led,
    resolved,
)
from fitsm_graph.isrm.closing import closure_code as code_of
from fitsm_graph.isrm.entering import entered
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import BadInput, NotFound
from fitsm_graph.model.declare import Process
from fitsm_graph.model.disturbance import Effect
from fitsm_graph.model.isrm import AFFECTS, CAUSED_IN

AnIncident = Annotated[str, Of("Incident")]


@verb("incident.register", room=Process.ISRM, requirement="PR9.1", on="Incident")
async def register_incident(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    title: str,
    affects: Sequence[Hit] = (),
    *,
    description: str = "",
    reporter: Annotated[str, Of("Person")] = "",
    starts_at: Moment | None = None,
    category: str = "",
    impact: str = "",
    urgency: str = "",
    override_reason: str = "",
) -> Properties:
    """Register an incident with what it affects and how hard, classified and prioritised (PR9.1).

    Where nobody knows what it is about, it is taken in with suggestions; `affect` says it later.

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what the affected elements do to services.
        title: What is wrong, in a line.
        affects: The elements that suffer from it, and how hard; none: it is not known yet.
        description: What is known.
        reporter: Id or key of the person who reports it.
        starts_at: When it began, RFC 3339; now when left out.
        category: Key of its class in the scheme in force; empty: not known yet.
        impact: Another class than the graph says; needs a reason.
        urgency: Likewise.
        override_reason: Why impact or urgency is another.

    Examples:
        fsg incident register "no power in rack 4" rack-4 --category power
        fsg incident register "slow disks" sto-a=degraded sto-b --dry-run
        fsg incident register "I cannot read my mail" --reporter ada

    Raises:
        NotFound: An element or the person is not there.
        BadInput: With what is wrong.
    """
    described: dict[str, Any] = {**_titled(title), "description": description}
    described["starts_at"] = _began(tx, starts_at)
    described["category"] = check_category(policies, category)
    override = Override(impact, urgency, override_reason)
    return await entered(
        tx, policies, reaching, described, affects, override=override, reporter=reporter
    )


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
    case = await case_of(tx, INCIDENT, ref, [element])
    record = allowed(policies, case, "incident.affect")
    target = effects.named(effects.seen(tx, case.row["elements"]), [element], "element")[element]
    current = case.affected.get(target)
    given = {"effect": effects.effect_of(effect)}
    if current is None:
        tx.relate(AFFECTS.type, record["id"], target, given)
    else:
        tx.change_relation(AFFECTS.type, record["id"], target, current, given)
    hit = case.effects | {target: given["effect"]}
    return await _assessed_again(tx, policies, reaching, case, hit)


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
    case = await case_of(tx, INCIDENT, ref, [element])
    record = allowed(policies, case, "incident.clear")
    target = _target(tx, case, element)
    tx.unrelate(AFFECTS.type, record["id"], target, case.affected[target])
    hit = {id: effect for id, effect in case.effects.items() if id != target}
    return await _assessed_again(tx, policies, reaching, case, hit)


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
    case = await case_of(tx, INCIDENT, ref)
    record = allowed(policies, case, "incident.classify")
    check_version(record, expected_version)
    after = tx.update(INCIDENT, record, {"category": check_category(policies, category)})
    return led(tx, policies, case, after)


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
    case = await case_of(tx, INCIDENT, ref)
    check_version(allowed(policies, case, "incident.prioritise"), expected_version)
    override = Override(impact, urgency, override_reason)
    return await _assessed_again(tx, policies, reaching, case, case.effects, override)


@verb("incident.resolve", room=Process.ISRM, requirement="PR9.2", on="Incident")
async def resolve_incident(
    tx: Tx,
    policies: Policies,
    ref: AnIncident,
    resolution: str,
    *,
    closure_code: str = "",
    cause: str = "",
    caused_in: Annotated[str, Of("Element")] | None = None,
    expected_version: int | None = None,
) -> Properties:
    """Say that the service is restored, and how; what it affected is as before (PR9.2).

    The incidents that are part of it are resolved with it.

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the incident.
        resolution: What restored the service.
        closure_code: How it ended: a code of the closure rules in force; the first when left out.
        cause: Why it happened, as far as it is known.
        caused_in: The element that the cause lay in, which confirms or corrects the suspicion.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg incident resolve INC-000001 "failed over to the second controller"
        fsg incident resolve INC-000001 "new disk" --cause "worn out" --caused-in sto-a

    Raises:
        NotFound: There is no such incident, or no such element.
        BadInput: UNKNOWN_CLOSURE_CODE.
        Refused: It is resolved already.
        Conflict: VERSION_CONFLICT.
    """
    said = _resolution(resolution)
    case = await case_of(tx, INCIDENT, ref, [caused_in] if caused_in else [])
    ended = {"closure_code": code_of(policies, closure_code), "cause": cause.strip()}
    after = resolved(tx, policies, case, said, **ended)
    check_version(case.record, expected_version)
    if caused_in:
        seen = effects.seen(tx, case.row["elements"])
        _cause(tx, case, effects.named(seen, [caused_in], "causedIn")[caused_in])
    return after


# --- within --------------------------------------------------------------------------------------


def _cause(tx: Tx, case: Case, element: str) -> None:
    """The cause lay in this element, and not where it was said to lie before."""
    id, known = case.record["id"], {each["id"]: each["properties"] for each in case.row["causes"]}
    for former in known.keys() - {element}:
        tx.unrelate(CAUSED_IN.type, id, former, known[former])
    if element not in known:
        tx.relate(CAUSED_IN.type, id, element)


def _resolution(resolution: str) -> str:
    if not resolution.strip():
        raise BadInput(
            "a resolution is missing",
            why="the next incident of this kind is solved from it",
            remedy="say what restored the service",
            path=("resolution",),
        )
    return resolution.strip()


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


async def _assessed_again(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    case: Case,
    hit: Mapping[str, Effect],
    override: Override | None = None,
) -> Properties:
    """The incident with the assessment of what it affects now; a decision of a person stays."""
    reach = reaching.of(hit, case.record["key"])
    people = await behind(tx, reach)
    after = reassessed(tx, policies, case, reach, people, override=override, known=bool(hit))
    return changed(tx, policies, case, after)


def reassessed(
    tx: Tx,
    policies: Policies,
    case: Case,
    reach: Reach,
    people: Behind,
    *,
    override: Override | None = None,
    linked: int = 0,
    major: bool | None = None,
    known: bool | None = None,
) -> Mapping[str, Any]:
    """What an assessment changes of an incident; what a person decided stays, unless told."""

    def clock(after: Mapping[str, Any]) -> ServiceClock | None:
        return case.clock(policies, tx.at, after)

    decided = Override.of(case.record) if override is None else override
    many = linked or len(case.parts) + 1
    over = case.is_major if major is None else major
    there = bool(case.effects) if known is None else known
    after = assessed(
        policies, reach, people, decided, clock=clock, linked=many, major=over, known=there
    )
    return different(case.record, after)


def _target(tx: Tx, case: Case, element: str) -> str:
    """Id of an element that it affects; what the actor does not see is not there."""
    there = {each["ref"]: each["id"] for each in effects.seen(tx, case.row["elements"])}
    known = effects.seen(tx, case.row["affected"])
    keys = {each["key"]: each["id"] for each in known}
    target = str(there.get(element) or keys.get(element, element))
    if target not in {each["id"] for each in known}:
        told = f"{case.record['key']} does not affect '{element}'"
        raise NotFound(told, remedy="check the key")
    return target
