"""Requirements that no record of the product can prove, and for each why not (PR14.1)."""

from collections.abc import Mapping
from types import MappingProxyType

UNPROVABLE: Mapping[str, str] = MappingProxyType(
    {
        "GR5.1": "The service management plan is kept with its versions and reviews, and not its "
        "goals one by one; whether they are reached is for people to say.",
    }
)
"""By requirement."""
