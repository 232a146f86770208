"""Verbs over the steps of incidents, service requests and changes, driven."""

from typing import Any

from fitsm_graph.chm import service as chm
from fitsm_graph.chm.classifying import ChangeType
from fitsm_graph.graph.verb import VERBS, Request
from fitsm_graph.handover import changes
from fitsm_graph.isrm import major, requests
from fitsm_graph.isrm.request_rules import OfferingStep, StepKind
from fitsm_graph.isrm.service import register_incident
from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.pm import known_errors
from fitsm_graph.pm import service as pm
from fitsm_graph.sms import roles

OTHER = Request(actor="other", via="test", reason="to see")


async def stepped(do: Any) -> None:
    """Steps begun, taken, set aside and refused; `other` is the account of `eve`."""
    for process in (Process.ISRM, Process.CHM):
        await do.act(roles.assign_role, RoleWord.PROCESS_MANAGER, "eve", process=process)
    await of_an_incident(do)
    await of_a_request(do)
    await of_a_change(do)
    for process in ("isrm", "chm"):
        await do.act(roles.end_role, f"process_manager/{process}", "eve")


async def of_an_incident(do: Any) -> None:
    problem = await do.act(pm.register_problem, "full again")
    known = await do.act(
        known_errors.register_known_error, problem["key"], workaround="rm -r", concerns=["host"]
    )
    await do.act(known_errors.name_known_error_steps, known["key"], "disk-full")
    key = (await do.act(register_incident, "no room left", [("host", "degraded")]))["key"]
    await do.act(VERBS["incident.begin"].run, key)
    await do.act(VERBS["incident.begin_steps"].run, key, "disk-full")
    await do.act(VERBS["incident.complete_step"].run, key, 1, note="logs")
    await do.act(VERBS["incident.skip_step"].run, key, 2, "it is a test", request=OTHER)
    await do.act(changes.raise_change_from_incident, key, [("host", "degraded")])
    await do.act(VERBS["incident.complete_step"].run, key, 4)
    await do.act(major.declare_major_incident, key, "ada", "nothing can be written")
    await do.act(VERBS["incident.refuse_step"].run, key, 7, "too long", request=OTHER)
    await do.act(major.stand_down_incident, key, "there is room")


async def of_a_request(do: Any) -> None:
    steps = [OfferingStep("the head agrees", StepKind.APPROVAL)]
    offering = await do.act(requests.register_request_offering, "a desk", "shop", steps=steps)
    await do.act(requests.describe_request_offering, offering["key"], step_list="new-account")
    await do.act(requests.describe_request_offering, offering["key"], steps=steps)
    key = (await do.act(requests.register_service_request, offering["key"]))["key"]
    await do.act(VERBS["service_request.refuse_step"].run, key, 1, "too dear", request=OTHER)
    await do.act(VERBS["service_request.begin_steps"].run, key, "new-account")
    await do.act(VERBS["service_request.skip_step"].run, key, 2, "he owns it", request=OTHER)


async def of_a_change(do: Any) -> None:
    key = (await do.act(chm.register_change, "a disk", [("host", "degraded")]))["key"]
    major = {"type": ChangeType.MAJOR, "override_reason": "the only one"}
    await do.act(chm.classify_change, key, **major)
    await do.act(VERBS["change.complete_step"].run, key, 5)
    await do.act(VERBS["change.complete_step"].run, key, 6)
    await do.act(VERBS["change.refuse_step"].run, key, 7, "nobody stands by", request=OTHER)
    await do.act(VERBS["change.complete_step"].run, key, 7, request=OTHER)
    await do.act(VERBS["change.skip_step"].run, key, 8, "they know", request=OTHER)
    await do.act(VERBS["change.begin_steps"].run, key, "emergency-change")
    await do.act(chm.classify_change, key)
    await do.act(chm.cancel_change, key, why="no disk")
