"""What every resolver of a root field is wrapped in."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import strawberry

from fitsm_graph.api.context import Context
from fitsm_graph.api.executor import Shaped
from fitsm_graph.api.selection import Selected, selected, selected_list

Info = strawberry.Info[Context, None]


def asked_of(info: Info) -> Selected:
    """What is selected at and below the root field that is being answered."""
    return selected(info._raw_info)  # noqa: SLF001 - the document itself is offered nowhere else


def asked_list_of(info: Info) -> Selected:
    """The same for a list, with its arguments as the document has them."""
    return selected_list(info._raw_info)  # noqa: SLF001 - the document itself is offered nowhere else


def answering(resolver: Callable[..., Any]) -> Callable[..., Any]:
    """Answer with what a resolver has shaped; the product's errors are told where answers are."""

    @wraps(resolver)
    async def wrapped(*args: Any, **kwargs: Any) -> Any:
        return Shaped(await resolver(*args, **kwargs))

    return wrapped
