"""What falls due of the records of the management system: documents, reviews, rules (GR2.4)."""

from datetime import datetime, timedelta

from fitsm_graph.flow.due import Due, Look
from fitsm_graph.flow.policies import Policies, PolicyKinds
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.model.declare import Process
from fitsm_graph.sms.due_rules import rule_in

POLICY = "policy_review"
TITLES = {
    "document_review": "{key} is to be looked at again",
    "stakeholder_review": "what {key} needs is to be analysed again",
    "review": "{key} was to be held",
    "nonconformity": "{key} was to be corrected",
    "complaint": "{key} was to be answered",
    "goal": "{key} was to be reached",
    POLICY: "the policy {key} is to be looked at again",
}
"""What is to be done, by matter."""


def looking(kinds: PolicyKinds) -> Look:
    """What looks at the management system's own records, and at policies of all rooms.

    Args:
        kinds: Of policies: they say which process a policy is a rule of.
    """

    async def look(graph: Graph, policies: Policies, now: datetime) -> list[Due]:
        rules = rule_in(policies).rules
        given = {"at": to_text(now), "before": to_text(now - rules)}
        rows = await graph.rows("sms.system_due", **given)
        return [_due(row, kinds, policies, rules) for row in rows]

    return look


def _due(row: Properties, kinds: PolicyKinds, policies: Policies, rules: timedelta) -> Due:
    matter, due, process = row["matter"], row["due"], Process(row["process"] or Process.SMS)
    if matter == POLICY:
        due = to_text(from_text(due) + rules)
        it = policies.find(row["kind"], row["name"])
        if it is not None:  # what cannot be read any more is the system's matter
            process = kinds.kind(row["kind"]).ruled(row["name"], it.value)
    record = "" if matter == POLICY else row["id"]
    title, service = TITLES[matter].format(key=row["key"]), row["service"] or ""
    return Due(matter, process, row["key"], title, due, record, service=service)
