"""Release and Deployment Management (PR13): releases, and how they are deployed.

(:Release)-[:CONTAINS]->(:Change)<-[:LEFT_OUT {because}]-(:Release)
(:Deployment)-[:WAVE_OF]->(:Release), (:Deployment)-[:DEPLOYS {effect}]->(any element)
(:Deployment)-[:OPENS_TO]->(:Customer|:Group)

What else is kept of a release is declared in `rdm_records`. Strategies, criteria of inclusion and
acceptance, and rules of deployment are policies (decision 0022).
"""

from enum import StrEnum
from typing import Annotated

from fitsm_graph.model.case_fields import EscalationLevel
from fitsm_graph.model.confm import ELEMENT_KINDS
from fitsm_graph.model.declare import Carried, Doc, Indexed, Process, Unique, record, relation
from fitsm_graph.model.disturbance import DISTURBANCE_LABELS, HIT, Disturbance
from fitsm_graph.model.process import PROCESS_LABELS, ProcessRecord


class ReleaseType(StrEnum):
    """How a release is dealt with (FitSM-0: minor, major and emergency releases)."""

    MINOR = "minor"
    MAJOR = "major"
    EMERGENCY = "emergency"


class ReleaseOutcome(StrEnum):
    """What became of a release (PR13.6)."""

    SUCCESSFUL = "successful"
    FAILED = "failed"
    BACKED_OUT = "backed_out"


class WorstState(StrEnum):
    """What a service may become while a wave is deployed (PR13.3)."""

    UP = "up"
    AT_RISK = "at_risk"
    DEGRADED = "degraded"
    DOWN = "down"


@record(
    owner=Process.RDM,
    prefix="REL",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="release",
    columns=("status", "type", "title", "planned_starts_at", "waves_planned", "contains"),
)
class Release(ProcessRecord):
    """Set of one or more changes grouped together and deployed as a logical unit (FitSM-0)."""

    status: Annotated[str, Indexed(), Doc("Where it stands: a state of the life `Release`.")]
    requester: Annotated[
        str, Doc("Login of who registered it, and therefore never waives a criterion of it.")
    ] = ""
    escalation_level: EscalationLevel = 0
    urgent: Annotated[bool, Doc("It cannot wait for the usual cycle.")] = False
    type: Annotated[str | None, Doc("minor, major or emergency; null: nothing decides it.")] = None
    computed_type: Annotated[str | None, Doc("What the criteria say, whatever was decided.")] = None
    override_type: Annotated[str | None, Doc("What a person decided instead.")] = None
    override_reason: Annotated[str | None, Doc("Why a person decided so.")] = None
    because: Annotated[list[str] | None, Doc("Why it is of its type.")] = None
    services_down: Annotated[
        int | None, Doc("Services that would be DOWN if all of it were deployed at once.")
    ] = None
    services_reached: Annotated[int | None, Doc("Services that would get worse then.")] = None
    strategy: Annotated[
        str, Doc("Version of the policy `release-strategy` that its changes are released by.")
    ] = ""
    cycle_of: Annotated[
        str | None, Indexed(), Doc("Name of the strategy whose cycle it is of; null: of none.")
    ] = None
    cycle_key: Annotated[
        str | None, Unique(), Doc("Strategy and beginning, so that each is planned once.")
    ] = None
    cut_off_at: Annotated[
        str | None, Doc("From when on it takes in no more changes, UTC; null: from none (PR13.2).")
    ] = None
    planned_starts_at: Annotated[
        str | None, Doc("When its deployment is to begin, UTC; null: not planned yet.")
    ] = None
    planned_ends_at: Annotated[
        str | None, Indexed(), Doc("When it is to be over, UTC; null: not planned yet.")
    ] = None
    schedule_findings: Annotated[
        list[str] | None,
        Doc("What its time collides with, as it was scheduled; null: it is not (PR13.3)."),
    ] = None
    order: Annotated[str, Doc("providers_first, consumers_first, or all_at_once.")] = ""
    worst: Annotated[
        str | None, Doc("State that a service may get into by one of its waves; null: no plan.")
    ] = None
    plan_reason: Annotated[
        str | None, Doc("Why it is planned otherwise than the strategy says; null: it is not.")
    ] = None
    spare: Annotated[
        int, Doc("Failures that a redundancy group must still bear while a wave is deployed.")
    ] = 0
    waves_planned: Annotated[int | None, Doc("How many waves it is deployed in.")] = None
    waves_least: Annotated[int | None, Doc("No plan has fewer waves than this (PR13.3).")] = None
    phases_planned: Annotated[
        int | None, Doc("In how many phases users get it; null: all at once, or no plan (PR13.3).")
    ] = None
    plan_seq: Annotated[int | None, Doc("Ledger entry whose graph the plan was proven on.")] = None
    plan_fingerprint: Annotated[
        str, Doc("Digest of the plan and of what the graph said of it; empty: there is no plan.")
    ] = ""
    planned_by: Annotated[str, Doc("Login of who planned it last.")] = ""
    build: Annotated[str, Doc("What was built and is tested: a version, a digest.")] = ""
    built_by: Annotated[str, Doc("Login of who built it.")] = ""
    accepted_by: Annotated[str, Doc("Login of who accepted it (PR13.4).")] = ""
    accepted_at: Annotated[str | None, Doc("When it was accepted, UTC; null: it is not.")] = None
    failures: Annotated[int, Doc("How often a wave of it has failed (PR13.5).")] = 0
    begun_at: Annotated[str | None, Doc("When its first wave began, UTC; null: none has.")] = None
    deployed_at: Annotated[str | None, Doc("When its outcome was known, UTC.")] = None
    deployers: Annotated[list[str] | None, Doc("Logins of who deployed some of it.")] = None
    outcome: Annotated[
        str | None, Doc("successful, failed or backed_out; null: not known (PR13.6).")
    ] = None
    watched_until: Annotated[
        str | None, Doc("Until when incidents may have come from it, UTC, by the rule.")
    ] = None
    review_due_at: Annotated[
        str | None, Indexed(), Doc("By when it is reviewed, UTC; null: no review is due.")
    ] = None
    decision: Annotated[str, Doc("Why it was given up, or what is missing.")] = ""
    isrm_told: Annotated[
        str,
        Doc("How ISRM was told what became of it: a rule, or keys of communication (PR13.6)."),
    ] = ""


CONTAINS = relation(
    "CONTAINS",
    owner=Process.RDM,
    sources=("Release",),
    targets=("Change",),
    doc="A change that is deployed with it (PR13.2).",
    field="contains",
    back="released_with",
)
LEFT_OUT = relation(
    "LEFT_OUT",
    owner=Process.RDM,
    sources=("Release",),
    targets=("Change",),
    doc="A change that was asked for and did not meet the criteria (PR13.2).",
    field="left_out",
    back="left_out_of",
    carries=(Carried("because", str, "Which criteria it did not meet."),),
)


@record(
    owner=Process.RDM,
    prefix="DEP",
    labels=DISTURBANCE_LABELS,
    asked=True,
    over="closed_at",
    group="deployment",
    columns=("status", "title", "wave", "deploys", "starts_at", "ends_at"),
)
class Deployment(Disturbance):
    """One wave of a release: elements that are out of operation together (PR13.3).

    Its elements are in the state that `DEPLOYS` names while it is being deployed.
    """

    status: Annotated[str, Indexed(), Doc("Where it stands: a state of the life `Deployment`.")]
    wave: Annotated[int, Doc("Its place in the order of the release, from 1 on.")]
    because: Annotated[list[str], Doc("What the engine says of it, in sentences.")]
    services_reached: Annotated[int, Doc("Services that get worse by it.")] = 0
    back_out: Annotated[str, Doc("How it is undone, step by step; empty: nothing says how.")] = ""
    back_out_tested: Annotated[bool, Doc("Somebody has seen that this works (PR13.5).")] = False
    deployer: Annotated[str, Doc("Login of who deployed it last.")] = ""
    attempts: Annotated[int, Doc("How often it was begun.")] = 0
    result: Annotated[str, Doc("What there is to say of how it went.")] = ""
    stopped_by: Annotated[
        list[str] | None,
        Doc("What said to stop when it was begun or completed last; null: nothing (PR13.5)."),
    ] = None
    override_reason: Annotated[
        str | None, Doc("Why somebody went on with it nevertheless; null: nobody had to.")
    ] = None
    phase: Annotated[str | None, Doc("The phase that it is of; null: there are none (PR13.3).")] = (
        None
    )
    phase_number: Annotated[int | None, Doc("Place of that phase, from 1 on.")] = None
    phase_share: Annotated[
        int | None, Doc("Share of all users who have it in that phase, in percent; null: not said.")
    ] = None
    phase_functions: Annotated[str, Doc("What of it is opened in that phase, in words.")] = ""
    go_on_after: Annotated[
        str | None, Doc("How long that phase stands before the next one, ISO 8601; null: at once.")
    ] = None
    go_on_incidents: Annotated[
        int | None,
        Doc("So many incidents it bears meanwhile, on what it reaches; null: any."),
    ] = None
    go_on_passed: Annotated[
        list[str] | None, Doc("Kinds of tests that are passed in that phase; null: none has to be.")
    ] = None
    closed_at: Annotated[str | None, Doc("When it was over, UTC; null: it is not.")] = None


WAVE_OF = relation(
    "WAVE_OF",
    owner=Process.RDM,
    sources=("Deployment",),
    targets=("Release",),
    doc="The release that it is a wave of.",
    field="wave_of",
    back="waves",
    one=True,
)
DEPLOYS = relation(
    "DEPLOYS",
    owner=Process.RDM,
    sources=("Deployment",),
    targets=ELEMENT_KINDS,
    doc="The element is in the state `effect` while the wave is being deployed (PR13.5).",
    effect="change",
    field="deploys",
    back="deployments",
    carries=HIT,
)
OPENS_TO = relation(
    "OPENS_TO",
    owner=Process.RDM,
    sources=("Deployment",),
    targets=("Customer", "Group"),
    doc="Whose users, or who, get what is released in this phase (PR13.3).",
    field="opens_to",
)
