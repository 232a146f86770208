"""What has been understood so far: drafts of observations that readers add to."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fitsm_graph.kernel.errors import Problem
from fitsm_graph.model.observation import Observation, ObservedRelation

NOT_YET = frozenset({"planned", "staged", "provisioning"})
NO_MORE = frozenset({"retired", "decommissioned", "deprovisioned"})


def key_of(model: str, reference: Any) -> str:
    """The permanent key of a record."""
    return f"netbox/{model}/{reference}"


def given(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes that say something: neither null nor an empty text or list."""
    return {name: value for name, value in attributes.items() if value not in (None, "", [])}


def number(value: Any) -> Any:
    """A decimal that the dump writes as text; what is none is left for the registry to refuse."""
    if not isinstance(value, str) or not value:
        return value
    try:
        return float(value)
    except ValueError:
        return value


def choice(value: Any) -> Any:
    """A choice in the form of the registry's enums: ``single-phase`` is ``single_phase``."""
    return value.replace("-", "_").lower() if isinstance(value, str) else value


@dataclass(slots=True)
class Draft:
    """An observation in the making."""

    type: str
    key: str
    attributes: dict[str, Any]
    relations: list[ObservedRelation] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self.attributes["name"])

    def relate(self, type: str, key: str, *, incoming: bool = False, **properties: Any) -> None:
        """State a relation, once."""
        relation = ObservedRelation(type=type, key=key, incoming=incoming, properties=properties)
        if key != self.key and relation not in self.relations:
            self.relations.append(relation)


class Harvest:
    """All drafts by key.

    Attributes:
        taken: Models whose records were looked at.
        notices: What is to be said of the whole.
    """

    def __init__(self) -> None:
        self.drafts: dict[str, Draft] = {}
        self.taken: set[str] = set()
        self.notices: list[Problem] = []
        self._ended: set[str] = set()

    def add(
        self, model: str, pk: Any, type: str, name: str, fields: Mapping[str, Any], /, **more: Any
    ) -> Draft:
        """Draft a CI from a record; its description and status are read in one way for all."""
        status = fields.get("status")
        key = key_of(model, pk)
        attributes = given({"name": name, "description": fields.get("description"), **more})
        if status in NOT_YET:
            attributes["lifecycle"] = "planned"
        draft = Draft(type, key, attributes)
        if status in NO_MORE:
            self._ended.add(key)
        else:
            self.drafts[key] = draft
        return draft

    def draft(self, model: str, reference: Any) -> Draft | None:
        """The draft of a record, if it was taken in."""
        return self.drafts.get(key_of(model, reference))

    def group(
        self, of: Draft, word: str, members: Iterable[str], *, need: int = 1, grounded: bool
    ) -> str:
        """Draft a redundancy group that belongs to a CI; returns its key."""
        key = f"{of.key}/{word.replace(' ', '-')}"
        attributes = {"name": f"{of.name} {word}", "need": need, "grounded": grounded}
        group = self.drafts[key] = Draft("RedundancyGroup", key, attributes)
        for member in sorted(set(members)):
            group.relate("HAS_MEMBER", member, weight=1)
        return key

    def needs_one_of(self, needy: Draft, type: str, providers: Iterable[str], word: str) -> None:
        """One provider is needed plainly; of several, one, as a grounded group."""
        found = sorted(set(providers))
        if len(found) == 1:
            needy.relate(type, found[0])
        elif found:
            needy.relate(type, self.group(needy, word, found, grounded=True))

    def observations(self) -> Iterator[Observation]:
        """All drafts as observations; relations to what has ended are left out."""
        for draft in self.drafts.values():
            relations = [each for each in draft.relations if each.key not in self._ended]
            yield Observation(
                type=draft.type,
                key=draft.key,
                attributes=draft.attributes,
                relations=tuple(relations),
                place=draft.key.removeprefix("netbox/"),
            )

    def ended_notice(self) -> Iterator[Problem]:
        """Say how many records are not taken in because they have ended."""
        if self._ended:
            yield Problem(
                "MODEL_SKIPPED",
                f"{len(self._ended)} records are not taken in",
                f"their status is one of {', '.join(sorted(NO_MORE))}",
                "nothing: what was known before is proposed for retirement",
                ("status",),
            )
