"""Who holds which role of FitSM-3, over what and for how long (GR4.1).

(:Person)-[:HOLDS {starts_at, ends_at}]->(:Role)-[:OVER]->(:Service)

A role is there once somebody was given it. Some are held by one person at a time: giving such a
role to another one says that the one before is relieved of it, or is refused.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Moment, Of
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import Subject, verb, word_of
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import BadInput, NotFound, Refused
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import (
    HELD_OVER,
    OF_ONE_PROCESS,
    PROCESSES,
    ROLE,
    SOLE,
    Over,
    RoleWord,
    role_key,
)
from fitsm_graph.model.sms import HOLDS
from fitsm_graph.model.sms import OVER as OVER_SERVICE

Holder = tuple[str, str, Properties]
"""Id and key of a person, and what `HOLDS` says."""


@dataclass(frozen=True, slots=True)
class Period:
    """From when until when a role is held; half-open.

    Attributes:
        ends: None: until it is ended.
    """

    starts: str
    ends: str | None

    def meets(self, other: "Period") -> bool:
        """Whether both have a moment in common."""
        return (other.ends is None or self.starts < other.ends) and (
            self.ends is None or other.starts < self.ends
        )


def role_named(given: Mapping[str, Any]) -> str:
    """Key of the role that somebody is to be given, who may not have been held by anybody yet.

    >>> role_named({"role": "process_manager", "process": "chm"})
    'process_manager/chm'
    """
    word, process = word_of(given, "role"), word_of(given, "process")
    if word not in set(RoleWord):
        return ""
    return role_key(RoleWord(word), process or OF_ONE_PROCESS.get(RoleWord(word), ""))


@verb(
    "role.assign",
    room=Process.SMS,
    requirement="GR4.1",
    on=ROLE,
    subject=Subject(ROLE, role_named),
)
async def assign_role(
    tx: Tx,
    role: RoleWord,
    person: Annotated[str, Of("Person")],
    *,
    process: Process | None = None,
    service: Annotated[str, Of("Service")] = "",
    starts_at: Moment | None = None,
    ends_at: Moment | None = None,
    replacing: bool = False,
) -> Properties:
    """Give a person a role over the system, a process or a service, for a time (GR4.1).

    Whoever holds it already gets the new period, if one is given.

    Args:
        tx: The transaction.
        role: Which one.
        person: Id or key of the person.
        process: The process that it is held over, for roles of a process.
        service: Id or key of the service, for owners of services.
        starts_at: From when on, RFC 3339; now when left out.
        ends_at: Until when, not included; until it is ended when left out.
        replacing: Whoever holds it then is relieved of it, where one person holds it at a time.

    Examples:
        fsg role assign process_manager per-ada --process chm
        fsg role assign service_owner per-bob --service svc-portal --replacing

    Raises:
        NotFound: The person or the service is not there.
        BadInput: ROLE_OVER_WHAT, or a period that ends before it begins.
        Refused: ROLE_HELD.
    """
    process, period = _over(role, process, service), _period(tx, starts_at, ends_at)
    key = role_key(role, process or service)
    row = await tx.one("sms.role_context", role=key, person=person, service=service)
    whom, what = _named(row, person, service)
    if what and row["role"] is None and what["key"] != service:  # it was named by id
        key = role_key(role, what["key"])
        row = await tx.one("sms.role_context", role=key, person=person, service=service)
    made = row["role"] or _made(tx, key, role, process, what)
    if role in SOLE:
        _relieve(tx, made, _others(row["holders"], whom["id"]), period, replacing=replacing)
    held = {id: held for id, _, held in row["holders"]}.get(whom["id"])
    given = bool(starts_at or ends_at)
    _hold(tx, made, whom["id"], held, period, given=given)
    return made


@verb("role.end", room=Process.SMS, requirement="GR4.1", on=ROLE, anytime=True)
async def end_role(
    tx: Tx,
    ref: Annotated[str, Of(ROLE)],
    person: Annotated[str, Of("Person")],
    *,
    ends_at: Moment | None = None,
) -> Properties:
    """Say that a person holds a role no longer (GR4.1).

    Args:
        tx: The transaction.
        ref: Id or key of the role.
        person: Id or key of the person.
        ends_at: Until when, not included, RFC 3339; now when left out.

    Examples:
        fsg role end process_manager/chm per-ada

    Raises:
        NotFound: There is no such role, or the person does not hold it.
        BadInput: It would end before it begins.
    """
    row = await tx.one("sms.role_context", role=ref, person=person, service="")
    if row["role"] is None:
        raise NotFound(f"there is no role '{ref}'", remedy="`role list` shows those that are held")
    whom, _ = _named(row, person, "")
    held = {id: held for id, _, held in row["holders"]}.get(whom["id"])
    now = max(tx.at, held["starts_at"]) if held else tx.at  # what was to come never begins
    end = to_text(from_text(ends_at, path=("endsAt",))) if ends_at else now
    if held is None or (held.get("ends_at") or end) < end:
        told = f"{whom['key']} does not hold {row['role']['key']}"
        raise NotFound(told, remedy="look at its holders", path=("person",))
    if end < held["starts_at"]:
        _backwards(held["starts_at"], end)
    tx.change_relation(HOLDS.type, whom["id"], row["role"]["id"], held, {"ends_at": end})
    role: Properties = row["role"]
    return role


def held_over(role: RoleWord, over: str) -> dict[str, Any]:
    """A process or a service by its name, as `assign_role` is told of it."""
    if HELD_OVER[role] is Over.SERVICE:
        return {"service": over}
    return {"process": Process(over)} if over else {}


# --- within --------------------------------------------------------------------------------------


def _over(role: RoleWord, process: Process | None, service: str) -> Process | None:
    """The process that a role is held over, where it is one of a process."""
    over = HELD_OVER[role]
    process = process or OF_ONE_PROCESS.get(role)
    wrong, remedy = "", ""
    if over is Over.RECORD:
        wrong, remedy = "it follows from a record, and is given to nobody", "give a record an owner"
    elif (over is Over.SERVICE) != bool(service):
        needs = over is Over.SERVICE
        wrong = "it is held over a service" if needs else "it is not held over a service"
        remedy = "name the service" if needs else "leave the service out"
    elif (over is Over.PROCESS) != (process is not None):
        needs = over is Over.PROCESS
        wrong = "it is held over a process" if needs else "it is not held over a process"
        remedy = "name the process" if needs else "leave the process out"
    elif process is not None and process is not OF_ONE_PROCESS.get(role, process):
        wrong, remedy = f"only {OF_ONE_PROCESS[role]} has it", "leave the process out"
    elif process is not None and process not in PROCESSES:
        wrong, remedy = f"{process} is no process", did_you_mean(process, PROCESSES)
    if wrong:
        raise BadInput(
            f"nobody can be given the role {role} like this",
            code="ROLE_OVER_WHAT",
            why=wrong,
            remedy=remedy,
            path=("role",),
            requirement="GR4.1",
        )
    return process


def _period(tx: Tx, starts_at: str | None, ends_at: str | None) -> Period:
    starts = to_text(from_text(starts_at, path=("startsAt",))) if starts_at else tx.at
    ends = to_text(from_text(ends_at, path=("endsAt",))) if ends_at else None
    if ends is not None and ends <= starts:
        _backwards(starts, ends)
    return Period(starts, ends)


def _period_of(held: Properties) -> Period:
    return Period(held["starts_at"], held.get("ends_at"))


def _backwards(starts: str, ends: str) -> None:
    raise BadInput(
        "the role would end before it begins",
        why=f"it begins at {starts} and would end at {ends}",
        remedy="give a later end",
        path=("endsAt",),
    )


def _named(row: Properties, person: str, service: str) -> tuple[Properties, Properties | None]:
    if row["person"] is None:
        raise NotFound(f"there is no person '{person}'", remedy="check the key", path=("person",))
    if service and row["service"] is None:
        told = f"there is no service '{service}'"
        raise NotFound(told, remedy="check the id or key", path=("service",))
    return row["person"], row["service"]


def _made(
    tx: Tx, key: str, role: RoleWord, process: Process | None, service: Properties | None
) -> Properties:
    """The role, which nobody had until now."""
    words = role.value.replace("_", " ").capitalize().replace("Sms", "SMS").replace("Cab", "CAB")
    over = process.upper() if process else service["name"] if service else ""
    name = f"{words}, {over}" if over else words
    made = tx.create(ROLE, {"key": key, "name": name, "word": role, "process": process})
    if service is not None:
        tx.relate(OVER_SERVICE.type, made["id"], service["id"])
    return made


def _hold(
    tx: Tx, role: Properties, person: str, held: Properties | None, period: Period, *, given: bool
) -> None:
    """Let a person hold a role; who holds it now keeps the period unless another one is given."""
    said = {"starts_at": period.starts, "ends_at": period.ends}
    if held is None:
        tx.relate(HOLDS.type, person, role["id"], said)
    elif given or not _period_of(held).meets(Period(tx.at, None)):
        tx.change_relation(HOLDS.type, person, role["id"], held, said)


def _others(holders: Iterable[Holder], id: str) -> list[Holder]:
    return [each for each in holders if each[0] != id]


def _relieve(
    tx: Tx,
    role: Properties,
    others: Iterable[Holder],
    period: Period,
    *,
    replacing: bool,
) -> None:
    """See to it that nobody else holds the role at the same time."""
    for id, key, held in others:
        if not period.meets(_period_of(held)):
            continue
        if not replacing:
            raise Refused(
                f"{key} holds {role['key']} then",
                code="ROLE_HELD",
                why="one person holds it at a time",
                remedy="say that they are replaced, or give another period",
                requirement="GR4.1",
            )
        if held["starts_at"] < period.starts:
            tx.change_relation(HOLDS.type, id, role["id"], held, {"ends_at": period.starts})
        else:
            tx.unrelate(HOLDS.type, id, role["id"], held)
