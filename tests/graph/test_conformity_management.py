"""What records of the management system show of GR1 to GR7, and what of it does not conform."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from fitsm_graph.csi.conformity import examined
from fitsm_graph.flow.periods import Period
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.model.declare import Process
from fitsm_graph.sms import service as sms
from fitsm_graph.sms.due_rules import DocumentKind, ReviewKind
from graph.conformity_story import DAY, EVERY, SYSTEM, Story, told
from graph.syncing import run

pytestmark = pytest.mark.asyncio(loop_scope="session")
OURS = (
    *("GR1.2", "GR1.3", "GR2.1", "GR2.2", "GR3.1", "GR3.2", "GR4.1", "GR4.2"),
    *("GR6.2", "GR7.1", "GR7.2"),
)
Found = dict[str, Counter[str]]


class System(Story):
    """An organisation that runs its management system as it should, if it is let."""

    @classmethod
    def of(cls, story: Story) -> "System":
        return cls(story.graph, story.clock)

    async def document(
        self, kind: DocumentKind, process: Process | None = None, *, by: str = "sam", **more: Any
    ) -> str:
        """A document that Eve writes and Sam, who owns the system, approves and spreads."""
        given = {"process": process, "text": "so it is", "owner": "ann", **more}
        verb = "management_document.register"
        key = str(await self.act(verb, kind.value, kind, **given))
        await self.act("management_document.approve", key, by=by)
        await self.act("management_document.communicate", key, ["first"])
        return key

    async def review(self, kind: ReviewKind, *, within: timedelta = DAY, **more: Any) -> str:
        due = to_text(self.clock.now() + within)
        process = Process.CHM if kind is ReviewKind.PROCESS_REVIEW else None
        return str(await self.act("review.plan", kind, due_at=due, process=process, **more))

    async def held(self, key: str, *decisions: str) -> None:
        said = {"decisions": decisions, "inputs": ["the report"], "attended": ["sam"]}
        await self.act("review.hold", key, ["few goals are measured"], **said)

    async def raised(self, **more: Any) -> str:  # type: ignore[override]  # of another kind
        given = {"owner": "ann", **more}
        return str(await self.act("nonconformity.register", "no aims", "PR12.3", **given))

    async def corrected(self, key: str) -> None:
        await self.act("nonconformity.analyse", key, "nobody asks")
        await self.act("nonconformity.correct", key, "the form asks")

    async def found(self, since: timedelta = 5000 * DAY) -> Found:
        """What does not conform until now, by requirement; each of ours has something to check."""
        now = self.clock.now()
        period = Period(to_text(now - since), to_text(now))
        findings = await examined(self.graph, OURS, period)
        return {
            each.requirement: Counter(one.indicator for one in each.violations)
            for each in findings
            if each.violations
        }

    async def checked(self) -> dict[str, int]:
        now = to_text(self.clock.now())
        findings = await examined(self.graph, OURS, Period("2020", now))
        return {each.requirement: each.checked for each in findings}


@pytest_asyncio.fixture(loop_scope="session")
async def system(neo4j_endpoint: Endpoint) -> AsyncIterator[System]:
    async with told(neo4j_endpoint) as story:
        yield System.of(story)


async def whole(s: System) -> None:
    """All that the requirements ask for, in order."""
    given = {"key": "lab", "name": "Lab", "user_count": 9}
    await s.graph.write(sms.register_party, SYSTEM, "Customer", given)
    voice = await s.act("stakeholder.register", "the laboratory", customer="lab")
    await s.act("stakeholder.analyse", voice, "mail at any hour", obligations=["contract 7"])
    for kind in (DocumentKind.SCOPE, DocumentKind.POLICY, DocumentKind.PLAN):
        await s.document(kind)
    for process in EVERY:
        await s.document(DocumentKind.PROCESS_DEFINITION, process)
    await s.document(DocumentKind.PLAN, Process.CHM)
    for kind in (ReviewKind.AUDIT, ReviewKind.MANAGEMENT_REVIEW, ReviewKind.PROCESS_REVIEW):
        key = await s.review(kind)
        await s.held(key, "ann: more of them")
        await s.act("suggestion.from_review", key)
    one = await s.raised()
    await s.corrected(one)
    await s.act("nonconformity.close", one, "all have one", by="bob")
    s.clock.advance(40 * DAY)


async def test_what_is_done_as_it_should_be_conforms(system: System) -> None:
    await whole(system)
    assert await system.found() == {}
    checked = await system.checked()
    assert sorted(checked) == sorted(OURS)
    assert min(checked.values()) > 0
    await run(system.graph, "MATCH (n:ManagementDocument) SET n.approved_at = null")
    assert set(await system.found()) == {"GR1.2", "GR2.1", "GR2.2", "GR3.2", "GR4.1"}, "the control"


async def test_what_is_missing_is_found(system: System) -> None:
    given = {"key": "lab", "name": "Lab", "user_count": 9}
    await system.graph.write(sms.register_party, SYSTEM, "Customer", given)
    await system.act("stakeholder.register", "the state")
    system.clock.advance(401 * DAY)
    assert await system.found() == {
        "GR1.2": {"no_general_policy": 1},
        "GR1.3": {"no_management_review": 1},
        "GR2.1": {"key_document_missing": 3},
        "GR2.2": {"no_definition": 6},
        "GR3.1": {"customer_unheard": 1, "needs_unknown": 1},
        "GR3.2": {"no_scope_of_the_system": 1},
        "GR4.1": {"no_plan": 1},
        "GR6.2": {"no_audit": 1},
    }


async def test_what_is_done_by_half_is_found(system: System) -> None:
    s = system
    await s.document(DocumentKind.SCOPE)
    await s.document(DocumentKind.POLICY, by="bob")
    await s.document(DocumentKind.PLAN, Process.CHM, owner="ann")
    draft = await s.act("management_document.register", "x", DocumentKind.OTHER, text="y")
    await s.review(ReviewKind.AUDIT)
    hasty = await s.review(ReviewKind.MANAGEMENT_REVIEW)
    await s.act("review.hold", hasty, ["all is well"])
    deaf = await s.review(ReviewKind.PROCESS_REVIEW)
    await s.act("review.hold", deaf, ["poor records"], decisions=["ann: mend them"])
    await s.raised(owner="")
    unseen = await s.raised()
    await s.corrected(unseen)
    s.clock.advance(40 * DAY)
    found = await s.found()
    assert found["GR1.2"] == {"not_by_the_owner": 1}
    assert found["GR1.3"] == {"nothing_decided": 1}
    assert found["GR3.2"] == {"scope_without_analysis": 1}
    assert found["GR4.2"] == {"aligned_to_nothing": 1}
    assert found["GR6.2"] == {"planned_review_late": 1, "nothing_looked_at": 1}
    late = {"nonconformity_late": 1, "nonconformity_unowned": 1, "correction_unseen": 1}
    assert found["GR7.1"] == late
    assert found["GR7.2"] == {"decision_left": 1}
    now = to_text(s.clock.now())
    (finding,) = await examined(s.graph, ["GR2.4"], Period("2020", now))
    of_draft = [each.indicator for each in finding.violations if each.key == draft]
    assert sorted(of_draft) == ["document_left", "document_unowned"]


async def test_what_gets_old_is_found(system: System) -> None:
    s = system
    await whole(s)
    await s.document(DocumentKind.PLAN)  # another plan of the system: that of CHM is behind it
    s.clock.advance(100 * DAY)
    assert (await s.found())["GR4.2"] == {"plan_not_aligned": 1}
    s.clock.advance(500 * DAY)
    found = await s.found(400 * DAY)
    assert found["GR2.1"] == {"key_document_outdated": 3}
    assert found["GR2.2"] == {"definition_outdated": 6}
    assert found["GR3.1"] == {"analysis_outdated": 1}
    assert found["GR4.1"]["plan_outdated"] == 2
    assert found["GR1.3"] == {"no_management_review": 1}
    assert found["GR6.2"] == {"no_audit": 1}


async def test_what_is_left_lying_shows_on_its_process(system: System) -> None:
    s = system
    made = "CREATE (:Reminder:ProcessRecord:Record {id: 'x', key: 'x', "
    made += f"identity: 'x', of_process: 'pm', created_at: '{to_text(s.clock.now())}'}})"
    await run(s.graph, made)
    s.clock.advance(29 * DAY)

    async def found() -> Counter[str]:
        period = Period("2020", to_text(s.clock.now()))
        (finding,) = await examined(s.graph, ["GR5.2"], period)
        return Counter(f"{each.key} {each.indicator}" for each in finding.violations)

    assert await found() == {}
    s.clock.advance(2 * DAY)
    assert await found() == {"pm reminders_left": 1}
