"""Alerts of monitoring as incidents: one for each alert, however often it is sent (PR9.1)."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import remark, told
from fitsm_graph.flow.weighing import DEFAULT
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Moment
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact import effects
from fitsm_graph.impact.effects import Hit
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.isrm.alert_rules import ALERTS, AlertMapping
from fitsm_graph.isrm.cases import INCIDENT, Case, case_of, resolved
from fitsm_graph.isrm.closing import closure_code
from fitsm_graph.isrm.entering import entered
from fitsm_graph.isrm.intake_rules import intake_of
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import BadInput, NotFound
from fitsm_graph.model.declare import Process

SOURCE = "alerts/alertmanager"
"""What a token for this way in alone is made for."""
_LONGEST = 200
_OVER = "the alert is over"


@verb(
    "incident.report_alert",
    room=Process.ISRM,
    also=Process.SMS,
    requirement="PR9.1",
    on=INCIDENT,
    anytime=True,
)
async def report_alert(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    fingerprint: str,
    labels: Mapping[str, Any],
    *,
    summary: str = "",
    description: str = "",
    starts_at: Moment | None = None,
    over: bool = False,
) -> Properties:
    """Take in an alert: a new incident, one more time for a known one, or its end (PR9.1).

    An alert that is over resolves its incident, and the parts of that, as long as nobody deals
    with it; where it is begun, owned, escalated or major, it is a comment there, and whoever deals
    with it decides.

    Args:
        tx: The transaction.
        policies: In force; the alert mapping says which labels name the element.
        reaching: Says what the affected element does to services.
        fingerprint: What tells this alert from others.
        labels: As the monitoring has them.
        summary: What is wrong, in a line; the label `alertname` when left out.
        description: What is known.
        starts_at: When it began, RFC 3339; now when left out.
        over: It is over.

    Examples:
        fsg incident report-alert 3ad1 '{"instance": "sto-a:9100", "severity": "critical"}'

    Raises:
        BadInput: ALERT_WITHOUT_ELEMENT.
        NotFound: It is over, and no incident of it is open.
        Forbidden: SOURCE_NOT_YOURS.
    """
    tx.check_source(SOURCE)
    alert = _told_apart(fingerprint)
    mapping: AlertMapping = policies.value(ALERTS, DEFAULT)
    row = await tx.one("isrm.alert_context", alert=alert, refs=mapping.refs(labels))
    if row["incident"] is not None:
        return await _known(tx, policies, str(row["incident"]), over=over)
    _check_going(alert, over=over)
    found = _element(tx, policies, mapping, labels, row)
    hits = [Hit(found, mapping.effect(labels))] if found else []
    title = (summary.strip() or str(labels.get("alertname") or "") or "an alert")[:_LONGEST]
    described: dict[str, Any] = {"title": title, "description": description, "alert": alert}
    described |= {"starts_at": began(tx, starts_at), "alert_count": 1}
    return await entered(tx, policies, reaching, described, hits)


def began(tx: Tx, starts_at: str | None) -> str:
    """When an alert began; clocks of the monitoring that go ahead count for nothing."""
    return min(to_text(from_text(starts_at, path=("startsAt",))), tx.at) if starts_at else tx.at


def _check_going(alert: str, *, over: bool) -> None:
    if over:
        said = f"no incident of the alert '{alert}' is open"
        raise NotFound(said, remedy="nothing has to be done", path=("fingerprint",))


async def _known(tx: Tx, policies: Policies, id: str, *, over: bool) -> Properties:
    """An incident whose alert was sent again, or is over."""
    case = await case_of(tx, INCIDENT, id)
    record = case.record
    if not over:
        return tx.update(INCIDENT, record, {"alert_count": record.get("alert_count", 0) + 1})
    if _untouched(policies, case):
        return resolved(tx, policies, case, _OVER, closure_code=closure_code(policies, ""))
    remark(tx, record, _OVER)
    return record


def _untouched(policies: Policies, case: Case) -> bool:
    """Whether nobody deals with an incident, and nobody was told to."""
    told = case.row["owned"] or case.record.get("escalation_level")
    major = any(each.is_major for each in (case, *case.parts))
    return case.record["status"] == life_of(policies, INCIDENT).initial and not (told or major)


def _told_apart(fingerprint: str) -> str:
    """What alerts are told apart by: a digest where the text is too long to be kept.

    Without a fingerprint the text is all labels, and those of two alerts may differ at the end.
    """
    said = told(fingerprint, "fingerprint", "send the one that the monitoring has")
    return said if len(said) <= _LONGEST else sha256(said.encode()).hexdigest()


def _element(
    tx: Tx, policies: Policies, mapping: AlertMapping, labels: Mapping[str, Any], row: Properties
) -> str:
    """Key of the element that an alert is about, by the first label that names one.

    Empty where none does, and such a report is taken in all the same.
    """
    there = {str(each["ref"]) for each in effects.seen(tx, row["elements"])}
    found = next((each for each in mapping.refs(labels) if each in there), "")
    if not found and intake_of(policies).refuses:
        raise BadInput(
            "the alert names no element",
            code="ALERT_WITHOUT_ELEMENT",
            why=f"none of its labels {', '.join(mapping.elements)} is the key of one",
            remedy="label it with the key of an element, or change the alert mapping",
            path=("labels",),
            requirement="PR9.1",
        )
    return found
