"""The steps of a record: begun from a list, taken one after another, each by whom it is for.

    run = Run(tx, "Incident", record, steps)
    run.begin("step-list/major-incident/1", list, by_rule=True)
    record = run.kept()

A step is a copy of what its list said when it was begun; so a run keeps to the version that it
was begun from, and says itself who may take it. How far a record has come stands on the record.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fitsm_graph.flow.lives import LIFE
from fitsm_graph.flow.notices import Channel, Tie, To
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.step_form import REQUIREMENTS, STEP_LIST, StepLine, StepList
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.tx import Tx
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.model.chm_records import CHANGE_STEP_OF
from fitsm_graph.model.declare import Process
from fitsm_graph.model.isrm import STEP_OF
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.model.steps import OVER, STEPPED, StepKind, StepState

_RELATIONS = {"CaseStep": STEP_OF.type, "ChangeStep": CHANGE_STEP_OF.type}
_CHANGED = "what it is has changed"
_ENDED = "it is over"


class Run:
    """The steps of one record in one transaction; `kept` states what became of them.

    Args:
        tx: The transaction.
        kind: Of the record.
        record: Its properties, as they are after whatever else the verb did.
        steps: Properties of its steps as they are.
    """

    def __init__(
        self, tx: Tx, kind: str, record: Properties, steps: Iterable[Mapping[str, Any]] = ()
    ) -> None:
        self._tx = tx
        self._kind, self._steps = kind, STEPPED[kind]
        self._record = record
        self._before = [dict(each) for each in steps]
        self.rows: list[Properties] = [{**each, "state": state_of(each)} for each in self._before]

    def begin(
        self, source: str, said: StepList, *, by_rule: bool = False, asked_by: str = ""
    ) -> None:
        """Put the steps of a list behind those that there are.

        Args:
            source: Key of the version, or of the record, that they come from.
            said: What it says.
            by_rule: It is begun by what the record is.
            asked_by: Login of who begins it; empty: what the record is does.
        """
        last = max((each["number"] for each in self.rows), default=0)
        for number, line in enumerate(said.steps, last + 1):
            self.rows.append(
                {
                    "number": number,
                    "step_list": source,
                    "by_rule": by_rule,
                    "asked_by": asked_by,
                    "state": StepState.WAITING.value,
                    **_of_line(line, before_closing=said.before_closing),
                }
            )

    def end(
        self, row: Properties, state: StepState, note: str = "", *, by: str | None = None
    ) -> None:
        """Say that a step is over: done, set aside, or not needed any more."""
        done = {"done_at": self._tx.at, "done_seq": self._tx.seq, "note": note.strip()}
        row.update(state=state.value, done_by=self._tx.actor if by is None else by, **done)

    def refuse(self, row: Properties, why: str) -> None:
        """Say that a step is not agreed to; it may be agreed to later."""
        row.update(state=StepState.REFUSED.value, done_by=self._tx.actor, note=why)

    def ruled(self, policies: Policies, *, type: str = "", category: str = "") -> Properties:
        """Begin what a record is dealt with by, as it is now, and drop what it no more is.

        What was dropped comes back with its reason, in the version that was begun. What somebody
        has begun by its name is there already, and is not begun again.

        Args:
            policies: In force.
            type: What the record is.
            category: Its class.

        Returns:
            The record.
        """
        wanted = {
            each.name: each
            for each in policies
            if each.kind == STEP_LIST and each.value.applies(self._kind, type, category)
        }
        asked = {list_name(each) for each in self._going(by_rule=False)}
        for row in [each for each in self.rows if each.get("by_rule")]:
            if list_name(row) in wanted.keys() - asked:
                self._revive(row)
            elif list_name(row) not in wanted and row["state"] not in OVER:
                self.end(row, StepState.DROPPED, _CHANGED, by="")
        there = asked | {list_name(each) for each in self._going(by_rule=True)}
        for name in sorted(wanted.keys() - there):
            self.begin(wanted[name].key, wanted[name].value, by_rule=True)
        return self.kept()

    def _going(self, *, by_rule: bool) -> list[Properties]:
        """Steps that are not dropped, begun by what the record is or by somebody."""
        return [
            each for each in self.rows if bool(each.get("by_rule")) is by_rule and not dropped(each)
        ]

    def _revive(self, row: Properties) -> None:
        """A step that was not needed is needed again; what was done of its list stays done."""
        if row["state"] == StepState.DROPPED:
            row.update(dict.fromkeys(("done_at", "done_seq")), state=StepState.WAITING.value)
            row.update(note="", done_by="")

    def kept(self) -> Properties:
        """State what became of the steps; the record, which says how far it has come."""
        for row in self.rows:
            row["state"] = turn_of(row, self.rows).value
        for row, before in zip(self.rows, self._before, strict=False):
            if row != before:
                self._tx.update(self._steps, before, row)
        for row in self.rows[len(self._before) :]:
            made = self._tx.create(self._steps, row)
            self._tx.relate(_RELATIONS[self._steps], made["id"], self._record["id"])
        if not self.rows:
            return self._record
        return self._tx.update(self._kind, self._record, progress(self.rows))


def begun(
    tx: Tx, policies: Policies, kind: str, record: Properties, *, type: str = "", category: str = ""
) -> Properties:
    """A new record with the steps that it is dealt with by, as it is."""
    return Run(tx, kind, record).ruled(policies, type=type, category=category)


def over(tx: Tx, kind: str, record: Properties, steps: Iterable[Mapping[str, Any]]) -> Properties:
    """A record that is over, and with it those of its steps that nobody has to take any more."""
    run = Run(tx, kind, record, steps)
    for row in run.rows:
        if row["state"] not in OVER:
            run.end(row, StepState.DROPPED, _ENDED, by="")
    return run.kept()


def named(policies: Policies, name: str, kind: str) -> tuple[str, StepList]:
    """A step list that somebody names for a kind of record, and the key of its version.

    Raises:
        Refused: NO_POLICY_IN_FORCE, or STEP_LIST_OF_OTHERS.
    """
    value: StepList = policies.value(STEP_LIST, name)
    found = policies.find(STEP_LIST, name)
    if value.record != kind or found is None:
        raise Refused(
            f"'{name}' is no step list for this",
            code="STEP_LIST_OF_OTHERS",
            why=f"it is for records of the kind {value.record}",
            remedy="name another; `fsg policy list --kind step-list` shows them",
            requirement=REQUIREMENTS[kind],
        )
    return found.key, value


async def waiting(graph: Graph, policies: Policies, login: str, at: str, limit: int) -> Properties:
    """Steps that wait for whoever acts by an account, the longest begun first, and how many."""
    life = policies.find(LIFE, "ServiceRequest")
    going = [] if life is None else sorted(life.value.states.keys() - life.value.ends)
    (found,) = await graph.rows("flow.my_steps", login=login, at=at, limit=limit, going=going)
    return dict(found)


def progress(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """How far a record has come, as it stands on it."""
    counted = [each for each in rows if not dropped(each)]
    lists = (each.get("step_list") for each in rows)  # steps from before there were lists: none
    return {
        "step_lists": list(dict.fromkeys(each for each in lists if each)),
        "steps_total": len(counted),
        "steps_open": sum(state_of(each) not in OVER for each in counted),
    }


def state_of(row: Mapping[str, Any]) -> str:
    """Where a step stands; one from before there were states is done or not."""
    before = StepState.DONE if row.get("done_at") else StepState.OPEN
    return str(row.get("state") or before.value)


def dropped(row: Mapping[str, Any]) -> bool:
    """Whether a step is not needed any more."""
    return state_of(row) == StepState.DROPPED


def turn_of(row: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> StepState:
    """Where a step stands, as those before it in the same list do."""
    state = StepState(state_of(row))
    if state in OVER or state is StepState.REFUSED:
        return state
    if row.get("any_time"):
        return StepState.OPEN
    return StepState.WAITING if before_it(row, rows) else StepState.OPEN


def before_it(row: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Steps that a step waits for."""
    return [
        each
        for each in rows
        if each["number"] < row["number"]
        and each.get("step_list", "") == row.get("step_list", "")
        and not each.get("any_time")
        and state_of(each) not in OVER
    ]


def list_name(row: Mapping[str, Any]) -> str:
    """Name of the step list that a step is of.

    >>> list_name({"step_list": "step-list/major-incident/3"})
    'major-incident'
    """
    kind, _, rest = str(row.get("step_list", "")).partition("/")
    return rest.rpartition("/")[0] if kind == STEP_LIST else kind


def check_taken(
    rows: Iterable[Mapping[str, Any]], key: str, requirement: str, *, remedy: str = ""
) -> None:
    """Refuse to call something over whose steps go on.

    Args:
        rows: Its steps.
        key: Of the record.
        requirement: That asks for the steps.
        remedy: What to do instead of what is usual.

    Raises:
        Refused: STEPS_OPEN.
    """
    going = [
        f"{each['number']} {each['title']}"
        for each in rows
        if each.get("holds", True) and state_of(each) not in OVER
    ]
    if going:
        raise Refused(
            f"{key} has steps that are open",
            code="STEPS_OPEN",
            why=f"not done: {', '.join(going)}",
            remedy=remedy or "complete them, or let who answers for the process set them aside",
            requirement=requirement,
        )


def _of_line(line: StepLine, *, before_closing: bool) -> dict[str, Any]:
    return {
        "step_key": line.key,
        "step_kind": line.kind.value,
        "title": line.title,
        "role": line.role,
        "group": line.group,
        "any_time": line.any_time,
        "obligatory": not line.optional,
        "holds": before_closing and not line.optional,
        "template": line.template,
        "tells": told_texts(line.to) or None,
        "channels": [each.value for each in line.by] or None,
    }


def told_texts(to: To) -> list[str]:
    """Who is told, as a step keeps it.

    >>> told_texts(To(groups=("ops",), ties=(Tie.WATCHERS,)))
    ['group:ops', 'watchers:']
    """
    return [
        *(f"role:{each}" for each in to.roles),
        *(f"role:{word}/{process}" for word, process in to.elsewhere),
        *(f"group:{each}" for each in to.groups),
        *(f"person:{each}" for each in to.persons),
        *(f"{each}:" for each in to.ties),
    ]


def told_in(texts: Iterable[str]) -> To:
    """The same read back."""
    parts = [each.partition(":") for each in texts]
    roles = [name.partition("/") for by, _, name in parts if by == "role"]
    return To(
        tuple(RoleWord(word) for word, _, process in roles if not process),
        tuple((RoleWord(word), Process(process)) for word, _, process in roles if process),
        tuple(name for by, _, name in parts if by == "group"),
        tuple(name for by, _, name in parts if by == "person"),
        tuple(Tie(by) for by, _, _ in parts if by in set(Tie)),
    )


def channels_of(row: Mapping[str, Any]) -> tuple[Channel, ...]:
    """Over which channels the message of a step goes."""
    return tuple(Channel(each) for each in row.get("channels") or ())


def sends(row: Mapping[str, Any]) -> bool:
    """Whether a step is carried out by a message."""
    return row.get("step_kind") == StepKind.NOTIFY and bool(row.get("template"))
