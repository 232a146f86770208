"""A file synced on a server: read here, whatever its format, and sent as records."""

import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, Any

import httpx
import orjson

from fitsm_graph.cli.choices import CHOSEN
from fitsm_graph.cli.output import note
from fitsm_graph.client.address import Address, address, token
from fitsm_graph.confm.sync_parked import told_problem
from fitsm_graph.confm.sync_report import NOTICES
from fitsm_graph.discovery.client import Sync, refusal, unreachable
from fitsm_graph.kernel.errors import Broken, Problem
from fitsm_graph.model.observation import record_of

Told = dict[str, Any]


class _Sending:
    """Records on their way, with what could not even be read and where each stood."""

    def __init__(self, seen: Iterable[Any], *, keep: bool) -> None:
        self._seen = seen
        self.problems: list[Told] = []
        self.places: list[str] = []
        self.kept: dict[str, bytes] | None = {} if keep else None
        self.unreadable = False

    def lines(self) -> Iterator[bytes]:
        """Records as lines of NDJSON."""
        for each in self._seen:
            if isinstance(each, Problem):
                self.unreadable |= each.code not in NOTICES
                self.problems.append(told_problem(each))
            else:
                self.places.append(each.place or each.key)
                line = orjson.dumps(record_of(each))
                if self.kept is not None:
                    self.kept[self.places[-1]] = line
                yield line

    def placed(self, told: Told) -> Told:
        """A problem of the server, at the place where the record stood here."""
        path = list(told["path"])
        number = str(path[0])[5:] if path else ""
        if number.isdecimal() and 0 < int(number) <= len(self.places):
            path[0] = self.places[int(number) - 1]
        return {**told, "path": path}


def send(seen: Iterable[Any], how: Any) -> Told:
    """Send a file as a run, and return what became of it.

    Raises:
        FitsmError: The server refuses, or does not answer.
    """
    place, secret = address(CHOSEN.url), token()
    if place.in_the_clear:
        note(f"the token goes to {place.host} unencrypted; use https")
    sending = _Sending(seen, keep=how.rejects)
    with httpx.Client(timeout=CHOSEN.timeout, trust_env=not place.on_loopback) as client:
        if how.plan or how.apply or how.atomic:
            told = _at_once(client, place, secret, sending, how)
        else:
            told = _in_chunks(client, place, secret, sending, how)
    kept = [each for each in sending.problems if each["code"] not in NOTICES]
    told["problems"] = kept + told["problems"]
    told["problemCount"] += len(kept)
    told["notices"] += [each for each in sending.problems if each["code"] in NOTICES]
    bad = dict.fromkeys(str(each["path"][0]) for each in told["problems"] if each["path"])
    lines = sending.kept or {}
    told["rejected"] = [orjson.loads(lines[each]) for each in bad if each in lines]
    return {"changes": [], **told}


def _in_chunks(
    client: httpx.Client, place: Address, secret: str, sending: _Sending, how: Any
) -> Told:
    names = {"source": how.source, "scope": how.scope, "mode": how.mode}
    with Sync(place.base, secret, **names, resume=how.resume, client=client) as run:
        for line in sending.lines():
            run.put_line(line)
        if sending.unreadable or how.complete == ["none"]:
            run.incomplete()
        run.complete(*how.complete)
    said = [problem for each in run.results for problem in each["problems"]]
    told = dict(run.summary)
    for name, chosen in (("problems", False), ("notices", True)):
        more = [each for each in said if (each["code"] in NOTICES) is chosen]
        told[name] = [sending.placed(each) for each in more + told[name]]
    told["problemCount"] = len(told["problems"])
    return told


def _at_once(
    client: httpx.Client, place: Address, secret: str, sending: _Sending, how: Any
) -> Told:
    """Plan, apply a plan, or all or nothing: in one request."""
    with tempfile.SpooledTemporaryFile(max_size=1 << 24) as file:
        file.writelines(line + b"\n" for line in sending.lines())
        file.seek(0)
        query = {
            "mode": how.mode,
            "complete": ",".join(how.complete) or ("none" if sending.unreadable else "all"),
            "plan": "1" if how.plan else "0",
            "apply": how.apply,
            "atomic": "1" if how.atomic else "0",
        }
        url = f"{place.base}/sync/v1/{how.source}/{how.scope}"
        told = _asked(client, url, query, secret, file)
    told["problems"] = [sending.placed(each) for each in told["problems"]]
    return told


def _asked(
    client: httpx.Client, url: str, query: dict[str, str], secret: str, file: IO[bytes]
) -> Told:
    headers = {"Authorization": f"Bearer {secret}"}
    try:
        answer = client.post(url, params=query, content=_parts(file), headers=headers)
    except httpx.HTTPError as error:
        raise unreachable(url, error) from error
    lines = [orjson.loads(line) for line in answer.content.splitlines() if line.strip()]
    if answer.status_code >= 400 or (lines and "errors" in lines[-1]):
        raise refusal(answer.status_code, lines[-1] if lines else {})
    if not lines or "summary" not in lines[-1]:
        raise Broken("the answer of the server has no end", why="its last line is no summary")
    summary: Told = lines[-1]["summary"]
    return summary


def _parts(file: IO[bytes]) -> Iterator[bytes]:
    while part := file.read(1 << 20):
        yield part
