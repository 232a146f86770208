"""Guessing is slowed down from wherever it comes, and nobody is locked out by somebody else."""

import pytest

from fitsm_graph.kernel.errors import Refused
from fitsm_graph.sms.attempts import (
    ADDRESS,
    ALL,
    LOGIN,
    LOGIN_AT_ADDRESS,
    MOST_REMEMBERED,
    Attempts,
)

HERE, THERE = "192.0.2.1", "198.51.100.9"
DAY = 24 * 3600


class Seconds:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


@pytest.fixture
def attempts(clock: Seconds) -> Attempts:
    return Attempts(clock)


def tried(attempts: Attempts, login: str, address: str = HERE) -> bool:
    try:
        attempts.take(login, address)
    except Refused as error:
        refused = error.problem
    else:
        return True
    assert refused.code == "TOO_MANY_ATTEMPTS"
    assert "try again in" in refused.remedy
    return False


def addresses(number: int) -> list[str]:
    return [f"10.{n // 65536}.{n // 256 % 256}.{n % 256}" for n in range(number)]


def test_the_first_attempts_are_free_and_the_next_wait(attempts: Attempts, clock: Seconds) -> None:
    largest = LOGIN_AT_ADDRESS.largest
    found = [tried(attempts, "ada") for _ in range(largest + 2)]
    assert found == [True] * largest + [False] * 2
    assert tried(attempts, "bob"), "others are not concerned"
    clock.now += LOGIN_AT_ADDRESS.seconds * 0.9
    assert not tried(attempts, "ada")
    clock.now += LOGIN_AT_ADDRESS.seconds * 0.2
    assert tried(attempts, "ada")
    assert not tried(attempts, "ada")


def test_an_attempt_that_was_no_guess_clears_the_login(attempts: Attempts) -> None:
    for _ in range(50):
        assert tried(attempts, "ada")
        attempts.succeeded("ada", HERE)


def hammered(attempts: Attempts, clock: Seconds, owner: str) -> list[bool]:
    """One address tries one login each second for three hours; its owner tries now and then."""
    found = []
    for second in range(3 * 3600):
        clock.now += 1
        tried(attempts, "ada", HERE)
        if second % 600 == 599:
            found.append(tried(attempts, "ada", owner))
    return found


def test_one_address_locks_nobody_out_elsewhere(attempts: Attempts, clock: Seconds) -> None:
    assert all(hammered(attempts, clock, THERE))


def test_behind_the_guessers_address_one_waits_as_it_does(
    attempts: Attempts, clock: Seconds
) -> None:
    """The control: what saves the owner is the address."""
    assert not all(hammered(attempts, clock, HERE))


def test_one_address_that_tries_all_logins_stops_nobody_else(
    attempts: Attempts, clock: Seconds
) -> None:
    sprayed, others = 0, []
    for second in range(3600):
        clock.now += 1
        for n in range(3):
            sprayed += tried(attempts, f"guess-{second}-{n}", HERE)
        if second % 60 == 59:
            others.append(tried(attempts, f"somebody-{second}", THERE))
    assert all(others)
    assert sprayed <= ADDRESS.largest + 3600 / ADDRESS.seconds


def besieged(attempts: Attempts, clock: Seconds, hours: int) -> int:
    """A new address every second, all for one login; how many tries there were."""
    found = 0
    for address in addresses(hours * 3600):
        clock.now += 1
        found += tried(attempts, "ada", address)
    return found


def test_many_addresses_together_get_some_thousand_tries_a_day(
    attempts: Attempts, clock: Seconds
) -> None:
    found = besieged(attempts, clock, 24)
    assert found <= LOGIN.largest + DAY / LOGIN.seconds
    assert found > LOGIN.largest, "the control: they got in each other's way, not in a wall"


def test_an_owner_comes_in_from_a_known_address_during_a_siege(
    attempts: Attempts, clock: Seconds
) -> None:
    assert tried(attempts, "ada", THERE)
    attempts.succeeded("ada", THERE)
    besieged(attempts, clock, 1)
    assert not tried(attempts, "ada", "203.0.113.5"), "the control: a strange address waits"
    assert tried(attempts, "ada", THERE)
    found = [tried(attempts, "ada", THERE) for _ in range(30)]
    assert found.count(True) < LOGIN_AT_ADDRESS.largest, "a known address is bounded as well"


def test_all_together_are_bounded(attempts: Attempts, clock: Seconds) -> None:
    places = addresses(ALL.largest + 5)
    found = [tried(attempts, f"guess-{n}", place) for n, place in enumerate(places)]
    assert found.count(True) == ALL.largest
    clock.now += 3 * ALL.seconds
    assert [tried(attempts, f"later-{n}", places[n]) for n in range(4)] == [True] * 3 + [False]


def test_what_is_refused_is_not_counted_elsewhere(attempts: Attempts) -> None:
    for _ in range(1_000):
        tried(attempts, "ada", HERE)
    rest = [tried(attempts, f"x{n}", HERE) for n in range(ADDRESS.largest)]
    assert rest.count(True) == ADDRESS.largest - LOGIN_AT_ADDRESS.largest


@pytest.mark.parametrize(
    ("one", "other", "who"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "the same"),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", "another"),
        ("::ffff:192.0.2.1", "192.0.2.1", "the same"),
        ("fe80::1%eth0", "fe80::2%eth0", "the same"),
        ("::1", "::2", "the same"),
        ("192.0.2.1", "192.0.2.2", "another"),
        ("", "", "the same"),
        ("testclient", "192.0.2.1", "another"),
    ],
)
def test_an_address_is_who_holds_it(attempts: Attempts, one: str, other: str, who: str) -> None:
    while tried(attempts, "ada", one):
        pass
    assert tried(attempts, "ada", other) == (who == "another")


def test_what_is_remembered_is_bounded(attempts: Attempts, clock: Seconds) -> None:
    for n, address in enumerate(addresses(MOST_REMEMBERED + 100)):
        clock.now += ALL.seconds
        attempts.take(f"guess-{n}", address)
        attempts.succeeded(f"guess-{n}", address)
    sizes = [len(each) for each in (*attempts._buckets.values(), attempts._known)]
    assert max(sizes) <= MOST_REMEMBERED
