"""What a standard change is worth: what may follow it, and how that went (PR12.2)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.weighing import in_force
from fitsm_graph.graph.tx import Tx
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.kernel.text import plural
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.model.roles import RoleWord

LIMIT = "standard-change-limit"
APPROVERS = frozenset({RoleWord.PROCESS_MANAGER, RoleWord.CAB_MEMBER})
"""Roles of change management that approve what then approves changes by itself."""
SUSPEND = "suspend it first, then change it and let it be approved again"


def check_approved(model: Mapping[str, Any]) -> None:
    """Refuse what nobody may follow.

    Raises:
        Refused: NOT_IN_THE_CATALOGUE.
    """
    if model["status"] != "approved":
        raise Refused(
            f"{model['key']} is {model['status']}",
            code="NOT_IN_THE_CATALOGUE",
            why=model.get("why") or "nobody has approved it",
            remedy="let somebody approve it, or register a normal change",
            path=("follows",),
            requirement="PR12.2",
        )


def check_alters(
    registry: TypeRegistry, model: Mapping[str, Any], elements: Sequence[Mapping[str, Any]]
) -> None:
    """Refuse elements of kinds that a standard change was not approved for.

    Args:
        registry: The types in force.
        model: Properties of the standard change.
        elements: ``{ref, labels}`` of each.

    Raises:
        Refused: OUTSIDE_THE_STANDARD.
    """
    for each in elements:
        if not _within(registry, model, each["labels"]):
            raise Refused(
                f"{model['key']} may not alter '{each['ref']}'",
                code="OUTSIDE_THE_STANDARD",
                why=f"it was approved for {', '.join(sorted(model['may_alter']))}",
                remedy="register a normal change",
                path=("changes",),
                requirement="PR12.2",
            )


def approves(
    registry: TypeRegistry,
    model: Mapping[str, Any] | None,
    change: Mapping[str, Any],
    elements: Iterable[Mapping[str, Any]],
) -> bool:
    """Whether a standard change approves a change as it is planned now.

    Nothing that it says covers a planned difference of the graph, and what people are asked to
    decide on waits for them.

    Args:
        registry: The types in force.
        model: Properties of the standard change that it follows; None: it follows none.
        change: Properties of the change.
        elements: ``{labels}`` of what it alters.
    """
    if model is None or model["status"] != "approved":
        return False
    if change.get("difference") or change["status"] == "assessed":
        return False
    return all(_within(registry, model, each["labels"]) for each in elements)


def _within(registry: TypeRegistry, model: Mapping[str, Any], labels: Iterable[str]) -> bool:
    own = set(labels)
    types = own & registry.ci_types.keys()
    above = {up for label in types for up in registry.lineage(label)}
    return bool((own | above) & set(model["may_alter"]))


def check_approver(tx: Tx, row: Mapping[str, Any]) -> None:
    """Refuse whoever does not decide, or decides on what they wrote, with whatever account.

    Args:
        tx: Knows who acts.
        row: Of `chm.standard_approval_context`.

    Raises:
        Refused: NOT_AN_APPROVER, or SEPARATION_OF_DUTIES.
    """
    model = row["standard"]
    if {tx.actor, *row["same"]} & set(model["authors"]):
        raise Refused(
            f"{tx.actor} wrote some of {model['key']}, and may not approve it",
            code="SEPARATION_OF_DUTIES",
            why="whatever follows it is approved by it",
            remedy="let somebody else approve it, with an account of their own",
            requirement="PR12.4",
        )
    if not tx.as_person or not APPROVERS & set(row["holds"]):
        raise Refused(
            f"{tx.actor} does not decide on {model['key']}",
            code="NOT_AN_APPROVER",
            why=f"a standard change is decided on by {' or '.join(sorted(APPROVERS))}",
            remedy="ask who holds such a role; the SMS manager gives roles",
            requirement="PR12.4",
        )


def counted(
    tx: Tx, policies: Policies, model: Mapping[str, Any], *, failed: bool, change: str
) -> None:
    """Count the outcome of a change that followed a standard change; too many failures suspend it.

    Args:
        tx: The transaction.
        policies: In force; say how many are too many.
        model: Properties of the standard change.
        failed: The change failed or was backed out.
        change: Key of the change.
    """
    since = model.get("failed_since", 0) + failed
    after = {
        "used": model.get("used", 0) + 1,
        "failed": model.get("failed", 0) + failed,
        "failed_since": since,
    }
    limit = in_force(policies, LIMIT)
    life = life_of(policies, "StandardChange")
    may = model["status"] in life.sources("standard_change.suspend")
    if failed and limit is not None and since > limit.failures and may:
        target = life.step(model, "standard_change.suspend", remedy=SUSPEND)
        told = f"{change} was the last of {plural(since, 'failure')} since it was approved"
        after |= {"status": target, "why": f"{told}; {limit.failures} are allowed"}
    tx.update("StandardChange", model, after)
