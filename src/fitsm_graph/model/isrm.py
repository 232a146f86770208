"""Incident and Service Request Management (PR9).

(:Incident)-[:AFFECTS {effect}]->(any element)
"""

from enum import StrEnum
from typing import Annotated

from fitsm_graph.model.confm import ELEMENT_KINDS
from fitsm_graph.model.declare import Doc, Indexed, Process, record, relation
from fitsm_graph.model.disturbance import DISTURBANCE_LABELS, DatedDisturbance


class IncidentStatus(StrEnum):
    """Where an incident stands."""

    REGISTERED = "registered"
    RESOLVED = "resolved"


@record(owner=Process.ISRM, prefix="INC", labels=DISTURBANCE_LABELS)
class Incident(DatedDisturbance):
    """Unplanned disruption of operation in a service or service component (FitSM-0).

    What it affects is in the state that `AFFECTS` names until the incident is resolved.
    """

    status: Annotated[IncidentStatus, Indexed(), Doc("Where it stands.")]
    resolution: Annotated[str, Doc("What restored the service.")] = ""


AFFECTS = relation(
    "AFFECTS",
    owner=Process.ISRM,
    sources=("Incident",),
    targets=ELEMENT_KINDS,
    doc="The element suffers from the incident, as hard as `effect` says (PR9.1).",
    effect="incident",
)
