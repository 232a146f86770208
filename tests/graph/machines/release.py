"""The machine of releases and their waves: all their verbs at any time (PR13)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from fitsm_graph.confm.drafts import RelationDraft
from fitsm_graph.confm.service import relate
from fitsm_graph.model.rdm import ReleaseType
from fitsm_graph.model.rdm_records import KindOfTest
from graph.machines.machine import Machine, Move, Pick, Window, moment
from graph.machines.release_model import ReleaseModel
from graph.machines.release_records import Change
from graph.machines.stage import text_of

WHO = ("tester", "joe", "bob")
DECIDE = ("bob", "bob2", "eve", "tester")
CHANGES = ([Pick("change", 0)], [Pick("change", 1)], [Pick("change", 0), Pick("change", 1)])
WINDOWS = (Window(-1, 200), Window(-1, 500), Window(24, 60), Window(-60, -24), Window(9, 3))
NAMES = ("functional", "integration", "what-matters", "back-out", "people-told")


def on(
    verb: str, often: int = 4, ref: str = "ref", by: tuple[str, ...] = WHO, **given: Any
) -> Move:
    return Move(verb, "release", ref, by, given, often)


def of_wave(verb: str, often: int = 8, by: tuple[str, ...] = WHO, **given: Any) -> Move:
    return Move(verb, "wave", by=by, given=given, often=often)


MOVES = (
    Move("release.register", by=WHO, given={"title": ("spring", " "), "urgent": (False, True)}),
    on("release.describe", 0, description=("all that is new",)),
    on(
        "release.classify",
        0,
        type=("", "major", "minor"),
        reason=("all see it", ""),
        urgent=(None, True, False),
    ),
    on("release.include", 2, changes=CHANGES),
    on("release.exclude", 0, changes=CHANGES),
    on("release.schedule", 4, window=WINDOWS),
    on("release.plan", 3),
    on("release.build", 8, build=("1.0", "1.1")),
    on(
        "test_result.record",
        8,
        "release",
        kind_of_test=("functional", "integration"),
        passed=(3, 3, 0, -1),
        failed=(0, 0, 1),
    ),
    on("release.evaluate", 1),
    on("release.waive", 4, by=DECIDE, criterion=NAMES, why=("known",)),
    on("release.accept", 40, by=DECIDE),
    on("release.review", 4, by=(*WHO, "eve"), findings=("seen",), success=(True, False)),
    on("release.close", 4),
    on("release.cancel", 0, why=("no need",)),
    on("communication.register", 2, "release", title=("what is new",)),
    Move("communication.perform", "telling", often=3),
    Move("communication.cancel", "telling", given={"why": ("no need",)}, often=1),
    of_wave("deployment.plan_back_out", steps=("the old one",), tested=(True, False)),
    of_wave("deployment.begin", 60),
    of_wave("deployment.complete", 20),
    of_wave("deployment.fail", 12, result=("it does not start",)),
    of_wave("deployment.back_out", 12, result=("the old one runs",)),
    of_wave("deployment.review", 2, (*WHO, "eve"), findings=("seen",), success=(True, False)),
    Move("change.begin", "change", often=0),
    Move("change.cancel", "change", often=0),
)
FOUND = """
UNWIND $keys AS key
MATCH (r:Record:Release {key: key})
RETURN r.key AS key, r.status AS status, r.type AS type, r.planned_starts_at AS planned_from,
       r.planned_ends_at AS planned_until, coalesce(r.build, '') AS build,
       r.accepted_at AS accepted_at, r.begun_at AS begun_at,
       coalesce(r.deployers, []) AS deployers, coalesce(r.failures, 0) AS failures,
       r.outcome AS outcome, r.deployed_at AS deployed_at, r.watched_until AS watched_until,
       r.review_due_at AS review_due, r.closed_at AS closed_at,
       COLLECT { MATCH (r)-[:CONTAINS]->(c) RETURN c.key ORDER BY c.key } AS contains,
       COUNT { (r)<-[:TEST_OF]-(:TestResult) } AS results
"""
WAVES = """
UNWIND $keys AS key
MATCH (d:Record:Deployment {key: key})
RETURN d.key AS key, d.status AS status, d.wave AS number, coalesce(d.attempts, 0) AS attempts,
       coalesce(d.back_out, '') AS back_out, coalesce(d.back_out_tested, false) AS tested,
       coalesce(d.deployer, '') AS deployer,
       COLLECT { MATCH (d)-[hit:DEPLOYS]->(e) RETURN e.key + '=' + hit.effect } AS hits
"""
OTHERS = """
UNWIND $keys AS key
MATCH (c:Record&(Change|CommunicationAction) {key: key})
RETURN c.key AS key, c.status AS status, c.outcome AS outcome, c.starts_at AS starts_at,
       CASE WHEN c.starts_at IS NULL THEN NULL ELSE c.ends_at END AS ends_at,
       c.planned_starts_at AS planned_from
"""
NEW_WAVES = """
MATCH (r:Record:Release {key: $key})<-[:WAVE_OF]-(d {status: 'planned'})
RETURN d.key AS key ORDER BY d.wave
"""


class ReleaseMachine(Machine):
    model_of = ReleaseModel
    moves = MOVES
    most = 2
    births = {"release.register": "release"}

    @initialize(far=st.integers(0, 9))
    def first(self, far: int) -> None:
        """So many steps of the straight way, to begin with."""
        self.scenery()
        release = self.pick("release", 0)
        window = self.meant(Window(-1, 500))
        tests = {"kind_of_test": "functional", "passed": 3, "failed": 0}
        for verb, by, given in (
            ("release.include", "joe", {"changes": list(self.model.records["change"])}),
            ("release.schedule", "joe", {"window": window}),
            ("release.plan", "joe", {}),
            ("release.build", "joe", {"build": "1.0"}),
            ("test_result.record", "joe", tests),
        )[:far]:
            ref = "release" if verb.startswith("test") else "ref"
            self.step(verb, by, {ref: release, **given})
        for each in self.model.records["wave"] if far > 5 else []:
            plan = {"ref": each, "steps": "the old one", "tested": True}
            self.step("deployment.plan_back_out", "joe", plan)
        if far > 6:
            self.step("release.accept", "bob", {"ref": release})
        for wave in self.model.records["wave"][: max(0, far - 7)]:
            self.step("deployment.begin", "joe", {"ref": wave})
            self.step("deployment.complete", "joe", {"ref": wave})

    def scenery(self) -> None:
        """The application runs on the server; a change of each is approved."""
        runs = RelationDraft(
            type="RUNS_ON", source=self.estate.application, target=self.estate.server
        )
        self.stage.must(relate, self.stage.registry, runs)
        for key in (self.estate.server, self.estate.application):
            hit = [(key, "at_risk")]
            made = self.stage.act("change.register", title="new version", changes=hit).value
            self.stage.act("change.assess", ref=made["key"])
            told = self.stage.act("change.approve", by="bob", ref=made["key"])
            assert told.value["status"] == "approved"
            change = Change(dict(hit), self.stage.now + timedelta(days=30))
            change.key = made["key"]
            self.model.records["change"].append(change)
        self.step("release.register", "tester", {"title": "spring", "urgent": False})

    def told(self, given: Mapping[str, Any]) -> dict[str, Any]:
        said = super().told(given)
        if "window" in said:
            said["starts_at"], said["ends_at"] = map(text_of, said.pop("window"))
        if "reason" in said:
            said["override_reason"] = said.pop("reason")
            said["type"] = ReleaseType(said["type"]) if said["type"] else None
        if "kind_of_test" in said:
            said["kind_of_test"] = KindOfTest(said["kind_of_test"])
        return said

    def compare(self) -> None:
        """Waves are made by planning: which are which says their order."""
        for release in self.model.records["release"]:
            fresh = [each for each in self.model.waves(release) if not each.key]
            if fresh:
                rows = self.stage.ask(NEW_WAVES, key=release.key)
                assert len(rows) == len(fresh), (rows, fresh)
                for each, row in zip(fresh, rows, strict=True):
                    each.key = row["key"]
        super().compare()

    # --- both sides ----------------------------------------------------------------------------

    def found(self) -> dict[str, dict[str, Any]]:
        rows = self.stage.ask(FOUND, keys=self.keys("release"))
        rows += self.stage.ask(WAVES, keys=self.keys("wave"))
        rows += self.stage.ask(OTHERS, keys=self.keys("change") + self.keys("telling"))
        return {row.pop("key"): row for row in rows}

    def expected(self) -> dict[str, dict[str, Any]]:
        records = self.model.records
        told: dict[str, dict[str, Any]] = {}
        for it in records["release"]:
            begins, ends = it.planned or (None, None)
            told[it.key] = {
                "status": it.status,
                "type": it.type,
                "planned_from": moment(begins),
                "planned_until": moment(ends),
                "build": it.build,
                "accepted_at": moment(it.accepted_at),
                "begun_at": moment(it.begun_at),
                "deployers": sorted(it.deployers),
                "failures": it.failures,
                "outcome": it.outcome,
                "deployed_at": moment(it.deployed_at),
                "watched_until": moment(it.watched_until),
                "review_due": moment(it.review_due),
                "closed_at": moment(it.closed_at),
                "contains": sorted(each.key for each in self.model.inside(it)),
                "results": it.results,
            }
        for it in records["wave"]:
            steps, tested = it.back_out or ("", False)
            told[it.key] = {
                "status": it.status,
                "number": it.number,
                "attempts": it.attempts,
                "back_out": steps,
                "tested": tested,
                "deployer": it.deployer,
                "hits": [f"{key}={effect}" for key, effect in it.hits.items()],
            }
        for it in [*records["change"], *records["telling"]]:
            change = isinstance(it, Change)
            told[it.key] = {
                "status": it.status,
                "outcome": it.outcome if change else None,
                "starts_at": moment(it.starts_at) if change else None,
                "ends_at": moment(it.ends_at) if change else None,
                "planned_from": moment(it.planned[0]) if change and it.planned else None,
            }
        return told
