"""Addresses that other systems post JSON to, one verb for each thing that is in it.

What is wrong with one keeps no other out. The answer is 200 where all were taken in, 422 where
something is wrong with one and will not pass; 429 and 503 where all of it is to be sent again.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import orjson
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from fitsm_graph.api.api import Answer, Api, check_answered, status_of, within
from fitsm_graph.api.asked import Asked, read_body
from fitsm_graph.api.failures import Caught, told_of_caught
from fitsm_graph.api.headers import entrant, respond, retry
from fitsm_graph.api.http import check_method
from fitsm_graph.graph.tx import check_source
from fitsm_graph.model.principal import Principal
from fitsm_graph.sms.rights import require


class PostedEdge(ABC):
    """What every such address does.

    Args:
        api: Answers documents.
        document: The one of the verb that takes in one of what is posted.
    """

    def __init__(self, api: Api, document: str) -> None:
        self._api = api
        self._document = document

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever it is."""
        status, body = 200, b""
        with Caught() as caught:
            headers = Headers(scope=scope)
            principal = await entrant(self._api, scope, headers)
            check_method(scope, "POST")
            status, told = await self._answer(principal, scope["path"], receive, headers)
            body = orjson.dumps(told)
        error = caught.error
        if error is not None:
            status, body = status_of(error), orjson.dumps({"errors": told_of_caught(error)})
        more = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
        await respond(send, status, body, {**more, **retry(status, error)})

    @abstractmethod
    async def _answer(
        self, principal: Principal, path: str, receive: Receive, headers: Headers
    ) -> tuple[int, dict[str, Any]]:
        """Take in what is posted, and say what became of each."""

    async def _check(self, principal: Principal, verb: str, source: str) -> None:
        """Bring policies up to date; refuse who may not use a verb for a source.

        Raises:
            Forbidden: FORBIDDEN, or SOURCE_NOT_YOURS.
            Unavailable: The database is away.
        """
        async with within(self._api.limits.seconds):
            await self._api.policies.at((await self._api.freshness.seen()).policies)
        require(principal, verb, self._api.rights())
        check_source(principal.sources, source)

    async def _body(self, receive: Receive, headers: Headers) -> bytes:
        return await read_body(receive, headers, self._api.limits)

    async def _done(self, principal: Principal, via: str, input: Mapping[str, Any]) -> Answer:
        """The answer of the verb for one of what is posted.

        Raises:
            FitsmError: Nothing can be taken in now.
        """
        given = {"input": input, "dryRun": False, "key": ""}
        answer = await self._api.answer(Asked(self._document, given), principal, via)
        check_answered(answer)
        return answer
