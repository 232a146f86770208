"""What questions over all records share: who may ask them, and the period that is meant."""

from fitsm_graph.api.answers import Info
from fitsm_graph.api.context import Context
from fitsm_graph.flow.periods import Period
from fitsm_graph.flow.sight import check_sees_all
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.sms.rights import READ


def who_sees_all(info: Info) -> Context:
    """The context of a principal who sees all records.

    Raises:
        Forbidden: They see a part.
    """
    context = info.context
    check_sees_all(context.sight, context.allow(READ).login)
    return context


def period_of(since: str | None, until: str | None, now: str, usual: str) -> Period:
    """The period that is meant; what is to come has not happened, and is left out.

    Raises:
        BadInput: It ends before it begins.
    """
    last = min(to_text(from_text(until, path=("until",))), now) if until else now
    first = to_text(from_text(since, path=("since",))) if since else min(usual, last)
    if last <= first:
        raise BadInput(
            "the period ends before it begins",
            why=f"it would be from {first} until {last}",
            remedy="give a later end",
            path=("until",),
        )
    return Period(first, last)
