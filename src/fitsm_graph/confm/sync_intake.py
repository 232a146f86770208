"""What comes in: counted, compared with what was said last time, read when it differs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from fitsm_graph.confm.sync_digests import Digests
from fitsm_graph.confm.sync_index import NO_WORDING, UNSETTLED, Pair
from fitsm_graph.confm.sync_parked import Lot
from fitsm_graph.confm.sync_report import SyncReport
from fitsm_graph.confm.sync_rows import Row, RowReader, key_digest
from fitsm_graph.confm.sync_runs import Run
from fitsm_graph.kernel.clock import from_text
from fitsm_graph.kernel.errors import BadInput, Problem
from fitsm_graph.model.observation import Observation, Operation, Unread

Seen = Observation | Problem | Unread
TURN = 8
"""Rows that are read in one go, less than half a millisecond: who waits for the database goes on
without delay."""
SAID_GONE = 1
_UNREADABLE = 0


@dataclass(slots=True)
class Intake:
    """The observations of a run, as they come.

    Attributes:
        reexamine: Read rows too that say what they said last time.
        seen: Digest of the content by digest of the key.
        deleted: Keys the source says are gone.
        digest: Of all the input, whatever its order.
        lot: What is to be parked.
        log: What was seen, in order, where that is asked for; the content of what the source
            says is gone is `SAID_GONE`.
    """

    reader: RowReader
    run: Run
    report: SyncReport
    reexamine: bool = False
    seen: Digests = field(default_factory=Digests)
    deleted: set[int] = field(default_factory=set)
    digest: int = 0
    lot: Lot = field(default_factory=lambda: Lot(""))
    log: list[Pair] | None = None
    _bad_places: set[str | int] = field(default_factory=set)

    def rows(self, observations: Iterable[Seen]) -> Iterator[Row | None]:
        """Rows that are to be written; now and then None, so that others get a turn."""
        for n, seen in enumerate(observations, start=1):
            if not isinstance(seen, Unread):
                yield from self._opened([seen])
            elif not self._stood_there(wording := self.reader.wording(seen.data), seen.place):
                yield from self._opened(seen.read(), wording)
            if n % TURN == 0:
                yield None

    def _opened(
        self, found: Sequence[Observation | Problem], wording: int = NO_WORDING
    ) -> Iterator[Row]:
        """Rows of what was read; its words are remembered where they say nothing else."""
        for seen in found:
            if isinstance(seen, Problem):
                self._unreadable(seen)
            elif (row := self._look_at(seen)) is not None:
                if wording and len(found) == 1:
                    self.run.index.worded(row.digests[0], wording)
                yield row

    def _stood_there(self, wording: int, place: str) -> bool:
        """Whether a row came last time in just these words, and nothing else speaks about it."""
        index, run = self.run.index, self.run
        key = index.said_as(wording)
        if key is None or key in self.seen or run.types or self.reexamine or key in index.moments:
            return False
        if key in run.awaited.digests:
            return False
        content = index.content.get(key, UNSETTLED)
        if content <= UNSETTLED:
            return False
        self.report.counts["read"] += 1
        self.digest += row_digest(key, content)
        self._see(key, content)
        self.report.counts["unchanged"] += 1
        self.report.result(place, "unchanged")
        return True

    def gone(self) -> set[int]:
        """Keys that are gone: said so by the source, or absent from a snapshot."""
        if self.run.mode == "snapshot":
            return self.deleted | self.run.index.content.without(self.seen)
        return self.deleted

    def _look_at(self, seen: Observation) -> Row | None:
        """Read an observation, unless it says what it said last time."""
        self.report.counts["read"] += 1
        key = key_digest(seen.key)
        content, faults = self._digest(seen)
        if faults:
            self._see(key, self.seen.get(key, _UNREADABLE))
            self._reject(seen, faults)
            return None
        if self._comes_late(key, seen):
            self._see(key, self.seen.get(key, content))
            return None
        self.digest += row_digest(key, content)
        earlier = self.seen.get(key)
        self._see(key, SAID_GONE if seen.op is Operation.DELETE else content)
        if seen.op is not Operation.UPSERT:
            self._count(seen, "deleted" if seen.op is Operation.DELETE else "touched")
            if seen.op is Operation.DELETE:
                self.run.awaited.gone(seen.key)
            return None
        if key in self.run.awaited.digests:
            awaited, _ = self.reader.read(seen, (key, content))
            if awaited is not None:
                self.run.awaited.take(awaited)
        if self._said_before(key, content, earlier, seen):
            self._count(seen, "unchanged")
            return None
        row, problems = self.reader.read(seen, (key, content))
        if row is None:
            self._reject(seen, problems)
        return row

    def _digest(self, seen: Observation) -> tuple[int, list[Problem]]:
        """Digest of what a row says, or what is wrong with it before it is read."""
        faults = self._undeclared(seen)
        try:
            return self.reader.content_digest(seen), faults
        except BadInput as error:
            return _UNREADABLE, [*faults, *error.problems]

    def recall(self, pairs: Iterable[Pair]) -> None:
        """Take in what an earlier process of the run has seen, in order."""
        for key, content in pairs:
            self._see(key, content)

    def _see(self, key: int, content: int) -> None:
        self.seen[key] = content
        (self.deleted.add if content == SAID_GONE else self.deleted.discard)(key)
        if self.log is not None:
            self.log.append((key, content))

    def _count(self, seen: Observation, word: str) -> None:
        self.report.counts[word] += 1
        self.report.result(seen.place or seen.key, word)

    def _undeclared(self, seen: Observation) -> list[Problem]:
        """What is wrong with a row of a type that the run did not declare."""
        types, registry = self.run.types, self.reader.registry
        if not types or seen.type in types:
            return []
        known = registry.ci_types
        if seen.type in known and any(n in known and registry.is_a(seen.type, n) for n in types):
            return []
        return [
            Problem(
                "UNDECLARED_TYPE",
                f"the run did not declare '{seen.type}'",
                f"it declared {', '.join(sorted(types))}",
                "declare it when the run begins, or leave such rows out",
                (seen.place or seen.key, "type"),
            )
        ]

    def _comes_late(self, key: int, seen: Observation) -> bool:
        """Whether a row was observed before what is known of it; else its moment is noted."""
        if not seen.observed_at:
            return False
        micros = micros_of(seen.observed_at)
        if self.run.index.comes_late(key, micros):
            self._count(seen, "out_of_order")
            self.report.say(_late(seen))
            return True
        self.run.index.observed(key, micros)
        return False

    def _said_before(self, key: int, content: int, earlier: int | None, seen: Observation) -> bool:
        """Whether the graph shows it already: said earlier in this run, or in the last one."""
        if earlier is not None:
            if earlier != content:
                self.report.say(_repeated(seen))
                self.run.repeated.add(seen.key)
            return earlier == content
        return not self.reexamine and self.run.index.content.get(key) == content

    def _unreadable(self, problem: Problem) -> None:
        """Count a row that could not be read, once, however many problems it has."""
        before = len(self.report.problems)
        self.report.say(problem)
        place = problem.path[0] if problem.path else ""
        if len(self.report.problems) > before:
            self.lot.add_unreadable([problem])
        if len(self.report.problems) > before and place not in self._bad_places:
            self._bad_places.add(place)
            self.report.result(str(place), "rejected")
            self.report.counts["read"] += 1
            self.report.counts["rejected"] += 1
            self.report.complete = False

    def _reject(self, seen: Observation, problems: Sequence[Problem]) -> None:
        self.report.problems.extend(problems)
        self._count(seen, "rejected")
        self.lot.add(seen, problems)


def row_digest(key: int, content: int) -> int:
    """Of a row, such that the sum over all rows does not depend on their order."""
    return hash((key, content)) & 0xFFFF_FFFF_FFFF_FFFF


def micros_of(moment: str) -> int:
    """A moment as microseconds since 1970."""
    return round(from_text(moment).timestamp() * 1_000_000)


def _late(seen: Observation) -> Problem:
    return Problem(
        "COMES_LATE",
        f"'{seen.key}' was observed before what is known of it",
        f"at {seen.observed_at}, and it was seen later by now",
        "nothing has to be done: what was seen last stands",
        (seen.place or seen.key, "observed_at"),
    )


def _repeated(seen: Observation) -> Problem:
    return Problem(
        "REPEATED_KEY",
        f"the key '{seen.key}' came before in this run, with other content",
        "the later row stands",
        "give each element one row",
        (seen.place or seen.key, "key"),
    )
