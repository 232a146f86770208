"""Compilation of loops over arrays, and the choice between them and the numpy twin.

The loops are written once, in the part of Python that numba compiles. Where numba is missing
they still run, as plain Python: small inputs do not mind, and for the large ones the engine has
a twin that works on whole arrays.

Numba itself takes 66 MB and a quarter of a second to load: it is loaded when a loop is first
called, so that whoever asks nothing of the engine, such as a sync, does without.
"""

import importlib.util
import os
from collections.abc import Callable
from functools import cache, update_wrapper
from pathlib import Path
from threading import Lock
from types import FunctionType
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
    return cast("Loop", _Later(loop)) if available() else loop


def woven(loop: Loop) -> Loop:
    """As `compiled`, and built into each loop that uses it: for short steps inside hot loops."""
    return cast("Loop", _Later(loop, forceinline=True)) if available() else loop


class _Later:
    """A loop that numba is given when a loop is first called."""

    def __init__(self, loop: Callable[..., object], *, forceinline: bool = False) -> None:
        self.loop: Any = loop
        self.forceinline = forceinline
        self.machine: Any = None
        update_wrapper(self, loop)
        _ALL.append(self)

    def __call__(self, *given: object) -> object:
        """Run the loop."""
        if self.machine is None:
            _give_all()
        return self.machine(*given)

    def __getattr__(self, name: str) -> Any:
        """What numba tells of the loop."""
        if self.machine is None:
            _give_all()
        return getattr(self.machine, name)


_ALL: list[_Later] = []
_GIVING = Lock()


def _give_all() -> None:
    """Give numba all loops, each with names of its module that mean what is compiled.

    The modules themselves stay as they are, and a loop is offered once all are there: threads may
    be about to call the first one at the same time.
    """
    with _GIVING:
        names: dict[str, dict[str, Any]] = {}
        machines = {later: later.machine for later in _ALL}
        for later in (each for each in _ALL if each.machine is None):
            known = names.setdefault(later.loop.__module__, dict(later.loop.__globals__))
            machines[later] = _compiled(_knowing(later.loop, known), forceinline=later.forceinline)
        for known in names.values():
            known.update({k: machines[v] for k, v in known.items() if isinstance(v, _Later)})
        for later, machine in machines.items():
            later.machine = machine


def _knowing(loop: FunctionType, names: dict[str, Any]) -> FunctionType:
    """The same loop with other names around it."""
    made = FunctionType(loop.__code__, names, loop.__name__, loop.__defaults__, loop.__closure__)
    update_wrapper(made, loop)
    return made


def _compiled(loop: Callable[..., object], *, forceinline: bool) -> Any:
    import numba  # noqa: PLC0415 — optional: the twin stands in without it
    from numba.core import caching  # noqa: PLC0415

    # Neither is public nor typed: numba offers no other way to add to the key of what it keeps.
    kept: Any = type("Kept", (caching.FunctionCache,), {"_index_key": _key_with_sources})
    machine: Any = numba.njit(nogil=True, forceinline=forceinline)(loop)
    machine._cache = kept(loop)  # noqa: SLF001 — see above
    return machine


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
