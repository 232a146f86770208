"""In which words people are told: templates (PR9.4).

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

_OF_ANY = ("key", "title", "status", "services", "owner", "at", "link")
_PLANNED = ("planned_starts_at", "planned_ends_at")
_REACHED = ("services_down", "customers_reached", "users_reached")
EVENTS: Mapping[str, tuple[str, ...]] = {
    "incident.registered": (*_OF_ANY, "priority", "due"),
    "incident.escalated": (*_OF_ANY, "priority", "due", "used", "reason"),
    "incident.resolved": (*_OF_ANY, "priority", "resolution"),
    "incident.major": (*_OF_ANY, "priority", "due", "major_reason", "major_criteria", *_REACHED),
    "users.updated": (*_OF_ANY, "text", "next_update_due_at"),
    "service_request.registered": (*_OF_ANY, "priority", "due", "description"),
    "service_request.resolved": (*_OF_ANY, "priority", "resolution", "closure_code"),
    "service_request.returned": (*_OF_ANY, "waiting_reason"),
    "change.registered": _OF_ANY,
    "change.assessed": (*_OF_ANY, *_PLANNED, "type", "risk", "risk_class", "votes_missing"),
    "change.decided": (*_OF_ANY, "type", "decision", "conditions", "approved_until"),
    "change.scheduled": (*_OF_ANY, *_PLANNED, "type", "schedule_findings"),
    "change.begun": (*_OF_ANY, *_PLANNED),
    "change.implemented": (*_OF_ANY, "outcome", "result"),
    "change.in_release": (*_OF_ANY, *_PLANNED, "by"),
    "cab.convened": (*_OF_ANY, "starts_at", "agenda"),
    "release.returned": (*_OF_ANY, "decision"),
    "record.returned": (*_OF_ANY, "decision"),
    "release.changed": (*_OF_ANY, *_PLANNED),
    "release.scheduled": (*_OF_ANY, *_PLANNED, "type"),
    "release.deployed": (*_OF_ANY, "type", "outcome", "deployed_at", "watched_until"),
    "deployment.failed": (*_OF_ANY, "wave", "result"),
    "communication.performed": (*_OF_ANY, "text"),
    "document.issued": (*_OF_ANY, "number", "starts_at", "ends_at"),
    "verification.begun": (*_OF_ANY, "plan", "sampled", "due_at"),
    "maintenance.planned": (*_OF_ANY, "starts_at", "ends_at"),
    "known_error.communicated": (*_OF_ANY, "cause", "workaround", "carried_out_by"),
    "record.escalated": (*_OF_ANY, "escalation_level", "reason"),
    "problem.escalated": (*_OF_ANY, "priority", "due_at", "reason"),
    "step.told": (*_OF_ANY, "priority", "due", "step"),
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
