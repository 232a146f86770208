"""What becomes of what comes in, as policies: of events (PR9.1), and of messages (PR9.1, PR12.1).

Of events, the first rule that fits. What is left out fits everything; `*` is any run of characters:

    rules:
      - when: {type: "*.failed", source: "/racks/*"}
        register: incident
        elements: [subject, data.host]
        reporter: data.reported_by
        effect: degraded
        severity: data.severity
        effects: {critical: down}
        title: "{type} at {subject}"
        description: "{data.message}"
      - {when: {type: "box.wanted"}, register: service_request, offering: OFR-000001, title: "…"}
      - {register: nothing}

Of messages, the first address that it went to and a rule fits:

    addresses:
      - {to: "desk@*", register: incident, element: mail, effect: degraded}
      - {to: "wishes@*", register: service_request, offering: OFR-000001}
      - {to: "changes@*", register: change}
      - {to: "answers@*", register: nothing}

An incident or a change is about elements that the text names in a line `element: sto-a`, else about
the `element` of the rule; an incident about which nothing is named is taken in with suggestions,
where the rules of intake do not refuse it. An answer to what is known is a comment there, whatever
its address.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fitsm_graph.flow.incoming import Event, Message
from fitsm_graph.flow.policies import PolicyKind
from fitsm_graph.flow.reading import LONGEST_TEXT, Path, Reader
from fitsm_graph.model.disturbance import Effect

EVENTS, MESSAGES = "event-mapping", "message-mapping"
_WHEN = ("type", "source", "subject")
_MOST_STARS = 10
_DEEPEST = 10
_PLACE = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_FILLED = re.compile(r"\{([^{}]*)\}")
_FIELDS = ("register", "offering", "effect")
_TEXTS = ("title", "description")


class Becomes(StrEnum):
    """What is registered."""

    INCIDENT = "incident"
    SERVICE_REQUEST = "service_request"
    CHANGE = "change"
    NOTHING = "nothing"


_OF_EVENTS = (Becomes.INCIDENT, Becomes.SERVICE_REQUEST, Becomes.NOTHING)


@dataclass(frozen=True, slots=True)
class EventRule:
    """What becomes of some events.

    Attributes:
        when: Patterns by name of an attribute.
        elements: Places in the event that name the element, the surest first.
        reporter: Place that names the person who reports it, by key or address; empty: none does.
        effect: How hard the element is hit, where `effects` does not know better.
        severity: Place that says how grave it is.
        effects: Effect by what stands there.
        offering: Key of what is asked for.
    """

    when: Mapping[str, str]
    register: Becomes
    elements: tuple[str, ...]
    effect: Effect
    severity: str
    effects: Mapping[str, Effect]
    offering: str
    title: str
    description: str
    reporter: str = ""

    def fits(self, event: Event) -> bool:
        """Whether the rule is for an event."""
        return all(fits(each, str(event.whole.get(name) or "")) for name, each in self.when.items())

    def refs(self, event: Event) -> list[str]:
        """Keys that the element may have, the likeliest first."""
        found = [value_at(event.whole, each) for each in self.elements]
        return list(dict.fromkeys(each[:200] for each in found if each))

    def people(self, event: Event) -> list[str]:
        """Key or address of who reports it, as it stands there and in small letters."""
        found = value_at(event.whole, self.reporter)[:200] if self.reporter else ""
        return list(dict.fromkeys((found, found.lower()))) if found else []

    def effect_of(self, event: Event) -> Effect:
        """How hard the element is hit."""
        said = value_at(event.whole, self.severity) if self.severity else ""
        return self.effects.get(said, self.effect)


@dataclass(frozen=True, slots=True)
class EventMapping:
    """Rules in order."""

    rules: tuple[EventRule, ...]

    def of(self, event: Event) -> EventRule | None:
        """The rule for an event; None: nothing becomes of it."""
        rule = next((each for each in self.rules if each.fits(event)), None)
        return None if rule is None or rule.register is Becomes.NOTHING else rule


@dataclass(frozen=True, slots=True)
class AddressRule:
    """What becomes of messages to an address.

    Attributes:
        to: Pattern of the address.
        element: Key of what it is about where the text names nothing; empty: it has to.
        offering: Key of what is asked for.
    """

    to: str
    register: Becomes
    element: str
    effect: Effect
    offering: str


@dataclass(frozen=True, slots=True)
class MessageMapping:
    """Rules in order."""

    addresses: tuple[AddressRule, ...]

    def of(self, message: Message) -> AddressRule | None:
        """The rule for a message; None: it went to no address that there is a rule for."""
        return next(
            (each for each in self.addresses if any(fits(each.to, to) for to in message.to)), None
        )


def fits(pattern: str, value: str) -> bool:
    """Whether a text fits a pattern, in which * is any run of characters.

    >>> fits("/racks/*", "/racks/4"), fits("*.failed", "fan.failed.twice"), fits("a*a", "a")
    (True, False, False)
    """
    first, *rest = pattern.split("*")
    if not rest:
        return value == first
    if not value.startswith(first):
        return False
    at = len(first)
    for part in rest[:-1]:
        found = value.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return len(value) - at >= len(rest[-1]) and value.endswith(rest[-1])


def value_at(whole: Mapping[str, Any], place: str) -> str:
    """What stands at a place of an event, as text; empty: nothing, or more than one value.

    >>> value_at({"data": {"hosts": ["a", "b"]}}, "data.hosts.1")
    'b'
    """
    found: Any = whole
    for name in place.split("."):
        if isinstance(found, Mapping):
            found = found.get(name)
        elif isinstance(found, list) and name.isdecimal() and int(name) < len(found):
            found = found[int(name)]
        else:
            return ""
    if isinstance(found, bool):
        return str(found).lower()
    return str(found).strip() if isinstance(found, str | int | float) else ""


def filled(template: str, event: Event) -> str:
    """A text with what stands at the places that it names."""
    return _FILLED.sub(lambda found: value_at(event.whole, found[1]), template).strip()


def parse_events(_name: str, document: Any, read: Reader) -> EventMapping | None:
    """Read what becomes of events."""
    given = read.fields(document, (), ("rules",), ("rules",))
    items = read.items(given.get("rules"), ("rules",), "rules")
    return EventMapping(tuple(_rule(said, ("rules", at), read) for at, said in enumerate(items)))


def _rule(said: object, path: Path, read: Reader) -> EventRule:
    known = ("when", *_FIELDS, "elements", "severity", "effects", *_TEXTS, "reporter")
    given = read.fields(said, path, known, ("register",))
    when = read.fields(given.get("when") or {}, (*path, "when"), _WHEN)
    register = _becomes(given, path, read, [each.value for each in _OF_EVENTS])
    elements: list[str] = []
    if register is Becomes.INCIDENT or given.get("elements"):
        places = read.items(given.get("elements"), (*path, "elements"), "places in the event")
        elements = [_place(each, (*path, "elements", at), read) for at, each in enumerate(places)]
    effects = {
        word: _effect(effect, (*path, "effects", word), read)
        for word, effect in _effects(given, path, read).items()
    }
    severity, reporter = given.get("severity"), given.get("reporter")
    texts = {
        name: read.text(given.get(name), (*path, name), longest=LONGEST_TEXT) or other
        for name, other in (("title", "{type}"), ("description", ""))
    }
    for name, text in texts.items():
        for place in _FILLED.findall(text):
            _place(place, (*path, name), read)
    return EventRule(
        {name: _pattern(each, (*path, "when", name), read) for name, each in when.items()},
        register,
        tuple(filter(None, elements)),
        _effect(given.get("effect"), (*path, "effect"), read),
        _place(severity, (*path, "severity"), read) if severity is not None else "",
        effects,
        _offering(given, register, path, read),
        **texts,
        reporter=_place(reporter, (*path, "reporter"), read) if reporter is not None else "",
    )


def parse_messages(_name: str, document: Any, read: Reader) -> MessageMapping | None:
    """Read what becomes of messages."""
    given = read.fields(document, (), ("addresses",), ("addresses",))
    found = []
    for at, said in enumerate(read.items(given.get("addresses"), ("addresses",), "rules")):
        path: Path = ("addresses", at)
        rule = read.fields(said, path, ("to", *_FIELDS, "element"), ("to", "register"))
        register = _becomes(rule, path, read, [each.value for each in Becomes])
        element = rule.get("element")
        found.append(
            AddressRule(
                _pattern(rule.get("to"), (*path, "to"), read).lower(),
                register,
                read.text(element, (*path, "element")),
                _effect(rule.get("effect"), (*path, "effect"), read),
                _offering(rule, register, path, read),
            )
        )
    return MessageMapping(tuple(found))


def _becomes(given: Mapping[str, Any], path: Path, read: Reader, known: list[str]) -> Becomes:
    word = read.one_of(given.get("register"), (*path, "register"), known)
    return Becomes(word) if word else Becomes.NOTHING


def _offering(given: Mapping[str, Any], register: Becomes, path: Path, read: Reader) -> str:
    here = (*path, "offering")
    if register is Becomes.SERVICE_REQUEST and given.get("offering") is None:
        what = "a service request is for something that is offered"
        read.wrong("POLICY_FIELD", here, what, "the key of the offering, such as OFR-000001")
    return read.text(given.get("offering"), here)


def _effects(given: Mapping[str, Any], path: Path, read: Reader) -> Mapping[str, Any]:
    if given.get("effects") is None:
        return {}
    if given.get("severity") is None:
        what = "nothing says where the severity stands"
        read.wrong("POLICY_FIELD", (*path, "severity"), what, "severity: data.severity")
    return read.mapping(given["effects"], (*path, "effects"), "effects")


def _effect(given: object, path: Path, read: Reader) -> Effect:
    word = read.one_of(given, path, list(Effect))
    return Effect(word) if word else Effect.DEGRADED


def _place(given: object, path: Path, read: Reader) -> str:
    """A place in an event, such as `data.host`."""
    text = read.text(given, path)
    if text and (not _PLACE.fullmatch(text) or text.count(".") >= _DEEPEST):
        read.wrong("POLICY_VALUE", path, f"'{text[:60]}' is no place", "write it as data.host")
        return ""
    return text


def _pattern(given: object, path: Path, read: Reader) -> str:
    text = read.text(given, path)
    if text.count("*") > _MOST_STARS:
        what = f"more than {_MOST_STARS} runs of any characters"
        read.wrong("POLICY_VALUE", path, what, "say more of it")
    return text


KINDS = (
    PolicyKind(EVENTS, "What becomes of events of other systems.", "PR9.1", parse_events),
    PolicyKind(MESSAGES, "What becomes of messages, by address.", "PR12.1", parse_messages),
)
