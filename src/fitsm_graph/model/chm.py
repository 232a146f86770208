"""Change Management (PR12).

(:Change)-[:CHANGES {effect}]->(any element)
(:MaintenanceWindow)-[:COVERS {effect}]->(any element)
"""

from typing import Annotated

from fitsm_graph.model.confm import ELEMENT_KINDS
from fitsm_graph.model.declare import Doc, Indexed, Process, record, relation
from fitsm_graph.model.disturbance import DISTURBANCE_LABELS, HIT, DatedDisturbance, Disturbance


@record(
    owner=Process.CHM,
    prefix="CHG",
    labels=DISTURBANCE_LABELS,
    asked=True,
    over="ends_at",
    group="change",
    columns=("status", "title", "alters", "planned_starts_at", "planned_ends_at"),
)
class Change(Disturbance):
    """Alteration of a configuration item or another entity that requires change control (FitSM-0).

    What it changes is in the state that `CHANGES` names while the change is being implemented,
    whatever was planned.
    """

    status: Annotated[str, Indexed(), Doc("Where it stands: a state of the life `Change`.")]
    planned_starts_at: Annotated[
        str | None, Doc("When its implementation is to begin, UTC; null: not planned yet.")
    ] = None
    planned_ends_at: Annotated[
        str | None, Doc("When its implementation is to be over, UTC; null: not planned yet.")
    ] = None


CHANGES = relation(
    "CHANGES",
    owner=Process.CHM,
    sources=("Change",),
    targets=ELEMENT_KINDS,
    doc="The element is in the state `effect` while the change is being implemented (PR12.3).",
    effect="change",
    field="alters",
    back="changes",
    carries=HIT,
)


@record(
    owner=Process.CHM,
    prefix="MWN",
    labels=DISTURBANCE_LABELS,
    asked=True,
    over="ends_at",
    group="maintenance",
    columns=("status", "title", "covers", "starts_at", "ends_at"),
)
class MaintenanceWindow(DatedDisturbance):
    """Time agreed on for work during which the elements it covers are out of operation (PR12.6)."""

    status: Annotated[str, Doc("Where it stands: a state of the life `MaintenanceWindow`.")]


COVERS = relation(
    "COVERS",
    owner=Process.CHM,
    sources=("MaintenanceWindow",),
    targets=ELEMENT_KINDS,
    doc="The element is in the state `effect` while the window is in force (PR12.6).",
    effect="maintenance",
    field="covers",
    back="maintenance_windows",
    carries=HIT,
)

RAISED_FROM = relation(
    "RAISED_FROM",
    owner=Process.CHM,
    sources=("Change",),
    targets=("Incident", "ServiceRequest", "Problem", "Improvement"),
    doc="What made somebody ask for the change (PR12.1).",
    field="raised_from",
    back="changes",
    one=True,
)
