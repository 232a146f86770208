"""The machine of incidents: all their verbs at any time (PR9)."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from graph.machines.incident_model import IncidentModel
from graph.machines.machine import REF, Machine, acts, moment

PLACES = st.integers(0, 2)
EFFECTS = st.sampled_from(["down", "degraded", "at_risk"])
HITS = st.dictionaries(PLACES, EFFECTS, min_size=1, max_size=2)
CLASSES = st.sampled_from(["", "", "high", "medium", "low", "huge"])
TO = st.sampled_from(["", "ops", "desk", "ada", "nobody"])
MOST = 4
"""Incidents of a run."""
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

    @initialize(hits=HITS)
    def first(self, hits: dict[int, str]) -> None:
        self.register_one(hits, "no power")

    @rule(hits=HITS, title=st.sampled_from(["no power", "slow", " "]))
    def incident_register(self, hits: dict[int, str], title: str) -> None:
        if len(self.model.records["incident"]) < MOST:
            self.register_one(hits, title)

    def register_one(self, hits: dict[int, str], title: str) -> None:
        affects = [(self.estate.keys[place], effect) for place, effect in hits.items()]
        self.step("incident.register", title=title, affects=affects)

    @rule(number=REF, place=PLACES, effect=EFFECTS)
    def incident_affect(self, number: int, place: int, effect: str) -> None:
        ref = self.pick("incident", number)
        self.step("incident.affect", ref=ref, element=self.estate.keys[place], effect=effect)

    @rule(number=REF, place=PLACES)
    def incident_clear(self, number: int, place: int) -> None:
        ref = self.pick("incident", number)
        self.step("incident.clear", ref=ref, element=self.estate.keys[place])

    @rule(number=REF, other=REF)
    def incident_merge(self, number: int, other: int) -> None:
        ref, into = self.pick("incident", number), self.pick("incident", other)
        self.step("incident.merge", ref=ref, into=into)

    @rule(number=REF, said=st.sampled_from(["mended", "mended", ""]),
          code=st.sampled_from(["", "workaround", "luck"]), place=st.none() | PLACES)  # fmt: skip
    def incident_resolve(self, number: int, said: str, code: str, place: int | None) -> None:
        caused_in = None if place is None else self.estate.keys[place]
        given = {"resolution": said, "closure_code": code, "caused_in": caused_in}
        self.step("incident.resolve", ref=self.pick("incident", number), **given)

    classify = acts("incident.classify", "incident",
                    category=st.sampled_from(["hardware", "power", "weather"]))  # fmt: skip
    prioritise = acts("incident.prioritise", "incident", impact=CLASSES, urgency=CLASSES,
                      override_reason=st.sampled_from(["the open day", ""]))  # fmt: skip
    split = acts("incident.split", "incident")
    begin = acts("incident.begin", "incident")
    halt = acts("incident.wait", "incident", why=st.sampled_from(["a part", "a part", ""]),
                waiting_for=st.sampled_from(["user", "supplier"]))  # fmt: skip
    resume = acts("incident.resume", "incident")
    escalate = acts("incident.escalate", "incident", why=st.just("beyond us"), to=TO)
    escalate_up = acts("incident.escalate_up", "incident", why=st.just("time"),
                       by_rule=st.booleans())  # fmt: skip
    update_users = acts("incident.update_users", "incident", text=st.just("we look at it"))
    assign = acts("incident.assign", "incident",
                  owner=st.sampled_from(["ops", "ada", "nobody"]))  # fmt: skip
    comment = acts("incident.comment", "incident", text=st.just("so it is"))
    attach = acts("incident.attach", "incident", url=st.just("https://wiki.example.org/plan"))
    reopen = acts("incident.reopen", "incident", why=st.just("again"))
    reopen_again = acts("incident.reopen", "incident", why=st.just("and again"))
    close = acts("incident.close", "incident", confirmed=st.booleans())
    reject = acts("incident.reject", "incident", why=st.just("it is none"),
                  given_up_as=st.sampled_from(["none_at_all", "withdrawn"]))  # fmt: skip
    declare = acts("incident.declare_major", "incident", why=st.just("all is down"),
                   coordinator=st.sampled_from(["ada", "joe", "ops"]))  # fmt: skip
    stand_down = acts("incident.stand_down", "incident", why=st.just("it is up"))
    review = acts("major_incident_review.register", "incident", ref="incident")
    describe = acts("major_incident_review.describe", "review", findings=st.just("a spare was off"),
                    actions=st.sampled_from([["ops: test it"], []]))  # fmt: skip
    complete = acts("major_incident_review.complete", "review")

    # --- both sides ----------------------------------------------------------------------------

    def found(self) -> dict[str, dict[str, Any]]:
        keys = {kind: [each.key for each in there] for kind, there in self.model.records.items()}
        rows = self.stage.ask(FOUND, keys=keys["incident"])
        if keys["review"]:
            rows += self.stage.ask(REVIEWS, keys=keys["review"])
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
        "owners": [it.owner] if it.owner else [],
        "coordinators": [it.coordinator] if it.coordinator else [],
        "caused_in": [it.caused_in] if it.caused_in else [],
        "part_of": [it.part_of.key] if it.part_of else [],
        "affects": sorted(f"{key}={effect}" for key, effect in it.affects.items()),
        "escalations": sorted(escalations), "comments": it.comments,
    }  # fmt: skip
