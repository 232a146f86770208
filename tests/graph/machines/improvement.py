"""The machine of suggestions, improvements and their actions: all their verbs at any time (PR14)."""

from typing import Any

from hypothesis.stateful import initialize

from graph.machines.improvement_model import ImprovementModel
from graph.machines.machine import Machine, Move, moment

CLASSES = ("high", "medium", "low")
SIDES = {"value": CLASSES, "effort": CLASSES, "urgency": (*CLASSES, "at once")}


def on(verb: str, kind: str, often: int = 4, ref: str = "ref", **given: Any) -> Move:
    return Move(verb, kind, ref, given=given, often=often)


MOVES = (
    Move("suggestion.register", given={"title": ("two hosts", " "), "finding": ("", "one", "two")}),
    on("suggestion.evaluate", "suggestion", **SIDES),
    on("suggestion.accept", "suggestion", 8, "suggestion", decision=("so be it", "")),
    on("suggestion.reject", "suggestion", 1, decision=("no room", "")),
    on("suggestion.return", "suggestion", 2, question=("for whom?", "")),
    on("suggestion.answer", "suggestion", 6, answer=("for all", "")),
    on("suggestion.clone", "suggestion", 1, title=("again", "")),
    on("improvement.clone", "improvement", 1, title=("again", "")),
    on("suggestion.comment", "suggestion", 1, text=("so it is",)),
    on("suggestion.assign", "suggestion", 1, owner=("ops", "nobody")),
    on("improvement.aim", "improvement", 3, kpi=("ci_owned", "incident_reopened", "luck")),
    on("improvement.implement", "improvement", 8),
    on(
        "improvement.review",
        "improvement",
        4,
        effect=("improved", "no_effect", "worse"),
        review=("seen", ""),
    ),
    on("improvement.cancel", "improvement", 1, why=("no money", "")),
    on("improvement.comment", "improvement", 1, text=("so it is",)),
    on(
        "improvement_action.register",
        "improvement",
        8,
        "improvement",
        title=("buy", "build", ""),
        due_at=("2300-01-01T00:00:00Z",),
    ),
    on("improvement_action.report", "action", progress=(0, 50, 100, 101, -1)),
    on("improvement_action.complete", "action", 6),
    on("improvement_action.cancel", "action", 2, why=("no need", "")),
)
SUGGESTIONS = """
UNWIND $keys AS key
MATCH (s:Record:Suggestion {key: key})
RETURN s.key AS key, s.status AS status, coalesce(s.times_seen, 1) AS seen, s.score AS score,
       coalesce(s.decision, '') AS decision, coalesce(s.description, '') AS told, s.closed_at AS closed_at,
       COUNT { (s)<-[:ABOUT]-(:Comment) } AS comments, [(s)-[:OWNED_BY]->(o) | o.key] AS owners,
       COUNT { (s)<-[:FOLLOWS]-(:Improvement) } AS followed
"""
IMPROVEMENTS = """
UNWIND $keys AS key
MATCH (i:Record:Improvement {key: key})
RETURN i.key AS key, i.status AS status, i.implemented_at AS implemented_at,
       coalesce(i.effect, '') AS effect, coalesce(i.review, '') AS review,
       i.closed_at AS closed_at, COUNT { (i)-[:AIMS_AT]->() } AS aims,
       COUNT { (i)<-[:ABOUT]-(:Comment) } AS comments, [(i)-[:FOLLOWS]->(s) | s.key] AS of
"""
ACTIONS = """
UNWIND $keys AS key
MATCH (a:Record:ImprovementAction {key: key})
RETURN a.key AS key, a.status AS status, coalesce(a.progress, 0) AS progress,
       a.closed_at AS closed_at, [(a)-[:CARRIES_OUT]->(i) | i.key] AS of
"""


class ImprovementMachine(Machine):
    model_of = ImprovementModel
    moves = MOVES
    births = {
        "suggestion.register": "suggestion",
        "suggestion.accept": "improvement",
        "suggestion.clone": "suggestion",
        "improvement.clone": "improvement",
        "improvement_action.register": "action",
    }

    @initialize()
    def first(self) -> None:
        self.step("suggestion.register", "tester", {"title": "two hosts", "finding": ""})

    def told(self, given: Any) -> dict[str, Any]:
        """Findings are the run's own: the same finding is the same suggestion in all the graph."""
        said = super().told(given)
        if said.get("finding"):
            said["finding"] = f"{said['finding']}/{self.estate.server}"
        return said

    # --- both sides ----------------------------------------------------------------------------

    def found(self) -> dict[str, dict[str, Any]]:
        rows = self.stage.ask(SUGGESTIONS, keys=self.keys("suggestion"))
        rows += self.stage.ask(IMPROVEMENTS, keys=self.keys("improvement"))
        rows += self.stage.ask(ACTIONS, keys=self.keys("action"))
        return {row.pop("key"): row for row in rows}

    def expected(self) -> dict[str, dict[str, Any]]:
        records = self.model.records
        told: dict[str, dict[str, Any]] = {}
        for it in records["suggestion"]:
            followed = [each for each in records["improvement"] if each.of is it]
            told[it.key] = {
                "status": it.status,
                "seen": it.seen,
                "score": it.score,
                "decision": it.decision,
                "told": it.told,
                "closed_at": moment(it.closed_at),
                "comments": it.comments,
                "owners": [it.owner] if it.owner else [],
                "followed": len(followed),
            }
        for it in records["improvement"]:
            told[it.key] = {
                "status": it.status,
                "implemented_at": moment(it.implemented_at),
                "effect": it.effect,
                "review": it.review,
                "closed_at": moment(it.closed_at),
                "aims": int(it.aims),
                "comments": it.comments,
                "of": [it.of.key],
            }
        for it in records["action"]:
            told[it.key] = {
                "status": it.status,
                "progress": it.progress,
                "closed_at": moment(it.closed_at),
                "of": [it.of.key],
            }
        return told
