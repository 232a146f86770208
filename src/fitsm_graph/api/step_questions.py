"""Steps that wait for whoever asks (PR9.2, PR12.2).

mySteps { total steps { record number title stepKind } }
"""

from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.paging import page_size
from fitsm_graph.api.selection import pick
from fitsm_graph.api.types import DateTime
from fitsm_graph.flow.steps import state_of, waiting
from fitsm_graph.graph.changes import kind_of
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.sms.rights import READ


@strawberry.type(description="A step that waits for whoever asks.")
class MyStep:
    """`completeIncidentStep` and its like take it, by record and number."""

    key: str = strawberry.field(description="Of the step.")
    record: str = strawberry.field(description="Key of the record that it is a step of.")
    kind: str = strawberry.field(description="Of that record.")
    record_title: str
    number: int
    title: str
    step_kind: str
    state: str
    role: str | None = strawberry.field(description="By which it is yours; null: by another way.")
    since: DateTime = strawberry.field(description="When its list was begun.")


@strawberry.type(description="Steps that wait for whoever asks, the longest begun first.")
class MySteps:
    """Of records that go on; yours by role, by group, or because you own the record."""

    total: int
    steps: list[MyStep]


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    return {
        "my_steps": strawberry.field(
            resolver=answering(my_steps), graphql_type=MySteps, description=my_steps.__doc__
        )
    }


async def my_steps(info: Info, first: int = 50) -> object:
    """Steps of records that wait for whoever asks, by role, by group, or as their owner (PR9.2)."""
    context, what = info.context, asked_of(info)
    principal = context.allow(READ)
    login = principal.login if principal.person else ""  # steps wait for people
    at, most = to_text(context.now), page_size(first)
    found = await waiting(context.graph, context.policies, login, at, most)
    steps = [_shown(each) for each in found["steps"]]
    return pick({"total": found["total"], "steps": steps, "__typename": "MySteps"}, what)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    step = row["step"]
    return {
        "__typename": "MyStep",
        "key": step["key"],
        "record": row["record"],
        "kind": kind_of(row["kind"]),
        "recordTitle": row["title"],
        "number": step["number"],
        "title": step["title"],
        "stepKind": step["step_kind"],
        "state": state_of(step),
        "role": step.get("role") or None,
        "since": step["created_at"],
    }
