"""Who comes in, with an API token or a session; tokens are remembered for a moment.

A token is checked by one statement. A client that asks again within a quarter of a second is let
in by what was found then: a token that is revoked elsewhere works for that long at most, one that
is revoked by this process not at all.
"""

import hashlib
import time
from collections.abc import Awaitable, Callable

from fitsm_graph.api.credential import Credential, Way
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.errors import Unauthenticated
from fitsm_graph.kernel.together import Together
from fitsm_graph.model.principal import Principal

REMEMBERED_SECONDS = 0.25
MOST_REMEMBERED = 1_000


async def _no_session(_secret: str) -> Principal | None:
    return None


class Entrance:
    """Knows who a token or a session stands for.

    Args:
        check: Checks a token by the records; raises Unauthenticated.
        graph: Its commits end what is remembered.
        clock: Seconds, going forward only.
        session: Checks a session by the records; None: it is no good.
    """

    def __init__(
        self,
        check: Callable[[str], Awaitable[Principal]],
        graph: Graph,
        clock: Callable[[], float] = time.monotonic,
        *,
        session: Callable[[str], Awaitable[Principal | None]] = _no_session,
    ) -> None:
        self._check = check
        self._clock = clock
        self._session = session
        self._known: dict[bytes, tuple[float, Principal]] = {}
        self._commits = 0
        self._checking: Together[Principal] = Together()
        graph.on_commit(self._committed)

    async def enter(self, credential: Credential) -> Principal:
        """Whoever comes in with it; a token may be remembered.

        Raises:
            Unauthenticated: Nobody.
        """
        if credential.way is Way.TOKEN:
            return await self.principal(credential.secret)
        return await self.look_up(credential)

    async def look_up(self, credential: Credential) -> Principal:
        """Whoever it stands for by the records as they are now.

        Raises:
            Unauthenticated: Nobody.
        """
        if credential.way is Way.TOKEN:
            return await self._check(credential.secret)
        principal = await self._session(credential.secret)
        if principal is None:
            raise Unauthenticated("the session has ended", remedy="sign in at /sign-in")
        return principal

    async def principal(self, token: str) -> Principal:
        """Whoever the token stands for.

        Raises:
            Unauthenticated: It is unknown, wrong, revoked or over.
        """
        digest = hashlib.sha256(token.encode(errors="surrogatepass")).digest()
        known = self._known.get(digest)
        if known is not None and self._clock() - known[0] <= REMEMBERED_SECONDS:
            return known[1]
        return await self._checking.work(
            (digest, self._commits), lambda: self._checked(token, digest)
        )

    async def _checked(self, token: str, digest: bytes) -> Principal:
        """Check it, and remember it unless this process has written meanwhile."""
        asked, commits = self._clock(), self._commits
        principal = await self._check(token)
        if commits == self._commits:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[digest] = (asked, principal)
        return principal

    def _committed(self, _seq: int, _changes: object) -> None:
        """Forget: this process has written, maybe about tokens or accounts."""
        self._commits += 1
        self._known.clear()
