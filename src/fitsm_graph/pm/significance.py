"""Whether incidents are more than they used to be, or whether chance alone explains it (PR10.1).

Two counts of the same thing, each over its own time, are compared. Where both come from one steady
rate, the later count is, given the sum of the two, binomial with the share of its time: a test that
is exact however few they are, and needs no knowledge of the rate. Many such tests are corrected
together by the procedure of Benjamini and Hochberg. All is counted in whole numbers and fractions,
so that the same counts give the same digits everywhere.
"""

from collections.abc import Sequence
from fractions import Fraction


def chance(later: int, earlier: int, share: Fraction) -> Fraction:
    """The chance of as many or more later ones, given how many there are together.

    Args:
        later: Incidents in the period.
        earlier: Incidents in the past that it is compared with.
        share: Length of the period, of both together; above 0 and below 1.

    >>> chance(3, 0, Fraction(1, 2)), chance(0, 5, Fraction(1, 3))
    (Fraction(1, 8), Fraction(1, 1))
    """
    total, hit, miss = later + earlier, share.numerator, share.denominator - share.numerator
    whole: int = share.denominator**total
    if 2 * later > total:
        return Fraction(_from(total, later, hit, miss), whole)
    # the shorter of both tails is summed: of the others, which are no more than `later - 1`
    return 1 - Fraction(_from(total, earlier + 1, miss, hit), whole)


def _from(total: int, least: int, hit: int, miss: int) -> int:
    """The ways in which `least` or more of `total` hit, each weighted by its chance."""
    if least > total:
        return 0
    term: int = hit**total
    ways = term
    for count in range(total, least, -1):
        term = term * count * miss // ((total - count + 1) * hit)
        ways += term
    return ways


def corrected(chances: Sequence[Fraction]) -> list[Fraction]:
    """The chances of many tests, corrected for their number (Benjamini–Hochberg).

    What is at most a level has, among all that are, no more than that share of false finds to be
    expected. The order is kept.

    >>> [str(each) for each in corrected([Fraction(1, 100), Fraction(1, 2), Fraction(1, 50)])]
    ['3/100', '1/2', '3/100']
    """
    order = sorted(range(len(chances)), key=chances.__getitem__, reverse=True)
    found, least = [Fraction(1)] * len(chances), Fraction(1)
    for rank, place in zip(range(len(order), 0, -1), order, strict=True):
        least = min(least, chances[place] * len(order) / rank)
        found[place] = least
    return found
