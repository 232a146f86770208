"""Requests for change that other processes raise (the arrows that lead to CHM)."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any

from fitsm_graph.chm.within import named_hit, registered
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import a, kept, snake, spoken, titled
from fitsm_graph.flow.step_taking import Around, around, change_raised, is_stepped
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact.effects import Hit
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.model.chm import RAISED_FROM, RESOLVES
from fitsm_graph.model.declare import RECORDS, Process


def _declare(kind: str, requirement: str) -> Callable[..., Awaitable[Any]]:
    """Declare the verb that raises a request for change from a kind of record.

    Where it is the turn of a step that asks for one, that step is done by it.
    """
    info, word = RECORDS[kind], snake(kind)
    key = f"{info.prefix}-000001"

    async def run(
        tx: Tx,
        policies: Policies,
        reaching: Reaches,
        raised_from: Annotated[str, Of(kind)],
        changes: Sequence[Hit],
        *,
        title: str = "",
        description: str = "",
        urgent: bool = False,
    ) -> Properties:
        it = await (around if is_stepped(kind) else kept)(tx, kind, raised_from)
        hit, _ = await named_hit(tx, changes)
        fields = {"title": titled(title or it.record["title"]), "description": description}
        given = {**fields, "urgent": urgent}
        change = await registered(tx, policies, reaching, given, hit)
        tx.relate(RAISED_FROM.type, change["id"], it.record["id"])
        if isinstance(it, Around):
            change_raised(tx, it, change["key"])
        if kind == "Problem":
            tx.relate(RESOLVES.type, change["id"], it.record["id"])
        return change

    run.__name__ = run.__qualname__ = f"raise_change_from_{word}"
    run.__doc__ = (
        f"Raise a request for change from {a(spoken(kind))} ({requirement}).\n\nArgs:\n"
        f"    raised_from: Id or key of the {spoken(kind)}.\n"
        "    changes: The elements that it alters, and their state while it is implemented.\n"
        f"    title: What is to be altered, in a line; that of the {spoken(kind)} when left out.\n"
        "    description: What is known.\n"
        "    urgent: It cannot wait for the usual steps.\n\nExamples:\n"
        f"    fsg change from-{word} {key} sto-a=degraded\n"
    )
    name = f"change.from_{word}"
    return verb(name, room=Process.CHM, raised_in=info.owner, requirement=requirement, on="Change")(
        run
    )


raise_change_from_incident = _declare("Incident", "PR9.2")
raise_change_from_service_request = _declare("ServiceRequest", "PR9.2")
raise_change_from_problem = _declare("Problem", "PR10.2")
raise_change_from_improvement = _declare("Improvement", "PR14.2")
