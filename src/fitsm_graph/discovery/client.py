"""Send what a source saw to a server, from a script (PR11.3).

    with Sync("https://cmdb.example.org", token, source="racks", scope="hall-2") as run:
        for rack in racks:
            run.put({"type": "Rack", "key": rack.id, "attributes": {"name": rack.name}})
    print(run.summary["counts"])

Leaving by an exception breaks the run off: what was sent stays, and nothing vanishes. A lost
answer, a server that restarts or a database that is away is waited for; a chunk that arrived
already is not taken in twice.
"""

import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import httpx
import orjson

from fitsm_graph.kernel.errors import BadInput, FitsmError, Problem, Unavailable

CHUNK_ROWS = 2_000
CHUNK_BYTES = 4 << 20
TRIES = 8
TRIES_AT_LEAVING = 3
"""Of a run that is broken off: its lease ends by itself, and who leaves does not want to wait."""
LONGEST_PAUSE = 15.0
Told = dict[str, Any]


class SyncRefused(FitsmError):
    """The server refused a request; it says why.

    Attributes:
        status: Of HTTP.
    """

    def __init__(self, status: int, problem: Problem) -> None:
        super().__init__(
            problem.message,
            why=problem.why,
            remedy=problem.remedy or "see the errors page of the documentation",
            code=problem.code,
            path=problem.path,
        )
        self.status = status
        self.exit_status = {401: 4, 403: 4, 404: 3, 409: 5, 503: 6}.get(status, 2)


class Sync:
    """One run, driven over HTTP.

    Args:
        url: Of the server.
        token: An API token, best one for this source only.
        source: Name of the source.
        scope: Part of the source; absence means something within it only.
        mode: snapshot, delta or enrich; a snapshot when left out. A run that is gone on with must
            have begun in the mode that is named.
        types: CI types that the run brings; empty: any.
        parts: Parts of the run as ``{"name", "types", "dependsOn"}``.
        resume: Key of a run to go on with; the same records are put again.
        client: Another way to the server than one of our own.
        pause: Waits some seconds.

    Attributes:
        run: Key of the run, once it has begun.
        summary: What the end was answered.
        results: What was said of rows, as far as there was something to say; `line 7` is the
            seventh record that was put.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        source: str,
        scope: str = "default",
        mode: str = "",
        types: Sequence[str] = (),
        parts: Sequence[Mapping[str, Any]] = (),
        resume: str = "",
        client: httpx.Client | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._base = f"{url.rstrip('/')}/sync/v1/{source}/{scope}"
        self._mode = mode
        self._begin: Told = {"mode": mode or "snapshot", "types": list(types), "parts": list(parts)}
        self._begin["fence"] = secrets.token_hex(20)  # a lost answer is asked for again
        self._client = client or httpx.Client(timeout=60.0, trust_env=not _is_near(url))
        self._own_client = client is None
        self._headers = {"Authorization": f"Bearer {token}"}
        self._pause = pause
        self._lines: list[bytes] = []
        self._size = 0
        self._number = 0
        self._sent_rows = 0
        self._complete: list[str] = []
        self._is_whole = True
        self._failed: list[str] = []
        self.run = resume
        self.summary: Told = {}
        self.results: list[Told] = []

    def __enter__(self) -> Self:
        """Begin the run, or go on with it."""
        try:
            self._begun()
        except BaseException:
            self._close()  # nobody leaves what was not entered
            raise
        return self

    def _begun(self) -> None:
        if self.run:
            begun = self._json("POST", f"{self._of_run}/resume", {"mode": self._mode})
        else:
            begun = self._json("POST", f"{self._base}/runs", self._begin)
        self.run = str(begun["run"])
        self._headers["Fitsm-Fence"] = str(begun["fence"])

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the run; after an exception break it off, so that nothing vanishes."""
        try:
            if kind is None:
                self._end()
            else:
                self._break_off()
        finally:
            self._close()

    def put(self, record: Mapping[str, Any]) -> None:
        """Send a record in the published form; many go together.

        Raises:
            BadInput: It is no JSON.
            FitsmError: The server refuses the run; a bad record is told in `results` instead.
        """
        try:
            line = orjson.dumps(record)
        except TypeError as error:
            remedy = "write texts, numbers, true, false, null, lists and objects"
            raise BadInput("the record is no JSON", why=str(error), remedy=remedy) from error
        self.put_line(line)

    def put_line(self, line: bytes) -> None:
        """Send a record that is a line of NDJSON already."""
        if self._lines and self._size + len(line) > CHUNK_BYTES:
            self.flush()
        self._lines.append(line)
        self._size += len(line) + 1
        if len(self._lines) >= CHUNK_ROWS:
            self.flush()

    def complete(self, *types: str) -> None:
        """Say that all there is of some types was sent; without this, it is said of all types."""
        self._complete += types

    def incomplete(self) -> None:
        """Say that not all there is was sent, of no type: nothing vanishes."""
        self._is_whole = False

    def failed(self, *parts: str) -> None:
        """Say that parts of the run failed: their types are incomplete, and their dependants'."""
        self._failed += parts

    def flush(self) -> list[Told]:
        """Send what waits, and return what was said of rows that something was to be said of."""
        if not self._lines:
            return []
        body = b"\n".join(self._lines)
        place = f"{self._of_run}/chunks/{self._number + 1}?first={self._sent_rows + 1}"
        told = [orjson.loads(line) for line in self._sent("POST", place, body).splitlines()]
        for line in told:
            if "errors" in line:
                raise refusal(200, line)
        self._number += 1  # not before: who goes on after an error sends the same chunk again
        self._sent_rows += len(self._lines)
        self._lines, self._size = [], 0
        said = [line for line in told if "problems" in line]
        self.results += said
        return said

    def _close(self) -> None:
        if self._own_client:
            self._client.close()

    @property
    def _of_run(self) -> str:
        return f"{self._base}/runs/{self.run.rpartition('/')[2]}"

    def _end(self) -> None:
        self.flush()
        complete: Any = (self._complete or True) if self._is_whole else False
        given = {"complete": complete, "failed": self._failed, "chunks": self._number}
        self.summary = self._json("POST", f"{self._of_run}/end", given)

    def _break_off(self) -> None:
        try:
            self._sent("POST", f"{self._of_run}/abort", b"", tries=TRIES_AT_LEAVING)
        except FitsmError:
            return  # its lease ends by itself, and the first error is the one to be told

    def _json(self, method: str, place: str, given: Any) -> Told:
        told: Told = orjson.loads(self._sent(method, place, orjson.dumps(given)))
        return told

    def _sent(self, method: str, place: str, body: bytes, tries: int = TRIES) -> bytes:
        """Send until there is an answer; every request of a run can be repeated."""
        waiting = pauses(tries)
        while True:
            asked = 0.0
            try:
                answer = self._client.request(method, place, content=body, headers=self._headers)
            except httpx.HTTPError as error:
                failure: FitsmError = unreachable(place, error)
            else:
                if answer.status_code < 400:
                    return answer.content
                failure = refusal(answer.status_code, _parsed(answer.content))
                if answer.status_code not in {429, 503}:
                    raise failure
                asked = _asked_pause(answer)
            usual = next(waiting, None)
            if usual is None:
                raise failure
            self._pause(min(LONGEST_PAUSE, max(usual, asked)))


def _is_near(url: str) -> bool:
    """Whether a server is on this machine, where no proxy leads."""
    return httpx.URL(url).host in {"localhost", "127.0.0.1", "::1"}


def pauses(tries: int = TRIES) -> Iterator[float]:
    """How long to wait after each try but the last, in seconds."""
    for attempt in range(tries - 1):
        yield min(LONGEST_PAUSE, 0.25 * 2**attempt)


def _asked_pause(answer: httpx.Response) -> float:
    """Seconds that a server asks to wait at least; 0 where it does not say."""
    asked = answer.headers.get("retry-after", "")
    return float(asked) if asked.isdecimal() else 0.0


def unreachable(place: str, error: Exception) -> Unavailable:
    """The error of a server that gives no answer."""
    return Unavailable(
        "the server does not answer",
        code="CONNECTION_FAILED",
        why=f"{httpx.URL(place).host}: {type(error).__name__}",
        remedy="go on later with `resume`: what arrived is kept",
    )


def refusal(status: int, told: Any) -> SyncRefused:
    """What a server said is wrong."""
    errors: Iterable[Any] = told.get("errors", ()) if isinstance(told, dict) else ()
    first: Told = next(iter(errors), {})
    more = first.get("extensions") or {}
    problem = Problem(
        code=str(more.get("code") or "ERROR"),
        message=str(first.get("message") or f"the server answers with status {status}"),
        why=str(more.get("why") or ""),
        remedy=str(more.get("remedy") or ""),
        path=tuple(more.get("path") or ()),
    )
    return SyncRefused(status, problem)


def _parsed(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return {}
