"""The machine of changes: all their verbs at any time, and those of tasks and standards (PR12)."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from fitsm_graph.chm.approving import ChangeOutcome
from fitsm_graph.chm.classifying import ChangeType
from graph.machines.change_model import ChangeModel
from graph.machines.change_records import Change, Variant
from graph.machines.machine import Machine, Move, Place, Window, moment
from graph.machines.stage import text_of

SERVICE, APPLICATION, SERVER = PLACES = tuple(Place(number) for number in range(3))
HITS = (
    [(APPLICATION, "down")],
    [(APPLICATION, "at_risk")],
    [(SERVER, "degraded")],
    [(SERVICE, "degraded"), (APPLICATION, "at_risk")],
)
WINDOWS = (None, Window(-1, 72), Window(-1, 400), Window(24, 60), Window(-60, -24), Window(9, 3))
WHO = ("tester", "joe", "bob", "bob2", "eve")
DECIDE = ("bob", "eve", "bob2", "joe", "ada")
DIFFERENCES = (-1, -1, 0, 1, 2)
"""How many items a planned difference has; -1: nothing is said of it."""


def on(verb: str, often: int = 4, by: tuple[str, ...] = ("tester", "joe"), **given: Any) -> Move:
    return Move(verb, "change", by=by, given=given, often=often)


def of_task(verb: str, **given: Any) -> Move:
    return Move(verb, "task", given=given)


def of_standard(verb: str, often: int = 2, by: tuple[str, ...] = ("joe",), **given: Any) -> Move:
    return Move(verb, "standard", by=by, given=given, often=often)


STANDARD = {"title": ("as ever",), "steps": (["do it"],), "may_alter": (["Application"],)}
MOVES = (
    Move(
        "change.register",
        by=WHO,
        given={
            "title": ("new board", " "),
            "changes": HITS,
            "urgent": (False, True),
            "window": WINDOWS,
        },
    ),
    Move("change.from_standard", "standard", "follows", WHO[:3], {"changes": HITS}, 8),
    on("change.describe", 1, aim=("no more stops",)),
    on(
        "change.classify",
        type=("", "major", "normal", "standard"),
        reason=("an exam", ""),
        urgent=(None, True, False),
    ),
    on("change.plan", 6, changes=([], [], *HITS), difference=DIFFERENCES, window=WINDOWS),
    on("change.plan_back_out", 1, steps=("the old one",), tested=(True, False)),
    on("change.return", 2, question=("who pays?",)),
    on("change.answer", answer=("we do",)),
    on("change.assess", 8),
    on("change.approve", 16, DECIDE),
    on("change.reject", 1, DECIDE, why=("not now",)),
    on("change.schedule", 8, window=WINDOWS),
    on("change.begin", 16),
    on("change.apply", 8),
    on("change.set_aside", 4, DECIDE, why=("it is gone",)),
    on("change.complete", 8, outcome=("successful", "partly_successful", "failed")),
    on("change.back_out", 4, result=("it does not fit",)),
    on("change.suspect", 1),
    on("change.blame", 2, incidents=(["incident"],)),
    on("change.review", 6, (*WHO, "ada"), findings=("seen",), aim_met=(True, False)),
    on("change.close", 4),
    on("change.cancel", 1),
    on("change.comment", 1, text=("so it is",)),
    on("change.assign", 1, owner=("ops", "ada")),
    Move("change_task.register", "change", "task_of", given={"title": ("buy",)}, often=3),
    Move(
        "change_variant.propose",
        "change",
        "variant_of",
        given={
            "title": ("slowly",),
            "changes": ([], *HITS),
            "difference": DIFFERENCES,
            "window": WINDOWS,
        },
        often=3,
    ),
    on("change.compare_variants", 3),
    Move("change_variant.choose", "variant", given={"decision": ("it is calm", " ")}),
    Move("change_variant.decline", "variant", given={"decision": ("it is not",)}, often=1),
    of_task("change_task.complete"),
    of_task("change_task.cancel", why=("no need",)),
    Move("standard_change.register", given=STANDARD),
    of_standard("standard_change.describe", 2, ("tester", "eve", "joe"), back_out=("the old one",)),
    of_standard("standard_change.approve", 8, DECIDE),
    of_standard("standard_change.suspend", 1, why=("none left",)),
    of_standard("standard_change.retire", 1, why=("no more",)),
)
FOUND = """
UNWIND $keys AS key
MATCH (c:Record:Change {key: key})
RETURN c.key AS key, c.status AS status, c.type AS type, c.requester AS requester,
       coalesce(c.urgent, false) AS urgent, c.planned_starts_at AS planned_from, c.planned_ends_at AS planned_until,
       coalesce(c.difference_done, 0) AS carried, c.approved_at AS approved_at,
       c.approved_until AS approved_until, coalesce(c.begun_by, '') AS begun_by,
       coalesce(c.implemented_by, '') AS done_by,
       c.starts_at AS starts_at, CASE WHEN c.starts_at IS NULL THEN NULL ELSE c.ends_at END
         AS ends_at, c.outcome AS outcome, c.review_due_at AS review_due, c.closed_at AS closed_at,
       COLLECT { MATCH (c)-[hit:CHANGES]->(e) RETURN e.key + '=' + hit.effect ORDER BY e.key }
         AS hits,
       COUNT { (c)<-[:DECIDES_ON]-(:Approval) } AS votes,
       COLLECT { MATCH (c)<-[:REVIEWS]-(r) RETURN r.done_at IS NOT NULL AS held ORDER BY held }
         AS reviews,
       COUNT { (c)-[:CAUSED]->(:Incident) } AS blamed,
       COLLECT { MATCH (c)<-[:BACKS_OUT]-(b) RETURN b.steps + ' ' + toString(b.tested) } AS back_out,
       COUNT { (c)<-[:ABOUT]-(:Comment) } AS comments, [(c)-[:OWNED_BY]->(p) | p.key] AS owners,
       COLLECT { MATCH (c)<-[:TASK_OF]-(t) RETURN t.status AS status ORDER BY status } AS tasks
"""
STANDARDS = """
UNWIND $keys AS key
MATCH (s:Record:StandardChange {key: key})
RETURN s.key AS key, s.status AS status, coalesce(s.used, 0) AS used,
       coalesce(s.failed, 0) AS failed, coalesce(s.failed_since, 0) AS since, s.authors AS authors
"""
VARIANTS = """
UNWIND $keys AS key
MATCH (v:Record:ChangeVariant {key: key})
RETURN v.key AS key, v.status AS status, v.planned_starts_at AS planned_from,
       EXISTS { (v)<-[:ASSESSES_VARIANT]-(:ChangeAssessment) } AS compared,
       v.closed_at IS NOT NULL AND v.decision <> '' AND v.decided_by <> '' AS decided,
       COLLECT { MATCH (v)-[hit:WOULD_ALTER]->(e) RETURN e.key + '=' + hit.effect ORDER BY e.key }
         AS hits
"""
TASKS = """
UNWIND $keys AS key
MATCH (t:Record:ChangeTask {key: key})
RETURN t.key AS key, t.status AS status, t.closed_at AS closed_at
"""


class ChangeMachine(Machine):
    model_of = ChangeModel
    moves = MOVES
    births = {
        "change.register": "change",
        "change.from_standard": "change",
        "standard_change.register": "standard",
        "change_variant.propose": "variant",
    }

    @initialize(changes=st.sampled_from(HITS), urgent=st.booleans())
    def first(self, changes: list[tuple[Place, str]], urgent: bool) -> None:
        """A change, a standard change, and an incident that was none: it may be blamed."""
        hit = [(self.estate.server, "at_risk")]
        told = self.stage.act("incident.register", title="dark", affects=hit)
        self.incident = told.value["key"]
        given_up = {"given_up_as": "none_at_all", "why": "it was off"}
        self.stage.act("incident.reject", ref=self.incident, **given_up)
        said = {name: values[0] for name, values in STANDARD.items()}
        self.step("standard_change.register", "tester", said)
        given = {"title": "new board", "changes": self.meant(changes), "urgent": urgent}
        self.step("change.register", "tester", {**given, "window": None})

    def told(self, given: Mapping[str, Any]) -> dict[str, Any]:
        said = super().told(given)
        if "window" in said:
            self.window(said)
        if "incidents" in said:
            said["incidents"] = [self.incident]
        if "outcome" in said:
            said["outcome"] = ChangeOutcome(said["outcome"])
        if "reason" in said:
            said["override_reason"] = said.pop("reason")
            said["type"] = ChangeType(said["type"]) if said["type"] else None
        if "difference" in said:
            count = said.pop("difference")
            keys = self.estate.keys[1:]
            texts = [{"key": keys[n], "description": "another"} for n in range(count)]
            said["difference_of_graph"] = {"change": texts} if count >= 0 else None
        return said

    def window(self, said: dict[str, Any]) -> None:
        """A planned time in the words of the verb."""
        window = said.pop("window")
        schedules = len(said) == 1
        names = ("starts_at", "ends_at") if schedules else ("planned_starts_at", "planned_ends_at")
        if window is not None:
            said |= {name: text_of(each) for name, each in zip(names, window, strict=True)}

    # --- both sides ----------------------------------------------------------------------------

    def found(self) -> dict[str, dict[str, Any]]:
        rows = self.stage.ask(FOUND, keys=self.keys("change"))
        rows += self.stage.ask(STANDARDS, keys=self.keys("standard"))
        rows += self.stage.ask(VARIANTS, keys=[key for key in self.keys("variant") if key])
        rows += self.stage.ask(TASKS, keys=[key for key in self.keys("task") if key])
        return {row.pop("key"): row for row in rows}

    def expected(self) -> dict[str, dict[str, Any]]:
        records = self.model.records
        told = {each.key: self.change_row(each) for each in records["change"]}
        for each in records["standard"]:
            told[each.key] = {
                "status": each.status,
                "used": each.used,
                "failed": each.failed,
                "since": each.since,
                "authors": sorted(each.authors),
            }
        for each in records["variant"]:
            if each.key:
                told[each.key] = self.variant_row(each)
        for each in records["task"]:
            if each.key:
                told[each.key] = {"status": each.status, "closed_at": moment(each.closed_at)}
        return told

    def variant_row(self, it: Variant) -> dict[str, Any]:
        begins, _ = it.planned or (None, None)
        return {
            "status": it.status,
            "compared": it.compared,
            "planned_from": moment(begins),
            "hits": sorted(f"{key}={effect}" for key, effect in it.hits.items()),
            "decided": it.status != "proposed",
        }

    def change_row(self, it: Change) -> dict[str, Any]:
        begins, ends = it.planned or (None, None)
        back_out = [f"{it.back_out[0]} {str(it.back_out[1]).lower()}"] if it.back_out else []
        tasks = [each.status for each in self.model.records["task"] if each.of is it]
        return {
            "status": it.status,
            "type": it.type,
            "requester": it.requester,
            "urgent": it.urgent,
            "planned_from": moment(begins),
            "planned_until": moment(ends),
            "carried": it.carried,
            "approved_at": moment(it.approved_at),
            "approved_until": moment(it.approved_until),
            "begun_by": it.begun_by,
            "done_by": it.done_by,
            "starts_at": moment(it.starts_at),
            "ends_at": moment(it.ends_at),
            "outcome": it.outcome,
            "review_due": moment(it.review_due),
            "closed_at": moment(it.closed_at),
            "hits": sorted(f"{key}={effect}" for key, effect in it.hits.items()),
            "votes": it.votes_cast,
            "reviews": sorted(it.reviews),
            "blamed": int(it.blamed),
            "back_out": back_out,
            "comments": it.comments,
            "tasks": sorted(tasks),
            "owners": [it.owner] if it.owner else [],
        }
