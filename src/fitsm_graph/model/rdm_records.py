"""Release and Deployment Management (PR13): what is kept of releases beside themselves.

(:AcceptanceCriterion)-[:CRITERION_OF]->(:Release)<-[:TEST_OF]-(:TestResult)
(:TestResult)-[:TESTS_WAVE]->(:Deployment)
(:CommunicationAction)-[:PLANNED_IN]->(:ManagementDocument)
(:CommunicationAction)-[:ADDRESSED_TO]->(:Person|:Group)
(:CommunicationAction)-[:ADDRESSED_TO_CUSTOMER]->(:Customer)
(:CommunicationAction)-[:ADDRESSED_TO_STAKEHOLDER]->(:Stakeholder)
(:CommunicationAction)-[:TELLS_OF]->(:Release)<-[:TRAINS_FOR]-(:TrainingRecord)
(:DeploymentReview)-[:EVALUATES]->(:Release|:Deployment)
"""

from enum import StrEnum
from typing import Annotated

from fitsm_graph.model.declare import Doc, Indexed, Process, record, relation
from fitsm_graph.model.process import PROCESS_LABELS, ProcessRecord
from fitsm_graph.model.record import Record

# --- acceptance ----------------------------------------------------------------------------------


class KindOfTest(StrEnum):
    """What a test of a release looks at (PR13.4)."""

    UNIT = "unit"
    INTEGRATION = "integration"
    FUNCTIONAL = "functional"
    PERFORMANCE = "performance"
    SECURITY = "security"
    ACCEPTANCE = "acceptance"
    CANARY = "canary"
    SPLIT = "split"
    BLUE_GREEN = "blue_green"


@record(owner=Process.RDM, prefix="ACC", asked=True)
class AcceptanceCriterion(Record):
    """What a release has to meet before it is deployed, and whether it does (PR13.4)."""

    name: Annotated[str, Doc("Its name in the policy `release-acceptance`.")]
    text: Annotated[str, Doc("What has to hold.")]
    met: Annotated[bool, Doc("It held when it was looked at last.")] = False
    found: Annotated[str, Doc("What was found then.")] = ""
    waived_by: Annotated[str, Doc("Login of who decided that it need not hold.")] = ""
    waived_build: Annotated[str, Doc("The build that this was decided for.")] = ""
    waiver: Annotated[str, Doc("Why it need not hold.")] = ""


CRITERION_OF = relation(
    "CRITERION_OF",
    owner=Process.RDM,
    sources=("AcceptanceCriterion",),
    targets=("Release",),
    doc="The release that has to meet it.",
    field="criterion_of",
    back="criteria",
    one=True,
)


@record(
    owner=Process.RDM,
    prefix="TST",
    asked=True,
    group="test_result",
    columns=("kind_of_test", "build", "suite", "passed", "failed", "result_of"),
)
class TestResult(Record):
    """How tests of one kind went for a build of a release (PR13.4)."""

    kind_of_test: Annotated[str, Doc("What was looked at, such as functional or security.")]
    build: Annotated[str, Doc("What was tested; results of another build do not count.")]
    passed: Annotated[int, Doc("Tests that passed.")]
    failed: Annotated[int, Doc("Tests that failed or broke.")]
    skipped: Annotated[int, Doc("Tests that were not carried out.")] = 0
    suite: Annotated[str, Doc("What the tests are called together.")] = ""
    failures: Annotated[list[str] | None, Doc("Names of tests that failed, the first of them.")] = (
        None
    )
    url: Annotated[str, Doc("Where the whole result is kept.")] = ""
    tester: Annotated[str, Doc("Login of who recorded it.")] = ""


TEST_OF = relation(
    "TEST_OF",
    owner=Process.RDM,
    sources=("TestResult",),
    targets=("Release",),
    doc="The release that was tested.",
    field="result_of",
    back="test_results",
    one=True,
)

TESTS_WAVE = relation(
    "TESTS_WAVE",
    owner=Process.RDM,
    sources=("TestResult",),
    targets=("Deployment",),
    doc="The wave that was tested where it is deployed, and not the build before it (PR13.5).",
    field="tests_wave",
    back="wave_tests",
    one=True,
)

# --- preparation ---------------------------------------------------------------------------------


class CommunicationWay(StrEnum):
    """How people are told."""

    MESSAGE = "message"
    EMAIL = "email"
    MEETING = "meeting"
    PORTAL = "portal"
    TELEPHONE = "telephone"
    OTHER = "other"


@record(
    owner=Process.RDM,
    prefix="COM",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="communication",
    columns=("status", "title", "audience", "way", "due_at", "people_told", "owner"),
)
class CommunicationAction(ProcessRecord):
    """Something that people are told of a release, or by a plan of communication (PR13.3)."""

    audience: Annotated[str, Doc("Who is told, in words.")] = ""
    to_users: Annotated[
        bool, Doc("All users of the services that the release reaches are told.")
    ] = False
    way: Annotated[
        str | None, Doc("How: message (of this product), email, meeting, …; null: not said.")
    ] = None
    text: Annotated[str, Doc("What they are told.")] = ""
    people_told: Annotated[
        int | None, Doc("How many persons were told; null: nobody yet, or nobody counted.")
    ] = None
    sent_at: Annotated[
        str | None, Doc("Since when its messages are on the way, UTC; null: it goes another way.")
    ] = None
    due_at: Annotated[str | None, Indexed(), Doc("By when they are to be told, UTC.")] = None
    performed_by: Annotated[str, Doc("Login of who says that they were told.")] = ""
    note: Annotated[str, Doc("What was reported of it.")] = ""


TELLS_OF = relation(
    "TELLS_OF",
    owner=Process.RDM,
    sources=("CommunicationAction",),
    targets=("Release",),
    doc="The release that people are told of.",
    field="tells_of",
    back="communication",
    one=True,
)
PLANNED_IN = relation(
    "PLANNED_IN",
    owner=Process.RDM,
    sources=("CommunicationAction",),
    targets=("ManagementDocument",),
    doc="The plan of communication that it is an act of (GR2.4).",
    field="planned_in",
    back="planned_communication",
    one=True,
)
ADDRESSED_TO = relation(
    "ADDRESSED_TO",
    owner=Process.RDM,
    sources=("CommunicationAction",),
    targets=("Person", "Group"),
    doc="Who is told.",
    field="addressed_to",
)
ADDRESSED_TO_CUSTOMER = relation(
    "ADDRESSED_TO_CUSTOMER",
    owner=Process.RDM,
    sources=("CommunicationAction",),
    targets=("Customer",),
    doc="A customer whose users are told.",
    field="addressed_customers",
)
ADDRESSED_TO_STAKEHOLDER = relation(
    "ADDRESSED_TO_STAKEHOLDER",
    owner=Process.RDM,
    sources=("CommunicationAction",),
    targets=("Stakeholder",),
    doc="A stakeholder; told is who answers for it.",
    field="addressed_stakeholders",
)
TELLS_USERS_OF = relation(
    "TELLS_USERS_OF",
    owner=Process.RDM,
    sources=("CommunicationAction",),
    targets=("Service",),
    doc="A service that the release reached as it was performed, whose users were told.",
    field="tells_users_of",
)


@record(
    owner=Process.RDM,
    prefix="TRN",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="training",
    columns=("status", "title", "audience", "due_at", "owner"),
)
class TrainingRecord(ProcessRecord):
    """Training of users or support staff for a release, planned and then performed (PR13.3)."""

    audience: Annotated[str, Doc("Who is trained.")] = ""
    due_at: Annotated[str | None, Indexed(), Doc("By when they are to be trained, UTC.")] = None
    performed_by: Annotated[str, Doc("Login of who says that they were trained.")] = ""
    note: Annotated[str, Doc("What was reported of it.")] = ""


TRAINS_FOR = relation(
    "TRAINS_FOR",
    owner=Process.RDM,
    sources=("TrainingRecord",),
    targets=("Release",),
    doc="The release that people are trained for.",
    field="trains_for",
    back="training",
    one=True,
)

# --- evaluation ----------------------------------------------------------------------------------


@record(owner=Process.RDM, prefix="DRV", asked=True)
class DeploymentReview(Record):
    """Whether a release, or one wave of it, was a success, as somebody found (PR13.6)."""

    success: Annotated[bool, Doc("It was one.")]
    findings: Annotated[str, Doc("What was found.")]
    reviewer: Annotated[str, Doc("Login of who held it.")]
    minutes: Annotated[int | None, Doc("How long it took; null: it was not deployed.")] = None
    incidents: Annotated[
        list[str] | None, Doc("Keys of incidents that began near it, in time and in the graph.")
    ] = None


EVALUATES = relation(
    "EVALUATES",
    owner=Process.RDM,
    sources=("DeploymentReview",),
    targets=("Release", "Deployment"),
    doc="What was reviewed.",
    field="evaluates",
    back="deployment_reviews",
    one=True,
)
