"""What formulas of indicators ask of policies, and what is counted outside of statements (PR14).

Most formulas are statements alone. One that depends on what a policy asks for is lent that by its
room; one that needs more than a statement can do, such as service time of a calendar, tells what it
found as ``rows``, and its room counts them. Both are declared here by the formula's name, so that
no room has to know another.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fitsm_graph.flow.periods import Period
from fitsm_graph.flow.policies import Policies
from fitsm_graph.kernel.errors import Broken

Lends = Callable[[Policies, Period], Mapping[str, Any]]
Counts = Callable[[Policies, Period, Sequence[Mapping[str, Any]]], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Counting:
    """How a formula is counted.

    Attributes:
        lent: Names of what its statement is given beside the period and parameters of the policy.
        lends: Gives that, of the policies in force.
        counts: Counts its rows: what was counted, and of how many; None: the statement does.
    """

    lent: frozenset[str]
    lends: Lends
    counts: Counts | None = None


COUNTINGS: dict[str, Counting] = {}
"""By name of the formula."""


def counting(name: str, *lent: str, counts: Counts | None = None) -> Callable[[Lends], Lends]:
    """Declare what a formula is lent, and how its rows are counted.

    Raises:
        Broken: It is declared twice.
    """

    def declare(lends: Lends) -> Lends:
        if name in COUNTINGS:
            raise Broken(f"formula '{name}' is counted twice", remedy="keep one of them")
        COUNTINGS[name] = Counting(frozenset(lent), lends, counts)
        return lends

    return declare
