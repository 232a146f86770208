"""Documents of the processes: what each says, counted apart, and that it stays so (GR2.3)."""

import base64
import hashlib
import json
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from e2e.calling import Caller
from e2e.desk import agreed, opened
from e2e.told_documents import RECORD, Office, Said, begun, people, sign_in, story
from fitsm_graph.documents.kinds import FORMS
from fitsm_graph.flow.periods import Step, begin_of
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.kernel.cookies import SESSION_COOKIE
from fitsm_graph.model.sms_documents import DocumentWord
from fitsm_graph.sms import accounts
from fitsm_graph.sms.content import PIECE, packed, unpacked
from fitsm_graph.sms.issuing import Draft, Wanted, issue_document
from graph.syncing import run

pytestmark = pytest.mark.asyncio(loop_scope="session")
YEAR = {"since": "2026-01-01T00:00:00Z", "until": "2027-01-01T00:00:00Z"}
OF_ALL = tuple(
    each for each in FORMS.values() if not each.subject and each.word.value != "conformity_report"
)
"""Kinds about all there is; conformity, which takes longest, has its empty case elsewhere."""
SETUP = Request(actor="setup", via="test")
OF_PROCESSES = "Requirements of the processes"
HOSTILE = "<script>alert(1)</script>"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def office(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Office]:
    async with opened(neo4j_endpoint, tmp_path_factory.mktemp("product")) as desk:
        made = Office(desk)
        await begun(made)
        await people(made)
        for each in OF_ALL:
            made.empty[each.word.value] = await made.said(each.word.value, **period_of(each))
        await story(made)
        yield made


def period_of(form: Any) -> dict[str, str]:
    return YEAR if form.time == "period" else {}


async def counted(office: Office, question: str, **given: Any) -> list[Any]:
    """What the database itself says, in one row."""
    (row,) = await run(office.admin.product.graph, question, **given)
    return list(row)


# --- what they say -------------------------------------------------------------------------------


@pytest.mark.parametrize("form", OF_ALL, ids=lambda form: form.word.value)
async def test_where_nothing_happened_it_says_so(office: Office, form: Any) -> None:
    """Every kind about no single record is issued of nothing: all counts are 0, no rows."""
    said = office.empty[form.word.value]
    if form.word is DocumentWord.CONFORMITY_REPORT:
        checked = {each["requirement"]: each["checked"] for each in said.rows(OF_PROCESSES)}
        assert {checked[each] for each in ("PR9.1", "PR10.1", "PR12.1", "PR13.2")} == {0}
        return
    numbers = [each["value"] for part in said.parts.values() for each in part.get("facts", ())]
    assert set(numbers) <= {0, None}
    rows = [row for part in said.parts.values() for row in part.get("rows", ())]
    assert [row for row in rows if row.get("count") != 0] == []


async def test_the_known_errors_are_told_with_how_well_they_help(office: Office) -> None:
    """PR10.4."""
    said = await office.said("kedb")
    now = to_text(office.desk.clock.now())
    known, shown, tried, helped, verified, due = await counted(
        office,
        """MATCH (k:KnownError) WHERE k.closed_at IS NULL
        RETURN count(*), sum(COUNT { (k)<-[:WAS_SHOWN]-() }), sum(k.used), sum(k.helped),
               count(k.verified_at),
               sum(CASE WHEN k.review_due_at < $now THEN 1 ELSE 0 END)""",
        now=now,
    )
    facts, rows = said.facts("In all"), said.rows("Known errors")
    assert (facts["known_errors"], facts["verified"], facts["due"]) == (known, verified, due)
    assert (known >= 2, verified, due >= 1) == (True, 1, True)
    told = [sum(row[name] for row in rows) for name in ("shown", "tried", "helped")]
    assert told == [shown, tried, helped]
    assert facts["never_tried"] == len([row for row in rows if not row["tried"]]) == known - 1
    first = next(row for row in rows if row["key"] == office.keys["known"])
    assert (first["workaround"], first["concerns"]) == ("restart it", ["engine"])
    assert len(said.rows("Due for review")) == due
    (way,) = said.rows("Other workarounds")
    assert (way["key"], way["known_error"]) == (office.keys["way"], office.keys["known"])
    counts = (way["carried_out_by"], way["tried"], way["helped"], way["verified_at"])
    assert counts == ("users", 1, 0, None)
    names = ("others", "others_verified", "others_never", "others_due")
    assert tuple(facts[name] for name in names) == (1, 0, 0, 1)
    assert [row["key"] for row in said.rows("Other workarounds due for review")] == [way["key"]]


async def test_incidents_of_a_period_are_counted(office: Office) -> None:
    """PR9.5."""
    said = await office.said("incident_report", **YEAR)
    registered, resolved, reopened, major, left = await counted(
        office,
        """MATCH (i:Incident) WHERE i.created_at >= '2026' AND i.created_at < '2027'
        RETURN count(*), count(CASE WHEN i.status <> 'rejected' THEN i.resolved_at END),
               sum(CASE WHEN i.reopened > 0 THEN 1 ELSE 0 END), count(i.major_since),
               sum(CASE WHEN i.resolved_at IS NULL THEN 1 ELSE 0 END)""",
    )
    facts = said.facts("The period")
    told = [facts[name] for name in ("registered", "resolved", "reopened", "major", "backlog")]
    assert told == [registered, resolved, reopened, major, left]
    assert (registered, resolved, major) == (3, 2, 1)
    assert facts["resolution_met"] + facts["resolution_broken"] == resolved
    assert [each["key"] for each in said.rows("Major incidents")] == [office.keys["major"]]
    assert [each["key"] for each in said.rows("Oldest open incidents")] == [office.keys["open"]]
    by_service = {each["name"]: each["registered"] for each in said.rows("By service")}
    assert by_service["mail"] == 2
    assert sum(each["count"] for each in said.rows("Backlog by age")) == left


async def test_a_major_incident_is_told_from_its_beginning_to_its_review(office: Office) -> None:
    """PR9.6."""
    said = await office.said("major_incident_review", about=office.keys["major"])
    escalations, comments, parts = await counted(
        office,
        """MATCH (i:Incident {key: $key})
        RETURN COUNT { (i)<-[:ESCALATES]-() }, COUNT { (i)<-[:ABOUT]-() },
               COUNT { (i)<-[:CHILD_OF]-() }""",
        key=office.keys["major"],
    )
    assert len(said.rows("Escalations")) == escalations > 0
    assert len(said.rows("What was said and done")) == comments > 0
    assert len(said.rows("Further reports of it")) == parts == 1
    assert said.facts("The incident")["coordinator"] == "ada"
    assert said.facts("Whom it reached")["users"] == 900
    assert said.facts("Cause and resolution")["caused_in"] == ["engine"]
    (review,) = said.rows("Reviews")
    assert (review["findings"], review["actions"]) == (
        "nobody watched its memory",
        ["developers: watch it"],
    )


async def test_a_verification_is_told_with_its_sample(office: Office) -> None:
    """PR11.5."""
    said = await office.said("verification_report", about=office.keys["verification"])
    sampled, attested, deviations = await counted(
        office,
        """MATCH (v:Verification {key: $key})
        RETURN COUNT { (v)-[:VERIFIES]->() },
               COUNT { (v)-[r:VERIFIES]->() WHERE r.attested IS NOT NULL },
               COUNT { (v)<-[:FOUND_BY]-(:Deviation) }""",
        key=office.keys["verification"],
    )
    facts = said.facts("The sample")
    assert (facts["sampled"], facts["examined"]) == (sampled, attested)
    assert facts["deviating"] == deviations == len(said.rows("Deviations")) == 1
    told = {each["key"]: each["attested"] for each in said.rows("Elements of the sample")}
    assert told == {"engine": "as_recorded", "store": "differs"}


async def test_the_schedule_has_what_is_to_come_with_what_it_reaches(office: Office) -> None:
    """PR12.6: changes with window, services, votes; releases; freezes in force."""
    rule = {
        "effect": "freeze",
        "zone": "Europe/Lisbon",
        "periods": [{"from": "2026-12-19T00:00", "until": "2027-01-04T06:00", "why": "Year end."}],
        "types": ["normal", "major"],
    }
    await agreed(office.admin.product, "change-window", "year-end", rule)
    await sign_in(office)
    now = office.then
    window = {"since": to_text(now), "until": to_text(now + timedelta(days=90))}
    said = await office.said("schedule_of_changes", **window)
    (planned,) = await counted(
        office,
        """MATCH (c:Change) WHERE c.planned_ends_at > $now AND c.planned_starts_at < $until
        AND c.approved_at IS NOT NULL RETURN collect(c.key)""",
        now=to_text(now),
        until=to_text(now + timedelta(days=90)),
    )
    rows = {each["key"]: each for each in said.rows("Changes")}
    assert set(rows) == set(planned) >= {office.keys["ahead"], office.keys["included"]}
    ahead = rows[office.keys["ahead"]]
    assert (ahead["alters"], ahead["services"]) == (["engine"], ["mail"])
    assert ahead["votes"] == ["ann: approved (tell users)"]
    assert [each["key"] for each in said.rows("Releases")] == [office.keys["release"]]
    (freeze,) = said.rows("Freezes")
    assert (freeze["name"], freeze["types"]) == ("year-end", ["normal", "major"])
    assert freeze["periods"] == ["2026-12-19T00:00 – 2027-01-04T06:00: Year end."]


async def test_the_schedule_shows_what_was_done_as_well(office: Office) -> None:
    """PR12.6: forward and past."""
    said = await office.said("schedule_of_changes", **YEAR)
    assert office.keys["done"] in [each["key"] for each in said.rows("Changes")]


async def test_standard_changes_are_listed_with_how_often_they_failed(office: Office) -> None:
    """PR12.2."""
    said = await office.said("standard_changes")
    listed, used = await counted(
        office,
        "MATCH (s:StandardChange) WHERE s.closed_at IS NULL RETURN count(*), sum(s.used)",
    )
    rows = said.rows("Standard changes")
    assert said.facts("In all") == {"standard_changes": listed, "approved": 1}
    assert (sum(each["used"] for each in rows), len(rows)) == (used, listed)
    assert (rows[0]["steps"], rows[0]["approver"]) == (["take it out", "put it in"], "ann")


async def test_a_change_is_looked_at_after_it(office: Office) -> None:
    """PR12.5: planned and done, outcome, incidents caused, findings."""
    said = await office.said("post_implementation_review", about=office.keys["done"])
    planned, began, ended, outcome = await counted(
        office,
        """MATCH (c:Change {key: $key})
        RETURN c.planned_starts_at, c.starts_at, c.ends_at, c.outcome""",
        key=office.keys["done"],
    )
    times = said.facts("Planned, and done")
    assert [times[name] for name in ("planned_from", "began_at", "ended_at")] == [
        *(planned, began, ended)
    ]
    assert said.facts("Outcome")["outcome"] == outcome == "successful"
    (review,) = [each for each in said.rows("Reviews") if each["done_at"]]
    assert (review["findings"], review["aim_met"]) == ("as planned", True)
    assert said.rows("Incidents caused") == []


async def test_a_release_is_told_with_changes_waves_and_criteria(office: Office) -> None:
    """PR13.6."""
    said = await office.said("release_report", about=office.keys["release"])
    waves, criteria = await counted(
        office,
        """MATCH (r:Release {key: $key})
        RETURN COUNT { (r)<-[:WAVE_OF]-() }, COUNT { (r)<-[:CRITERION_OF]-() }""",
        key=office.keys["release"],
    )
    assert said.facts("Planned, and done")["waves"] == waves == len(said.rows("Waves"))
    assert len(said.rows("Acceptance criteria")) == criteria > 0
    assert [each["key"] for each in said.rows("Changes")] == [office.keys["included"]]
    assert [each["key"] for each in said.rows("Left out")] == [office.keys["left_out"]]


async def test_improvements_are_told_with_what_is_overdue(office: Office) -> None:
    """PR14.3."""
    said = await office.said("improvement_register")
    suggestions, improvements, overdue = await counted(
        office,
        """RETURN COUNT { (s:Suggestion) WHERE s.closed_at IS NULL }, COUNT { (:Improvement) },
        COUNT { (a:ImprovementAction) WHERE a.closed_at IS NULL AND a.due_at < $now }""",
        now=to_text(office.desk.clock.now()),
    )
    facts = said.facts("In all")
    told = facts["suggestions"], facts["improvements"], facts["overdue"]
    assert told == (suggestions, improvements, overdue) == (1, 1, 1)
    (action,) = said.rows("Actions")
    assert action["improvement"] == office.keys["improvement"]
    assert [each["key"] for each in said.rows("Overdue actions")] == [action["key"]]


async def test_conformity_is_told_for_every_requirement(office: Office) -> None:
    """PR14.1."""
    said = await office.said("conformity_report", **YEAR)
    rows = said.rows(OF_PROCESSES)
    assert len(rows) == 30
    (problems,) = await counted(office, "MATCH (p:Problem) RETURN count(*)")
    assert problems > 0
    failing = sum(each["checked"] - each["conforming"] for each in rows)
    told = {(each["requirement"], each["key"]) for each in said.rows("What does not conform")}
    assert len(told) == failing > 0
    assert {each["process"] for each in said.rows("Processes")} >= {"isrm", "chm"}


# --- that it stays so ----------------------------------------------------------------------------


async def test_what_was_issued_is_never_changed(office: Office) -> None:
    """GR2.3: records go on, and the next version tells so."""
    first = await office.issued("kedb", to=["ada", "first", "ada"])
    before = await office.content(first["key"])
    assert hashlib.sha256(before["text"].encode()).hexdigest() == first["digest"]
    assert json.loads(before["text"]) == before["content"]
    assert [each["key"] for each in first["distribution"]] == ["ada", "first"]
    assert first["entry"] == first["entryUntil"]
    made = await office.done(office.admin, "registerKnownError", problem=office.keys["problem"],
                             workaround="hope", title=HOSTILE)  # fmt: skip
    second = await office.issued("kedb")
    after = await office.content(first["key"])
    assert {**after, "html": ""} == {**before, "html": ""}
    mark = '  <p class="standing">Superseded: there is a later version.</p>\n'
    assert after["html"].replace(mark, "") == before["html"]
    assert (second["number"], second["series"]) == (first["number"] + 1, first["series"])
    assert second["supersedes"] == {"key": first["key"]}
    again = await office.admin.ask(f'{{ document(by: {{key: "{first["key"]}"}}) {{ status }} }}')
    assert again["document"] == {"status": "superseded"}
    rows = Said((await office.content(second["key"]))["content"]).rows("Known errors")
    assert made["key"] in [each["key"] for each in rows]
    await office.done(office.admin, "retireKnownError", ref=made["key"])


async def test_words_of_people_are_no_markup(office: Office) -> None:
    made = await office.issued("kedb", title=f"{HOSTILE}\u202etfel")
    page = (await office.content(made["key"]))["html"]
    assert "<b>2nd</b>" not in page
    assert "&lt;b&gt;2nd&lt;/b&gt;" in page
    assert HOSTILE not in page
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "\u202e" not in page
    assert page.count("<h1>") == page.count("<main>") == 1
    assert page.count("<h2 ") == page.count("<section ")
    assert page.count('<th scope="row">') > 0


async def test_some_are_proposed_until_somebody_else_approves(office: Office) -> None:
    """GR2.4: the one that is in force stays until then."""
    old = await office.issued("standard_changes")
    assert (old["status"], old["approver"]) == ("proposed", "")
    assert await office.code(office.admin, "approveDocument", ref=old["key"]) == "SELF_APPROVAL"
    await office.done(office.ann, "approveDocument", ref=old["key"])
    new = await office.issued("standard_changes")
    found = "{ document(by: {key: KEY}) { status approver } }"
    told = await office.admin.ask(found.replace("KEY", f'"{old["key"]}"'))
    assert told["document"] == {"status": "issued", "approver": "ann"}
    await office.done(office.ann, "approveDocument", ref=new["key"])
    told = await office.admin.ask(found.replace("KEY", f'"{old["key"]}"'))
    assert told["document"]["status"] == "superseded"
    assert await office.code(office.ann, "approveDocument", ref=new["key"]) == "DOCUMENT_SETTLED"


async def test_one_that_was_wrong_is_taken_back_and_says_so(office: Office) -> None:
    made = await office.issued("improvement_register")
    given = {"ref": made["key"], "why": "the <i>figures</i>"}
    assert await office.code(office.admin, "withdrawDocument", **{**given, "why": " "}) == (
        "BAD_INPUT"
    )
    gone = await office.done(office.admin, "withdrawDocument", RECORD, **given)
    assert (gone["status"], gone["withdrawnBy"]) == ("withdrawn", "admin")
    assert await office.code(office.admin, "withdrawDocument", **given) == "DOCUMENT_SETTLED"
    page = (await office.content(made["key"]))["html"]
    assert "the &lt;i&gt;figures&lt;/i&gt;" in page
    later = await office.issued("improvement_register")
    assert (later["number"], later["supersedes"]) == (made["number"] + 1, None)


async def test_a_content_that_was_changed_is_not_shown(office: Office) -> None:
    made = await office.issued("kedb")
    graph, key = office.admin.product.graph, made["key"]
    (kept,) = await counted(
        office, "MATCH (p:DocumentPart {key: $key}) RETURN p.text", key=f"{key}/1"
    )
    said = unpacked([kept], made["digest"], made["size"])
    other = packed({**json.loads(said), "title": "nothing is wrong"})
    question = f'{{ documentContent(of: "{key}") {{ text }} }}'
    put = "MATCH (p:DocumentPart {key: $key}) SET p.text = $said RETURN 1"
    for text in (*other.parts, kept[:-8], "%%", ""):
        await run(graph, put, key=f"{key}/1", said=text)
        assert await office.admin.code(question) == "DOCUMENT_DAMAGED"
    await run(graph, put, key=f"{key}/1", said=kept)
    assert (await office.admin.ask(question))["documentContent"]["text"].encode() == said


async def test_a_large_content_makes_no_heavy_entry(office: Office) -> None:
    """Pieces are records: the entry keeps their ids, and what is incompressible comes back."""
    graph = office.admin.product.graph
    noise = base64.b64encode(random.Random(1).randbytes(1_500_000)).decode()
    content = packed({"title": "x", "sections": [], "noise": noise})
    draft = Draft(
        *(Wanted(DocumentWord.KEDB), "x", "test/large", "", False, None, None),
        *(1, 1, to_text(office.desk.clock.now()), None, content),
    )
    done = await graph.write(issue_document, SETUP, draft, DocumentWord.KEDB)
    assert done.value["parts"] == len(content.parts) > 5
    assert max(map(len, content.parts)) == PIECE
    (entry,) = await counted(
        office, "MATCH (e:LedgerEntry {seq: $seq}) RETURN properties(e)", seq=done.seq
    )
    assert sum(len(str(each)) for each in entry.values()) < 5_000
    question = f'{{ documentContent(of: "{done.value["key"]}") {{ text }} }}'
    text = (await office.admin.ask(question))["documentContent"]["text"]
    assert hashlib.sha256(text.encode()).hexdigest() == content.digest


async def test_pieces_are_not_told_as_news(office: Office) -> None:
    """They are large, and say nothing one by one; that they were made is told."""
    asked = """mutation { issueDocument(input: {kind: KEDB}) {
      ok changes { kind after } document { createdAt } } }"""
    office.passes(seconds=1)
    told = (await office.admin.ask(asked))["issueDocument"]
    (part,) = [each for each in told["changes"] if each["kind"] == "DocumentPart"]
    assert part["after"]["text"] == "(withheld)"
    entries = """query E($at: DateTime!) { ledgerEntries(since: $at) { changes { kind after } } }"""
    at = to_text(office.desk.clock.now() - timedelta(seconds=1))
    news = (await office.admin.ask(entries, at=at))["ledgerEntries"]
    parts = [
        one["after"]["text"]
        for each in news
        for one in each["changes"]
        if one["kind"] == "DocumentPart"
    ]
    assert set(parts) == {"(withheld)"}


async def test_a_dry_run_keeps_nothing_and_a_repeat_makes_no_second(office: Office) -> None:
    ask = office.admin.ask
    document = """mutation I($dry: Boolean!, $key: String!) {
      issueDocument(input: {kind: KEDB}, dryRun: $dry, idempotencyKey: $key) {
        ok replayed document { key number status } } }"""
    count = "MATCH (d:Document) RETURN count(*)"
    before = await counted(office, count)
    dry = (await ask(document, dry=True, key=""))["issueDocument"]
    assert (dry["ok"], dry["document"]["status"]) == (True, "issued")
    assert await counted(office, count) == before
    first = (await ask(document, dry=False, key="once"))["issueDocument"]
    again = (await ask(document, dry=False, key="once"))["issueDocument"]
    assert (again["replayed"], again["document"]) == (True, first["document"])


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"kind": "KEDB", "about": "INC-000001"}, "BAD_INPUT"),
        ({"kind": "KEDB", "since": "2026-01-01T00:00:00Z"}, "BAD_INPUT"),
        ({"kind": "INCIDENT_REPORT"}, "BAD_INPUT"),
        ({"kind": "INCIDENT_REPORT", "since": YEAR["until"], "until": YEAR["since"]}, "BAD_INPUT"),
        ({"kind": "MAJOR_INCIDENT_REVIEW"}, "BAD_INPUT"),
        ({"kind": "MAJOR_INCIDENT_REVIEW", "about": "INC-000002"}, "NOTHING_TO_REPORT"),
        ({"kind": "MAJOR_INCIDENT_REVIEW", "about": "CHG-000001"}, "NOT_FOUND"),
        ({"kind": "POST_IMPLEMENTATION_REVIEW", "about": "CHG-000002"}, "NOTHING_TO_REPORT"),
        ({"kind": "RELEASE_REPORT", "about": "REL-000099"}, "NOT_FOUND"),
        ({"kind": "VERIFICATION_REPORT", "about": "VER-000099"}, "NOT_FOUND"),
        ({"kind": "KEDB", "to": ["nobody"]}, "NOT_FOUND"),
        ({"kind": "KEDB", "title": "x" * 201}, "BAD_INPUT"),
    ],
)
async def test_what_makes_no_document_is_refused(
    office: Office, given: dict[str, Any], code: str
) -> None:
    assert await office.code(office.admin, "issueDocument", **given) == code


async def test_a_record_is_named_by_its_id_as_well(office: Office) -> None:
    asked = f'{{ release(by: {{key: "{office.keys["release"]}"}}) {{ id }} }}'
    found = (await office.admin.ask(asked))["release"]["id"]
    by_id = await office.issued("release_report", about=found)
    by_key = await office.issued("release_report", about=office.keys["release"])
    assert by_key["series"] == by_id["series"]
    assert by_id["title"] == f"Release report: {office.keys['release']}"
    back = await office.admin.ask(f'{{ release(by: {{id: "{found}"}}) {{ documents {{ key }} }} }}')
    assert {"key": by_id["key"]} in back["release"]["documents"]


# --- who may read --------------------------------------------------------------------------------


async def test_it_is_read_by_whoever_sees_as_much(office: Office) -> None:
    """What is hidden from Lea is in none of hers; what others see is not shown to her."""
    whole = await office.issued("kedb")
    part = await office.issued("kedb", office.lea)
    assert whole["sees"] is None
    assert "Server" in part["sees"]
    assert "Application" not in part["sees"]
    assert part["series"] != whole["series"], "it supersedes none that tells of everything"
    question = "query C($of: ID!) { documentContent(of: $of) { text html } }"
    assert "engine" in (await office.content(whole["key"]))["text"]
    assert "engine" not in (await office.content(part["key"], office.lea))["text"]
    assert "engine" not in (await office.content(part["key"]))["html"]
    assert await office.lea.code(question, of=whole["key"]) == "DOCUMENT_LIMITED"
    proposed = await office.issued("standard_changes")
    approve = f'mutation {{ approveDocument(input: {{ref: "{proposed["key"]}"}}) {{ ok }} }}'
    assert await office.lea.code(approve) == "DOCUMENT_LIMITED"
    counts_all = """mutation { issueDocument(input: {kind: CONFORMITY_REPORT,
      since: "2026-01-01T00:00:00Z", until: "2027-01-01T00:00:00Z"}) { ok } }"""
    assert await office.lea.code(counts_all) == "FORBIDDEN"


async def test_who_may_not_issue_reads_all_the_same(office: Office) -> None:
    asked = "mutation { issueDocument(input: {kind: KEDB}) { ok } }"
    assert await office.eve.code(asked) == "FORBIDDEN"
    made = await office.issued("kedb")
    assert (await office.content(made["key"], office.eve))["key"] == made["key"]


# --- over HTTP -----------------------------------------------------------------------------------


async def get(caller: Caller, path: str, **headers: str) -> httpx.Response:
    return await caller.http.get(path, headers=caller.signed(**headers))


async def test_pages_and_files_have_addresses(office: Office) -> None:
    made = await office.issued("kedb")
    path, signed = f"/documents/{made['key']}", office.admin
    page = await get(signed, f"{path}.html")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = page.headers["content-security-policy"]
    sheet = page.text[page.text.index("<style>") + 7 : page.text.index("</style>")]
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'")
    assert "frame-ancestors 'none'" in policy
    assert page.headers["content-disposition"] == f'inline; filename="{made["key"]}.html"'
    assert not [word for word in ("http:", "https:", "src=", "url(") if word in page.text]
    same = await get(signed, f"{path}.html", if_none_match=page.headers["etag"])
    assert (same.status_code, same.content) == (304, b"")
    await office.done(office.admin, "withdrawDocument", ref=made["key"], why="x")
    later = await get(signed, f"{path}.html", if_none_match=page.headers["etag"])
    assert later.status_code == 200, "the page says that it was withdrawn"
    file = await get(signed, f"{path}.json")
    assert hashlib.sha256(file.content).hexdigest() == made["digest"]
    assert file.headers["content-disposition"].startswith("attachment;")
    head = await signed.http.head(f"{path}.json", headers=signed.signed())
    assert (head.status_code, head.content) == (200, b"")


async def test_nobody_else_is_answered(office: Office) -> None:
    made = await office.issued("kedb")
    path, http = f"/documents/{made['key']}.html", office.admin.http
    assert (await http.get(path)).status_code == 401
    assert (await http.get(f"{path}?t={office.admin.token}")).status_code == 401
    assert (await http.post(path, headers=office.admin.signed())).status_code == 405
    limited = await get(office.lea, path)
    assert limited.status_code == 403
    assert limited.json()["errors"][0]["extensions"]["code"] == "DOCUMENT_LIMITED"
    for wrong in ("DCM-999999.html", "..%2Fx.html", "a.pdf", "", 'a".html', "a%0d%0ab.html"):
        assert (await get(office.admin, f"/documents/{wrong}")).status_code == 404, wrong


async def test_a_session_is_enough_to_open_a_page(office: Office) -> None:
    product = office.admin.product
    digest = accounts.digest_password("long enough to be one")
    await product.graph.write(accounts.set_password, SETUP, "eve", digest)
    token = await product.sessions.open("eve", "long enough to be one", "127.0.0.1")
    made = await office.issued("kedb")
    cookie = {"Cookie": f"{SESSION_COOKIE}={token}"}
    page = await office.admin.http.get(f"/documents/{made['key']}.html", headers=cookie)
    assert page.status_code == 200


# --- regularly -----------------------------------------------------------------------------------


async def test_what_is_due_is_issued_once_for_each_period(office: Office) -> None:
    """A plan counts from the first period that begins after it was approved."""
    product, clock = office.admin.product, office.desk.clock
    early = await product.scheduler.run("documents")
    assert "error" not in early or not early["error"], early
    clock.advance(timedelta(days=100))
    await sign_in(office)
    went = await product.scheduler.run("documents")
    assert (went["error"], went["said"]) == ("", "5 documents issued")
    again = await product.scheduler.run("documents")
    assert (again["error"], again["said"]) == ("", "")
    ends = begin_of(Step.MONTH, clock.now())
    since = begin_of(Step.MONTH, ends - timedelta(days=1))
    told = await office.admin.ask(
        """query D($ends: DateTime!) { documents(where: {issuer: {eq: "system"},
          endsAt: {eq: $ends}, kindOfDocument: {eq: "incident_report"}}) {
          nodes { startsAt status number } } }""",
        ends=to_text(ends),
    )
    assert told["documents"]["nodes"] == [
        {"startsAt": to_text(since), "status": "issued", "number": 1}
    ]
    told = await office.admin.ask(
        """{ documents(where: {issuer: {eq: "system"}, madeAt: {gte: "MADE"},
          kindOfDocument: {eq: "conformity_report"}}) { nodes { status } } }""".replace(
            "MADE", to_text(ends)
        )
    )
    assert told["documents"]["nodes"] == [{"status": "proposed"}]
