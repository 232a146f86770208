"""What is written about a service, and how it is reviewed with its customer (FitSM-3, PR14.1).

Both are records about one service: found from it, and kept by whoever owns it.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from e2e.calling import Caller, register, somebody
from e2e.desk import DAY, Desk, opened
from fitsm_graph.api.links import singular
from fitsm_graph.api.verbs import offered
from fitsm_graph.flow.records import snake
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.sms import accounts
from fitsm_graph.sms.due_rules import OF_A_SERVICE, DocumentKind, ReviewKind

pytestmark = pytest.mark.asyncio(loop_scope="session")
SETUP = Request(actor="setup", via="test")
DOCUMENT = """key title kindOfDocument ofProcess number status text authors approver nextReviewAt
  describes { key } revises { key } owner { key }"""
REVIEW = """key title kindOfReview ofProcess status dueAt findings decisions
  speaksOf { key } customer { key } owner { key } gaveRiseTo { key }"""
SUGGESTION = "key source timesSeen wouldImprove { key } aroseFrom { key }"
ABOUT = """query A($key: String!, $kinds: [String!]) { service(by: {key: $key}) {
  processRecords(kinds: $kinds) { nodes { key kind } } } }"""
WHO = "query W($of: ID!) { whoAnswers(of: $of) { by through parties { key } } }"


class Papers:
    """A desk where Olga owns the service mail, and Ada none."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.admin = desk, desk.caller
        self.olga = self.ada = desk.caller

    async def told(self, caller: Caller, verb: str, record: str, **given: Any) -> Any:
        """The payload of a mutation, also where it is refused at the door."""
        one = singular(offered()[snake(verb)].on)
        name = f"{verb[0].upper()}{verb[1:]}Input"
        document = f"""mutation A($i: {name}!) {{ {verb}(input: $i) {{
          ok errors {{ code message path }} {one} {{ {record} }} }} }}"""
        answer = await caller.told(document, i=given)
        if "errors" in answer:
            return {"ok": False, "errors": [answer["errors"][0]["extensions"]]}
        return {**answer["data"][verb], "record": answer["data"][verb][one]}

    async def done(self, caller: Caller, verb: str, record: str = "key", **given: Any) -> Any:
        told = await self.told(caller, verb, record, **given)
        assert told["ok"], (verb, told["errors"])
        return told["record"]

    async def refused(self, caller: Caller, verb: str, **given: Any) -> tuple[str, str]:
        """The code of an act that is not possible, and the input that is for; empty: none."""
        told = await self.told(caller, verb, "key", **given)
        assert not told["ok"], told
        (error,) = told["errors"]
        return error["code"], "/".join(map(str, error.get("path") or ()))

    async def described(self, caller: Caller | None = None, **given: Any) -> Any:
        said = {"title": "Mail", "kindOfDocument": "SERVICE_DESCRIPTION", "service": "mail"}
        said |= {"text": "Mail for everybody, day and night.", **given}
        who = caller or self.admin
        return await self.done(who, "registerManagementDocument", DOCUMENT, **said)

    async def planned(self, caller: Caller | None = None, **given: Any) -> Any:
        said = {"kindOfReview": "SERVICE_REVIEW", "service": "mail", "dueAt": self.soon(9)}
        return await self.done(caller or self.admin, "planReview", REVIEW, **{**said, **given})

    async def about(self, service: str, *kinds: str) -> list[str]:
        """Keys of the records about a service, as somebody finds them from there."""
        found = await self.admin.ask(ABOUT, key=service, kinds=list(kinds) or None)
        return [each["key"] for each in found["service"]["processRecords"]["nodes"]]

    async def where(self, kinds: str, where: str) -> list[str]:
        found = await self.admin.ask(f"{{ {kinds}(where: {where}) {{ nodes {{ key }} }} }}")
        return [each["key"] for each in found[kinds]["nodes"]]

    def soon(self, days: float) -> str:
        return to_text(self.desk.clock.now() + DAY * days)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def papers(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Papers]:
    async with opened(neo4j_endpoint, tmp_path_factory.mktemp("product")) as desk:
        made = Papers(desk)
        for login in ("olga", "ada"):
            setattr(made, login, await somebody(made.admin, login, "reader"))
            write = made.admin.product.graph.write
            await write(accounts.change_account, SETUP, login, person=login)
        yield made


# --- descriptions ---------------------------------------------------------------------------------


async def test_a_description_is_a_document_about_one_service(papers: Papers) -> None:
    """SMS.service_owner.4: it is found from the service, and by what it is about."""
    p = papers
    made = await p.described()
    assert made["describes"] == {"key": "mail"}
    assert (made["kindOfDocument"], made["ofProcess"]) == ("service_description", "")
    await register(p.admin, "forge", "Service")
    assert await p.about("forge") == []
    other = await p.described(title="Forge", service="forge")
    assert made["key"] in await p.about("mail", "ManagementDocument")
    assert await p.about("forge", "ManagementDocument") == [other["key"]] == await p.about("forge")
    forge = '{describes: {some: {key: {eq: "forge"}}}}'
    assert await p.where("managementDocuments", forge) == [other["key"]]
    by_id = (await p.admin.ask('{ service(by: {key: "forge"}) { id } }'))["service"]["id"]
    assert (await p.described(service=by_id))["describes"] == {"key": "forge"}


async def test_the_next_version_describes_the_same_service(papers: Papers) -> None:
    p = papers
    first = await p.described(title="What mail is")
    await p.done(p.olga, "approveManagementDocument", ref=first["key"])
    given = {"ref": first["key"], "why": "a second host", "text": "Mail on two hosts."}
    second = await p.done(p.olga, "reviseManagementDocument", DOCUMENT, **given)
    assert (second["describes"], second["number"]) == ({"key": "mail"}, 2)
    assert second["revises"] == {"key": first["key"]}
    assert {first["key"], second["key"]} <= set(await p.about("mail", "ManagementDocument"))
    in_force = await p.done(p.admin, "approveManagementDocument", DOCUMENT, ref=second["key"])
    assert in_force["nextReviewAt"] == p.soon(365), "as the rule says of descriptions"
    shown = await p.admin.ask(
        "query D($of: String!) { managementDocument(by: {key: $of}) { status closedAt } }",
        of=first["key"],
    )
    assert shown["managementDocument"]["status"] == "retired"


@pytest.mark.parametrize("kind", DocumentKind)
async def test_no_other_document_is_of_a_service(papers: Papers, kind: DocumentKind) -> None:
    p, verb = papers, "registerManagementDocument"
    given = {"title": "x", "kindOfDocument": kind.name, "text": "x"}
    if kind in OF_A_SERVICE:
        assert await p.refused(p.admin, verb, **given) == ("BAD_INPUT", "service")
        both = {**given, "service": "mail", "process": "CHM"}
        assert await p.refused(p.admin, verb, **both) == ("BAD_INPUT", "process")
        for nobody in ("no-such", "engine"):
            code, _ = await p.refused(p.admin, verb, **given, service=nobody)
            assert code == "NOT_FOUND"
    else:
        assert await p.refused(p.admin, verb, **given, service="mail") == ("BAD_INPUT", "service")
        assert (await p.done(p.admin, verb, DOCUMENT, **given))["describes"] is None


# --- reviews with a customer ----------------------------------------------------------------------


async def test_a_service_is_reviewed_with_its_customer(papers: Papers) -> None:
    """PR14.input.4: what was said is a record, and leads on to an improvement of the service."""
    p = papers
    made = await p.planned(customer="uni")
    assert (made["speaksOf"], made["customer"]) == ({"key": "mail"}, {"key": "uni"})
    assert (made["title"], made["ofProcess"], made["status"]) == ("Service review", "", "planned")
    await register(p.admin, "chat", "Service")
    alone = await p.planned(service="chat")
    assert (alone["speaksOf"], alone["customer"]) == ({"key": "chat"}, None)
    assert await p.about("chat", "Review") == [alone["key"]]
    uni = '{speaksOf: {some: {key: {eq: "mail"}}}, customer: {some: {key: {eq: "uni"}}}}'
    assert await p.where("reviews", uni) == [made["key"]]
    heard = await p.admin.ask('{ customer(by: {key: "uni"}) { feedback { key } } }')
    assert {"key": made["key"]} in heard["customer"]["feedback"]
    said = {"findings": ["too slow on Mondays"], "decisions": ["olga: a second host"]}
    held = await p.done(p.olga, "holdReview", REVIEW, ref=made["key"], attended=["uni"], **said)
    assert (held["status"], held["findings"]) == ("held", said["findings"])
    raised = await p.done(p.olga, "raiseSuggestionFromReview", SUGGESTION, origin=made["key"])
    assert raised["source"] == "service_review"
    assert raised["wouldImprove"] == [{"key": "mail"}], "the service that was looked at"
    assert raised["aroseFrom"] == [{"key": made["key"]}]
    again = await p.done(p.olga, "raiseSuggestionFromReview", SUGGESTION, origin=made["key"])
    assert (again["key"], again["timesSeen"]) == (raised["key"], 2)
    given = {"origin": made["key"], "title": "another engine", "wouldImprove": ["engine"]}
    named = await p.done(p.admin, "raiseSuggestionFromReview", SUGGESTION, **given)
    assert named["wouldImprove"] == [{"key": "engine"}], "as somebody says"
    await p.done(p.admin, "cancelReview", ref=alone["key"], why="no customer")


@pytest.mark.parametrize("kind", ReviewKind)
async def test_no_other_review_is_of_a_service(papers: Papers, kind: ReviewKind) -> None:
    p = papers
    given = {"kindOfReview": kind.name, "dueAt": p.soon(9)}
    of_mail, with_uni = {**given, "service": "mail"}, {**given, "customer": "uni"}
    if kind in OF_A_SERVICE:
        for lacking in (given, with_uni):
            assert await p.refused(p.admin, "planReview", **lacking) == ("BAD_INPUT", "service")
        both = {**of_mail, "process": "CHM"}
        assert await p.refused(p.admin, "planReview", **both) == ("BAD_INPUT", "process")
        for more in ({"service": "no-such"}, {"service": "mail", "customer": "no-such"}):
            code, _ = await p.refused(p.admin, "planReview", **given, **more)
            assert code == "NOT_FOUND"
    else:
        assert await p.refused(p.admin, "planReview", **of_mail) == ("BAD_INPUT", "service")
        assert await p.refused(p.admin, "planReview", **with_uni) == ("BAD_INPUT", "customer")


# --- who may, and who answers ---------------------------------------------------------------------


async def test_who_owns_a_service_keeps_its_papers_and_no_others(papers: Papers) -> None:
    p = papers
    own, plan = await p.described(p.olga), await p.planned(p.olga)
    assert own["authors"] == ["olga"]
    await p.done(p.olga, "describeManagementDocument", ref=own["key"], text="Mail, always.")
    code, _ = await p.refused(p.olga, "approveManagementDocument", ref=own["key"])
    assert code == "SEPARATION_OF_DUTIES"
    moved = {"ref": plan["key"], "why": "they are away", "dueAt": p.soon(20)}
    await p.done(p.olga, "moveReview", **moved)
    wiki, policy = await p.described(service="wiki"), {"kindOfDocument": "POLICY", "text": "x"}
    of_wiki = await p.planned(service="wiki")
    for verb, given in (
        ("describeManagementDocument", {"ref": wiki["key"], "text": "x"}),
        ("cancelReview", {"ref": of_wiki["key"], "why": "x"}),
        ("registerManagementDocument", {"title": "x", **policy}),
        ("planReview", {"kindOfReview": "AUDIT", "dueAt": p.soon(9)}),
        ("planReview", {"kindOfReview": "SERVICE_REVIEW", "service": "wiki", "dueAt": p.soon(9)}),
    ):
        assert (await p.refused(p.olga, verb, **given))[0] == "FORBIDDEN", verb
    assert (await p.refused(p.ada, "holdReview", ref=plan["key"], findings=["x"]))[0] == "FORBIDDEN"
    of_a_policy = {"title": "x", **policy, "service": "mail"}
    refused = await p.refused(p.olga, "registerManagementDocument", **of_a_policy)
    assert refused == ("BAD_INPUT", "service"), "by way of the service nothing else is written"


async def test_who_owns_the_service_answers_for_its_papers(papers: Papers) -> None:
    p = papers
    for made in (await p.described(), await p.planned()):
        told = (await p.admin.ask(WHO, of=made["key"]))["whoAnswers"]
        assert (told["by"], told["through"]) == ("service_owner", "mail")
        assert told["parties"] == [{"key": "olga"}]
