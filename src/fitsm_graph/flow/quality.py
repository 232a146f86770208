"""What a good record of a kind says, as a policy; records that lack it are work (GR2.3, PR9.5).

    grace: PT24H
    kinds:
      Incident:
        open: [owner, category, affects]
        over: [owner, category, affects, closure_code, cause]

`open` is what has to be there a while after a record was registered, `over` what has to be there
once it is over. Each word is a field of the kind, or what its relations are called. Nothing is
refused by it: what a verb needs it asks for, and this is what others need later.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fitsm_graph.flow.counting import counting
from fitsm_graph.flow.periods import Period
from fitsm_graph.flow.policies import Policies, PolicyKind
from fitsm_graph.flow.reading import Path, Reader
from fitsm_graph.flow.weighing import in_force
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.model.declare import RECORDS, RELATIONS
from fitsm_graph.model.process import PROCESS_KINDS

QUALITY = "record-quality"
GIVEN_UP = ("rejected", "cancelled")
"""States of what was given up: nobody has to learn from it, and why stands in it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What has to be known of a record.

    Attributes:
        fields: Names of its fields.
        out: Types of relations that lead from it, by what they are called there.
        into: Types of relations that lead to it, likewise.
    """

    fields: tuple[str, ...] = ()
    out: tuple[tuple[str, str], ...] = ()
    into: tuple[tuple[str, str], ...] = ()

    def told(self) -> dict[str, Any]:
        """As statements take it."""

        def ties(held: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
            return [{"name": name, "type": type} for name, type in held]

        return {"fields": list(self.fields), "out": ties(self.out), "into": ties(self.into)}


NOTHING = Wanted()


@dataclass(frozen=True, slots=True)
class Stages:
    """What has to be known of records of a kind while they are open, and once they are over."""

    open: Wanted = NOTHING
    over: Wanted = NOTHING


@dataclass(frozen=True, slots=True)
class Quality:
    """What has to be known, by kind.

    Attributes:
        grace: How long a record may be open before anything is missing.
    """

    grace: timedelta
    kinds: Mapping[str, Stages]

    def told(self, kinds: Iterable[str] = ()) -> dict[str, Any]:
        """By kind, as statements take it; of some kinds, or of all."""
        chosen = [each for each in self.kinds if each in kinds] if kinds else list(self.kinds)
        return {
            each: {"open": self.kinds[each].open.told(), "over": self.kinds[each].over.told()}
            for each in chosen
        }

    def before(self, now: datetime) -> str:
        """Registered before that, an open record has to be complete."""
        return to_text(now - self.grace)


def quality_of(policies: Policies) -> Quality:
    """What is in force; nothing is asked for where no policy is."""
    return in_force(policies, QUALITY) or Quality(timedelta(), {})


def stages_of(policies: Policies, kind: str) -> dict[str, Any]:
    """What is asked of a kind, as statements take it."""
    stages = quality_of(policies).kinds.get(kind, Stages())
    return {"open": stages.open.told(), "over": stages.over.told()}


# --- the form ------------------------------------------------------------------------------------


def parse_quality(_name: str, document: Any, read: Reader) -> Quality:
    """Read what good records say."""
    given = read.fields(document, (), ("grace", "kinds"), ("grace", "kinds"))
    grace = read.span(given.get("grace"), ("grace",)) or timedelta()
    kinds = read.fields(given.get("kinds"), ("kinds",), PROCESS_KINDS)
    found = {}
    for kind, said in kinds.items():
        if kind in PROCESS_KINDS:
            path: Path = ("kinds", kind)
            stages = read.fields(said, path, ("open", "over"))
            found[kind] = Stages(
                *(_wanted(kind, stages.get(each), (*path, each), read) for each in ("open", "over"))
            )
    return Quality(grace, found)


def _wanted(kind: str, given: object, path: Path, read: Reader) -> Wanted:
    if given is None:
        return NOTHING
    fields, out, into = known_of(kind)
    words = read.some_of(given, path, [*fields, *out, *into], "names")
    return Wanted(
        tuple(each for each in words if each in fields),
        tuple((each, out[each]) for each in words if each in out and each not in fields),
        tuple(
            (each, into[each])
            for each in words
            if each in into and each not in fields and each not in out
        ),
    )


def known_of(kind: str) -> tuple[list[str], dict[str, str], dict[str, str]]:
    """What can be asked of a kind: its fields, and relations from it and to it by their names."""
    fields = [each.name for each in RECORDS[kind].fields]
    ties = RELATIONS.values()
    out = {each.field: each.type for each in ties if kind in each.sources and each.field}
    into = {each.back: each.type for each in ties if kind in each.targets and each.back}
    return fields, out, into


KIND = PolicyKind(
    QUALITY,
    "What records have to say while they are open, and once they are over.",
    "GR2.3",
    parse_quality,
    outgrown=frozenset({"POLICY_VALUE"}),
)


@counting("record_complete", "rules", "kinds", "given_up")
def asked_of_records(policies: Policies, _period: Period) -> dict[str, Any]:
    """What the indicator of record quality holds records that are over against."""
    stages = quality_of(policies).kinds
    rules = {kind: each.over.told() for kind, each in stages.items() if each.over != NOTHING}
    return {"rules": rules, "kinds": list(rules), "given_up": list(GIVEN_UP)}
