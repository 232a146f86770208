"""Alerts of Prometheus' Alertmanager over HTTP, as its webhook sends them (PR9.1).

    POST /alerts/alertmanager     Authorization: Bearer fsg_…

Each alert is a verb of its own: what is wrong with one keeps no other out. The answer tells of
each; it is 200 where all were taken in, and 422 where some were not and will not be. Where nothing
can be taken in now, it is 429 or 503, and all of it is to be sent again.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.datastructures import Headers
from starlette.types import Receive

from fitsm_graph.api.asked import json_in
from fitsm_graph.api.headers import plain
from fitsm_graph.api.posted import PostedEdge
from fitsm_graph.handover.alerts import SOURCE
from fitsm_graph.kernel.errors import BadInput, NotFound
from fitsm_graph.model.principal import Principal

PREFIX = "/alerts/"
MOST_ALERTS = 500
_OVER = "resolved"
_NEVER = "0001-01-01T00:00:00Z"


class AlertEdge(PostedEdge):
    """What monitoring sends."""

    async def _answer(
        self, principal: Principal, path: str, receive: Receive, headers: Headers
    ) -> tuple[int, dict[str, Any]]:
        if path != f"{PREFIX}alertmanager":
            remedy = f"POST {PREFIX}alertmanager takes in alerts"
            raise NotFound("there is nothing at this address", remedy=remedy)
        await self._check(principal, "incident.report_alert", SOURCE)
        alerts = alerts_in(await self._body(receive, headers))
        told = [await self._take(principal, each) for each in alerts]
        bad = any(not each["ok"] for each in told)
        return 422 if bad else 200, {"alerts": told}

    async def _take(self, principal: Principal, alert: Mapping[str, Any]) -> dict[str, Any]:
        said = alert_input(alert)
        answer = await self._done(principal, "alertmanager", said)
        payload = (answer.data or {}).get("reportAlert")
        errors = plain(answer.errors or (payload or {}).get("errors") or [])
        known = payload is not None and not payload["ok"] and alert.get("status") == _OVER
        nothing = known and all(each.get("__typename") == "RecordNotFound" for each in errors)
        record = (payload or {}).get("incident") or {}
        return {
            "fingerprint": said["fingerprint"],
            "ok": nothing or not errors,
            "incident": record.get("key"),
            "status": record.get("status"),
            "errors": [] if nothing else errors,
        }


def alerts_in(body: bytes) -> Sequence[Mapping[str, Any]]:
    """The alerts of a webhook's body.

    Raises:
        BadInput: INVALID_JSON or INVALID_REQUEST.
    """
    given = json_in(body, remedy="send what Alertmanager's webhook sends")
    found = given.get("alerts") if isinstance(given, dict) else None
    if isinstance(found, list) and len(found) <= MOST_ALERTS:
        alerts: list[Mapping[str, Any]] = [each for each in found if isinstance(each, dict)]
        if len(alerts) == len(found):
            return alerts
    raise BadInput(
        "the body has no list of alerts",
        code="INVALID_REQUEST",
        why=f"'alerts' is a list of {MOST_ALERTS} objects at most",
        remedy="send what Alertmanager's webhook sends",
        path=("alerts",),
    )


def alert_input(alert: Mapping[str, Any]) -> dict[str, Any]:
    """What the verb is told of an alert; without a fingerprint, its labels tell it from others."""
    labels, notes = _texts(alert.get("labels")), _texts(alert.get("annotations"))
    named = ",".join(f"{name}={labels[name]}" for name in sorted(labels))
    started = str(alert.get("startsAt") or _NEVER)
    return {
        "fingerprint": str(alert.get("fingerprint") or named),
        "labels": labels,
        "summary": notes.get("summary", ""),
        "description": notes.get("description", ""),
        "startsAt": None if started == _NEVER else started,
        "over": alert.get("status") == _OVER,
    }


def _texts(given: object) -> dict[str, str]:
    if not isinstance(given, dict):
        return {}
    return {str(name): str(value) for name, value in given.items()}
