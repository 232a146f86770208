"""What is told of a run, in the same words by every way in."""

from collections.abc import Callable, Mapping
from typing import Any

from fitsm_graph.confm.sync_parked import told_problem
from fitsm_graph.confm.sync_report import Blast, PlannedChange, Retirement, SyncReport
from fitsm_graph.confm.sync_vanish import losses_as_data

MOST_TOLD = 1_000
Told = dict[str, Any]
Veil = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def _shown(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    """Everything, for those who run this on the machine itself."""
    return properties


def summary(report: SyncReport, most: int = MOST_TOLD) -> Told:
    """A run's outcome: status, counts, what is wrong, what it would retire.

    Lists are cut at `most`; how many there are stands beside them.
    """
    return {
        "run": report.run,
        "plan": report.plan,
        "source": report.source,
        "scope": report.scope,
        "mode": report.mode,
        "status": report.status,
        "complete": report.complete,
        "counts": dict(sorted(report.counts.items())),
        "hold": report.hold or None,
        "losses": losses_as_data(report.losses),
        "problemCount": len(report.problems),
        "problems": [told_problem(each) for each in report.problems[:most]],
        "notices": [told_problem(each) for each in report.notices[:most]],
        "retirementCount": len(report.retirements),
        "retirements": [_retirement(each) for each in report.retirements[:most]],
        "blast": blast_told(report.blast),
    }


def whole_plan(report: SyncReport, veil: Veil = _shown) -> Told:
    """A plan with every change, for a file or a program.

    Args:
        report: Of the plan.
        veil: What is told of the properties of an element to whom it is told.
    """
    told = summary(report, len(report.problems) + len(report.notices) + len(report.retirements))
    return {**told, "changes": [change_told(each, veil) for each in report.changes]}


def change_told(change: PlannedChange, veil: Veil = _shown) -> Told:
    """One line of a plan."""
    before = veil({name: old for name, old, _ in change.fields})
    after = veil({name: new for name, _, new in change.fields})
    return {
        "op": change.op,
        "key": change.key,
        "what": change.what,
        "detail": change.detail,
        "fields": [
            {"name": name, "before": before[name], "after": after[name]}
            for name, _, _ in change.fields
        ],
    }


def blast_told(blast: Blast | None) -> Told | None:
    """What retirements would do; null where that was not looked at."""
    if blast is None:
        return None
    services = [
        {
            "key": each.key,
            "name": each.name,
            "before": each.before,
            "after": each.after,
            "because": list(each.because),
        }
        for each in blast.services
    ]
    return {"seq": blast.seq, "affected": blast.affected, "services": services}


def _retirement(each: Retirement) -> Told:
    blast = blast_told(each.blast)
    return {"key": each.key, "type": each.type, "name": each.name, "blast": blast}


def result_lines(answer: Told) -> list[Told]:
    """What became of each row of a chunk, with its problems."""
    problems: dict[str, list[Told]] = {}
    for each in answer["problems"]:
        place = each["path"][0] if each["path"] else ""
        problems.setdefault(place, []).append(each)
    lines = [
        {"row": place, "result": word, **_with(problems.pop(place, None))}
        for place, word in answer["results"]
    ]
    lines += [{"row": place, "problems": told} for place, told in problems.items()]
    return lines


def _with(problems: list[Told] | None) -> Told:
    return {"problems": problems} if problems else {}
