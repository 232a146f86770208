"""Verbs over variants: ways to carry out one change, compared, kept, and one chosen (PR12.3).

A variant says what would be altered, by which difference and when. It is computed by the same rules
as the change itself, and its plan becomes that of the change once it is chosen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from fitsm_graph.chm import assessed, assessing, planning
from fitsm_graph.chm.assessed import Found, Plan
from fitsm_graph.chm.risk import RISK, Decided, RiskPoints
from fitsm_graph.chm.within import (
    AChange,
    Row,
    change_row,
    decided_on,
    led,
    named_hit,
    planned,
    step,
)
from fitsm_graph.flow.lives import life_of, stepped
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import titled, told
from fitsm_graph.flow.weighing import DEFAULT
from fitsm_graph.graph.changes import Properties, kind_of
from fitsm_graph.graph.signature import Moment, Of
from fitsm_graph.graph.tx import Tx, check_version, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact.effects import Hit
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.kernel.text import first_of
from fitsm_graph.model.chm_variants import ASSESSES_VARIANT, VARIANT_OF, WOULD_ALTER
from fitsm_graph.model.declare import Process
from fitsm_graph.model.disturbance import Effect
from fitsm_graph.model.registry import TypeRegistry

AVariant = Annotated[str, Of("ChangeVariant")]
MOST_VARIANTS = 10
"""Of one change that are not decided on; each is computed while the ledger waits."""
PLAN = ("planned_starts_at", "planned_ends_at", "difference", "difference_by")
"""Fields of a variant that become those of the change."""
_OVER = "propose another variant"


@verb("change_variant.propose", room=Process.CHM, requirement="PR12.3", on="ChangeVariant")
async def propose_change_variant(
    tx: Tx,
    policies: Policies,
    registry: TypeRegistry,
    variant_of: AChange,
    title: str,
    *,
    changes: Sequence[Hit] = (),
    difference_of_graph: Mapping[str, Any] | None = None,
    planned_starts_at: Moment | None = None,
    planned_ends_at: Moment | None = None,
    description: str = "",
) -> Properties:
    """Say how else a change could be carried out, to be compared with other ways (PR12.3).

    What is left out is as the change plans it now.

    Args:
        tx: The transaction.
        policies: In force.
        registry: The types in force.
        variant_of: Id or key of the change.
        title: What this way is, in a line.
        changes: The elements that would be altered, and their state meanwhile.
        difference_of_graph: CIs and relations to add, change, take away; see the how-to guide.
        planned_starts_at: When it would begin, RFC 3339.
        planned_ends_at: When it would be over; given with the beginning or not at all.
        description: What is known of it.

    Examples:
        fsg change-variant propose CHG-000001 "one after the other" --changes sto-a=at_risk

    Raises:
        NotFound: The change or an element is not there.
        BadInput: With what is wrong.
        Refused: It is approved already, or over; or TOO_MANY_VARIANTS.
    """
    said: dict[str, Any] = {"title": titled(title), "description": description}
    said |= planned(planned_starts_at, planned_ends_at, tx.at)
    if difference_of_graph is not None:
        said |= _of_plan(planning.differing(tx, registry, difference_of_graph))
    row = await change_row(tx, variant_of)
    step(policies, row.change, "change_variant.propose")
    _check_room(row)
    hit = (await named_hit(tx, changes))[0] if changes else row.hit
    status = life_of(policies, "ChangeVariant").initial
    variant = tx.create("ChangeVariant", {**_of_plan(row.change), **said, "status": status})
    tx.relate(VARIANT_OF.type, variant["id"], row.change["id"])
    _would_alter(tx, variant, hit)
    return variant


@verb("change.compare_variants", room=Process.CHM, requirement="PR12.3", on="Change")
async def compare_change_variants(
    tx: Tx,
    policies: Policies,
    registry: TypeRegistry,
    reaching: Reaches,
    ref: AChange,
    *,
    note: str = "",
    expected_version: int | None = None,
) -> Properties:
    """Compute what each variant of a change would do, side by side, and keep it (PR12.3).

    Impact, risk and collisions are computed on the graph of one entry of the ledger, by the rules
    of `change.assess`; each variant gets an assessment. Comparing again adds others, and what was
    computed before stays.

    Args:
        tx: The transaction.
        policies: In force; say how risk adds up.
        registry: The types in force.
        reaching: Says what its elements do to services.
        ref: Id or key of the change.
        note: What people have to say beside what is computed.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg change compare-variants CHG-000001

    Raises:
        NotFound: There is no such change.
        Refused: It is approved already, or over; no rule is in force; or NO_VARIANT.
        Conflict: VERSION_CONFLICT.
    """
    rule: RiskPoints = policies.value(RISK, DEFAULT)
    context = found(await tx.rows("chm.variants_context", ref=ref), "change", ref)
    change, rows = context["change"], context["variants"]
    check_version(change, expected_version)
    step(policies, change, "change.compare_variants")
    if not rows:
        raise _nothing(change)
    plans = [Plan(_row_of(context, each), {**each, "people": context["people"]}) for each in rows]
    said = await assessed.found_of(tx, policies, registry, reaching, rule, plans)
    for each, one in zip(rows, said, strict=True):
        record = assessed.record_of(tx, one, Decided(), note)
        tx.relate(ASSESSES_VARIANT.type, record["id"], each["variant"]["id"])
        tx.update("ChangeVariant", each["variant"], _latest(one, tx.at))
    return dict(change)


@verb("change_variant.choose", room=Process.CHM, requirement="PR12.3", on="ChangeVariant")
async def choose_change_variant(
    tx: Tx,
    policies: Policies,
    registry: TypeRegistry,
    reaching: Reaches,
    ref: AVariant,
    decision: str,
    *,
    expected_version: int | None = None,
) -> Properties:
    """Choose a variant, and say why; it becomes the plan of the change (PR12.3).

    The change waits to be assessed again, and the others are declined. All have to be compared as
    they and the graph are now.

    Args:
        tx: The transaction.
        policies: In force.
        registry: The types in force.
        reaching: Says whether the graph still is what they were compared on.
        ref: Id or key of the variant.
        decision: Why this one.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg change-variant choose CHV-000002 "nobody notices it"

    Raises:
        NotFound: There is no such variant.
        Refused: It is decided on, or the change is approved already, or over; COMPARE_FIRST,
            ELEMENT_GONE, or OUTSIDE_THE_STANDARD.
        Conflict: VERSION_CONFLICT.
    """
    said = told(decision, "decision", "say why this one", "PR12.3")
    context = await _variant(tx, ref, expected_version)
    variant, change = context["variant"], context["change"]
    target = stepped(policies, "ChangeVariant", variant, "change_variant.choose", remedy=_OVER)
    after = {"status": step(policies, change, "change_variant.choose")}
    hit = {each["id"]: Effect(each["properties"]["effect"]) for each in context["would_alter"]}
    _check_live(tx, context["would_alter"], variant)
    _check_compared(reaching, [(variant, hit), *map(_other, context["others"])])
    row, named = _row(context), (hit, context["would_alter"])
    after |= _taken_over(variant)
    new = replace(row, change={**change, **after})
    after |= await planning.altered(tx, policies, registry, reaching, new, named)
    led(tx, policies, row, tx.update("Change", change, after))
    for each in context["others"]:
        _decline(tx, policies, each["variant"], f"{variant['key']} was chosen")
    return decided_on(tx, variant, target, said)


@verb("change_variant.decline", room=Process.CHM, requirement="PR12.3", on="ChangeVariant")
async def decline_change_variant(
    tx: Tx,
    policies: Policies,
    ref: AVariant,
    decision: str,
    *,
    expected_version: int | None = None,
) -> Properties:
    """Say that a change will not be carried out in a way, and why (PR12.3).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the variant.
        decision: Why not.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg change-variant decline CHV-000001 "nobody can be there at night"

    Raises:
        NotFound: There is no such variant.
        Refused: It is decided on.
        Conflict: VERSION_CONFLICT.
    """
    said = told(decision, "decision", "say why not", "PR12.3")
    variant = (await _variant(tx, ref, expected_version))["variant"]
    return _decline(tx, policies, variant, said)


# --- within --------------------------------------------------------------------------------------


def _would_alter(tx: Tx, variant: Properties, hit: Mapping[str, Effect]) -> None:
    for element, effect in hit.items():
        tx.relate(WOULD_ALTER.type, variant["id"], element, {"effect": effect})


def _of_plan(record: Mapping[str, Any]) -> dict[str, Any]:
    """What a change, or a variant, says of its plan beside its elements."""
    return {name: record[name] for name in PLAN if record.get(name) is not None}


def _taken_over(variant: Mapping[str, Any]) -> dict[str, Any]:
    """What a change is planned by then: where the variant has no time, that of the change stays."""
    times = {name: variant[name] for name in PLAN[:2] if variant.get(name) is not None}
    return {**times, **planning.anew(variant.get("difference"), variant.get("difference_by"))}


async def _variant(tx: Tx, ref: str, expected_version: int | None) -> Properties:
    """A variant with its change and the others."""
    context = found(await tx.rows("chm.variant_context", ref=ref), "change variant", ref)
    check_version(context["variant"], expected_version)
    return context


def _row(context: Mapping[str, Any]) -> Row:
    """The change of a variant, as it is planned."""
    change, alters = context["change"], context["alters"]
    return Row(change, alters, (), None, context["standard"], (), context["steps"])


def _row_of(context: Mapping[str, Any], each: Mapping[str, Any]) -> Row:
    """A change as it would be by one of its variants."""
    change = {**context["change"], **dict.fromkeys(PLAN), **_of_plan(each["variant"])}
    return Row(change, each["alters"], (), context["back_out"], context["standard"], ())


def _other(each: Mapping[str, Any]) -> tuple[Mapping[str, Any], dict[str, Effect]]:
    return each["variant"], {id: Effect(effect) for id, effect in each["hit"]}


def holds(reaching: Reaches, variant: Mapping[str, Any], hit: Mapping[str, Effect]) -> bool:
    """Whether a variant was compared, and the graph under it is still the same.

    Args:
        reaching: Says what elements do to services.
        variant: Its properties.
        hit: The state that each element would be in, by id.
    """
    known = variant.get("fingerprint")
    seen = assessing.potential(reaching, hit)
    return bool(known) and seen.fingerprint(hit, variant.get("difference")) == known


def _latest(said: Found, at: str) -> dict[str, Any]:
    """What a variant itself keeps of its last assessment."""
    seen = said.potential
    return {
        "type": said.typed["type"],
        "risk": said.risk.points,
        "risk_class": said.risk.word,
        "services_down": len(seen.meanwhile.down),
        "services_reached": len(seen.meanwhile.services),
        "services_down_if_fails": len(seen.if_fails.down),
        "margin_left": seen.meanwhile.margin,
        "fingerprint": said.fingerprint,
        "compared_seq": seen.meanwhile.seq,
        "compared_at": at,
    }


def _decline(tx: Tx, policies: Policies, variant: Mapping[str, Any], said: str) -> Properties:
    target = stepped(policies, "ChangeVariant", variant, "change_variant.decline", remedy=_OVER)
    return decided_on(tx, variant, target, said)


def _check_room(row: Row) -> None:
    if len(row.variants) >= MOST_VARIANTS:
        raise Refused(
            f"{row.change['key']} has {len(row.variants)} variants that are not decided on",
            code="TOO_MANY_VARIANTS",
            why=f"{MOST_VARIANTS} are compared together at most",
            remedy="`change-variant decline` those that nobody wants",
            requirement="PR12.3",
        )


def _nothing(change: Mapping[str, Any]) -> Refused:
    return Refused(
        f"{change['key']} has no variant to compare",
        code="NO_VARIANT",
        why="none was proposed, or all are decided on",
        remedy="`change-variant propose` some",
        requirement="PR12.3",
    )


def _check_live(tx: Tx, elements: Sequence[Mapping[str, Any]], variant: Mapping[str, Any]) -> None:
    """Refuse a plan that alters what is not there any more; what is not seen is not named."""
    gone = [each for each in elements if kind_of(each["labels"]) not in each["labels"]]
    if gone:
        seen = [
            each["key"]
            for each in gone
            if tx.sees([label.removeprefix("Retired") for label in each["labels"]])
        ]
        raise Refused(
            f"{variant['key']} would alter {first_of(seen) or 'something'}, which is retired",
            code="ELEMENT_GONE",
            why="it was proposed for an estate that is another one now",
            remedy=_OVER,
            requirement="PR12.3",
        )


def _check_compared(
    reaching: Reaches, variants: Sequence[tuple[Mapping[str, Any], Mapping[str, Effect]]]
) -> None:
    """Refuse to choose among what was not compared as it is now."""
    stale = [each["key"] for each, hit in variants if not holds(reaching, each, hit)]
    if stale:
        raise Refused(
            f"{first_of(stale)} is not compared as it is now",
            code="COMPARE_FIRST",
            why="it was never compared, or the graph under it changed since",
            remedy="`change compare-variants`, then choose",
            requirement="PR12.3",
        )
