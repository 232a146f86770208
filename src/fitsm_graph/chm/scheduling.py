"""The verb that puts an approved change into the schedule of changes (PR12.6)."""

from fitsm_graph.chm import assessing
from fitsm_graph.chm.classifying import ChangeType
from fitsm_graph.chm.within import AChange, Row, planned, step
from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Moment
from fitsm_graph.graph.tx import Tx, check_version, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.declare import Process


@verb("change.schedule", room=Process.CHM, requirement="PR12.6", on="Change")
async def schedule_change(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    ref: AChange,
    *,
    starts_at: Moment | None = None,
    ends_at: Moment | None = None,
    expected_version: int | None = None,
) -> Properties:
    """Put an approved change into the schedule; what it collides with there is recorded (PR12.6).

    A freeze is refused, unless the change is an emergency.

    Args:
        tx: The transaction.
        policies: In force; say when changes are not begun.
        reaching: Says what its elements do to services.
        ref: Id or key of the change.
        starts_at: When it is to begin, RFC 3339; as planned when left out.
        ends_at: When it is to be over; given with the beginning or not at all.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg change schedule CHG-000001 --starts-at 2027-01-10T02:00Z --ends-at 2027-01-10T04:00Z

    Raises:
        NotFound: There is no such change.
        BadInput: It has no planned time, or the time is over.
        Refused: It is not approved, or FROZEN, or REASSESS_FIRST.
        Conflict: VERSION_CONFLICT.
    """
    when = planned(starts_at, ends_at, tx.at, ("startsAt", "endsAt"))
    given = {"starts": when.get("planned_starts_at"), "ends": when.get("planned_ends_at")}
    context = found(await tx.rows("chm.schedule_context", ref=ref, **given), "change", ref)
    change = context["change"]
    check_version(change, expected_version)
    target = step(policies, change, "change.schedule")
    timed = {**change, **when}
    _check_ahead(timed, tx.at)
    row = Row(change, context["alters"], [], None, context["standard"], [])
    assessing.check_approval(row, reaching, tx.at)
    if assessing.type_of(change) is not ChangeType.EMERGENCY:
        assessing.check_not_frozen(change, assessing.frozen_by(policies, timed))
    met = assessing.collisions(reaching, row.hit, context["work"], context["people"])
    findings = [each.because for each in met]
    if assessing.in_maintenance(policies, timed) is False:
        findings.append("it lies outside of the windows for maintenance")
    after = {**when, "status": target, "schedule_findings": findings}
    return tx.update("Change", change, after)


def _check_ahead(change: Properties, at: str) -> None:
    if change.get("planned_starts_at") is None:
        raise BadInput(
            f"{change['key']} has no planned time",
            why="the schedule of changes shows from when until when",
            remedy="give beginning and end",
            path=("startsAt",),
            requirement="PR12.6",
        )
    if change["planned_ends_at"] <= at:
        raise BadInput(
            "the planned time is over",
            why=f"it ended at {change['planned_ends_at']}",
            remedy="give a time to come",
            path=("endsAt",),
            requirement="PR12.6",
        )
