"""Conformity that is computed: each requirement is a query over what really happened (PR14).

    findings = await examined(graph, Period("2026-10-01T00:00:00.000000Z", now))

A query under `cypher/conformity/` says how many records a requirement asks something of, and which
of them lack it. What guards enforce proves nothing, so that each query looks at something that none
does: what is overdue, missing, stale, set aside, or done in the wrong order. Nothing to check is
not conforming, and a requirement without a query, or that no record can prove, says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fitsm_graph.csi.indicators import ROOM, Limits, limits_of, provable, told
from fitsm_graph.csi.unprovable import UNPROVABLE
from fitsm_graph.flow.periods import Period
from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.statements import described, statement
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.requirements import REQUIREMENTS
from fitsm_graph.kernel.text import did_you_mean, plural
from fitsm_graph.model.declare import Process
from fitsm_graph.model.process import OF_REQUIREMENTS

MOSTLY = 0.9
"""Share of records that conform, from which a requirement is fulfilled as defined."""


class Verdict(StrEnum):
    """What a query says of a requirement."""

    CONFORMING = "conforming"
    NONCONFORMING = "nonconforming"
    NOTHING_TO_CHECK = "nothing_to_check"
    NOT_EXAMINED = "not_examined"
    NOT_PROVABLE = "not_provable"


@dataclass(frozen=True, slots=True)
class Violation:
    """A record that lacks what a requirement asks for.

    Attributes:
        indicator: Which of the query's checks it fails.
        why: What is wrong, in words.
    """

    id: str
    kind: str
    key: str
    indicator: str
    why: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What is found of one requirement.

    Attributes:
        checked: Records that it asks something of.
        conforming: Those of them that lack nothing.
        violations: The others, as many as were asked for; one for each that they fail.
        evidence: How many records of which kind it rests on.
    """

    requirement: str
    title: str
    verdict: Verdict
    checked: int = 0
    conforming: int = 0
    violations: tuple[Violation, ...] = ()
    evidence: Mapping[str, int] | None = None

    @property
    def share(self) -> float | None:
        """Share of the records that conform; None: there are none."""
        return self.conforming / self.checked if self.checked else None


@dataclass(frozen=True, slots=True)
class Capability:
    """An estimate of how capable a process is, from records alone.

    Attributes:
        level: 0 nothing is done, 1 it is done, 2 it is done as defined and recorded, 3 it is
            measured and improved.
        why: What the estimate rests on.
    """

    process: Process
    level: int
    why: str


@dataclass(frozen=True, slots=True)
class Progress:
    """What shows that a process is measured and improved.

    Attributes:
        indicators: Of which values of two periods or more are kept.
        improvements: That bettered an indicator, which was measured before and after.
    """

    indicators: int = 0
    improvements: int = 0


def wanted(given: str) -> tuple[str, ...]:
    """Requirements that are meant by a name: one, a group such as PR12, PR or GR, or all of PR.

    Raises:
        BadInput: None is called so.
    """
    name = given.strip().upper() or "PR"
    begun = name if name in {"PR", "GR"} else f"{name}."
    found = tuple(each for each in REQUIREMENTS if each == name or each.startswith(begun))
    if not found:
        raise BadInput(
            f"there is no requirement '{given[:40]}'",
            remedy=did_you_mean(name, (*OF_REQUIREMENTS, *REQUIREMENTS)),
            path=("requirement",),
        )
    return found


async def examined(
    graph: Graph,
    requirements: Iterable[str],
    period: Period,
    most: int = 100,
    *,
    policies: Policies | None = None,
    unprovable: Mapping[str, str] = UNPROVABLE,
) -> list[Finding]:
    """Examine requirements one after another.

    Args:
        graph: Where the records are.
        requirements: Which.
        period: What happened outside of it does not count.
        most: Violations that are told of each.
        policies: In force; they may say other limits than the queries do.
        unprovable: What no record proves, and why.
    """
    known = set(provable()) - unprovable.keys()
    return [
        await _examined(graph, each, period, most, limits_of(each, policies or Policies()))
        if each in known
        else _unexamined(each, unprovable)
        for each in requirements
    ]


async def _examined(
    graph: Graph, requirement: str, period: Period, most: int, limits: Limits
) -> Finding:
    name = f"{ROOM}.{requirement}"
    given = {"since": period.since, "until": period.until, "limit": most, "limits": limits}
    row = (await graph.run(statement(name), given))[0]
    checked, conforming = int(row["checked"]), int(row["conforming"])
    verdict = Verdict.NOTHING_TO_CHECK
    if checked:
        verdict = Verdict.CONFORMING if conforming == checked else Verdict.NONCONFORMING
    return Finding(
        requirement,
        described(name),
        verdict,
        checked,
        conforming,
        tuple(
            Violation(**{**each, "why": told(each["why"], limits.get(each["indicator"]))})
            for each in row["violations"]
        ),
        dict(row["evidence"]),
    )


def _unexamined(requirement: str, unprovable: Mapping[str, str]) -> Finding:
    """What has no query: some of the system as a whole by its nature, a process not yet."""
    if requirement in unprovable:
        return Finding(requirement, unprovable[requirement], Verdict.NOT_PROVABLE)
    title = "The product has no query for it yet."
    return Finding(requirement, title, Verdict.NOT_EXAMINED)


async def progress(graph: Graph, period: Period) -> dict[str, Progress]:
    """What shows that processes are measured and improved in a period, by process."""
    given = {"since": period.since, "until": period.until}
    (row,) = await graph.rows("csi.measured_and_improved", **given)
    measured, improved = dict(row["measured"]), dict(row["improved"])
    return {
        each: Progress(measured.get(each, 0), improved.get(each, 0))
        for each in {*measured, *improved}
    }


def capabilities(
    findings: Sequence[Finding], known: Mapping[str, Progress] | None = None
) -> list[Capability]:
    """An estimate for each process of which requirements were examined.

    Args:
        findings: What was found.
        known: What shows that they are measured and improved, by process.
    """
    found = []
    for prefix, process in OF_REQUIREMENTS.items():
        own = [each for each in findings if each.requirement.startswith(f"{prefix}.")]
        if own:
            found.append(_capability(process, own, (known or {}).get(process, Progress())))
    return found


def _capability(process: Process, own: Sequence[Finding], known: Progress) -> Capability:
    seen = [each for each in own if each.checked]
    mostly = [each for each in seen if (each.share or 0.0) >= MOSTLY]
    why = (
        f"records show {len(seen)} of {len(own)} requirements, "
        f"{len(mostly)} of them with nine records of ten conforming"
    )
    if len(mostly) == len(own):
        why += (
            f"; {plural(known.indicators, 'indicator')} measured over two periods or more, "
            f"{plural(known.improvements, 'improvement')} with a measured effect"
        )
        return Capability(process, 3 if known.indicators and known.improvements else 2, why)
    return Capability(process, 1 if 2 * len(seen) >= len(own) else 0, why)


def as_plain(finding: Finding) -> dict[str, Any]:
    """A finding as plain values, by the names of the API."""
    return {
        "requirement": finding.requirement,
        "title": finding.title,
        "verdict": finding.verdict.value,
        "checked": finding.checked,
        "conforming": finding.conforming,
        "share": finding.share,
        "violations": [
            {
                "id": each.id,
                "kind": each.kind,
                "key": each.key,
                "indicator": each.indicator,
                "why": each.why,
            }
            for each in finding.violations
        ],
        "evidence": [
            {"what": name, "count": count} for name, count in (finding.evidence or {}).items()
        ],
    }
