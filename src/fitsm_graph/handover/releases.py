"""Approved changes taken into a release, and scheduled with it (the arrow from CHM to RDM)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fitsm_graph.chm import assessing
from fitsm_graph.chm.classifying import ChangeType
from fitsm_graph.chm.within import Row as ChangeRow
from fitsm_graph.chm.within import planned
from fitsm_graph.chm.within import step as change_step
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.weighing import DEFAULT
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Moment, Of
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.handover.release_times import Meanwhile, meanwhile
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.errors import BadInput, NotFound, Refused
from fitsm_graph.model.declare import Process
from fitsm_graph.model.rdm import CONTAINS, LEFT_OUT
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.rdm import inclusion
from fitsm_graph.rdm.classifying import type_of
from fitsm_graph.rdm.cycles import check_cut_off
from fitsm_graph.rdm.inclusion import INCLUSION, Candidate, Inclusion
from fitsm_graph.rdm.strategies import strategies_of
from fitsm_graph.rdm.within import (
    NO_PLAN,
    ARelease,
    Row,
    classified,
    give_up_waves,
    release_row,
    step,
    withdrawn,
)

ROW = ("change", "alters", "tasks", "back_out", "standard", "reviews")


@verb("release.include", room=Process.RDM, also=Process.CHM, requirement="PR13.2", on="Release")
async def include_in_release(
    tx: Tx,
    policies: Policies,
    registry: TypeRegistry,
    reaching: Reaches,
    ref: ARelease,
    changes: Sequence[Annotated[str, Of("Change")]],
    *,
    expected_version: int | None = None,
) -> Properties:
    """Take approved changes into a release; who is left out, and why, is kept (PR13.2).

    What is taken in is scheduled with the release, which is planned anew.

    Args:
        tx: The transaction.
        policies: In force; say what a release takes in.
        registry: The types in force.
        reaching: Says what elements do to services.
        ref: Id or key of the release.
        changes: Changes that it is to contain.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg release include REL-000001 CHG-000004 CHG-000007

    Raises:
        NotFound: The release or a change is not there.
        BadInput: Too many changes.
        Refused: It is built already, or over; CUT_OFF_OVER, NO_POLICY_IN_FORCE.
        Conflict: VERSION_CONFLICT.
    """
    row = await release_row(tx, ref, expected_version)
    target = step(policies, row.release, "release.include")
    check_cut_off(row.release, tx.at)
    rule: Inclusion = policies.value(INCLUSION, DEFAULT)
    rows = await _candidates(tx, row, rule, changes)
    there = await _there(tx, rows)
    taken = _Look(tx, policies, registry, reaching, row, rule).divided(rows, there)
    if not taken:
        return row.release
    for each in taken:
        _taken(tx, row, each)
    timed = await _timed(tx, policies, reaching, row, taken)
    give_up_waves(tx, policies, row, "release.plan")
    altered = [each["alters"] for each in (*row.changes, *taken)]
    decided = classified(policies, reaching, row.release, altered)
    strategy = _strategy(policies, registry, row, taken)
    after = {**NO_PLAN, **decided, **timed, "status": target, "strategy": strategy}
    return tx.update("Release", row.release, after)


@verb("release.schedule", room=Process.RDM, also=Process.CHM, requirement="PR13.3", on="Release")
async def schedule_release(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    ref: ARelease,
    starts_at: Moment,
    ends_at: Moment,
    *,
    expected_version: int | None = None,
) -> Properties:
    """Say when a release is deployed; its changes are put into the schedule with it (PR13.3).

    So that it is seen by whoever schedules other work; what it collides with there is recorded, of
    the release and of each change. A freeze is refused, unless the changes are emergencies.

    Args:
        tx: The transaction.
        policies: In force; say when changes are not begun.
        reaching: Says what its elements do to services.
        ref: Id or key of the release.
        starts_at: When its deployment is to begin, RFC 3339.
        ends_at: When it is to be over.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg release schedule REL-000001 2027-01-10T02:00Z 2027-01-10T06:00Z

    Raises:
        NotFound: There is no such release.
        BadInput: The time is over, or makes no sense.
        Refused: CHANGE_WITHDRAWN, or FROZEN; or its deployment has begun.
        Conflict: VERSION_CONFLICT.
    """
    when = planned(starts_at, ends_at, tx.at, ("startsAt", "endsAt"))
    if when["planned_ends_at"] <= tx.at:
        raise BadInput(
            "the planned time is over",
            why=f"it ended at {when['planned_ends_at']}",
            remedy="give a time to come",
            path=("endsAt",),
            requirement="PR13.3",
        )
    row = await release_row(tx, ref, expected_version)
    step(policies, row.release, "release.schedule")
    met = await meanwhile(tx, policies, reaching, row, row.changes, when)
    for each in row.changes:
        _scheduled(tx, policies, row, each["change"], when, met)
    return tx.update("Release", row.release, {**when, "schedule_findings": list(met.whole)})


# --- within --------------------------------------------------------------------------------------


async def _candidates(tx: Tx, row: Row, rule: Inclusion, refs: Sequence[str]) -> list[Properties]:
    """Changes that are named and not in the release yet, each once."""
    inside = {each["change"]["id"] for each in row.changes}
    given = {"refs": list(refs), "release": row.release["id"]}
    rows = await tx.rows("rdm.candidates", **given)
    known = {each["ref"]: each for each in rows}
    for each in refs:
        if each not in known:
            told = f"there is no change '{each}'"
            raise NotFound(told, remedy="check the id or key", path=("changes",))
    found = {each["change"]["id"]: each for each in rows}
    kept = [each for id, each in found.items() if id not in inside]
    if len(kept) + len(inside) > rule.most:
        raise BadInput(
            f"{len(kept) + len(inside)} changes are too many for one release",
            why=f"the policy says {rule.most}",
            remedy="divide the release",
            path=("changes",),
            requirement="PR13.2",
        )
    return kept


async def _there(tx: Tx, rows: Sequence[Properties]) -> set[str]:
    """Keys of elements that changes need, and that are there."""
    keys = {key for each in rows for key in inclusion.needed(each["change"])}
    named = await tx.rows("impact.elements_named", refs=sorted(keys)) if keys else []
    return {each["ref"] for each in named}


@dataclass(frozen=True, slots=True)
class _Look:
    """Holds changes against the criteria of a release."""

    tx: Tx
    policies: Policies
    registry: TypeRegistry
    reaching: Reaches
    row: Row
    rule: Inclusion

    def divided(self, rows: Sequence[Properties], there: set[str]) -> list[Properties]:
        """Changes that are taken in; what needs another comes after that.

        Args:
            rows: Of `rdm.candidates`.
            there: Keys of elements that are there.
        """
        taken: list[Properties] = []
        left = [(each, self._candidate(each, there)) for each in rows]
        while True:
            against = [self._reasons(one, taken) for _, one in left]
            fitting = next((place for place, each in enumerate(against) if not each), None)
            if fitting is None:
                break
            taken.append(left.pop(fitting)[0])
        for (each, _), because in zip(left, against, strict=True):
            _left_out(self.tx, self.row, each, "; ".join(because))
        return taken

    def _reasons(self, one: Candidate, taken: Sequence[Properties]) -> list[str]:
        return inclusion.reasons(
            self.rule,
            type_of(self.row.release),
            one,
            strategy=_strategy(self.policies, self.registry, self.row, taken),
            inside=[each["change"] for each in (*self.row.changes, *taken)],
            may=inclusion.approved_states(self.policies),
        )

    def _candidate(self, each: Properties, there: set[str]) -> Candidate:
        strategies, without = strategies_of(self.policies, self.registry, each["alters"])
        return Candidate(
            each["change"],
            _doubt(each, self.reaching, self.tx.at),
            each["elsewhere"],
            strategies,
            without,
            each["back_out"] is not None,
            frozenset(inclusion.needed(each["change"]) - there),
        )


def _doubt(each: Mapping[str, Any], reaching: Reaches, at: str) -> str:
    """Why the approval of a change holds no more, as change management says."""
    try:
        assessing.check_approval(row_of(each), reaching, at)
    except Refused as refusal:
        return f"it has to be assessed again: {refusal.problem.why}"
    return ""


def row_of(each: Mapping[str, Any]) -> ChangeRow:
    """A change with what hangs together with it, as change management reads it."""
    return ChangeRow(**{name: each[name] for name in ROW})


def _strategy(
    policies: Policies, registry: TypeRegistry, row: Row, taken: Sequence[Properties]
) -> str:
    """The strategy of what is in a release; empty where nothing is."""
    elements = [one for each in (*row.changes, *taken) for one in each["alters"]]
    known, _ = strategies_of(policies, registry, elements)
    return known[0].key if known else ""


def _taken(tx: Tx, row: Row, each: Properties) -> None:
    release, change = row.release, each["change"]
    tx.relate(CONTAINS.type, release["id"], change["id"])
    if each["left_out"] is not None:
        tx.unrelate(LEFT_OUT.type, release["id"], change["id"], each["left_out"])


async def _timed(
    tx: Tx, policies: Policies, reaching: Reaches, row: Row, taken: Sequence[Properties]
) -> dict[str, Any]:
    """Put what is taken into a release that is planned into the schedule; what is found there."""
    if not row.release.get("planned_starts_at"):
        return {}
    when = {name: row.release[name] for name in ("planned_starts_at", "planned_ends_at")}
    met = await meanwhile(tx, policies, reaching, row, [*row.changes, *taken], when)
    for each in taken:
        _scheduled(tx, policies, row, each["change"], when, met)
    return {"schedule_findings": list(met.whole)}


def _left_out(tx: Tx, row: Row, each: Properties, because: str) -> None:
    ends, former = (row.release["id"], each["change"]["id"]), each["left_out"]
    if former is None:
        tx.relate(LEFT_OUT.type, *ends, {"because": because})
    else:
        tx.change_relation(LEFT_OUT.type, *ends, former, {"because": because})


def _scheduled(
    tx: Tx,
    policies: Policies,
    row: Row,
    change: Properties,
    when: Mapping[str, Any],
    met: Meanwhile,
) -> None:
    """Put a change into the schedule of changes with its release."""
    timed = {**change, **when}
    if assessing.type_of(change) is not ChangeType.EMERGENCY:
        assessing.check_not_frozen(change, assessing.frozen_by(policies, timed))
    try:
        target = change_step(policies, change, "change.schedule")
    except Refused as refusal:
        raise withdrawn(row, change) from refusal
    found = list(met.of[change["id"]])
    tx.update("Change", change, {**when, "status": target, "schedule_findings": found})
