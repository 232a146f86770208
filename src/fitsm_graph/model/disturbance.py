"""What puts elements into a state of their own: incidents, maintenance windows, changes.

(:Incident)-[:AFFECTS {effect}]->(any element)
(:MaintenanceWindow)-[:COVERS {effect}]->(any element)
(:Change)-[:CHANGES {effect}]->(any element)

A disturbance is in force from `starts_at` on and before `ends_at` (half-open); without an end it
is in force until somebody ends it, and without a start it has not begun. No entry of the ledger is
written when a window begins or ends: the own state of an element is evaluated at the time asked
(design section 4).
"""

from enum import StrEnum
from typing import Annotated

from fitsm_graph.model.declare import Carried, Doc, base
from fitsm_graph.model.process import PROCESS_LABELS
from fitsm_graph.model.record import Record

DISTURBANCE_LABELS = (*PROCESS_LABELS, "Disturbance")


class Effect(StrEnum):
    """How hard a disturbance hits an element by itself."""

    DOWN = "down"
    DEGRADED = "degraded"
    AT_RISK = "at_risk"


HIT = (Carried("effect", Effect, "Its state while the disturbance is in force."),)
"""What a relation from a disturbance to an element says."""


@base
class Disturbance(Record):
    """A record that puts the elements it names into an own state while it is in force."""

    title: Annotated[str, Doc("What it is about, in a line.")]
    description: Annotated[str, Doc("What is known of it.")] = ""
    starts_at: Annotated[str | None, Doc("In force from this moment on, UTC; null: not begun.")] = (
        None
    )
    ends_at: Annotated[
        str | None, Doc("In force until before this moment, UTC; null: no end is known.")
    ] = None


@base
class DatedDisturbance(Disturbance):
    """A disturbance that has a beginning from its registration on."""

    starts_at: Annotated[str, Doc("In force from this moment on, UTC.")]
