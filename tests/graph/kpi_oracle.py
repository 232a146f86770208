"""What every formula should say, worked out in plain Python from rows that were read out whole.

It shares nothing with the product: neither statements nor parsing of moments. Records, relations
and entries of the ledger are read by one plain question each; what a record was at a past moment is
found by undoing, one after another, what later entries replaced.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from graph.syncing import run

Row = Mapping[str, Any]
Told = tuple[float | None, int, int]
HOUR, DAY = 3_600_000, 86_400_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Change:
    """What an entry replaced at a record, or at one of its relations."""

    seq: int
    op: str
    type: str | None
    before: Row


@dataclass
class World:
    """All that there is, as rows."""

    records: dict[str, Row] = field(default_factory=dict)
    labels: dict[str, frozenset[str]] = field(default_factory=dict)
    out: dict[tuple[str, str], list[tuple[str, Row]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    into: dict[tuple[str, str], list[tuple[str, Row]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    entries: dict[int, Row] = field(default_factory=dict)
    changes: dict[str, list[Change]] = field(default_factory=lambda: defaultdict(list))

    def all(self, label: str) -> list[Row]:
        return [row for id, row in self.records.items() if label in self.labels[id]]

    def at(self, seq: int) -> str:
        return str(self.entries[seq]["at"])

    def undone(self, row: Row, until: str) -> dict[str, Any]:
        """A record's own fields as they were just before a moment."""
        then = dict(row)
        for each in reversed(self.changes[row["id"]]):
            if each.type is None and self.at(each.seq) >= until:
                then.update(each.before)
        return {name: value for name, value in then.items() if value is not None}

    def acts(self, row: Row, *verbs: str) -> list[int]:
        """Entries of these verbs that changed a record itself, in order."""
        own = {each.seq for each in self.changes[row["id"]] if each.type is None}
        return sorted(seq for seq in own if self.entries[seq]["verb"] in verbs)

    def ends(self, row: Row) -> list[int]:
        """Entries by which a record was resolved."""
        return [
            each.seq
            for each in self.changes[row["id"]]
            if each.type is None
            and "resolved_at" in each.before
            and each.before["resolved_at"] is None
        ]

    def targets(self, row: Row, type: str) -> list[tuple[Row, Row]]:
        return [(self.records[id], said) for id, said in self.out[row["id"], type]]

    def sources(self, row: Row, type: str) -> list[tuple[Row, Row]]:
        return [(self.records[id], said) for id, said in self.into[row["id"], type]]


async def world(graph: Any) -> World:
    """Read everything."""
    made = World()
    for labels, row in await run(graph, "MATCH (n:Record) RETURN labels(n), properties(n)"):
        made.records[row["id"]] = row
        made.labels[row["id"]] = frozenset(labels)
    asked = "MATCH (a:Record)-[r]->(b:Record) RETURN a.id, type(r), b.id, properties(r)"
    for source, type, target, said in await run(graph, asked):
        made.out[source, type].append((target, said))
        made.into[target, type].append((source, said))
    for (entry,) in await run(graph, "MATCH (e:LedgerEntry) RETURN properties(e)"):
        made.entries[entry["seq"]] = entry
    asked = """MATCH (e:LedgerEntry)-[c:CHANGED]->(n:Record)
      RETURN n.id, e.seq, c.op, c.type, c.before ORDER BY e.seq"""
    for id, seq, op, type, before in await run(graph, asked):
        made.changes[id].append(Change(seq, op, type, json.loads(before or "{}")))
    return made


# --- arithmetic ----------------------------------------------------------------------------------


def instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def millis(text: str) -> int:
    return (instant(text) - EPOCH) // timedelta(milliseconds=1)


def later(text: str, days: int) -> datetime:
    return instant(text) + timedelta(days=days)


def share(rows: Iterable[Row], good: Callable[[Row], object]) -> Told:
    held = list(rows)
    hits = sum(1 for each in held if good(each))
    return (float(Fraction(hits, len(held))) if held else None, hits, len(held))


def number(rows: Iterable[Row], counted: Callable[[Row], object]) -> Told:
    value, hits, size = share(rows, counted)
    return (None if value is None else float(hits), hits, size)


def mean(spans: list[int], unit: int) -> Told:
    total = sum(spans)
    return (float(Fraction(total, unit * len(spans))) if spans else None, total, len(spans))


def at_rank(spans: list[int], unit: int, percent: int) -> Told:
    """The least of the spans that so many hundredths of them do not exceed."""
    if not spans:
        return (None, 0, 0)
    for span in sorted(spans):
        if 100 * sum(1 for each in spans if each <= span) >= percent * len(spans):
            return (float(Fraction(span, unit)), span, len(spans))
    raise AssertionError


# --- formulas ------------------------------------------------------------------------------------

Formula = Callable[..., Told]
ORACLE: dict[str, Formula] = {}


def formula(run: Formula) -> Formula:
    ORACLE[run.__name__] = run
    return run


def resolutions(w: World, label: str, since: str, until: str) -> list[tuple[Row, list[int]]]:
    """Cases that were resolved in a period, and the entries by which."""
    found = []
    for row in w.all(label):
        hits = [
            seq
            for seq in w.ends(row)
            if since <= w.at(seq) < until and "reject" not in w.entries[seq]["verb"]
        ]
        if hits:
            found.append((row, hits))
    return found


def in_time(w: World, label: str, since: str, until: str) -> Told:
    rows = [each for each in resolutions(w, label, since, until) if each[0].get("agreed")]

    def good(it: Any) -> bool:
        broke = it[0].get("resolution_due_at")
        return broke is None or broke >= w.at(max(it[1]))

    return share(rows, good)


@formula
def incident_resolved_in_time(w: World, since: str, until: str) -> Told:
    return in_time(w, "Incident", since, until)


@formula
def request_fulfilled_in_time(w: World, since: str, until: str) -> Told:
    return in_time(w, "ServiceRequest", since, until)


def spans_to_resolve(w: World, since: str, until: str) -> list[int]:
    return [
        millis(w.at(max(seqs))) - millis(row["created_at"])
        for row, seqs in resolutions(w, "Incident", since, until)
    ]


@formula
def incident_hours_to_resolve(w: World, since: str, until: str) -> Told:
    return mean(spans_to_resolve(w, since, until), HOUR)


@formula
def incident_hours_to_resolve_most(w: World, since: str, until: str, percent: int) -> Told:
    return at_rank(spans_to_resolve(w, since, until), HOUR, percent)


@formula
def incident_reopened(w: World, since: str, until: str) -> Told:
    def again(it: Any) -> bool:
        row, seqs = it
        acts = w.acts(row, "incident.reopen")
        return any(seq > min(seqs) and w.at(seq) < until for seq in acts)

    return share(resolutions(w, "Incident", since, until), again)


def before(w: World, label: str, until: str) -> list[Row]:
    return [each for each in w.all(label) if each["created_at"] < until]


def going(row: Row, until: str, name: str = "closed_at") -> bool:
    """A moment that is set once had not come by the end of a period."""
    return row.get(name) is None or row[name] >= until


@formula
def incident_backlog(w: World, _since: str, until: str) -> Told:
    rows = before(w, "Incident", until)
    return number(rows, lambda row: "resolved_at" not in w.undone(row, until))


@formula
def incident_old(w: World, _since: str, until: str, days: int) -> Told:
    rows = [r for r in before(w, "Incident", until) if "resolved_at" not in w.undone(r, until)]
    return share(rows, lambda row: later(row["created_at"], days) < instant(until))


@formula
def problem_resolved(w: World, since: str, until: str) -> Told:
    rows = [each for each in before(w, "Problem", until) if going(each, since)]
    return share(
        rows, lambda r: any(since <= w.at(s) < until for s in w.acts(r, "problem.resolve"))
    )


def known_of(w: World, problem: Row) -> list[str]:
    return sorted(each["created_at"] for each, _ in w.sources(problem, "KNOWN_FROM"))


@formula
def problem_days_to_known_error(w: World, since: str, until: str) -> Told:
    firsts = [(each, known_of(w, each)[:1]) for each in w.all("Problem")]
    spans = [
        millis(first) - millis(row["created_at"])
        for row, found in firsts
        for first in found
        if since <= first < until
    ]
    return at_rank(spans, DAY, 50)


@formula
def problem_with_known_error(w: World, _since: str, until: str) -> Told:
    rows = [each for each in before(w, "Problem", until) if going(each, until)]
    return share(rows, lambda row: any(each < until for each in known_of(w, row)))


@formula
def problem_old(w: World, _since: str, until: str, days: int) -> Told:
    rows = [each for each in before(w, "Problem", until) if going(each, until)]
    return share(rows, lambda row: later(row["created_at"], days) < instant(until))


@formula
def trend_finding_accepted(w: World, since: str, until: str) -> Told:
    words = ("accept", "merge", "dismiss")
    last = []
    for row in w.all("TrendFinding"):
        acts = w.acts(row, *(f"trend_finding.{word}" for word in words))
        within = [seq for seq in acts if since <= w.at(seq) < until]
        if within:
            last.append(w.entries[within[-1]])
    return share(last, lambda entry: entry["verb"] != "trend_finding.dismiss")


@formula
def workaround_review_overdue(w: World, _since: str, until: str) -> Told:
    rows = [each for each in before(w, "KnownError", until) if going(each, until)]
    due = [w.undone(each, until).get("review_due_at") for each in rows]
    return share([{"due": each} for each in due if each], lambda it: it["due"] < until)


def linked(w: World, said: Row, until: str) -> bool:
    return w.at(said["created"]) < until


@formula
def incident_of_known_error(w: World, since: str, until: str) -> Told:
    rows = [each for each in w.all("Incident") if since <= each["created_at"] < until]

    def known(row: Row) -> bool:
        return any(
            linked(w, said, until) and any(k < row["created_at"] for k in known_of(w, problem))
            for problem, said in w.targets(row, "CAUSED_BY")
        )

    return share(rows, known)


@formula
def workaround_helped(w: World, since: str, until: str) -> Told:
    tries = [
        said
        for row in w.all("Incident")
        for by in ("HELPED_BY", "HELPED_WITH")
        for _, said in w.targets(row, by)
    ]
    return share(
        [each for each in tries if since <= w.at(each["created"]) < until],
        lambda said: said["helped"],
    )


def cis(w: World, until: str) -> list[Row]:
    gone = [each for each in w.all("RetiredCI") if w.at(each["retired"]) >= until]
    return [each for each in [*w.all("CI"), *gone] if each["created_at"] < until]


@formula
def ci_fresh(w: World, _since: str, until: str, days: int) -> Told:
    bound = instant(until) - timedelta(days=days)

    def fresh(row: Row) -> bool:
        touched = [w.at(c.seq) for c in w.changes[row["id"]] if c.type is None]
        moments = [row["created_at"], *(each for each in touched if each < until)]
        moments += [
            said["attested_at"]
            for _, said in w.sources(row, "VERIFIES")
            if said.get("attested") == "as_recorded" and said["attested_at"] < until
        ]
        return instant(max(moments)) >= bound

    return share(cis(w, until), fresh)


@formula
def ci_owned(w: World, _since: str, until: str) -> Told:
    def owned(row: Row) -> bool:
        links = [said["created"] for _, said in w.targets(row, "OWNED_BY")]
        links += [
            each.before["created"]
            for each in w.changes[row["id"]]
            if (each.op, each.type) == ("unrelate", "OWNED_BY") and w.at(each.seq) >= until
        ]
        return any(w.at(each) < until for each in links)

    return share(cis(w, until), owned)


TYPES = Path(__file__).parents[2] / "schema" / "ci_types"


@cache
def declared() -> dict[str, dict[str, Any]]:
    """Declarations of CI types, as they are written down."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(TYPES.glob("*.yaml")):
        found |= yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def asked_of(type: str) -> set[str]:
    """What a type and all that it extends say has to be known."""
    said, names = declared().get(type), set[str]()
    while said is not None:
        names |= set(said.get("completeness", ()))
        said = declared().get(said.get("extends", ""))
    return names


@formula
def ci_complete(w: World, _since: str, until: str) -> Told:
    """What types declare, an owner, and looked at within a year: four of five at least."""

    def enough(row: Row) -> bool:
        wanted = asked_of(row["type"]) | {"owner"}
        owned = bool(w.targets(row, "OWNED_BY"))
        lacks = sum(not (owned if each == "owner" else row.get(each)) for each in wanted)
        moments = [row["updated_at"]]
        moments += [
            said["attested_at"]
            for _, said in w.sources(row, "VERIFIES")
            if said.get("attested") == "as_recorded"
        ]
        lacks += instant(max(moments)) < instant(until) - timedelta(days=365)
        return 5 * lacks <= len(wanted) + 1

    there = [each for each in cis(w, until) if each.get("lifecycle") != "planned"]
    return share(there, enough)


GOOD: dict[str, tuple[str, str, str]] = {
    "Incident": ("category closure_code cause", "OWNED_BY AFFECTS CAUSED_IN", ""),
    "ServiceRequest": ("closure_code resolution", "OWNED_BY REQUESTED_BY", ""),
    "Problem": ("category cause resolution", "OWNED_BY INVESTIGATES", ""),
    "KnownError": ("cause", "", ""),
    "Change": ("aim outcome", "OWNED_BY CHANGES", "REVIEWS"),
    "Release": ("outcome", "OWNED_BY CONTAINS", "EVALUATES"),
    "Suggestion": ("description decision", "", ""),
    "Improvement": ("due_at effect review", "OWNED_BY", "CARRIES_OUT"),
}
"""What records have to say once they are over, as the policy that comes along has it."""


@formula
def record_complete(w: World, since: str, until: str) -> Told:
    good = of = 0
    for kind, words in GOOD.items():
        fields, out, into = (each.split() for each in words)
        for row in within(w, kind, "closed_at", since, until):
            if row["status"] in {"rejected", "cancelled"}:
                continue
            of += 1
            good += (
                all(row.get(each) not in (None, "") for each in fields)
                and all(w.targets(row, each) for each in out)
                and all(w.sources(row, each) for each in into)
            )
    return (good / of if of else None, good, of)


@formula
def availability_kept(w: World, since: str, until: str) -> Told:
    """One service is promised for 99 of 100 hours of each month, day and night."""
    (service,) = [each for each in w.all("Service") if each["key"] == "promised"] or [None]
    if service is None:
        return (None, 0, 0)
    first, last = instant(since), instant(until)
    spans = [
        (instant(row["starts_at"]), instant(row["ends_at"]) if row.get("ends_at") else last)
        for row in w.all("Incident")
        if row["status"] != "rejected"
        and "promised" in row.get("services", [])[: row.get("services_down", 0)]
    ]
    over = kept = 0
    for number in range(12 * (first.year - 1), 12 * (last.year + 1)):
        begins = datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC)
        ends = datetime((number + 1) // 12, (number + 1) % 12 + 1, 1, tzinfo=UTC)
        if first < ends <= last:
            over += 1
            edges = sorted({begins, ends, *(e for s in spans for e in s if begins < e < ends)})
            away = sum(
                (b - a for a, b in pairwise(edges) if any(s <= a and b <= e for s, e in spans)),
                timedelta(),
            )
            kept += 100 * away <= ends - begins
    return (float(kept == over), int(kept == over), 1) if over else (None, 0, 0)


@formula
def deviation_backlog(w: World, _since: str, until: str) -> Told:
    return number(before(w, "Deviation", until), lambda row: going(row, until))


def within(w: World, label: str, name: str, since: str, until: str) -> list[Row]:
    return [each for each in w.all(label) if since <= (each.get(name) or "") < until]


@formula
def deviation_days_to_decide(w: World, since: str, until: str) -> Told:
    rows = within(w, "Deviation", "closed_at", since, until)
    return mean([millis(r["closed_at"]) - millis(r["created_at"]) for r in rows], DAY)


@formula
def deviation_corrected(w: World, since: str, until: str) -> Told:
    rows = within(w, "Deviation", "closed_at", since, until)
    return share(rows, lambda row: w.acts(row, "deviation.correct"))


def promised(w: World, label: str, since: str, until: str) -> list[Row]:
    """Records with a day in the period that were not cancelled before it."""
    rows = within(w, label, "due_at", since, until)
    return [r for r in rows if r["status"] != "cancelled" or r["closed_at"] >= r["due_at"]]


@formula
def verification_in_time(w: World, since: str, until: str) -> Told:
    rows = promised(w, "Verification", since, until)
    return share(rows, lambda r: r["status"] == "finished" and r["closed_at"] <= r["due_at"])


def ended(w: World, since: str, until: str) -> list[Row]:
    rows = within(w, "Change", "ends_at", since, until)
    return [each for each in rows if each.get("outcome") is not None]


@formula
def change_successful(w: World, since: str, until: str) -> Told:
    return share(ended(w, since, until), lambda row: row["outcome"] == "successful")


@formula
def change_emergency(w: World, since: str, until: str) -> Told:
    rows = within(w, "Change", "starts_at", since, until)
    return share(rows, lambda row: row.get("type") == "emergency")


@formula
def change_caused_incident(w: World, since: str, until: str) -> Told:
    return share(
        ended(w, since, until),
        lambda row: any(linked(w, said, until) for _, said in w.targets(row, "CAUSED")),
    )


@formula
def change_unauthorised(w: World, since: str, until: str) -> Told:
    touched = []
    for row in w.all("Element"):
        own = {each.seq for each in w.changes[row["id"]] if each.type is None}
        seqs = {seq for seq in own if since <= w.at(seq) < until}
        touched += [{"row": row, "seqs": seqs}] if seqs else []
    return share(
        touched,
        lambda it: any(
            each.get("entry") in it["seqs"] and each["source"] == "ledger"
            for each, _ in w.sources(it["row"], "DEVIATES_AT")
        ),
    )


@formula
def change_reviewed_in_time(w: World, since: str, until: str) -> Told:
    rows = within(w, "PostImplementationReview", "due_at", since, until)
    return share(rows, lambda row: row.get("done_at") and row["done_at"] <= row["due_at"])


@formula
def change_days_to_implement(w: World, since: str, until: str) -> Told:
    rows = ended(w, since, until)
    return at_rank([millis(r["ends_at"]) - millis(r["created_at"]) for r in rows], DAY, 50)


@formula
def release_successful(w: World, since: str, until: str) -> Told:
    rows = within(w, "Release", "deployed_at", since, until)
    return share(rows, lambda row: row["outcome"] == "successful")


@formula
def release_in_time(w: World, since: str, until: str) -> Told:
    rows = within(w, "Release", "deployed_at", since, until)
    rows = [each for each in rows if each.get("planned_ends_at")]
    return share(rows, lambda row: row["deployed_at"] <= row["planned_ends_at"])


def waves(w: World, since: str, until: str, verb: str) -> Told:
    begun = []
    for row in w.all("Deployment"):
        seqs = [s for s in w.acts(row, "deployment.begin") if since <= w.at(s) < until]
        begun += [{"row": row, "first": seqs[0]}] if seqs else []
    return share(
        begun,
        lambda it: any(s > it["first"] and w.at(s) < until for s in w.acts(it["row"], verb)),
    )


@formula
def wave_failed(w: World, since: str, until: str) -> Told:
    return waves(w, since, until, "deployment.fail")


@formula
def wave_backed_out(w: World, since: str, until: str) -> Told:
    return waves(w, since, until, "deployment.back_out")


@formula
def criterion_waived(w: World, since: str, until: str) -> Told:
    rows = [
        {**criterion, "deployed": release["build"]}
        for release in within(w, "Release", "begun_at", since, until)
        for criterion, _ in w.sources(release, "CRITERION_OF")
    ]
    return share(rows, lambda it: not it["met"] and it["waived_build"] == it["deployed"])


@formula
def release_with_incidents(w: World, since: str, until: str) -> Told:
    rows = [
        each
        for each in within(w, "DeploymentReview", "created_at", since, until)
        if any("Release" in w.labels[of["id"]] for of, _ in w.targets(each, "EVALUATES"))
    ]
    return share(rows, lambda row: row.get("incidents"))


@formula
def suggestion_decided_in_time(w: World, since: str, until: str, days: int) -> Told:
    rows = [
        each
        for each in w.all("Suggestion")
        if instant(since) <= later(each["created_at"], days) < instant(until)
    ]

    def answered(row: Row) -> bool:
        over = row.get("closed_at")
        return over is not None and instant(over) <= later(row["created_at"], days)

    return share(rows, answered)


@formula
def improvement_overdue(w: World, _since: str, until: str) -> Told:
    rows = [
        each
        for each in before(w, "Improvement", until)
        if going(each, until) and going(each, until, "implemented_at") and each.get("due_at")
    ]
    return share(rows, lambda row: row["due_at"] < until)


@formula
def improvement_effective(w: World, since: str, until: str) -> Told:
    rows = within(w, "Improvement", "closed_at", since, until)
    reviewed = [each for each in rows if w.acts(each, "improvement.review")]
    return share(reviewed, lambda row: row["effect"] == "improved")


@formula
def action_in_time(w: World, since: str, until: str) -> Told:
    rows = promised(w, "ImprovementAction", since, until)
    return share(rows, lambda r: r["status"] == "done" and r["closed_at"] <= r["due_at"])


@formula
def nonconformity_backlog(w: World, _since: str, until: str) -> Told:
    rows = [r for r in before(w, "Suggestion", until) if r["source"] == "nonconformity"]

    def still(row: Row) -> bool:
        if going(row, until):
            return True
        return any(going(each, until) for each, _ in w.sources(row, "FOLLOWS"))

    return number(rows, still)
