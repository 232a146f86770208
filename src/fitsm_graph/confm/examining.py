"""What is drawn, looked at, and found by verifications; decisions of their verbs (PR11.5)."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any

from fitsm_graph.confm.baselines import named
from fitsm_graph.confm.claims import Claims, Seen, Write, claims_of
from fitsm_graph.confm.policies import VerificationPlan
from fitsm_graph.confm.raising import field_names, finding_of, raised
from fitsm_graph.confm.selections import Selection, check_types, held_by, image_at, nothing
from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import BadInput, NotFound, Refused
from fitsm_graph.model.confm_records import Attested, DeviationSource
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.model.registry_types import CI


def drawn(population: Iterable[str], seed: str, size: int) -> list[str]:
    """So many of some ids, by a seed: the same draws the same, whatever their order.

    >>> drawn(["a", "b", "c"], "x", 2) == drawn(["c", "b", "a"], "x", 2)
    True
    """
    ranked = sorted(population, key=lambda each: sha256(f"{seed}/{each}".encode()).digest())
    return sorted(ranked[:size])


def outcome_of(examined: Iterable[Mapping[str, Any]]) -> str:
    """What follows from what was found of each element of a sample."""
    words = [(each.get("attested"), each.get("seen")) for each in examined]
    bad = {Attested.DIFFERS, Attested.NOT_THERE}
    if any(attested in bad or seen in {Seen.DIFFERS, Seen.GONE} for attested, seen in words):
        return "deviating"
    known = (attested or seen == Seen.AGREES for attested, seen in words)
    return "conforming" if all(known) else "incomplete"


def next_due(plan: VerificationPlan, last: str | None, since: str) -> tuple[str, str]:
    """When a verification is due, and from when it is overdue.

    Args:
        plan: In force.
        last: When the last one was finished; None: none was.
        since: When the plan came into force for the first time.
    """
    due = from_text(last) + plan.every if last else from_text(since)
    return to_text(due), to_text(due + max(plan.within, timedelta()))


# --- within the verbs ----------------------------------------------------------------------------


def check_alone(policies: Policies, open: Sequence[Properties], plan: str) -> None:
    """Refuse to begin a second verification of a plan.

    Raises:
        Refused: VERIFICATION_RUNNING.
    """
    ends = life_of(policies, "Verification").ends
    running = [each for each in open if each["status"] not in ends]
    if running:
        raise Refused(
            f"{running[0]['key']} verifies by the plan '{plan}' already",
            code="VERIFICATION_RUNNING",
            why="two of one plan would each look at a part of what is due",
            remedy="finish it, or give it up",
            path=("plan",),
            requirement="PR11.5",
        )


def population(
    tx: Tx, registry: TypeRegistry, rule: VerificationPlan, row: Properties
) -> list[str]:
    """Ids of what a plan means; what is only planned is not there yet.

    Raises:
        Refused: OUT_OF_SIGHT, to somebody who does not see all that the plan means: what they do
            not see would count as verified.
        BadInput: NOTHING_SELECTED.
    """
    _check_sees_all(tx, registry, Selection(rule.types))
    wanted = Selection(
        check_types(rule.types, registry, tx.sight),
        frozenset(named(row["services"], rule.services, "services")),
        frozenset(named(row["owners"], rule.owners, "owners")),
    )
    image = image_at(row)
    held = held_by(wanted, image, registry, tx.sight).elements
    there = [id for id in held if image.records[id].properties.get("lifecycle") != "planned"]
    if not there:
        raise nothing("no element fits the plan")
    return there


def _check_sees_all(tx: Tx, registry: TypeRegistry, meant: Selection) -> None:
    hidden = registry.ci_types.keys() - (tx.sight if tx.sight is not None else registry.ci_types)
    if any(meant.holds_type(CI, name, registry) for name in hidden):
        raise Refused(
            "you do not see all that the plan means",
            code="OUT_OF_SIGHT",
            why="the rest of it would count as verified, and nobody would have looked at it",
            remedy="let somebody begin it who sees all of it, or plan for your own types",
            path=("plan",),
            requirement="PR11.5",
        )


def check_examined(tx: Tx, row: Properties, record: Properties, ref: str) -> None:
    """Refuse an element that was not drawn, is not seen, or is attested already.

    Raises:
        NotFound: NOT_IN_SAMPLE.
        Refused: ALREADY_ATTESTED.
    """
    if row["element"] is None or not tx.sees(row["labels"]) or row["examined"] is None:
        raise NotFound(
            f"no element '{ref}' is in the sample of {record['key']}",
            code="NOT_IN_SAMPLE",
            why="only what was drawn is attested, so that nobody chooses",
            remedy="`fsg verification show` lists the sample; raise a deviation for others",
            path=("element",),
        )
    said = row["examined"]
    if said.get("attested"):
        raise Refused(
            f"{row['element']['key']} is attested already",
            code="ALREADY_ATTESTED",
            why=f"{said['attested_by']} said '{said['attested']}' at {said['attested_at']}",
            remedy="decide on its deviation, or raise one",
            path=("element",),
            requirement="PR11.5",
        )


def check_attester(tx: Tx, row: Properties) -> None:
    """Refuse whoever neither answers for the element nor has a part in the process.

    Raises:
        Refused: NOT_ITS_OWNER.
    """
    if (row["owns"] and tx.as_person) or row["of_process"]:
        return
    raise Refused(
        f"you do not answer for {row['element']['key']}",
        code="NOT_ITS_OWNER",
        why=f"{row['owner'] or 'nobody'} does, and {tx.actor} has no role in the process",
        remedy="ask them, or the manager of the process",
        path=("element",),
        requirement="PR11.5",
    )


def differing(
    attested: Attested, names: Sequence[str], row: Properties, registry: TypeRegistry
) -> list[str]:
    """Names of what differs; told where it differs, and only there."""
    if bool(names) != (attested is Attested.DIFFERS):
        wanted = attested is Attested.DIFFERS
        raise BadInput(
            f"what differs is {'missing' if wanted else 'told'}",
            why=f"it was attested as '{attested.value}'",
            remedy="name what differs" if wanted else "attest that it differs, or name nothing",
            path=("differsIn",),
            requirement="PR11.5",
        )
    type = row["element"].get("type", "")
    return field_names(names, row["labels"], type, registry, "differsIn")


def claims_now(each: Properties) -> Claims:
    """What sources said last of an element, of a row of `confm.claims_context`."""
    writes = [Write(one["run"] or "", json.loads(one["before"])) for one in each["writes"]]
    return claims_of(each["now"], each["born_of"] or "", writes, proposed=each["proposed"])


def found_out(
    tx: Tx, policies: Policies, record: Properties, each: Properties, claims: Claims
) -> None:
    """Raise what discovery says otherwise; count what is raised, leave what was accepted."""
    finding = finding_of("discovery", each["id"], claims.seen, *claims.fields)
    for known in each["deviations"]:
        if known["finding"] == finding and known["status"] != "corrected":
            if known["status"] not in life_of(policies, "Deviation").ends:
                tx.update("Deviation", known, {"times_seen": known.get("times_seen", 1) + 1})
            return
    gone = claims.seen is Seen.GONE
    described = {
        "title": "discovery no longer sees it" if gone else f"discovery: {title_of(claims.fields)}",
        "source": DeviationSource.DISCOVERY,
        "fields": [] if gone else list(claims.fields),
        "finding": finding,
        "why": "its source no longer has it" if gone else "its source said something else last",
    }
    raised(tx, policies, each["id"], described, verification=record["id"])


def title_of(names: Sequence[str]) -> str:
    """In what something differs, in a line."""
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"differs in {', '.join(names[:5])}{more}"
