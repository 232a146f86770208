"""What can go wrong between the command line and a server, each with cause and remedy."""

import ssl
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import orjson

from fitsm_graph.client.address import Address
from fitsm_graph.client.told import error_of
from fitsm_graph.kernel.clock import SystemClock
from fitsm_graph.kernel.errors import FitsmError, Forbidden, Unauthenticated, Unavailable


def of_transport(error: Exception, place: Address) -> FitsmError:
    """Why no answer came."""
    tls = _tls_reason(error)
    if tls:
        return Unavailable(
            f"there is no secure connection to {place.host}",
            code="TLS_FAILED",
            why=tls,
            remedy="check the address; a certificate of your own authority: SSL_CERT_FILE=ca.pem",
        )
    if isinstance(error, httpx.ConnectTimeout):
        return _unreachable(place, "it did not answer in time")
    if isinstance(error, httpx.ConnectError):
        return _unreachable(place, _plain_reason(error))
    if isinstance(error, httpx.TimeoutException):
        return Unavailable(
            f"no answer from {place.base} in time",
            code="TIMEOUT",
            why="the request was sent, and the answer takes longer than --timeout allows",
            remedy="ask for less, or give --timeout SECONDS",
        )
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
        return Unavailable(f"{place.base} cannot be asked", code="BAD_URL", why=str(error))
    return Unavailable(
        f"the answer of {place.base} was lost",
        code="ANSWER_LOST",
        why=_plain_reason(error),
        remedy="ask again; the server's log says more",
    )


def unsure(failure: FitsmError) -> FitsmError:
    """A mutation without a key whose answer was lost: nobody here knows what became of it."""
    told = failure.problem
    return Unavailable(
        f"{told.message}; it may have been done or not",
        code=told.code,
        why=told.why,
        remedy="look at the element's history, or act with --key, so that a repeat does no harm",
    )


def checked(response: httpx.Response, place: Address) -> Mapping[str, Any]:
    """The answer of a server, if it is one of this API.

    Raises:
        FitsmError: It is no GraphQL answer, or nobody was let in.
    """
    answer = _parsed(response)
    if response.status_code == 401:
        raise Unauthenticated(
            "the server does not take the token",
            why=_said(answer) or "it says 401",
            remedy="check FITSM_TOKEN; tokens end: `fitsm-graph token create` makes a new one",
        )
    if response.status_code == 403 and answer is None:
        raise Forbidden(f"{place.base} does not let you in", why="it says 403")
    if response.is_redirect:
        raise _elsewhere(place, f"it leads to {response.headers.get('location', 'another place')}")
    if answer is None:
        raise _elsewhere(place, _kind_of(response))
    return answer


def busy(response: httpx.Response, place: Address) -> FitsmError:
    """The server says that it cannot answer now."""
    said = _parsed(response)
    return Unavailable(
        f"{place.base} cannot answer now",
        code="SERVER_BUSY" if response.status_code == 429 else "UNAVAILABLE",
        why=_said(said) or f"it says {response.status_code}",
        remedy="ask again later",
    )


def retry_after(response: httpx.Response) -> float | None:
    """Seconds that the server asks to wait; None where it does not say."""
    text = response.headers.get("retry-after", "").strip()
    if text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - SystemClock().now()).total_seconds())


def _parsed(response: httpx.Response) -> Mapping[str, Any] | None:
    """The body as a GraphQL answer; None where it is none."""
    try:
        answer = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return None
    known = isinstance(answer, dict) and ("data" in answer or _are_errors(answer.get("errors")))
    return answer if known else None


def _are_errors(errors: Any) -> bool:
    return isinstance(errors, list) and bool(errors) and all(isinstance(e, dict) for e in errors)


def _said(answer: Mapping[str, Any] | None) -> str:
    """What the errors of an answer say; empty where there is none."""
    error = error_of(answer) if answer is not None else None
    return error.problem.message if error else ""


def _elsewhere(place: Address, why: str) -> FitsmError:
    return Unavailable(
        f"there is no fitsm-graph at {place.base}",
        code="NOT_GRAPHQL",
        why=why,
        remedy="check --url: the address of the server, such as http://127.0.0.1:8000",
    )


def _kind_of(response: httpx.Response) -> str:
    kind = response.headers.get("content-type", "").partition(";")[0] or "something unnamed"
    return f"{place_of(response)} answered {response.status_code} with {kind}, not with GraphQL"


def place_of(response: httpx.Response) -> str:
    """The path that answered."""
    return response.request.url.path


def _unreachable(place: Address, why: str) -> FitsmError:
    return Unavailable(
        f"nothing answers at {place.base}",
        code="CONNECTION_FAILED",
        why=why,
        remedy="check --url, and that `fitsm-graph serve` runs there",
    )


def _tls_reason(error: BaseException) -> str:
    """Why a secure connection failed; empty where that was not it."""
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, ssl.SSLCertVerificationError):
            return link.verify_message
        if isinstance(link, ssl.SSLError):
            plain = link.reason in {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"}
            return "it does not speak TLS: http://?" if plain else f"{link.reason or link}"
        link = link.__cause__ or link.__context__
    return ""


def _plain_reason(error: BaseException) -> str:
    """The innermost reason in words."""
    text = str(error)
    return text.partition("] ")[2] or text or type(error).__name__
