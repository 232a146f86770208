"""Documents by digest: those that were registered, the product's own, and those just seen.

A client that knows the digest of a document need not send it. Registered documents come from the
graph; what is known of one is a quarter of a second old at most, as with tokens, so that one that
is retired is refused everywhere at once. What a client has sent together with its digest is
remembered for a while in this process (Apollo's automatic persisted queries): that saves bytes,
and allows nothing, since whoever asks by such a digest may send any document.
"""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from fitsm_graph.api.asked import HttpRefusal
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.errors import BadInput, Forbidden, NotFound
from fitsm_graph.model.principal import Principal
from fitsm_graph.sms.documents import digest_of
from fitsm_graph.sms.rights import REGISTER_DOCUMENT, Rights, may

REMEMBERED_SECONDS = 0.25
MOST_REMEMBERED = 1_000
SEEN_CHARACTERS = 4_000_000

Find = Callable[[str], Awaitable[str | None]]
"""Reads the text of a registered document; None where there is none."""


@dataclass(slots=True)
class Seen:
    """Texts that clients sent with their digests, bounded by characters; the oldest goes first."""

    most: int = SEEN_CHARACTERS
    held: int = 0
    texts: OrderedDict[str, str] = field(default_factory=OrderedDict)

    def keep(self, digest: str, text: str) -> None:
        """Remember a text."""
        if digest not in self.texts:
            self.texts[digest] = text
            self.held += len(text)
        while self.held > self.most:
            _, gone = self.texts.popitem(last=False)
            self.held -= len(gone)

    def text(self, digest: str) -> str | None:
        """A text that is still remembered."""
        if digest in self.texts:
            self.texts.move_to_end(digest)
        return self.texts.get(digest)


class Documents:
    """Knows documents by their digests.

    Args:
        find: Reads a registered document.
        graph: Its commits end what is remembered.
        rights: Says what each role may do.
        own: Texts that come with the product: those of its pages and of its command line.
        trusted_only: Whether only registered documents and the product's own are answered.
        clock: Seconds, going forward only.
    """

    def __init__(
        self,
        find: Find,
        graph: Graph,
        rights: Callable[[], Rights],
        own: Iterable[str] = (),
        *,
        trusted_only: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._find = find
        self._rights = rights
        self._clock = clock
        self._own = {digest_of(text): text for text in own}
        self._known: OrderedDict[str, tuple[float, str]] = OrderedDict()
        self._seen = Seen()
        self._commits = 0
        self.trusted_only = trusted_only
        graph.on_commit(self._committed)

    async def text(self, digest: str, principal: Principal, *, registered: bool = False) -> str:
        """The document of a digest.

        Args:
            digest: SHA-256, 64 hexadecimal digits.
            principal: Who asks.
            registered: Whether one that was only seen does not count.

        Raises:
            NotFound: PERSISTED_QUERY_NOT_FOUND.
        """
        found = await self._trusted(digest)
        if found is None and not registered and self._is_free(principal):
            found = self._seen.text(digest)
        if found is None:
            raise NotFound(
                "PersistedQueryNotFound",  # by this word clients know that they have to send it
                code="PERSISTED_QUERY_NOT_FOUND",
                why="no document of this digest is registered",
                remedy="send the document itself, or have it registered: fitsm-graph documents add",
                path=("documentId",),
            )
        return found

    async def check(
        self, text: str, digest: str | None, principal: Principal, *, registered: bool = False
    ) -> None:
        """Check a document that was sent itself.

        Args:
            text: The document.
            digest: What the client says it is.
            principal: Who asks.
            registered: Whether it has to be registered, whoever asks.

        Raises:
            BadInput: PERSISTED_QUERY_MISMATCH, where the digest is not its own.
            HttpRefusal: QUERY_IN_ADDRESS, where it has to be registered and is not.
            Forbidden: DOCUMENT_NOT_TRUSTED, where only registered documents are answered.
        """
        if digest is not None and digest != digest_of(text):
            raise BadInput(
                "the digest is not that of the document",
                code="PERSISTED_QUERY_MISMATCH",
                why="it has to be the SHA-256 of the document's text in UTF-8",
                remedy="send the document alone, or mend the client",
                path=("extensions", "persistedQuery", "sha256Hash"),
            )
        if self._is_free(principal) and not registered:
            return
        if await self._trusted(digest_of(text)) is not None:
            return
        if registered:
            raise HttpRefusal(
                405,
                "a document is in the address",
                code="QUERY_IN_ADDRESS",
                why="addresses are kept in logs; by GET only registered documents are asked for",
                remedy="send it by POST, or register it and send its documentId",
            )
        raise Forbidden(
            "this document is not registered",
            code="DOCUMENT_NOT_TRUSTED",
            why="this server answers registered documents only",
            remedy="ask somebody with the right to register it: fitsm-graph documents add",
            path=("query",),
        )

    def remember(self, text: str, digest: str | None) -> None:
        """Remember a document that was let through and whose digest a client knows."""
        if digest is not None:
            self._seen.keep(digest, text)

    def _is_free(self, principal: Principal) -> bool:
        """Whether somebody may ask any document: whoever could register it may."""
        return not self.trusted_only or may(principal, REGISTER_DOCUMENT, self._rights())

    async def _trusted(self, digest: str) -> str | None:
        """A document of the product's own, or one that is registered."""
        own = self._own.get(digest)
        if own is not None:
            return own
        known = self._known.get(digest)
        if known is not None and self._clock() - known[0] <= REMEMBERED_SECONDS:
            return known[1]
        asked, commits = self._clock(), self._commits
        found = await self._find(digest)
        if found is None:
            self._known.pop(digest, None)
        elif commits == self._commits:
            self._known[digest] = (asked, found)
            while len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)
        return found

    def _committed(self, _seq: int, _changes: object) -> None:
        """Forget: this process has written, maybe about documents."""
        self._commits += 1
        self._known.clear()
