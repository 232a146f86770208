"""Messages that steps send: whom a step that is done tells, in which words (PR9.2, PR9.4)."""

from collections.abc import Iterable, Mapping
from typing import Any

from fitsm_graph.flow.notices import NoticeRule
from fitsm_graph.flow.steps import channels_of, sends, told_in
from fitsm_graph.model.declare import RECORDS
from fitsm_graph.model.steps import STEP_LABEL, STEPPED, StepState

STEP_VERBS = frozenset(f"{RECORDS[kind].group}.complete_step" for kind in STEPPED)
"""Verbs by which a step is done, and its message goes out."""


def notices_of_steps(
    found: Iterable[Mapping[str, Any]], told: Mapping[str, Any]
) -> list[tuple[str, tuple[str, NoticeRule]]]:
    """Whom an entry is told of by the steps that it has done, each with its title and a name.

    Args:
        found: Records that it touched, as ``{labels, record}``.
        told: Properties of the entry.
    """
    notices = []
    for each in (one["record"] for one in found if STEP_LABEL in one["labels"]):
        done = each.get("done_seq") == told["seq"] and each.get("state") == StepState.DONE
        if done and sends(each):
            to, by = told_in(each["tells"]), channels_of(each)
            rule = NoticeRule(told["verb"], each["template"], to, by)
            notices.append((str(each["title"]), (f"step/{each['id']}", rule)))
    return notices
