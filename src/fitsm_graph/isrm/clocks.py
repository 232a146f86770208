"""Clocks of incidents and service requests, read from the ledger (PR9.2).

A record keeps what lists of records are asked by: when its targets break, since when it is dealt
with. All of that follows from the states it went through and the agreements whose versions it
keeps, and is computed here, at a verb and at any time later alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from fitsm_graph.flow.agreements import Agreement, ServiceClock, clocks_of, kept_agreements
from fitsm_graph.flow.lives import Life, life_of
from fitsm_graph.flow.past_states import Step, first_reaction, last_stop, steps_of, turns_of
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.target_form import RESOLUTION, RESPONSE
from fitsm_graph.flow.targets import Pace, Turn
from fitsm_graph.kernel.clock import from_text, to_text

Record = Mapping[str, Any]


def read_clocks(
    life: Life,
    record: Record,
    steps: Sequence[Step],
    agreements: Sequence[Agreement],
    now: datetime,
) -> dict[str, ServiceClock]:
    """What the clocks of a record show at a moment; none where nothing is agreed on."""
    return clocks_of(agreements, record.get("target_priority"), lives_of(life, steps), now)


def lives_of(life: Life, steps: Sequence[Step]) -> dict[str, list[Turn]]:
    """What the clock of each target went through: that of the response stops with the first one."""
    turns = turns_of(life, steps)
    answered = first_reaction(life, steps)
    begun = [Turn(turns[0].at, Pace.RUNS)]
    response = begun if answered is None else [*begun, Turn(from_text(answered), Pace.STOPS)]
    return {RESPONSE: response, RESOLUTION: turns}


def stamps(
    life: Life,
    record: Record,
    steps: Sequence[Step],
    agreements: Sequence[Agreement],
    now: datetime,
) -> dict[str, Any]:
    """What a record keeps of its clocks."""
    shown = read_clocks(life, record, steps, agreements, now)
    return {
        "responded_at": first_reaction(life, steps),
        "resolved_at": last_stop(life, steps),
        "response_due_at": _ends_at(shown.get(RESPONSE)),
        "resolution_due_at": _ends_at(shown.get(RESOLUTION)),
    }


def _ends_at(clock: ServiceClock | None) -> str | None:
    ends = clock.ends_at if clock is not None else None
    return to_text(ends) if ends is not None else None


def new_stamps(policies: Policies, kind: str, record: Record, at: str) -> dict[str, Any]:
    """What a record that is being registered keeps of its clocks."""
    life = life_of(policies, kind)
    agreements = agreements_of(policies, record, ())
    return stamps(life, record, (Step(at, life.initial),), agreements, from_text(at))


def stepped_stamps(
    policies: Policies,
    life: Life,
    record: Record,
    past: Record,
    at: str,
    **after: Any,
) -> dict[str, Any]:
    """The same once a verb has given a record new values.

    Args:
        policies: In force.
        life: Of its kind.
        record: Its properties as they are.
        past: ``changes`` and ``versions`` of it, as statements answer.
        at: The moment of the verb.
        after: What the verb changes: its state, its priority, its agreements.
    """
    steps = steps_of(record, past["changes"])
    status = str(after.get("status") or record["status"])
    if status != record["status"]:
        steps = (*steps, Step(at, status))
    new = {**record, **after}
    agreements = agreements_of(policies, new, past["versions"])
    return stamps(life, new, steps, agreements, from_text(at))


def agreements_of(
    policies: Policies, record: Record, versions: Iterable[Record]
) -> tuple[Agreement, ...]:
    """The agreements that hold for a record."""
    return kept_agreements(policies, record.get("agreed") or (), versions)


def resolution_clock(
    policies: Policies, life: Life, record: Record, past: Record, at: str
) -> ServiceClock | None:
    """The tightest clock of the time to resolve a record; None: nothing is agreed on."""
    steps = steps_of(record, past["changes"])
    agreements = agreements_of(policies, record, past["versions"])
    return read_clocks(life, record, steps, agreements, from_text(at)).get(RESOLUTION)
