"""Observations in the making: one for each key, from all places of a file that speak of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from fitsm_graph.discovery.mapping.language import GROUP
from fitsm_graph.kernel.errors import Problem
from fitsm_graph.model.observation import Observation, ObservedRelation


@dataclass(slots=True)
class Tie:
    """A relation in the making.

    Attributes:
        known: Kept only if the file has the other end.
        both_ends: One of the two statements is kept if the other end states it as well.
    """

    relation: ObservedRelation
    known: bool = False
    both_ends: bool = False


@dataclass(slots=True)
class Draft:
    """An observation in the making."""

    type: str
    key: str
    place: str
    attributes: dict[str, Any]
    weak: bool = False
    confidence: float | None = None
    observed_at: str = ""
    identifiers: dict[tuple[str, str], None] = field(default_factory=dict)
    ties: dict[tuple[str, str, bool], Tie] = field(default_factory=dict)

    def relate(self, tie: Tie) -> None:
        """State a relation, once, and never to itself."""
        relation = tie.relation
        if relation.key != self.key:
            self.ties.setdefault((relation.type, relation.key, relation.incoming), tie)


class Drafts:
    """All drafts by key."""

    def __init__(self) -> None:
        self._by_key: dict[str, Draft] = {}
        self.problems: list[Problem] = []

    def add(self, draft: Draft) -> Draft:
        """Keep a draft, or add what it says to the one of the same key.

        A weak draft gives way: it fills gaps and never changes a type. Two that are not weak and
        have different types are a problem, and the first stands.
        """
        known = self._by_key.get(draft.key)
        if known is None:
            self._by_key[draft.key] = draft
            return draft
        if known.weak and not draft.weak:
            known.type, known.weak, known.place = draft.type, False, draft.place
            known.attributes = {**known.attributes, **draft.attributes}
        else:
            if known.type != draft.type and not draft.weak:
                self.problems.append(_two_types(known, draft))
            known.attributes = {**draft.attributes, **known.attributes}
        known.identifiers.update(draft.identifiers)
        return known

    def observations(self) -> Iterator[Observation]:
        """Everything as observations; relations that were to be known and are not are left out."""
        self._drop_empty_groups()
        for draft in self._by_key.values():
            yield Observation(
                type=draft.type,
                key=draft.key,
                attributes=draft.attributes,
                identifiers=tuple(draft.identifiers),
                relations=tuple(self._kept(draft)),
                observed_at=draft.observed_at,
                confidence=draft.confidence,
                place=draft.place,
            )

    def _drop_empty_groups(self) -> None:
        """Groups none of whose members the file has go, and the relations to them with them."""
        empty = {
            key
            for key, draft in self._by_key.items()
            if draft.type == GROUP
            and draft.ties
            and all(t.known and t.relation.key not in self._by_key for t in draft.ties.values())
        }
        for draft in self._by_key.values() if empty else ():
            draft.ties = {k: tie for k, tie in draft.ties.items() if tie.relation.key not in empty}
        for key in empty:
            del self._by_key[key]

    def _kept(self, draft: Draft) -> Iterable[ObservedRelation]:
        for tie in draft.ties.values():
            other = self._by_key.get(tie.relation.key)
            if tie.known and other is None:
                continue
            if tie.both_ends and other is not None and draft.key > other.key:
                back = (tie.relation.type, draft.key, tie.relation.incoming)
                if back in other.ties:
                    continue
            yield tie.relation

    def group(
        self, of: Draft, word: str, members: list[str], attributes: dict[str, Any], *, known: bool
    ) -> str:
        """Draft a redundancy group that belongs to an element; returns its key."""
        key = f"{of.key}/{word.replace(' ', '-')}"
        name = f"{of.attributes.get('name', of.key)} {word}"
        group = self.add(Draft(GROUP, key, of.place, {"name": name, **attributes}))
        for member in members:
            relation = ObservedRelation(type="HAS_MEMBER", key=member, properties={"weight": 1})
            group.relate(Tie(relation, known))
        return key


def _two_types(known: Draft, draft: Draft) -> Problem:
    return Problem(
        "TWO_TYPES",
        f"'{draft.key}' is a {known.type} and a {draft.type}",
        f"it was a {known.type} at {known.place}, which stands",
        "give each element one key of its own",
        (draft.place, "key"),
    )
