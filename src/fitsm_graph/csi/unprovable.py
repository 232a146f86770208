"""Requirements that no record of the product can prove, and for each why not (PR14.1)."""

from collections.abc import Mapping
from types import MappingProxyType

UNPROVABLE: Mapping[str, str] = MappingProxyType({})
"""By requirement; none today."""
