"""Steps over the API: a known error that leads to them, an offering, a change, a list of mine."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from e2e.calling import Caller
from e2e.desk import Desk, opened
from fitsm_graph import bootstrap
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request
from fitsm_graph.sms import accounts

PROGRESS = """stepLists stepsTotal stepsOpen steps { number stepKey stepKind title state role doneBy
    note obligatory holds }"""
MINE = "{ mySteps { total steps { record kind number title stepKind state role } } }"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desk(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    async with opened(neo4j_endpoint, tmp_path_factory.mktemp("product")) as made:
        yield made


async def person(desk: Desk, key: str, role: str = "editor") -> Caller:
    """A person of the desk with an account and a token of their own."""
    product = desk.caller.product
    login = f"{key}-{role}-{product.graph.clock.now():%f%S%M}"
    write, request = product.graph.write, Request(actor="test", via="test")
    known = await product.graph.rows("sms.account_context", login=login, sees=[], person="")
    if known[0]["account"] is None:
        await write(accounts.create_account, request, login, [role], "digest", person=key)
    token = await bootstrap.new_token(product, login, 1, [])
    return Caller(product, desk.caller.http, token.secret)


async def does(caller: Caller, verb: str, of: str, *, dry: bool = False, **given: Any) -> Any:
    """Run a mutation on a record; its payload."""
    name = f"{verb[0].upper()}{verb[1:]}Input"
    field = of[0].lower() + of[1:]
    progress = PROGRESS.replace("steps {", "steps: changeSteps {") if of == "Change" else PROGRESS
    shown = "key" if of in {"KnownError", "RequestOffering"} else f"key status {progress}"
    document = f"""mutation A($i: {name}!, $dry: Boolean!) {{ {verb}(input: $i, dryRun: $dry) {{
      ok errors {{ code requirement remedy }} {field} {{ {shown} }} }} }}"""
    return (await caller.ask(document, i=given, dry=dry))[verb]


async def done(caller: Caller, verb: str, of: str = "Incident", **given: Any) -> Any:
    told = await does(caller, verb, of, **given)
    assert told["ok"], told
    return told[of[0].lower() + of[1:]]


async def refused(caller: Caller, verb: str, of: str = "Incident", **given: Any) -> tuple[str, str]:
    told = await does(caller, verb, of, **given)
    assert not told["ok"]
    return told["errors"][0]["code"], told["errors"][0]["requirement"]


async def test_a_known_error_leads_to_its_steps(desk: Desk) -> None:
    await desk.sign_in()
    one = desk.caller
    problem = """mutation { registerProblem(input: {title: "full", investigates: ["store"]}) {
      problem { key } } }"""
    of = (await one.ask(problem))["registerProblem"]["problem"]["key"]
    given = {"problem": of, "workaround": "delete old logs"}
    known = (await done(one, "registerKnownError", "KnownError", **given))["key"]
    await done(one, "nameKnownErrorSteps", "KnownError", ref=known, stepList="disk-full")
    key = (await desk.new("store"))["key"]
    hints = """query H($of: ID!) { incidentHints(of: $of) { knownErrors { key stepList } } }"""
    (hint,) = (await one.ask(hints, of=key))["incidentHints"]["knownErrors"]
    assert hint == {"key": known, "stepList": "disk-full"}
    begun = {"ref": key, "stepList": hint["stepList"]}
    tried = await does(one, "beginIncidentSteps", "Incident", dry=True, **begun)
    assert tried["ok"]
    shown = await done(one, "beginIncidentSteps", **begun)
    assert (shown["stepLists"], shown["stepsTotal"]) == (["step-list/disk-full/1"], 4)
    assert [each["state"] for each in shown["steps"]] == ["open", "waiting", "waiting", "waiting"]
    assert await refused(one, "beginIncidentSteps", **begun) == ("STEPS_BEGUN", "PR9.2")
    wrong = {"ref": key, "stepList": "new-account"}
    assert (await refused(one, "beginIncidentSteps", **wrong))[0] == "STEP_LIST_OF_OTHERS"
    wrong = {"ref": key, "stepList": "nothing"}
    assert (await refused(one, "beginIncidentSteps", **wrong))[0] == "NO_POLICY_IN_FORCE"
    for number in (1, 2):
        await done(one, "completeIncidentStep", ref=key, number=number, note="so")
    skipped = await done(one, "skipIncidentStep", ref=key, number=3, why="large enough")
    assert (skipped["stepsOpen"], skipped["steps"][2]["note"]) == (1, "large enough")
    await desk.done("resolveIncident", ref=key, resolution="room again")
    closing = {"ref": key, "confirmed": True}
    assert await refused(one, "closeIncident", **closing) == ("STEPS_OPEN", "PR9.2")
    obligatory = {"ref": key, "number": 4, "why": "later"}
    assert (await refused(one, "skipIncidentStep", **obligatory))[0] == "STEP_OBLIGATORY"
    pia = await person(desk, "pia")
    assert (await done(pia, "skipIncidentStep", **obligatory))["stepsOpen"] == 0
    assert (await done(one, "closeIncident", **closing))["status"] == "closed"


async def test_an_offering_names_a_step_list(desk: Desk) -> None:
    await desk.sign_in()
    one = desk.caller
    given = {"title": "an account", "service": "mail", "stepList": "new-account"}
    offering = (await done(one, "registerRequestOffering", "RequestOffering", **given))["key"]
    of = "ServiceRequest"
    made = await done(one, "registerServiceRequest", of, offering=offering, requester="sam")
    key = made["key"]
    assert [(each["stepKey"], each["role"]) for each in made["steps"]] == [
        ("agree", "service_owner"),
        ("create", ""),
        ("hand-over", ""),
    ]
    step = {"ref": key, "number": 1}
    assert await refused(one, "completeRequestStep", of, **step) == ("NOT_YOUR_STEP", "PR9.2")
    olga = await person(desk, "olga")
    no = await done(olga, "refuseRequestStep", of, **step, why="he has one")
    assert (no["steps"][0]["state"], no["stepsOpen"]) == ("refused", 3)
    assert (await refused(one, "fulfilServiceRequest", of, ref=key, resolution="x"))[0] == (
        "STEPS_OPEN"
    )
    yes = await done(olga, "completeRequestStep", of, **step)
    assert (yes["status"], yes["steps"][0]["state"]) == ("in_progress", "done")
    for number in (2, 3):
        await done(one, "completeRequestStep", of, ref=key, number=number)
    await done(one, "fulfilServiceRequest", of, ref=key, resolution="he can sign in")


async def test_whom_a_step_names_takes_it_with_an_account_that_may_only_read(desk: Desk) -> None:
    await desk.sign_in()
    one, of = desk.caller, "ServiceRequest"
    given = {"title": "one to read", "service": "mail", "stepList": "new-account"}
    offering = (await done(one, "registerRequestOffering", "RequestOffering", **given))["key"]
    key = (await done(one, "registerServiceRequest", of, offering=offering))["key"]
    olga, ada, sam = [await person(desk, each, "reader") for each in ("olga", "ada", "sam")]
    agree, create = {"ref": key, "number": 1}, {"ref": key, "number": 2}
    assert (await refused(ada, "completeRequestStep", of, **agree))[0] == "NOT_YOUR_STEP"
    await done(olga, "refuseRequestStep", of, **agree, why="who is it for?")
    await done(olga, "completeRequestStep", of, **agree)
    for other in (olga, ada, sam):
        told = await refused(other, "completeRequestStep", of, **create)
        assert told[0] == "NOT_YOUR_STEP", "it names nobody, and they work for another process"
    told = await refused(olga, "skipRequestStep", of, **create, why="no need")
    assert told[0] == "STEP_OBLIGATORY"
    skipped = await done(sam, "skipRequestStep", of, **create, why="he has one from before")
    assert [each["state"] for each in skipped["steps"]] == ["done", "skipped", "open"]
    await done(one, "completeRequestStep", of, ref=key, number=3)


async def test_the_control_whom_no_step_names_does_nothing_else(desk: Desk) -> None:
    await desk.sign_in()
    olga = await person(desk, "olga", "reader")
    key = (await desk.new("engine"))["key"]
    for verb, given in (
        ("beginIncidentSteps", {"ref": key, "stepList": "disk-full"}),
        ("resolveIncident", {"ref": key, "resolution": "x"}),
    ):
        with pytest.raises(AssertionError, match="FORBIDDEN"):
            await does(olga, verb, "Incident", **given)


async def test_a_change_is_led_by_its_type(desk: Desk) -> None:
    await desk.sign_in()
    one, of = desk.caller, "Change"
    hit = [{"element": "store", "effect": "AT_RISK"}]
    made = await done(one, "registerChange", of, title="more disks", changes=hit)
    assert made["stepLists"] == ["step-list/normal-change/1"]
    given = {"type": "MAJOR", "overrideReason": "the exam week"}
    major = await done(one, "classifyChange", of, ref=made["key"], **given)
    assert major["stepLists"][-1] == "step-list/major-change/1"
    assert {each["state"] for each in major["steps"][:4]} == {"dropped"}
    number = major["steps"][4]["number"]
    after = await done(one, "completeChangeStep", of, ref=made["key"], number=number)
    assert (after["stepsTotal"], after["stepsOpen"]) == (5, 4)
    where = """{ changes(where: {stepsOpen: {eq: 4}, stepLists: {has: "step-list/major-change/1"}})
      { nodes { key } } }"""
    assert {"key": made["key"]} in (await one.ask(where))["changes"]["nodes"]
    page = """{ changeSteps(where: {state: {eq: "open"}}) { nodes { stepOfChange { key } } } }"""
    nodes = (await one.ask(page))["changeSteps"]["nodes"]
    assert {"stepOfChange": {"key": made["key"]}} in nodes


async def test_everybody_sees_the_steps_that_wait_for_them(desk: Desk) -> None:
    await desk.sign_in()
    one = desk.caller
    given = {"title": "one more", "service": "mail", "stepList": "new-account"}
    offering = (await done(one, "registerRequestOffering", "RequestOffering", **given))["key"]
    made = await done(one, "registerServiceRequest", "ServiceRequest", offering=offering)
    olga, ada = await person(desk, "olga"), await person(desk, "ada")
    mine = (await olga.ask(MINE))["mySteps"]["steps"]
    wanted = {"record": made["key"], "kind": "ServiceRequest", "number": 1, "stepKind": "approval"}
    wanted |= {"title": "The owner of the service agrees", "state": "open", "role": "service_owner"}
    assert wanted in mine
    for other in (ada, one):
        found = (await other.ask(MINE))["mySteps"]["steps"]
        assert made["key"] not in {each["record"] for each in found}
    await done(olga, "completeRequestStep", "ServiceRequest", ref=made["key"], number=1)
    assign = (
        'mutation A($ref: ID!) { assignServiceRequest(input: {ref: $ref, owner: "first"}) { ok } }'
    )
    assert (await one.ask(assign, ref=made["key"]))["assignServiceRequest"]["ok"]
    found = (await ada.ask(MINE))["mySteps"]["steps"]
    assert [each["number"] for each in found if each["record"] == made["key"]] == [2], "her group's"
    gone = {"ref": made["key"], "givenUpAs": "WITHDRAWN", "why": "no need"}
    await done(one, "rejectServiceRequest", "ServiceRequest", **gone)
    found = (await ada.ask(MINE))["mySteps"]["steps"]
    assert made["key"] not in {each["record"] for each in found}


async def test_a_major_incident_is_not_over_before_its_steps(desk: Desk) -> None:
    await desk.sign_in()
    one, key = desk.caller, (await desk.new("engine"))["key"]
    await done(one, "declareMajorIncident", ref=key, coordinator="ada", why="all is dark")
    shown = await done(one, "completeIncidentStep", ref=key, number=1)
    assert shown["stepLists"] == ["step-list/major-incident/1"]
    assert [each["state"] for each in shown["steps"]] == [
        *("done", "open", "open", "waiting", "waiting")
    ]
    down = await done(one, "standDownIncident", ref=key, why="there is light")
    assert (down["stepsTotal"], down["stepsOpen"]) == (1, 0)
