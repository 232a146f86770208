"""Proposals to retire: made and withdrawn by runs, approved or dismissed by people (PR11.4)."""

from collections.abc import Sequence

from fitsm_graph.confm.service import retire_found
from fitsm_graph.confm.sync_report import Retirement
from fitsm_graph.confm.sync_runs import Run, check_lease, open_record
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.errors import BadInput, Conflict, NotFound
from fitsm_graph.model.confm import PROPOSES
from fitsm_graph.model.declare import Process
from fitsm_graph.model.registry import TypeRegistry

LONGEST_REASON = 1_000


@verb("sync.propose", room=Process.CONFM, requirement="PR11.4")
async def propose(tx: Tx, run: Run, retirements: Sequence[Retirement]) -> Properties:
    """Propose to retire elements that a source no longer has; none is proposed twice (PR11.4).

    Returns:
        The record of the run.

    Raises:
        Conflict: SYNC_LEASE_LOST.
    """
    context = await _context(tx, run, elements=[each.id for each in retirements])
    propose_found(tx, run, context, retirements)
    return open_record(tx, run)


def propose_found(tx: Tx, run: Run, context: Properties, retirements: Sequence[Retirement]) -> int:
    """Propose what still lives and is not proposed yet; returns how many that are."""
    live, known = {each["id"] for each in context["elements"]}, set(context["open"])
    wanted = [each for each in retirements if each.id in live and each.id not in known]
    for each in wanted:
        _propose(tx, run, each)
    return len(wanted)


def _propose(tx: Tx, run: Run, each: Retirement) -> None:
    blast = each.blast
    made = tx.create(
        "RetirementProposal",
        {
            "element": each.id,
            "element_key": each.key,
            "element_type": each.type,
            "source": run.source,
            "scope": run.scope,
            "run": run.key,
            "status": "proposed",
            "affected": blast.affected if blast else None,
            "services": [service.key for service in blast.services] if blast else [],
            "reason": "",
        },
    )
    tx.relate(PROPOSES.type, made["id"], each.id)


@verb("sync.withdraw", room=Process.CONFM, requirement="PR11.4")
async def withdraw(tx: Tx, run: Run, keys: Sequence[str]) -> Properties:
    """Withdraw proposals for elements that the source has again (PR11.4).

    Returns:
        The record of the run.

    Raises:
        Conflict: SYNC_LEASE_LOST.
    """
    context = await _context(tx, run, proposals=list(keys))
    for each in context["proposals"]:
        if each["status"] in {"proposed", "dismissed"}:
            after = {"status": "withdrawn", "reason": f"seen again by run {run.key}"}
            tx.update("RetirementProposal", each, after)
    return open_record(tx, run)


async def _context(
    tx: Tx, run: Run, *, elements: Sequence[str] = (), proposals: Sequence[str] = ()
) -> Properties:
    context = await tx.one(
        "confm.sync_vanish_context",
        scope=run.place,
        run=run.key,
        elements=list(elements),
        proposals=list(proposals),
    )
    check_lease(tx, run, context["token"])
    return context


@verb("retirement.approve", room=Process.CONFM, requirement="PR11.4")
async def approve(tx: Tx, registry: TypeRegistry, key: str) -> Properties:
    """Retire the element of a proposal, unless something live still needs it (PR11.4).

    Raises:
        NotFound: There is no such proposal.
        Conflict: ALREADY_DECIDED.
        Refused: STILL_NEEDED, naming who needs it.
    """
    proposal = await _open_proposal(tx, key)
    rows = await tx.rows("confm.retirement_context", ref=proposal["element"])
    context = found([row for row in rows if tx.sees(row["labels"])], "element", key)
    retire_found(tx, registry, context)
    return tx.update("RetirementProposal", proposal, {"status": "approved"})


@verb("retirement.dismiss", room=Process.CONFM, requirement="PR11.4")
async def dismiss(tx: Tx, key: str, reason: str) -> Properties:
    """Keep the element of a proposal, with a reason (PR11.4).

    It is proposed again only if it comes back and vanishes once more.

    Raises:
        NotFound: There is no such proposal.
        Conflict: ALREADY_DECIDED.
        BadInput: There is no reason.
    """
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise BadInput(
            "a proposal is dismissed for a reason",
            why="the next one who looks has to understand it (PR11.4)",
            remedy=f"give 1 to {LONGEST_REASON:,} characters",
            path=("reason",),
        )
    proposal = await _open_proposal(tx, key)
    return tx.update("RetirementProposal", proposal, {"status": "dismissed", "reason": reason})


async def _open_proposal(tx: Tx, key: str) -> Properties:
    rows = await tx.rows("confm.proposal_context", key=key)
    if not rows or (rows[0]["labels"] and not tx.sees(rows[0]["labels"])):
        raise NotFound(
            f"there is no proposal '{key}'", remedy="`fitsm-graph sync proposals` lists them"
        )
    proposal: Properties = rows[0]["proposal"]
    if proposal["status"] != "proposed" or rows[0]["element"] is None:
        status = proposal["status"] if proposal["status"] != "proposed" else "without its element"
        raise Conflict(
            f"proposal {key} is {status}",
            code="ALREADY_DECIDED",
            why=proposal.get("reason") or "somebody decided on it, or its element was retired",
            remedy="look at the element: `fitsm-graph ci show`",
        )
    return proposal
