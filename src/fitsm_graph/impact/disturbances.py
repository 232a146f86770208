"""Own states from records: incidents, changes and maintenance windows, now and as they were.

What is a disturbance and which relations carry its effect is declared in `model`; here the
records become causes of own states, evaluated at a moment (design section 4).
"""

import itertools
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from fitsm_graph.graph.changes import Change, RecordChange, RelationChange
from fitsm_graph.graph.history import GraphImage, RecordImage
from fitsm_graph.impact.network import Level
from fitsm_graph.impact.own import Because, OwnCause
from fitsm_graph.model.declare import RELATIONS
from fitsm_graph.model.disturbance import Effect
from fitsm_graph.model.ledger import Op

EFFECTS = {
    type: Because(declared.effect) for type, declared in RELATIONS.items() if declared.effect
}
"""Relations that put the elements they end at into an own state, with what their source is."""
KINDS = frozenset(kind for type in EFFECTS for kind in RELATIONS[type].sources)
_LEVELS = {Effect.DOWN: Level.DOWN, Effect.DEGRADED: Level.DEGRADED, Effect.AT_RISK: Level.AT_RISK}


@dataclass(frozen=True, slots=True)
class Disturbance:
    """An incident, a change or a maintenance window with what it does to whom.

    Attributes:
        starts: In force from this moment on, UTC text; None: it has not begun.
        ends: In force until before this moment; None: no end is known.
        effects: Effect by relation type and element id.
        causes: What it does to each element; nothing before it has begun.
    """

    id: str
    key: str
    title: str
    starts: str | None
    ends: str | None
    effects: Mapping[tuple[str, str], str]
    causes: tuple[OwnCause, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Say once what it does: all that are in force are looked at with each that is new."""
        object.__setattr__(self, "causes", tuple(self._causes()))

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Disturbance":
        """Read one row of `impact.disturbances` or `impact.disturbances_by_id`."""
        effects = {(type, element): effect for type, element, effect in row["effects"]}
        return cls(row["id"], row["key"], row["title"], row["starts"], row["ends"], effects)

    def _causes(self) -> Iterable[OwnCause]:
        if self.starts is None:
            return
        for (type, element), effect in self.effects.items():
            level = _LEVELS[Effect(effect)]
            yield OwnCause(
                element, level, EFFECTS[type], self.key, self.title, self.starts, self.ends
            )


Disturbances = Mapping[str, Disturbance]
"""By id."""
MOST_OVER = 1_000
"""Those that are kept when they are over: what comes back has mostly ended lately."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of disturbances.

    An incident that is opened again does not say what it affects. Whoever remembers that need not
    read it, which beside many writers takes longer than all they write.

    Attributes:
        left: Those that are not over.
        over: The last of those that are, as far as they were seen to end.
    """

    left: Disturbances
    over: Disturbances = field(default_factory=dict)

    def of(self, ids: Iterable[str]) -> Disturbances:
        """Those that are not over, and some that are."""
        return {**{id: self.over[id] for id in ids if id in self.over}, **self.left}

    def turned(self, ids: Container[str], found: Disturbances) -> "Known":
        """The same once some are known anew; those that are not found again are forgotten."""
        return Known(found, {id: one for id, one in self.over.items() if id not in ids})

    def at(self, at: str) -> "Known":
        """The same at a moment, UTC text: what has ended by then is over."""
        ended = {id: one for id, one in self.left.items() if one.ends and one.ends <= at}
        if not ended:
            return self
        kept = {**self.over, **ended}
        for id in list(itertools.islice(kept, max(0, len(kept) - MOST_OVER))):
            del kept[id]
        return Known({id: one for id, one in self.left.items() if id not in ended}, kept)


def touched(then: GraphImage, now: GraphImage) -> set[str]:
    """Ids of the disturbances that are different between two images, or may be."""
    images = (then, now)
    records = {id for each in images for id, one in each.records.items() if one.kind in KINDS}
    return records | {
        source for each in images for source, type, _ in each.relations if type in EFFECTS
    }


def rewound(one: Disturbance, then: GraphImage, now: GraphImage) -> Disturbance | None:
    """A disturbance as it was.

    Args:
        one: As it is, touched since.
        then: What was touched since, as it was then.
        now: The same, as it is.

    Returns:
        None where there was none then.
    """
    record = then.records.get(one.id)
    if record is None and one.id in now.records:
        return None
    if record is not None and not record.live:
        return None
    effects = dict(one.effects)
    for source, type, element in {*then.relations, *now.relations}:
        if source == one.id and type in EFFECTS:
            before = then.relations.get((source, type, element))
            effects.pop((type, element), None)
            if before is not None:
                effects[(type, element)] = before["effect"]
    if record is None:
        return replace(one, effects=effects)
    return _told(one.id, record.properties, effects)


def carried(
    id: str, before: Disturbance | None, then: GraphImage, now: GraphImage
) -> Disturbance | None:
    """A disturbance that was touched, as it is.

    Args:
        id: Which.
        before: As it was; None where it was not known: it is new, or was over.
        then: What was touched since, as it was then.
        now: The same, as it is.

    Returns:
        None where it is retired, or still over.

    Raises:
        KeyError: It was over before, so that the images do not tell all of it.
    """
    record, was = now.records.get(id), then.records.get(id)
    if before is None and was is not None and _ends(record) == _ends(was) is not None:
        return None  # what was over is so still
    if before is None and (record is None or was is not None):
        raise KeyError(id)
    effects = {} if before is None else dict(before.effects)
    for source, type, element in {*then.relations, *now.relations}:
        if source == id and type in EFFECTS:
            after = now.relations.get((source, type, element))
            effects.pop((type, element), None)
            if after is not None:
                effects[(type, element)] = after["effect"]
    if record is not None:
        return _told(id, record.properties, effects) if record.live else None
    return None if before is None else replace(before, effects=effects)


def _ends(record: RecordImage | None) -> str | None:
    return None if record is None else record.properties.get("ends_at")


def followed(before: Disturbances, changes: Iterable[Change]) -> Disturbances | None:
    """Disturbances after some changes of them, oldest first.

    Args:
        before: As they were; those that were over may be left out.
        changes: To records of these kinds and relations of these types, as they were decided.

    Returns:
        None where one that was over is so no more, and what it affects is not known.
    """
    found = dict(before)
    for change in changes:
        id = _named_by(change)
        one = found.pop(id, None)
        if isinstance(change, RecordChange) and change.op is Op.CREATE:
            found[id] = _told(id, change.after, {})
        elif one is None:
            if isinstance(change, RecordChange) and not _stays_over(change):
                return None
        elif isinstance(change, RelationChange):
            found[id] = _with_effect(one, change)
        elif change.op is not Op.RETIRE:
            found[id] = _changed(one, change.after)
    return found


def named_by(changes: Iterable[Change]) -> set[str]:
    """Ids of the disturbances that some changes are of."""
    return set(map(_named_by, changes))


def _named_by(change: Change) -> str:
    return change.id if isinstance(change, RecordChange) else change.source


def _stays_over(change: RecordChange) -> bool:
    return change.op is not Op.REINSTATE and "ends_at" not in change.after


def _changed(one: Disturbance, after: Mapping[str, Any]) -> Disturbance:
    return replace(
        one,
        key=after.get("key", one.key),
        title=after.get("title", one.title),
        starts=after.get("starts_at", one.starts),
        ends=after.get("ends_at", one.ends),
    )


def _with_effect(one: Disturbance, change: RelationChange) -> Disturbance:
    effects = dict(one.effects)
    if change.op is Op.UNRELATE:
        effects.pop((change.type, change.target), None)
    elif "effect" in change.after:
        effects[(change.type, change.target)] = change.after["effect"]
    return replace(one, effects=effects)


def _told(id: str, had: Mapping[str, Any], effects: Mapping[tuple[str, str], str]) -> Disturbance:
    """A disturbance by the properties of its record."""
    return Disturbance(
        id, had["key"], had["title"], had.get("starts_at"), had.get("ends_at"), effects
    )


def next_edge(disturbances: Iterable[Disturbance], at: str) -> str | None:
    """The first moment after another at which one begins or ends."""
    edges = [edge for one in disturbances for edge in (one.starts, one.ends) if edge and edge > at]
    return min(edges, default=None)
