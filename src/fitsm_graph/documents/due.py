"""Documents that are issued regularly, as policies say, without anybody asking (GR2.3).

    document-plan/incidents: {kind: incident_report, every: month, to: [sms-board]}
    document-plan/mail: {kind: service_report, about: mail, every: month}

What tells of a period tells of the last whole week, month or quarter, UTC; everything else is
issued when one begins. A plan counts from the first that begins after it was approved. What has to
be approved is proposed, and waits for that.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fitsm_graph.documents.composing import period_series
from fitsm_graph.documents.declaring import Time
from fitsm_graph.documents.kinds import FORMS
from fitsm_graph.flow.periods import Step, last_whole
from fitsm_graph.flow.policies import Policies, PolicyKind
from fitsm_graph.flow.reading import Reader
from fitsm_graph.flow.scheduler import Job, OneByOne, Turn, Went
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.text import did_you_mean, plural
from fitsm_graph.model.roles import PROCESSES
from fitsm_graph.model.sms_documents import PROCESS, DocumentWord
from fitsm_graph.sms.issuing import Draft, Wanted, issue_document

PLAN = "document-plan"
EVERY = timedelta(minutes=10)
REGULAR = tuple(each.word.value for each in FORMS.values() if each.regular)
"""Documents that are about no case: about all there is, or one service or process."""


@dataclass(frozen=True, slots=True)
class DocumentPlan:
    """A document that is issued regularly.

    Attributes:
        to: Keys of persons and groups that it is meant for.
        about: Key of the service, or name of the process, that it is about; empty: of none.
    """

    word: DocumentWord
    every: Step
    to: tuple[str, ...]
    about: str = ""


def parse_plan(_name: str, document: Any, read: Reader) -> DocumentPlan | None:
    """Read a plan of a document."""
    fields = ("kind", "every", "to", "about")
    given = read.fields(document, (), fields, fields[:2])
    word = read.one_of(given.get("kind"), ("kind",), REGULAR)
    every = read.one_of(given.get("every"), ("every",), [each.value for each in Step])
    told = read.items(given.get("to", []), ("to",), "persons and groups", least=0)
    to = [read.text(each, ("to", place)) for place, each in enumerate(told)]
    read.once(to, ("to",))
    about = read.text(given.get("about"), ("about",))
    if not word or not every:
        return None
    _check_about(DocumentWord(word), about, read)
    return DocumentPlan(DocumentWord(word), Step(every), tuple(filter(None, to)), about)


def _check_about(word: DocumentWord, about: str, read: Reader) -> None:
    """Note a plan that does not say what its document is about, or says so of one of all."""
    subject, place = FORMS[word].subject, ("about",)
    words = [each.value for each in PROCESSES]
    if subject and not about:
        told = f"it is not said of which {subject.lower()} '{word.value}' tells"
        read.wrong("POLICY_FIELD", place, told, "give its key as `about`")
    elif about and not subject:
        told = f"'{word.value}' tells of all there is"
        read.wrong("POLICY_FIELD", place, told, "leave `about` out")
    elif subject == PROCESS and about not in words:
        told = f"there is no process '{about[:40]}'"
        read.wrong("POLICY_VALUE", place, told, did_you_mean(about, words))


KINDS = (
    PolicyKind(
        PLAN,
        "Which document is issued how often, and for whom.",
        "GR2.3",
        parse_plan,
        parties=lambda plan: plan.to,
    ),
)


@dataclass(frozen=True, slots=True)
class Due:
    """A plan in force, and what it wants now.

    Attributes:
        key: Of the version of the policy.
        begins: Since when it is due, in the stored form.
    """

    key: str
    plan: DocumentPlan
    wanted: Wanted
    series: str
    begins: str


def wanted_of(key: str, plan: DocumentPlan, now: datetime) -> Due:
    """What a plan wants issued at a moment."""
    (last,) = last_whole(plan.every, now)
    if FORMS[plan.word].time is Time.PERIOD:
        wanted = Wanted(plan.word, plan.about, since=last.since, until=last.until)
        series = period_series(plan.word, last.since, last.until, plan.about)
        return Due(key, plan, wanted, series, last.until)
    return Due(key, plan, Wanted(plan.word), plan.word.value, last.until)


def issuing(
    graph: Graph,
    policies: Callable[[], Awaitable[Policies]],
    draft: Callable[[Wanted], Awaitable[Draft]],
) -> Job:
    """The job that issues what is due.

    Args:
        graph: Where documents are.
        policies: In force.
        draft: Composes a document as somebody who sees everything.
    """

    async def run(turn: Turn) -> Went:
        plans = [each for each in await policies() if each.kind == PLAN]
        wanted = {each.key: wanted_of(each.key, each.value, turn.now) for each in plans}
        if not wanted:
            return Went()
        asked = [
            {"key": each.key, "series": each.series, "begins": each.begins}
            for each in wanted.values()
        ]
        rows = await graph.rows("sms.documents_due", plans=asked)
        issued = OneByOne()
        for row in rows:
            await issued.do(row["key"], _issue(graph, draft, wanted[row["key"]]))
        return Went(issued.said(f"{plural(issued.done, 'document')} issued"))

    return Job("documents", EVERY, run, "Issues the documents that are due.")


async def _issue(graph: Graph, draft: Callable[[Wanted], Awaitable[Draft]], due: Due) -> None:
    """Issue a document by the verb that people use, once for a plan and its time."""
    wanted, to = due.wanted, list(due.plan.to)
    request = Request(
        actor="system",
        via="scheduler",
        reason=f"due by {due.key}",
        idempotency_key=f"{due.key}/{due.begins}",
        payload={
            "kind": wanted.word.value,
            "about": wanted.about,
            "since": wanted.since,
            "until": wanted.until,
        },
    )
    made = await draft(wanted)
    if made.series != due.series:
        raise BadInput(
            f"{due.key} does not name the {made.subject.lower()} by its key",
            why="by the key it is found whether the document is there already",
            remedy="give its key as `about`",
        )
    since, until = wanted.since or None, wanted.until or None
    await graph.write(
        issue_document,
        request,
        made,
        wanted.word,
        about=wanted.about,
        since=since,
        until=until,
        to=to,
    )
