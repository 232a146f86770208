"""What a document says: as data, as the bytes that its digest is of, and as a page (GR2.3).

documentContent(of: "DCM-000001") { key status digest content html }
"""

from dataclasses import dataclass
from typing import Any

import orjson
import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.context import Context
from fitsm_graph.api.selection import pick
from fitsm_graph.api.types import JSON
from fitsm_graph.documents.rendering import page
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import found
from fitsm_graph.sms.content import unpacked
from fitsm_graph.sms.issuing import check_sight
from fitsm_graph.sms.rights import READ


@dataclass(frozen=True, slots=True)
class Shown:
    """A document with its content.

    Attributes:
        document: Its record, with whom it is meant for as `distribution`.
        said: The bytes of its content.
    """

    document: Properties
    said: bytes

    @property
    def html(self) -> str:
        """It as a page."""
        return page(orjson.loads(self.said), self.document)


@strawberry.type(description="What a document says, as it was issued (GR2.3).")
class DocumentContent:
    """To whoever may see all that its issuer saw."""

    key: str
    number: int
    status: str
    title: str
    digest: str = strawberry.field(description="SHA-256 of `text`, which was compared.")
    content: JSON = strawberry.field(description="What it says: facts and tables.")
    text: str = strawberry.field(description="The same as canonical JSON: what the digest is of.")
    html: str = strawberry.field(description="The same as a page that is whole in itself.")


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    return {
        "document_content": strawberry.field(
            resolver=answering(document_content),
            graphql_type=DocumentContent,
            description=document_content.__doc__,
        )
    }


async def document_content(info: Info, of: strawberry.ID) -> object:
    """What a document says, by id or key; its digest is compared (GR2.3)."""
    what = asked_of(info)
    shown = await shown_to(info.context, str(of))
    wanted = {each.name for each in what.children.values()}
    data = {
        "__typename": "DocumentContent",
        **{name: shown.document[name] for name in ("key", "number", "status", "title", "digest")},
        "content": orjson.loads(shown.said) if "content" in wanted else None,
        "text": shown.said.decode() if "text" in wanted else "",
        "html": shown.html if "html" in wanted else "",
    }
    return pick(data, what)


async def shown_to(context: Context, ref: str) -> Shown:
    """A document with its content, for whoever asks.

    Raises:
        NotFound: There is no such document.
        Forbidden: DOCUMENT_LIMITED, when they see less than its issuer saw.
        Broken: DOCUMENT_DAMAGED, when it is not as it was issued.
    """
    context.allow(READ)
    row = found(await context.graph.rows("sms.document_content", ref=ref), "document", ref)
    document = row["document"]
    check_sight(document, context.sight)
    said = unpacked(row["parts"], document["digest"], document["size"])
    return Shown({**document, "distribution": row["distribution"]}, said)
