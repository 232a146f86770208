"""GraphQL over HTTP, with a token, patiently: one call with its repeats.

An answer that was lost is asked for again if asking twice does no harm: a question, or a
mutation under an idempotency key. A server that says 503 or 429 with Retry-After is given that
time, within bounds. Redirects are not followed: a token goes where it was meant to go.
"""

import asyncio
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from fitsm_graph import __version__
from fitsm_graph.client import failures
from fitsm_graph.client.address import Address
from fitsm_graph.kernel.errors import FitsmError

TRIES = 4
LONGEST_WAIT = 30.0
"""Seconds that all waiting of one call may take together."""
FIRST_PAUSE = 0.25
ACCEPT = "application/graphql-response+json, application/json"
LOST = (httpx.HTTPError, httpx.InvalidURL)
"""What the way to a server raises."""
_CLIENT = ssl.PROTOCOL_TLS_CLIENT


def silent(_text: str) -> None:
    """Tell nobody."""
    return


@dataclass(frozen=True, slots=True)
class How:
    """How a server is asked.

    Attributes:
        timeout: Seconds for an answer to begin, and between its parts.
        repeatable: Whether asking twice does no harm.
        told: Called with what the person should know meanwhile.
        pause: Waits some seconds.
        transport: Another way to servers than the network.
    """

    timeout: float
    repeatable: bool = True
    told: Callable[[str], None] = silent
    pause: Callable[[float], None] = time.sleep
    transport: Any = None


class Patience:
    """How often one call is repeated, and after which pauses."""

    def __init__(self, place: Address, how: How) -> None:
        self._place = place
        self._how = how
        self._waited = 0.0
        self._attempts = 0
        self._lost = False

    def busy(self, response: httpx.Response) -> float | None:
        """Seconds to wait before asking again; None where this is an answer.

        Raises:
            FitsmError: It was asked often enough.
        """
        if response.status_code not in {429, 503}:
            return None
        asked = failures.retry_after(response)
        return self._pause(failures.busy(response, self._place), asked)

    def lost(self, error: Exception) -> float:
        """Seconds to wait before asking again, where no answer came.

        Raises:
            FitsmError: It is not worth another try, or would do harm.
        """
        failure = failures.of_transport(error, self._place)
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            if not self._lost:  # nothing was sent, and nothing says that it would work later
                raise failure from error
        elif not self._how.repeatable:
            raise failures.unsure(failure) from error
        else:
            self._lost = True
        return self._pause(failure, None)

    def _pause(self, failure: FitsmError, asked: float | None) -> float:
        seconds = FIRST_PAUSE * 4**self._attempts if asked is None else asked
        self._attempts += 1
        if self._attempts == TRIES or self._waited + seconds > LONGEST_WAIT:
            raise failure
        self._how.told(f"{failure.problem.message}; trying again in {seconds:.3g} s")
        self._waited += seconds
        return seconds


class Asker:
    """One call with its repeats."""

    def __init__(self, client: httpx.Client, place: Address, how: How) -> None:
        self._client = client
        self._place = place
        self._how = how

    def post(self, body: bytes) -> Mapping[str, Any]:
        """Send a GraphQL request until it is answered, within bounds.

        Raises:
            FitsmError: What went wrong at last.
        """
        request = self._client.build_request("POST", self._place.graphql, content=body)
        return failures.checked(self.send(request), self._place)

    def send(self, request: httpx.Request, *, stream: bool = False) -> httpx.Response:
        """Send any request until it is answered, within bounds.

        Raises:
            FitsmError: What went wrong at last.
        """
        patience = Patience(self._place, self._how)
        while True:
            try:
                response = self._client.send(request, stream=stream)
                if stream and response.status_code != 200:
                    response.read()
            except LOST as error:
                pause = patience.lost(error)
            else:
                asked = patience.busy(response)
                if asked is None:
                    return response
                pause = asked
            self._how.pause(pause)


class AsyncAsker:
    """The same without blocking."""

    def __init__(self, client: httpx.AsyncClient, place: Address, how: How) -> None:
        self._client = client
        self._place = place
        self._how = how

    async def post(self, body: bytes) -> Mapping[str, Any]:
        """Send a GraphQL request until it is answered, within bounds.

        Raises:
            FitsmError: What went wrong at last.
        """
        request = self._client.build_request("POST", self._place.graphql, content=body)
        return failures.checked(await self.send(request), self._place)

    async def send(self, request: httpx.Request, *, stream: bool = False) -> httpx.Response:
        """Send any request until it is answered, within bounds.

        Raises:
            FitsmError: What went wrong at last.
        """
        patience = Patience(self._place, self._how)
        while True:
            try:
                response = await self._client.send(request, stream=stream)
                if stream and response.status_code != 200:
                    await response.aread()
            except LOST as error:
                pause = patience.lost(error)
            else:
                asked = patience.busy(response)
                if asked is None:
                    return response
                pause = asked
            await asyncio.sleep(pause)


def settings(place: Address, secret: str, how: How) -> dict[str, Any]:
    """What a client of httpx is made with.

    A proxy named in the environment is not for what is on this machine; certificates are read
    only where they are needed, because reading them takes a while.
    """
    if place.in_the_clear:
        how.told(f"the token goes to {place.host} unencrypted; use https")
    return {
        "headers": {
            "Authorization": f"Bearer {secret}",
            "Content-Type": "application/json",
            "Accept": ACCEPT,
            "User-Agent": f"fitsm-graph/{__version__}",
        },
        "timeout": how.timeout,
        "verify": True if place.base.startswith("https:") else ssl.SSLContext(_CLIENT),
        "trust_env": not place.on_loopback,
        "follow_redirects": False,
        "transport": how.transport,
    }
