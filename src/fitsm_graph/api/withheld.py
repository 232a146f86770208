"""Attributes that a type declares sensitive: shown to those with the right `read.sensitive` only.

To everybody else such an attribute has no value that could be read, compared or put in order by;
that it was changed is told, its values are not. A name is withheld for all types as soon as one
of them declares it so.
"""

from collections.abc import Mapping
from typing import Any

from fitsm_graph.kernel.errors import Forbidden
from fitsm_graph.model.principal import Principal
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.sms.rights import READ_SENSITIVE, Rights, may

IN_PLACE = "(withheld)"
"""What stands where a value would."""
Withheld = frozenset[str]
NOTHING: Withheld = frozenset()


def withheld_from(principal: Principal | None, registry: TypeRegistry, rights: Rights) -> Withheld:
    """Stored names of the attributes that a principal may not read."""
    if principal is not None and may(principal, READ_SENSITIVE, rights):
        return NOTHING
    return registry.sensitive


def veiled(properties: Mapping[str, Any], withheld: Withheld) -> dict[str, Any]:
    """Properties of an element with what is withheld taken out of sight."""
    if not withheld:
        return dict(properties)
    return {
        name: IN_PLACE if name in withheld and value is not None else value
        for name, value in properties.items()
    }


def refusal(name: str) -> Forbidden:
    """What somebody is told who asks for a withheld attribute by its name."""
    return Forbidden(
        f"'{name}' is shown to few",
        why="its type declares it sensitive, and the right read.sensitive is needed to read it, "
        "compare it or put in order by it",
        remedy="leave it out, or ask an administrator for a role that has the right",
        path=(name,),
    )
