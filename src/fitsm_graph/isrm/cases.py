"""Incidents and service requests alike: how one is read, and how it is moved on (PR9.1 – PR9.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fitsm_graph.flow.agreements import ServiceClock
from fitsm_graph.flow.lives import life_of, stepped
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import spoken
from fitsm_graph.flow.step_form import REQUIREMENTS
from fitsm_graph.flow.steps import Run, check_taken, over
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx, found
from fitsm_graph.isrm import clocks
from fitsm_graph.isrm.updates import next_update
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.model.disturbance import Effect

INCIDENT = "Incident"
OVER = "register a new one that refers to it"
NOT_WAITING = {"waiting_for": "", "waiting_reason": ""}


@dataclass(frozen=True, slots=True)
class Case:
    """A record as it is, with what it hangs together with.

    Attributes:
        row: Of `isrm.case_context`.
    """

    kind: str
    row: Properties

    @property
    def record(self) -> Properties:
        """Its properties."""
        record: Properties = self.row["record"]
        return record

    @property
    def affected(self) -> dict[str, Properties]:
        """What its relations to elements say, by id of the element."""
        return {each["id"]: each["properties"] for each in self.row["affected"]}

    @property
    def effects(self) -> dict[str, Effect]:
        """What it does to elements, also to those that the actor does not see."""
        return {id: Effect(said["effect"]) for id, said in self.affected.items()}

    @property
    def is_major(self) -> bool:
        """Whether it is a major incident at present."""
        return is_major(self.record)

    @property
    def parts(self) -> list["Case"]:
        """The records that are part of it; these have none of their own."""
        nothing = {"affected": [], "parts": [], "whole": self.record["key"], "elements": []}
        versions = self.row["versions"]
        return [
            Case(self.kind, {**nothing, **each, "versions": versions}) for each in self.row["parts"]
        ]

    def clock(self, policies: Policies, at: str, after: Mapping[str, Any]) -> ServiceClock | None:
        """The tightest clock of the time to resolve it, once it has new values."""
        life = life_of(policies, self.kind)
        return clocks.resolution_clock(policies, life, {**self.record, **after}, self.row, at)

    def left(self, policies: Policies, at: str, after: Mapping[str, Any]) -> float | None:
        """How much of the time to resolve it is left once it has new values."""
        clock = self.clock(policies, at, after)
        return clock.share_left if clock is not None else None


def is_major(record: Mapping[str, Any]) -> bool:
    """Whether an incident is a major one at present."""
    return bool(record.get("major_since")) and not record.get("stood_down_at")


def asked_for(
    kind: str, ref: str, refs: Sequence[str] = (), *, actor: str = "", near: int = 0
) -> dict[str, Any]:
    """What `isrm.case_context` is asked for; see there."""
    return {"kind": kind, "ref": ref, "refs": list(refs), "actor": actor, "near": near}


async def case_of(tx: Tx, kind: str, ref: str, refs: Sequence[str] = (), *, near: int = 0) -> Case:
    """Read a record of a kind by id or key, and elements.

    Args:
        tx: The transaction.
        kind: Incident or ServiceRequest.
        ref: Its id or key.
        refs: Ids or keys of elements.
        near: So many known errors are looked for at most that hold where it is.

    Raises:
        NotFound: There is no such record.
    """
    given = asked_for(kind, ref, refs, actor=tx.actor, near=near)
    rows = await tx.rows("isrm.case_context", **given)
    return Case(kind, found(rows, spoken(kind), ref))


def allowed(policies: Policies, case: Case, verb: str) -> Properties:
    """The record, in a state that allows a verb which leaves it there.

    Raises:
        Refused: ILLEGAL_TRANSITION.
    """
    stepped(policies, case.kind, case.record, verb, remedy=OVER)
    return case.record


def changed(tx: Tx, policies: Policies, case: Case, after: Mapping[str, Any]) -> Properties:
    """The record with new values, and with what they do to its clocks."""
    life = life_of(policies, case.kind)
    stamps = clocks.stepped_stamps(policies, life, case.record, case.row, tx.at, **after)
    new = {**case.record, **after}
    stamps["next_update_due_at"] = next_update(policies, life, new)
    return tx.update(case.kind, case.record, {**after, **stamps})


def new_clock(
    policies: Policies, kind: str, record: Mapping[str, Any], at: str
) -> ServiceClock | None:
    """The tightest clock of the time to resolve a record that is being registered."""
    life = life_of(policies, kind)
    begun = {"status": life.initial, "created_at": at, **record}
    nothing: Mapping[str, Any] = {"changes": (), "versions": ()}
    return clocks.resolution_clock(policies, life, begun, nothing, at)


def new_case(policies: Policies, kind: str, record: Mapping[str, Any], at: str) -> dict[str, Any]:
    """A record that is being registered, with where it begins and by when things are due."""
    life = life_of(policies, kind)
    begun = {"status": life.initial, **record}
    stamps = clocks.new_stamps(policies, kind, begun, at)
    told = next_update(policies, life, {**begun, "created_at": at})
    return {**begun, **stamps, "next_update_due_at": told}


def led(tx: Tx, policies: Policies, case: Case, record: Properties) -> Properties:
    """The record with the steps that it is dealt with by, as it is after something has changed.

    Args:
        tx: The transaction.
        policies: In force.
        case: The record as it was, with its steps.
        record: What the verb has made of it.
    """
    type = "major" if is_major(record) else ""
    run = Run(tx, case.kind, record, case.row["steps"])
    return run.ruled(policies, type=type, category=record.get("category", ""))


def moved(tx: Tx, policies: Policies, case: Case, verb: str, **more: Any) -> Properties:
    """The record in the state that a verb leads it to; its steps are over with it.

    Raises:
        Refused: ILLEGAL_TRANSITION.
    """
    life = life_of(policies, case.kind)
    if case.kind == INCIDENT:
        after = life.move(case.record, verb, tx.at, remedy=OVER)
    else:
        after = {"status": life.step(case.record, verb, remedy=OVER)}
    ends = after["status"] in life.ends
    closed = {"closed_at": tx.at} if ends else {}
    record = changed(tx, policies, case, {**after, **closed, **more})
    return over(tx, case.kind, record, case.row["steps"]) if ends else record


def resolved(tx: Tx, policies: Policies, case: Case, said: str, **ended: Any) -> Properties:
    """The incident resolved, and with it the parts that are not yet.

    Args:
        tx: The transaction.
        policies: In force.
        case: The whole.
        said: What restored the service.
        ended: What is known of the end besides.

    Raises:
        Refused: ILLEGAL_TRANSITION.
    """
    name = "incident.resolve"
    after = moved(tx, policies, case, name, resolution=said, **ended, **NOT_WAITING)
    for part in case.parts:
        if part.record["status"] in life_of(policies, INCIDENT).sources(name):
            told = f"with {case.record['key']}: {said}"
            moved(tx, policies, part, name, resolution=told, **ended, **NOT_WAITING)
    return after


def open_parts(policies: Policies, case: Case, verb: str = "") -> list[Case]:
    """Parts of a record that are not over, and which a verb does not lead on.

    Args:
        policies: In force.
        case: The whole.
        verb: Its name; empty: all that are not over.
    """
    life = life_of(policies, case.kind)
    can = life.sources(verb) if verb else []
    return [
        each
        for each in case.parts
        if each.record["status"] not in life.ends and each.record["status"] not in can
    ]


def check_parts(policies: Policies, case: Case, verb: str = "") -> None:
    """Refuse to end a record whose parts go on.

    Raises:
        Refused: PARTS_OPEN.
    """
    going = [each.record["key"] for each in open_parts(policies, case, verb)]
    if going:
        raise Refused(
            f"{case.record['key']} has parts that go on",
            code="PARTS_OPEN",
            why=f"not over: {', '.join(going)}",
            remedy="resolve them, or split them off",
            requirement="PR9.5",
        )


def check_steps(case: Case) -> None:
    """Refuse to close what has steps that go on, where their list says so.

    Raises:
        Refused: STEPS_OPEN.
    """
    check_taken(case.row["steps"], case.record["key"], REQUIREMENTS[case.kind])


def check_reviewed(case: Case) -> None:
    """Refuse to close a major incident that nobody has reviewed.

    Raises:
        Refused: MAJOR_REVIEW_MISSING.
    """
    if not case.record.get("major_since"):
        return
    if not any(each["closed_at"] for each in case.row["reviews"]):
        raise Refused(
            f"{case.record['key']} was a major incident, and is not reviewed",
            code="MAJOR_REVIEW_MISSING",
            why="what was learned is written down before it is closed",
            remedy="`fsg major-incident-review register`, describe and complete it",
            requirement="PR9.6",
        )
