"""What a principal sees of the configuration: a row rule by configuration scope.

CIs whose type no scope of the principal holds are hidden: for it they do not exist, except that
the impact engine computes with them and counts them. Services, components and redundancy groups
are seen by everybody who may read (decision 0005).
"""

from collections.abc import Iterable

from fitsm_graph.graph.sight import Sight
from fitsm_graph.model.principal import Principal, ScopeRule
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.model.registry_types import CI


def covers(rule: ScopeRule, type_name: str, registry: TypeRegistry) -> bool:
    """Whether a scope holds a CI type; types that are no longer defined hold nothing."""

    def among(names: Iterable[str]) -> bool:
        known = (name for name in names if name == CI or name in registry.ci_types)
        return any(registry.is_a(type_name, name) for name in known)

    return (not rule.included or among(rule.included)) and not among(rule.excluded)


def sight_of(principal: Principal | None, registry: TypeRegistry) -> Sight:
    """The CI types that a principal sees; None: all, also those to come."""
    if principal is None or not principal.limits:
        return None
    return frozenset(
        name
        for name in registry.ci_types
        if all(any(covers(rule, name, registry) for rule in limit) for limit in principal.limits)
    )
