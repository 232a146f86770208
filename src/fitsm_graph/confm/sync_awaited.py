"""What a run keeps of what its source says of elements that implemented changes planned (PR12.5).

A row that says what it said last time is read again for that, and is written no more than before.
It is kept with the run, and is what the planned difference is compared with.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fitsm_graph.confm.sync_rows import Row, key_digest
from fitsm_graph.flow.planned import Wanted, wanted_by
from fitsm_graph.kernel.canonical import canonical


@dataclass(slots=True)
class Awaited:
    """What changes wait for, and what the source says of it.

    Attributes:
        wanted: What is to be known of elements, by key.
        digests: Of these keys.
        told: What the source says of them, as canonical JSON by key.
    """

    wanted: Mapping[str, Wanted] = field(default_factory=dict)
    digests: frozenset[int] = frozenset()
    told: dict[str, str] = field(default_factory=dict)

    @classmethod
    def by(cls, differences: Iterable[str]) -> "Awaited":
        """What some planned differences wait for."""
        wanted = wanted_by(differences)
        return cls(wanted, frozenset(key_digest(each) for each in wanted))

    def recall(self, state: Mapping[str, Any]) -> None:
        """Take in what the source told an earlier process of the run."""
        self.told.update((json.loads(each)["key"], each) for each in state.get("told") or ())

    def take(self, row: Row) -> None:
        """Keep what a row says of its element."""
        wanted = self.wanted[row.key]
        ties = [[t.type.name, t.source, t.target] for t in row.ties if t.type.name in wanted.ties]
        said = {"key": row.key, "values": wanted.of(row.values), "ties": ties}
        self.told[row.key] = canonical(said).decode()

    def gone(self, key: str) -> None:
        """The source no longer has it."""
        self.told.pop(key, None)

    @property
    def state(self) -> dict[str, Any]:
        """What is kept with the run; nothing where nothing is waited for."""
        return {"told": [self.told[key] for key in sorted(self.told)]} if self.told else {}
