"""Phases of a release: waves that open what is deployed to more users, in order (PR13.3).

A phase is a step over waves: the first one are those in which elements are deployed, each other one
is a wave without elements. So it is begun, completed, failed and backed out as a wave is. The next
one is begun only when the conditions of the one before hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fitsm_graph.flow.policies import InForce
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.clock import from_text, span_from_text, to_text
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.kernel.text import first_of, plural
from fitsm_graph.model.rdm import OPENS_TO
from fitsm_graph.rdm.phases import Phase
from fitsm_graph.rdm.reporting import Reading
from fitsm_graph.rdm.stopping import incidents_on, passed
from fitsm_graph.rdm.within import Row, Wave


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that has to hold before the next phase.

    Attributes:
        phase: Whose condition it is.
        name: after, incidents or passed.
    """

    phase: str
    name: str
    met: bool
    found: str


@dataclass(frozen=True, slots=True)
class Planned:
    """A phase with its place, from 1 on, and the ids of those for whom it is."""

    number: int
    phase: Phase
    parties: tuple[str, ...]

    def fields(self) -> dict[str, Any]:
        """What each of its waves keeps of it."""
        it = self.phase
        return {
            "phase": it.name,
            "phase_number": self.number,
            "phase_share": it.share,
            "phase_functions": it.functions,
            "go_on_after": _span_text(it.after),
            "go_on_incidents": it.incidents,
            "go_on_passed": list(it.passed) or None,
        }

    def opens(self, tx: Tx, wave: Properties) -> None:
        """Say for whom a new wave of it is."""
        for id in self.parties:
            tx.relate(OPENS_TO.type, wave["id"], id)


async def phases_of(tx: Tx, strategy: InForce) -> list[Planned]:
    """The phases of a strategy; none: it has none.

    Raises:
        Refused: PHASE_FOR_NOBODY.
    """
    phases: Sequence[Phase] = strategy.value.phases
    named = {
        name: sorted({key for each in phases for key in getattr(each, name)})
        for name in ("customers", "groups")
    }
    rows = await tx.rows("rdm.parties_of_phases", **named) if any(named.values()) else []
    ids = {(each["of"], each["key"]): str(each["id"]) for each in rows}
    missing = [key for name, keys in named.items() for key in keys if (name, key) not in ids]
    if missing:
        raise Refused(
            f"{strategy.key} has a phase for somebody who is not there: {first_of(missing)}",
            code="PHASE_FOR_NOBODY",
            why="who gets what is released first is a customer or a group that is registered",
            remedy="register them, or have another version of the strategy approved",
            requirement="PR13.3",
        )
    return [
        Planned(
            number,
            each,
            tuple(ids[name, key] for name in named for key in getattr(each, name)),
        )
        for number, each in enumerate(phases, 1)
    ]


async def conditions(
    reader: Reading, reaching: Reaches, row: Row, wave: Wave, at: str
) -> list[Condition]:
    """Conditions of the phase before that of a wave; none: it belongs to none, or to the first.

    Args:
        reader: Runs the statement.
        reaching: Says what the release reaches.
        row: The release.
        wave: That is to be begun.
        at: The moment.
    """
    before = _before(row, wave)
    if not before:
        return []
    said, name = before[-1].wave, before[-1].wave["phase"]
    found = []
    if said.get("go_on_after"):
        ended = max(each.wave.get("ends_at") or at for each in before)
        until = to_text(from_text(ended) + span_from_text(said["go_on_after"]))
        found.append(Condition(name, "after", until <= at, f"it is to stand until {until}"))
    if said.get("go_on_incidents") is not None:
        since = min((each.wave.get("starts_at") or at) for each in before)
        keys = [each["key"] for each in await incidents_on(reader, reaching, row, since)]
        many = plural(len(keys), "incident")
        told = f"{many} since it began, of {said['go_on_incidents']} at most"
        told += f": {first_of(keys)}" if keys else ""
        found.append(Condition(name, "incidents", len(keys) <= said["go_on_incidents"], told))
    waves = [each.wave["id"] for each in before]
    for kind in said.get("go_on_passed") or ():
        good = passed(row.tests, waves, kind)
        told = f"{kind} tests of it {'passed' if good else 'have not passed'}"
        found.append(Condition(name, "passed", good, told))
    return found


def check_conditions(row: Row, wave: Wave, found: Sequence[Condition]) -> None:
    """Refuse a phase before the conditions of the one before hold.

    Raises:
        Refused: PHASE_NOT_OVER.
    """
    left = [each for each in found if not each.met]
    if left:
        raise Refused(
            f"phase {left[0].phase} of {row.release['key']} is not over",
            code="PHASE_NOT_OVER",
            why="; ".join(each.found for each in left),
            remedy=f"see to its conditions before {wave.wave['key']} is begun, or back it out",
            requirement="PR13.3",
        )


def _span_text(span: timedelta | None) -> str | None:
    return None if span is None else f"PT{int(span.total_seconds())}S"


def _before(row: Row, wave: Wave) -> list[Wave]:
    """Waves of the phase before that of a wave."""
    number = wave.wave.get("phase_number") or 0
    return [each for each in row.waves if number and each.wave["phase_number"] == number - 1]
