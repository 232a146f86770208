"""What is due of verifications, and what one of them found, as plain data (PR11.5)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from fitsm_graph.confm.examining import next_due
from fitsm_graph.confm.policies import PLAN, VerificationPlan
from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.changes import kind_of
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.clock import to_text

Row = Mapping[str, Any]
COUNTED = ("as_recorded", "differs", "not_there", "agrees", "gone")
"""What is counted of a sample: what was attested, and what discovery saw."""


class DueState(StrEnum):
    """How a plan stands."""

    NOT_DUE = "not_due"
    DUE = "due"
    RUNNING = "running"
    OVERDUE = "overdue"


async def verifications_due(
    graph: Graph, policies: Policies, now: datetime
) -> list[dict[str, Any]]:
    """How each plan in force stands, the soonest due first.

    Args:
        graph: Where the verifications are.
        policies: In force.
        now: The moment.
    """
    plans = {each.name: each.value for each in policies if each.kind == PLAN}
    rows = await graph.rows("confm.verification_plans", plans=sorted(plans))
    found = [_standing(plans[row["plan"]], row, to_text(now)) for row in rows]
    return sorted(found, key=lambda each: (each["due_at"], each["plan"]))


def _standing(plan: VerificationPlan, row: Row, now: str) -> dict[str, Any]:
    last, running = row["last"], row["running"]
    due, overdue = next_due(plan, last["closed_at"] if last else None, row["since"] or now)
    late = running["due_at"] if running else overdue
    state = DueState.OVERDUE
    if now < late:
        state = DueState.RUNNING if running else DueState.DUE if due <= now else DueState.NOT_DUE
    return {
        "plan": row["plan"],
        "state": state.value,
        "due_at": due,
        "overdue_at": late,
        "running": running["key"] if running else None,
        "last": last["key"] if last else None,
        "last_at": last["closed_at"] if last else None,
        "last_outcome": last["outcome"] if last else None,
    }


def report(record: Row, elements: Sequence[Row]) -> dict[str, Any]:
    """What a verification found.

    Args:
        record: Its properties.
        elements: Of `confm.verification_report`, those that are seen.
    """
    lines = [_element(each) for each in elements]
    return {
        **{name: record.get(name) for name in ("key", "title", "plan", "plan_key", "seed")},
        **{name: record.get(name) for name in ("status", "due_at", "compared_at", "closed_at")},
        "outcome": record.get("outcome", ""),
        "conclusion": record.get("conclusion", ""),
        "drawn_at": record["created_at"],
        "all": _line("all", lines),
        "by_type": _by(lines, lambda each: each["type"] or each["kind"]),
        "by_owner": _by(lines, lambda each: each["owner"] or "-"),
        "elements": lines,
    }


def _element(row: Row) -> dict[str, Any]:
    said = row["said"]
    return {
        **{name: row[name] for name in ("id", "key", "name", "type", "owner")},
        "kind": kind_of(row["labels"]),
        **{name: said.get(name) for name in ("attested", "attested_by", "attested_at", "by_owner")},
        **{name: said.get(name) or [] for name in ("differs_in", "seen_in")},
        "note": said.get("note"),
        "seen": said.get("seen"),
        "deviations": [each["key"] for each in row["deviations"]],
        "open_deviations": sum(each["status"] == "open" for each in row["deviations"]),
    }


def _line(name: str, lines: Sequence[Row]) -> dict[str, Any]:
    """Counts of some elements of a sample."""
    words = [word for each in lines for word in (each["attested"], each["seen"])]
    deviating = [each for each in lines if _deviates(each)]
    examined = [each for each in lines if each["attested"] or each["seen"] in {"agrees", "gone"}
                or each["seen"] == "differs"]  # fmt: skip
    return {
        "name": name,
        "sampled": len(lines),
        "examined": len(examined),
        "deviating": len(deviating),
        "seen_differs": sum(each["seen"] == "differs" for each in lines),
        **{f"{word}_count": words.count(word) for word in COUNTED if word != "differs"},
        "attested_differs": sum(each["attested"] == "differs" for each in lines),
        "open_deviations": sum(each["open_deviations"] for each in lines),
    }


def _deviates(each: Row) -> bool:
    return each["attested"] in {"differs", "not_there"} or each["seen"] in {"differs", "gone"}


def _by(lines: Iterable[Row], name_of: Callable[[Row], str]) -> list[dict[str, Any]]:
    groups: dict[str, list[Row]] = {}
    for each in lines:
        groups.setdefault(name_of(each), []).append(each)
    made = [_line(name, each) for name, each in groups.items()]
    return sorted(made, key=lambda each: (-each["deviating"], -each["sampled"], each["name"]))
