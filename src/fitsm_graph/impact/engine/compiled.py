"""Compilation of loops over arrays, and the choice between them and the numpy twin.

The loops are written once, in the part of Python that numba compiles. Where numba is missing
they still run, as plain Python: small inputs do not mind, and for the large ones the engine has
a twin that works on whole arrays.
"""

import importlib.util
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from fitsm_graph.kernel.canonical import digest
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.text import did_you_mean

Loop = TypeVar("Loop", bound=Callable[..., object])

SETTING: Final = "FITSM_IMPACT_KERNEL"
"""Environment variable that names the kernel: ``numba``, ``numpy`` or ``auto``."""
KERNELS: Final = ("numba", "numpy")
_CONSTANTS: Final = "../network.py"


def available() -> bool:
    """Whether numba is installed."""
    return importlib.util.find_spec("numba") is not None


def compiled(loop: Loop) -> Loop:
    """Compile a loop on first use and keep the machine code on disk; without numba, return it.

    Machine code of a loop contains the loops and constants of other files that it uses, and
    numba keeps it until the loop's own file changes. So what is kept is filed under a digest of
    all these files: a changed file is never met by code compiled from the one before.
    """
    return _compiled(loop) if available() else loop


def woven(loop: Loop) -> Loop:
    """As `compiled`, and built into each loop that uses it: for short steps inside hot loops."""
    return _compiled(loop, forceinline=True) if available() else loop


def _compiled(loop: Loop, *, forceinline: bool = False) -> Loop:
    import numba  # noqa: PLC0415 — optional: the twin stands in without it
    from numba.core import caching  # noqa: PLC0415

    # Neither is public nor typed: numba offers no other way to add to the key of what it keeps.
    kept: Any = type("Kept", (caching.FunctionCache,), {"_index_key": _key_with_sources})
    machine: Any = numba.njit(nogil=True, forceinline=forceinline)(loop)
    machine._cache = kept(loop)  # noqa: SLF001 — see above
    return cast("Loop", machine)


def _key_with_sources(kept: Any, *what: Any) -> tuple[Any, ...]:
    return (*super(type(kept), kept)._index_key(*what), sources())


@cache
def sources() -> str:
    """Digest of the files whose loops and constants are compiled into one another."""
    here = Path(__file__).parent
    return digest(*(path.read_bytes() for path in (*sorted(here.glob("*.py")), here / _CONSTANTS)))


def is_kept() -> bool:
    """Whether machine code of these sources is kept beside them; a guess by their times."""
    here = Path(__file__).parent
    kept = [path.stat().st_mtime for path in (here / "__pycache__").glob("*.nbi")]
    newest = max(path.stat().st_mtime for path in (*here.glob("*.py"), here / _CONSTANTS))
    return bool(kept) and max(kept) > newest


@cache
def default_kernel() -> str:
    """The kernel that the setting asks for, or the fastest there is.

    Raises:
        BadInput: The setting names no kernel, or numba where it is missing.
    """
    return chosen_kernel(os.environ.get(SETTING, "auto"), has_numba=available())


def chosen_kernel(asked: str, *, has_numba: bool) -> str:
    """The kernel for what is asked (``numba``, ``numpy`` or ``auto``) on a machine.

    Raises:
        BadInput: No kernel has that name, or it is numba and that is missing.
    """
    if asked == "auto":
        return "numba" if has_numba else "numpy"
    if asked not in KERNELS:
        raise BadInput(
            f"{SETTING} is {asked!r}, which is no kernel",
            remedy=did_you_mean(asked, [*KERNELS, "auto"]),
            code="UNKNOWN_KERNEL",
        )
    if asked == "numba" and not has_numba:
        raise BadInput(
            "numba is asked for and not installed",
            remedy=f"install it, or set {SETTING} to numpy",
            code="UNKNOWN_KERNEL",
        )
    return asked
