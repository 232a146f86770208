"""Documents by digest: what is known, for how long, to whom, and in which file they come."""

import hashlib
import json
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import pytest

from fitsm_graph.api.persisted import REMEMBERED_SECONDS, Documents, Seen
from fitsm_graph.kernel.errors import BadInput, FitsmError, Forbidden, NotFound
from fitsm_graph.model.principal import Principal
from fitsm_graph.sms.documents import digest_of, read_digest, read_documents
from unit.sms.seeded import seeded_rights

READER = Principal("ada", frozenset({"reader"}))
MANAGER = Principal("bob", frozenset({"process_manager"}))
TEXT = "{ ledgerHead }"
OWN = "query Own { ledgerHead }"


class Store:
    """Registered documents, the commits of a process, and a clock moved by hand."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.asked = 0
        self.now = 5.0
        self.committed: list[Callable[[int, Sequence[Any]], None]] = []

    async def find(self, digest: str) -> str | None:
        self.asked += 1
        return self.texts.get(digest)

    def on_commit(self, listener: Callable[[int, Sequence[Any]], None]) -> None:
        self.committed.append(listener)

    def known(self, *, trusted_only: bool = False) -> Documents:
        return Documents(
            self.find,
            self,  # type: ignore[arg-type]
            seeded_rights,
            [OWN],
            trusted_only=trusted_only,
            clock=lambda: self.now,
        )

    def put(self, text: str) -> str:
        self.texts[digest_of(text)] = text
        return digest_of(text)


async def code(work: Coroutine[Any, Any, Any]) -> str:
    with pytest.raises(FitsmError) as caught:
        await work
    assert caught.value.problem.why
    assert caught.value.problem.remedy
    return caught.value.code


async def test_a_registered_document_is_read_once_in_a_quarter_of_a_second() -> None:
    store = Store()
    known, digest = store.known(), store.put(TEXT)
    assert [await known.text(digest, READER) for _ in range(3)] == [TEXT] * 3
    assert store.asked == 1
    store.now += REMEMBERED_SECONDS + 0.01
    del store.texts[digest]
    assert await code(known.text(digest, READER)) == "PERSISTED_QUERY_NOT_FOUND"
    assert store.asked == 2


async def test_a_commit_of_this_process_ends_what_is_remembered() -> None:
    store = Store()
    known, digest = store.known(), store.put(TEXT)
    await known.text(digest, READER)
    del store.texts[digest]
    store.committed[0](7, ())
    assert await code(known.text(digest, READER)) == "PERSISTED_QUERY_NOT_FOUND"


async def test_the_product_s_own_documents_are_always_there() -> None:
    store = Store()
    known = store.known(trusted_only=True)
    assert await known.text(digest_of(OWN), READER, registered=True) == OWN
    await known.check(OWN, None, READER)
    assert store.asked == 0


async def test_what_was_sent_with_its_digest_is_remembered_for_those_who_may_send_it() -> None:
    store = Store()
    known, digest = store.known(), digest_of(TEXT)
    assert await code(known.text(digest, READER)) == "PERSISTED_QUERY_NOT_FOUND"
    await known.check(TEXT, digest, READER)
    known.remember(TEXT, digest)
    assert await known.text(digest, READER) == TEXT
    assert await code(known.text(digest, READER, registered=True)) == "PERSISTED_QUERY_NOT_FOUND"
    known.trusted_only = True
    assert await code(known.text(digest, READER)) == "PERSISTED_QUERY_NOT_FOUND"
    assert await known.text(digest, MANAGER) == TEXT


async def test_a_digest_of_another_document_is_refused() -> None:
    known = Store().known()
    assert await code(known.check(TEXT, digest_of(OWN), READER)) == "PERSISTED_QUERY_MISMATCH"


async def test_only_registered_documents_where_that_is_wanted() -> None:
    store = Store()
    known = store.known(trusted_only=True)
    assert await code(known.check(TEXT, None, READER)) == "DOCUMENT_NOT_TRUSTED"
    with pytest.raises(Forbidden):
        await known.check(TEXT, digest_of(TEXT), READER)
    await known.check(TEXT, None, MANAGER)
    store.put(TEXT)
    await known.check(TEXT, None, READER)


async def test_what_is_not_found_says_so_in_the_words_that_clients_know() -> None:
    with pytest.raises(NotFound) as caught:
        await Store().known().text("0" * 64, READER)
    assert caught.value.problem.message == "PersistedQueryNotFound"


def test_what_was_seen_is_bounded_by_characters_and_the_oldest_goes_first() -> None:
    seen = Seen(most=10)
    for text in ("aaaa", "bbbb", "aaaa", "cccc"):
        seen.keep(text, text)
        seen.text("aaaa")
    assert [seen.text(each) for each in ("aaaa", "bbbb", "cccc")] == ["aaaa", None, "cccc"]
    assert seen.held == 8
    seen.keep("large", "x" * 11)
    assert (seen.held, seen.texts) == (0, {})


@pytest.mark.parametrize("given", ["sha256:" + "A" * 64, "a" * 64, f" {'a' * 64} "])
def test_ids_are_read_as_clients_write_them(given: str) -> None:
    assert read_digest(given) == "a" * 64


@pytest.mark.parametrize("given", ["", "a" * 63, "g" * 64, "sha1:" + "a" * 40, "../" * 9, "٣" * 64])
def test_what_is_no_id_is_refused(given: str) -> None:
    with pytest.raises(BadInput, match="INVALID_DOCUMENT_ID"):
        read_digest(given)


def test_files_of_documents_are_read_in_every_form() -> None:
    own = hashlib.sha256(TEXT.encode()).hexdigest()
    operation = {"id": own, "name": "Head", "type": "query", "body": TEXT}
    apollo = {"format": "apollo-persisted-query-manifest", "version": 1, "operations": [operation]}
    for name, text, expected in (
        ("a/services.graphql", TEXT, ("services", TEXT)),
        ("m.json", json.dumps(apollo), ("Head", TEXT)),
        ("m.json", json.dumps({own: TEXT}), (own[:12], TEXT)),
        ("m.json", json.dumps({f"sha256:{own}": TEXT}), (f"sha256:{own}"[:12], TEXT)),
    ):
        (draft,) = read_documents(text, name)
        assert (draft.name, draft.text, draft.digest) == (*expected, own)


@pytest.mark.parametrize(
    "given",
    [
        "{",
        '{"operations": [1]}',
        '{"operations": [{"id": "x", "body": 1}]}',
        json.dumps({"0" * 64: TEXT}),
        json.dumps({digest_of(TEXT): 7}),
    ],
)
def test_what_is_no_manifest_is_refused(given: str) -> None:
    with pytest.raises(BadInput, match="INVALID_MANIFEST"):
        read_documents(given, "m.json")
