"""What a person decides instead of the rules, with a reason; what was computed stays beside it.

Impact and urgency of a record are set aside alike, whatever the process; and whatever is set aside,
the reason for it is checked here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fitsm_graph.flow.weighing import MATRIX
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.text import did_you_mean

LONGEST_REASON = 2_000


@dataclass(frozen=True, slots=True)
class Override:
    """What a person decided instead of the rules; empty: the rules decide.

    Attributes:
        why: Needed where a class is given.
    """

    impact: str = ""
    urgency: str = ""
    why: str = ""

    def __bool__(self) -> bool:
        return bool(self.impact or self.urgency)

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "Override":
        """What stands in a record."""
        parts = (record.get(f"override_{name}") for name in ("impact", "urgency", "reason"))
        return cls(*(each or "" for each in parts))

    def kept(self) -> dict[str, Any]:
        """What a record keeps of it."""
        return {
            "override_impact": self.impact or None,
            "override_urgency": self.urgency or None,
            "override_reason": self.why.strip() if self else None,
        }


NO_OVERRIDE = Override()


def check_override(override: Override, matrix: Any) -> None:
    """Refuse classes that the matrix does not have, and another one without a reason.

    Raises:
        BadInput: UNKNOWN_CLASS or OVERRIDE_REASON.
    """
    for name, word, known in (
        ("impact", override.impact, matrix.impacts if matrix else ()),
        ("urgency", override.urgency, matrix.urgencies if matrix else ()),
    ):
        if word and word not in known:
            remedy = did_you_mean(word[:60], known) if known else f"no {MATRIX} is in force"
            told = f"there is no class of {name} '{word[:60]}'"
            raise BadInput(told, code="UNKNOWN_CLASS", remedy=remedy, path=(name,))
    remedy = "say why impact or urgency is another"
    check_reason(override.why, remedy=remedy, needed=bool(override))


def check_reason(
    why: str,
    *,
    remedy: str,
    needed: bool = True,
    because: str = "what the graph says is set aside only with one",
    field: str = "overrideReason",
    requirement: str = "",
) -> str:
    """The reason why a person sets aside what was computed, whatever it is of.

    Args:
        why: As it was given.
        remedy: What to do where there is none.
        needed: Something is set aside; else a reason may be left out.
        because: Why there has to be one.
        field: Of the input that it stands in.
        requirement: That asks for it.

    Raises:
        BadInput: OVERRIDE_REASON where there is none; or it is too long.
    """
    if needed and not why.strip():
        raise BadInput(
            "a reason is missing",
            code="OVERRIDE_REASON",
            why=because,
            remedy=remedy,
            path=(field,),
            requirement=requirement,
        )
    if len(why) > LONGEST_REASON:
        told = f"{LONGEST_REASON:,} characters at most"
        raise BadInput("the reason is too long", remedy=told, path=(field,))
    return why.strip()


def overridden(override: Override) -> list[str]:
    """The sentence that says what a person decided; none where nobody did."""
    if not override:
        return []
    said = [
        f"{name} {word}"
        for name, word in (("impact", override.impact), ("urgency", override.urgency))
        if word
    ]
    return [f"{' and '.join(said)} as a person decided: {override.why.strip()}"]
