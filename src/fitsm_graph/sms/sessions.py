"""Sessions of people at the pages: signed, for some hours, ended by signing out (GR2.4).

A session is a signed statement in a cookie: who signed in, and when. It is no right of its own:
each request looks the account up as it is now, so that a disabled account, other roles and a new
password count at once. Sessions that were ended by their owner are listed in a file beside the
key that signs them, until they would be over anyway.
"""

import asyncio
import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.clock import Clock, to_text
from fitsm_graph.model.principal import Principal
from fitsm_graph.sms import accounts
from fitsm_graph.sms.attempts import Attempts

SESSION_SECONDS = 8 * 3600
LONGEST_PASSWORD = 1_000
LONGEST_TOKEN = 1_000
AT_ONCE = 2
"""Passwords checked at the same time; each takes 64 MiB and a core for a moment."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Sessions:
    """Opens, knows and ends sessions.

    Args:
        graph: Where accounts are.
        key: Signs; whoever has it can make sessions.
        clock: Says when they are over.
        ended: File of the sessions that were ended before their time.
        attempts: Slows down those who guess.
    """

    def __init__(
        self, graph: Graph, key: bytes, clock: Clock, ended: Path, attempts: Attempts | None = None
    ) -> None:
        self._graph = graph
        self._key = hashlib.sha256(b"session" + key).digest()
        self._clock = clock
        self._ended = _Ended(ended)
        self._attempts = attempts or Attempts()
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def open(self, login: str, password: str, address: str) -> str:
        """Open a session.

        Args:
            login: Of the account.
            password: What was typed.
            address: Where the request comes from; guesses are counted by it.

        Raises:
            Unauthenticated: Login and password do not fit.
            Refused: TOO_MANY_ATTEMPTS.
        """
        self._attempts.take(login, address)
        async with self._turns:
            principal = await accounts.sign_in(self._graph, login, password[:LONGEST_PASSWORD])
        self._attempts.succeeded(login, address)
        issued = (self._clock.now() - _EPOCH) // _MICROSECOND
        body = f"{issued}.{secrets.token_hex(8)}.{principal.login}"
        return f"{self._signature(body)}.{body}"

    async def principal(self, token: str) -> Principal | None:
        """Whoever a session stands for; None when it is forged, over, ended or its account is not.

        A password that was set later ends a session as well.
        """
        read = self._read(token)
        if read is None:
            return None
        issued, nonce, login = read
        now = self._clock.now()
        if not issued <= now < issued + timedelta(seconds=SESSION_SECONDS):
            return None
        if self._ended.has(nonce):
            return None
        return await accounts.account_principal(self._graph, login, since=to_text(issued))

    def end(self, token: str) -> None:
        """End a session before its time; what is none is left alone."""
        read = self._read(token)
        if read is not None:
            now = self._clock.now()
            until = read[0] + timedelta(seconds=SESSION_SECONDS)
            self._ended.add(read[1], int(until.timestamp()), int(now.timestamp()))

    def _read(self, token: str) -> tuple[datetime, str, str] | None:
        """Issued when, its number, and the login; None when this key has not signed it."""
        signed, _, body = token[:LONGEST_TOKEN].partition(".")
        expected = self._signature(body)
        if not hmac.compare_digest(signed.encode(errors="replace"), expected.encode()):
            return None
        issued, nonce, login = body.split(".", 2)
        return _EPOCH + int(issued) * _MICROSECOND, nonce, login

    def _signature(self, body: str) -> str:
        return hmac.new(self._key, body.encode(errors="replace"), hashlib.sha256).hexdigest()


class _Ended:
    """Numbers of ended sessions in a file; read anew when another process has written it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._until: dict[str, int] = {}

    def has(self, nonce: str) -> bool:
        """Whether a session was ended."""
        self._refresh()
        return nonce in self._until

    def add(self, nonce: str, until: int, now: int) -> None:
        """Remember an ended session, and forget those that are over."""
        self._refresh()
        over = [each for each, end in self._until.items() if end < now]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if len(over) > len(self._until) // 2:
            self._rewrite({each: end for each, end in self._until.items() if end >= now})
        with self._path.open("a", encoding="ascii") as file:
            file.write(f"{until} {nonce}\n")

    def _rewrite(self, kept: dict[str, int]) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.write_text("".join(f"{end} {each}\n" for each, end in kept.items()), "ascii")
        fresh.replace(self._path)

    def _refresh(self) -> None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return
        stamp = (found.st_mtime_ns, found.st_size)
        if stamp != self._seen:
            rows = [line.split() for line in self._path.read_text("ascii").splitlines()]
            self._until = {row[1]: int(row[0]) for row in rows if len(row) == 2}
            self._seen = stamp
