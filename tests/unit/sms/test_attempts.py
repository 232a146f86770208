"""Guessing is slowed down, and nobody is locked out for good."""

import pytest

from fitsm_graph.kernel.errors import Refused
from fitsm_graph.sms.attempts import (
    LARGEST,
    LARGEST_OF_ALL,
    MOST_LOGINS,
    REFILL_SECONDS,
    REFILL_SECONDS_OF_ALL,
    Attempts,
)


class Seconds:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


def tried(attempts: Attempts, login: str) -> bool:
    try:
        attempts.take(login)
    except Refused as error:
        refused = error.problem
    else:
        return True
    assert refused.code == "TOO_MANY_ATTEMPTS"
    assert "try again in" in refused.remedy
    return False


def test_the_first_attempts_are_free_and_the_next_wait(clock: Seconds) -> None:
    attempts = Attempts(clock)
    assert [tried(attempts, "ada") for _ in range(LARGEST + 2)] == [True] * LARGEST + [False] * 2
    assert tried(attempts, "bob"), "others are not concerned"
    clock.now += REFILL_SECONDS * 0.9
    assert not tried(attempts, "ada")
    clock.now += REFILL_SECONDS * 0.2
    assert tried(attempts, "ada")
    assert not tried(attempts, "ada")


def test_an_attempt_that_was_no_guess_clears_the_login(clock: Seconds) -> None:
    attempts = Attempts(clock)
    for _ in range(50):
        assert tried(attempts, "ada")
        attempts.succeeded("ada")


def test_all_logins_together_are_bounded_as_well(clock: Seconds) -> None:
    attempts = Attempts(clock)
    found = [tried(attempts, f"guess-{n}") for n in range(LARGEST_OF_ALL + 5)]
    assert found.count(True) == LARGEST_OF_ALL
    clock.now += 3 * REFILL_SECONDS_OF_ALL
    assert [tried(attempts, f"later-{n}") for n in range(4)] == [True] * 3 + [False]


def test_what_is_remembered_is_bounded(clock: Seconds) -> None:
    attempts = Attempts(clock)
    for n in range(MOST_LOGINS + 100):
        clock.now += REFILL_SECONDS_OF_ALL
        attempts.take(f"guess-{n}")
    assert len(attempts._logins) <= MOST_LOGINS


def test_a_guesser_gets_some_thousand_tries_a_day(clock: Seconds) -> None:
    attempts = Attempts(clock)
    found = 0
    for _ in range(24 * 3600):
        clock.now += 1
        found += tried(attempts, "admin")
    assert found <= LARGEST + 24 * 3600 / REFILL_SECONDS
