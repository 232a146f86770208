"""The machine of problems and known errors: all their verbs at any time (PR10)."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from graph.machines.machine import Machine, Move, Place, moment
from graph.machines.problem_model import Fact, ProblemModel

SERVICE, APPLICATION, SERVER = PLACES = tuple(Place(number) for number in range(3))
SUSPECTED = ([], [SERVER], [APPLICATION], [SERVICE, SERVER])
NUMBERS = ([], [0], [1], [2], [0, 2], [1, 2])
"""Incidents of the run, by number."""


def on(verb: str, often: int = 4, ref: str = "ref", **given: Any) -> Move:
    return Move(verb, "problem", ref, given=given, often=often)


def of_known(verb: str, often: int = 4, **given: Any) -> Move:
    return Move(verb, "known", given=given, often=often)


NEW = {"title": ("power goes", "stops", " "), "investigates": SUSPECTED, "incidents": NUMBERS}
MOVES = (
    Move("problem.register", given=NEW),
    on("problem.link", 8, incidents=NUMBERS, investigates=SUSPECTED),
    on("problem.prioritise"),
    on("problem.return", 2, question=("since when?", "")),
    on("problem.answer", 6, answer=("since May", "")),
    on("problem.clone", 1, title=("again", "")),
    on("problem.diagnose", cause=("old batteries", "firmware", "")),
    on("problem.resolve", 2, resolution=("new batteries", "")),
    on("problem.reject", 2, why=("it is none", "")),
    on("problem.assign", 1, owner=("ops", "ada", "nobody")),
    on("problem.comment", 1, text=("so it is",)),
    on("problem.attach", 1, url=("https://wiki.example.org/plan",)),
    on("known_error.register", 6, "problem", workaround=("plug it in", "")),
    of_known("known_error.describe", 3, workaround=("plug it in twice", "wait", "")),
    of_known("known_error.verify"),
    of_known("known_error.try", 12, incident=(0, 1, 2), helped=(True, False)),
    of_known("known_error.communicate", to=("everybody", "")),
    of_known("known_error.retire", 1),
)
FOUND = """
UNWIND $keys AS key
MATCH (p:Record:Problem {key: key})
RETURN p.key AS key, p.status AS status, coalesce(p.cause, '') AS cause,
       coalesce(p.resolution, '') AS resolution, coalesce(p.decision, '') AS missing,
       coalesce(p.description, '') AS told, p.priority AS priority,
       p.incident_count AS counted, p.incident_hours AS hours, p.closed_at AS closed_at,
       COLLECT { MATCH (p)-[:INVESTIGATES]->(e) RETURN e.key ORDER BY e.key } AS suspected,
       COLLECT { MATCH (p)<-[:CAUSED_BY]-(i) RETURN i.key ORDER BY i.key } AS incidents,
       COUNT { (p)<-[:ABOUT]-(:Comment) } AS comments, [(p)-[:OWNED_BY]->(o) | o.key] AS owners
"""
KNOWN = """
UNWIND $keys AS key
MATCH (k:Record:KnownError {key: key})
RETURN k.key AS key, k.status AS status, coalesce(k.cause, '') AS cause,
       coalesce(k.workaround, '') AS workaround, k.verified_at AS verified_at,
       coalesce(k.verified_by, '') AS verified_by, coalesce(k.used, 0) AS used,
       coalesce(k.helped, 0) AS helped, k.review_due_at AS review_due,
       k.communicated_at AS told_at, k.closed_at AS closed_at,
       [(k)-[:KNOWN_FROM]->(p) | p.key] AS problems
"""


class ProblemMachine(Machine):
    model_of = ProblemModel
    moves = MOVES
    births = {
        "problem.register": "problem",
        "problem.clone": "problem",
        "known_error.register": "known",
    }

    @initialize(suspected=st.sampled_from(SUSPECTED), numbers=st.sampled_from(NUMBERS))
    def first(self, suspected: list[Place], numbers: list[int]) -> None:
        """Three incidents, one of them over at once, and a problem."""
        self.incidents = [self.incident(number) for number in range(3)]
        given = {"title": "power goes", "investigates": self.meant(suspected)}
        self.step("problem.register", "tester", {**given, "incidents": numbers})

    def incident(self, number: int) -> str:
        hit = [(self.estate.server, "at_risk")]
        key = str(self.stage.act("incident.register", title="dark", affects=hit).value["key"])
        fact = Fact(self.stage.now)
        if number == 1:
            given_up = {"given_up_as": "none_at_all", "why": "it was off"}
            self.stage.act("incident.reject", ref=key, **given_up)
            fact.ends_at = self.stage.now
        self.model.incidents.append(fact)
        return key

    def told(self, given: Any) -> dict[str, Any]:
        said = super().told(given)
        if "incidents" in said:
            said["incidents"] = [self.incidents[number] for number in said["incidents"]]
        if "incident" in said:
            said["incident"] = self.incidents[said["incident"]]
        return said

    # --- both sides ----------------------------------------------------------------------------

    def found(self) -> dict[str, dict[str, Any]]:
        rows = self.stage.ask(FOUND, keys=self.keys("problem"))
        rows += self.stage.ask(KNOWN, keys=self.keys("known"))
        return {row.pop("key"): row for row in rows}

    def expected(self) -> dict[str, dict[str, Any]]:
        told: dict[str, dict[str, Any]] = {}
        for it in self.model.records["problem"]:
            incidents = [
                key for key, fact in zip(self.incidents, self.model.incidents, strict=True)
                if fact.problem is it
            ]  # fmt: skip
            told[it.key] = {
                "status": it.status, "cause": it.cause, "resolution": it.resolution,
                "missing": it.missing, "told": it.told, "priority": it.priority, "counted": it.counted, "hours": it.hours,
                "closed_at": moment(it.closed_at), "suspected": sorted(it.suspected),
                "incidents": sorted(incidents), "comments": it.comments,
                "owners": [it.owner] if it.owner else [],
            }  # fmt: skip
        for it in self.model.records["known"]:
            told[it.key] = {
                "status": it.status, "cause": it.cause, "workaround": it.workaround,
                "verified_at": moment(it.verified_at), "verified_by": it.verified_by,
                "used": len(it.tried), "helped": sum(it.tried.values()),
                "review_due": moment(it.review_due), "told_at": moment(it.told_at),
                "closed_at": moment(it.closed_at), "problems": [it.of.key],
            }  # fmt: skip
        return told
