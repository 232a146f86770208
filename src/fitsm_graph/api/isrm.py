"""Incidents over GraphQL (PR9.1, PR9.2)."""

from dataclasses import asdict
from typing import Any

import strawberry

from fitsm_graph.api.answers import Info
from fitsm_graph.api.disturbances import HitInput, Incident, acting, asking, hits_of, page
from fitsm_graph.api.mutations import Act, options_of
from fitsm_graph.api.types import DateTime
from fitsm_graph.graph.graph import Outcome
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.isrm import service as isrm
from fitsm_graph.isrm.assessing import Override
from fitsm_graph.model.disturbance import Effect


@strawberry.input(description="An incident with what it affects.")
class RegisterIncidentInput(Act):
    """It began now unless said otherwise."""

    title: str
    affects: list[HitInput]
    description: str = ""
    starts_at: DateTime | None = None
    category: str = ""
    impact: str = ""
    urgency: str = ""
    override_reason: str = ""


@strawberry.input(description="What an open incident does to one element.")
class SetIncidentEffectInput(Act):
    """Without an effect the element is not affected any more."""

    incident: strawberry.ID
    element: strawberry.ID
    effect: Effect | None = None


@strawberry.input(description="An open incident, and its category in the scheme in force.")
class ClassifyIncidentInput(Act):
    """An empty category is one that is not known."""

    incident: strawberry.ID
    category: str
    expected_version: int | None = None


@strawberry.input(description="Another impact or urgency than computed, with the reason.")
class PrioritiseIncidentInput(Act):
    """Without a class, the rules decide, on the graph as it is now."""

    incident: strawberry.ID
    impact: str = ""
    urgency: str = ""
    override_reason: str = ""
    expected_version: int | None = None


@strawberry.input(description="An incident whose service is restored.")
class ResolveIncidentInput(Act):
    """The resolution helps with the next one of its kind."""

    incident: strawberry.ID
    resolution: str
    expected_version: int | None = None


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    return {"incidents": asking(incidents, "Incident", Incident, "Incidents, newest first.")}


def verbs() -> dict[str, Any]:
    """Fields of the mutation type."""
    return acting(
        "Incident",
        register_incident,
        set_incident_effect,
        classify_incident,
        prioritise_incident,
        resolve_incident,
    )


async def incidents(
    info: Info, *, open: bool = True, first: int = 50, after: str | None = None
) -> object:
    """Incidents, the newest first; open ones unless said otherwise (PR9.1)."""
    return await page(info, "Incident", first, after, only_open=open)


async def register_incident(
    info: Info, input: RegisterIncidentInput, *, dry_run: bool = False, idempotency_key: str = ""
) -> Outcome:
    """Register an incident with what it affects (PR9.1)."""
    hits = hits_of(input.affects)
    given = {
        "description": input.description,
        "starts_at": input.starts_at,
        "category": input.category,
    }
    override = Override(input.impact, input.urgency, input.override_reason)
    return await info.context.write(
        isrm.register_incident,
        info.context.policies,
        await _reaching(info),
        input.title,
        hits,
        options=options_of(input, dry_run=dry_run, key=idempotency_key),
        payload={"title": input.title, "affects": hits, **given, "override": asdict(override)},
        override=override,
        **given,
    )


async def set_incident_effect(
    info: Info, input: SetIncidentEffectInput, *, dry_run: bool = False, idempotency_key: str = ""
) -> Outcome:
    """Say that an open incident affects an element, how hard, or not at all (PR9.1)."""
    given = (
        str(input.incident),
        str(input.element),
        None if input.effect is None else input.effect.value,
    )
    return await info.context.write(
        isrm.affect,
        info.context.policies,
        await _reaching(info),
        *given,
        options=options_of(input, dry_run=dry_run, key=idempotency_key),
        payload={"given": list(given)},
    )


async def classify_incident(
    info: Info, input: ClassifyIncidentInput, *, dry_run: bool = False, idempotency_key: str = ""
) -> Outcome:
    """Put an open incident into a category of the scheme in force (PR9.1)."""
    return await info.context.write(
        isrm.classify_incident,
        info.context.policies,
        str(input.incident),
        input.category,
        expected_version=input.expected_version,
        options=options_of(input, dry_run=dry_run, key=idempotency_key),
        payload={"incident": input.incident, "category": input.category},
    )


async def prioritise_incident(
    info: Info, input: PrioritiseIncidentInput, *, dry_run: bool = False, idempotency_key: str = ""
) -> Outcome:
    """Compute impact, urgency and priority again, or set them aside with a reason (PR9.1)."""
    override = Override(input.impact, input.urgency, input.override_reason)
    return await info.context.write(
        isrm.prioritise_incident,
        info.context.policies,
        await _reaching(info),
        str(input.incident),
        override=override,
        expected_version=input.expected_version,
        options=options_of(input, dry_run=dry_run, key=idempotency_key),
        payload={"incident": input.incident, "override": asdict(override)},
    )


async def resolve_incident(
    info: Info, input: ResolveIncidentInput, *, dry_run: bool = False, idempotency_key: str = ""
) -> Outcome:
    """Say that the service is restored, and how (PR9.2)."""
    return await info.context.write(
        isrm.resolve_incident,
        info.context.policies,
        str(input.incident),
        input.resolution,
        expected_version=input.expected_version,
        options=options_of(input, dry_run=dry_run, key=idempotency_key),
        payload={"incident": input.incident, "resolution": input.resolution},
    )


async def _reaching(info: Info) -> isrm.Reaching:
    return Reaches(await info.context.impact.snapshot.current()).of
