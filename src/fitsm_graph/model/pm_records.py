"""What leads to problems, and what is found out about them (PR10.1, PR10.2).

(:TrendFinding)-[:BROUGHT_UP_IN]->(:TrendReview), (:TrendFinding)-[:COUNTS]->(:Incident)
(:TrendFinding)-[:STANDS_OUT|HANGS_ON]->(any element), (:TrendFinding)-[:ANSWERED_BY]->(:Problem)
(:ProblemCause)-[:EXPLAINS]->(:Problem), (:ProblemCause)-[:REASON_OF]->(:ProblemCause)
(:ProblemOption)-[:OPTION_OF]->(:Problem)-[:TURNED_INTO]->(:Suggestion)
"""

from typing import Annotated

from fitsm_graph.model.confm import ELEMENT_KINDS
from fitsm_graph.model.declare import Doc, Indexed, Process, Unit, Whole, record, relation
from fitsm_graph.model.process import PROCESS_LABELS, ProcessRecord


@record(
    owner=Process.PM,
    prefix="TRV",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="trend_review",
    columns=("status", "title", "significant", "due_at", "owner"),
)
class TrendReview(ProcessRecord):
    """A look through the incidents of a period for what happened more often than it used to."""

    rules: Annotated[str, Doc("Name of the rules that it was looked by.")]
    rules_key: Annotated[str, Doc("Key of the version of those rules.")]
    identity: Annotated[
        str, Indexed(), Doc("What tells one from others: its rules and its period.")
    ]
    since: Annotated[str, Doc("Beginning of the period, UTC; included.")]
    until: Annotated[str, Doc("Its end, UTC; not included.")]
    past_since: Annotated[str, Doc("Beginning of the past that it is compared with, UTC.")]
    due_at: Annotated[str, Doc("By when somebody has to have decided on its findings, UTC.")]
    next_due_at: Annotated[str, Doc("By when the next period has to be looked through, UTC.")]
    times_run: Annotated[int, Doc("How often the period was counted.")] = 1
    incidents: Annotated[int | None, Whole(), Doc("Incidents of the period.")] = None
    tested: Annotated[int | None, Whole(), Doc("Subjects that were tested together.")] = None
    young: Annotated[
        int | None, Whole(), Doc("Subjects without a past of their own, which were not.")
    ] = None
    significant: Annotated[int | None, Whole(), Doc("Subjects that stand out.")] = None
    left_out: Annotated[
        int | None, Whole(), Doc("Of those, the last in rank, for which no finding was made.")
    ] = None
    quiet: Annotated[
        int | None, Whole(), Doc("Of those, what was dismissed and has not grown since.")
    ] = None
    conclusion: Annotated[str, Doc("What there is to say of the period as a whole.")] = ""


@record(
    owner=Process.PM,
    prefix="TRF",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="trend_finding",
    columns=("rank", "status", "title", "observed", "expected", "stands_out", "proposed"),
)
class TrendFinding(ProcessRecord):
    """Something whose incidents were significantly more in a period than in its own past."""

    dimension: Annotated[
        str, Doc("What is counted by: service, component, ci, group, type, category or cause.")
    ]
    subject: Annotated[
        str, Indexed(), Doc("What tells one subject from others, whatever the period.")
    ]
    word: Annotated[str, Doc("The CI type or category that is counted; empty: an element is.")] = ""
    since: Annotated[str, Doc("Beginning of the period, UTC; included.")]
    until: Annotated[str, Doc("Its end, UTC; not included.")]
    times_seen: Annotated[int, Doc("How often it was found.")] = 1
    seen_until: Annotated[str, Doc("End of the last period in which it stood out, UTC.")]
    reopened: Annotated[int, Doc("How often it came back after it was dismissed.")] = 0
    came_back_from: Annotated[
        str, Doc("Key of the dismissed finding of an earlier period that has grown since.")
    ] = ""
    rank: Annotated[
        int | None, Whole(), Doc("Its place among all of the period, by cost beyond expectation.")
    ] = None
    observed: Annotated[int | None, Whole(), Doc("Incidents in the period.")] = None
    past: Annotated[int | None, Whole(), Doc("Incidents in its own past.")] = None
    expected: Annotated[
        float | None, Whole(), Doc("Incidents that the period would have had at the past rate.")
    ] = None
    excess: Annotated[float | None, Whole(), Doc("How many more there were.")] = None
    p_value: Annotated[
        float | None,
        Whole(),
        Doc("Chance of as many or more at the past rate: exact, conditional on both counts."),
    ] = None
    q_value: Annotated[
        float | None, Whole(), Doc("The same, corrected for all tests (Benjamini–Hochberg).")
    ] = None
    minutes: Annotated[
        float | None,
        Whole(),
        Doc("How long its incidents lasted together, within the period."),
        Unit("minutes"),
    ] = None
    cost: Annotated[
        float | None,
        Whole(),
        Doc("The same, weighted by priority and by the number of services reached."),
        Unit("weighted minutes"),
    ] = None
    excess_cost: Annotated[
        float | None,
        Whole(),
        Doc("The part of the cost that the incidents beyond expectation have."),
        Unit("weighted minutes"),
    ] = None
    hops: Annotated[
        int | None,
        Whole(),
        Doc("Steps of dependency to what all have in common, from the farthest of them."),
    ] = None
    because: Annotated[list[str] | None, Whole(), Doc("Why it stands out, in words.")] = None
    proposed: Annotated[
        str, Doc("Key of an open problem that looks at the same; empty: a new one is proposed.")
    ] = ""
    decision: Annotated[str, Doc("Why it was accepted, merged or dismissed.")] = ""
    decided_by: Annotated[str, Doc("Login of who decided.")] = ""


BROUGHT_UP_IN = relation(
    "BROUGHT_UP_IN",
    owner=Process.PM,
    sources=("TrendFinding",),
    targets=("TrendReview",),
    doc="The look through incidents in which it was found first (PR10.1).",
    field="trend_review",
    back="trend_findings",
    one=True,
)
COUNTS = relation(
    "COUNTS",
    owner=Process.PM,
    sources=("TrendFinding",),
    targets=("Incident",),
    doc="The incidents of the period that are counted in it (PR10.1).",
    field="counts",
    back="counted_in",
)
STANDS_OUT = relation(
    "STANDS_OUT",
    owner=Process.PM,
    sources=("TrendFinding",),
    targets=ELEMENT_KINDS,
    doc="The element whose incidents are more than they used to be (PR10.1).",
    field="stands_out",
    back="stood_out_in",
    one=True,
)
HANGS_ON = relation(
    "HANGS_ON",
    owner=Process.PM,
    sources=("TrendFinding",),
    targets=ELEMENT_KINDS,
    doc="The nearest element that all need whose incidents are counted: a suspect (PR10.1).",
    field="hangs_on",
    back="suspected_in",
    one=True,
)
ANSWERED_BY = relation(
    "ANSWERED_BY",
    owner=Process.PM,
    sources=("TrendFinding",),
    targets=("Problem",),
    doc="The problem that it was accepted as, or merged into (PR10.1).",
    field="answered_by",
    back="answers",
    one=True,
)


@record(
    owner=Process.PM,
    prefix="CAU",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="problem_cause",
    columns=("status", "title", "explains", "reason_of", "lies_in"),
)
class ProblemCause(ProcessRecord):
    """What may be why a problem is there, or why another of its causes is (PR10.2)."""

    depth: Annotated[int, Doc("How often 'why' was asked until it: 1 for a direct cause.")] = 1
    evidence: Annotated[str, Doc("What confirmed it, or ruled it out.")] = ""
    decided_by: Annotated[str, Doc("Login of who confirmed it or ruled it out.")] = ""
    root: Annotated[bool, Doc("The problem was diagnosed with it.")] = False


EXPLAINS = relation(
    "EXPLAINS",
    owner=Process.PM,
    sources=("ProblemCause",),
    targets=("Problem",),
    doc="The problem that it may be a cause of, near or far (PR10.2).",
    field="explains",
    back="causes",
    one=True,
)
REASON_OF = relation(
    "REASON_OF",
    owner=Process.PM,
    sources=("ProblemCause",),
    targets=("ProblemCause",),
    doc="The cause that is there because of it: the next 'why' (PR10.2).",
    field="reason_of",
    back="reasons",
    one=True,
)
LIES_IN = relation(
    "LIES_IN",
    owner=Process.PM,
    sources=("ProblemCause",),
    targets=ELEMENT_KINDS,
    doc="The element in which it lies (PR10.2).",
    field="lies_in",
    back="problem_causes",
)


@record(
    owner=Process.PM,
    prefix="OPT",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="problem_option",
    columns=("score", "status", "aim", "title", "option_of"),
)
class ProblemOption(ProcessRecord):
    """What could be done about a problem: resolve it, or make it weigh less (PR10.2)."""

    aim: Annotated[str, Doc("resolve: it removes the cause. reduce: the problem weighs less.")]
    effort: Annotated[str, Doc("What it would take: a class of the policy.")]
    risk: Annotated[str, Doc("What could go wrong with it: a class of the policy.")]
    effect: Annotated[str, Doc("What it would do about the problem: a class of the policy.")]
    score: Annotated[int, Doc("Points of the three together.")]
    because: Annotated[list[str], Doc("Where the points come from.")]
    decision: Annotated[str, Doc("Why it was chosen or declined.")] = ""
    decided_by: Annotated[str, Doc("Login of who decided.")] = ""


OPTION_OF = relation(
    "OPTION_OF",
    owner=Process.PM,
    sources=("ProblemOption",),
    targets=("Problem",),
    doc="The problem that it is an answer to (PR10.2).",
    field="option_of",
    back="options",
    one=True,
)
TURNED_INTO = relation(
    "TURNED_INTO",
    owner=Process.PM,
    sources=("Problem", "ProblemOption"),
    targets=("Change", "Suggestion"),
    doc="The request for change or the suggestion that was raised of it (PR10.2).",
    field="turned_into",
    back="made_of",
)
