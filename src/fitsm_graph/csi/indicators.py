"""The queries of conformity: what each checks, and how long what it checks may take (PR14.1).

conformity-limits/default:
  PR14.2: {suggestion_unanswered: P45D}
  PR9.6: {not_declared: PT2H, major_reviewed_late: P14D}

Each limit stands in the query whose indicator it is of, and holds where the policy does not say
another one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from fitsm_graph.flow.policies import Policies, PolicyKind
from fitsm_graph.flow.reading import Reader
from fitsm_graph.flow.weighing import DEFAULT
from fitsm_graph.graph.statements import statement
from fitsm_graph.kernel.clock import span_from_text
from fitsm_graph.kernel.places import CYPHER
from fitsm_graph.kernel.requirements import REQUIREMENTS
from fitsm_graph.kernel.text import plural

ROOM = "conformity"
LIMITS = "conformity-limits"
Limits = Mapping[str, str]
"""How long what a query checks may take, ISO 8601, by indicator."""

_INDICATOR = re.compile(r"indicator: '(\w+)',\s+why: '([^']+)'")
_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


@dataclass(frozen=True, slots=True)
class Indicator:
    """One check of a query.

    Attributes:
        why: What is wrong with a record that fails it; `{limit}` stands for how long it may take.
    """

    name: str
    why: str


def provable() -> tuple[str, ...]:
    """Requirements with a query, in the order of the standard."""
    return tuple(each for each in REQUIREMENTS if (CYPHER / ROOM / f"{each}.cypher").is_file())


@cache
def indicators(requirement: str) -> tuple[Indicator, ...]:
    """The checks of the query of a requirement, in the order of its text."""
    text = statement(f"{ROOM}.{requirement}").text
    return tuple(Indicator(*each) for each in _INDICATOR.findall(text))


def limits_of(requirement: str, policies: Policies) -> Limits:
    """The limits of a requirement's query: as the policy in force says, or else as the query does.

    Args:
        requirement: One with a query.
        policies: In force.
    """
    ruled = policies.find(LIMITS, DEFAULT)
    said = ruled.value.get(requirement, {}) if ruled is not None else {}
    return {**statement(f"{ROOM}.{requirement}").limits, **said}


def told(why: str, limit: str | None) -> str:
    """What is wrong, with the limit in words.

    >>> told("it was not closed within {limit}", "P14D"), told("nobody answers for it", None)
    ('it was not closed within 14 days', 'nobody answers for it')
    """
    return why.replace("{limit}", _in_words(span_from_text(limit))) if limit else why


def _in_words(span: timedelta) -> str:
    """A duration in its largest whole unit.

    >>> _in_words(timedelta(days=30)), _in_words(timedelta(hours=36)), _in_words(timedelta(days=1))
    ('30 days', '36 hours', '1 day')
    """
    seconds = int(span.total_seconds())
    return next(plural(seconds // size, unit) for size, unit in _UNITS if seconds % size == 0)


def parse_limits(_name: str, document: Any, read: Reader) -> Mapping[str, Limits]:
    """Read limits of conformity: by requirement, and by indicator."""
    said = read.mapping(document, (), "limits by requirement")
    given = read.fields(said, (), provable())
    return {
        requirement: _limits(requirement, given[requirement], read)
        for requirement in provable()
        if requirement in given
    }


def _limits(requirement: str, given: object, read: Reader) -> Limits:
    known = statement(f"{ROOM}.{requirement}").limits
    said = read.fields(given, (requirement,), list(known))
    spans = {name: read.span(said.get(name), (requirement, name)) for name in known}
    return {name: str(said[name]) for name, span in spans.items() if span is not None}


KIND = PolicyKind(
    LIMITS,
    "How long what conformity looks at may take.",
    "PR14.1",
    parse_limits,
)
