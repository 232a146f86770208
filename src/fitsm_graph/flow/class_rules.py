"""Rules that put a record into a class by facts, such as rules of impact (PR9.1).

    classes: [high, medium, low]
    rules:
      - {key: critical-service-down, class: high, when: {down_criticality: 1}}
      - {key: service-down, class: medium, when: {services_down: 1}}
    otherwise: low

The first rule that holds decides, so that rules stand with the gravest class first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fitsm_graph.flow.criteria import Criterion, Fact, Facts, check_covered, read_criterion
from fitsm_graph.flow.reading import Path, Reader


@dataclass(frozen=True, slots=True)
class ClassRules:
    """Classes, and what makes a record one of them.

    Attributes:
        classes: The gravest first.
        rules: Criteria with the class that follows; the first that holds decides.
        otherwise: The class where none holds.
    """

    classes: tuple[str, ...]
    rules: tuple[tuple[Criterion, str], ...]
    otherwise: str

    def class_of(self, facts: Facts) -> tuple[str, str]:
        """The class of some facts, and the key of the rule that decided; empty where none did."""
        for criterion, word in self.rules:
            if criterion.met(facts):
                return word, criterion.key
        return self.otherwise, ""


def class_rules(
    facts: Sequence[Fact],
) -> Callable[[str, Any, Reader], ClassRules | None]:
    """A reader of rules over some facts."""

    def parse(_name: str, document: Any, read: Reader) -> ClassRules | None:
        return _parse(facts, document, read)

    return parse


def _parse(facts: Sequence[Fact], document: Any, read: Reader) -> ClassRules:
    fields = ("classes", "rules", "otherwise")
    given = read.fields(document, (), fields, fields)
    classes = read.words(given.get("classes"), ("classes",), "classes")
    otherwise = read.one_of(given.get("otherwise"), ("otherwise",), classes)
    found: list[tuple[Path, Criterion, str]] = []
    for place, said in enumerate(read.items(given.get("rules"), ("rules",), "rules")):
        path: Path = ("rules", place)
        rule = read.fields(said, path, ("key", "class", "when"), ("key", "class", "when"))
        key = read.word(rule.get("key"), (*path, "key"))
        word = read.one_of(rule.get("class"), (*path, "class"), classes)
        criterion = read_criterion(key, rule.get("when"), (*path, "when"), facts, read)
        if criterion is not None:
            found.append((path, criterion, word))
    read.once([criterion.key for _, criterion, _ in found], ("rules",))
    check_covered([(path, criterion) for path, criterion, _ in found], read, ordered=True)
    _check_falling(classes, found, read)
    _check_used(classes, {otherwise, *(word for _, _, word in found)}, otherwise, read)
    return ClassRules(classes, tuple((one, word) for _, one, word in found), otherwise)


def _check_falling(
    classes: Sequence[str], found: Sequence[tuple[Path, Criterion, str]], read: Reader
) -> None:
    """The gravest class stands first: a rule below another never says more."""
    gravest = 0
    for path, _, word in found:
        if word not in classes:
            continue
        if classes.index(word) < gravest:
            what = f"'{word}' stands below a less grave class, which would decide first"
            read.wrong("CLASS_ORDER", path, what, "put the rules of the gravest class first")
        gravest = max(gravest, classes.index(word))


def _check_used(classes: Sequence[str], used: set[str], otherwise: str, read: Reader) -> None:
    if classes and otherwise and otherwise != classes[-1]:
        what = "what no rule speaks of would not be in the least grave class"
        read.wrong("CLASS_ORDER", ("otherwise",), what, f"otherwise: {classes[-1]}")
    for word in classes:
        if word not in used:
            what = f"nothing is ever of class '{word}'"
            read.wrong("CLASS_UNUSED", ("classes",), what, "give a rule for it, or leave it out")
