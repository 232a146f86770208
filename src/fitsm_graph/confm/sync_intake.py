"""What comes in: counted, compared with what was said last time, read when it differs."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from fitsm_graph.confm.sync_report import SyncReport
from fitsm_graph.confm.sync_rows import Row, RowReader, key_digest
from fitsm_graph.confm.sync_runs import Run
from fitsm_graph.kernel.errors import BadInput, Problem
from fitsm_graph.model.observation import Observation, Operation

Seen = Observation | Problem
TURN = 32
"""Rows that are read in one go, about 2 ms."""
_UNREADABLE = 0


@dataclass(slots=True)
class Intake:
    """The observations of a run, as they come.

    Attributes:
        reexamine: Read rows too that say what they said last time.
        seen: Digest of the content by digest of the key.
        deleted: Keys the source says are gone.
        digest: Of all the input, whatever its order.
    """

    reader: RowReader
    run: Run
    report: SyncReport
    reexamine: bool = False
    seen: dict[int, int] = field(default_factory=dict)
    deleted: set[int] = field(default_factory=set)
    digest: int = 0
    _bad_places: set[str | int] = field(default_factory=set)

    def rows(self, observations: Iterable[Seen]) -> Iterator[Row | None]:
        """Rows that are to be written; now and then None, so that others get a turn."""
        for n, seen in enumerate(observations, start=1):
            if isinstance(seen, Problem):
                self._unreadable(seen)
            elif (row := self._look_at(seen)) is not None:
                yield row
            if n % TURN == 0:
                yield None

    def gone(self) -> set[int]:
        """Keys that are gone: said so by the source, or absent from a complete snapshot."""
        if self.run.mode == "snapshot" and self.report.complete:
            return self.deleted | (self.run.index.content.keys() - self.seen.keys())
        return self.deleted

    def _look_at(self, seen: Observation) -> Row | None:
        """Read an observation, unless it says what it said last time."""
        self.report.counts["read"] += 1
        key = key_digest(seen.key)
        try:
            content = self.reader.content_digest(seen)
        except BadInput as error:
            self.seen.setdefault(key, _UNREADABLE)
            self._reject(error.problems)
            return None
        self.digest += row_digest(key, content)
        earlier = self.seen.get(key)
        self.seen[key] = content
        if seen.op is not Operation.UPSERT:
            self.report.counts["deleted" if seen.op is Operation.DELETE else "touched"] += 1
            if seen.op is Operation.DELETE:
                self.deleted.add(key)
            return None
        if self._said_before(key, content, earlier, seen):
            self.report.counts["unchanged"] += 1
            return None
        row, problems = self.reader.read(seen, (key, content))
        if row is None:
            self._reject(problems)
        return row

    def _said_before(self, key: int, content: int, earlier: int | None, seen: Observation) -> bool:
        """Whether the graph shows it already: said earlier in this run, or in the last one."""
        if earlier is not None:
            if earlier != content:
                self.report.say(_repeated(seen))
            return earlier == content
        return not self.reexamine and self.run.index.content.get(key) == content

    def _unreadable(self, problem: Problem) -> None:
        """Count a row that could not be read, once, however many problems it has."""
        before = len(self.report.problems)
        self.report.say(problem)
        place = problem.path[0] if problem.path else ""
        if len(self.report.problems) > before and place not in self._bad_places:
            self._bad_places.add(place)
            self.report.counts["read"] += 1
            self.report.counts["rejected"] += 1
            self.report.complete = False

    def _reject(self, problems: Iterable[Problem]) -> None:
        self.report.problems.extend(problems)
        self.report.counts["rejected"] += 1


def input_digest(reader: RowReader, observations: Iterable[Seen]) -> int:
    """Digest of all input, as an intake of it would take."""
    total = 0
    for seen in observations:
        if isinstance(seen, Observation):
            with suppress(BadInput):
                total += row_digest(key_digest(seen.key), reader.content_digest(seen))
    return total


def row_digest(key: int, content: int) -> int:
    """Of a row, such that the sum over all rows does not depend on their order."""
    return hash((key, content)) & 0xFFFF_FFFF_FFFF_FFFF


def _repeated(seen: Observation) -> Problem:
    return Problem(
        "REPEATED_KEY",
        f"the key '{seen.key}' came before in this run, with other content",
        "the later row stands",
        "give each element one row",
        (seen.place or seen.key, "key"),
    )
