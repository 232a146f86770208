"""Policies that several processes lean on: service calendars, targets of agreements, rights."""

from typing import Any

from fitsm_graph.flow import notices, quality, step_form
from fitsm_graph.flow.calendar_form import parse_calendar
from fitsm_graph.flow.calendars import ServiceCalendar
from fitsm_graph.flow.policies import PolicyKind
from fitsm_graph.flow.reading import Reader
from fitsm_graph.flow.target_form import (
    CALENDAR,
    TARGETS,
    agreed_with,
    parse_targets,
    targets_fit,
)
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.sms import rights_form


def read_calendar(name: str, document: Any, read: Reader) -> ServiceCalendar | None:
    """Read a service calendar; the policy's name is the calendar's."""
    if isinstance(document, dict) and document.get("name", name) != name:
        what = f"the calendar calls itself '{str(document['name'])[:60]}'"
        read.wrong("BAD_CALENDAR", ("name",), what, f"call it {name}, or leave the name out")
    try:
        named = {**document, "name": name} if isinstance(document, dict) else document
        return parse_calendar(named)
    except BadInput as error:
        read.problems.extend(error.problems)
        return None


KINDS = (
    PolicyKind(
        CALENDAR,
        "When a service is attended to: hours of a week, holidays, single days.",
        "PR9.2",
        read_calendar,
    ),
    PolicyKind(
        TARGETS,
        "An agreement: with whom, in which service time a priority is responded to and resolved, "
        "and how much of it a service is there.",
        "PR9.2",
        parse_targets,
        targets_fit,
        agreed_with=agreed_with,
    ),
    rights_form.KIND,
    notices.KIND,
    *step_form.KINDS,
    quality.KIND,
)
