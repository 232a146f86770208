"""The verb by which what does not conform becomes a suggestion for improvement (PR14.1)."""

from collections.abc import Sequence
from datetime import timedelta

from fitsm_graph.csi.indicators import ROOM, Limits, indicators, limits_of, provable, told
from fitsm_graph.csi.suggestions import SuggestionSource, register_suggestion
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.sight import check_sees_all
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Moment
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import BadInput, Refused
from fitsm_graph.kernel.text import did_you_mean, first_of, plural
from fitsm_graph.model.confm import ELEMENT_KINDS
from fitsm_graph.model.declare import Process

USUAL = timedelta(days=90)
"""How far back is looked where nothing is said."""
MOST = 100_000
"""Violations that are looked at, of all checks of the requirement."""
MOST_NAMED = 100
"""Records that a suggestion names."""


@verb("suggestion.from_conformity", room=Process.CSI, requirement="PR14.1", on="Suggestion")
async def suggest_from_conformity(
    tx: Tx,
    policies: Policies,
    nonconforming: str,
    indicator: str,
    *,
    since: Moment | None = None,
) -> Properties:
    """Suggest an improvement of what a check of conformity finds; again, it is counted (PR14.1).

    Args:
        tx: The transaction.
        policies: In force.
        nonconforming: The requirement, such as PR9.2.
        indicator: Which of its checks records fail, such as case_unowned.
        since: From when on records are looked at, RFC 3339; 90 days ago when left out.

    Examples:
        fsg suggestion from-conformity PR9.2 case_unowned

    Raises:
        BadInput: There is no such requirement or check.
        Forbidden: Who acts does not see all records.
        Refused: CONFORMS.
    """
    requirement = nonconforming.strip().upper()
    meant = _meaning(requirement, indicator)
    limits = limits_of(requirement, policies)
    begun = to_text(from_text(since, path=("since",)) if since else from_text(tx.at) - USUAL)
    checked, failed = await _found(tx, requirement, indicator, begun, limits)
    elements = [each["id"] for each in failed if each["kind"] in ELEMENT_KINDS]
    return await register_suggestion(
        tx,
        policies,
        f"{requirement}: {told(meant, limits.get(indicator))}",
        source=SuggestionSource.NONCONFORMITY,
        finding=f"{ROOM}/{requirement}/{indicator}",
        description=_described(checked, failed),
        would_improve=elements[:MOST_NAMED],
    )


async def _found(
    tx: Tx, requirement: str, indicator: str, begun: str, limits: Limits
) -> tuple[int, list[Properties]]:
    """How many records are checked since a moment, and those that fail."""
    check_sees_all(tx.sight, tx.actor)
    given = {"since": begun, "until": tx.at, "limit": MOST, "limits": limits}
    found = await tx.one(f"{ROOM}.{requirement}", **given)
    failed = [each for each in found["violations"] if each["indicator"] == indicator]
    if not failed:
        raise Refused(
            f"no record fails '{indicator}' of {requirement}",
            code="CONFORMS",
            why=f"looked at is what went on from {begun} until {tx.at}",
            remedy="nothing has to be done; or look further back",
            requirement="PR14.1",
        )
    return found["checked"], failed


def _described(checked: int, failed: Sequence[Properties]) -> str:
    """How many fail, and which; elements are linked instead, as not everybody sees them."""
    keys = [each["key"] for each in failed if each["kind"] not in ELEMENT_KINDS]
    said = f"Of {plural(checked, 'record')} {len(failed)} fail"
    return f"{said}: {first_of(keys, MOST_NAMED)}" if keys else said


def _meaning(requirement: str, indicator: str) -> str:
    """What is wrong with a record that fails a check."""
    if requirement not in provable():
        raise BadInput(
            f"'{requirement[:40]}' is not examined",
            why="there is no query for it",
            remedy=did_you_mean(requirement[:40], provable()),
            path=("nonconforming",),
        )
    known = {each.name: each.why for each in indicators(requirement)}
    if indicator not in known:
        raise BadInput(
            f"{requirement} has no check '{indicator[:40]}'",
            remedy=did_you_mean(indicator[:40], known),
            path=("indicator",),
        )
    return known[indicator]
