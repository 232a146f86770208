"""Incident and Service Request Management (PR9).

(:Incident)-[:AFFECTS {effect}]->(any element)
"""

from typing import Annotated

from fitsm_graph.model.confm import ELEMENT_KINDS
from fitsm_graph.model.declare import Doc, Indexed, Process, record, relation
from fitsm_graph.model.disturbance import DISTURBANCE_LABELS, HIT, DatedDisturbance


@record(
    owner=Process.ISRM,
    prefix="INC",
    labels=DISTURBANCE_LABELS,
    asked=True,
    over="ends_at",
    group="incident",
    columns=("priority", "status", "title", "affects", "starts_at"),
)
class Incident(DatedDisturbance):
    """Unplanned disruption of operation in a service or service component (FitSM-0).

    What it affects is in the state that `AFFECTS` names while the incident's own state has an
    effect, as its life says.
    """

    status: Annotated[str, Indexed(), Doc("Where it stands: a state of the life `Incident`.")]
    resolution: Annotated[str, Doc("What restored the service.")] = ""
    category: Annotated[str, Doc("Its class: a key of the scheme in force.")] = ""
    impact: Annotated[str | None, Doc("How grave it is: a class of the matrix.")] = None
    urgency: Annotated[str | None, Doc("How soon it has to end: a class of the matrix.")] = None
    priority: Annotated[int | None, Doc("1 is the highest; from both by matrix.")] = None
    computed_impact: Annotated[str | None, Doc("The impact that the graph says.")] = None
    computed_urgency: Annotated[str | None, Doc("The urgency that the graph says.")] = None
    computed_priority: Annotated[int | None, Doc("The priority that the graph says.")] = None
    override_impact: Annotated[str | None, Doc("The impact that a person decided on.")] = None
    override_urgency: Annotated[str | None, Doc("The urgency that a person decided on.")] = None
    override_reason: Annotated[str | None, Doc("Why a person decided otherwise.")] = None
    because: Annotated[list[str] | None, Doc("Why it has its impact, urgency and priority.")] = None
    services_down: Annotated[int | None, Doc("Services that are DOWN by it.")] = None
    services_reached: Annotated[int | None, Doc("Services that get worse by it.")] = None
    customers_reached: Annotated[int | None, Doc("Customers who receive those services.")] = None
    users_reached: Annotated[int | None, Doc("Users of those customers.")] = None
    assessed_seq: Annotated[int | None, Doc("Ledger entry that it was assessed at.")] = None
    major_criteria: Annotated[
        list[str] | None, Doc("Criteria of a major incident that it meets (PR9.6).")
    ] = None


AFFECTS = relation(
    "AFFECTS",
    owner=Process.ISRM,
    sources=("Incident",),
    targets=ELEMENT_KINDS,
    doc="The element suffers from the incident, as hard as `effect` says (PR9.1).",
    effect="incident",
    field="affects",
    back="incidents",
    carries=HIT,
)
