"""Requests for change that other processes raise (the arrows that lead to CHM)."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any

from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import a, kept, snake, spoken, titled
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact import effects
from fitsm_graph.impact.effects import Hit
from fitsm_graph.model.chm import CHANGES, RAISED_FROM
from fitsm_graph.model.declare import RECORDS, Process


def _declare(kind: str, requirement: str) -> Callable[..., Awaitable[Any]]:
    """Declare the verb that raises a request for change from a kind of record."""
    info, word = RECORDS[kind], snake(kind)
    key = f"{info.prefix}-000001"

    async def run(
        tx: Tx,
        policies: Policies,
        raised_from: Annotated[str, Of(kind)],
        changes: Sequence[Hit],
        *,
        title: str = "",
        description: str = "",
    ) -> Properties:
        it = await kept(tx, kind, raised_from)
        rows = await tx.rows("impact.elements_named", refs=[ref for ref, _ in changes])
        hit = effects.hit(tx, rows, changes, "changes")
        fields = {"title": titled(title or it.record["title"]), "description": description}
        change = tx.create("Change", {**fields, "status": life_of(policies, "Change").initial})
        for element, effect in hit.items():
            tx.relate(CHANGES.type, change["id"], element, {"effect": effect})
        tx.relate(RAISED_FROM.type, change["id"], it.record["id"])
        return change

    run.__name__ = run.__qualname__ = f"raise_change_from_{word}"
    run.__doc__ = (
        f"Raise a request for change from {a(spoken(kind))} ({requirement}).\n\nArgs:\n"
        f"    raised_from: Id or key of the {spoken(kind)}.\n"
        "    changes: The elements that it alters, and their state while it is implemented.\n"
        f"    title: What is to be altered, in a line; that of the {spoken(kind)} when left out.\n"
        "    description: What is known.\n\nExamples:\n"
        f"    fsg change from-{word} {key} sto-a=degraded\n"
    )
    name = f"change.from_{word}"
    return verb(name, room=Process.CHM, also=info.owner, requirement=requirement, on="Change")(run)


raise_change_from_incident = _declare("Incident", "PR9.2")
raise_change_from_service_request = _declare("ServiceRequest", "PR9.2")
raise_change_from_problem = _declare("Problem", "PR10.2")
raise_change_from_improvement = _declare("Improvement", "PR14.2")
