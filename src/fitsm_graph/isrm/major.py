"""Major incidents: declared by a person, coordinated by one, reviewed before they close (PR9.6)."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fitsm_graph.flow.lives import life_of, stepped
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import kept, titled, told
from fitsm_graph.flow.weighing import Behind
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx, check_version
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.isrm.cases import INCIDENT, Case, allowed, case_of, changed, led
from fitsm_graph.isrm.service import reassessed
from fitsm_graph.kernel.errors import NotFound, Refused
from fitsm_graph.model.declare import Process
from fitsm_graph.model.isrm import COORDINATED_BY, EXAMINES

AnIncident = Annotated[str, Of(INCIDENT)]
REVIEW = "MajorIncidentReview"
AReview = Annotated[str, Of(REVIEW)]


@verb("incident.declare_major", room=Process.ISRM, requirement="PR9.6", on=INCIDENT)
async def declare_major_incident(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    ref: AnIncident,
    coordinator: Annotated[str, Of("Person")],
    why: str,
) -> Properties:
    """Declare an incident a major one: it goes before everything, and somebody coordinates (PR9.6).

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what the affected elements do to services.
        ref: Id or key of the incident.
        coordinator: Id or key of the person who coordinates what is done.
        why: Why it is one: criteria that it meets, or what they do not see.

    Examples:
        fsg incident declare-major INC-000001 ada "mail is down for everybody"

    Raises:
        NotFound: The incident or the person is not there.
        Refused: MAJOR_ALREADY, or it is over.
    """
    said = told(why, "why", "say why it is a major one", "PR9.6")
    case = await case_of(tx, INCIDENT, ref)
    record = allowed(policies, case, "incident.declare_major")
    if case.is_major:
        raise Refused(
            f"{record['key']} is a major incident already",
            code="MAJOR_ALREADY",
            why=f"it was declared at {record['major_since']}",
            remedy="assign it or update users; `stand-down` ends it",
            requirement="PR9.6",
        )
    given = {"id": record["id"], "parties": [coordinator], "roles": [], "at": tx.at}
    around = await tx.one("flow.escalation_context", **given)
    _coordinate(tx, case, around, coordinator)
    now = {"major_since": tx.at, "major_reason": said, "stood_down_at": None}
    weighed = _weighed(tx, policies, reaching, case, major=True)
    return led(tx, policies, case, changed(tx, policies, case, {**weighed, **now}))


@verb("incident.stand_down", room=Process.ISRM, requirement="PR9.6", on=INCIDENT)
async def stand_down_incident(
    tx: Tx, policies: Policies, reaching: Reaches, ref: AnIncident, why: str
) -> Properties:
    """Say that an incident is no major one any more; what was declared stays known (PR9.6).

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what the affected elements do to services.
        ref: Id or key of the incident.
        why: Why the exceptional handling ends.

    Examples:
        fsg incident stand-down INC-000001 "mail is back, calendars follow"

    Raises:
        NotFound: There is no such incident.
        Refused: NOT_MAJOR, or it is over.
    """
    said = told(why, "why", "say why it ends", "PR9.6")
    case = await case_of(tx, INCIDENT, ref)
    record = allowed(policies, case, "incident.stand_down")
    if not case.is_major:
        raise Refused(
            f"{record['key']} is no major incident",
            code="NOT_MAJOR",
            why="nobody has declared it one, or it was stood down",
            remedy="nothing has to be done",
            requirement="PR9.6",
        )
    now = {"stood_down_at": tx.at, "major_reason": said}
    weighed = _weighed(tx, policies, reaching, case, major=False)
    return led(tx, policies, case, changed(tx, policies, case, {**weighed, **now}))


def _weighed(
    tx: Tx, policies: Policies, reaching: Reaches, case: Case, *, major: bool
) -> Mapping[str, Any]:
    """The incident weighed as a major one or not; who is behind it was counted before."""
    record = case.record
    reach = reaching.of(case.effects, record["key"])
    people = Behind(record.get("customers_reached") or 0, record.get("users_reached") or 0)
    return reassessed(tx, policies, case, reach, people, major=major)


def _coordinate(tx: Tx, case: Case, around: Properties, coordinator: str) -> None:
    found = [each["id"] for each in around["parties"] if each["is_person"]]
    if len(found) != 1:
        said = f"there is no person '{coordinator}'"
        raise NotFound(said, remedy="check the id or key, or register them", path=("coordinator",))
    (person,) = found
    for former in case.row["coordinators"]:
        if former["id"] != person:
            tx.unrelate(COORDINATED_BY.type, case.record["id"], former["id"], former["properties"])
    if person not in {each["id"] for each in case.row["coordinators"]}:
        tx.relate(COORDINATED_BY.type, case.record["id"], person)


# --- reviews -------------------------------------------------------------------------------------


@verb("major_incident_review.register", room=Process.ISRM, requirement="PR9.6", on=REVIEW)
async def register_major_incident_review(
    tx: Tx, policies: Policies, incident: AnIncident, *, title: str = "", description: str = ""
) -> Properties:
    """Begin the review of a major incident, which has to be done before that is closed (PR9.6).

    Args:
        tx: The transaction.
        policies: In force.
        incident: Id or key of the incident.
        title: What it is about, in a line; that of the incident when left out.
        description: What is known.

    Examples:
        fsg major-incident-review register INC-000001

    Raises:
        NotFound: There is no such incident.
        Refused: NOT_MAJOR, or it is over.
    """
    case = await case_of(tx, INCIDENT, incident)
    record = allowed(policies, case, "major_incident_review.register")
    if not record.get("major_since"):
        raise Refused(
            f"{record['key']} was no major incident",
            code="NOT_MAJOR",
            why="nobody has declared it one",
            remedy="comment on it, or register a problem",
            requirement="PR9.6",
        )
    given = {"title": titled(title or record["title"]), "description": description}
    review = tx.create(REVIEW, {**given, "status": life_of(policies, REVIEW).initial})
    tx.relate(EXAMINES.type, review["id"], record["id"])
    return review


@verb("major_incident_review.describe", room=Process.ISRM, requirement="PR9.6", on=REVIEW)
async def describe_major_incident_review(
    tx: Tx,
    policies: Policies,
    ref: AReview,
    findings: str,
    *,
    went_well: str = "",
    actions: Sequence[str] = (),
    expected_version: int | None = None,
) -> Properties:
    """Write down what a review of a major incident found, and what is to be done (PR9.6).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the review.
        findings: What happened, why, and what made it worse or longer.
        went_well: What is to be kept.
        actions: What is to be done, each in a line with who does it.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg major-incident-review describe MIR-000001 "the spare was off" --actions "ops: test it"

    Raises:
        NotFound: There is no such review.
        Refused: It is completed.
        Conflict: VERSION_CONFLICT.
    """
    said = told(findings, "findings", "say what was found", "PR9.6")
    record = (await kept(tx, REVIEW, ref)).record
    check_version(record, expected_version)
    stepped(policies, REVIEW, record, "major_incident_review.describe")
    todo = [told(each, "actions", "say what is to be done") for each in actions]
    more = {"findings": said, "went_well": went_well.strip(), "actions": todo}
    return tx.update(REVIEW, record, more)


@verb("major_incident_review.complete", room=Process.ISRM, requirement="PR9.6", on=REVIEW)
async def complete_major_incident_review(tx: Tx, policies: Policies, ref: AReview) -> Properties:
    """Say that the review of a major incident is done: its findings and actions stand (PR9.6).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the review.

    Examples:
        fsg major-incident-review complete MIR-000001

    Raises:
        NotFound: There is no such review.
        Refused: It has no findings or actions, or is completed.
    """
    record = (await kept(tx, REVIEW, ref)).record
    target = stepped(policies, REVIEW, record, "major_incident_review.complete")
    if not record.get("findings") or not record.get("actions"):
        raise Refused(
            f"{record['key']} says nothing yet",
            code="REVIEW_EMPTY",
            why="a review has findings, and actions that follow from them",
            remedy="`describe` it first",
            requirement="PR9.6",
        )
    return tx.update(REVIEW, record, {"status": target, "closed_at": tx.at})
