"""The machine of incidents: all their verbs at any time (PR9)."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from graph.machines.incident_model import IncidentModel
from graph.machines.machine import NUMBERS, Machine, Move, Pick, Place, moment

SERVICE, APPLICATION, SERVER = PLACES = tuple(Place(number) for number in range(3))
EFFECTS = ("down", "degraded", "at_risk")
HITS = ([(APPLICATION, "down")], [(SERVER, "degraded")], [(SERVICE, "down")],
        [(SERVICE, "degraded"), (APPLICATION, "at_risk")],
        [(APPLICATION, "degraded"), (SERVER, "down")])  # fmt: skip
TWICE = [(SERVER, "down"), (SERVER, "at_risk")]
CLASSES = ("", "", "", "high", "medium", "low", "huge")
OTHERS = tuple(Pick("incident", number) for number in range(NUMBERS))
SAID = {"impact": CLASSES, "urgency": CLASSES, "override_reason": ("the open day", "")}
RESOLVED = {
    "resolution": ("mended", "mended", ""), "closure_code": ("", "workaround", "luck"),
    "caused_in": (None, *PLACES),
}  # fmt: skip
MAJOR = {"coordinator": ("ada", "joe", "ops"), "why": ("all is down",)}
REVIEWED = {"findings": ("a spare was off",), "actions": (["ops: test it"], [])}


def on(verb: str, kind: str = "incident", ref: str = "ref", often: int = 4, **given: Any) -> Move:
    return Move(verb, kind, ref, given=given, often=often)


MOVES = (
    Move(
        "incident.register", given={"title": ("no power", "slow", " "), "affects": (*HITS, TWICE)}
    ),
    on("incident.clone", title=("again", ""), affects=([], *HITS), often=1),
    on("incident.affect", element=PLACES, effect=EFFECTS),
    on("incident.clear", element=PLACES, often=2),
    on("incident.classify", category=("hardware", "power", "weather"), often=2),
    on("incident.prioritise", **SAID),
    on("incident.merge", into=OTHERS, often=8),
    on("incident.split", often=1),
    on("incident.begin", often=8),
    on("incident.wait", waiting_for=("user", "supplier"), why=("a part", "a part", "")),
    on("incident.resume", often=8),
    on("incident.escalate", why=("beyond us",), to=("", "ops", "desk", "ada", "nobody")),
    on("incident.escalate_up", why=("time",), by_rule=(False, True)),
    on("incident.update_users", text=("we look at it",), often=2),
    on("incident.assign", owner=("ops", "ada", "nobody"), often=2),
    on("incident.comment", text=("so it is",), often=1),
    on("incident.attach", url=("https://wiki.example.org/plan",), often=1),
    on("incident.resolve", **RESOLVED, often=6),
    on("incident.reopen", why=("again",), often=12),
    on("incident.close", confirmed=(True, False), often=2),
    on("incident.reject", given_up_as=("none_at_all", "withdrawn"), why=("it is none",), often=1),
    on("incident.declare_major", **MAJOR),
    on("incident.complete_step", number=(1, 2, 4, 5), often=6),
    on("incident.stand_down", why=("it is up",), often=2),
    on("major_incident_review.register", ref="incident"),
    on("major_incident_review.describe", "review", **REVIEWED),
    on("major_incident_review.complete", "review"),
)
FOUND = """
UNWIND $keys AS key
MATCH (i:Record:Incident {key: key})
RETURN i.key AS key, i.status AS status, i.category AS category, i.impact AS impact,
       i.urgency AS urgency, i.priority AS priority, i.target_priority AS target,
       i.escalation_level AS level, i.waiting_for AS waiting_for, i.resolution AS resolution,
       i.closure_code AS code, i.reopened AS reopened, i.confirmed AS confirmed,
       i.starts_at AS starts_at, i.ends_at AS ends_at, i.resolved_at AS resolved_at,
       i.closed_at AS closed_at, i.responded_at AS responded_at,
       i.response_due_at AS response_due, i.resolution_due_at AS resolution_due,
       i.next_update_due_at AS update_due, i.users_updated_at AS told_at,
       i.major_since AS major_since, i.stood_down_at AS stood_down_at,
       COLLECT { MATCH (i)<-[:STEP_OF]-(s) RETURN s.state ORDER BY s.number } AS steps,
       [(i)-[:OWNED_BY]->(p) | p.key] AS owners,
       [(i)-[:COORDINATED_BY]->(p) | p.key] AS coordinators,
       [(i)-[:CAUSED_IN]->(e) | e.key] AS caused_in,
       [(i)-[:CHILD_OF]->(w) | w.key] AS part_of,
       COLLECT { MATCH (i)-[hit:AFFECTS]->(e) RETURN e.key + '=' + hit.effect ORDER BY e.key }
         AS affects,
       COLLECT { MATCH (i)<-[:ESCALATES]-(s)
                 RETURN s.direction + ' ' + toString(coalesce(s.step, 0)) + ' '
                        + toString(coalesce(s.by_rule, false)) AS said ORDER BY said }
         AS escalations,
       COUNT { (i)<-[:ABOUT]-(:Comment) } AS comments
"""
REVIEWS = """
UNWIND $keys AS key
MATCH (r:Record:MajorIncidentReview {key: key})
RETURN r.key AS key, r.status AS status, r.findings AS findings,
       coalesce(r.actions, []) AS actions, r.closed_at AS closed_at,
       [(r)-[:EXAMINES]->(i) | i.key] AS of
"""
LEFT_OUT = {"waiting_for", "resolution", "code", "category", "findings"}
"""Texts that may be absent where they are empty."""
NUMBERS = {"reopened": 0, "level": 0, "confirmed": False}


class IncidentMachine(Machine):
    model_of = IncidentModel
    moves = MOVES
    births = {
        "incident.register": "incident",
        "incident.clone": "incident",
        "major_incident_review.register": "review",
    }

    @initialize(affects=st.sampled_from(HITS))
    def first(self, affects: list[tuple[Place, str]]) -> None:
        given = {"title": "no power", "affects": self.meant(affects)}
        self.step("incident.register", "tester", given)

    # --- both sides ----------------------------------------------------------------------------

    def found(self) -> dict[str, dict[str, Any]]:
        rows = self.stage.ask(FOUND, keys=self.keys("incident"))
        if self.keys("review"):
            rows += self.stage.ask(REVIEWS, keys=self.keys("review"))
        return {row.pop("key"): plain(row) for row in rows}

    def expected(self) -> dict[str, dict[str, Any]]:
        told = {each.key: incident_row(each) for each in self.model.records["incident"]}
        for each in self.model.records["review"]:
            told[each.key] = {
                "status": each.status, "findings": each.findings, "actions": each.actions,
                "closed_at": moment(each.closed_at), "of": [each.of.key],
            }  # fmt: skip
        return told


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row with the values that stand for what is absent."""
    empty = dict.fromkeys(LEFT_OUT, "") | NUMBERS
    return {name: empty.get(name) if each is None else each for name, each in row.items()}


def incident_row(it: Any) -> dict[str, Any]:
    answered = next((at for at, state in it.life if state != "registered"), None)
    escalations = [f"{way} {step} {str(by).lower()}" for way, step, by in it.escalations]
    return {
        "status": it.status, "category": it.category, "impact": it.impact,
        "urgency": it.urgency, "priority": it.priority, "target": it.target,
        "level": it.level, "waiting_for": it.waiting_for, "resolution": it.resolution,
        "code": it.code, "reopened": it.reopened, "confirmed": it.confirmed,
        "starts_at": moment(it.begun), "ends_at": moment(it.ends_at),
        "resolved_at": moment(it.resolved_at), "closed_at": moment(it.closed_at),
        "responded_at": moment(answered), "response_due": moment(it.response_due),
        "resolution_due": moment(it.resolution_due), "update_due": moment(it.update_due),
        "told_at": moment(it.told_at), "major_since": moment(it.major_since),
        "stood_down_at": moment(it.stood_down_at),
        "steps": it.steps_shown(), "owners": [it.owner] if it.owner else [],
        "coordinators": [it.coordinator] if it.coordinator else [],
        "caused_in": [it.caused_in] if it.caused_in else [],
        "part_of": [it.part_of.key] if it.part_of else [],
        "affects": sorted(f"{key}={effect}" for key, effect in it.affects.items()),
        "escalations": sorted(escalations), "comments": it.comments,
    }  # fmt: skip
