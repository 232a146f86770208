"""Verbs over looks through incidents: a period counted, and concluded by somebody (PR10.1)."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

from fitsm_graph.flow.lives import life_of, stepped
from fitsm_graph.flow.periods import Period
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import told
from fitsm_graph.flow.sight import check_sees_all
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Moment, Of
from fitsm_graph.graph.tx import Tx, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact.common import CommonNeed
from fitsm_graph.kernel.canonical import digest_value
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import Broken, Refused
from fitsm_graph.kernel.text import first_of, plural
from fitsm_graph.model.declare import Process
from fitsm_graph.model.pm_records import BROUGHT_UP_IN, COUNTS, HANGS_ON, STANDS_OUT
from fitsm_graph.pm.looking import Looked, due_of
from fitsm_graph.pm.trend_rules import RULES, TrendRules
from fitsm_graph.pm.trend_words import because, title_of
from fitsm_graph.pm.trends import OF_ELEMENTS, Trend, subject_key

AReview = Annotated[str, Of("TrendReview")]


@verb("trend_review.begin", room=Process.PM, requirement="PR10.1", on="TrendReview")
async def begin_trend_review(
    tx: Tx,
    policies: Policies,
    looked: Looked,
    *,
    rules: str = "default",
    since: Moment | None = None,
    until: Moment | None = None,
) -> Properties:
    """Look through the incidents of a period that is over for what had more than before (PR10.1).

    What stands out becomes a finding, on which somebody has to decide. The same period again is the
    same review, and the same subject in it the same finding, counted. What was dismissed comes back
    once it has grown as much as the rules say.

    Args:
        tx: The transaction.
        policies: In force.
        looked: The period as it was counted.
        rules: Name of the rules, a policy of the kind `trend-rules`.
        since: Beginning of the period, RFC 3339; with until. The last whole one when left out.
        until: Its end, RFC 3339; not included.

    Examples:
        fsg trend-review begin
        fsg trend-review begin --since 2026-10-01T00:00Z --until 2026-11-01T00:00Z --dry-run

    Raises:
        BadInput: Only one end of the period is given, or it ends before it begins.
        Forbidden: Who acts does not see all records.
        Refused: PERIOD_NOT_OVER, NO_POLICY_IN_FORCE, or the review of that period is concluded.
    """
    check_sees_all(tx.sight, tx.actor)
    rule: TrendRules = policies.value(RULES, rules)
    _check_fits(looked, rules, since, until)
    shown = list(zip(looked.trends.significant, looked.shared, strict=False))[: rule.most]
    asked = [_asked(looked, trend, need) for trend, need in shown]
    identity = identity_of(looked.rules, looked.trends.window.period)
    row = await tx.one("pm.trend_context", identity=identity, subjects=asked)
    known = {each["subject"]: each for each in row["subjects"]}
    standing = [
        Standing(looked, trend, need, rank, known[subject_key(looked.rules, trend.subject)])
        for rank, (trend, need) in enumerate(shown, 1)
    ]
    fates = [fate_of(policies, rule, each) for each in standing]
    review = _review(tx, policies, rule, looked, row["review"], fates)
    for fate, each in zip(fates, standing, strict=True):
        _entered(tx, policies, review, fate, each)
    return review


@verb("trend_review.conclude", room=Process.PM, requirement="PR10.1", on="TrendReview")
async def conclude_trend_review(
    tx: Tx, policies: Policies, ref: AReview, conclusion: str
) -> Properties:
    """Say that a period is looked through: all that stood out in it is decided on (PR10.1).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the review.
        conclusion: What there is to say of the period as a whole.

    Examples:
        fsg trend-review conclude TRV-000001 "storage again; the rest is the new release"

    Raises:
        NotFound: There is no such review.
        Refused: FINDINGS_UNDECIDED, or it is concluded already.
    """
    said = told(conclusion, "conclusion", "say what was seen in the period", "PR10.1")
    over = decided_states(policies)
    rows = await tx.rows("pm.trend_review_context", ref=ref, over=over)
    row = found(rows, "trend review", ref)
    target = stepped(policies, "TrendReview", row["review"], "trend_review.conclude")
    if row["undecided"]:
        raise Refused(
            f"{row['review']['key']} has findings that nobody has decided on",
            code="FINDINGS_UNDECIDED",
            why=f"undecided: {first_of(row['undecided'])}",
            remedy="accept, merge or dismiss each of them with `fsg trend-finding`",
            requirement="PR10.1",
        )
    after = {"status": target, "conclusion": said, "closed_at": tx.at}
    return tx.update("TrendReview", row["review"], after)


# --- within --------------------------------------------------------------------------------------


def _check_fits(looked: Looked, rules: str, since: str | None, until: str | None) -> None:
    """Refuse findings of another period, or by other rules, than somebody asked for."""
    period = looked.trends.window.period
    meant = [to_text(from_text(each)) for each in (since, until) if each is not None]
    if looked.rules != rules or (meant and meant != [period.since, period.until]):
        raise Broken(
            "another period was counted than the one that is meant",
            why=f"counted was {period.since} until {period.until} by {looked.rules}",
            remedy="look through the period that is meant",
        )


class Fate(StrEnum):
    """What becomes of something that stands out."""

    NEW = "new"
    AGAIN = "again"
    BACK = "back"
    DECIDED = "decided"
    QUIET = "quiet"


class Standing:
    """Something that stands out, with its place and what is known of it already.

    Attributes:
        same: What is known of its finding of this period.
        former: The finding of another period that was decided on last.
    """

    def __init__(
        self,
        looked: Looked,
        trend: Trend,
        need: CommonNeed | None,
        rank: int,
        known: Mapping[str, Any],
    ) -> None:
        self.looked, self.trend, self.need, self.rank = looked, trend, need, rank
        self.problems: Sequence[str] = known["problems"]
        span = (self.period.since, self.period.until)
        same, others = None, []
        for each in known["findings"]:
            if (each["finding"]["since"], each["finding"]["until"]) == span:
                same = each
            elif each["finding"].get("closed_at"):
                others.append(each["finding"])
        self.same: Mapping[str, Any] | None = same
        last = max(others, key=lambda each: (each["closed_at"], each["id"]), default=None)
        self.former: Properties | None = last

    @property
    def period(self) -> Period:
        """That it stands out in."""
        return self.looked.trends.window.period

    def numbers(self) -> dict[str, Any]:
        """What was counted, as it is kept."""
        trend = self.trend
        return {
            "rank": self.rank,
            "observed": trend.observed,
            "past": trend.past,
            "expected": float(trend.expected),
            "excess": float(trend.excess),
            "p_value": float(trend.p_value),
            "q_value": float(trend.q_value),
            "minutes": float(trend.minutes),
            "cost": float(trend.cost),
            "excess_cost": float(trend.excess_cost),
            "hops": self.need.hops if self.need is not None else None,
            "because": because(self.looked, trend, self.need),
            "proposed": self.problems[0] if self.problems else "",
        }


DISMISSED = "trend_finding.dismiss"


def identity_of(rules: str, period: Period) -> str:
    """What tells a review from others: its rules and its period."""
    return digest_value([rules, period.since, period.until])


def decided_states(policies: Policies) -> list[str]:
    """States of a finding on which somebody has decided: its ends, and where it was dismissed."""
    life = life_of(policies, "TrendFinding")
    return sorted({*life.ends, *_dismissed_states(policies)})


def _dismissed_states(policies: Policies) -> set[str]:
    life = life_of(policies, "TrendFinding")
    return {each.target for each in life.transitions if each.by == DISMISSED}


def fate_of(policies: Policies, rule: TrendRules, it: Standing) -> Fate:
    """What becomes of something that stands out, by what was decided on it before."""
    (dismissed,) = _dismissed_states(policies)
    if it.same is not None:
        finding = it.same["finding"]
        if finding["status"] in life_of(policies, "TrendFinding").ends:
            return Fate.DECIDED
        if finding["status"] != dismissed:
            return Fate.AGAIN
        return Fate.BACK if _grown(rule, it, finding) else Fate.QUIET
    if it.former is None or it.former["status"] != dismissed or _grown(rule, it, it.former):
        return Fate.NEW
    return Fate.QUIET


def _grown(rule: TrendRules, it: Standing, finding: Mapping[str, Any]) -> bool:
    """Whether there are so many more than when it was dismissed that it comes back."""
    return it.trend.observed >= rule.grows * int(finding.get("observed", 0))


def _asked(looked: Looked, trend: Trend, need: CommonNeed | None) -> dict[str, Any]:
    elements = [trend.subject.name] if trend.subject.dimension in OF_ELEMENTS else []
    elements += [need.element] if need is not None else []
    return {
        "subject": subject_key(looked.rules, trend.subject),
        "elements": sorted(set(elements)),
        "incidents": list(trend.incidents),
    }


def _review(
    tx: Tx,
    policies: Policies,
    rule: TrendRules,
    looked: Looked,
    known: Properties | None,
    fates: Sequence[Fate],
) -> Properties:
    """The review of the period: the one there is, run once more, or a new one."""
    window, life = looked.trends.window, life_of(policies, "TrendReview")
    counted = _counted(looked, fates)
    if known is not None:
        stepped(policies, "TrendReview", known, "trend_review.begin")
        again = {"times_run": known.get("times_run", 1) + 1}
        return tx.update("TrendReview", known, {**again, **counted})
    due_at, next_due_at = due_of(rule, window.period, tx.at)
    open_ = any(each is not Fate.QUIET for each in fates)
    over = {} if open_ else _concluded(policies, counted, window.period.since[:10], tx.at)
    return tx.create(
        "TrendReview",
        {
            "title": f"Incidents from {window.period.since[:10]} until {window.period.until[:10]}",
            "status": life.initial,
            "rules": looked.rules,
            "rules_key": looked.rules_key,
            "identity": identity_of(looked.rules, window.period),
            "since": window.period.since,
            "until": window.period.until,
            "past_since": window.past_since,
            "due_at": due_at,
            "next_due_at": next_due_at,
            **counted,
            **over,
        },
    )


def _counted(looked: Looked, fates: Sequence[Fate]) -> dict[str, Any]:
    """What was counted."""
    trends = looked.trends
    return {
        "incidents": trends.incidents,
        "tested": len(trends.tested),
        "young": trends.young,
        "significant": len(trends.significant),
        "left_out": len(trends.significant) - len(fates),
        "quiet": sum(each is Fate.QUIET for each in fates),
    }


def _concluded(policies: Policies, counted: Mapping[str, Any], key: str, at: str) -> Properties:
    """A new review in which nothing is left to decide on is concluded at once."""
    before = {"key": key, "status": life_of(policies, "TrendReview").initial}
    target = stepped(policies, "TrendReview", before, "trend_review.conclude")
    said = f"Of {plural(counted['tested'], 'subject')} none stands out anew"
    said += f"; {counted['quiet']} had been dismissed, and did not grow" if counted["quiet"] else ""
    return {"status": target, "conclusion": said, "closed_at": at}


def _entered(tx: Tx, policies: Policies, review: Properties, fate: Fate, it: Standing) -> None:
    """Make the finding of something that stands out, or count it once more."""
    if fate is Fate.NEW:
        _made(tx, policies, review, it)
        return
    same = it.same
    finding: Properties = same["finding"] if same is not None else dict(it.former or {})
    after: dict[str, Any] = {
        "times_seen": finding.get("times_seen", 1) + 1,
        "seen_until": max(finding["seen_until"], it.period.until),
    }
    if fate in {Fate.AGAIN, Fate.BACK} and same is not None:
        target = stepped(policies, "TrendFinding", finding, "trend_review.begin")
        after |= {**it.numbers(), "status": target}
        if fate is Fate.BACK:
            after |= {"closed_at": None, "reopened": finding.get("reopened", 0) + 1}
        _tied(tx, finding, it, same["counts"], same["hangs_on"])
    tx.update("TrendFinding", finding, after)


def _made(tx: Tx, policies: Policies, review: Properties, it: Standing) -> None:
    """The finding of something that stands out for the first time, or has grown."""
    subject, period = it.trend.subject, it.period
    (dismissed,) = _dismissed_states(policies)
    back = it.former if it.former and it.former["status"] == dismissed else None
    finding = tx.create(
        "TrendFinding",
        {
            "title": title_of(it.looked, it.trend),
            "status": life_of(policies, "TrendFinding").initial,
            "dimension": subject.dimension,
            "subject": subject_key(it.looked.rules, subject),
            "word": "" if subject.dimension in OF_ELEMENTS else subject.name,
            "since": period.since,
            "until": period.until,
            "seen_until": period.until,
            "came_back_from": back["key"] if back else "",
            "reopened": back.get("reopened", 0) + 1 if back else 0,
            **it.numbers(),
        },
    )
    tx.relate(BROUGHT_UP_IN.type, finding["id"], review["id"])
    if subject.dimension in OF_ELEMENTS:
        tx.relate(STANDS_OUT.type, finding["id"], subject.name)
    _tied(tx, finding, it, [], [])


def _tied(
    tx: Tx,
    finding: Properties,
    it: Standing,
    counts: Sequence[Mapping[str, Any]],
    hangs_on: Sequence[Mapping[str, Any]],
) -> None:
    """Tie a finding to what it counts and hangs on, and to nothing else."""
    need = [it.need.element] if it.need is not None else []
    for type, former, now in (
        (COUNTS.type, counts, it.trend.incidents),
        (HANGS_ON.type, hangs_on, need),
    ):
        there = {each["id"]: each["properties"] for each in former}
        for id in there.keys() - set(now):
            tx.unrelate(type, finding["id"], id, there[id])
        for id in now:
            if id not in there:
                tx.relate(type, finding["id"], id)
