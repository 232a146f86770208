"""How a document is composed: entries, pages, periods; with answers that are made up."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fitsm_graph.documents.composing import MOST_ROWS, Asking, compose
from fitsm_graph.documents.due import DocumentPlan, wanted_of
from fitsm_graph.flow.periods import Step, begin_of
from fitsm_graph.kernel.errors import BadInput, NotFound, Refused
from fitsm_graph.model.sms_documents import DocumentWord
from fitsm_graph.sms.issuing import Draft, Wanted

NOW = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
STANDARD = {
    **dict.fromkeys(("key", "title", "status", "mayAlter", "steps", "backOut")),
    **dict.fromkeys(("approver", "approvedAt", "used", "failed", "why", "owner")),
}


class Ledger:
    """A ledger whose head moves while it is asked, and a catalogue with some rows."""

    def __init__(self, heads: list[int], rows: int = 0, page: int = 200) -> None:
        self.heads, self.rows, self.page = heads, rows, page
        self.asked: list[tuple[str, int]] = []

    async def head(self) -> int:
        return self.heads.pop(0) if len(self.heads) > 1 else self.heads[0]

    async def ask(
        self, _document: str, given: Mapping[str, Any], name: str, at_least: int
    ) -> Mapping[str, Any]:
        self.asked.append((name, at_least))
        if name == "Counts":
            return {"approved": {"totalCount": 0}}
        if name in {"Reviewed", "MajorIncident", "OfService"}:
            return {"record": self._record(given)}
        begins = int(given["after"] or 0)
        ends = min(begins + self.page, self.rows)
        info = {"hasNextPage": ends < self.rows, "endCursor": str(ends)}
        nodes = [{**STANDARD, "key": f"STC-{n}"} for n in range(begins, ends)]
        return {"rows": {"nodes": nodes, "pageInfo": info, "totalCount": self.rows}}

    def _record(self, given: Mapping[str, Any]) -> Any:
        found = {"by_id": None, "no outcome": ""}
        if given["by"] == {"key": "by_id"} or given["by"].get("id") == "nobody":
            return found["by_id"]
        if given["by"] == {"key": "nobody"}:
            return None
        return {"id": "1", "key": "CHG-1", "outcome": found.get(str(given["by"].get("key")), "x")}

    def asking(self, **more: Any) -> Asking:
        return Asking(self.ask, self.head, more.get("sight"), more.get("now", NOW))


async def composed(ledger: Ledger, word: DocumentWord, **given: Any) -> Draft:
    return await compose(ledger.asking(), Wanted(word, **given))


async def test_it_is_read_again_where_others_wrote() -> None:
    ledger = Ledger([4, 5, 5, 5])
    draft = await composed(ledger, DocumentWord.STANDARD_CHANGES)
    assert (draft.entry, draft.entry_until) == (5, 5)
    assert [seq for name, seq in ledger.asked if name == "Counts"] == [4, 5]


async def test_where_others_go_on_writing_it_says_between_which_entries_it_lies() -> None:
    ledger = Ledger([1, 2, 2, 3, 3, 9])
    draft = await composed(ledger, DocumentWord.STANDARD_CHANGES)
    assert (draft.entry, draft.entry_until) == (3, 9)
    assert len([name for name, _ in ledger.asked if name == "Counts"]) == 3


async def test_pages_are_followed_to_the_end() -> None:
    ledger = Ledger([1], rows=450)
    draft = await composed(ledger, DocumentWord.STANDARD_CHANGES)
    assert len([name for name, _ in ledger.asked if name == "StandardChanges"]) == 3
    more = await composed(Ledger([1], rows=451), DocumentWord.STANDARD_CHANGES)
    assert more.content.size > draft.content.size


async def test_too_many_rows_are_refused_and_not_cut() -> None:
    ledger = Ledger([1], rows=MOST_ROWS + 1, page=10_000)
    with pytest.raises(BadInput) as wrong:
        await composed(ledger, DocumentWord.STANDARD_CHANGES)
    assert wrong.value.code == "DOCUMENT_TOO_LARGE"
    fits = Ledger([1], rows=MOST_ROWS, page=10_000)
    assert (await composed(fits, DocumentWord.STANDARD_CHANGES)).content.parts


async def test_the_same_is_composed_to_the_same_bytes() -> None:
    one, other = [
        await composed(Ledger([1], rows=9), DocumentWord.STANDARD_CHANGES) for _ in range(2)
    ]
    assert one.content == other.content


async def test_what_is_seen_makes_the_series() -> None:
    ledger, wanted = Ledger([1]), Wanted(DocumentWord.STANDARD_CHANGES)
    whole = await compose(ledger.asking(), wanted)
    part = await compose(ledger.asking(sight=frozenset({"Server", "Rack"})), wanted)
    nothing = await compose(ledger.asking(sight=frozenset[str]()), wanted)
    assert (whole.sees, part.sees, nothing.sees) == (None, ("Rack", "Server"), ())
    assert len({whole.series, part.series, nothing.series}) == 3


async def test_a_record_is_found_by_key_or_id_and_has_to_have_something_to_tell() -> None:
    word = DocumentWord.POST_IMPLEMENTATION_REVIEW
    draft = await composed(Ledger([1]), word, about="by_id")
    assert draft.series == "post_implementation_review/1"
    with pytest.raises(NotFound):
        await composed(Ledger([1]), word, about="nobody")
    with pytest.raises(Refused) as wrong:
        await composed(Ledger([1]), word, about="no outcome")
    assert wrong.value.code == "NOTHING_TO_REPORT"


async def test_of_a_process_that_there_is_none_of_nothing_is_asked() -> None:
    ledger, period = Ledger([1]), {"since": "2026-10-01T00:00Z", "until": "2026-11-01T00:00Z"}
    with pytest.raises(NotFound):
        await composed(ledger, DocumentWord.PROCESS_REPORT, about="cooking", **period)
    with pytest.raises(BadInput):
        await composed(ledger, DocumentWord.PROCESS_REPORT, **period)
    assert ledger.asked == []


async def test_of_a_service_that_there_is_none_of_nothing_more_is_asked() -> None:
    ledger, period = Ledger([1]), {"since": "2026-10-01T00:00Z", "until": "2026-11-01T00:00Z"}
    with pytest.raises(NotFound):
        await composed(ledger, DocumentWord.SERVICE_REPORT, about="nobody", **period)
    assert {name for name, _ in ledger.asked} == {"OfService"}


async def test_a_period_that_is_to_come_has_nothing_to_report() -> None:
    ahead = {"since": "2027-01-01T00:00:00Z", "until": "2027-02-01T00:00:00Z"}
    with pytest.raises(BadInput):
        await composed(Ledger([1]), DocumentWord.INCIDENT_REPORT, **ahead)


@pytest.mark.parametrize(
    ("every", "begins"),
    [(Step.WEEK, "2026-11-23"), (Step.MONTH, "2026-11-01"), (Step.QUARTER, "2026-10-01")],
)
def test_periods_begin_in_utc(every: Step, begins: str) -> None:
    assert begin_of(every, NOW).date().isoformat() == begins
    begun = begin_of(every, NOW)
    assert begin_of(every, begun) == begun
    assert begin_of(every, begun - timedelta(microseconds=1)) < begun


def test_a_plan_of_a_period_wants_the_last_whole_one() -> None:
    plan = DocumentPlan(DocumentWord.INCIDENT_REPORT, Step.QUARTER, ())
    due = wanted_of("document-plan/x/1", plan, NOW)
    assert (due.wanted.since, due.wanted.until) == (
        "2026-07-01T00:00:00.000000Z",
        "2026-10-01T00:00:00.000000Z",
    )
    assert due.begins == due.wanted.until
    assert due.series == f"incident_report/{due.wanted.since}/{due.wanted.until}"


def test_a_plan_of_a_service_has_a_series_of_its_own() -> None:
    plans = [
        DocumentPlan(DocumentWord.SERVICE_REPORT, Step.MONTH, (), about) for about in ("a", "b")
    ]
    one, other = [wanted_of("document-plan/x/1", each, NOW) for each in plans]
    assert (one.wanted.about, other.wanted.about) == ("a", "b")
    assert one.series == f"service_report/a/{one.wanted.since}/{one.wanted.until}" != other.series
