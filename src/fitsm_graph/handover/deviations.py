"""What deviations are handed over to: incidents, problems, changes, suggestions (from CONFM)."""

from collections.abc import Sequence
from typing import Annotated

from fitsm_graph.chm.within import named_hit, registered
from fitsm_graph.csi.suggestions import SuggestionSource, register_suggestion
from fitsm_graph.flow.lives import stepped
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import spoken, titled
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact.effects import Hit
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.isrm.entering import entered
from fitsm_graph.kernel.errors import NotFound
from fitsm_graph.model.chm import RAISED_FROM
from fitsm_graph.model.confm_records import LED_TO
from fitsm_graph.model.declare import Process
from fitsm_graph.model.disturbance import Effect
from fitsm_graph.pm.service import ProblemSource, register_problem

ADeviation = Annotated[str, Of("Deviation")]


@verb(
    "incident.from_deviation",
    room=Process.ISRM,
    raised_in=Process.CONFM,
    requirement="PR11.5",
    on="Incident",
)
async def raise_incident_from_deviation(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    deviation: ADeviation,
    *,
    effect: Effect = Effect.AT_RISK,
    title: str = "",
    description: str = "",
) -> Properties:
    """Raise an incident from a deviation that disturbs its element, or puts it at risk (PR11.5).

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what the element does to services.
        deviation: Id or key of the deviation.
        effect: How hard the element is hit; at risk unless said otherwise.
        title: What is wrong, in a line; that of the deviation when left out.
        description: What is known.

    Examples:
        fsg incident from-deviation DEV-000001 --effect degraded

    Raises:
        NotFound: There is no such deviation, or its element is not there any more.
        Refused: The deviation is decided already.
    """
    row = await _row(tx, policies, deviation, "incident.from_deviation")
    described = {
        "title": title.strip() or row["deviation"]["title"],
        "description": description or row["deviation"].get("description", ""),
        "starts_at": tx.at,
    }
    made = await entered(tx, policies, reaching, described, [Hit(_element(tx, row), effect)])
    tx.relate(LED_TO.type, row["deviation"]["id"], made["id"])
    return made


@verb(
    "problem.from_deviation",
    room=Process.PM,
    raised_in=Process.CONFM,
    requirement="PR11.5",
    on="Problem",
)
async def raise_problem_from_deviation(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    deviation: ADeviation,
    *,
    title: str = "",
    description: str = "",
) -> Properties:
    """Raise a problem from a deviation whose cause has to be found (PR11.5).

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what elements do to services.
        deviation: Id or key of the deviation.
        title: What happens, in a line; that of the deviation when left out.
        description: What is known.

    Examples:
        fsg problem from-deviation DEV-000001 --title "hosts are patched past change control"

    Raises:
        NotFound: There is no such deviation, or its element is not there any more.
        Refused: The deviation is decided already.
    """
    row = await _row(tx, policies, deviation, "problem.from_deviation")
    made = await register_problem(
        tx,
        policies,
        reaching,
        title or row["deviation"]["title"],
        investigates=[_element(tx, row)],
        description=description,
        source=ProblemSource.DEVIATION,
    )
    tx.relate(LED_TO.type, row["deviation"]["id"], made["id"])
    return made


@verb(
    "change.from_deviation",
    room=Process.CHM,
    raised_in=Process.CONFM,
    requirement="PR11.5",
    on="Change",
)
async def raise_change_from_deviation(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    raised_from: ADeviation,
    *,
    changes: Sequence[Hit] = (),
    title: str = "",
    description: str = "",
    urgent: bool = False,
) -> Properties:
    """Raise a request for change from a deviation that is corrected by altering something (PR11.5).

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what the elements do to services.
        raised_from: Id or key of the deviation.
        changes: The elements that it alters, and their state while it is implemented; the one that
            deviates, at risk, when left out.
        title: What is to be altered, in a line; that of the deviation when left out.
        description: What is known.
        urgent: It cannot wait for the usual steps.

    Examples:
        fsg change from-deviation DEV-000001 --changes sto-a=degraded

    Raises:
        NotFound: There is no such deviation, or an element is not there any more.
        Refused: The deviation is decided already.
    """
    row = await _row(tx, policies, raised_from, "change.from_deviation")
    hit, _ = await named_hit(tx, list(changes) or [Hit(_element(tx, row), Effect.AT_RISK)])
    record = row["deviation"]
    fields = {"title": titled(title or record["title"]), "description": description}
    made = await registered(tx, policies, reaching, {**fields, "urgent": urgent}, hit)
    tx.relate(RAISED_FROM.type, made["id"], record["id"])
    tx.relate(LED_TO.type, record["id"], made["id"])
    return made


@verb(
    "suggestion.from_deviation",
    room=Process.CSI,
    raised_in=Process.CONFM,
    requirement="PR11.5",
    on="Suggestion",
)
async def raise_suggestion_from_deviation(
    tx: Tx,
    policies: Policies,
    deviation: ADeviation,
    *,
    title: str = "",
    description: str = "",
) -> Properties:
    """Suggest an improvement from a deviation; from the same one again it is counted (PR11.5).

    Args:
        tx: The transaction.
        policies: In force.
        deviation: Id or key of the deviation.
        title: What could be better, in a line; that of the deviation when left out.
        description: What is known.

    Examples:
        fsg suggestion from-deviation DEV-000001 --title "attest new hosts once they are built"

    Raises:
        NotFound: There is no such deviation, or its element is not there any more.
        Refused: The deviation is decided already.
    """
    row = await _row(tx, policies, deviation, "suggestion.from_deviation")
    made = await register_suggestion(
        tx,
        policies,
        title or row["deviation"]["title"],
        source=SuggestionSource.NONCONFORMITY,
        finding=f"deviation/{row['deviation']['key']}",
        description=description,
        would_improve=[_element(tx, row)],
    )
    if made["id"] not in row["led_to"]:
        tx.relate(LED_TO.type, row["deviation"]["id"], made["id"])
    return made


async def _row(tx: Tx, policies: Policies, ref: str, verb: str) -> Properties:
    rows = await tx.rows("confm.deviation_context", ref=ref)
    row = found(rows, spoken("Deviation"), ref)
    stepped(policies, "Deviation", row["deviation"], verb)
    return row


def _element(tx: Tx, row: Properties) -> str:
    """Id of the element that deviates, if it lives and is seen."""
    if row["element"] is None or not tx.sees(row["labels"]):
        raise NotFound(
            f"the element of {row['deviation']['key']} is not there",
            code="ELEMENT_NOT_FOUND",
            why="it was retired, or you may not see it",
            remedy="register the record by itself, for another element",
            path=("deviation",),
        )
    return str(row["element"])
