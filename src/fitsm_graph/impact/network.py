"""A network of elements and requirements as immutable arrays.

Elements are services, service components, CIs and redundancy groups, numbered from 0. A
requirement says what one element needs: a weight of ``need`` among its members. Its members are
stored one after the other (compressed rows), and so are the two ways back: which requirements
use an element, and which requirements an element has.

Everything is narrow on purpose, so that a million elements with four million relations fit into
a few hundred megabytes: positions are 32 bits, amounts (need, weight, reserve, total) are 32
bits unless one of them does not fit, and where every weight is 1 no weight is stored at all.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fitsm_graph.impact.columns import row_starts
from fitsm_graph.impact.refusals import refusal
from fitsm_graph.kernel.errors import BadInput, Problem

Integers = NDArray[np.integer[Any]]
Indices = NDArray[np.int32]
Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]


class Level(IntEnum):
    """State of an element, from best to worst."""

    UP = 0
    AT_RISK = 1
    DEGRADED = 2
    DOWN = 3


class Strength(IntEnum):
    """How far a requirement can pull its element: not at all, to DEGRADED, to DOWN."""

    INFO = 0
    SOFT = 1
    HARD = 2


UP: Final = 0
AT_RISK: Final = 1
DEGRADED: Final = 2
DOWN: Final = 3
INFO: Final = 0
SOFT: Final = 1
HARD: Final = 2
LEVELS: Final = tuple(Level)  # by their codes; thousands of calls of the class would cost

LARGEST_AMOUNT: Final = 2**53 - 1
"""Largest need, weight, reserve and total: the integers that JSON carries exactly."""
REST: Final = -1
"""As a reserve: the default, which is all the weight beyond the need."""
_POSITIONS: Final = 2**31 - 1
_NARROW: Final = 2**27 - 1  # amounts up to here take 32 bits, and leave some for marks
_SHOWN: Final = 20  # problems of one kind that are listed; the count says how many there are


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Elements and requirements; N elements, R requirements, M memberships.

    Attributes:
        element_count: N.
        of: The element that has the requirement, int32[R].
        need: Weight of members needed, [R]; amounts are int32, or int64 where one needs it.
        strength: INFO, SOFT or HARD, uint8[R].
        grounded: Whether support must lead back to a source, bool[R].
        reserve: Spare weight below which the requirement is at risk, [R]; already cut to what
            there is beyond the need.
        total: Weight of all members, [R].
        member_start: Where the members of each requirement begin, int32[R+1].
        member: The members, int32[M].
        weight: Their weights, [M]; a view that repeats one 1 where all weights are 1.
        used_start: Where the uses of each element begin, int32[N+1].
        used_by: The requirements of which it is a member, ascending, int32[M].
        used_weight: Its weight in each, [M]; repeated like ``weight``.
        has_start: Where the requirements of each element begin, int32[N+1].
        has: The requirements it has, ascending, int32[R].
        memo: What is derived from the network once and kept with it.
    """

    element_count: int
    of: Indices
    need: Integers
    strength: Bytes
    grounded: Flags
    reserve: Integers
    total: Integers
    member_start: Indices
    member: Indices
    weight: Integers
    used_start: Indices
    used_by: Indices
    used_weight: Integers
    has_start: Indices
    has: Indices
    memo: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def requirement_count(self) -> int:
        """R, the number of requirements."""
        return self.of.size

    @property
    def relation_count(self) -> int:
        """M, the number of memberships."""
        return self.member.size

    @property
    def unit_weights(self) -> bool:
        """Whether every weight is 1, so that none is stored."""
        return self.weight.strides == (0,)

    @property
    def nbytes(self) -> int:
        """Memory taken by the arrays, in bytes."""
        arrays = [getattr(self, name) for name in ARRAYS]
        return sum(a.itemsize if a.strides == (0,) else a.nbytes for a in arrays)

    def members(self, requirement: int) -> Indices:
        """Members of a requirement."""
        return self.member[self.member_start[requirement] : self.member_start[requirement + 1]]

    def weights(self, requirement: int) -> Integers:
        """Weights of the members of a requirement, in their order."""
        return self.weight[self.member_start[requirement] : self.member_start[requirement + 1]]

    def requirements(self, element: int) -> Indices:
        """Requirements that an element has."""
        return self.has[self.has_start[element] : self.has_start[element + 1]]

    def uses(self, element: int) -> Indices:
        """Requirements of which an element is a member."""
        return self.used_by[self.used_start[element] : self.used_start[element + 1]]


ARRAYS: Final = tuple(
    name for name in Network.__dataclass_fields__ if name not in {"element_count", "memo"}
)
"""Names of the array fields, in order."""


def build_network(
    element_count: int,
    *,
    of: ArrayLike,
    need: ArrayLike,
    strength: ArrayLike,
    grounded: ArrayLike,
    member_start: ArrayLike,
    member: ArrayLike,
    reserve: ArrayLike | None = None,
    weight: ArrayLike | None = None,
) -> Network:
    """Check the columns of a network and build the ways back.

    Args:
        element_count: Number of elements, N.
        of: Element of each requirement, [R].
        need: Weight needed, 0 or more, [R]. More than there is means DOWN from the start.
        strength: INFO, SOFT or HARD, [R].
        grounded: Whether the requirement is grounded, [R].
        member_start: Where the members of each requirement begin, [R+1]; ends with M.
        member: Members, [M]; distinct within one requirement.
        reserve: Spare weight wanted, [R]; ``REST`` (-1) or nothing means all the rest.
        weight: Weight of each member, 1 or more, [M]; nothing means 1 each.

    Returns:
        The network. Arrays that fit are used in place and must not be written afterwards.

    Raises:
        BadInput: A column is of the wrong kind or length, or a value breaks design section 4;
            each problem has its path, such as ``requirements/7/need``.
    """
    size, count = _length(of, "of"), _length(member, "member")
    columns = {
        "of": _integers("of", of, size),
        "need": _integers("need", need, size),
        "strength": _integers("strength", strength, size),
        "grounded": _integers("grounded", grounded, size),
        "reserve": _integers("reserve", reserve, size, default=REST),
        "member_start": _integers("member_start", member_start, size + 1),
        "member": _integers("member", member, count),
        "weight": _integers("weight", weight, count, default=1),
    }
    _check_start(columns["member_start"], count)
    problems = _problems(element_count, columns)
    if problems:
        raise BadInput.of(problems)
    return _assemble(element_count, columns)


def _assemble(element_count: int, columns: dict[str, Integers]) -> Network:
    start, member = _narrow(columns["member_start"]), _narrow(columns["member"])
    weight, need = columns["weight"], columns["need"]
    if weight.size and weight.strides != (0,) and int(weight.max()) == 1:
        weight = np.broadcast_to(np.int32(1), weight.shape)
    total = _totals(start, weight)
    _check_totals(total)
    amount = np.int32 if _fits(need) and _fits(total) else np.int64
    rest = np.maximum(total - need, 0)
    reserve = np.where(columns["reserve"] == REST, rest, np.minimum(columns["reserve"], rest))
    used_start, used_order = _rows(member, element_count)
    used_by = _requirement_of_member(start)[used_order]
    _check_distinct(used_by, member, used_order)
    has_start, has = _rows(_narrow(columns["of"]), element_count)
    arrays: dict[str, Any] = {
        "of": _narrow(columns["of"]),
        "need": need.astype(amount, copy=False),
        "strength": columns["strength"].astype(np.uint8, copy=False),
        "grounded": columns["grounded"].astype(np.bool_, copy=False),
        "reserve": reserve.astype(amount, copy=False),
        "total": total.astype(amount, copy=False),
        "member_start": start,
        "member": member,
        "weight": _repeat(weight, amount),
        "used_start": used_start,
        "used_by": used_by,
        "used_weight": _repeat(weight, amount, used_order),
        "has_start": has_start,
        "has": has,
    }
    for name, array in arrays.items():
        arrays[name] = frozen(array)
    return Network(element_count, **arrays)


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """A read-only view of an array, in one piece unless it repeats a single value."""
    view = array if array.strides == (0,) else np.ascontiguousarray(array)
    view = view.view()
    view.flags.writeable = False
    return view


def _length(column: ArrayLike, name: str) -> int:
    array = np.asarray(column)
    if array.ndim != 1:
        raise _bad_column(name, "is not one-dimensional")
    return array.size


def _integers(
    name: str, given: ArrayLike | None, size: int, *, default: int | None = None
) -> Integers:
    if given is None and default is not None:
        return np.broadcast_to(np.int32(default), (size,))
    array = np.ascontiguousarray(given)
    if array.shape != (size,):
        raise _bad_column(name, f"has shape {array.shape} instead of ({size},)")
    if array.size == 0:
        return np.empty(size, np.int32)
    if array.dtype.kind not in "iu" and not (name == "grounded" and array.dtype.kind == "b"):
        raise _bad_column(name, f"holds {array.dtype} instead of integers")
    return array


def _bad_column(name: str, what: str) -> BadInput:
    code = "WRONG_NUMBER_OF_WEIGHTS" if name == "weight" and "shape" in what else "BAD_COLUMN"
    return BadInput.of([refusal(code, f"column {name!r} {what}", (name,))])


def _check_start(start: Integers, count: int) -> None:
    ok = (
        start[0] == 0 and start[-1] == count <= _POSITIONS and bool((start[1:] >= start[:-1]).all())
    )
    if not ok:
        raise _bad_column("member_start", f"does not rise from 0 to the {count} members")


def _problems(element_count: int, columns: dict[str, Integers]) -> list[Problem]:
    """All rows that break a rule of design section 4, grouped by rule."""
    of, member, weight = columns["of"], columns["member"], columns["weight"]
    need, reserve, strength = columns["need"], columns["reserve"], columns["strength"]
    start = columns["member_start"]
    heavy = weight[:1] if weight.strides == (0,) else weight
    return [
        *_listed("of", of, (of < 0) | (of >= element_count)),
        *_listed("need", need, (need < 0) | (need > LARGEST_AMOUNT)),
        *_listed("reserve", reserve, (reserve < REST) | (reserve > LARGEST_AMOUNT)),
        *_listed("strength", strength, (strength < INFO) | (strength > HARD)),
        *_listed("members", member, (member < 0) | (member >= element_count), start),
        *_listed("weights", weight, (heavy < 1) | (heavy > LARGEST_AMOUNT), start),
    ]


_RULES: Final = {
    "of": ("UNKNOWN_ELEMENT", "a requirement belongs to an element of the network"),
    "need": ("BAD_NEED", f"a need is an integer from 0 to {LARGEST_AMOUNT}"),
    "reserve": ("BAD_RESERVE", f"a reserve is an integer from 0 to {LARGEST_AMOUNT}"),
    "strength": ("BAD_STRENGTH", "a strength is informational (0), soft (1) or hard (2)"),
    "members": ("UNKNOWN_MEMBER", "members are elements of the network"),
    "weights": ("BAD_WEIGHT", f"a weight is an integer from 1 to {LARGEST_AMOUNT}"),
}
"""Code and rule for each part of a requirement, by the name it has in a path."""


def _listed(
    part: str, values: Integers, bad: Flags, start: Integers | None = None
) -> list[Problem]:
    """One problem per bad row, the first few of them; the message counts the others."""
    if not bad.any():
        return []
    rows = np.flatnonzero(bad)
    code, why = _RULES[part]
    more = f" (1 of {rows.size})" if rows.size > 1 else ""
    problems = []
    for row in rows[:_SHOWN].tolist():
        message = f"{int(values[row])} is not allowed as {part}{more}"
        problems.append(refusal(code, message, _path(part, row, start), why))
    return problems


def _path(part: str, row: int, start: Integers | None) -> tuple[str | int, ...]:
    if start is None:
        return ("requirements", row, part)
    owner = int(np.searchsorted(start, row, "right")) - 1
    return ("requirements", owner, part, row - int(start[owner]))


def _totals(start: Indices, weight: Integers) -> Integers:
    """Weight of all members of each requirement, int64[R]."""
    if weight.size == 0 or weight.strides == (0,):
        return np.diff(start).astype(np.int64)
    if float(weight.sum(dtype=np.float64)) > 2.0**62:
        raise _too_heavy(())
    reach = np.concatenate([[0], np.cumsum(weight, dtype=np.int64)])
    return np.diff(reach[start])


def _check_totals(total: Integers) -> None:
    if total.size and int(total.max()) > LARGEST_AMOUNT:
        raise _too_heavy(("requirements", int(total.argmax()), "weights"))


def _too_heavy(path: tuple[str | int, ...]) -> BadInput:
    return BadInput(
        "the weights of one requirement add up to too much",
        why=f"sums of weights are exact up to {LARGEST_AMOUNT}",
        remedy="use a larger unit, such as Gbit/s for bit/s",
        code="BAD_WEIGHT",
        path=path,
    )


def _check_distinct(used_by: Indices, member: Indices, order: Indices) -> None:
    """Refuse a member that stands twice in one requirement.

    The uses of one element ascend, so two of the same requirement stand side by side.
    """
    same = (used_by[1:] == used_by[:-1]) & (member[order[1:]] == member[order[:-1]])
    if not same.any():
        return
    problems = [
        refusal(
            "DUPLICATE_MEMBER",
            f"element {int(member[order[row]])} is a member twice",
            ("requirements", int(used_by[row]), "members"),
        )
        for row in np.flatnonzero(same)[:_SHOWN].tolist()
    ]
    raise BadInput.of(problems)


def _rows(keys: Indices, count: int) -> tuple[Indices, Indices]:
    """Group positions by key: where each key's positions begin, and the positions, ascending."""
    start = row_starts(keys, count)
    if bool((keys[1:] >= keys[:-1]).all()):
        return start, np.arange(keys.size, dtype=np.int32)
    # Key and position in one integer: numpy sorts plain integers far faster than it ranks them.
    packed = (keys.astype(np.int64) << 32) | np.arange(keys.size, dtype=np.int64)
    packed.sort()
    packed &= 0xFFFFFFFF
    return start, packed.astype(np.int32)


def _requirement_of_member(start: Indices) -> Indices:
    return np.repeat(np.arange(start.size - 1, dtype=np.int32), np.diff(start))


def _repeat(weight: Integers, amount: type, order: Indices | None = None) -> Integers:
    if weight.size == 0 or weight.strides == (0,):
        return np.broadcast_to(np.ones((), amount), weight.shape)
    return (weight if order is None else weight[order]).astype(amount, copy=False)


def _fits(array: Integers) -> bool:
    return array.size == 0 or int(array.max()) <= _NARROW


def _narrow(array: Integers) -> Indices:
    return array.astype(np.int32, copy=False)
