"""The bookkeeping that every record carries; the ledger writes it, no verb does."""

from typing import Annotated

from fitsm_graph.model.declare import Doc, Unique, base


@base
class Record:
    """Anything the ledger keeps."""

    id: Annotated[str, Unique(), Doc("Opaque and permanent.")]
    key: Annotated[str, Doc("For people and for sources; unique among live records of its kind.")]
    created: Annotated[int, Doc("Ledger entry that created it.")]
    created_at: Annotated[str, Doc("When it was created, UTC.")]
    version: Annotated[int, Doc("Ledger entry that changed it last; expected by guarded changes.")]
    updated_at: Annotated[str, Doc("When it was changed last, UTC.")]
    retired: Annotated[int | None, Doc("Ledger entry that retired it; null while it lives.")] = None


BOOKKEEPING = ("created", "created_at", "version", "updated_at", "retired")
"""Fields that only the ledger writes."""
