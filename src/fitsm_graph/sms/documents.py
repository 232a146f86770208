"""Documents that clients ask for by their digest: registered, listed, retired (GR2.4).

Which questions programs ask is configuration of the service management system: it is approved by
somebody with the right, and the ledger shows who and when. A document is known by the SHA-256 of
its text, so that nobody can put another text under a digest that a client holds.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.declare import Process

LONGEST_NAME = 200
DIGEST = re.compile(r"[0-9a-f]{64}")
MARK = "sha256:"


@dataclass(frozen=True, slots=True)
class Draft:
    """A document that is to be registered."""

    name: str
    text: str

    @property
    def digest(self) -> str:
        """SHA-256 of its text."""
        return digest_of(self.text)


def digest_of(text: str) -> str:
    """SHA-256 of a document's text, 64 hexadecimal digits."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def read_digest(given: str) -> str:
    """A digest as a client writes it, with or without `sha256:` before it.

    Raises:
        BadInput: INVALID_DOCUMENT_ID.
    """
    digest = given.strip().removeprefix(MARK).casefold()
    if not DIGEST.fullmatch(digest):
        raise BadInput(
            "that is no id of a document",
            code="INVALID_DOCUMENT_ID",
            why="an id is the SHA-256 of the document's text: 64 hexadecimal digits",
            remedy="send sha256:… as `documents list` shows it",
            path=("documentId",),
        )
    return digest


@verb("document.register", room=Process.SMS, requirement="GR2.4")
async def register_document(tx: Tx, name: str, text: str) -> Properties:
    """Let clients ask for a document by its digest; one that is there keeps its key (GR2.4).

    Raises:
        BadInput: The name or the text is none.
    """
    for what, value, most in (("name", name, LONGEST_NAME), ("text", text, None)):
        if not value.strip() or (most is not None and len(value) > most):
            raise BadInput(
                f"the {what} of the document is missing or too long",
                why=f"1 to {LONGEST_NAME} characters" if most else "there is nothing to execute",
                remedy=f"give a {what}",
                path=(what,),
            )
    rows = await tx.rows("sms.document_by_ref", ref=digest_of(text))
    if rows:
        return tx.update("PersistedDocument", rows[0]["document"], {"name": name.strip()})
    given = {"name": name.strip(), "digest": digest_of(text), "text": text}
    return tx.create("PersistedDocument", given)


@verb("document.retire", room=Process.SMS, requirement="GR2.4")
async def retire_document(tx: Tx, ref: str) -> Properties:
    """Let nobody ask for a document by its digest any more (GR2.4).

    Raises:
        NotFound: There is none of this key or digest.
    """
    wanted = ref.strip().removeprefix(MARK)
    rows = await tx.rows("sms.document_by_ref", ref=wanted)
    return tx.retire("PersistedDocument", found(rows, "persisted document", ref)["document"])


# --- files ---------------------------------------------------------------------------------------


def read_documents(text: str, name: str) -> list[Draft]:
    """Read a file of documents: one document, or a manifest in JSON.

    A manifest is the one of Apollo's tools, or an object of digests and documents. Its digests are
    compared with the texts.

    Args:
        text: What the file holds.
        name: The file's name; its stem names a single document.

    Raises:
        BadInput: INVALID_MANIFEST.
    """
    if not text.lstrip().startswith("{") or not name.endswith(".json"):
        return [Draft(name.rpartition("/")[2].rpartition(".")[0] or name, text)]
    try:
        given = json.loads(text)
    except ValueError as error:
        raise _unread(name, "it is not JSON") from error
    if isinstance(given.get("operations"), list):
        return [_of_operation(each, name) for each in given["operations"]]
    return [_checked(digest, digest[:12], body, name) for digest, body in given.items()]


def _of_operation(given: Any, name: str) -> Draft:
    if not isinstance(given, Mapping):
        raise _unread(name, "an operation in it is no object")
    body, digest = given.get("body"), given.get("id")
    return _checked(digest, str(given.get("name") or str(digest)[:12]), body, name)


def _checked(digest: Any, called: str, body: Any, name: str) -> Draft:
    if not isinstance(body, str) or not isinstance(digest, str):
        raise _unread(name, f"'{called[:100]}' has no id or no text")
    draft = Draft(called, body)
    if digest.removeprefix(MARK).casefold() != draft.digest:
        raise _unread(name, f"the id of '{called[:100]}' is not the SHA-256 of its text")
    return draft


def _unread(name: str, why: str) -> BadInput:
    return BadInput(
        f"{name} is no manifest of documents",
        code="INVALID_MANIFEST",
        why=why,
        remedy="let the client's tools write it with SHA-256, or name .graphql files one by one",
    )
