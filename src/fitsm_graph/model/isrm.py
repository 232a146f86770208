"""Incident and Service Request Management (PR9).

(:Incident)-[:AFFECTS {effect}]->(any element)
"""

from typing import Annotated

from fitsm_graph.model.confm import ELEMENT_KINDS
from fitsm_graph.model.declare import Doc, Indexed, Process, record, relation
from fitsm_graph.model.disturbance import DISTURBANCE_LABELS, DatedDisturbance


@record(owner=Process.ISRM, prefix="INC", labels=DISTURBANCE_LABELS)
class Incident(DatedDisturbance):
    """Unplanned disruption of operation in a service or service component (FitSM-0).

    What it affects is in the state that `AFFECTS` names while the incident's own state has an
    effect, as its life says.
    """

    status: Annotated[str, Indexed(), Doc("Where it stands: a state of the life `Incident`.")]
    resolution: Annotated[str, Doc("What restored the service.")] = ""


AFFECTS = relation(
    "AFFECTS",
    owner=Process.ISRM,
    sources=("Incident",),
    targets=ELEMENT_KINDS,
    doc="The element suffers from the incident, as hard as `effect` says (PR9.1).",
    effect="incident",
)
