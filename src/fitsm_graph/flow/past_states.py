"""The states that a record went through, as the ledger tells them.

    steps = steps_of(incident, changes)
    turns = turns_of(life, steps)

A record keeps its state of now; every entry that replaced one says which it was. So the whole life
follows from the record and the entries, and clocks that are read from it can be read again.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fitsm_graph.flow.lives import Life
from fitsm_graph.flow.targets import Pace, Turn
from fitsm_graph.kernel.clock import from_text


@dataclass(frozen=True, slots=True)
class Step:
    """A moment from which on a record is in a state; in the stored form."""

    at: str
    status: str


def steps_of(record: Mapping[str, Any], changes: Iterable[Mapping[str, Any]]) -> tuple[Step, ...]:
    """The states of a record, the first one that of its registration.

    Args:
        record: Its properties as they are.
        changes: ``{seq, at, before}`` of entries that replaced something of it; ``before`` is
            canonical JSON. Those that did not replace its state may be left out.
    """
    status = str(record["status"])
    found: list[Step] = []
    for each in sorted(changes, key=lambda change: int(change["seq"]), reverse=True):
        before = json.loads(each["before"])
        if "status" in before and before["status"] != status:
            found.append(Step(str(each["at"]), status))
            status = str(before["status"])
    return (Step(str(record["created_at"]), status), *reversed(found))


def turns_of(life: Life, steps: Sequence[Step]) -> list[Turn]:
    """What states do to clocks, by the life in force; one that it does not know runs on."""
    return [Turn(from_text(each.at), _pace(life, each.status)) for each in steps]


def _pace(life: Life, status: str) -> Pace:
    state = life.states.get(status)
    return state.pace if state is not None else Pace.RUNS


def first_reaction(life: Life, steps: Sequence[Step]) -> str | None:
    """When somebody first dealt with a record: it left the state that it began in."""
    return next((each.at for each in steps if each.status != life.initial), None)


def last_stop(life: Life, steps: Sequence[Step]) -> str | None:
    """Since when the clocks of a record are stopped; None: they are not."""
    stopped = None
    for each in steps:
        if _pace(life, each.status) is not Pace.STOPS:
            stopped = None
        elif stopped is None:
            stopped = each.at
    return stopped
