"""Settings from the environment: read in one way, refused with their name."""

from collections.abc import Mapping

from fitsm_graph.kernel.errors import BadInput

YES = frozenset({"1", "yes", "true", "on"})
NO = frozenset({"", "0", "no", "false", "off"})


def whole_number(
    env: Mapping[str, str], name: str, *, low: int, high: int, default: int = 0
) -> int:
    """A whole number; an empty setting counts as not set.

    Raises:
        BadInput: It is none, or out of its range.
    """
    text = env.get(name, "").strip() or str(default)
    if not text.isdecimal() or not low <= int(text) <= high:
        raise BadInput(
            f"{name} is '{text}'",
            why=f"it must be a whole number from {low} to {high}",
            remedy=f"set it to a number, or unset {name}",
            path=(name,),
        )
    return int(text)


def switch(env: Mapping[str, str], name: str) -> bool:
    """Whether something is switched on; off where the setting is not there.

    Raises:
        BadInput: It says neither.
    """
    text = env.get(name, "").strip().casefold()
    if text not in YES | NO:
        raise BadInput(
            f"{name} is '{text[:50]}'",
            why="it is a switch: 1 or 0",
            remedy=f"set it to 1, or unset {name}",
            path=(name,),
        )
    return text in YES
