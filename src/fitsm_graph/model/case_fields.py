"""Fields that incidents, service requests and problems have in common (PR9.1 – PR9.5, PR10.2)."""

from typing import Annotated

from fitsm_graph.model.declare import Doc, Indexed

ClosureCode = Annotated[str, Doc("How it ended: a code of the closure rules in force (PR9.5).")]
ResolvedAt = Annotated[str | None, Doc("When it was resolved last, UTC; null: it is not.")]
ClosedAt = Annotated[str | None, Doc("When it was over for good, UTC; null: it is not.")]
Confirmed = Annotated[bool, Doc("A user confirmed that all is well; else time decided.")]
Reopened = Annotated[int, Doc("How often it was opened again.")]
ReopenReason = Annotated[str, Doc("Why it was opened again last.")]
RespondedAt = Annotated[str | None, Doc("When somebody first dealt with it, UTC (PR9.2).")]
ResponseDueAt = Annotated[
    str | None,
    Doc("When the response target breaks or broke, UTC; null: it was met, or nothing is agreed."),
]
ResolutionDueAt = Annotated[
    str | None,
    Indexed(),
    Doc(
        "When the resolution target breaks or broke, UTC; null: it was met, the clock waits, or "
        "nothing is agreed."
    ),
]
TargetPriority = Annotated[
    int | None,
    Doc("Priority whose targets count: that of impact and urgency before time ran out."),
]
Agreed = Annotated[
    list[str] | None,
    Doc("Versions of targets and service calendars that its clocks are read by."),
]
WaitingFor = Annotated[str, Doc("Whom it waits for: user, supplier, change, …; empty: nobody.")]
WaitingReason = Annotated[str, Doc("What it waits for.")]
UsersUpdatedAt = Annotated[str | None, Doc("When users were told of the progress last, UTC.")]
NextUpdateDueAt = Annotated[
    str | None, Doc("When users are to be told again, UTC; null: it is resolved (PR9.4).")
]
EscalationLevel = Annotated[int, Doc("Steps of the escalation path that were taken (PR9.3).")]
Because = Annotated[list[str] | None, Doc("Why it has its impact, urgency and priority.")]
Impact = Annotated[str | None, Doc("How grave it is: a class of the matrix.")]
Urgency = Annotated[str | None, Doc("How soon it has to end: a class of the matrix.")]
Priority = Annotated[int | None, Doc("1 is the highest; from both by matrix.")]
ComputedImpact = Annotated[str | None, Doc("The impact that the rules say.")]
ComputedUrgency = Annotated[str | None, Doc("The urgency that the rules say.")]
ComputedPriority = Annotated[int | None, Doc("The priority that the rules say.")]
OverrideImpact = Annotated[str | None, Doc("The impact that a person decided on.")]
OverrideUrgency = Annotated[str | None, Doc("The urgency that a person decided on.")]
OverrideReason = Annotated[str | None, Doc("Why a person decided otherwise.")]
Category = Annotated[str, Doc("Its class: a key of the scheme in force.")]
