"""Types and parts that a run declares when it begins: checked, and as they are kept."""

import re
from collections.abc import Sequence
from typing import Any

from fitsm_graph.confm.sync_vanish import Part
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.confm import ELEMENT_KINDS
from fitsm_graph.model.registry import TypeRegistry

Told = dict[str, Any]
_FENCE = re.compile(r"[A-Za-z0-9-]{20,64}\Z")


def check_declared(registry: TypeRegistry, types: Sequence[str], parts: Sequence[Part]) -> None:
    """Refuse types that there are not, and parts that lean on none.

    Raises:
        BadInput: UNKNOWN_TYPE, or a part that is not declared.
    """
    others = set(ELEMENT_KINDS) - {"CI"}
    for name in sorted(all_types(types, parts) - others):
        registry.ci_type(name)
    names = {part.name for part in parts}
    for part in parts:
        for other in part.depends_on:
            if other not in names:
                raise BadInput(
                    f"part '{part.name}' depends on '{other}', which is not declared",
                    remedy="declare it too",
                    path=("parts",),
                )


def checked_fence(fence: str) -> str:
    """A fence that a client made up, or nothing.

    Raises:
        BadInput: Others could guess it, or it is no plain text.
    """
    if fence and not _FENCE.match(fence):
        raise BadInput(
            "the fence is none",
            why="it keeps others out, and so must not be guessed",
            remedy="make one up of 20 to 64 letters and digits, or leave it out",
            path=("fence",),
        )
    return fence


def all_types(types: Sequence[str], parts: Sequence[Part]) -> set[str]:
    """Types that are declared, by themselves or by parts."""
    return {*types, *(name for part in parts for name in part.types)}


def plain_part(part: Part) -> Told:
    """A part as it is kept."""
    return {"name": part.name, "types": list(part.types), "dependsOn": list(part.depends_on)}


def part_from(given: Told) -> Part:
    """A part as it was kept."""
    return Part(given["name"], tuple(given["types"]), tuple(given["dependsOn"]))
