"""What an act is, and all of them in their order."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fitsm_graph.story.teller import Teller

Tell = Callable[[Teller], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Act:
    """Something that happens in the story.

    Attributes:
        day: On which it begins, from 0 on.
        time: As 09:30, UTC.
        title: What happens, in a line.
        gives: Requirements that it is evidence for.
        look: A command that shows what it did.
        tell: Does it.
    """

    day: int
    time: str
    title: str
    gives: tuple[str, ...]
    look: str
    tell: Tell


ACTS: list[Act] = []


def act(day: int, time: str, gives: str, look: str) -> Callable[[Tell], Tell]:
    """List an act, which is called what its docstring says.

    Args:
        day: On which it begins.
        time: As 09:30, UTC.
        gives: Requirements, one after another, as `PR12.1 PR12.3`.
        look: A command that shows what it did.
    """

    def listed(tell: Tell) -> Tell:
        title = str(tell.__doc__).removesuffix(".")
        ACTS.append(Act(day, time, title, tuple(gives.split()), look, tell))
        return tell

    return listed


def acts() -> list[Act]:
    """All acts in the order of time."""
    from fitsm_graph.story import (  # noqa: F401, PLC0415 - they list themselves
        beginnings,
        closing,
        everyday,
        firmware,
        improving,
        mending,
        ordinary_changes,
    )

    return sorted(ACTS, key=lambda each: (each.day, each.time))
