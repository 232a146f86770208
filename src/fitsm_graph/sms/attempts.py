"""How often a sign-in may be tried: a bucket for each login, and one for all of them.

A bucket is filled again drop by drop, so that nobody is locked out for good: whoever guesses is
slowed down to some tries a minute, and the password's length does the rest. What is counted is
kept in this process; it needs no history.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from fitsm_graph.kernel.errors import Refused

LARGEST = 10
REFILL_SECONDS = 15.0
LARGEST_OF_ALL = 60
REFILL_SECONDS_OF_ALL = 1.0
MOST_LOGINS = 10_000


@dataclass(slots=True)
class _Bucket:
    """What is left, and when that was counted."""

    left: float
    at: float


class Attempts:
    """Counts attempts to sign in.

    Args:
        clock: Seconds, going forward only.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._all = _Bucket(LARGEST_OF_ALL, clock())
        self._logins: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, login: str) -> None:
        """Count an attempt, before anything is checked.

        Raises:
            Refused: TOO_MANY_ATTEMPTS, with the seconds to wait.
        """
        bucket = self._logins.pop(login, None) or _Bucket(LARGEST, self._clock())
        self._logins[login] = bucket
        while len(self._logins) > MOST_LOGINS:
            self._logins.popitem(last=False)
        self._take(bucket, LARGEST, REFILL_SECONDS)
        self._take(self._all, LARGEST_OF_ALL, REFILL_SECONDS_OF_ALL)

    def succeeded(self, login: str) -> None:
        """Give an attempt back: it was no guess."""
        self._logins.pop(login, None)
        self._all.left = min(LARGEST_OF_ALL, self._all.left + 1)

    def _take(self, bucket: _Bucket, largest: int, refill: float) -> None:
        now = self._clock()
        bucket.left = min(largest, bucket.left + (now - bucket.at) / refill)
        bucket.at = now
        if bucket.left < 1:
            wait = (1 - bucket.left) * refill
            raise Refused(
                "too many attempts to sign in",
                code="TOO_MANY_ATTEMPTS",
                why=f"{largest} at once, then one in {refill:g} seconds",
                remedy=f"try again in {max(1, round(wait))} s; API tokens are not concerned",
            )
        bucket.left -= 1
