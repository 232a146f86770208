"""The form of the service desk: an incident is reported, a service is asked for (PR9.1).

    GET  /report?of=ELEMENT      the form; an element may be named by id or key
    POST /report/incident        registers an incident
    POST /report/request         registers a service request
    GET  /report/incident/KEY    how it stands; likewise /report/request/KEY

Each form carries a key of its own, so that one that is sent twice makes one record.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from fitsm_graph.kernel.errors import FitsmError, NotFound, Problem, Unauthenticated
from fitsm_graph.web.execute import Ask, Asker, Operation, OperationFailed, operation, problem_of
from fitsm_graph.web.failures import status_of
from fitsm_graph.web.guard import require_same_origin
from fitsm_graph.web.report import Element, read_element
from fitsm_graph.web.templates import render

MOST = 500
"""Services and offerings to choose from; what is beyond is reached by ``of``, or by the API."""
EFFECTS = (
    ("DOWN", "It does not work at all"),
    ("DEGRADED", "It works, but badly"),
    ("AT_RISK", "It works, and may fail soon"),
)
READ = ["GET", "HEAD"]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be reported.

    Attributes:
        word: In addresses.
        made_by: Operation that registers it.
        mutation: Its field.
        shown_by: Operation that tells how it stands.
        field: Of the record, in both.
        fields: Of the form.
    """

    word: str
    made_by: str
    mutation: str
    shown_by: str
    field: str
    fields: tuple[str, ...]

    def input(self, form: Row) -> dict[str, Any]:
        """What is registered."""
        if self is REQUEST:
            return {name: form[name] for name in ("offering", "description")}
        starts = {"startsAt": f"{form['starts']}Z"} if form["starts"] else {}
        hit = {"element": form["element"], "effect": form["effect"] or "DOWN"}
        said = {name: form[name] for name in ("title", "description")}
        return {**said, "affects": [hit], **starts}


INCIDENT = Kind(
    "incident", "ReportIncident", "registerIncident", "ReportedIncident", "incident",
    ("element", "effect", "title", "description", "starts"),
)  # fmt: skip
REQUEST = Kind(
    "request", "AskForService", "registerServiceRequest", "RequestedService", "serviceRequest",
    ("offering", "description"),
)  # fmt: skip
KINDS = {kind.word: kind for kind in (INCIDENT, REQUEST)}
EMPTY = dict.fromkeys((*INCIDENT.fields, *REQUEST.fields), "")


@dataclass(frozen=True, slots=True)
class Failed:
    """A form that was refused; what was entered is kept.

    Attributes:
        kind: Which of the forms.
        status: Of HTTP.
        problems: Why it was refused.
    """

    kind: Kind
    status: int
    problems: tuple[Problem, ...]


def router(ask: Ask) -> APIRouter:
    """Build the routes below ``/report``."""
    routes = APIRouter()

    @routes.api_route("/report", methods=READ)
    async def form(request: Request) -> Response:
        entered = EMPTY | {"element": request.query_params.get("of", "").strip()}
        return await _form(await ask(request), entered)

    @routes.post("/report/{word}")
    async def send(request: Request, word: str) -> Response:
        require_same_origin(request)
        return await _send(request, await ask(request), _kind(word))

    @routes.api_route("/report/{word}", methods=READ)
    async def again(word: str) -> Response:
        """Where signing in leads on to when a session ended before the form was sent."""
        return RedirectResponse(f"/report#{_kind(word).word}", status_code=303)

    @routes.api_route("/report/{word}/{key}", methods=READ)
    async def case(request: Request, word: str, key: str) -> Response:
        return await _case(await ask(request), _kind(word), key)

    return routes


def _kind(word: str) -> Kind:
    if word not in KINDS:
        raise NotFound(
            f"There is no form '{word[:100]}'",
            why="the address is wrong, or the page has moved",
            remedy="open /report",
        )
    return KINDS[word]


async def _send(request: Request, asker: Asker, kind: Kind) -> Response:
    sent = await request.form()
    entered = EMPTY | {name: str(sent.get(name, "")).strip() for name in kind.fields}
    once = str(sent.get("once", ""))
    try:
        data = await asker.ask(kind.made_by, {"input": kind.input(entered), "once": once})
        payload = data[kind.mutation]
        if payload["errors"]:
            raise OperationFailed([problem_of(error) for error in payload["errors"]])
    except Unauthenticated:
        raise
    except FitsmError as error:
        return await _form(asker, entered, Failed(kind, _status(error), error.problems))
    key = quote(payload[kind.field]["key"], safe="")
    return RedirectResponse(f"/report/{kind.word}/{key}", status_code=303)


def _status(error: FitsmError) -> int:
    """Of what was refused; a code of the API without a status of its own is about what was sent."""
    status = status_of(error)
    return 422 if status == 500 and error.code != "BROKEN" else status


async def _form(asker: Asker, entered: Row, failed: Failed | None = None) -> Response:
    data = await _choices(asker, entered["element"])
    services = [read_element({"kind": "Service", **row}) for row in data["services"]["nodes"]]
    chosen = _chosen(services, data.get("element"), entered["element"])
    return render(
        "report.html",
        status=failed.status if failed else 200,
        services=services,
        chosen=chosen,
        offerings=data["requestOfferings"]["nodes"],
        left_out={
            "services": data["services"]["totalCount"] - len(services),
            "offerings": data["requestOfferings"]["totalCount"]
            - len(data["requestOfferings"]["nodes"]),
        },
        effects=EFFECTS,
        entered=entered,
        failed=failed,
        once=secrets.token_urlsafe(16),
        operation=operation("ReportChoices"),
    )


async def _choices(asker: Asker, of: str) -> dict[str, Any]:
    return await asker.ask("ReportChoices", {"first": MOST, "of": of, "named": bool(of)})


def _chosen(services: list[Element], named: Row | None, of: str) -> Element | None:
    """The element that is chosen already, which may be none of the services."""
    found = [each for each in services if of and of in (each.id, each.key)]
    return found[0] if found else read_element(named) if named else None


async def _case(asker: Asker, kind: Kind, key: str) -> Response:
    named: Operation = operation(kind.shown_by)
    case = (await asker.ask(named.name, {"key": key}))[kind.field]
    if case is None:
        raise NotFound(
            f"There is no {kind.word} '{key[:100]}'",
            why="its key is wrong, or you may not see it",
            remedy="check the key, such as INC-000001",
        )
    told = [each for each in case["comments"] if each["public"]]
    return render("case.html", kind=kind, case=case, told=told, operation=named)
