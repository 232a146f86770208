"""Change Management (PR12).

(:MaintenanceWindow)-[:COVERS {effect}]->(any element)
"""

from enum import StrEnum
from typing import Annotated

from fitsm_graph.model.confm import ELEMENT_KINDS
from fitsm_graph.model.declare import Doc, Process, record, relation
from fitsm_graph.model.disturbance import DISTURBANCE_LABELS, Disturbance


class WindowStatus(StrEnum):
    """Where a maintenance window stands."""

    PLANNED = "planned"
    CANCELLED = "cancelled"


@record(owner=Process.CHM, prefix="MWN", labels=DISTURBANCE_LABELS)
class MaintenanceWindow(Disturbance):
    """Time agreed on for work during which the elements it covers are out of operation (PR12.6)."""

    status: Annotated[WindowStatus, Doc("Where it stands.")]


COVERS = relation(
    "COVERS",
    owner=Process.CHM,
    sources=("MaintenanceWindow",),
    targets=ELEMENT_KINDS,
    doc="The element is in the state `effect` while the window is in force (PR12.6).",
    effect="maintenance",
)
