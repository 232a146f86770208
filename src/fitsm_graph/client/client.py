"""The clients: ask a server from a script or a notebook, blocking or not."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from fitsm_graph.client import failures
from fitsm_graph.client.address import Address, address
from fitsm_graph.client.address import token as token_of_environment
from fitsm_graph.client.answers import Answer
from fitsm_graph.client.asking import Asker, AsyncAsker, How, settings
from fitsm_graph.client.calls import (
    IMPACT,
    Call,
    answer_of,
    call_of,
    cursor_variable,
    page_of,
    payload_of,
    references,
)
from fitsm_graph.client.following import EVENT_STREAM, Following, cut_off, is_stream
from fitsm_graph.client.told import error_of
from fitsm_graph.kernel.errors import FitsmError, Unavailable

Variables = Mapping[str, Any] | None
FOLLOWING = {"Accept": EVENT_STREAM}
SECONDS = 60.0
"""For an answer to begin, and between its parts."""


class _Common:
    """What both clients are made with."""

    def __init__(self, url: str, token: str, timeout: float, transport: Any) -> None:
        self.place: Address = address(url)
        self._secret = token or token_of_environment()
        self._timeout = timeout
        self._transport = transport

    def _how(self, *, repeatable: bool = True) -> How:
        return How(self._timeout, repeatable, transport=self._transport)

    def _settings(self) -> dict[str, Any]:
        return settings(self.place, self._secret, self._how())

    def _export_address(self, options: Mapping[str, Any]) -> str:
        said = {name: _word(value) for name, value in options.items() if value is not None}
        return str(httpx.URL(f"{self.place.base}/export", params=said))

    def _refused(self, response: httpx.Response) -> FitsmError:
        """Why an export was refused, as the server says it."""
        told = failures.checked(response, self.place)
        return error_of(told, ours=False) or Unavailable(
            "the export was refused", remedy="look into the server's log"
        )


class Client(_Common):
    """Asks a server; every error is an exception with code, why and remedy.

    Args:
        url: Of the server, such as ``https://cmdb.example``.
        token: An API token; where left out, FITSM_TOKEN or FITSM_TOKEN_FILE has it.
        timeout: Seconds for an answer to begin, and between its parts.
        transport: Another way to servers than the network.
    """

    def __init__(
        self, url: str, token: str = "", *, timeout: float = SECONDS, transport: Any = None
    ) -> None:
        super().__init__(url, token, timeout, transport)
        self._http = httpx.Client(**self._settings())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def query(self, document: str, variables: Variables = None, *, operation: str = "") -> Answer:
        """Execute a document: a question, or a mutation whose payload is yours to read.

        Raises:
            FitsmError: The server refused it, or could not be asked.
        """
        return answer_of(self._asked(call_of(document, variables, operation)))

    def act(self, document: str, variables: Variables = None) -> Mapping[str, Any]:
        """Execute one mutation and return its payload.

        Raises:
            FitsmError: What the verb refused; nothing was written then.
        """
        return payload_of(self.query(document, variables))

    def impact(self, of: str | list[str], *, as_of: str | None = None) -> Answer:
        """What fails with some elements, by id or key: services, affected elements, the graph."""
        return self.query(IMPACT, {"of": references(of), "asOf": as_of})

    def pages(self, document: str, variables: Variables = None) -> Iterator[dict[str, Any]]:
        """The nodes of a connection, page after page; `after: $after` says where one begins."""
        name, given = cursor_variable(document), dict(variables or {})
        while True:
            page = page_of(self.query(document, given))
            yield from page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return
            given[name] = page["pageInfo"]["endCursor"]

    def export(
        self,
        document: str,
        to: str | Path,
        variables: Variables = None,
        *,
        format: str = "csv",
        **options: Any,
    ) -> Path:
        """Write an answer into a file: rows or a graph, in one of the formats of `/export`.

        The file has its name only when it is whole.

        Raises:
            FitsmError: It was refused, or its end did not come.
        """
        path = Path(to)
        part = path.with_name(path.name + ".part")
        try:
            with part.open("wb") as out:
                for chunk in self.exported(document, variables, format=format, **options):
                    out.write(chunk)
            os.replace(part, path)  # noqa: PTH105 - over what is there, on every system
        finally:
            part.unlink(missing_ok=True)
        return path

    def exported(
        self, document: str, variables: Variables = None, *, format: str = "csv", **options: Any
    ) -> Iterator[bytes]:
        """The same as chunks; whoever has them all has a whole file.

        Raises:
            FitsmError: It was refused, or its end did not come.
        """
        where = self._export_address({"format": format, **options})
        body = call_of(document, variables).body
        request = self._http.build_request("POST", where, content=body)
        response = Asker(self._http, self.place, self._how()).send(request, stream=True)
        try:
            if response.status_code != 200:
                raise self._refused(response)
            yield from response.iter_bytes()
        except httpx.HTTPError as error:
            raise failures.of_transport(error, self.place) from error
        finally:
            response.close()

    def subscribe(
        self, document: str, variables: Variables = None, *, operation: str = ""
    ) -> Iterator[Answer]:
        """Follow a subscription, event by event, until the server ends it.

        With `since: $since` in the document a lost connection is made again, and goes on from the
        last event: none is lost, and none comes twice. Without it the failure is raised.

        Raises:
            FitsmError: It was refused, has ended with an error, or the server stays away.
        """
        following = Following(document, variables, operation)
        while not following.ended:
            try:
                yield from self._followed(following)
            except Unavailable as error:
                time.sleep(following.again(error))

    def _followed(self, following: Following) -> Iterator[Answer]:
        """The events of one connection."""
        request = self._http.build_request(
            "POST", self.place.graphql, content=following.call().body, headers=FOLLOWING
        )
        response = Asker(self._http, self.place, self._how()).send(request, stream=True)
        try:
            if not is_stream(response):
                response.read()
                following.check(response, self.place)
            for data in response.iter_bytes():
                yield from following.taken(data)
        except httpx.HTTPError as error:
            raise failures.of_transport(error, self.place) from error
        finally:
            response.close()
        if not following.ended:
            raise cut_off(self.place)

    def _asked(self, call: Call) -> Mapping[str, Any]:
        how = self._how(repeatable=call.repeatable)
        return Asker(self._http, self.place, how).post(call.body)


class AsyncClient(_Common):
    """The same without blocking.

    Args:
        url: Of the server.
        token: An API token; where left out, FITSM_TOKEN or FITSM_TOKEN_FILE has it.
        timeout: Seconds for an answer to begin, and between its parts.
        transport: Another way to servers than the network.
    """

    def __init__(
        self, url: str, token: str = "", *, timeout: float = SECONDS, transport: Any = None
    ) -> None:
        super().__init__(url, token, timeout, transport)
        self._http = httpx.AsyncClient(**self._settings())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def query(
        self, document: str, variables: Variables = None, *, operation: str = ""
    ) -> Answer:
        """Execute a document: a question, or a mutation whose payload is yours to read.

        Raises:
            FitsmError: The server refused it, or could not be asked.
        """
        return answer_of(await self._asked(call_of(document, variables, operation)))

    async def act(self, document: str, variables: Variables = None) -> Mapping[str, Any]:
        """Execute one mutation and return its payload.

        Raises:
            FitsmError: What the verb refused; nothing was written then.
        """
        return payload_of(await self.query(document, variables))

    async def impact(self, of: str | list[str], *, as_of: str | None = None) -> Answer:
        """What fails with some elements, by id or key: services, affected elements, the graph."""
        return await self.query(IMPACT, {"of": references(of), "asOf": as_of})

    async def pages(
        self, document: str, variables: Variables = None
    ) -> AsyncIterator[dict[str, Any]]:
        """The nodes of a connection, page after page; `after: $after` says where one begins."""
        name, given = cursor_variable(document), dict(variables or {})
        while True:
            page = page_of(await self.query(document, given))
            for row in page["nodes"]:
                yield row
            if not page["pageInfo"]["hasNextPage"]:
                return
            given[name] = page["pageInfo"]["endCursor"]

    async def exported(
        self, document: str, variables: Variables = None, *, format: str = "csv", **options: Any
    ) -> AsyncIterator[bytes]:
        """An answer as a file, chunk by chunk; whoever has them all has a whole file.

        Raises:
            FitsmError: It was refused, or its end did not come.
        """
        where = self._export_address({"format": format, **options})
        body = call_of(document, variables).body
        request = self._http.build_request("POST", where, content=body)
        response = await AsyncAsker(self._http, self.place, self._how()).send(request, stream=True)
        try:
            if response.status_code != 200:
                raise self._refused(response)
            async for chunk in response.aiter_bytes():
                yield chunk
        except httpx.HTTPError as error:
            raise failures.of_transport(error, self.place) from error
        finally:
            await response.aclose()

    async def subscribe(
        self, document: str, variables: Variables = None, *, operation: str = ""
    ) -> AsyncIterator[Answer]:
        """Follow a subscription, event by event, until the server ends it.

        With `since: $since` in the document a lost connection is made again, and goes on from the
        last event: none is lost, and none comes twice. Without it the failure is raised.

        Raises:
            FitsmError: It was refused, has ended with an error, or the server stays away.
        """
        following = Following(document, variables, operation)
        while not following.ended:
            try:
                async for answer in self._followed(following):
                    yield answer
            except Unavailable as error:
                await asyncio.sleep(following.again(error))

    async def _followed(self, following: Following) -> AsyncIterator[Answer]:
        """The events of one connection."""
        request = self._http.build_request(
            "POST", self.place.graphql, content=following.call().body, headers=FOLLOWING
        )
        response = await AsyncAsker(self._http, self.place, self._how()).send(request, stream=True)
        try:
            if not is_stream(response):
                await response.aread()
                following.check(response, self.place)
            async for data in response.aiter_bytes():
                for answer in following.taken(data):
                    yield answer
        except httpx.HTTPError as error:
            raise failures.of_transport(error, self.place) from error
        finally:
            await response.aclose()
        if not following.ended:
            raise cut_off(self.place)

    async def _asked(self, call: Call) -> Mapping[str, Any]:
        how = self._how(repeatable=call.repeatable)
        return await AsyncAsker(self._http, self.place, how).post(call.body)


def _word(value: Any) -> str:
    """A value as it stands in an address."""
    return str(value).lower() if isinstance(value, bool) else str(value)
