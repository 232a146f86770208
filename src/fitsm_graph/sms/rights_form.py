"""Rights as a policy: which role may use which verbs, and on what (GR4.1).

    roles:
      reader: {anywhere: [read]}
      process_staff: {anywhere: [read], records: ["*"]}
      case_owner: {own: ["*"]}
      process_owner: {governed: [policy.approve], names: [process_manager]}

A pattern has ``*`` for any run of letters. `service` is the service that the role is held over, and
what is about it: a description, a review; `governed` are policies, documents and reviews of the
process that the role is held over; `names` are roles that its holder gives to others, over the
same process; `steps` are verbs on steps that name whoever acts. Nothing is said of administrators,
who may do all.
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from fitsm_graph.flow.policies import PolicyKind
from fitsm_graph.flow.reading import Path, Reader
from fitsm_graph.graph.verb import VERBS
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.roles import HELD_OVER, Over, RoleWord
from fitsm_graph.sms.rights import (
    ACCOUNT_ROLES,
    ADMINISTRATOR,
    DEFAULT,
    QUESTIONS,
    RIGHTS,
    Given,
    Rights,
    Where,
    is_told_of_a_record,
    takes_steps,
)

WORDS = tuple(
    dict.fromkeys((*(each for each in ACCOUNT_ROLES if each != ADMINISTRATOR), *RoleWord))
)
"""Roles of which rights are said."""
_OF_A_RECORD = (Where.OWN, Where.SERVICE, Where.GOVERNED)
_NAMED = [each.value for each in RoleWord if HELD_OVER[each] is Over.PROCESS]


def parse_rights(_name: str, document: Any, read: Reader) -> Rights | None:
    """Read a table of rights."""
    given = read.fields(document, (), ("roles",), ("roles",))
    words = [str(each) for each in WORDS]
    roles = read.fields(given.get("roles"), ("roles",), words)
    return Rights(
        {
            word: _given(said, ("roles", word), read)
            for word, said in roles.items()
            if word in words and said is not None
        }
    )


def _given(said: object, path: Path, read: Reader) -> Given:
    wheres = [each.value for each in Where]
    told: Mapping[str, Any] = read.fields(said, path, wheres)
    found: dict[Where, tuple[str, ...]] = {}
    for where in Where:
        here = (*path, where.value)
        if where is Where.NAMES and told.get(where.value) is not None:
            found[where] = read.some_of(told[where.value], here, _NAMED, "roles of a process")
        elif told.get(where.value) is not None:
            patterns = read.items(told[where.value], here, "patterns of verbs")
            found[where] = tuple(
                _pattern(each, where, (*here, place), read) for place, each in enumerate(patterns)
            )
    return found


def _pattern(given: object, where: Where, path: Path, read: Reader) -> str:
    """A pattern that meets a verb; on a record, one that is told of it."""
    pattern = str(given)
    met = [name for name in (*VERBS, *QUESTIONS) if fnmatchcase(name, pattern)]
    if not met:
        remedy = did_you_mean(pattern, (*VERBS, *QUESTIONS))
        read.wrong("RIGHT_UNKNOWN", path, f"there is no verb '{pattern[:60]}'", remedy)
    elif where in _OF_A_RECORD and not any(map(is_told_of_a_record, met)):
        what = f"'{pattern[:60]}' is told of no record that could be one's own"
        read.wrong("RIGHT_WITHOUT_RECORD", path, what, "give it over the process, or anywhere")
    elif where is Where.STEPS and not all(map(takes_steps, met)):
        what = f"'{pattern[:60]}' is more than to take a step"
        read.wrong("RIGHT_WITHOUT_RECORD", path, what, "such as *.complete_step")
    return pattern


KIND = PolicyKind(
    RIGHTS,
    "Which role may use which verbs, and on what.",
    "GR4.1",
    parse_rights,
    needed=frozenset({DEFAULT}),
    outgrown=frozenset({"RIGHT_UNKNOWN"}),
)
