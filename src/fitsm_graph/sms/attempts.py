"""How often a sign-in may be tried: by login and address, by address, by login, and by all.

A bucket is filled again drop by drop, so that nobody is locked out for good: whoever guesses is
slowed down to some tries a minute, and the password's length does the rest. Each attempt takes a
drop from all its buckets, or from none. Who guesses from one address empties the bucket of that
address with that login long before the login's own, so that the account's owner comes in from
anywhere else; who guesses from many addresses meets the login's. An address from which a login
has come in before is known, and only its own bucket counts for it: a siege does not lock the owner
out at home.

What is counted is kept in this process: it needs no history, no guess makes the database write,
and with several replicas the bounds are theirs together.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import TypeVar

from fitsm_graph.kernel.bucket import Bucket
from fitsm_graph.kernel.errors import Refused

K = TypeVar("K")
V = TypeVar("V")
MOST_REMEMBERED = 10_000
_NETWORK = 64
"""Bits of an IPv6 address that its holder does not choose."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How much a bucket holds.

    Attributes:
        largest: Attempts at once.
        seconds: After which there is one more.
        of: Whose attempts they are, for people.
    """

    largest: int
    seconds: float
    of: str


LOGIN_AT_ADDRESS = Rate(10, 15.0, "a login from one address")
ADDRESS = Rate(30, 5.0, "one address")
LOGIN = Rate(40, 10.0, "a login from all addresses that it does not use")
ALL = Rate(60, 1.0, "all together")


class Attempts:
    """Counts attempts to sign in.

    Args:
        clock: Seconds, going forward only.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: dict[Rate, OrderedDict[Hashable, Bucket]] = {
            rate: OrderedDict() for rate in (LOGIN_AT_ADDRESS, ADDRESS, LOGIN, ALL)
        }
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()

    def take(self, login: str, address: str) -> None:
        """Count an attempt, before anything is checked.

        Args:
            login: As it was typed.
            address: Where the attempt comes from, an IP address; empty where nobody knows.

        Raises:
            Refused: TOO_MANY_ATTEMPTS, with the seconds to wait; nothing was counted.
        """
        taken: list[Bucket] = []
        for rate, key in self._concerned(login, _origin(address)):
            bucket = self._bucket(rate, key)
            wait = bucket.take(1, self._clock())
            if wait:
                for each in taken:
                    each.give_back(1)
                raise Refused(
                    "too many attempts to sign in",
                    code="TOO_MANY_ATTEMPTS",
                    why=f"for {rate.of}: {rate.largest} at once, then one in {rate.seconds:g} s",
                    remedy=f"try again in {max(1, round(wait))} s; API tokens are not concerned",
                )
            taken.append(bucket)

    def succeeded(self, login: str, address: str) -> None:
        """Give an attempt back, for it was no guess, and know the address from now on."""
        pair = (login, _origin(address))
        for rate, key in self._concerned(*pair):
            self._bucket(rate, key).give_back(1)
        self._buckets[LOGIN_AT_ADDRESS].pop(pair, None)
        _remember(self._known, pair, None)

    def _concerned(self, login: str, origin: str) -> list[tuple[Rate, Hashable]]:
        pair = (login, origin)
        own: list[tuple[Rate, Hashable]] = [(LOGIN_AT_ADDRESS, pair)]
        if pair in self._known:
            return own
        return [*own, (ADDRESS, origin), (LOGIN, login), (ALL, None)]

    def _bucket(self, rate: Rate, key: Hashable) -> Bucket:
        there = self._buckets[rate]
        bucket = there.get(key) or Bucket.full(rate.largest, 1 / rate.seconds, self._clock())
        _remember(there, key, bucket)
        return bucket


def _remember(there: OrderedDict[K, V], key: K, value: V) -> None:
    """Keep what was used last; the oldest goes."""
    there[key] = value
    there.move_to_end(key)
    if len(there) > MOST_REMEMBERED:
        there.popitem(last=False)


def _origin(address: str) -> str:
    """Who stands behind an address: all of a network that one holder has."""
    try:
        read = ip_address(address)
    except ValueError:
        return address
    if isinstance(read, IPv4Address):
        return str(read)
    if read.ipv4_mapped is not None:
        return str(read.ipv4_mapped)
    return str(IPv6Network((int(read), _NETWORK), strict=False))
