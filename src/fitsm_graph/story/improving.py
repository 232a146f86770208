"""What is learned: suggestions, two improvements that close gaps, one that goes on."""

from functools import partial
from typing import Any

from fitsm_graph.story.acts import act
from fitsm_graph.story.teller import Teller

CRITERIA = {
    "rules": [
        {"type": "standard", "when": {"preapproved": True}},
        {"type": "emergency", "when": {"urgent": True, "services_down": 1}},
        {"type": "major", "when": {"services_down": 1, "criticality": 2}},
        {"type": "major", "when": {"margin_left": 0, "criticality": 2}},
        {"type": "major", "when": {"services_reached": 10}},
    ],
    "otherwise": "normal",
}
"""Criteria of types of change: without redundancy left, a change that may hurt an important
service is a major one; before, that was so for the most critical services only."""
WEIGHED = "what it may cost yet was weighed, and not only what it has cost"
"""Why a value is another than history says, where it is."""


@act(17, "16:00", "PR14.1", "fsg suggestion list --all")
async def suggested(s: Teller) -> None:
    """What went wrong is suggested for improvement, by the check of conformity as well."""
    given: dict[str, Any] = {
        "nonconforming": "PR12.1",
        "indicator": "played_down",
        "since": s.moment(0),
    }
    s.keys["gap"] = await s.do("suggestFromConformity", "eriksen", **given)
    given = {
        "source": "CHANGE",
        "finding": s.keys["firmware"],
        "description": "both controllers of array A run one installation, and fall with it",
        "wouldImprove": ["fw-sto-a"],
    }
    title = "Firmware of its own for each controller of array A"
    s.keys["split"] = await s.do("registerSuggestion", "nowak", title=title, **given)
    given = {
        "source": "COMPLAINT",
        "finding": "complaint/university/mail",
        "description": "mail to users came two hours late, on one morning",
        "wouldImprove": ["cmp-portal-mail"],
    }
    title = "A second server for mail to users"
    s.keys["mail"] = await s.do("registerSuggestion", "dvorak", title=title, **given)


@act(18, "09:00", "PR14.2", "fsg improvement list --all")
async def decided(s: Teller) -> None:
    """Suggestions are evaluated: two are accepted, one is rejected."""
    for name, value, effort, urgency in (
        ("gap", "high", "low", "high"),
        ("split", "high", "medium", "medium"),
        ("mail", "low", "high", "low"),
    ):
        classes = {"value": value, "effort": effort, "urgency": urgency, "valueReason": WEIGHED}
        await s.do("evaluateSuggestion", "eriksen", ref=s.keys[name], **classes)
    given = {
        "decision": "it has cost four hours of storage, and costs a few words to end",
        "title": "What lies beneath both halves of a pair is no small change",
        "owner": "per-brandt",
        "dueAt": s.moment(45),
    }
    gap = await s.do("acceptSuggestion", "eriksen", suggestion=s.keys["gap"], **given)
    given = {
        "decision": "it is worth the licences",
        "owner": "per-farouk",
        "dueAt": s.moment(200),
    }
    split = await s.do("acceptSuggestion", "eriksen", suggestion=s.keys["split"], **given)
    decision = "one late morning in a quarter is what was agreed on"
    await s.do("rejectSuggestion", "eriksen", ref=s.keys["mail"], decision=decision)
    s.keys |= {"closing the gap": gap, "splitting": split}
    await s.do("aimImprovement", "brandt", ref=gap, kpi="change_caused_incident")
    for name, of, title, day, owner in (
        ("criteria", gap, "other criteria of types of change", 28, "per-brandt"),
        ("teaching", gap, "whoever asks for a change asks the graph first", 40, "per-brandt"),
        ("licences", split, "ask for licences for a second installation", 150, "per-gallo"),
    ):
        given = {"improvement": of, "title": title, "dueAt": s.moment(day), "owner": owner}
        s.keys[name] = await s.do("registerImprovementAction", "nowak", **given)


@act(25, "10:00", "PR12.1 PR14.3 GR2.4", "fsg policy show change-type-criteria/default/2")
async def criteria(s: Teller) -> None:
    """Other criteria of changes are in force, approved by somebody else."""
    given = {"kind": "change-type-criteria", "name": "default", "document": CRITERIA}
    policy = await s.do("draftPolicy", "brandt", **given, owner="per-brandt")
    await s.do("approvePolicy", "adeyemi", policy=policy)
    note = f"{policy} is in force"
    await s.do("completeImprovementAction", "brandt", ref=s.keys["criteria"], note=note)


@act(28, "15:00", "PR14.1 PR14.2", "fsg suggestion list --all")
async def records(s: Teller) -> None:
    """The desk learns from its records: causes are asked for, and calls are registered at once."""
    for requirement, indicator, owner in (
        ("PR9.5", "cause_missing", "per-dvorak"),
        ("PR9.1", "registered_late", "per-quinn"),
    ):
        given = {"nonconforming": requirement, "indicator": indicator, "since": s.moment(0)}
        key = await s.do("suggestFromConformity", "eriksen", **given)
        classes = {"value": "medium", "effort": "low", "urgency": "medium"}
        classes |= {"valueReason": WEIGHED}
        await s.do("evaluateSuggestion", "eriksen", ref=key, **classes)
        given = {"decision": "it takes a minute", "owner": owner, "dueAt": s.moment(50)}
        made = s.keys[indicator] = await s.do(
            "acceptSuggestion", "eriksen", suggestion=key, **given
        )
        given = {"title": "a line in the desk's list", "dueAt": s.moment(40), "owner": owner}
        action = await s.do("registerImprovementAction", "dvorak", improvement=made, **given)
        s.keys[f"{indicator}, action"] = action


@act(36, "09:00", "PR14.3", "fsg improvement list --all")
async def implemented(s: Teller) -> None:
    """The improvements are implemented."""
    note = "an hour with all who ask for changes; the page of the blast radius comes first"
    await s.do("completeImprovementAction", "brandt", ref=s.keys["teaching"], note=note)
    await s.do("implementImprovement", "brandt", ref=s.keys["closing the gap"])
    for indicator in ("cause_missing", "registered_late"):
        ref = s.keys[f"{indicator}, action"]
        await s.do("completeImprovementAction", "dvorak", ref=ref, note="it is in the list")
        await s.do("implementImprovement", "dvorak", ref=s.keys[indicator])


@act(42, "09:00", "PR14.3", "fsg improvement-action list --all")
async def reported(s: Teller) -> None:
    """The long improvement goes on: its action is reported of."""
    for day, progress, note in ((45, 20, "the vendor has answered"), (79, 60, "they are ordered")):
        s.later(s.at(day, "09:30"), partial(_reported, s, progress, note))


async def _reported(s: Teller, progress: int, note: str) -> None:
    given = {"progress": progress, "note": note}
    await s.do("reportImprovementAction", "brandt", ref=s.keys["licences"], **given)


@act(85, "10:00", "PR14.3", "fsg improvement list --all")
async def reviewed(s: Teller) -> None:
    """What the improvements changed is looked at."""
    for name, seen in (
        ("closing the gap", "no change was called smaller than the criteria say, for eight weeks"),
        ("cause_missing", "every incident since then says why it happened"),
        ("registered_late", "no incident since then was registered later than on its day"),
    ):
        given = {"effect": "IMPROVED", "review": seen}
        await s.do("reviewImprovement", "eriksen", ref=s.keys[name], **given)
