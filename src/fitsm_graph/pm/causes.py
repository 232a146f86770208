"""Verbs over causes: why a problem is there, and why that is, as far as it takes (PR10.2)."""

from collections.abc import Sequence
from typing import Annotated

from fitsm_graph.flow.lives import life_of, stepped
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import titled, told
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx, check_version
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact import effects
from fitsm_graph.kernel.errors import BadInput, NotFound
from fitsm_graph.model.declare import Process
from fitsm_graph.model.pm_records import EXPLAINS, LIES_IN, REASON_OF
from fitsm_graph.pm.within import AProblem

ACause = Annotated[str, Of("ProblemCause")]
_OVER = "suspect another cause; what was decided on stays as it was"
DEEPEST = 20
"""How often 'why' is asked at most."""


@verb("problem_cause.suspect", room=Process.PM, requirement="PR10.2", on="ProblemCause")
async def suspect_problem_cause(
    tx: Tx,
    policies: Policies,
    problem: AProblem,
    title: str,
    *,
    reason_of: ACause = "",
    lies_in: Sequence[Annotated[str, Of("Element")]] = (),
    description: str = "",
) -> Properties:
    """Say why a problem may be there, or why another cause of it is (PR10.2).

    Args:
        tx: The transaction.
        policies: In force.
        problem: Id or key of the problem.
        title: Why, in a line.
        reason_of: Id or key of the cause that is there because of it; left out: of the problem.
        lies_in: Elements in which it lies.
        description: What speaks for it, and what against.

    Examples:
        fsg problem-cause suspect PRB-000001 "the cache has no bound" --lies-in engine
        fsg problem-cause suspect PRB-000001 "nobody set one" --reason-of CAU-000001

    Raises:
        NotFound: The problem, the other cause or an element is not there.
        BadInput: The other cause is of another problem, or no cause at all any more.
        Refused: The problem is over.
    """
    said = titled(title)
    row = await _context(tx, reason_of or None, problem, lies_in)
    stepped(policies, "Problem", row["problem"], "problem_cause.suspect")
    before = _before(policies, row, reason_of)
    named = effects.named(effects.seen(tx, row["named_elements"]), lies_in, "liesIn")
    cause = tx.create(
        "ProblemCause",
        {
            "title": said,
            "description": description,
            "status": life_of(policies, "ProblemCause").initial,
            "depth": before["depth"] + 1 if before else 1,
        },
    )
    tx.relate(EXPLAINS.type, cause["id"], row["problem"]["id"])
    if before:
        tx.relate(REASON_OF.type, cause["id"], before["id"])
    for element in dict.fromkeys(named[ref] for ref in lies_in):
        tx.relate(LIES_IN.type, cause["id"], element)
    return cause


@verb("problem_cause.describe", room=Process.PM, requirement="PR10.2", on="ProblemCause")
async def describe_problem_cause(
    tx: Tx,
    policies: Policies,
    ref: ACause,
    description: str,
    *,
    lies_in: Sequence[Annotated[str, Of("Element")]] = (),
    expected_version: int | None = None,
) -> Properties:
    """Write down what speaks for a cause and what against, and where it may lie as well (PR10.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the cause.
        description: What speaks for it, and what against.
        lies_in: Elements in which it may lie as well.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg problem-cause describe CAU-000001 "grows 2 MB with each message"

    Raises:
        NotFound: The cause or an element is not there.
        Refused: It is decided on.
        Conflict: VERSION_CONFLICT.
    """
    said = told(description, "description", "say what speaks for it, and what against", "PR10.2")
    row = await _context(tx, ref, None, lies_in)
    cause = _cause(row, ref)
    check_version(cause, expected_version)
    stepped(policies, "ProblemCause", cause, "problem_cause.describe", remedy=_OVER)
    named = effects.named(effects.seen(tx, row["named_elements"]), lies_in, "liesIn")
    for element in dict.fromkeys(named[each] for each in lies_in):
        if element not in row["lies_in"]:
            tx.relate(LIES_IN.type, cause["id"], element)
    return tx.update("ProblemCause", cause, {"description": said})


@verb("problem_cause.confirm", room=Process.PM, requirement="PR10.2", on="ProblemCause")
async def confirm_problem_cause(
    tx: Tx,
    policies: Policies,
    ref: ACause,
    evidence: str,
    *,
    root: bool = False,
    expected_version: int | None = None,
) -> Properties:
    """Say that a cause is one, and what shows it; the root cause diagnoses the problem (PR10.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the cause.
        evidence: What shows it.
        root: It is the root cause, with which the problem is diagnosed.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg problem-cause confirm CAU-000002 "with a bound it has run for a week" --root

    Raises:
        NotFound: There is no such cause.
        Refused: It is decided on, or the problem is over.
        Conflict: VERSION_CONFLICT.
    """
    said = told(evidence, "evidence", "say what shows that it is one", "PR10.2")
    row = await _context(tx, ref, None)
    cause = _cause(row, ref)
    check_version(cause, expected_version)
    target = stepped(policies, "ProblemCause", cause, "problem_cause.confirm", remedy=_OVER)
    if root:
        problem = row["problem"]
        status = stepped(policies, "Problem", problem, "problem.diagnose")
        tx.update("Problem", problem, {"cause": cause["title"], "status": status})
    return _decided(tx, cause, target, said, root=root)


@verb("problem_cause.rule_out", room=Process.PM, requirement="PR10.2", on="ProblemCause")
async def rule_out_problem_cause(
    tx: Tx, policies: Policies, ref: ACause, evidence: str, *, expected_version: int | None = None
) -> Properties:
    """Say that a cause is none, and what shows it; what was suspected behind it goes too (PR10.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the cause.
        evidence: What shows it.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg problem-cause rule-out CAU-000003 "it also happens with the new driver"

    Raises:
        NotFound: There is no such cause.
        Refused: It is decided on.
        Conflict: VERSION_CONFLICT.
    """
    said = told(evidence, "evidence", "say what shows that it is none", "PR10.2")
    row = await _context(tx, ref, None)
    cause = _cause(row, ref)
    check_version(cause, expected_version)
    life = life_of(policies, "ProblemCause")
    target = life.step(cause, "problem_cause.rule_out", remedy=_OVER)
    for behind in row["behind"]:
        if behind["status"] not in life.ends:
            gone = life.step(behind, "problem_cause.rule_out", remedy=_OVER)
            _decided(tx, behind, gone, f"{cause['key']} is ruled out, which it would explain")
    return _decided(tx, cause, target, said)


# --- within --------------------------------------------------------------------------------------


async def _context(
    tx: Tx, ref: str | None, problem: str | None, elements: Sequence[str] = ()
) -> Properties:
    row = await tx.one("pm.cause_context", ref=ref, problem=problem, elements=list(elements))
    if problem is not None and row["problem"] is None:
        told_of = f"there is no problem '{problem}'"
        raise NotFound(told_of, remedy="check the id or key", path=("problem",))
    return row


def _cause(row: Properties, ref: str, path: str = "ref") -> Properties:
    cause: Properties | None = row["cause"]
    if cause is None:
        told_of = f"there is no cause '{ref}'"
        raise NotFound(told_of, remedy="check the id or key", path=(path,))
    return cause


def _before(policies: Policies, row: Properties, ref: str) -> Properties | None:
    """The cause of which the reason is told; None where it is the problem's own."""
    if not ref:
        return None
    cause = _cause(row, ref, "reasonOf")
    ruled_out = {
        each.target
        for each in life_of(policies, "ProblemCause").transitions
        if each.by == "problem_cause.rule_out"
    }
    why = ""
    if row["of"] != row["problem"]["id"]:
        why = "it explains another problem"
    elif cause["status"] in ruled_out:
        why = "it is ruled out"
    elif cause["depth"] >= DEEPEST:
        why = f"'why' was asked {DEEPEST} times already"
    if why:
        raise BadInput(
            f"{cause['key']} has no further reason here",
            why=why,
            remedy="name another cause of the same problem, or none",
            path=("reasonOf",),
            requirement="PR10.2",
        )
    return cause


def _decided(
    tx: Tx, cause: Properties, target: str, evidence: str, *, root: bool = False
) -> Properties:
    decided = {"evidence": evidence, "decided_by": tx.actor, "closed_at": tx.at, "root": root}
    return tx.update("ProblemCause", cause, {"status": target, **decided})
