"""Who may do what of sync, and look at what of it; the verbs themselves check once more."""

from fitsm_graph.confm.sight import sight_of
from fitsm_graph.confm.sync_sessions import Who
from fitsm_graph.graph.sight import Sources
from fitsm_graph.graph.verb import Request
from fitsm_graph.model.principal import Principal
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.sms.rights import READ, Rights, may, require


def who_of(principal: Principal, registry: TypeRegistry, via: str = "sync") -> Who:
    """A principal as somebody who drives runs."""
    request = Request(
        actor=principal.login,
        via=via,
        sight=sight_of(principal, registry),
        sources=principal.sources,
    )
    return Who(registry, request)


def may_look(principal: Principal | None, rights: Rights) -> Sources:
    """The sources of which somebody may see runs and parked rows; None: all.

    Raises:
        Unauthenticated: Nobody is signed in.
        Forbidden: It may neither read nor sync.
    """
    if principal is not None and may(principal, "sync.elements", rights):
        return principal.sources
    return require(principal, READ, rights).sources
