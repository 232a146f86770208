"""Priority from impact and urgency, and urgency from time (PR9.1).

    impacts: [high, medium, low]
    urgencies: [high, medium, low]
    priorities:
      high: {high: 1, medium: 2, low: 3}
      medium: {high: 2, medium: 3, low: 4}
      low: {high: 3, medium: 4, low: 4}

Classes stand in order, the gravest first. A matrix is total, and raising impact or urgency never
lowers the priority, whose highest is 1.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.reading import Path, Reader
from fitsm_graph.flow.target_form import TARGETS
from fitsm_graph.flow.weighing import DEFAULT, MATRIX
from fitsm_graph.kernel.errors import BadInput, Problem
from fitsm_graph.kernel.text import did_you_mean

URGENCY = "urgency-rules"
SETTLED = timedelta(minutes=10)
"""What `settles_after` of rules of urgency is where they do not say."""
LOWEST = 9
"""The lowest priority that a matrix may give."""


@dataclass(frozen=True, slots=True)
class PriorityMatrix:
    """Priorities by class of impact and class of urgency.

    Attributes:
        impacts: Classes, the gravest first.
        urgencies: Classes, the most urgent first.
        cells: Priority by both.
    """

    impacts: tuple[str, ...]
    urgencies: tuple[str, ...]
    cells: Mapping[tuple[str, str], int]

    def priority(self, impact: str, urgency: str) -> int:
        """The priority of two classes; 1 is the highest.

        Raises:
            BadInput: A class is unknown.
        """
        for word, known in ((impact, self.impacts), (urgency, self.urgencies)):
            if word not in known:
                remedy = did_you_mean(word, known)
                raise BadInput(f"the matrix has no class '{word[:60]}'", remedy=remedy)
        return self.cells[impact, urgency]


def parse_matrix(_name: str, document: Any, read: Reader) -> PriorityMatrix | None:
    """Read a matrix; None where cells are missing."""
    fields = ("impacts", "urgencies", "priorities")
    given = read.fields(document, (), fields, fields)
    impacts = read.words(given.get("impacts"), ("impacts",), "classes")
    urgencies = read.words(given.get("urgencies"), ("urgencies",), "classes")
    rows = read.mapping(given.get("priorities"), ("priorities",), "rows by impact")
    read.some_of(list(rows), ("priorities",), impacts, "impacts", least=0)
    cells: dict[tuple[str, str], int] = {}
    for impact in impacts:
        cells |= _row(impact, rows.get(impact), urgencies, read)
    if len(cells) < len(impacts) * len(urgencies) or not cells:
        return None
    _check_monotone(impacts, urgencies, cells, read)
    _check_numbers(sorted(set(cells.values())), read)
    return PriorityMatrix(impacts, urgencies, cells)


def _row(
    impact: str, given: object, urgencies: Sequence[str], read: Reader
) -> dict[tuple[str, str], int]:
    path: Path = ("priorities", impact)
    row = read.fields(given, path, urgencies) if given is not None else {}
    found = {}
    for urgency in urgencies:
        if row.get(urgency) is None:
            what = f"impact {impact} with urgency {urgency} has no priority"
            read.wrong("MATRIX_NOT_TOTAL", (*path, urgency), what, "give every cell a number")
        else:
            found[impact, urgency] = read.whole(row[urgency], (*path, urgency), 1, LOWEST)
    return found


def _check_monotone(
    impacts: Sequence[str],
    urgencies: Sequence[str],
    cells: Mapping[tuple[str, str], int],
    read: Reader,
) -> None:
    """No cell has a higher priority than the one above it or the one before it."""
    for down, impact in enumerate(impacts):
        for across, urgency in enumerate(urgencies):
            graver = (impacts[down - 1], urgency) if down else None
            sooner = (impact, urgencies[across - 1]) if across else None
            for what, other in (("impact", graver), ("urgency", sooner)):
                if other is not None and cells[other] > cells[impact, urgency]:
                    path = ("priorities", impact, urgency)
                    told = (
                        f"less {what} would have a higher priority here than in {'/'.join(other)}"
                    )
                    read.wrong("MATRIX_NOT_MONOTONE", path, told, f"give it {cells[other]} or more")


def _check_numbers(found: Sequence[int], read: Reader) -> None:
    if found != list(range(1, len(found) + 1)):
        told = f"the priorities given are {', '.join(map(str, found))}"
        read.wrong("MATRIX_GAP", ("priorities",), told, "number them from 1 on without a gap")


def matrix_fits(name: str, value: PriorityMatrix, policies: Policies) -> Iterable[Problem]:
    """Every agreement in force has a target for each priority that the matrix gives."""
    lowest = max(value.cells.values())
    for each in policies:
        if each.kind == TARGETS and lowest not in each.value.targets:
            yield Problem(
                "POLICY_MISSING",
                f"targets '{each.name}' have none for priority {lowest} of the matrix '{name}'",
                why=f"they end with priority {max(each.value.targets)}",
                remedy="approve targets for every priority first",
                path=("priorities",),
            )


# --- urgency -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UrgencyRules:
    """What makes a record more urgent as its time runs out, or as redundancy does.

    Attributes:
        classes: The most urgent first.
        slack: Class by the share of the target's time that is left, which is less than this.
        margin: Class by the failures that can still be borne, which are fewer than this.
        otherwise: The class where nothing else holds.
        settles_after: So long nothing has changed of an incident before it becomes less grave or
            urgent by itself.
    """

    classes: tuple[str, ...]
    slack: tuple[tuple[float, str], ...]
    margin: tuple[tuple[int, str], ...]
    otherwise: str
    settles_after: timedelta = SETTLED

    def urgency(self, *, slack: float | None = None, margin: int | None = None) -> str:
        """The most urgent class that applies.

        Args:
            slack: Share of the tightest target's time that is left; None: there is no target.
            margin: Failures that can still be borne; None: nothing is redundant.
        """
        found = [self.otherwise]
        found += [word for bound, word in self.slack if slack is not None and slack < bound]
        found += [word for bound, word in self.margin if margin is not None and margin < bound]
        return min(found, key=self.classes.index)


def parse_urgency(_name: str, document: Any, read: Reader) -> UrgencyRules | None:
    """Read rules of urgency."""
    fields = ("classes", "slack", "margin", "otherwise", "settles_after")
    given = read.fields(document, (), fields, ("classes", "slack", "otherwise"))
    classes = read.words(given.get("classes"), ("classes",), "classes")
    otherwise = read.one_of(given.get("otherwise"), ("otherwise",), classes)
    slack = [
        (read.number(bound, path, 0, 1), word)
        for bound, word, path in _rules(given.get("slack"), "slack", classes, read)
    ]
    margin = [
        (read.whole(bound, path, 1, 1_000), word)
        for bound, word, path in _rules(given.get("margin", []), "margin", classes, read, least=0)
    ]
    for name, found in (("slack", slack), ("margin", margin)):
        _check_rising(name, found, classes, read)
    if classes and otherwise and classes.index(otherwise) < len(classes) - 1:
        what = "what is not urgent by any rule would not be in the least urgent class"
        read.wrong("URGENCY_ORDER", ("otherwise",), what, f"otherwise: {classes[-1]}")
    unused = set(classes) - {word for _, word in slack} - {word for _, word in margin} - {otherwise}
    for word in classes:
        if word in unused:
            what = f"nothing is ever of class '{word}'"
            read.wrong("URGENCY_UNUSED", ("classes",), what, "give a rule for it, or leave it out")
    settled = read.span(given.get("settles_after"), ("settles_after",)) or SETTLED
    return UrgencyRules(classes, tuple(slack), tuple(margin), otherwise, settled)


def _rules(
    given: object, name: str, classes: Sequence[str], read: Reader, *, least: int = 1
) -> Iterable[tuple[Any, str, Path]]:
    for place, said in enumerate(read.items(given, (name,), "rules", least=least)):
        path = (name, place)
        rule = read.fields(said, path, ("below", "class"), ("below", "class"))
        word = read.one_of(rule.get("class"), (*path, "class"), classes)
        yield rule.get("below"), word, (*path, "below")


def _check_rising(
    name: str, found: Sequence[tuple[float, str]], classes: Sequence[str], read: Reader
) -> None:
    """Bounds rise, and the more is left, the less urgent it is."""
    for place in range(1, len(found)):
        (before, sooner), (bound, later) = found[place - 1], found[place]
        known = sooner in classes and later in classes
        if bound <= before or (known and classes.index(later) <= classes.index(sooner)):
            what = "the more is left, the less urgent: bounds rise and urgency falls"
            read.wrong("URGENCY_ORDER", (name, place), what, "the smallest bound first")


def urgency_fits(name: str, value: UrgencyRules, policies: Policies) -> Iterable[Problem]:
    """The matrix in force has the classes that rules give, in the same order."""
    found = policies.find(MATRIX, DEFAULT)
    if name == DEFAULT and found is not None and found.value.urgencies != value.classes:
        yield Problem(
            "POLICY_MISSING",
            "rules of urgency and priority matrix have other classes",
            why=f"the matrix has {', '.join(found.value.urgencies)}",
            remedy="give both the same, in the same order; retire the one, then approve the others",
            path=("classes",),
        )
