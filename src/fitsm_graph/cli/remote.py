"""The command line as a client of the API: GraphQL over HTTP, with a token, patiently.

An answer that was lost is asked for again if asking twice does no harm: a question, or a
mutation under an idempotency key. A server that says 503 or 429 with Retry-After is given that
time, within bounds. Redirects are not followed: a token goes where it was meant to go.
"""

import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from fitsm_graph import __version__
from fitsm_graph.cli import remote_failures as failures
from fitsm_graph.cli.address import Address
from fitsm_graph.cli.documents import document
from fitsm_graph.kernel.errors import FitsmError

TRIES = 4
LONGEST_WAIT = 30.0
"""Seconds that all waiting of one call may take together."""
FIRST_PAUSE = 0.25
_CLIENT = ssl.PROTOCOL_TLS_CLIENT


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
    repeatable: bool
    told: Callable[[str], None]
    pause: Callable[[float], None] = time.sleep
    transport: httpx.BaseTransport | None = None


class Asker:
    """One call with its repeats."""

    def __init__(self, client: httpx.Client, place: Address, how: How) -> None:
        self._client = client
        self._place = place
        self._how = how
        self._waited = 0.0
        self._lost = False

    def post(self, body: bytes) -> Mapping[str, Any]:
        """Send a request until it is answered, within bounds.

        Raises:
            FitsmError: What went wrong at last.
        """
        attempt = 0
        while True:
            pause = FIRST_PAUSE * 4**attempt
            try:
                response = self._client.post(self._place.graphql, content=body)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                failure = self._of_transport(error)
            else:
                if response.status_code not in {429, 503}:
                    return failures.checked(response, self._place)
                failure = failures.busy(response, self._place)
                asked = failures.retry_after(response)
                pause = pause if asked is None else asked
            attempt += 1
            if attempt == TRIES or not self._waits(pause, failure):
                raise failure

    def _of_transport(self, error: Exception) -> FitsmError:
        """Why no answer came, if it is worth another try; raised at once if it is not."""
        failure = failures.of_transport(error, self._place)
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            if not self._lost:  # nothing was sent, and nothing says that it would work later
                raise failure from error
            return failure
        if not self._how.repeatable:
            raise failures.unsure(failure) from error
        self._lost = True
        return failure

    def _waits(self, seconds: float, why: FitsmError) -> bool:
        """Wait before the next try, if the bounds allow it."""
        if self._waited + seconds > LONGEST_WAIT:
            return False
        self._how.told(f"{why.problem.message}; trying again in {seconds:.3g} s")
        self._how.pause(seconds)
        self._waited += seconds
        return True


def execute(
    place: Address, secret: str, name: str, variables: Mapping[str, Any], how: How
) -> Mapping[str, Any]:
    """Execute a named document on a server with a token, and return its answer.

    Raises:
        FitsmError: The server does not answer as it should.
    """
    if place.in_the_clear:
        how.told(f"the token goes to {place.host} unencrypted; use https")
    asked = {"query": document(name), "operationName": name, "variables": dict(variables)}
    headers = {
        "Authorization": f"Bearer {secret}",
        "Content-Type": "application/json",
        "Accept": "application/graphql-response+json, application/json",
        "User-Agent": f"fitsm-graph/{__version__}",
    }
    # A proxy named in the environment is not for what is on this machine; certificates are read
    # only where they are needed, because reading them takes a while.
    with httpx.Client(
        headers=headers,
        timeout=how.timeout,
        verify=True if place.base.startswith("https:") else ssl.SSLContext(_CLIENT),
        trust_env=not place.on_loopback,
        follow_redirects=False,
        transport=how.transport,
    ) as client:
        return Asker(client, place, how).post(orjson.dumps(asked))
