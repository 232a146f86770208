"""Persisted documents over the API: what there is, registered and retired (GR2.4)."""

from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.context import Context
from fitsm_graph.api.elements import connection, described
from fitsm_graph.api.mutations import Act, acting, options_of
from fitsm_graph.api.paging import connection_of, page_size, read_cursor
from fitsm_graph.api.payloads import done_payload
from fitsm_graph.api.selection import pick
from fitsm_graph.api.types import RecordedChange, UserError
from fitsm_graph.graph.graph import Outcome
from fitsm_graph.kernel.errors import Forbidden
from fitsm_graph.model.registry_types import camel_case
from fitsm_graph.sms import documents
from fitsm_graph.sms.rights import READ, REGISTER_DOCUMENT, RETIRE_DOCUMENT

KIND = "PersistedDocument"
PAYLOAD = "PersistedDocumentPayload"
PersistedDocument = described(KIND, {})


@strawberry.input(description="A GraphQL document that clients may ask for by its digest.")
class RegisterPersistedDocumentInput(Act):
    """It has to be valid for the schema in force."""

    name: str
    text: str


@strawberry.input(description="A persisted document to retire.")
class RetirePersistedDocumentInput(Act):
    """By key or digest."""

    ref: str


@strawberry.type(description="What became of a verb on a persisted document.")
class PersistedDocumentPayload:
    """Errors are for people."""

    ok: bool
    dry_run: bool
    replayed: bool
    seq: int | None
    errors: list[UserError]
    changes: list[RecordedChange]
    document: PersistedDocument | None  # type: ignore[valid-type]  # made from its declaration


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    kind = connection(KIND, PersistedDocument, "Documents, newest first.")
    doc = persisted_documents.__doc__
    field = strawberry.field(
        resolver=answering(persisted_documents), graphql_type=kind, description=doc
    )
    return {"persisted_documents": field}


def verbs() -> dict[str, Any]:
    """Fields of the mutation type."""
    return {
        run.__name__: strawberry.field(
            resolver=acting(run, PAYLOAD, _done),
            graphql_type=PersistedDocumentPayload,
            description=run.__doc__,
        )
        for run in (register_persisted_document, retire_persisted_document)
    }


async def persisted_documents(info: Info, *, first: int = 50, after: str | None = None) -> object:
    """Documents that clients may ask for by their digest, the newest first (GR2.4)."""
    context = info.context
    context.allow(READ)
    found = await context.graph.rows(
        "sms.documents_page",
        after=read_cursor(after, KIND, 1)[0] if after else None,
        limit=page_size(first) + 1,
    )
    # a document may name what it asks for: whoever does not see all elements sees none of them
    whole = context.sight is None
    rows = [_shown(each) for each in found[0]["documents"]] if whole else []
    data = connection_of(KIND, rows, first, after, found[0]["total"] if whole else 0)
    answer: object = pick(data, asked_of(info))
    return answer


def _shown(record: dict[str, Any]) -> dict[str, Any]:
    plain = {camel_case(name): value for name, value in record.items()}
    return {**plain, "__typename": KIND}


def _allow(context: Context, right: str) -> None:
    """Let in whoever has the right and sees everything: documents may name what is hidden.

    Raises:
        Forbidden: One of the two is missing.
    """
    principal = context.allow(right)
    if context.sight is not None:
        raise Forbidden(
            f"{principal.login} may not look after documents",
            why="a document may name elements that are hidden from who sees a part only",
            remedy="let somebody do it who sees everything",
        )


async def _done(context: Context, outcome: Outcome) -> dict[str, Any]:
    return {**await done_payload(context, outcome, PAYLOAD), "document": _shown(outcome.value)}


async def register_persisted_document(
    info: Info,
    input: RegisterPersistedDocumentInput,
    *,
    dry_run: bool = False,
    idempotency_key: str = "",
) -> Outcome:
    """Let clients ask for a document by its digest (GR2.4)."""
    _allow(info.context, REGISTER_DOCUMENT)  # before the schema answers what is wrong with it
    info.context.vet(input.text)
    return await info.context.write(
        documents.register_document,
        input.name,
        input.text,
        options=options_of(input, dry_run=dry_run, key=idempotency_key),
        payload={"name": input.name, "text": input.text},
    )


async def retire_persisted_document(
    info: Info,
    input: RetirePersistedDocumentInput,
    *,
    dry_run: bool = False,
    idempotency_key: str = "",
) -> Outcome:
    """Let nobody ask for a document by its digest any more (GR2.4)."""
    _allow(info.context, RETIRE_DOCUMENT)
    return await info.context.write(
        documents.retire_document,
        input.ref,
        options=options_of(input, dry_run=dry_run, key=idempotency_key),
        payload={"ref": input.ref},
    )
