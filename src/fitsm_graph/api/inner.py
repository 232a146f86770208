"""Questions that the product asks itself for somebody, while it answers them: what documents tell.

They are asked as that principal, with the same rights and row rules, and paid for from the same
budget; the turn is the one that the request has already.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fitsm_graph.api.context import Context
from fitsm_graph.api.failures import origin_of
from fitsm_graph.documents.composing import Ask, Asking, compose
from fitsm_graph.kernel.errors import Broken, FitsmError
from fitsm_graph.model.principal import Principal
from fitsm_graph.sms.issuing import Draft, Wanted

if TYPE_CHECKING:
    from fitsm_graph.api.api import Api
    from fitsm_graph.api.edition import Edition


def asking(api: "Api", edition: "Edition", principal: Principal, via: str) -> Ask:
    """How a principal asks one operation of a document of the product's own."""

    async def ask(
        document: str, variables: Mapping[str, Any], name: str, at_least: int
    ) -> Mapping[str, Any]:
        seen = await api.freshness.seen(at_least)
        given = dict(variables)
        prepared = edition.pipeline.prepare(document, given, name, api.admission.large)
        api.admission.spend(principal, prepared.cost)
        context = api.context(edition, seen, principal, via)
        context.plans = prepared.entry.plans
        result = await api.run(edition, prepared, given, context)
        if result.errors:
            first = result.errors[0]
            origin = origin_of(first)
            raise (
                origin
                if isinstance(origin, FitsmError)
                else Broken(f"'{name}' cannot be answered", why=first.message)
            )
        return result.data or {}

    return ask


async def drafted(context: Context, given: Mapping[str, Any]) -> Draft:
    """The document that somebody wants issued, composed as they see the graph."""
    wanted = Wanted(
        given["kind"],
        given["about"],
        given["since"] or "",
        given["until"] or "",
        given["title"],
    )
    return await compose(asking_of(context), wanted)


def asking_of(context: Context) -> Asking:
    """How whoever asks does so."""

    async def head() -> int:
        return (await context.graph.head()).seq

    return Asking(context.ask, head, context.sight, context.now)
