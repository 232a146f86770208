"""Verbs over service requests and what can be asked for (PR9.1, PR9.2)."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fitsm_graph.flow.lives import life_of, stepped
from fitsm_graph.flow.overriding import NO_OVERRIDE, Override, check_override
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import kept, titled, told
from fitsm_graph.flow.schemes import check_category
from fitsm_graph.flow.step_taking import complete_step
from fitsm_graph.flow.steps import Run, check_taken
from fitsm_graph.flow.weighing import MATRIX, in_force
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx, check_version, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact import effects
from fitsm_graph.isrm.cases import NOT_WAITING, allowed, case_of, changed, led, moved, new_case
from fitsm_graph.isrm.closing import closure_code as code_of
from fitsm_graph.isrm.request_rules import (
    REQUEST,
    OfferingStep,
    offered_steps,
    steps_for,
    weighed_request,
)
from fitsm_graph.kernel.errors import NotFound
from fitsm_graph.model.declare import Process
from fitsm_graph.model.isrm import OFFERS, REQUESTED_BY, REQUESTS

OFFERING = "RequestOffering"
AnOffering = Annotated[str, Of(OFFERING)]
ARequest = Annotated[str, Of(REQUEST)]


@verb("request_offering.register", room=Process.ISRM, requirement="PR9.2", on=OFFERING)
async def register_request_offering(
    tx: Tx,
    policies: Policies,
    title: str,
    service: Annotated[str, Of("Element")],
    *,
    steps: Sequence[OfferingStep] = (),
    step_list: str = "",
    description: str = "",
    impact: str = "",
    urgency: str = "",
    category: str = "",
) -> Properties:
    """Offer something that users can ask for, with the steps by which they get it (PR9.2).

    Args:
        tx: The transaction.
        policies: In force.
        title: What they get, in a line.
        service: Id or key of the service that it belongs to.
        steps: What is done, in order; 50 at most.
        step_list: Name of a step list instead, which is approved and can say more of its steps.
        description: What users should know.
        impact: Of its requests: a class of the matrix; the least when left out.
        urgency: Likewise.
        category: Class of its requests, by the scheme in force.

    Examples:
        fsg request-offering register "a mailbox" mail --steps "head agrees=approval"

    Raises:
        NotFound: There is no such service.
        BadInput: With what is wrong.
    """
    check_override(Override(impact, urgency, "offered"), in_force(policies, MATRIX))
    given = {"title": titled(title), "description": description}
    given |= offered_steps(policies, steps, step_list)
    rows = effects.seen(tx, await tx.rows("impact.elements_named", refs=[service]))
    named = [each for each in rows if "Service" in each["labels"]]
    if not named:
        raise NotFound(
            f"there is no service '{service}'", remedy="check the key", path=("service",)
        )
    begun = {"status": life_of(policies, OFFERING).initial, "impact": impact, "urgency": urgency}
    more = {"category": check_category(policies, category)}
    offering = tx.create(OFFERING, {**given, **begun, **more})
    tx.relate(OFFERS.type, offering["id"], str(named[0]["id"]))
    return offering


@verb("request_offering.describe", room=Process.ISRM, requirement="PR9.2", on=OFFERING)
async def describe_request_offering(
    tx: Tx,
    policies: Policies,
    ref: AnOffering,
    *,
    steps: Sequence[OfferingStep] = (),
    step_list: str = "",
    description: str = "",
    expected_version: int | None = None,
) -> Properties:
    """Say anew what users get and how; requests that are under way keep their steps (PR9.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the offering.
        steps: What is done, in order; as it was when left out.
        step_list: Name of a step list instead, likewise.
        description: What users should know; as it was when left out.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg request-offering describe OFR-000001 --description "of 50 GB"

    Raises:
        NotFound: There is no such offering.
        Refused: It is withdrawn.
        Conflict: VERSION_CONFLICT.
    """
    record = (await kept(tx, OFFERING, ref)).record
    check_version(record, expected_version)
    stepped(policies, OFFERING, record, "request_offering.describe")
    after: dict[str, Any] = {"description": description} if description else {}
    after |= offered_steps(policies, steps, step_list) if steps or step_list else {}
    return tx.update(OFFERING, record, after)


@verb("request_offering.withdraw", room=Process.ISRM, requirement="PR9.2", on=OFFERING)
async def withdraw_request_offering(tx: Tx, policies: Policies, ref: AnOffering) -> Properties:
    """Offer something no more; requests that are under way go on (PR9.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the offering.

    Examples:
        fsg request-offering withdraw OFR-000001

    Raises:
        NotFound: There is no such offering.
        Refused: It is withdrawn already.
    """
    record = (await kept(tx, OFFERING, ref)).record
    target = stepped(policies, OFFERING, record, "request_offering.withdraw")
    return tx.update(OFFERING, record, {"status": target, "closed_at": tx.at})


@verb("service_request.register", room=Process.ISRM, requirement="PR9.1", on=REQUEST)
async def register_service_request(
    tx: Tx,
    policies: Policies,
    offering: AnOffering,
    *,
    title: str = "",
    requester: Annotated[str, Of("Person")] = "",
    description: str = "",
    impact: str = "",
    urgency: str = "",
    override_reason: str = "",
) -> Properties:
    """Ask for something that is offered: classified, prioritised, with its steps (PR9.1).

    Args:
        tx: The transaction.
        policies: In force.
        offering: Id or key of what is asked for.
        title: What is asked for, in a line; that of the offering when left out.
        requester: Id or key of the person who asks for it.
        description: What is known.
        impact: Another class than that of the offering; needs a reason.
        urgency: Likewise.
        override_reason: Why impact or urgency is another.

    Examples:
        fsg service-request register OFR-000001 --requester ada

    Raises:
        NotFound: The offering or the person is not there.
        BadInput: With what is wrong.
        Refused: It is offered no more.
    """
    override = Override(impact, urgency, override_reason)
    given = {"description": description} | ({"title": titled(title)} if title else {})
    return await requested(tx, policies, offering, given, requester=requester, override=override)


async def requested(
    tx: Tx,
    policies: Policies,
    offering: str,
    described: Mapping[str, Any],
    *,
    requester: str = "",
    override: Override = NO_OVERRIDE,
) -> Properties:
    """A request with its steps, for what is offered, and who asks for it (PR9.1).

    Args:
        tx: The transaction.
        policies: In force.
        offering: Id or key of what is asked for.
        described: What is known; title and category are those of the offering when left out.
        requester: Id or key of the person who asks for it; empty: nobody is known.
        override: What a person decided of its classes.

    Raises:
        NotFound: The offering or the person is not there.
        BadInput: With what is wrong.
        Refused: It is offered no more.
    """
    rows = await tx.rows("isrm.offering_context", ref=offering, requester=requester)
    row = found(rows, "offering", offering)
    offered = row["offering"]
    stepped(policies, OFFERING, offered, "service_request.register")
    if requester and len(row["persons"]) != 1:
        said = f"there is no person '{requester}'"
        raise NotFound(said, remedy="check the id or key", path=("requester",))
    given = {"title": titled(offered["title"]), "category": offered.get("category", "")}
    given |= {**described, "registered_by": tx.actor}
    given |= weighed_request(policies, offered, row["service"], override)
    request = tx.create(REQUEST, new_case(policies, REQUEST, given, tx.at))
    tx.relate(REQUESTS.type, request["id"], offered["id"])
    for person in row["persons"]:
        tx.relate(REQUESTED_BY.type, request["id"], person)
    run = Run(tx, REQUEST, request)
    run.begin(*steps_for(policies, offered))
    return run.ruled(policies, category=request.get("category", ""))


@verb("service_request.classify", room=Process.ISRM, requirement="PR9.1", on=REQUEST)
async def classify_service_request(
    tx: Tx, policies: Policies, ref: ARequest, category: str, *, expected_version: int | None = None
) -> Properties:
    """Put an open request into another category of the scheme in force (PR9.1).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the request.
        category: Key of its class in the scheme.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg service-request classify SRQ-000001 account

    Raises:
        NotFound: There is no such request.
        BadInput: UNKNOWN_CATEGORY.
        Refused: It is over.
        Conflict: VERSION_CONFLICT.
    """
    case = await case_of(tx, REQUEST, ref)
    record = allowed(policies, case, "service_request.classify")
    check_version(record, expected_version)
    after = tx.update(REQUEST, record, {"category": check_category(policies, category)})
    return led(tx, policies, case, after)


@verb("service_request.prioritise", room=Process.ISRM, requirement="PR9.1", on=REQUEST)
async def prioritise_service_request(
    tx: Tx,
    policies: Policies,
    ref: ARequest,
    *,
    impact: str = "",
    urgency: str = "",
    override_reason: str = "",
    expected_version: int | None = None,
) -> Properties:
    """Weigh a request again with the time that is left, or decide otherwise with a reason (PR9.1).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the request.
        impact: Another class than that of the offering; needs a reason.
        urgency: Likewise; where neither is given, the offering decides from now on.
        override_reason: Why impact or urgency is another.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg service-request prioritise SRQ-000001

    Raises:
        NotFound: There is no such request.
        BadInput: A class is unknown, or the reason is missing.
        Refused: It is over.
        Conflict: VERSION_CONFLICT.
    """
    case = await case_of(tx, REQUEST, ref)
    check_version(allowed(policies, case, "service_request.prioritise"), expected_version)

    def left(after: Mapping[str, Any]) -> float | None:
        return case.left(policies, tx.at, after)

    override = Override(impact, urgency, override_reason)
    row = case.row
    after = weighed_request(policies, row["offering"], row["service"], override, left)
    return changed(tx, policies, case, after)


@verb(
    "service_request.complete_step",
    room=Process.ISRM,
    requirement="PR9.2",
    on=REQUEST,
    takes_step=True,
)
async def complete_request_step(
    tx: Tx, policies: Policies, ref: ARequest, number: int, *, note: str = ""
) -> Properties:
    """Say that a step of a request is done; who asked for it approves none of it (PR9.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the request.
        number: Of the step, from 1 on; they are taken in order.
        note: What there is to say of it.

    Examples:
        fsg service-request complete-step SRQ-000001 1

    Raises:
        NotFound: The request or the step is not there.
        Refused: SEPARATION_OF_DUTIES, NOT_YOUR_STEP, CHANGE_NOT_RAISED, STEP_DONE, STEPS_IN_ORDER,
            or it is over.
    """
    after = moved(tx, policies, await case_of(tx, REQUEST, ref), "service_request.complete_step")
    return await complete_step(tx, policies, REQUEST, ref, number, note=note, record=after)


@verb("service_request.fulfil", room=Process.ISRM, requirement="PR9.2", on=REQUEST)
async def fulfil_service_request(
    tx: Tx,
    policies: Policies,
    ref: ARequest,
    resolution: str,
    *,
    closure_code: str = "",
    expected_version: int | None = None,
) -> Properties:
    """Say that a request is fulfilled: its steps are done, and what was delivered (PR9.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the request.
        resolution: What was delivered.
        closure_code: How it ended: a code of the closure rules in force; the first when left out.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg service-request fulfil SRQ-000001 "the mailbox is there"

    Raises:
        NotFound: There is no such request.
        BadInput: UNKNOWN_CLOSURE_CODE.
        Refused: STEPS_OPEN, or it is over.
        Conflict: VERSION_CONFLICT.
    """
    said = told(resolution, "resolution", "say what was delivered", "PR9.2")
    case = await case_of(tx, REQUEST, ref)
    check_version(case.record, expected_version)
    ended = {"resolution": said, "closure_code": code_of(policies, closure_code), **NOT_WAITING}
    after = moved(tx, policies, case, "service_request.fulfil", **ended)
    check_taken(case.row["steps"], case.record["key"], "PR9.2")
    return after
