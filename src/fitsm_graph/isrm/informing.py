"""Who is told when, and in which words: escalation paths and templates (PR9.3, PR9.4).

An escalation path has steps in the order of time, as shares of the time that a target gives:

    lines: [service-desk, operations, development]
    steps:
      - {at: 0.5, to: [{role: process_manager}]}
      - {at: 1, to: [{role: service_owner}, {group: service-desk}]}

Lines are the groups that a record is handed to one after another, where the graph knows nobody who
owns what it affects.

A template has variables in braces, of those that its event knows:

    event: incident.registered
    subject: "{key}: {title}"
    body: "…"
"""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from fitsm_graph.flow.reading import LONGEST_TEXT, Path, Reader
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.roles import RoleWord

LATEST = 20.0
"""Times the target's time after which nobody is told any more."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody by role, or a group or person by key.

    Attributes:
        by: ``role``, ``group`` or ``person``.
    """

    by: str
    name: str


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """Who is told at a share of the target's time; 1 is when it breaks."""

    at: float
    to: tuple[Recipient, ...]


@dataclass(frozen=True, slots=True)
class EscalationPath:
    """Steps, the earliest first.

    Attributes:
        lines: Keys of groups, the first line of support first.
    """

    steps: tuple[EscalationStep, ...]
    lines: tuple[str, ...] = ()

    def due(self, used: float) -> tuple[EscalationStep, ...]:
        """Steps that are due when a share of the target's time is used."""
        return tuple(each for each in self.steps if each.at <= used)


def parse_path(_name: str, document: Any, read: Reader) -> EscalationPath | None:
    """Read an escalation path."""
    given = read.fields(document, (), ("lines", "steps"), ("steps",))
    steps: list[EscalationStep] = []
    for place, said in enumerate(read.items(given.get("steps"), ("steps",), "steps")):
        path: Path = ("steps", place)
        step = read.fields(said, path, ("at", "to"), ("at",))
        at = read.number(step.get("at"), (*path, "at"), 0, LATEST)
        if steps and at <= steps[-1].at:
            what = "the step is not later than the one before it"
            read.wrong("POLICY_ORDER", (*path, "at"), what, "the earliest first, each later")
        steps.append(EscalationStep(at, _recipients(step.get("to"), (*path, "to"), read)))
    return EscalationPath(tuple(steps), _lines(given.get("lines"), read))


def _lines(given: object, read: Reader) -> tuple[str, ...]:
    if given is None:
        return ()
    path: Path = ("lines",)
    keys = [
        read.text(each, (*path, place))
        for place, each in enumerate(read.items(given, path, "keys of groups"))
    ]
    read.once(keys, path)
    return tuple(dict.fromkeys(each for each in keys if each))


def _recipients(given: object, path: Path, read: Reader) -> tuple[Recipient, ...]:
    if not given:
        what = "the step leads to nobody"
        read.wrong("ESCALATION_TO_NOBODY", path, what, "name a role, a group or a person")
        return ()
    found = []
    for place, said in enumerate(read.items(given, path, "recipients")):
        here = (*path, place)
        one = read.fields(said, here, ("role", "group", "person"))
        if len(one) != 1:
            read.wrong("POLICY_FORM", here, "a recipient is one of the three", "{role: sms_owner}")
            continue
        ((by, name),) = one.items()
        known = [each.value for each in RoleWord]
        word = read.one_of(name, (*here, by), known) if by == "role" else str(name or "")
        found.append(Recipient(by, word))
    return tuple(found)


def parties_of(path: EscalationPath) -> tuple[str, ...]:
    """Keys of the groups and persons that a path leads to."""
    named = [each.name for step in path.steps for each in step.to if each.by != "role"]
    return tuple(dict.fromkeys([*path.lines, *named]))


# --- templates -----------------------------------------------------------------------------------

_OF_ANY = ("key", "title", "status", "services", "owner", "at", "link")
EVENTS: Mapping[str, tuple[str, ...]] = {
    "incident.registered": (*_OF_ANY, "priority", "due"),
    "incident.escalated": (*_OF_ANY, "priority", "due", "used"),
    "incident.resolved": (*_OF_ANY, "priority", "resolution"),
    "change.begun": (*_OF_ANY, "planned_starts_at", "planned_ends_at"),
    "change.implemented": _OF_ANY,
    "maintenance.planned": (*_OF_ANY, "starts_at", "ends_at"),
    "review.planned": (*_OF_ANY, "kind_of_review", "of_process", "due_at"),
    "reminder.raised": (*_OF_ANY, "matter", "of_process", "subject", "due_at"),
}
"""What a message can be about, and what is known then."""


@dataclass(frozen=True, slots=True)
class NotificationTemplate:
    """The words of a message about an event."""

    event: str
    subject: str
    body: str

    def render(self, values: Mapping[str, str]) -> tuple[str, str]:
        """Subject and body; what is not known is left empty, and a subject stays one line."""
        known = dict.fromkeys(EVENTS[self.event], "") | dict(values)
        subject = " ".join(self.subject.format_map(known).split())
        return subject, self.body.format_map(known)


def parse_template(_name: str, document: Any, read: Reader) -> NotificationTemplate | None:
    """Read a template."""
    fields = ("event", "subject", "body")
    given = read.fields(document, (), fields, fields)
    event = read.one_of(given.get("event"), ("event",), EVENTS)
    subject = read.text(given.get("subject"), ("subject",))
    body = read.text(given.get("body"), ("body",), longest=LONGEST_TEXT)
    if len(subject.splitlines()) > 1:
        read.wrong("POLICY_VALUE", ("subject",), "a subject is one line", "leave the break out")
    for name, text in (("subject", subject), ("body", body)):
        _check_variables(text, (name,), EVENTS.get(event, ()), read)
    return NotificationTemplate(event, subject, body)


def _check_variables(text: str, path: Path, known: tuple[str, ...], read: Reader) -> None:
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        remedy = "write {key} for a variable, and {{ for a brace"
        read.wrong("TEMPLATE_BRACES", path, f"the braces do not match: {error}", remedy)
        return
    for _, name, form, turned in parts:
        if name is None:
            continue
        if form or turned:
            what = f"'{name}' has a form of its own, and only values are put in"
            read.wrong("TEMPLATE_BRACES", path, what, f"{{{name}}}")
        if name not in known and known:
            what = f"the event does not know '{name[:60]}'"
            read.wrong("TEMPLATE_VARIABLE", path, what, did_you_mean(name, known))
