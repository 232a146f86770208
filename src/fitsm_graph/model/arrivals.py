"""What came in from outside, and what became of it.

(:Arrival)-[:BECAME]->(:Incident …)
(:Arrival)-[:SENT_BY]->(:Person)
"""

from enum import StrEnum
from typing import Annotated

from fitsm_graph.model.declare import Doc, Indexed, Process, Unique, record, relation
from fitsm_graph.model.process import PROCESS_KINDS
from fitsm_graph.model.record import Record


class ArrivalWay(StrEnum):
    """How something came in."""

    EVENT = "event"
    MESSAGE = "message"


class ArrivalOutcome(StrEnum):
    """What became of it."""

    REGISTERED = "registered"
    COMMENTED = "commented"


@record(
    owner=Process.SMS,
    prefix="ARV",
    asked=True,
    group="arrival",
    columns=("way", "source", "outcome", "became"),
)
class Arrival(Record):
    """An event of another system, or a message of somebody, that something became of (PR9.1)."""

    way: Annotated[ArrivalWay, Doc("event or message.")]
    source: Annotated[str, Indexed(), Doc("Name of the way in, which tokens are made for.")]
    identity: Annotated[
        str, Unique(), Doc("What it is known again by: a digest, 64 hexadecimal digits.")
    ]
    outcome: Annotated[
        ArrivalOutcome, Doc("registered: it is a new record; commented: it is a comment on one.")
    ]
    event_source: Annotated[str, Doc("Where the event comes from, as it says.")] = ""
    event_type: Annotated[str, Doc("What kind of event it is, as it says.")] = ""
    event_id: Annotated[str, Doc("Its id there.")] = ""


BECAME = relation(
    "BECAME",
    owner=Process.SMS,
    sources=("Arrival",),
    targets=PROCESS_KINDS,
    doc="What became of it: it was registered, or the message is a comment on it (PR9.1).",
    field="became",
    back="arrivals",
    one=True,
)
SENT_BY = relation(
    "SENT_BY",
    owner=Process.SMS,
    sources=("Arrival",),
    targets=("Person",),
    doc="Who wrote the message.",
    field="sender",
    one=True,
)
