"""The rights that come with the product, for tests that only need somebody to have them."""

from functools import cache

from fitsm_graph import bootstrap
from fitsm_graph.sms.policies import from_files
from fitsm_graph.sms.rights import RIGHTS, Rights


@cache
def seeded_rights() -> Rights:
    """What the seed of the policy gives."""
    (seed,) = (each for each in from_files() if each.kind == RIGHTS)
    value = bootstrap.KINDS.kind(RIGHTS).checked(seed.name, seed.document)
    assert isinstance(value, Rights)
    return value
