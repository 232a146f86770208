"""Cables: what is joined to what, and which devices a path through patch panels joins."""

from collections.abc import Iterator
from typing import Any

from fitsm_graph.discovery.netbox.dump import Dump, End

FRONT, REAR = "dcim.frontport", "dcim.rearport"
LONGEST_PATH = 100


class Cabling:
    """All cables of a dump.

    Attributes:
        pairs: Both ends of each cable; a cable with several ends at a side has several pairs.
    """

    def __init__(self, dump: Dump) -> None:
        self.pairs: list[tuple[End, End]] = []
        self._far: dict[End, list[End]] = {}
        self._rear_of: dict[Any, tuple[Any, int]] = {}
        self._front_of: dict[tuple[Any, int], Any] = {}
        self._positions = {pk: each.get("positions") or 1 for pk, each in dump.of(REAR).items()}
        for pk, fields in dump.of(FRONT).items():
            rear = (fields.get("rear_port"), fields.get("rear_port_position") or 1)
            self._rear_of[pk] = rear
            self._front_of[rear] = pk
        for left, right in _sides(dump):
            self._join(left, right)

    def _join(self, left: list[End], right: list[End]) -> None:
        for one in left:
            for other in right:
                self.pairs.append((one, other))
                self._far.setdefault(one, []).append(other)
                self._far.setdefault(other, []).append(one)

    def far(self, end: End) -> list[End]:
        """What is at the other end of the cable that ends here."""
        return self._far.get(end, [])

    def reached(self, start: End) -> list[End]:
        """Where paths from an end lead, through patch panels, to what is no panel port."""
        found: list[End] = []
        ways: list[tuple[End, tuple[int, ...], int]] = [(end, (), 0) for end in self.far(start)]
        while ways:
            end, lanes, length = ways.pop()
            if end[0] not in {FRONT, REAR}:
                found.append(end)
            elif length < LONGEST_PATH:
                ways += [(far, kept, length + 1) for far, kept in self._through(end, lanes)]
        return found

    def _through(self, end: End, lanes: tuple[int, ...]) -> Iterator[tuple[End, tuple[int, ...]]]:
        """Pass through a panel; a rear port of many lanes is left where it was entered."""
        model, pk = end
        if model == FRONT:
            rear, lane = self._rear_of.get(pk, (None, 1))
            kept = (*lanes, lane) if self._positions.get(rear, 1) > 1 else lanes
            for far in self.far((REAR, rear)):
                yield far, kept
            return
        many = self._positions.get(pk, 1) > 1
        exits = [lanes[-1]] if many and lanes else range(1, self._positions.get(pk, 1) + 1)
        kept = lanes[:-1] if many else lanes
        for lane in exits:
            front = self._front_of.get((pk, lane))
            for far in self.far((FRONT, front)):
                yield far, kept


def _sides(dump: Dump) -> Iterator[tuple[list[End], list[End]]]:
    """Both sides of each cable, of NetBox from 3.3 on and of before."""
    sides: dict[Any, dict[str, list[End]]] = {}
    for fields in dump.of("dcim.cabletermination").values():
        end = (dump.label(fields["termination_type"]), fields["termination_id"])
        cable = sides.setdefault(fields["cable"], {})
        cable.setdefault(str(fields.get("cable_end")), []).append(end)
    for pk, fields in dump.of("dcim.cable").items():
        if "termination_a_id" in fields and pk not in sides:
            sides[pk] = {
                side.upper(): [
                    (
                        dump.label(fields[f"termination_{side}_type"]),
                        fields[f"termination_{side}_id"],
                    )
                ]
                for side in ("a", "b")
            }
    for cable in sides.values():
        yield cable.get("A", []), cable.get("B", [])
