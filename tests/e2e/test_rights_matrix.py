"""Every role against every mutation, compared with a reading of the policy that shares no code.

The verbs' names come from the product; which process one belongs to is said here, by the payload.
"""

import re
from collections.abc import AsyncIterator, Iterator
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import pytest
import pytest_asyncio
import yaml
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    build_schema,
    is_required_input_field,
)

from e2e.calling import Caller, calling, emptied, somebody
from fitsm_graph import bootstrap
from fitsm_graph.api.verbs import offered
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.places import SCHEMA
from fitsm_graph.model.declare import Process
from fitsm_graph.model.principal import Held, Principal
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.sms import accounts
from fitsm_graph.sms.parties import join_group, register_group, register_person
from fitsm_graph.sms.roles import assign_role, end_role

pytestmark = pytest.mark.asyncio(loop_scope="session")
SYSTEM = Request(actor="system", via="test")
OF_PAYLOADS = {
    "isrm": "Incident ServiceRequest RequestOffering MajorIncidentReview",
    "pm": "Problem KnownError TrendReview TrendFinding ProblemCause ProblemOption Workaround",
    "confm": "Write Types Scope SyncRun Proposal Retirement Baseline Verification Deviation "
    "ConfigurationSource",
    "chm": "Change MaintenanceWindow ChangeTask StandardChange CABMeeting ChangeVariant",
    "rdm": "Release Deployment TestResult CommunicationAction TrainingRecord",
    "csi": "Suggestion Improvement ImprovementAction KPIValue",
    "sms": "Role Person Group Customer Policy Document ManagementDocument Stakeholder Review "
    "Nonconformity Complaint SatisfactionResult Goal Reminder Arrival",
}
RAISED_FROM = {
    "from_incident": "isrm",
    "from_service_request": "isrm",
    "from_major_incident": "isrm",
    "from_problem": "pm",
    "from_option": "pm",
    "from_deviation": "confm",
    "from_improvement": "csi",
    "from_change": "chm",
    "from_single_point": "csi",
}
"""Whose record another one is made of: whoever has the right there may hand over."""
WRITTEN_BY_HAND = {
    "registerElement": "element.register",
    "updateElement": "element.update",
    "relateElements": "element.relate",
    "unrelateElements": "element.unrelate",
    "retireElement": "element.retire",
    "assignOwner": "element.own",
}
ACCOUNTS = ("administrator", "editor", "process_manager", "auditor", "reader", "sync")
HOLDERS = (
    *((RoleWord.PROCESS_MANAGER, process) for process in list(Process)[:6]),
    *((RoleWord.PROCESS_STAFF, process) for process in (Process.ISRM, Process.CONFM, Process.CHM)),
    (RoleWord.PROCESS_OWNER, Process.CHM),
    (RoleWord.CAB_MEMBER, Process.CHM),
    (RoleWord.MAJOR_INCIDENT_COORDINATOR, Process.ISRM),
    (RoleWord.SMS_OWNER, None),
    (RoleWord.SMS_MANAGER, None),
    (RoleWord.SERVICE_OWNER, None),
)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def caller(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Caller]:
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("rights")) as made:
        await _estate(made)
        yield made


# --- every role × every mutation ------------------------------------------------------------------


@cache
def roles_of_the_policy() -> dict[str, Any]:
    """What the policy's text gives to roles; read once, and not for each of thousands of cases."""
    text = (SCHEMA / "policies" / "rights.yaml").read_text("utf-8")
    roles: dict[str, Any] = yaml.safe_load(text)["rights/default"]["roles"]
    return roles


def expected(word: str, process: str | None, verb: str, of: str, *, on_record: bool) -> bool:
    """Whether the policy's text gives a verb of a process to a role over a process."""
    given = roles_of_the_policy().get(word, {})
    processes = {of, RAISED_FROM.get(verb.partition(".")[2], of)}
    here = processes != {"sms"} if process is None else process in processes
    return (
        word == "administrator"
        or any(fnmatchcase(verb, each) for each in given.get("anywhere", ()))
        or (here and any(fnmatchcase(verb, each) for each in given.get("process", ())))
        or any(fnmatchcase(verb, each) for each in given.get("steps", ()))  # the verb looks further
        or (
            here and on_record and any(fnmatchcase(verb, each) for each in given.get("records", ()))
        )
    )


def mutations(schema: GraphQLSchema) -> Iterator[tuple[str, str, str, bool]]:
    """Mutations with their verb, the process that it belongs to, and whether it is on a record."""
    named = {_camel(name): each.name for name, each in offered().items()} | WRITTEN_BY_HAND
    assert schema.mutation_type is not None
    for name, field in schema.mutation_type.fields.items():
        if name in named:
            payload = str(field.type).strip("!").removesuffix("Payload")
            (of,) = (each for each, kinds in OF_PAYLOADS.items() if payload in kinds.split())
            yield name, named[name], of, name not in WRITTEN_BY_HAND


def _camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda found: found[1].upper(), name)


def anything(type: Any) -> Any:
    """Some value of an input type; only what is required of an object."""
    if isinstance(type, GraphQLNonNull):
        return anything(type.of_type)
    if isinstance(type, GraphQLList):
        return [anything(type.of_type)]
    if isinstance(type, GraphQLEnumType):
        return next(iter(type.values))
    if isinstance(type, GraphQLInputObjectType):
        fields = type.fields.items()
        return {name: anything(each.type) for name, each in fields if is_required_input_field(each)}
    return {"Int": 1, "Float": 1.5, "Boolean": True, "DateTime": "2027-01-01T00:00:00Z"}.get(
        type.name, "nothing"
    )


async def may(caller: Caller, principal: Principal, name: str, input: Any, of: str) -> bool:
    """Whether a mutation is not refused for want of a right."""
    document = (
        f"mutation M($input: {of}) {{ {name}(input: $input, dryRun: true) {{ __typename }} }}"
    )
    answer = await caller.product.api.execute(document, {"input": input}, principal)
    codes = [each["extensions"]["code"] for each in answer.get("errors") or ()]
    assert set(codes) <= {"FORBIDDEN"}, (name, answer)
    return not codes


async def test_every_role_may_do_what_the_policy_says_and_nothing_else(caller: Caller) -> None:
    schema = build_schema((SCHEMA / "schema.graphql").read_text("utf-8"))
    assert schema.mutation_type is not None
    asked = list(mutations(schema))
    assert len(asked) > 60
    somebodies = [
        *((word, None, Principal(word, frozenset({word}))) for word in ACCOUNTS),
        *(
            (word.value, process, Principal("held", frozenset(), held=(Held(word, process),)))
            for word, process in HOLDERS
        ),
    ]
    wrong = []
    for name, verb, of, on_record in asked:
        (argument, *_) = schema.mutation_type.fields[name].args.values()
        input = anything(argument.type)
        for word, process, principal in somebodies:
            told = await may(caller, principal, name, input, str(argument.type))
            over = process.value if process else (None if word in ACCOUNTS else "")
            if told != expected(word, over, verb, of, on_record=on_record):
                wrong.append((word, over, name, told))
    assert wrong == []


# --- what is one's own ----------------------------------------------------------------------------

RESOLVE = """mutation R($ref: ID!) { resolveIncident(input: { ref: $ref, resolution: "so" }) {
  ok errors { code } } }"""
COMMENT = 'mutation C($ref: ID!) { commentIncident(input: { ref: $ref, text: "x" }) { ok } }'
OWN = """mutation A($ref: ID!, $owner: ID!) {
  assignIncident(input: { ref: $ref, owner: $owner }) { ok } }"""
RENAME = """mutation U($ref: ID!) { updateElement(input: { ref: $ref, set: { name: "New" } }) {
  ok errors { code } } }"""


async def _person(caller: Caller, name: str) -> Caller:
    """A person with an account that may only read."""
    write = caller.product.graph.write
    await write(register_person, SYSTEM, name, known_as=name)
    client = await somebody(caller, name, "reader")
    await write(accounts.change_account, SYSTEM, name, person=name)
    return client


async def _estate(caller: Caller) -> None:
    for key in ("mail", "files"):
        given = {"kind": "Service", "key": key, "name": key}
        done = await caller.ask(
            """mutation R($kind: String!, $key: String!, $name: String!) {
            registerElement(input: { kind: $kind, key: $key, name: $name }) { ok } }""",
            **given,
        )
        assert done["registerElement"]["ok"]
    for number in range(4):
        done = await caller.ask(
            """mutation R($title: String!) { registerIncident(
            input: { title: $title, affects: [{ element: "mail" }] }) { ok } }""",
            title=f"slow {number}",
        )
        assert done["registerIncident"]["ok"]


async def test_who_owns_a_record_may_deal_with_it(caller: Caller) -> None:
    ada, bob = await _person(caller, "ada"), await _person(caller, "bob")
    write = caller.product.graph.write
    await write(register_group, SYSTEM, "Desk", known_as="desk")
    await write(join_group, SYSTEM, "bob", "desk")
    await caller.ask(OWN, ref="INC-000001", owner="ada")
    await caller.ask(OWN, ref="INC-000002", owner="desk")
    assert await ada.code(RESOLVE, ref="INC-000002") == "FORBIDDEN"
    assert await bob.code(RESOLVE, ref="INC-000001") == "FORBIDDEN"
    assert await bob.code(RESOLVE, ref="INC-000009") == "FORBIDDEN"  # not whether it is there
    assert (await ada.ask(RESOLVE, ref="INC-000001"))["resolveIncident"]["ok"]
    assert (await bob.ask(RESOLVE, ref="INC-000002"))["resolveIncident"]["ok"]  # by the group
    both = """mutation { a: commentIncident(input: {ref: "INC-000001", text: "x"}) { ok }
      b: commentIncident(input: {ref: "INC-000003", text: "x"}) { ok } }"""
    answer = await ada.told(both)
    assert [each["path"] for each in answer["errors"]] == [["b"]]


async def test_an_element_with_the_key_of_a_record_gives_no_right_on_it(caller: Caller) -> None:
    gil = await _person(caller, "gil")
    registered = """mutation R($key: String!) { registerElement(input: { kind: "CI",
      type: "Server", key: $key, name: "x", owner: "gil" }) { ok errors { message } } }"""
    made = (await caller.ask(registered, key="INC-000003"))["registerElement"]
    assert made["ok"], made
    assert await gil.code(RESOLVE, ref="INC-000003") == "FORBIDDEN"
    assert (await gil.ask(RENAME, ref="INC-000003"))["updateElement"]["ok"]  # the control


async def test_few_approve_another_table_of_rights(caller: Caller) -> None:
    draft = """mutation D($said: JSON!) { draftPolicy(input: { kind: "rights",
      name: "default", document: $said }) { ok errors { message } policy { key } } }"""
    approve = "mutation A($policy: ID!) { approvePolicy(input: { policy: $policy }) { ok } }"
    known = await caller.ask('{ policyInForce(kind: "rights", name: "default") { document } }')
    document = {**known["policyInForce"]["document"]}
    document["roles"] = {**document["roles"], "reader": {"anywhere": ["read", "ledger.read"]}}
    made = (await caller.ask(draft, said=document))["draftPolicy"]
    assert made["ok"], made
    manager = await somebody(caller, "hal", "process_manager")
    assert await manager.code(approve, policy=made["policy"]["key"]) == "FORBIDDEN"
    owner = await _person(caller, "ida")
    await caller.product.graph.write(assign_role, SYSTEM, RoleWord.SMS_OWNER, "ida")
    dry = approve.replace("policy: $policy })", "policy: $policy }, dryRun: true)")
    assert (await owner.ask(dry, policy=made["policy"]["key"]))["approvePolicy"]["ok"]


async def test_a_token_acts_for_the_person_only_if_it_says_so(caller: Caller) -> None:
    await _person(caller, "fay")
    await caller.ask(OWN, ref="INC-000004", owner="fay")
    token = await with_token(caller, "fay", ["reader"])
    assert await token.code(COMMENT, ref="INC-000004") == "FORBIDDEN"
    token = await with_token(caller, "fay", ["reader", "person"])
    assert (await token.ask(COMMENT, ref="INC-000004"))["commentIncident"]["ok"]


async def with_token(caller: Caller, login: str, scopes: list[str]) -> Caller:
    token = await bootstrap.new_token(caller.product, login, 1, scopes)
    return Caller(caller.product, caller.http, token.secret)


async def test_a_role_counts_while_it_is_held(caller: Caller) -> None:
    eve = await _person(caller, "eve")
    write = caller.product.graph.write
    assert await eve.code(RENAME, ref="mail") == "FORBIDDEN"
    role = await write(assign_role, SYSTEM, RoleWord.SERVICE_OWNER, "eve", service="mail")
    assert (await eve.ask(RENAME, ref="mail"))["updateElement"]["ok"]
    assert await eve.code(RENAME, ref="files") == "FORBIDDEN"
    await write(assign_role, SYSTEM, RoleWord.PROCESS_STAFF, "eve", process=Process.ISRM)
    assert (await eve.ask(COMMENT, ref="INC-000003"))["commentIncident"]["ok"]
    await write(end_role, SYSTEM, role.value["id"], "eve")
    assert await eve.code(RENAME, ref="mail") == "FORBIDDEN"


# --- what one governs -----------------------------------------------------------------------------

DRAFT = """mutation D($kind: String!, $name: String!, $said: JSON!) {
  draftPolicy(input: { kind: $kind, name: $name, document: $said }) {
    ok errors { message } policy { key } } }"""
APPROVE = """mutation A($key: ID!) { approvePolicy(input: { policy: $key }, dryRun: true) {
  ok errors { code } } }"""
NAME = """mutation N($role: RoleWord!, $process: Process) {
  assignRole(input: { role: $role, person: "jon", process: $process, replacing: true }) { ok } }"""
END = """mutation E($ref: ID!) { endRole(input: { ref: $ref, person: "jon" }) { ok } }"""


async def test_a_process_owner_decides_on_what_belongs_to_the_process(caller: Caller) -> None:
    write = caller.product.graph.write
    owner = await _person(caller, "zoe")
    await _person(caller, "jon")
    await write(assign_role, SYSTEM, RoleWord.PROCESS_OWNER, "zoe", process=Process.CHM)

    async def drafted(kind: str, name: str) -> str:
        known = await caller.ask(
            "query P($k: String!, $n: String!) { policyInForce(kind: $k, name: $n) { document } }",
            k=kind,
            n=name,
        )
        said = known["policyInForce"]["document"]
        made = (await caller.ask(DRAFT, kind=kind, name=name, said=said))["draftPolicy"]
        assert made["ok"], made
        return str(made["policy"]["key"])

    own = [("cab-rhythm", "default"), ("life", "Change"), ("kpi", "change_successful")]
    for kind, name in (*own, ("review-plan", "chm-records")):
        done = (await owner.ask(APPROVE, key=await drafted(kind, name)))["approvePolicy"]
        assert done["ok"], done
    for kind, name in (("life", "Problem"), ("due-rule", "default"), ("rights", "default")):
        assert await owner.code(APPROVE, key=await drafted(kind, name)) == "FORBIDDEN"
    assert await owner.code(APPROVE, key="no/such/1") == "FORBIDDEN"
    assert (await owner.ask(NAME, role="PROCESS_MANAGER", process="CHM"))["assignRole"]["ok"]
    assert await owner.code(END, ref="process_manager/pm") == "FORBIDDEN"
    assert (await owner.ask(END, ref="process_manager/chm"))["endRole"]["ok"]
    for role, process in (("PROCESS_OWNER", "CHM"), ("PROCESS_MANAGER", "PM"), ("SMS_OWNER", None)):
        assert await owner.code(NAME, role=role, process=process) == "FORBIDDEN"
    both = """mutation { a: assignRole(input: {role: CAB_MEMBER, person: "jon"}) { ok }
      b: assignRole(input: {role: PROCESS_STAFF, person: "jon", process: PM}) { ok } }"""
    assert [each["path"] for each in (await owner.told(both))["errors"]] == [["b"]]


async def test_documents_and_reviews_are_decided_on_where_they_belong(caller: Caller) -> None:
    owner = await _person(caller, "kim")
    write = caller.product.graph.write
    await write(assign_role, SYSTEM, RoleWord.PROCESS_OWNER, "kim", process=Process.PM)
    register = """mutation R($process: Process) { registerManagementDocument(input: {
      title: "x", kindOfDocument: PROCEDURE, text: "x", process: $process }) {
      ok managementDocument { key } } }"""
    approve = """mutation A($ref: ID!) { approveManagementDocument(input: { ref: $ref }) {
      ok errors { code } managementDocument { status approver } } }"""
    keys = []
    for process in ("PM", "CHM", None):
        made = (await caller.ask(register, process=process))["registerManagementDocument"]
        keys.append(made["managementDocument"]["key"])
    done = (await owner.ask(approve, ref=keys[0]))["approveManagementDocument"]
    assert done["managementDocument"] == {"status": "approved", "approver": "kim"}
    for key in keys[1:]:
        assert await owner.code(approve, ref=key) == "FORBIDDEN"
    plan = """mutation { planReview(input: { kindOfReview: PROCESS_REVIEW, process: CHM,
      dueAt: "2099-01-01T00:00:00Z" }) { ok review { key } } }"""
    hold = 'mutation H($ref: ID!) { holdReview(input: { ref: $ref, findings: ["x"] }) { ok } }'
    key = (await caller.ask(plan))["planReview"]["review"]["key"]
    assert await owner.code(hold, ref=key) == "FORBIDDEN"
    give = """mutation A($ref: ID!) { assignReview(input: { ref: $ref, owner: "kim" }) { ok } }"""
    assert (await caller.ask(give, ref=key))["assignReview"]["ok"]
    assert (await owner.ask(hold, ref=key))["holdReview"]["ok"], "it is kim's now"
