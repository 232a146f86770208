"""Verbs over what stands out: accepted as a problem, merged into one, or dismissed (PR10.1)."""

from collections.abc import Sequence
from typing import Annotated, Any

from fitsm_graph.flow.lives import stepped
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import titled, told
from fitsm_graph.flow.reporters import looked_for
from fitsm_graph.flow.schemes import check_category
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx, check_version, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact import effects
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.errors import NotFound, Refused
from fitsm_graph.kernel.text import plural
from fitsm_graph.model.declare import Process
from fitsm_graph.model.pm_records import ANSWERED_BY
from fitsm_graph.pm.service import ProblemSource
from fitsm_graph.pm.within import AProblem, entered, linked

AFinding = Annotated[str, Of("TrendFinding")]


@verb("trend_finding.accept", room=Process.PM, requirement="PR10.1", on="Problem")
async def accept_trend_finding(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    finding: AFinding,
    *,
    title: str = "",
    category: str = "",
    decision: str = "",
) -> Properties:
    """Register a problem of what stands out, with its incidents and what is suspected (PR10.1).

    Incidents that come from another problem stay with that.

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what elements do to services.
        finding: Id or key of the finding.
        title: Of the problem, in a line; that of the finding when left out.
        category: Its class, by the scheme in force.
        decision: Why it is accepted.

    Examples:
        fsg trend-finding accept TRF-000001 --category storage

    Raises:
        NotFound: There is no such finding.
        Refused: It is decided already, or NOTHING_TO_LINK.
    """
    row = await _row(tx, finding)
    record = row["finding"]
    target = stepped(policies, "TrendFinding", record, "trend_finding.accept")
    free = _free(row)
    seen = effects.seen(tx, [*row["hangs_on"], *row["stands_out"]])
    described = {
        "title": titled(title or record["title"]),
        "description": _description(row, len(free)),
        "source": ProblemSource.TREND,
        "category": check_category(policies, category),
    }
    suspected = list(dict.fromkeys(str(each["id"]) for each in seen))
    problem = await entered(tx, policies, reaching, described, suspected, free, row=row)
    _answered(tx, record, problem, target, decision.strip() or f"registered as {problem['key']}")
    return problem


@verb("trend_finding.merge", room=Process.PM, requirement="PR10.1", on="TrendFinding")
async def merge_trend_finding(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    ref: AFinding,
    problem: AProblem,
    *,
    decision: str = "",
) -> Properties:
    """Say that a problem that is there already explains what stands out (PR10.1).

    Its incidents are linked with that problem; those that come from another one stay with it.

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what elements do to services.
        ref: Id or key of the finding.
        problem: Id or key of the problem.
        decision: Why it is merged.

    Examples:
        fsg trend-finding merge TRF-000001 PRB-000001

    Raises:
        NotFound: The finding or the problem is not there.
        Refused: The finding is decided already, or the problem is over.
    """
    row = await _row(tx, ref, problem)
    record = row["finding"]
    target = stepped(policies, "TrendFinding", record, "trend_finding.merge")
    if row["problem"] is None:
        told_of = f"there is no problem '{problem}'"
        raise NotFound(told_of, remedy="check the id or key", path=("problem",))
    free = [each for each in row["counts"] if not each["problem"]]
    into = await linked(tx, policies, reaching, row, (), free)
    said = decision.strip() or f"merged into {into['key']}"
    return _answered(tx, record, into, target, said)


@verb("trend_finding.dismiss", room=Process.PM, requirement="PR10.1", on="TrendFinding")
async def dismiss_trend_finding(
    tx: Tx, policies: Policies, ref: AFinding, why: str, *, expected_version: int | None = None
) -> Properties:
    """Say why what stands out is no problem; it comes back once it grows enough (PR10.1).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the finding.
        why: Why it is none.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg trend-finding dismiss TRF-000001 "the move to the new site, over since Friday"

    Raises:
        NotFound: There is no such finding.
        Refused: It is decided already.
        Conflict: VERSION_CONFLICT.
    """
    said = told(why, "why", "say why it is no problem", "PR10.1")
    record = (await _row(tx, ref))["finding"]
    check_version(record, expected_version)
    target = stepped(policies, "TrendFinding", record, "trend_finding.dismiss")
    return _decided(tx, record, target, said)


# --- within --------------------------------------------------------------------------------------


async def _row(tx: Tx, ref: str, problem: str | None = None) -> Properties:
    rows = await tx.rows("pm.trend_finding_context", ref=ref, problem=problem, **looked_for(tx))
    return found(rows, "trend finding", ref)


def _free(row: Properties) -> list[Properties]:
    """Incidents of a finding that come from no problem yet.

    Raises:
        Refused: NOTHING_TO_LINK.
    """
    free = [each for each in row["counts"] if not each["problem"]]
    if free:
        return free
    key, others = row["finding"]["key"], sorted({each["problem"] for each in row["counts"]})
    raise Refused(
        f"all incidents of {key} come from other problems",
        code="NOTHING_TO_LINK",
        why=f"they come from {', '.join(others)}, and an incident has one cause",
        remedy=f"merge it: `fsg trend-finding merge {key} {others[0]}`",
        requirement="PR10.1",
    )


def _answered(
    tx: Tx, record: Properties, problem: Properties, target: str, said: str
) -> Properties:
    tx.relate(ANSWERED_BY.type, record["id"], problem["id"])
    return _decided(tx, record, target, said)


def _decided(tx: Tx, record: Properties, target: str, said: str) -> Properties:
    decided = {"decision": said, "decided_by": tx.actor, "closed_at": tx.at}
    return tx.update("TrendFinding", record, {"status": target, **decided})


def _description(row: Properties, linked: int) -> str:
    """What is known when the problem is registered."""
    record, kept = row["finding"], len(row["counts"]) - linked
    told_of: Sequence[Any] = record.get("because") or ()
    lines = [f"Found as {record['key']}.", *(f"{each[:1].upper()}{each[1:]}." for each in told_of)]
    if kept:
        lines.append(f"{plural(kept, 'incident')} of it stay with other problems.")
    return "\n".join(lines)
