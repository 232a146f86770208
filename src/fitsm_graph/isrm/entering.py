"""How an incident comes to be, whichever way it came in (PR9.1)."""

from collections.abc import Mapping, Sequence
from typing import Any

from fitsm_graph.flow.agreements import ServiceClock
from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.overriding import NO_OVERRIDE, Override
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.steps import begun
from fitsm_graph.flow.weighing import behind
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.impact import effects
from fitsm_graph.impact.effects import Hit
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.isrm.assessing import assessed
from fitsm_graph.isrm.cases import INCIDENT, new_case, new_clock
from fitsm_graph.isrm.grouping import grouped
from fitsm_graph.isrm.intake_rules import IntakeRules, intake_of
from fitsm_graph.isrm.likeness import any_of, possible_keys
from fitsm_graph.isrm.suggesting import Suggested, category_for, elements_for
from fitsm_graph.kernel.errors import NotFound
from fitsm_graph.model.disturbance import Effect
from fitsm_graph.model.isrm import AFFECTS, MAY_AFFECT
from fitsm_graph.model.process import REPORTED_BY

PAST = 100
"""The newest incidents, by which elements and category of a new one are suggested.

Reading 200 of them was two of the three milliseconds of the statement that registering begins with.
"""


async def entered(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    described: Mapping[str, Any],
    affects: Sequence[Hit],
    *,
    override: Override = NO_OVERRIDE,
    reporter: str = "",
) -> Properties:
    """An incident that is described, with what it affects: prioritised, and where it begins.

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what the affected elements do to services.
        described: Its title, and what else is known.
        affects: The elements that suffer from it; none: it is not known which.
        override: What a person decided of its classes.
        reporter: Id, key or address of the person who reports it; empty: nobody is known.

    Raises:
        NotFound: An element or the person is not there.
        BadInput: With what is wrong.
    """
    text = spoken_of(described)
    classed = bool(affects and described.get("category"))
    asked = asked_for(policies, text if not affects else "", reporter, past=0 if classed else PAST)
    row = await tx.one("isrm.registration_context", refs=[ref for ref, _ in affects], **asked)
    return await entered_as(
        tx, policies, reaching, described, affects, row, override=override, reporter=reporter
    )


async def entered_as(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    described: Mapping[str, Any],
    affects: Sequence[Hit],
    row: Properties,
    *,
    override: Override = NO_OVERRIDE,
    reporter: str = "",
) -> Properties:
    """The same, once what has to be known of it is read.

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what the affected elements do to services.
        described: Its title, and what else is known.
        affects: The elements that suffer from it; none: it is not known which.
        row: Of `isrm.registration_context`.
        override: What a person decided of its classes.
        reporter: Id, key or address of the person who reports it; empty: nobody is known.

    Raises:
        NotFound: An element or the person is not there.
        BadInput: With what is wrong.
    """
    rules, text = intake_of(policies), spoken_of(described)
    hit: Mapping[str, Effect] = {}
    if affects or rules.refuses:
        hit = effects.hit(tx, row["elements"], affects, "affects")
    reach = reaching.of(hit)
    people = await behind(tx, reach)

    def clock(after: Mapping[str, Any]) -> ServiceClock | None:
        return new_clock(policies, INCIDENT, after, tx.at)

    weighed = assessed(policies, reach, people, override, known=bool(hit), clock=clock)
    given = {**described, **new_case(policies, INCIDENT, weighed, tx.at)}
    given |= _like(grouped(rules, reaching.standing.mapped, described, list(hit), row))
    given |= _classed(policies, rules, given, hit, row)
    incident = tx.create(INCIDENT, given)
    for element, effect in hit.items():
        tx.relate(AFFECTS.type, incident["id"], element, {"effect": effect})
    if person := _person(row, reporter):
        tx.relate(REPORTED_BY.type, incident["id"], person)
    if not hit:
        _suggest(tx, incident, elements_for(text, row, tx.sees, least=rules.alike))
    return begun(tx, policies, INCIDENT, incident, category=incident.get("category", ""))


def _suggest(tx: Tx, incident: Properties, found: Sequence[Suggested]) -> None:
    """Keep what it may be about: as relations, so that nobody reads of what they do not see."""
    for each in found:
        told = {"score": each.score, "because": "; ".join(each.because)}
        tx.relate(MAY_AFFECT.type, incident["id"], each.element["id"], told)


def spoken_of(described: Mapping[str, Any]) -> str:
    """What is said of an incident: its title, and its description below."""
    return f"{described['title']}\n{described.get('description') or ''}"


def asked_for(
    policies: Policies, text: str, reporter: str, *, past: int = PAST, like: str = ""
) -> dict[str, Any]:
    """What `isrm.registration_context` is asked for besides elements.

    Args:
        policies: In force: the life of incidents says which are open.
        text: That elements are looked for in; empty: none are looked for.
        reporter: Id, key or address of a person; empty: nobody.
        past: Incidents that elements and category are suggested by.
        like: Id or key of an incident that the new one is made like; empty: of none.
    """
    life = life_of(policies, INCIDENT)
    return {
        "states": sorted(each for each in life.states if each not in life.ends),
        "past": past,
        "reporter": reporter,
        "address": reporter.lower(),
        "words": any_of(text),
        "keys": possible_keys(text),
        "like": like,
    }


def _person(row: Properties, reporter: str) -> str:
    if reporter and not row["reporters"]:
        told = f"there is no person '{reporter[:80]}'"
        raise NotFound(told, remedy="check the key", path=("reporter",))
    return str(row["reporters"][0]) if reporter else ""


def _like(found: Mapping[str, str]) -> dict[str, Any]:
    because = [f"{key}: {why}" for key, why in found.items()]
    return {"similar": list(found) or None, "similar_because": because or None}


def _classed(
    policies: Policies,
    rules: IntakeRules,
    given: Mapping[str, Any],
    hit: Mapping[str, Effect],
    row: Properties,
) -> dict[str, Any]:
    """The category that is suggested, where nobody has named one."""
    if given.get("category"):
        return {}
    title = str(given["title"])
    found = category_for(policies, title, hit, row, least=rules.alike)
    if found is None:
        return {}
    return {
        "suggested_category": found.category,
        "suggested_category_because": found.because,
    }
