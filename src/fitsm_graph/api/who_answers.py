"""Who answers for a record that nobody is named for, by rule.

whoAnswers(of: "INC-000001") { by through parties { key } }
"""

from collections.abc import Iterable
from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.selection import pick
from fitsm_graph.api.types import Party
from fitsm_graph.flow import answering as rules
from fitsm_graph.graph.sight import sees
from fitsm_graph.graph.tx import found
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.sms.rights import READ


@strawberry.type(description="Who answers for a record, and why.")
class Answerable:
    """Computed when it is asked; nobody becomes its owner by it."""

    by: str = strawberry.field(
        description="`owner`: it is theirs; `whole`: they own what it is part of; `element`, `type`"
        " or `service_owner`: they own what it is about, look after its type, or own that service;"
        " `role`: they hold one of its process, or of the system."
    )
    through: str | None = strawberry.field(
        description="Key of that record, element or role; null: it is theirs."
    )
    parties: list[Party]


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    doc = who_answers.__doc__
    resolver = answering(who_answers)
    field = strawberry.field(resolver=resolver, graphql_type=Answerable | None, description=doc)
    return {"who_answers": field}


async def who_answers(info: Info, of: strawberry.ID) -> object:
    """Who answers for a record of a process; null: nobody, not even by a role (FitSM-3).

    Who owns it, else who owns what it is part of, else who owns what it is about, the hardest hit
    first, else who manages its process. Elements that you may not see count for none.
    """
    context, what = info.context, asked_of(info)
    context.allow(READ)
    given = {"roles": rules.roles_asked(), "at": to_text(context.now)}
    rows = await context.graph.rows("flow.answering_context", ref=str(of), **given)

    def seen(labels: Iterable[str]) -> bool:
        return sees(context.sight, labels)

    answer = rules.answering(found(rows, "record", str(of)), seen)
    if answer is None:
        return None
    parties = [{**each, "__typename": "Party"} for each in answer.parties]
    told = {"by": answer.by.value, "through": answer.through or None, "parties": parties}
    return pick({**told, "__typename": "Answerable"}, what)
