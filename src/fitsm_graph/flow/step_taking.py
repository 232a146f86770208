"""Who takes a step, and what is done by taking it (PR9.2, PR12.2).

Whoever the step names takes it, inside the write: nobody approves what they asked for, a step that
raises a change is done by the change, one that notifies by its message.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fitsm_graph.flow.due import responsible
from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.notices import TEMPLATES
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import spoken, told
from fitsm_graph.flow.step_form import REQUIREMENTS
from fitsm_graph.flow.steps import Run, before_it, dropped, list_name, named, sends, state_of
from fitsm_graph.graph.changes import Properties, kind_of
from fitsm_graph.graph.tx import Tx, found
from fitsm_graph.kernel.errors import NotFound, Refused
from fitsm_graph.model.declare import RECORDS
from fitsm_graph.model.roles import HELD_OVER, Over, RoleWord, role_keys
from fitsm_graph.model.steps import OVER, STEPPED, StepKind, StepState


@dataclass(frozen=True, slots=True)
class Around:
    """A record with its steps, and who acts.

    Attributes:
        row: Of `flow.step_context`.
    """

    kind: str
    row: Properties

    @property
    def record(self) -> Properties:
        """Its properties."""
        record: Properties = self.row["record"]
        return record

    @property
    def requirement(self) -> str:
        """The requirement that asks for its steps."""
        return REQUIREMENTS[self.kind]


async def around(tx: Tx, kind: str, ref: str) -> Around:
    """Read a record of a kind by id or key, with its steps and who acts.

    Raises:
        NotFound: There is no such record, or it is of another kind.
    """
    rows = await tx.rows("flow.step_context", ref=ref, actor=tx.actor, at=tx.at)
    row = found([each for each in rows if kind_of(each["labels"]) == kind], spoken(kind), ref)
    return Around(kind, row)


async def begin_steps(
    tx: Tx, policies: Policies, kind: str, ref: str, step_list: str
) -> Properties:
    """Begin a step list for a record that somebody names it for.

    Raises:
        NotFound: There is no such record.
        Refused: NO_POLICY_IN_FORCE, STEP_LIST_OF_OTHERS, STEPS_BEGUN, or it is over.
    """
    it = await around(tx, kind, ref)
    _check_going(policies, it)
    source, said = named(policies, step_list, kind)
    going = [
        each
        for each in it.row["steps"]
        if list_name(each) == step_list and not dropped(each) and state_of(each) not in OVER
    ]
    if going:
        raise Refused(
            f"'{step_list}' is begun for {it.record['key']} already",
            code="STEPS_BEGUN",
            why=f"step {going[0]['number']} of it is not over",
            remedy="go on with it",
            path=("stepList",),
            requirement=it.requirement,
        )
    run = Run(tx, kind, it.record, it.row["steps"])
    run.begin(source, said, asked_by=tx.actor)
    return run.kept()


async def complete_step(
    tx: Tx,
    policies: Policies,
    kind: str,
    ref: str,
    number: int,
    *,
    note: str = "",
    record: Properties | None = None,
) -> Properties:
    """Say that a step is done; the message of one that notifies goes out with it.

    Args:
        tx: The transaction.
        policies: In force.
        kind: Of the record.
        ref: Its id or key.
        number: Of the step.
        note: What there is to say of it.
        record: The record as the verb has made it, where that did something else before.

    Raises:
        NotFound: The record or the step is not there.
        Refused: STEP_DONE, STEPS_IN_ORDER, NOT_YOUR_STEP, SEPARATION_OF_DUTIES, CHANGE_NOT_RAISED,
            NO_POLICY_IN_FORCE, or it is over.
    """
    it = await around(tx, kind, ref)
    if record is None:
        _check_going(policies, it)
    run = Run(tx, kind, it.record if record is None else record, it.row["steps"])
    step = _to_take(run, it, number)
    check_taker(tx, it, step)
    if step["step_kind"] == StepKind.RAISE_CHANGE and not it.row["raised"]:
        group = RECORDS[kind].group.replace("_", "-")
        raise Refused(
            f"no change was raised from {it.record['key']}",
            code="CHANGE_NOT_RAISED",
            why="this step is done by raising one",
            remedy=f"`fsg change from-{group}` raises it",
            requirement=it.requirement,
        )
    if sends(step):
        policies.value(TEMPLATES, step["template"])
    run.end(step, StepState.DONE, note)
    return run.kept()


async def skip_step(
    tx: Tx, policies: Policies, kind: str, ref: str, number: int, why: str
) -> Properties:
    """Set a step aside with a reason; an obligatory one only who answers for the process.

    Raises:
        NotFound: The record or the step is not there.
        BadInput: The reason is missing.
        Refused: STEP_DONE, STEPS_IN_ORDER, STEP_OBLIGATORY, NOT_YOUR_STEP, SEPARATION_OF_DUTIES,
            or it is over.
    """
    it = await around(tx, kind, ref)
    said = told(why, "why", "say why it is set aside", it.requirement)
    _check_going(policies, it)
    run = Run(tx, kind, it.record, it.row["steps"])
    step = _to_take(run, it, number)
    if step.get("obligatory", True):
        _check_answers(tx, it, step)
        _check_separate(tx, it, step)
    else:
        check_taker(tx, it, step)
    run.end(step, StepState.SKIPPED, said)
    return run.kept()


async def refuse_step(
    tx: Tx, policies: Policies, kind: str, ref: str, number: int, why: str
) -> Properties:
    """Say that one does not agree; it stays open, and may be agreed to later.

    Raises:
        NotFound: The record or the step is not there.
        BadInput: The reason is missing.
        Refused: NO_APPROVAL, or what completing it is refused for.
    """
    it = await around(tx, kind, ref)
    said = told(why, "why", "say why you do not agree", it.requirement)
    _check_going(policies, it)
    run = Run(tx, kind, it.record, it.row["steps"])
    step = _to_take(run, it, number)
    if step["step_kind"] != StepKind.APPROVAL:
        raise Refused(
            f"step {number} asks nobody to agree",
            code="NO_APPROVAL",
            why=f"it is of the kind {step['step_kind']}",
            remedy="complete it, or set it aside",
            path=("number",),
            requirement=it.requirement,
        )
    check_taker(tx, it, step)
    run.refuse(step, said)
    return run.kept()


def change_raised(tx: Tx, it: Around, change: str) -> None:
    """Take the step that asks for a change, where it is its turn: it was raised by this.

    Args:
        tx: The transaction.
        it: The record that it was raised from.
        change: Key of the change.
    """
    run = Run(tx, it.kind, it.record, it.row["steps"])
    for step in run.rows:
        if (
            step["step_kind"] == StepKind.RAISE_CHANGE
            and step["state"] not in OVER
            and not before_it(step, run.rows)
            and (step.get("any_time") or step["state"] == StepState.OPEN)
            and _may_take(tx, it, step)
        ):
            run.end(step, StepState.DONE, f"raised {change}")
            run.kept()
            return


# --- who may -------------------------------------------------------------------------------------


def check_taker(tx: Tx, it: Around, step: Mapping[str, Any]) -> None:
    """Refuse whom a step is not for, and who would approve what they asked for.

    Raises:
        Refused: NOT_YOUR_STEP or SEPARATION_OF_DUTIES.
    """
    if not _may_take(tx, it, step):
        group = f"the group {step['group']}" if step.get("group") else ""
        wanted = step.get("role") or group or "whoever works for the process, or owns the record"
        raise Refused(
            f"step {step['number']} is not for {tx.actor}",
            code="NOT_YOUR_STEP",
            why=f"it is taken by {wanted}",
            remedy="let somebody do it who is that; `fsg role list` shows who holds a role",
            path=("number",),
            requirement=it.requirement,
        )
    _check_separate(tx, it, step)


def _may_take(tx: Tx, it: Around, step: Mapping[str, Any]) -> bool:
    """Whether a step is for who acts."""
    role, group = step.get("role"), step.get("group")
    if group:
        return tx.as_person and group in it.row["groups"]
    if not role:
        return not tx.only_named  # whoever has a right over its record, whatever the step says
    if not tx.as_person:
        return False
    word = RoleWord(role)
    if HELD_OVER[word] is Over.RECORD:
        ends = it.row["owners" if word is RoleWord.CASE_OWNER else "requesters"]
        asked = word is RoleWord.REQUESTER and tx.actor in _asked(it)
        return asked or bool(set(it.row["parties"]) & set(ends))
    wanted = role_keys([word], RECORDS[it.kind].owner, it.row["services"])
    return bool(set(wanted) & set(it.row["holds"]))


def _asked(it: Around) -> set[str]:
    """Logins of those who asked for a record, or registered it."""
    named_ = (it.record.get("requester"), it.record.get("registered_by"), it.row["registered"])
    return {str(each) for each in named_ if each}


def _check_separate(tx: Tx, it: Around, step: Mapping[str, Any]) -> None:
    """Refuse who would approve what they asked for, with whatever account."""
    if step["step_kind"] != StepKind.APPROVAL:
        return
    asked = {*_asked(it), str(step.get("asked_by") or "")} - {""}
    own = set(it.row["parties"]) & set(it.row["requesters"])
    if own or asked & {tx.actor, *it.row["same"]}:
        raise Refused(
            "nobody approves what they asked for",
            code="SEPARATION_OF_DUTIES",
            why=f"{tx.actor} asks for {it.record['key']}, registered it, or began these steps",
            remedy="let somebody else approve it",
            requirement=it.requirement,
        )


def _check_answers(tx: Tx, it: Around, step: Mapping[str, Any]) -> None:
    """Refuse to set aside what is obligatory, save by who answers for the process."""
    wanted = responsible(RECORDS[it.kind].owner)
    if not tx.as_person or not set(wanted) & set(it.row["holds"]):
        raise Refused(
            f"step {step['number']} is obligatory",
            code="STEP_OBLIGATORY",
            why=f"only who answers for the process sets it aside: {', '.join(wanted)}",
            remedy="complete it, or ask one of them",
            path=("number",),
            requirement=it.requirement,
        )


def _to_take(run: Run, it: Around, number: int) -> Properties:
    """The step of a number, where it is its turn."""
    step = next((each for each in run.rows if each["number"] == number), None)
    if step is None:
        many = f"1 to {len(run.rows)}" if run.rows else "it has no steps"
        raise NotFound(f"there is no step {number}", remedy=many, path=("number",))
    if step["state"] in OVER:
        by = f"{step['done_by']} did it" if step.get("done_by") else "it was dropped"
        raise Refused(
            f"step {number} is {step['state']} already",
            code="STEP_DONE",
            why=f"{by} at {step['done_at']}",
            remedy="go on with the next one",
            requirement=it.requirement,
        )
    before = [] if step.get("any_time") else before_it(step, run.rows)
    if before:
        raise Refused(
            f"step {number} comes later",
            code="STEPS_IN_ORDER",
            why=f"step {before[0]['number']} is not done",
            remedy="take the steps in their order",
            requirement=it.requirement,
        )
    return step


def _check_going(policies: Policies, it: Around) -> None:
    """Refuse to go on with the steps of a record that is over."""
    status = it.record["status"]
    if status in life_of(policies, it.kind).ends:
        raise Refused(
            f"{it.record['key']} is {status}",
            code="ILLEGAL_TRANSITION",
            why="it is over, and so are its steps",
            remedy="register a new one that refers to it",
            requirement=it.requirement,
        )


def is_stepped(kind: str) -> bool:
    """Whether records of a kind are dealt with by steps."""
    return kind in STEPPED
