"""What a client asks of a run, checked: its beginning, its end, and a run in one request."""

from collections.abc import Mapping, Sequence
from typing import Any

from fitsm_graph.confm.sync_vanish import ALL_COMPLETE, NOTHING_COMPLETE, Ending, Part
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.text import did_you_mean

_BEGIN = ("mode", "types", "parts", "fence")
_END = ("complete", "failed", "chunks")
_RESUME = ("mode",)
_PART = ("name", "types", "dependsOn")
MOST_NAMES = 1_000


def begin_asked(given: Mapping[str, Any]) -> tuple[str, list[str], list[Part], str]:
    """Mode, declared types and parts of a new run, and the fence that its client made up.

    Raises:
        BadInput: Naming what is wrong.
    """
    _known(given, _BEGIN)
    mode = given.get("mode", "snapshot")
    fence = given.get("fence", "")
    for name, value in (("mode", mode), ("fence", fence)):
        if not isinstance(value, str):
            raise _wrong(name, "text")
    parts = given.get("parts") or []
    if not isinstance(parts, list) or not all(isinstance(each, dict) for each in parts):
        raise _wrong("parts", "a list of objects")
    if len(parts) > MOST_NAMES:
        raise _wrong("parts", f"a list of at most {MOST_NAMES}")
    return mode, _names(given, "types"), [_part(each) for each in parts], fence


def _part(given: Mapping[str, Any]) -> Part:
    _known(given, _PART)
    name = given.get("name")
    if not isinstance(name, str) or not name:
        raise _wrong("name", "the part's name")
    return Part(name, tuple(_names(given, "types")), tuple(_names(given, "dependsOn")))


def resume_asked(given: Mapping[str, Any]) -> str:
    """The mode in which a run that is gone on with must have begun; empty: in any.

    Raises:
        BadInput: Naming what is wrong.
    """
    _known(given, _RESUME)
    mode = given.get("mode") or ""
    if not isinstance(mode, str):
        raise _wrong("mode", "text")
    return mode


def end_asked(given: Mapping[str, Any]) -> tuple[Ending, list[str], int | None]:
    """What a run brought completely, parts that failed, and how many chunks were sent.

    `complete` is true (everything), false or missing (nothing), a list of types, or an object of
    types with true or false; with false only, all other types are complete.

    Raises:
        BadInput: Naming what is wrong.
    """
    _known(given, _END)
    chunks = given.get("chunks")
    if chunks is not None and (type(chunks) is not int or chunks < 0):
        raise _wrong("chunks", "a number")
    return ending_of(given.get("complete")), _names(given, "failed"), chunks


def ending_of(complete: Any) -> Ending:
    """What `complete` says.

    Raises:
        BadInput: It is none of what it may be.
    """
    if complete is None or complete is False:
        return NOTHING_COMPLETE
    if complete is True:
        return ALL_COMPLETE
    if isinstance(complete, list) and all(isinstance(each, str) for each in complete):
        return Ending(types=frozenset(complete))
    if isinstance(complete, dict) and all(isinstance(each, bool) for each in complete.values()):
        yes = frozenset(name for name, whole in complete.items() if whole)
        no = frozenset(complete) - yes
        return Ending(everything=bool(no) and not yes, types=yes, incomplete=no)
    raise _wrong("complete", "true, false, a list of types, or types with true or false")


def _names(given: Mapping[str, Any], name: str) -> list[str]:
    value: Sequence[Any] = given.get(name) or []
    fits = isinstance(value, list) and all(isinstance(each, str) for each in value)
    if not fits or len(value) > MOST_NAMES:
        raise _wrong(name, f"a list of at most {MOST_NAMES} names")
    return list(value)


def _known(given: Mapping[str, Any], names: Sequence[str]) -> None:
    for name in given:
        if name not in names:
            raise BadInput(
                f"there is no '{name[:80]}' here",
                code="INVALID_REQUEST",
                remedy=did_you_mean(name, names),
                path=(name,),
            )


def _wrong(name: str, words: str) -> BadInput:
    return BadInput(
        f"'{name}' is not {words}", code="INVALID_REQUEST", remedy=f"send {words}", path=(name,)
    )
