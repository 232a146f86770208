"""When a record is over: codes of closure, confirmation by users, opening it again (PR9.5).

    codes: [fixed, workaround, gone]
    confirm_within: P7D
    reopen_within: P14D
    reopen_at_most: 3

A record that nobody confirms is closed once the time for that has passed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.reading import Reader
from fitsm_graph.flow.weighing import DEFAULT, in_force
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import BadInput, Refused
from fitsm_graph.kernel.text import did_you_mean

CLOSURE = "closure-rules"
MOST_REOPENED = 20


@dataclass(frozen=True, slots=True)
class ClosureRules:
    """How incidents and service requests end.

    Attributes:
        codes: How one can end; the first where nobody says.
        confirm_within: After which one is closed although no user has confirmed it.
        reopen_within: Until when after its resolution one can be opened again.
        reopen_at_most: How often.
    """

    codes: tuple[str, ...]
    confirm_within: timedelta
    reopen_within: timedelta
    reopen_at_most: int


def parse_closure(_name: str, document: Any, read: Reader) -> ClosureRules | None:
    """Read rules of closure."""
    fields = ("codes", "confirm_within", "reopen_within", "reopen_at_most")
    given = read.fields(document, (), fields, fields)
    codes = read.words(given.get("codes"), ("codes",), "codes")
    confirm = read.span(given.get("confirm_within"), ("confirm_within",))
    reopen = read.span(given.get("reopen_within"), ("reopen_within",))
    most = read.whole(given.get("reopen_at_most"), ("reopen_at_most",), 0, MOST_REOPENED)
    if confirm is None or reopen is None:
        return None
    return ClosureRules(codes, confirm, reopen, most)


def closure_code(policies: Policies, code: str) -> str:
    """A code of closure; the first of the rules where none is given.

    Raises:
        BadInput: UNKNOWN_CLOSURE_CODE.
    """
    rules = in_force(policies, CLOSURE)
    known = rules.codes if rules is not None else ()
    if code and code not in known:
        raise BadInput(
            f"there is no closure code '{code[:60]}'",
            code="UNKNOWN_CLOSURE_CODE",
            why=f"the {CLOSURE} in force do not have it" if known else f"no {CLOSURE} are in force",
            remedy=did_you_mean(code[:60], known) if known else "leave it out",
            path=("closureCode",),
            requirement="PR9.5",
        )
    return code or next(iter(known), "")


def check_confirmed(
    policies: Policies, record: Mapping[str, Any], at: str, *, confirmed: bool
) -> None:
    """Refuse to close what no user has confirmed, as long as one still may.

    Raises:
        Refused: CONFIRMATION_MISSING.
    """
    if confirmed:
        return
    rules: ClosureRules = policies.value(CLOSURE, DEFAULT)
    resolved = record.get("resolved_at") or at
    until = to_text(from_text(resolved) + rules.confirm_within)
    if at < until:
        raise Refused(
            f"no user has confirmed {record['key']}",
            code="CONFIRMATION_MISSING",
            why=f"it was resolved at {resolved}, and they have until {until}",
            remedy="ask a user and say `--confirmed`, or wait until then",
            requirement="PR9.5",
        )


def check_reopening(policies: Policies, record: Mapping[str, Any], at: str) -> None:
    """Refuse to open again what was opened often enough, or is over for long.

    Raises:
        Refused: REOPEN_LIMIT.
    """
    rules: ClosureRules = policies.value(CLOSURE, DEFAULT)
    until = to_text(from_text(record.get("resolved_at") or at) + rules.reopen_within)
    often = record.get("reopened", 0) >= rules.reopen_at_most
    if often or at > until:
        why = (
            f"it was opened again {record.get('reopened', 0)} times" if often else f"until {until}"
        )
        raise Refused(
            f"{record['key']} cannot be opened again",
            code="REOPEN_LIMIT",
            why=f"{why}; the {CLOSURE} in force allow no more",
            remedy="register a new one that refers to it",
            requirement="PR9.5",
        )
