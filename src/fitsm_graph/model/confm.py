"""Configuration Management (PR11): what services are built from, and how it is described.

(:Service)-[:COMPOSED_OF]->(:ServiceComponent)-[:BUILT_FROM]->(:CI)-[:DEPENDS_ON]->(:CI)
(:RedundancyGroup)-[:HAS_MEMBER {weight}]->(any element)
"""

from enum import StrEnum
from typing import Annotated

from fitsm_graph.kernel.canonical import Value
from fitsm_graph.model.declare import Doc, Indexed, Process, Unit, base, record, relation
from fitsm_graph.model.process import PROCESS_KINDS
from fitsm_graph.model.record import Record


class Lifecycle(StrEnum):
    """Where an element stands between being thought of and being gone."""

    PLANNED = "planned"
    LIVE = "live"
    RETIRED = "retired"


class Strength(StrEnum):
    """How much of a provider's loss reaches the one who needs it."""

    HARD = "hard"
    SOFT = "soft"
    INFO = "info"


@base
class Element(Record):
    """A service, service component, CI or redundancy group: what impact is computed over."""

    name: Annotated[str, Indexed(), Doc("What people call it.")]
    description: Annotated[str, Doc("What it is for.")] = ""
    lifecycle: Annotated[Lifecycle, Doc("Planned elements support nothing.")] = Lifecycle.LIVE
    is_source: Annotated[
        bool, Doc("Supply begins here: it needs no neighbour (an uplink, the grid feed).")
    ] = False


ELEMENT_LABELS = ("Element",)


@record(owner=Process.CONFM, prefix="SVC", labels=ELEMENT_LABELS)
class Service(Element):
    """Way to provide value to customers through results they want to achieve (FitSM-0)."""

    criticality: Annotated[int, Doc("How much its loss costs."), Unit("1 highest – 4 lowest")] = 3


@record(owner=Process.CONFM, prefix="CMP", labels=ELEMENT_LABELS)
class ServiceComponent(Element):
    """Logical part of a service that provides a function enabling or enhancing it (FitSM-0)."""


@record(owner=Process.CONFM, prefix="CI", labels=ELEMENT_LABELS)
class CI(Element):
    """Element that contributes to the delivery of services and needs to be controlled (FitSM-0).

    Its typed attributes stand beside these fields as properties of the same names; the CI type
    in the registry declares them.
    """

    type: Annotated[str, Indexed(), Doc("CI type of the registry; also its leaf label.")]


@record(owner=Process.CONFM, prefix="RGR", labels=ELEMENT_LABELS)
class RedundancyGroup(Element):
    """Members of which some are enough: a cluster, a pair, a pool, an A/B feed.

    It is an element of its own, so that it can be shared and nested.
    """

    need: Annotated[int | None, Doc("Weight of members that must be there."), Unit("weight")] = None
    need_share: Annotated[
        float | None, Doc("The same as a share of the whole, rounded up."), Unit("0 – 1")
    ] = None
    strength: Annotated[Strength, Doc("How hard the loss of the need hits the group.")] = (
        Strength.HARD
    )
    grounded: Annotated[bool, Doc("Members must be supported from a source, not in a circle.")] = (
        False
    )
    reserve: Annotated[
        int | None, Doc("Weight beyond the need that should be there; null: all the rest.")
    ] = None


@record(owner=Process.CONFM, prefix="CTY")
class CIType(Record):
    """Kind of CI with its attributes; data of the process, not code (PR11.1).

    The key is the type's name.
    """

    definition: Annotated[str, Doc("The declaration, as canonical JSON.")]
    owner_group: Annotated[
        str,
        Doc("Key of the group that answers for CIs of it without an owner, own or inherited."),
    ] = ""


@record(owner=Process.CONFM, prefix="RTY")
class RelationshipType(Record):
    """Kind of relationship with its ends and its direction of dependency (PR11.1).

    The key is the type's name.
    """

    definition: Annotated[str, Doc("The declaration, as canonical JSON.")]


@record(owner=Process.CONFM, prefix="SCP")
class ConfigurationScope(Record):
    """What configuration management covers, what it leaves out, and why (PR11.1)."""

    name: Annotated[str, Doc("What people call it.")]
    statement: Annotated[str, Doc("What is in, what is out, and why.")]
    ci_types: Annotated[list[str], Doc("Types in scope, with their subtypes; empty: all.")]
    excluded_ci_types: Annotated[list[str], Doc("Types left out, with their subtypes.")]


@record(owner=Process.CONFM, prefix="IDN")
class Identifier(Record):
    """A value that names one element: a serial number, a cloud id, a unique attribute.

    The key is ``kind|value`` and is unique, so that no two elements can carry the same.
    """

    kind: Annotated[str, Doc("What the value is, such as ``serial_number``.")]
    value: Annotated[str, Doc("The value in normal form.")]


@record(owner=Process.CONFM, prefix="RUN")
class SyncRun(Record):
    """One run of a source: what it brought and what became of it (PR11.3)."""

    source: Annotated[str, Indexed(), Doc("Where the observations came from.")]
    scope: Annotated[str, Doc("What part of the source the run covered.")]
    mode: Annotated[str, Doc("snapshot, delta or enrich.")]
    status: Annotated[str, Doc("started, completed, held, aborted, failed or reverted.")]
    counts: Annotated[
        str, Doc("What was created, updated, retired, unchanged, rejected; JSON.")
    ] = "{}"


@record(owner=Process.CONFM, prefix="RTP")
class RetirementProposal(Record):
    """Retiring an element that its source no longer has: proposed, for a person to decide (PR11.4).

    It is withdrawn when the element comes back.
    """

    element: Annotated[str, Indexed(), Doc("Id of the element.")]
    element_key: Annotated[str, Doc("Its key.")]
    element_type: Annotated[str, Doc("Its CI type, or its kind where it is no CI.")]
    source: Annotated[str, Doc("Who no longer has it.")]
    scope: Annotated[str, Doc("What part of the source that is.")]
    run: Annotated[str, Doc("Key of the run that did not see it.")]
    status: Annotated[str, Indexed(), Doc("proposed, approved, dismissed or withdrawn.")]
    affected: Annotated[int | None, Doc("Elements that would be worse off; null: not looked at.")]
    services: Annotated[list[str], Doc("Keys of the services that would be worse off.")]
    reason: Annotated[str, Doc("Why it was dismissed or withdrawn.")] = ""


ELEMENT_KINDS = ("Service", "ServiceComponent", "CI", "RedundancyGroup")

OWNED_BY = relation(
    "OWNED_BY",
    owner=None,
    sources=(*ELEMENT_KINDS, *PROCESS_KINDS),
    targets=("Person", "Group"),
    doc="Who answers for it (PR11.2; for records of processes PR9.1 to PR14.3).",
    field="owner",
    one=True,
)
IDENTIFIED_BY = relation(
    "IDENTIFIED_BY",
    owner=Process.CONFM,
    sources=ELEMENT_KINDS,
    targets=("Identifier",),
    doc="A value that names the element and no other.",
)
PROPOSES = relation(
    "PROPOSES",
    owner=Process.CONFM,
    sources=("RetirementProposal",),
    targets=ELEMENT_KINDS,
    doc="The element that would be retired.",
)

Attributes = dict[str, Value]
"""Typed attributes of a CI by name."""
