"""How often a sign-in may be tried: a bucket for each login, and one for all of them.

A bucket is filled again drop by drop, so that nobody is locked out for good: whoever guesses is
slowed down to some tries a minute, and the password's length does the rest. What is counted is
kept in this process; it needs no history.
"""

import time
from collections import OrderedDict
from collections.abc import Callable

from fitsm_graph.kernel.bucket import Bucket
from fitsm_graph.kernel.errors import Refused

LARGEST = 10
REFILL_SECONDS = 15.0
LARGEST_OF_ALL = 60
REFILL_SECONDS_OF_ALL = 1.0
MOST_LOGINS = 10_000


class Attempts:
    """Counts attempts to sign in.

    Args:
        clock: Seconds, going forward only.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._all = Bucket.full(LARGEST_OF_ALL, 1 / REFILL_SECONDS_OF_ALL, clock())
        self._logins: OrderedDict[str, Bucket] = OrderedDict()

    def take(self, login: str) -> None:
        """Count an attempt, before anything is checked.

        Raises:
            Refused: TOO_MANY_ATTEMPTS, with the seconds to wait.
        """
        bucket = self._logins.pop(login, None) or Bucket.full(
            LARGEST, 1 / REFILL_SECONDS, self._clock()
        )
        self._logins[login] = bucket
        while len(self._logins) > MOST_LOGINS:
            self._logins.popitem(last=False)
        self._take(bucket)
        self._take(self._all)

    def succeeded(self, login: str) -> None:
        """Give an attempt back: it was no guess."""
        self._logins.pop(login, None)
        self._all.give_back(1)

    def _take(self, bucket: Bucket) -> None:
        wait = bucket.take(1, self._clock())
        if wait:
            raise Refused(
                "too many attempts to sign in",
                code="TOO_MANY_ATTEMPTS",
                why=f"{bucket.largest:g} at once, then one in {1 / bucket.per_second:g} seconds",
                remedy=f"try again in {max(1, round(wait))} s; API tokens are not concerned",
            )
