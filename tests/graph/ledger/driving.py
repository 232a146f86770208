"""Every verb driven on one graph, which remembers how it looked after each entry."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fitsm_graph.chm import (
    approvals,
    assessments,
    cab,
    feeds,
    implementing,
    scheduling,
    setting_aside,
    standard,
    tasks,
    variants,
)
from fitsm_graph.chm import service as chm
from fitsm_graph.chm.approving import ChangeOutcome
from fitsm_graph.chm.classifying import ChangeType
from fitsm_graph.chm.maintenance import cancel_maintenance, plan_maintenance
from fitsm_graph.confm import baselines, deviations, migrating, sources, sweeping, verifying
from fitsm_graph.confm import service as confm
from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.confm.sync_decisions import approve_run
from fitsm_graph.confm.sync_keeping import remember, renew
from fitsm_graph.confm.sync_parked import clear_parked, parked_key
from fitsm_graph.confm.sync_proposals import approve, dismiss
from fitsm_graph.confm.sync_revert import revert_run
from fitsm_graph.confm.sync_runs import Run, end, take_lease
from fitsm_graph.confm.sync_sessions import Sessions, Who
from fitsm_graph.confm.sync_vanish import Ending
from fitsm_graph.confm.types import Definitions, define_scope, define_types, from_files
from fitsm_graph.csi import measuring, nonconformities, suggestions
from fitsm_graph.csi import service as csi
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph, Outcome
from fitsm_graph.graph.verb import VERBS, Request, verb_of
from fitsm_graph.handover import alerts, arrivals, changes, differences
from fitsm_graph.handover import deviations as deviations_raised
from fitsm_graph.handover import problems as problems_raised
from fitsm_graph.impact.network import Level
from fitsm_graph.impact.reach import Reach, ReachedService
from fitsm_graph.isrm import desk, major, parts, requests
from fitsm_graph.isrm import service as isrm
from fitsm_graph.isrm.request_rules import OfferingStep, StepKind
from fitsm_graph.isrm.service import (
    clear_incident_effect,
    register_incident,
    resolve_incident,
    set_incident_effect,
)
from fitsm_graph.isrm.weighing_again import Found, weigh_incident
from fitsm_graph.kernel.clock import ManualClock, to_text
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.model.chm_records import FeedOf
from fitsm_graph.model.confm_records import Attested
from fitsm_graph.model.declare import RECORDS, Process
from fitsm_graph.model.disturbance import Effect
from fitsm_graph.model.observation import Observation
from fitsm_graph.model.process import PROCESS_KINDS
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.model.sms_documents import DocumentWord
from fitsm_graph.pm import known_errors, workarounds
from fitsm_graph.pm import service as pm
from fitsm_graph.sms import accounts, documents, issuing, policies, roles, users, webhooks
from fitsm_graph.sms import parties as hand
from fitsm_graph.sms import service as sms
from fitsm_graph.sms.content import packed
from fitsm_graph.sms.issuing import Draft, Wanted
from graph.ledger.driving_problems import investigated, trended
from graph.ledger.driving_releases import releasing
from graph.ledger.driving_reported import coming_again, reported
from graph.ledger.driving_seen import ahead, cloned, delegated, returned, seen, weak
from graph.ledger.driving_steps import stepped
from graph.ledger.driving_system import managing
from graph.ledger.reading import Entry, Image, entries_of, image_of
from graph.syncing import KINDS, POLICIES, REGISTRY, handed, record, run, send

REQUEST = Request(actor="tester", via="test", reason="to see", change="CHG-000001")
OTHER = Request(actor="other", via="test", reason="to see")
START = datetime(2026, 11, 24, 9, tzinfo=UTC)
Case = Callable[["Driver"], Awaitable[Any]]


class Watched(Graph):
    """A graph that remembers which verbs were used, and what it held after each entry.

    Attributes:
        used: Names of verbs.
        after: Records and relations by number of entry.
        ledger: Entries and what they replaced, oldest first, by number of entry.
    """

    def __init__(self, endpoint: Endpoint, clock: ManualClock) -> None:
        super().__init__(endpoint, clock=clock)
        self.used: set[str] = set()
        self.after: dict[int, Image] = {}
        self.ledger: dict[int, list[Entry]] = {}

    async def write(self, verb: Any, request: Request, /, *given: Any, **more: Any) -> Outcome:
        """Run a verb; keep what the graph is then."""
        outcome = await super().write(verb, request, *given, **more)
        self.used.add(verb_of(verb).name)
        await self.look()
        return outcome

    async def look(self) -> None:
        """Remember the graph at the entry it stands at."""
        seq = (await self.head()).seq
        image = await image_of(self)
        assert self.after.setdefault(seq, image) == image, "changed without an entry"
        if seq < 100 or seq % 10 == 0:
            self.ledger[seq] = (await entries_of(self))[::-1]


class Driver:
    """Acts on one graph, a second later each time."""

    def __init__(self, graph: Graph, clock: ManualClock) -> None:
        self.graph, self.clock = graph, clock

    async def act(self, verb: Any, *given: Any, request: Request = REQUEST, **more: Any) -> Any:
        """Run one verb, a second later than the one before."""
        self.clock.advance(timedelta(seconds=1))
        outcome: Outcome = await self.graph.write(
            verb, request, *await handed(self.graph, verb, given), **more
        )
        return outcome.value


# --- one case for each verb, in an order in which each finds what it needs ------------------------


async def types(do: Driver) -> None:
    definitions = from_files()
    await do.act(define_types, definitions)
    sauna = {"more": {"Sauna": {"doc": "Where admins rest.", "extends": "Room", "tag": "Q7"}}}
    await do.act(define_types, Definitions(ci_types=sauna, relationship_types={}))
    await do.act(define_types, definitions, prune=True)


async def scope(do: Driver) -> None:
    await do.act(define_scope, REGISTRY, "all", "Everything is in.")
    await do.act(define_scope, REGISTRY, "all", "Everything but pens is in.")


async def parties(do: Driver) -> None:
    ada = {"key": "ada", "name": "Ada", "email": "ada@example.org"}
    await do.act(sms.register_party, "Person", ada)
    await do.act(sms.register_party, "Person", {"key": "bob", "name": "Bob"})
    await do.act(sms.register_party, "Person", {"key": "eve", "name": "Eve"})
    await do.act(sms.register_party, "Group", {"key": "ops", "name": "Operations"})
    await do.act(sms.update_party, "ada", {"name": "Ada L."})
    await do.act(sms.tie, "BELONGS_TO", "ada", "ops", {"since": "2026"})
    await do.act(sms.tie, "BELONGS_TO", "ada", "ops", {"since": "2025"})
    await do.act(sms.untie, "BELONGS_TO", "ada", "ops")
    await do.act(sms.tie, "BELONGS_TO", "bob", "ops")
    await do.act(sms.retire_party, "bob")


async def by_hand(do: Driver) -> None:
    """Parties one after another, as somebody keeps them who has no list."""
    fay = (await do.act(hand.register_person, "Fay", email="fay@example.org"))["key"]
    await do.act(hand.update_person, fay, name="Fay L.")
    await do.act(hand.register_group, "Desk", known_as="desk", purpose="Answers.")
    await do.act(hand.update_group, "desk", purpose="Answers first.")
    await do.act(hand.join_group, fay, "desk")
    await do.act(hand.leave_group, fay, "desk")
    await do.act(hand.watch_element, fay, "host")
    await do.act(hand.unwatch_element, fay, "host")
    shop = ElementDraft(kind="Service", key="kiosk", name="Kiosk")
    await do.act(confm.register_element, REGISTRY, shop)
    await do.act(hand.register_customer, "Lab", known_as="lab", user_count=3)
    await do.act(hand.update_customer, "lab", user_count=4)
    await do.act(hand.receive_service, "lab", "kiosk")
    await do.act(users.enrol_person, fay, "lab")
    await do.act(users.disenrol_person, fay, "lab")
    await do.act(hand.give_service_up, "lab", "kiosk")
    await do.act(hand.retire_customer, "lab")
    await do.act(hand.retire_group, "desk")
    await do.act(hand.erase_person, fay)
    await do.act(hand.retire_person, fay)


async def holding(do: Driver) -> None:
    await do.act(roles.assign_role, RoleWord.PROCESS_MANAGER, "ada", process=Process.CHM)
    with pytest.raises(Refused):
        await do.act(roles.assign_role, RoleWord.PROCESS_MANAGER, "eve", process=Process.CHM)
    given = {"process": Process.CHM, "replacing": True}
    await do.act(roles.assign_role, RoleWord.PROCESS_MANAGER, "eve", **given)
    await do.act(roles.end_role, "process_manager/chm", "eve")
    await do.act(accounts.change_account, "ada", person="eve")
    hook = await do.act(webhooks.create_webhook, "chat", "https://chat.example.org/1", ["*"])
    await do.act(webhooks.rotate_webhook, hook["key"])
    await do.act(webhooks.revoke_webhook, hook["key"])


async def elements(do: Driver) -> None:
    server = ElementDraft(
        kind="CI",
        type="Server",
        key="host",
        name="host",
        owner="ops",
        attributes={"asset_tag": "S1"},
    )
    await do.act(confm.register_element, REGISTRY, server)
    app = ElementDraft(kind="CI", type="Application", key="app", name="app")
    await do.act(confm.register_element, REGISTRY, app)
    await do.act(confm.update_element, REGISTRY, "host", {"name": "host 1", "asset_tag": "S2"})
    await do.act(confm.update_element, REGISTRY, "host", {"asset_tag": None})
    draft = RelationDraft(type="RUNS_ON", source="app", target="host")
    await do.act(confm.relate, REGISTRY, draft)
    surer = RelationDraft(type="RUNS_ON", source="app", target="host", confidence=0.5)
    await do.act(confm.relate, REGISTRY, surer)
    await do.act(confm.unrelate, REGISTRY, "RUNS_ON", "app", "host")
    await do.act(confm.relate, REGISTRY, draft)
    await do.act(confm.assign_owner, "host", "ada")
    await do.act(confm.retire_element, REGISTRY, "app")


async def ruling(do: Driver) -> None:
    await do.act(policies.seed_policies, KINDS, policies.from_files())
    week: dict[str, Any] = {"zone": "UTC", "week": {"mon": ["09:00-17:00"]}}
    wider = {**week, "week": {"mon-fri": ["09:00-17:00"]}}
    drafted = ("service-calendar", "shop", week)
    first = await do.act(policies.draft_policy, KINDS, *drafted, owner="ada", reason="new shop")
    await do.act(policies.change_policy, KINDS, first["key"], wider, owner="ops")
    await do.act(policies.approve_policy, KINDS, first["key"], request=OTHER)
    await do.act(policies.review_policy, first["key"])
    next = await do.act(policies.draft_policy, KINDS, *drafted)
    await do.act(policies.approve_policy, KINDS, next["id"], request=OTHER)
    gone = await do.act(policies.draft_policy, KINDS, *drafted)
    await do.act(policies.retire_policy, KINDS, gone["key"])
    await do.act(policies.retire_policy, KINDS, next["key"])
    life = next_life("Incident")
    changed = await do.act(policies.draft_policy, KINDS, "life", "Incident", life)
    await do.act(policies.approve_policy, KINDS, changed["key"], request=OTHER)


def next_life(record: str) -> Any:
    """The document of a life as it comes with the product, in other words."""
    seeds = {(each.kind, each.name): each.document for each in policies.from_files()}
    document = json.loads(json.dumps(seeds["life", record]))
    document["states"][document["initial"]]["doc"] = "It begins here."
    return document


async def problems(do: Driver) -> None:
    await do.act(pm.register_problem, "power goes", incidents=["INC-000001"])
    await do.act(pm.link_problem, "PRB-000001", investigates=["host"])
    await do.act(pm.prioritise_problem, "PRB-000001")
    await do.act(pm.diagnose_problem, "PRB-000001", "old batteries")
    helps = {"workaround": "plug it in again", "carried_out_by": "ops"}
    await do.act(known_errors.register_known_error, "PRB-000001", **helps)
    known = "KER-000001"
    await do.act(known_errors.describe_known_error, known, "plug it in twice")
    await do.act(known_errors.verify_known_error, known)
    await do.act(known_errors.try_known_error, known, "INC-000001", helped=False)
    await do.act(known_errors.try_known_error, known, "INC-000001", helped=True)
    await do.act(known_errors.communicate_known_error, known, "everybody")
    await other_workarounds(do, known)
    await do.act(known_errors.retire_known_error, known)
    await do.act(pm.resolve_problem, "PRB-000001", "new batteries")
    await do.act(pm.register_problem, "nothing")
    await do.act(pm.reject_problem, "PRB-000002", "it is none")


async def other_workarounds(do: Driver, known: str) -> None:
    """One that is retired, and one that goes with the known error."""
    for said in ("use the stairs\nslowly", "wait"):
        await do.act(workarounds.register_workaround, known, said)
    first = "WKA-000001"
    await do.act(workarounds.describe_workaround, first, "take a lamp", title="lamp")
    await do.act(workarounds.verify_workaround, first)
    await do.act(workarounds.try_workaround, first, "INC-000001", helped=True)
    await do.act(workarounds.try_workaround, first, "INC-000001", helped=False)
    await do.act(workarounds.retire_workaround, first, "nobody has a lamp")


async def improvements(do: Driver) -> None:
    about = {
        "finding": "spof/host",
        "would_improve": ["host"],
        "source": suggestions.SuggestionSource.REPORT,
    }
    await do.act(suggestions.register_suggestion, "two hosts", **about)
    await do.act(suggestions.register_suggestion, "two hosts", **about)
    classes = {"effort": "low", "urgency": "low"}
    await do.act(suggestions.evaluate_suggestion, "SUG-000001", **classes)
    classes |= {"value": "high", "value_reason": "the next one would be worse"}
    await do.act(suggestions.evaluate_suggestion, "SUG-000001", **classes)
    await do.act(suggestions.accept_suggestion, "SUG-000001", "so be it", owner="ops")
    await do.act(suggestions.register_suggestion, "a sauna")
    await do.act(suggestions.reject_suggestion, "SUG-000002", "no room")
    due = {"due_at": to_text(START + timedelta(days=30))}
    for title in ("buy", "build", "burn"):
        act = csi.register_improvement_action
        await do.act(act, "IMP-000001", title, owner="ada", **due)
    for kpi in ("ci_owned", "suggestion_decided_in_time"):
        await do.act(measuring.aim_improvement, "IMP-000001", kpi)
    up = {"by_rule": True}
    await do.act(VERBS["improvement.escalate_up"].run, "IMP-000001", "it is late", **up)
    await do.act(csi.report_improvement_action, "IMA-000001", 50, note="half of it")
    await do.act(csi.complete_improvement_action, "IMA-000001")
    await do.act(csi.complete_improvement_action, "IMA-000002")
    await do.act(csi.cancel_improvement_action, "IMA-000003", "no need")
    await do.act(csi.implement_improvement, "IMP-000001")
    await do.act(csi.review_improvement, "IMP-000001", csi.ImprovementEffect.IMPROVED, "seen")
    await do.act(suggestions.register_suggestion, "a lamp")
    await do.act(suggestions.evaluate_suggestion, "SUG-000003", **classes)
    await do.act(suggestions.accept_suggestion, "SUG-000003", "well")
    await do.act(csi.register_improvement_action, "IMP-000002", "paint", **due)
    for raise_change, key in (
        (changes.raise_change_from_incident, "INC-000001"),
        (changes.raise_change_from_problem, "PRB-000001"),
        (changes.raise_change_from_improvement, "IMP-000002"),
    ):
        await do.act(raise_change, key, [("host", "down")])
    await do.act(csi.cancel_improvement, "IMP-000002", "enough")
    for _ in range(2):
        await do.act(nonconformities.suggest_from_conformity, "PR14.1", "bare")
    so_far = {"since": to_text(START), "until": to_text(do.clock.now())}
    for _ in range(2):
        await do.act(measuring.measure_kpi, "ci_owned", **so_far)
        await do.act(measuring.suggest_from_kpi, "change_successful", **so_far)


async def verifying_all(do: Driver) -> None:
    """Baselines, a verification, and deviations of every source to their ends."""
    fill = migrating.MigrationStep(migrating.StepKind.FILL, "Server", "role", value="worker")
    await do.act(define_types, Definitions({}, {}), steps=[fill], portion=1)
    await do.act(sources.define_configuration_source, "netbox", expected_hours=24, owner="ops")
    covers = {"covers": "all racks", "ci_types": ["Rack"], "expected_hours": 0}
    await do.act(sources.change_configuration_source, "SRC-000001", **covers)
    await do.act(sources.retire_configuration_source, "SRC-000001", "it was switched off")
    given = {"services": ["shop"], "owners": [], "types": ["Service"]}
    await do.act(baselines.take_baseline, "the shop", **given)
    await do.act(baselines.take_baseline, "all of ada's", owners=["ada"])
    await do.act(baselines.retire_baseline, "BSL-000002", "once is enough")
    await do.act(verifying.begin_verification, "default", seed="x")
    await do.act(verifying.cancel_verification, "VER-000001", "another day")
    await do.act(verifying.begin_verification, "default", seed="y")
    drawn = "MATCH (:Verification {key: 'VER-000002'})-[:VERIFIES]->(n) RETURN n.key ORDER BY n.key"
    first, second, *_ = [key for (key,) in await run(do.graph, drawn)]
    await do.act(accounts.create_account, "head", ["process_manager"], "digest")
    head = Request(actor="head", via="test")
    attest = verifying.attest_element
    await do.act(attest, "VER-000002", first, Attested.AS_RECORDED, request=head)
    differs = {"differs_in": ["name"], "note": "it is called otherwise"}
    await do.act(attest, "VER-000002", second, Attested.DIFFERS, request=head, **differs)
    await do.act(verifying.compare_verification, "VER-000002")
    await do.act(verifying.finish_verification, "VER-000002", conclusion="one name is wrong")
    await do.act(deviations.correct_deviation, "DEV-000001", "it is called so again")
    await do.act(deviations.register_deviation, "host", "8 disks", fields=["name"])
    for raise_it in (
        deviations_raised.raise_incident_from_deviation,
        deviations_raised.raise_problem_from_deviation,
        deviations_raised.raise_suggestion_from_deviation,
    ):
        await do.act(raise_it, "DEV-000002")
    await do.act(deviations.accept_deviation, "DEV-000002", "so be it", request=head)
    await do.act(confm.update_element, REGISTRY, "shop", {"criticality": 1})
    await do.act(sweeping.sweep_deviations, POLICIES, REGISTRY, most=100_000)
    await do.act(sweeping.sweep_deviations, POLICIES, REGISTRY)


async def remarks(do: Driver) -> None:
    """The verbs that every kind of record has."""
    for kind in PROCESS_KINDS:
        group, key = RECORDS[kind].group, f"{RECORDS[kind].prefix}-000001"
        await do.act(VERBS[f"{group}.assign"].run, key, "ops")
        await do.act(VERBS[f"{group}.assign"].run, key, "ada")
        await do.act(VERBS[f"{group}.comment"].run, key, "so it is", public=True)
        await do.act(VERBS[f"{group}.attach"].run, key, "https://wiki.example.org/plan")


async def disturbances(do: Driver) -> None:
    await do.act(register_incident, "no power", [("host", "down")])
    await do.act(set_incident_effect, "INC-000001", "host", "degraded")
    await do.act(isrm.classify_incident, "INC-000001", "power")
    graver = {"impact": "high", "override_reason": "the director waits"}
    await do.act(isrm.prioritise_incident, "INC-000001", **graver)
    await do.act(isrm.prioritise_incident, "INC-000001")
    await do.act(clear_incident_effect, "INC-000001", "host")
    await problems(do)
    await service_desk(do)
    await alerted(do)
    await do.act(resolve_incident, "INC-000001", "power is back")
    window = {
        "starts_at": to_text(START + timedelta(days=1)),
        "ends_at": to_text(START + timedelta(days=2)),
    }
    await do.act(plan_maintenance, "disk", [("host", "down")], **window)
    await do.act(cancel_maintenance, "MWN-000001")
    await changing(do)
    await requested(do)


async def changing(do: Driver) -> None:
    """Two standard changes, then one that people decide on."""
    await do.act(roles.assign_role, RoleWord.PROCESS_MANAGER, "eve", process=Process.CHM)
    await do.act(accounts.create_account, "other", ["editor"], "digest", person="eve")
    steps = {"steps": ["stop it", "replace the fan"], "may_alter": ["Server"]}
    await do.act(standard.register_standard_change, "new fan", **steps, back_out="the old fan")
    await do.act(standard.describe_standard_change, "STC-000001", back_out="the old fan again")
    await do.act(standard.approve_standard_change, "STC-000001", request=OTHER)
    for _ in range(3):
        await do.act(standard.raise_standard_change, "STC-000001", [("host", "at_risk")])
    await do.act(implementing.begin_change, "CHG-000001")
    await do.act(implementing.complete_change, "CHG-000001")
    await do.act(implementing.close_change, "CHG-000001")
    await do.act(implementing.begin_change, "CHG-000002")
    await do.act(implementing.back_out_change, "CHG-000002", "it does not fit")
    await do.act(implementing.begin_change, "CHG-000003")
    await do.act(implementing.suspect_change, "CHG-000003")
    await do.act(implementing.blame_change, "CHG-000003", ["INC-000001"])
    await do.act(implementing.complete_change, "CHG-000003", outcome=ChangeOutcome.FAILED)
    await do.act(implementing.review_change, "CHG-000003", "wrong screws", aim_met=False)
    await do.act(standard.approve_standard_change, "STC-000001", request=OTHER)
    await do.act(standard.suspend_standard_change, "STC-000001", "no fans left")
    await do.act(standard.retire_standard_change, "STC-000001", "no fans any more")
    await deciding_on(do)


async def deciding_on(do: Driver) -> None:
    soon = do.clock.now() + timedelta(minutes=1)
    planned = {
        "planned_starts_at": to_text(soon),
        "planned_ends_at": to_text(soon + timedelta(days=1)),
    }
    board, more = "CHG-000004", {"resolves": ["PRB-000001"], "urgent": True}
    await do.act(chm.register_change, "new board", [("host", "down")], **planned, **more)
    await do.act(chm.describe_change, board, aim="no more stops", effort="2 hours")
    major = {"type": ChangeType.MAJOR, "override_reason": "it is the only one"}
    await do.act(chm.classify_change, board, **major)
    await do.act(chm.classify_change, board, urgent=False)
    added = {"add": [{"kind": "Service", "key": key, "name": key} for key in ("new", "newer")]}
    hits = [("host", "degraded")]
    await do.act(VERBS["change.escalate_up"].run, board, "nobody answers", by_rule=True)
    await do.act(chm.plan_change, board, changes=hits, difference_of_graph=added)
    await do.act(tasks.plan_back_out, board, "the old board")
    await do.act(tasks.plan_back_out, board, "the old board again", tested=True)
    for title in ("buy", "build"):
        await do.act(tasks.register_change_task, board, title, owner="ada")
    await do.act(tasks.complete_change_task, "CTK-000001", note="bought")
    await do.act(tasks.cancel_change_task, "CTK-000002", "no need")
    await do.act(chm.return_change, board, "who pays?")
    await do.act(chm.answer_change, board, "we do")
    await do.act(chm.register_change, "also a fan", [("host", "down")], **planned)
    await other_ways(do, board)
    await do.act(assessments.assess_change, board, note="it can be done")
    meeting = {"starts_at": to_text(do.clock.now() + timedelta(hours=1))}
    await do.act(cab.convene_cab, **meeting)
    await do.act(cab.hold_cab, "CAB-000001", "so be it", attended=["ada"])
    await do.act(cab.convene_cab, **meeting)
    await do.act(cab.cancel_cab, "CAB-000002")
    await do.act(approvals.approve_change, board, request=OTHER, conditions="at night")
    await do.act(scheduling.schedule_change, board)
    do.clock.set(soon)
    await do.act(implementing.begin_change, board)
    await do.act(differences.apply_difference, board)
    await do.act(implementing.complete_change, board)
    await do.act(setting_aside.set_item_aside, board, "one is enough", request=OTHER)
    await do.act(feeds.create_feed, FeedOf.OWNER, "ada", "fsc_abcdefgh", "digest")
    await do.act(feeds.revoke_feed, "CAL-000001")
    await do.act(approvals.reject_change, "CHG-000005", "one at a time", request=OTHER)
    await do.act(roles.end_role, "process_manager/chm", "eve")
    await do.act(chm.register_change, "new board", [("host", "down")])
    await do.act(chm.cancel_change, "CHG-000006", why="no board")


async def other_ways(do: Driver, change: str) -> None:
    """Variants of a change: one is declined, one chosen, one declined with it."""
    for title, hits in (("slowly", [("host", "at_risk")]), ("as planned", []), ("all of it", [])):
        await do.act(variants.propose_change_variant, change, title, changes=hits)
    await do.act(variants.compare_change_variants, change, note="there are three ways")
    await do.act(variants.compare_change_variants, change)
    await do.act(variants.decline_change_variant, "CHV-000003", "it is the second one again")
    await do.act(variants.choose_change_variant, "CHV-000002", "it takes the least time")


async def service_desk(do: Driver) -> None:
    """An incident from its first response to its end, and what is part of it."""
    for title in ("dark", "still dark", "darker"):
        await do.act(register_incident, title, [("host", "down")])
    first, second, third = (f"INC-00000{number}" for number in (2, 3, 4))
    await do.act(parts.merge_incident, second, first)
    await do.act(parts.split_incident, second)
    await do.act(parts.merge_incident, second, first)
    await graver(do, third)
    await do.act(VERBS["incident.begin"].run, first)
    await do.act(VERBS["incident.wait"].run, first, desk.WaitingFor.SUPPLIER, "a fuse")
    await do.act(VERBS["incident.resume"].run, first)
    await do.act(resolve_incident, first, "a new fuse", cause="old fuse", caused_in="host")
    await do.act(VERBS["incident.reopen"].run, first, "dark again")
    await do.act(resolve_incident, first, "another fuse")
    await do.act(VERBS["incident.close"].run, first, confirmed=True)
    await do.act(VERBS["incident.update_users"].run, third, "we are looking at it")
    await do.act(VERBS["incident.escalate"].run, third, "beyond us", to="ops")
    await do.act(VERBS["incident.assign"].run, third, "ada")
    await do.act(VERBS["incident.escalate_up"].run, third, "half of the time is over")
    await do.act(major.declare_major_incident, third, "ada", "everything is dark")
    await do.act(major.register_major_incident_review, third)
    review = "MIR-000001"
    await do.act(major.describe_major_incident_review, review, "a fuse", actions=["ada: spares"])
    await do.act(major.complete_major_incident_review, review)
    await do.act(problems_raised.raise_problem_from_major_incident, third)
    await do.act(major.stand_down_incident, third, "there is light")
    given_up = desk.GivenUpAs.NONE_AT_ALL
    await do.act(VERBS["incident.reject"].run, third, given_up, "the light was off")
    lost = await do.act(register_incident, "the host is odd", reporter="ada")
    await do.act(set_incident_effect, lost["key"], "host", "degraded")
    await do.act(resolve_incident, lost["key"], "it is as before")


async def graver(do: Driver, incident: str) -> None:
    """What was seen beside the ledger: of what it affects, and of what it does not affect."""
    lamp = ReachedService("none", "lamp", "Lamp", Level.UP, Level.DOWN, 1)
    ((host,),) = await run(do.graph, "MATCH (n:CI {key: 'host'}) RETURN n.id")
    for hit in ({}, {host: Effect.DOWN}):
        await do.act(weigh_incident, incident, Found(hit, Reach(0, 1, (lamp,), None)))


async def alerted(do: Driver) -> None:
    labels = {"instance": "host:9100", "severity": "critical", "alertname": "HostDown"}
    for over in (False, False, True):
        await do.act(alerts.report_alert, "3ad1", labels, over=over)


async def arriving(do: Driver) -> None:
    """What comes in from outside: each once, and an answer to what came before."""
    await do.act(
        confm.register_element, REGISTRY, ElementDraft(kind="Service", key="post", name="p")
    )
    event = {"specversion": "1.0", "id": "1", "source": "/x", "type": "x.down", "subject": "post"}
    for _ in range(2):
        await do.act(arrivals.take_event, "default", event)
    await do.act(VERBS["person.register"].run, "Mona", email="mona@example.org")
    said = {"from": "mona@example.org", "to": "changes@x.org", "text": "element: post"}
    bridge = replace(REQUEST, sources=frozenset({"messages/default"}))
    for more in ({"message-id": "1"}, {"message-id": "2", "in-reply-to": "1"}):
        await do.act(arrivals.take_message, "default", {**said, **more}, request=bridge)


async def requested(do: Driver) -> None:
    """A service request from what is offered to its end, and one that is given up."""
    shop = ElementDraft(kind="Service", key="shop", name="shop")
    await do.act(confm.register_element, REGISTRY, shop)
    steps = [OfferingStep("the head agrees", StepKind.APPROVAL), OfferingStep("build it")]
    await do.act(requests.register_request_offering, "a stall", "shop", steps=steps)
    offering, first, second = "OFR-000001", "SRQ-000001", "SRQ-000002"
    await do.act(requests.describe_request_offering, offering, description="of wood")
    for _ in range(2):
        await do.act(requests.register_service_request, offering, requester="ada")
    await do.act(requests.classify_service_request, first, "information")
    await do.act(requests.prioritise_service_request, first)
    await do.act(VERBS["service_request.begin"].run, first)
    await do.act(VERBS["service_request.wait"].run, first, desk.WaitingFor.USER, "which wood")
    await do.act(VERBS["service_request.resume"].run, first)
    await do.act(VERBS["service_request.return"].run, first, "how high")
    await do.act(VERBS["service_request.answer"].run, first, "two metres")
    await do.act(VERBS["service_request.escalate"].run, first, "no wood", to="ops")
    await do.act(VERBS["service_request.escalate_up"].run, first, "still no wood")
    await do.act(VERBS["service_request.update_users"].run, first, "wood is on its way")
    other = Request(actor="other", via="test")
    for number in (1, 2):
        await do.act(requests.complete_request_step, first, number, request=other)
    await do.act(requests.fulfil_service_request, first, "it stands")
    await do.act(VERBS["service_request.reopen"].run, first, "it fell")
    await do.act(requests.fulfil_service_request, first, "it stands again")
    await do.act(VERBS["service_request.close"].run, first, confirmed=True)
    raised = changes.raise_change_from_service_request
    await do.act(raised, second, [("host", "degraded")])
    gone = desk.GivenUpAs.WITHDRAWN
    await do.act(VERBS["service_request.reject"].run, second, gone, "no need")
    await do.act(requests.withdraw_request_offering, offering)


async def access(do: Driver) -> None:
    await do.act(accounts.create_account, "ada", ["editor"], "digest")
    await do.act(accounts.set_password, "ada", "other digest")
    await do.act(accounts.change_account, "ada", roles=["reader"], disabled=True)
    await do.act(accounts.change_account, "ada", roles=["editor"], disabled=False)
    expires = to_text(START + timedelta(days=5))
    token = await do.act(accounts.create_token, "ada", [], expires, "fsg_abcdefgh", "digest")
    await do.act(accounts.revoke_token, token["key"])
    kept = await do.act(documents.register_document, "head", "{ ledgerHead }")
    await do.act(documents.register_document, "where it stands", "{ ledgerHead }")
    await do.act(documents.retire_document, kept["digest"])


async def issued(do: Driver) -> None:
    def draft(word: DocumentWord, said: int, of: str = "", *, approved: bool = False) -> Draft:
        content = packed({"sections": [], "said": said})
        title, moment, kind = "what there is", to_text(START), "Service" if of else ""
        return Draft(
            *(Wanted(word, of), title, word.value, kind, approved, None, None, 1, 2, moment, None),
            content,
        )

    first, second = DocumentWord.KEDB, DocumentWord.STANDARD_CHANGES
    for said in range(2):
        made = await do.act(issuing.issue_document, draft(first, said), first, to=["ada"])
    await do.act(issuing.withdraw_document, made["key"], "it was wrong")
    for said in range(2):
        proposed = draft(second, said, approved=True)
        made = await do.act(issuing.issue_document, proposed, second)
    await do.act(issuing.approve_document, made["key"], request=OTHER)
    third = DocumentWord.SERVICE_REPORT
    await do.act(issuing.issue_document, draft(third, 1, "shop"), third, about="shop")


async def syncing(do: Driver) -> None:
    rows = [
        record("Server", "s1", asset_tag="A1"),
        record("VirtualMachine", "v1", ("RUNS_ON", "s1")),
        record("VirtualMachine", "v2", ("RUNS_ON", "s1")),
    ]
    await send(do.graph, rows)
    moved = [*rows[:2], record("VirtualMachine", "v2", ("RUNS_ON", "host"), cpu_count=4)]
    await send(do.graph, moved)
    held = Run(source="other", scope="all", mode="snapshot", token="mine")
    held.number = await do.act(take_lease, held)
    await do.act(renew, held)
    await do.act(remember, held, [(1, 2)])
    held.index.accept([(1, 2)])
    await do.act(remember, held, [], buckets=list(held.index.compacted()))
    await do.act(remember, held, [], below=held.index.next_number)
    await do.act(end, held, "completed", {}, whole=True)
    await deciding(do)
    await chunks(do)


async def deciding(do: Driver) -> None:
    servers = [record("Server", f"few-{n}") for n in range(8)]
    await send(do.graph, servers, source="few")
    await send(do.graph, servers[:6], source="few")
    await send(do.graph, servers[:7], source="few")
    rows = await run(do.graph, "MATCH (p:RetirementProposal {status: 'proposed'}) RETURN p.key")
    await do.act(approve, REGISTRY, rows[0][0])
    held = await send(do.graph, servers[:2], source="few")
    await approve_run(do.graph, REQUEST, held.run, held.hold)
    rows = await run(do.graph, "MATCH (p:RetirementProposal {status: 'proposed'}) RETURN p.key")
    await do.act(dismiss, rows[0][0], "it is wanted")
    bad = [record("Server", "few-0", colour="red"), record("Server", "few-1", role="wrong")]
    wrong = await send(do.graph, bad, source="few", mode="delta")
    await revert_run(do.graph, REGISTRY, REQUEST, wrong.run)
    await do.act(clear_parked, "few", "default", [parked_key("few/default", "few-0")])
    await send(do.graph, bad, source="few", mode="delta")


async def chunks(do: Driver) -> None:
    sessions, who = Sessions(do.graph), Who(REGISTRY, REQUEST)
    begun = await sessions.begin(who, "chunks", "all", "delta")
    seen = [Observation(type="Server", key="c1", place="line 1")]
    await sessions.take(who, begun["run"], begun["fence"], 1, "digest", seen)
    begun = await sessions.resume(who, begun["run"])
    await sessions.end(who, begun["run"], begun["fence"], Ending())


async def erasing(do: Driver) -> None:
    await do.act(sms.erase_party, "ada")
    await do.act(sms.retire_party, "ada")
    ((bob,),) = await run(do.graph, "MATCH (n:RetiredPerson {key: 'bob'}) RETURN n.id")
    await do.act(sms.erase_party, bob)


CASES: tuple[Case, ...] = (
    types,
    scope,
    parties,
    ruling,
    elements,
    disturbances,
    releasing,
    improvements,
    verifying_all,
    trended,
    investigated,
    managing,
    stepped,
    arriving,
    remarks,
    by_hand,
    access,
    issued,
    holding,
    syncing,
    seen,
    delegated,
    ahead,
    weak,
    cloned,
    returned,
    reported,
    coming_again,
    erasing,
)


async def drive(do: Driver) -> None:
    """Use every verb of the product."""
    for case in CASES:
        await case(do)
