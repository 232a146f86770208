"""Suggestions from what others have reported, and from what comes again."""

from datetime import timedelta
from typing import Any

from fitsm_graph.confm import service as confm
from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.csi import recurrences
from fitsm_graph.graph.verb import VERBS
from fitsm_graph.kernel.clock import to_text
from graph.syncing import REGISTRY, run

LABELS = {
    "major_incident_review": "MATCH (n:MajorIncidentReview {status: 'completed'}) RETURN n.key",
    "post_implementation_review": "MATCH (n:PostImplementationReview) "
    "WHERE n.done_at IS NOT NULL RETURN n.key",
    "deployment_review": "MATCH (n:DeploymentReview) RETURN n.key",
    "verification": "MATCH (n:Verification {status: 'finished'}) RETURN n.key",
    "trend_finding": "MATCH (n:TrendFinding) RETURN n.key",
    "document": "MATCH (n:Document {status: 'issued'}) RETURN n.key",
}


async def reported(do: Any) -> None:
    """From each kind of report: the first time a suggestion, the second time counted."""
    for word, asked in LABELS.items():
        key = (await run(do.graph, f"{asked} ORDER BY n.key LIMIT 1"))[0][0]
        for _ in range(2):
            await do.act(VERBS[f"suggestion.from_{word}"].run, key, f"better {word}")


FAILED = """MATCH (n:Change)<-[:REVIEWS]-(:PostImplementationReview {aim_met: false})
    WHERE n.outcome IS NOT NULL AND n.ends_at IS NOT NULL RETURN n.type"""


async def coming_again(do: Any) -> None:
    """Incidents at one element, a type of change that fails, redundancy on one element."""
    for kind, type, key in (
        ("Service", "", "doubled"),
        ("RedundancyGroup", "", "couple"),
        ("CI", "Server", "left"),
        ("CI", "Server", "right"),
        ("CI", "Server", "floor"),
    ):
        need = {"need": 1} if kind == "RedundancyGroup" else {}
        draft = ElementDraft(kind=kind, type=type, key=key, name=key, **need)
        await do.act(confm.register_element, REGISTRY, draft)
    ties = {"DEPENDS_ON": ("doubled couple", "left floor", "right floor")}
    ties["HAS_MEMBER"] = ("couple left", "couple right")
    for type, source, target in ((t, *each.split()) for t in ties for each in ties[t]):
        tie = RelationDraft(type=type, source=source, target=target)
        await do.act(confm.relate, REGISTRY, tie)
    [[type]] = (await run(do.graph, FAILED))[:1]
    until = to_text(do.clock.now() + timedelta(seconds=1))
    for _ in range(2):
        await do.act(recurrences.suggest_from_shared_fate, "doubled")
        since = "2020-01-01T00:00:00Z"
        await do.act(recurrences.suggest_from_incidents, "host", since=since, until=until)
        await do.act(recurrences.suggest_from_changes, type, since=since, until=until)
