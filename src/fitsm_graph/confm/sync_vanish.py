"""What a source no longer has: weighed, held back where it is too much, proposed for retirement.

Nothing is retired here. Absence means something only for types that the end of a run says it
brought completely; a part that failed makes its types incomplete, and those of all parts that
depend on it.
"""

import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from fitsm_graph.confm.sync_blast import Blasts
from fitsm_graph.confm.sync_index import GONE
from fitsm_graph.confm.sync_intake import Intake
from fitsm_graph.confm.sync_proposals import propose, withdraw
from fitsm_graph.confm.sync_report import Loss, Retirement
from fitsm_graph.confm.sync_rows import key_digest
from fitsm_graph.confm.sync_writer import Writer
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.errors import BadInput, Problem
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.registry import TypeRegistry

PAGE = 20_000
PROPOSED_AT_ONCE = 500
MOST_SINGLE = 200
"""Elements that are looked at one by one; of more, only what they do together is told."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a run, such as one query of the source.

    Attributes:
        types: CI types and kinds that it brings.
        depends_on: Names of parts without which it is not complete either.
    """

    name: str
    types: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ending:
    """What the end of a run says it brought.

    Attributes:
        everything: All that the scope has, of every type but the incomplete ones.
        types: CI types, with their subtypes, and kinds of which it brought all.
        incomplete: The same, of which it did not.
    """

    everything: bool = False
    types: frozenset[str] = frozenset()
    incomplete: frozenset[str] = frozenset()

    def is_complete(self, type_name: str, registry: TypeRegistry) -> bool:
        """Whether the absence of an element of a type means that it is gone."""
        if _among(type_name, self.incomplete, registry):
            return False
        return self.everything or _among(type_name, self.types, registry)


NOTHING_COMPLETE = Ending()
ALL_COMPLETE = Ending(everything=True)


def _among(type_name: str, names: Iterable[str], registry: TypeRegistry) -> bool:
    known = registry.ci_types
    return any(
        name == type_name
        or (name in known and type_name in known and registry.is_a(type_name, name))
        for name in names
    )


def without_parts(ending: Ending, parts: Sequence[Part], failed: Iterable[str]) -> Ending:
    """Take out what a failed part would have brought, and all that depends on it.

    Raises:
        BadInput: There is no such part.
    """
    by_name = {part.name: part for part in parts}
    left = list(failed)
    for name in left:
        if name not in by_name:
            raise BadInput(
                f"there is no part '{name}'",
                why="the run did not declare it when it began",
                remedy=did_you_mean(name, by_name) if by_name else "declare parts at the beginning",
                path=("failed",),
            )
    hit: set[str] = set()
    while left:
        name = left.pop()
        if name not in hit:
            hit.add(name)
            left += [part.name for part in parts if name in part.depends_on]
    types = {each for name in hit for each in by_name[name].types}
    return Ending(ending.everything, ending.types, ending.incomplete | types)


@dataclass(slots=True)
class _Missing:
    """What is gone, with how much there was."""

    found: list[Retirement] = field(default_factory=list)
    known: Counter[str] = field(default_factory=Counter)
    live: set[int] = field(default_factory=set)


async def conclude(
    writer: Writer, intake: Intake, ending: Ending, blasts: Blasts | None = None
) -> bool:
    """Decide on what a run did not see: nothing, propose, or hold; returns whether it is held.

    Args:
        writer: Of the run, or of its plan.
        intake: What was seen.
        ending: What the run says it brought completely.
        blasts: Answers what retirements would do; None: that is not looked at.

    Raises:
        Conflict: SYNC_LEASE_LOST.
    """
    report, run = writer.report, writer.run
    if not report.complete and run.mode == "snapshot":
        report.say(_not_complete())
        ending = NOTHING_COMPLETE
    gone = intake.gone()
    missing = await _look(writer, intake, ending, gone) if gone else _Missing()
    decided = {each["element"] for each in run.proposals}
    report.retirements = [each for each in missing.found if each.id not in decided]
    report.losses = _losses(report.retirements, missing.known)
    report.counts["retirements_proposed"] = len(report.retirements)
    if report.retirements and blasts is not None:
        await _explain(writer, blasts)
    if any(each.is_too_much for each in report.losses):
        report.hold = hold_name(run.place, (key_digest(each.key) for each in report.retirements))
    if writer.request.dry_run:
        return False
    await _withdraw_returned(writer, intake)
    if not report.hold:
        await propose_all(writer, report.retirements)
    await _forget(writer, gone - missing.live)
    return bool(report.hold)


async def _look(writer: Writer, intake: Intake, ending: Ending, gone: set[int]) -> _Missing:
    """Find the elements that are gone; of an incomplete type only what was said to be deleted."""
    missing, registry = _Missing(), writer.reader.registry
    index = writer.run.index.content
    async for key, type_name, name, id, version in live_elements(writer.graph):
        digest = key_digest(key)
        if digest in index:
            missing.known[type_name] += 1
        if digest in gone:
            missing.live.add(digest)
            if digest in intake.deleted or ending.is_complete(type_name, registry):
                missing.found.append(Retirement(key, type_name, name, id, version))
    return missing


def _losses(retirements: Iterable[Retirement], known: Mapping[str, int]) -> list[Loss]:
    missing = Counter(each.type for each in retirements)
    return [Loss(name, count, max(known[name], count)) for name, count in sorted(missing.items())]


async def _explain(writer: Writer, blasts: Blasts) -> None:
    """Say what the retirements would do, together and each."""
    report = writer.report
    report.blast = await blasts.of([each.id for each in report.retirements])
    if len(report.retirements) <= MOST_SINGLE:
        report.retirements = [
            replace(each, blast=await blasts.of([each.id])) for each in report.retirements
        ]


async def propose_all(writer: Writer, retirements: Sequence[Retirement]) -> None:
    """Make the proposals, some at a time."""
    for start in range(0, len(retirements), PROPOSED_AT_ONCE):
        await writer.act(propose, retirements[start : start + PROPOSED_AT_ONCE])


async def _withdraw_returned(writer: Writer, intake: Intake) -> None:
    """Withdraw proposals for elements that the source has again."""
    keys = [
        each["key"]
        for each in writer.run.proposals
        if (digest := key_digest(each["element_key"])) in intake.seen
        and digest not in intake.deleted
    ]
    for start in range(0, len(keys), PROPOSED_AT_ONCE):
        await writer.act(withdraw, keys[start : start + PROPOSED_AT_ONCE])
    writer.report.counts["retirements_withdrawn"] += len(keys)


async def _forget(writer: Writer, absent: set[int]) -> None:
    """Forget what a person has retired since."""
    forgotten = sorted(key for key in absent if key in writer.run.index.content)
    if forgotten:
        await writer.remember([(key, GONE) for key in forgotten])


async def live_elements(graph: Graph) -> AsyncIterator[list[Any]]:
    """All live elements: key, type or kind, name, id, version."""
    after = ""
    while True:
        rows = await graph.rows("confm.sync_live_elements", after=after, limit=PAGE)
        page = rows[0]["elements"]
        for each in page:
            yield each
        if len(page) < PAGE:
            return
        after = page[-1][0]


def hold_name(place: str, digests: Iterable[int]) -> str:
    """Name what a held run would propose, so that nothing else is approved."""
    data = orjson.dumps([place, sorted(digests)])
    return hashlib.blake2b(data, digest_size=8).hexdigest()


def losses_as_data(losses: Iterable[Loss]) -> list[dict[str, Any]]:
    """Losses as plain values."""
    return [{"type": e.type, "missing": e.missing, "known": e.known} for e in losses]


def _not_complete() -> Problem:
    return Problem(
        "NOT_COMPLETE",
        "no retirement is proposed",
        "some rows could not be read, and what is missing may be among them",
        "mend them and sync again",
    )
