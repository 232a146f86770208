"""What comes in from outside: events of other systems, messages of people (PR9.1, PR12.1).

Each is taken once, however often it is sent. What becomes of it is a policy of the way in that it
came by; a token may be made for one way in alone, by its name as a source.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fitsm_graph.chm.within import registered
from fitsm_graph.confm.sight import sight_of
from fitsm_graph.flow.incoming import Message, event_of, headed, message_of
from fitsm_graph.flow.incoming_rules import (
    EVENTS,
    MESSAGES,
    AddressRule,
    Becomes,
    EventRule,
    filled,
)
from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.sight import Sight
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.handover.alerts import began
from fitsm_graph.impact import effects
from fitsm_graph.impact.effects import Hit
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.isrm.entering import entered
from fitsm_graph.isrm.intake_rules import intake_of
from fitsm_graph.isrm.requests import register_service_request
from fitsm_graph.kernel.clock import from_text
from fitsm_graph.kernel.errors import BadInput, Forbidden, Refused
from fitsm_graph.model.arrivals import BECAME, SENT_BY, ArrivalOutcome, ArrivalWay
from fitsm_graph.model.declare import Process
from fitsm_graph.model.process import ABOUT
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.sms.principals import principal_of
from fitsm_graph.sms.rights import READ, may, rights_in

ARRIVAL = "Arrival"
NOTHING = "NOTHING_BECOMES_OF_IT"
"""Code of the refusal of what is not meant for us: whoever sent it need not send it again."""


def way_in(kind: str, name: str) -> str:
    """What a token for one way in is made for: ``events/<name>``, or ``messages/<name>``."""
    return f"{kind}s/{name}"


@verb(
    "arrival.take_event",
    room=Process.ISRM,
    also=Process.SMS,
    requirement="PR9.1",
    on=ARRIVAL,
    anytime=True,
)
async def take_event(
    tx: Tx, policies: Policies, reaching: Reaches, source: str, event: Mapping[str, Any]
) -> Properties:
    """Take in an event of another system: what its mapping says is registered, once (PR9.1).

    Args:
        tx: The transaction.
        policies: In force; the event mapping of that name says what becomes of it.
        reaching: Says what the affected element does to services.
        source: Name of the way in.
        event: A CloudEvent of version 1.0, as JSON.

    Examples:
        fsg arrival take-event default @event.json

    Raises:
        BadInput: EVENT_NOT_READ, or EVENT_WITHOUT_ELEMENT.
        Refused: NOTHING_BECOMES_OF_IT, or no mapping of that name is in force.
        Forbidden: SOURCE_NOT_YOURS.
    """
    tx.check_source(way_in("event", source))
    read = event_of(event)
    rule: EventRule | None = policies.value(EVENTS, source).of(read)
    if rule is None:
        raise _nothing("no rule of the event mapping takes it in", "PR9.1")
    identity, refs = read.identity(source), rule.refs(read)
    people = rule.people(read)
    row = await tx.one("flow.event_context", identity=identity, refs=refs, people=people)
    if row["arrival"] is not None:
        return dict(row["arrival"])
    title, text = headed(filled(rule.title, read) or read.type, filled(rule.description, read))
    given = {"title": title, "description": text}
    if rule.register is Becomes.SERVICE_REQUEST:
        became = await register_service_request(tx, policies, rule.offering, **given)
    else:
        found = _element(tx, policies, rule, refs, row["elements"])
        hits = [Hit(found, rule.effect_of(read))] if found else []
        time = str(read.whole.get("time") or "")
        given["starts_at"] = began(tx, time or None)
        became = await entered(tx, policies, reaching, given, hits, reporter=_reporter(row))
    told = {"event_source": read.source, "event_type": read.type, "event_id": read.id}
    way, outcome = ArrivalWay.EVENT, ArrivalOutcome.REGISTERED
    return _arrived(tx, way, source, identity, became, outcome, **told)


@verb(
    "arrival.take_message",
    room=Process.ISRM,
    also=(Process.CHM, Process.SMS),
    requirement="PR12.1",
    on=ARRIVAL,
    anytime=True,
)
async def take_message(
    tx: Tx,
    policies: Policies,
    registry: TypeRegistry,
    reaching: Reaches,
    source: str,
    message: Mapping[str, Any],
) -> Properties:
    """Take in a message: a comment where it answers something, else what its address says (PR12.1).

    It answers a record if it says so by the id of a message, or names its key in the subject, and
    whoever wrote it may see that. Who wrote it is found by the address.

    Args:
        tx: The transaction.
        policies: In force; the message mapping of that name says what becomes of it.
        registry: The types in force.
        reaching: Says what elements do to services.
        source: Name of the way in.
        message: `from`, `to`, `subject`, `text`, `message-id`, `in-reply-to`, as JSON.

    Examples:
        fsg arrival take-message default @message.json

    Raises:
        BadInput: MESSAGE_NOT_READ, or MESSAGE_WITHOUT_ELEMENT.
        Forbidden: SENDER_UNKNOWN, SENDER_NOT_YOU, or SOURCE_NOT_YOURS.
        Refused: NOTHING_BECOMES_OF_IT, ANSWERS_MANY, or no mapping of that name is in force.
    """
    tx.check_source(way_in("message", source))
    read, mapping = message_of(message), policies.value(MESSAGES, source)
    if read.automatic:
        raise _nothing("a machine wrote it", "PR12.1")
    row = await _around(tx, source, read)
    _check_own(tx, row["persons"])
    if row["arrival"] is not None:
        return dict(row["arrival"])
    sender = await _sender(tx, policies, registry, row["persons"])
    if row["collects"]:
        raise _of_many()
    answered = next((each for each in row["records"] if each["stands"] or sender.reads), None)
    if answered is not None:
        became, outcome = answered["record"], ArrivalOutcome.COMMENTED
        _comment(tx, sender, became, read)
    else:
        became = await _registered(tx, policies, reaching, mapping.of(read), read, sender)
        outcome = ArrivalOutcome.REGISTERED
    arrived = _arrived(tx, ArrivalWay.MESSAGE, source, read.identity(source), became, outcome)
    tx.relate(SENT_BY.type, arrived["id"], sender.person)
    return arrived


# --- within --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sender:
    """Who wrote a message.

    Attributes:
        person: Id.
        login: Of their account; empty: they have none that is in use.
        reads: The account may read whatever record there is.
        sight: CI types that they see; None: all.
    """

    person: str
    login: str = ""
    reads: bool = False
    sight: Sight = None

    def sees(self, labels: Iterable[str]) -> bool:
        """Whether they see an element with some labels."""
        held = set(labels)
        return self.sight is None or "CI" not in held or bool(held & self.sight)


async def _around(tx: Tx, source: str, read: Message) -> Properties:
    """What is known of a message, of who wrote it, and of what it may answer."""
    return await tx.one(
        "flow.message_context",
        identity=read.identity(source),
        answers=read.answered(source),
        notice=read.notice,
        keys=read.keys,
        emails=read.emails,
        actor=tx.actor,
    )


def _check_own(tx: Tx, persons: Sequence[Properties]) -> None:
    """Refuse what somebody says in the name of others: a token for the way in alone brings that.

    Else who approves changes could have others ask for them.
    """
    if tx.sources is None and [each["own"] for each in persons] != [True]:
        raise Forbidden(
            "the message is not from you",
            code="SENDER_NOT_YOU",
            why="a token for one way in brings messages of others; everybody else their own alone",
            remedy="send it with a token of that source, or with your own address",
            path=("message", "from"),
            requirement="PR12.4",
        )


async def _sender(
    tx: Tx, policies: Policies, registry: TypeRegistry, persons: Sequence[Properties]
) -> _Sender:
    """Who wrote a message, with what their account may see."""
    if len(persons) != 1:
        raise _unknown("several persons have it" if persons else "no person has it")
    person, login = str(persons[0]["id"]), str(persons[0]["login"] or "")
    if persons[0]["shut_out"]:
        raise _unknown("whoever has it may not sign in any more")
    if not login:
        return _Sender(person)
    row = await tx.one("sms.credentials", login=login, hint=None)
    principal = principal_of(row, from_text(tx.at))
    reads = may(principal, READ, rights_in(policies))
    return _Sender(person, login, reads, sight_of(principal, registry))


def _unknown(why: str) -> Forbidden:
    return Forbidden(
        "nobody is known by the address of who wrote the message",
        code="SENDER_UNKNOWN",
        why=why,
        remedy="register the person with this address, and send the message again",
        path=("message", "from"),
        requirement="PR12.1",
    )


def _comment(tx: Tx, sender: _Sender, record: Properties, read: Message) -> None:
    """Keep an answer as a comment; what somebody without an account writes, users may read."""
    text = read.text.strip() or read.description or read.title
    said = {"text": text, "author": sender.login or tx.actor, "public": not sender.login}
    tx.relate(ABOUT.type, tx.create("Comment", said)["id"], record["id"])


async def _registered(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    rule: AddressRule | None,
    read: Message,
    sender: _Sender,
) -> Properties:
    """What the rule of an address says, registered for who wrote."""
    if rule is None or rule.register is Becomes.NOTHING:
        raise _nothing("no rule of the message mapping is for its address", "PR12.1")
    title = read.title or "a message without a subject"
    if rule.register is Becomes.SERVICE_REQUEST:
        given = {"title": title, "requester": sender.person, "description": read.description}
        return await register_service_request(tx, policies, rule.offering, **given)
    refs = read.elements or ([rule.element] if rule.element else [])
    if not refs and (rule.register is Becomes.CHANGE or intake_of(policies).refuses):
        raise _without("names no element, and its address stands for none", "message")
    fields = {"title": title, "description": read.description}
    hits = [Hit(ref, rule.effect) for ref in refs]
    if rule.register is Becomes.CHANGE:
        rows = await tx.rows("impact.elements_named", refs=refs)
        _check_seen(tx, sender, refs, rows)
        hit = effects.hit(tx, rows, hits, "changes")
        return await registered(
            tx, policies, reaching, fields, hit, requester=sender.login or tx.actor
        )
    if refs:
        row = await tx.one("flow.event_context", identity="", refs=refs, people=[])
        _check_seen(tx, sender, refs, row["elements"])
    given = {**fields, "starts_at": tx.at}
    return await entered(tx, policies, reaching, given, hits, reporter=sender.person)


def _check_seen(
    tx: Tx, sender: _Sender, refs: Sequence[str], rows: Iterable[Mapping[str, Any]]
) -> None:
    """Refuse an element that who wrote, or who brings the message, does not see."""
    there = {each["ref"] for each in effects.seen(tx, rows) if sender.sees(each["labels"])}
    for ref in refs:
        if ref not in there:
            raise _without(f"names '{ref[:80]}', and there is no such element", "message")


def _element(
    tx: Tx,
    policies: Policies,
    rule: EventRule,
    refs: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
) -> str:
    """Key of the element that an event is about, by the first place that names one.

    Empty where none does, and such a report is taken in all the same.
    """
    there = {str(each["ref"]) for each in effects.seen(tx, rows)}
    found = next((each for each in refs if each in there), "")
    if not found and intake_of(policies).refuses:
        raise _without(f"names none at {', '.join(rule.elements)}", "event")
    return found


def _reporter(row: Mapping[str, Any]) -> str:
    """Who an event was reported by: the one person that it names; else nobody is known."""
    return str(row["persons"][0]) if len(row["persons"]) == 1 else ""


def _without(why: str, what: str) -> BadInput:
    code = "EVENT_WITHOUT_ELEMENT" if what == "event" else "MESSAGE_WITHOUT_ELEMENT"
    return BadInput(
        f"it is not known which element the {what} is about",
        code=code,
        why=f"the {what} {why}",
        remedy=f"name the key of an element, or change the {what} mapping",
        path=(what,),
        requirement="PR9.1",
    )


def _of_many() -> Refused:
    return Refused(
        "it is not known which record the message is about",
        code="ANSWERS_MANY",
        why="it answers a message that is about several records, or about none",
        remedy="answer the message of one record, or write a new one with its key in the subject",
        path=("message", "in-reply-to"),
        requirement="PR9.4",
    )


def _nothing(why: str, requirement: str) -> Refused:
    return Refused(
        "nothing becomes of it",
        code="NOTHING_BECOMES_OF_IT",
        why=why,
        remedy="leave it; or change the mapping, and send it again",
        requirement=requirement,
    )


def _arrived(
    tx: Tx,
    way: ArrivalWay,
    source: str,
    identity: str,
    became: Properties,
    outcome: ArrivalOutcome,
    **more: str,
) -> Properties:
    """Keep that something came in, so that it is known when it is sent again."""
    said = {"way": way, "source": source, "identity": identity, "outcome": outcome, **more}
    made = tx.create(ARRIVAL, said)
    tx.relate(BECAME.type, made["id"], str(became["id"]))
    return made
