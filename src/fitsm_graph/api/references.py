"""How a client names one element."""

import strawberry

from fitsm_graph.api import types as words
from fitsm_graph.kernel.errors import BadInput


def ref_of(by: words.ElementRef) -> dict[str, str]:
    """The id or the key that is given.

    Raises:
        BadInput: Neither is.
    """
    for name in ("id", "key"):
        given = getattr(by, name)
        if given is not None and given is not strawberry.UNSET:
            return {name: str(getattr(given, "value", given))}
    raise BadInput("the reference is empty", remedy="give id or key", path=("by",))
