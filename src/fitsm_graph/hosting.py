"""A product as a web application: the API with the pages, and what else answers under an address.

Apart from `bootstrap`: a command that asks one thing does not load what only a server needs.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from starlette.types import ASGIApp

from fitsm_graph.api import calendar_http
from fitsm_graph.api.alerts_http import PREFIX as ALERTS
from fitsm_graph.api.alerts_http import AlertEdge
from fitsm_graph.api.arrivals_http import EVENTS_PREFIX, MESSAGES_PREFIX, ArrivalEdge
from fitsm_graph.api.calendar_http import CalendarEdge
from fitsm_graph.api.documents_http import PREFIX as DOCUMENTS
from fitsm_graph.api.documents_http import DocumentEdge
from fitsm_graph.api.http import Handler, application
from fitsm_graph.api.sync_http import PREFIX, SyncEdge
from fitsm_graph.bootstrap import Product, pepper
from fitsm_graph.discovery.posted import SyncReaders
from fitsm_graph.kernel.places import OF_COMMANDS
from fitsm_graph.model.principal import Principal
from fitsm_graph.sms.sessions import SESSION_SECONDS
from fitsm_graph.web.execute import ExecutionOutcome
from fitsm_graph.web.pages import pages
from fitsm_graph.web.sign_in import Session, SignIn


def web_application(product: Product) -> ASGIApp:
    """The API with the pages beside it."""
    rest: Any = pages(_executor(product), _sign_in(product), product.graph.clock)
    edges: dict[str, Handler] = {
        PREFIX: SyncEdge(product.api, SyncReaders()),
        ALERTS: AlertEdge(product.api, _operation("ReportAlert")),
        EVENTS_PREFIX: ArrivalEdge(product.api, _operation("TakeEvent"), "event"),
        MESSAGES_PREFIX: ArrivalEdge(product.api, _operation("TakeMessage"), "message"),
        DOCUMENTS: DocumentEdge(product.api),
        calendar_http.PREFIX: CalendarEdge(product.api, pepper(product.folder)),
    }
    return application(product.live, rest, edges)


def _operation(name: str) -> str:
    """A document of the command line's, which is one that may be asked anywhere."""
    return (OF_COMMANDS / f"{name}.graphql").read_text(encoding="utf-8")


def _executor(product: Product) -> Any:
    async def execute(
        operation_name: str, document: str, variables: Mapping[str, object], principal: object
    ) -> ExecutionOutcome:
        who = principal if isinstance(principal, Principal) else None
        answer = await product.api.execute(
            document, dict(variables), who, operation_name=operation_name, via="web"
        )
        return ExecutionOutcome(answer["data"], list(answer.get("errors", ())))

    return execute


def _sign_in(product: Product) -> SignIn:
    sessions = product.sessions

    async def open_session(login: str, password: str, address: str) -> Session:
        return Session(await sessions.open(login, password, address), SESSION_SECONDS)

    async def close(token: str) -> None:
        await asyncio.to_thread(sessions.end, token)

    return SignIn(sessions.principal, open_session, close)
