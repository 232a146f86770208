"""What reports over a period have in common: who may be told of how long a one."""

from datetime import timedelta
from typing import Any

from fitsm_graph.api.context import Context
from fitsm_graph.flow.periods import between
from fitsm_graph.kernel.clock import from_text
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.registry_types import camel_case
from fitsm_graph.sms.rights import READ, READ_LARGE, may

MOST_AT_ONCE = timedelta(days=366)
"""The longest period that whoever may read is told of."""


def period_of(context: Context, since: Any, until: Any, requirement: str) -> tuple[str, str]:
    """The ends of a period in the stored form, for somebody who may be told of so long a one.

    Raises:
        BadInput: It ends before it begins, or is longer than a year without the right to that.
        Forbidden: Somebody may not read.
    """
    reader = context.allow(READ)
    meant = between(since, until)
    first, last = meant.since, meant.until
    if from_text(last) - from_text(first) > MOST_AT_ONCE and not may(
        reader, READ_LARGE, context.rights
    ):
        raise BadInput(
            f"the period has more than {MOST_AT_ONCE.days} days",
            why=f"every record of it is read, which asks for the right '{READ_LARGE}'",
            remedy="ask for one year after another",
            path=("since",),
            requirement=requirement,
        )
    return first, last


def typed(kind: str, values: dict[str, Any]) -> dict[str, Any]:
    """Values by their names in GraphQL, with the name of their type."""
    return {"__typename": kind, **{camel_case(name): each for name, each in values.items()}}
