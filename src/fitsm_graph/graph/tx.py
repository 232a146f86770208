"""A verb's view of its transaction: read by named statement, state changes, nothing else."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from fitsm_graph.graph.changes import (
    SALT,
    Change,
    Properties,
    RecordChange,
    RelationChange,
    image_text,
    masked,
    retired_label,
)
from fitsm_graph.graph.sight import Sight, Sources, sees
from fitsm_graph.graph.statements import Statement, statement
from fitsm_graph.kernel.errors import Broken, Conflict, Forbidden, NotFound, Refused
from fitsm_graph.kernel.ids import new_id
from fitsm_graph.model.declare import RELATIONS, Process, record_info
from fitsm_graph.model.ledger import Op


class Reader(Protocol):
    """Runs one named statement; the one seam that unit tests replace."""

    async def rows(self, chosen: Statement, parameters: Mapping[str, Any]) -> list[Properties]:
        """Run the statement and return all rows by column name."""
        ...


class Tx:
    """One verb's transaction.

    Attributes:
        seq: Number of the ledger entry this verb will make.
        at: Moment of the verb, UTC text; never before the entry before it.
        changes: What the verb decided so far.
        asides: What it asked to be written outside the ledger, in the same transaction.
        actor: Login of the account that acts; for rules about who may do what after whom.
        sight: CI types that the actor sees; what it does not see is not there for it.
        sources: Sources of sync that the actor may write; None: no such limit.
        as_person: It acts with the roles that the actor's person holds.
        only_named: It may act on what names the actor, and on nothing else.
        erasures: Records whose personal values go, as ``{id, since, images}``.
    """

    def __init__(
        self,
        reader: Reader,
        *,
        seq: int,
        at: str,
        rooms: frozenset[Process],
        counters: Mapping[str, int],
        make_id: Any = new_id,
        moment: Any = None,
        actor: str = "",
        sight: Sight = None,
        sources: Sources = None,
        as_person: bool = True,
        only_named: bool = False,
    ) -> None:
        self._reader = reader
        self._rooms = rooms
        self._make_id = make_id
        self._moment = moment
        self.actor = actor
        self.sight, self.sources = sight, sources
        self.as_person, self.only_named = as_person, only_named
        self.seq, self.at = seq, at
        self.counters = dict(counters)
        self.changes: list[Change] = []
        self.salts: dict[str, str] = {}
        self.erasures: list[Properties] = []
        self.asides: list[tuple[Statement, Properties]] = []

    # --- reading ---------------------------------------------------------------------------

    async def rows(self, name: str, **parameters: Any) -> list[Properties]:
        """Run a named statement and return all rows."""
        return await self._reader.rows(statement(name), parameters)

    async def one(self, name: str, **parameters: Any) -> Properties:
        """Run a named statement that returns exactly one row.

        Raises:
            Broken: It returned none or several.
        """
        found = await self.rows(name, **parameters)
        if len(found) != 1:
            raise Broken(f"statement '{name}' returned {len(found)} rows", why="one was promised")
        return found[0]

    def sees(self, labels: Iterable[str]) -> bool:
        """Whether the actor sees a live record with some labels."""
        return sees(self.sight, labels)

    def check_source(self, source: str) -> None:
        """Refuse an actor that may write other sources of sync only.

        Raises:
            Forbidden: SOURCE_NOT_YOURS.
        """
        check_source(self.sources, source)

    # --- deciding --------------------------------------------------------------------------

    def new_id(self) -> str:
        """Make an opaque identifier."""
        return str(self._make_id(self._moment))

    def next_key(self, kind: str) -> str:
        """Take the next human key of a kind, such as ``SVC-000012``; gap-free, because ordered."""
        prefix = record_info(kind).prefix
        number = int(self.counters.get(f"next_{prefix}", 0)) + 1
        self.counters[f"next_{prefix}"] = number
        return f"{prefix}-{number:06d}"

    def create(
        self,
        kind: str,
        properties: Mapping[str, Any],
        *,
        leaf: str = "",
        id: str = "",
        stored: bool = False,
    ) -> Properties:
        """State that a record comes into being; null values are left out.

        Args:
            kind: Declared kind of record.
            properties: Its own fields; the key is made where none is given.
            leaf: Leaf label beside those of the kind (a CI's type).
            id: Given only where the caller made it beforehand.
            stored: They are in stored form already, without nulls.

        Returns:
            All properties as they will be stored.
        """
        info = record_info(kind)
        self._check_owner(info.owner, kind)
        image = dict(properties) if stored else plain(properties)
        image["id"] = id or self.new_id()
        image.setdefault("key", "") or image.update(key=self.next_key(kind))
        image.update(self._birth())
        labels = (*info.labels, leaf) if leaf else info.labels
        self.changes.append(RecordChange(Op.CREATE, kind, image["id"], {}, dict(image), labels))
        if info.personal:
            self.salts[image["id"]] = os.urandom(16).hex()
        return image

    def update(self, kind: str, current: Mapping[str, Any], after: Mapping[str, Any]) -> Properties:
        """State new values of some properties; None takes a property away.

        Values that are the same already are no change, and a change of nothing is none.
        """
        self._check_owner(record_info(kind).owner, kind)
        fresh = {
            name: value
            for name, value in plain(after, keep_null=True).items()
            if current.get(name) != value
        }
        if not fresh:
            return dict(current)
        fresh.update(version=self.seq, updated_at=self.at)
        return self._record_change(Op.UPDATE, kind, current, fresh)

    def retire(self, kind: str, current: Mapping[str, Any], **after: Any) -> Properties:
        """State that a record ends: it stays, without its live labels."""
        self._check_owner(record_info(kind).owner, kind)
        fresh = {**plain(after, keep_null=True), "retired": self.seq}
        fresh.update(version=self.seq, updated_at=self.at)
        return self._record_change(Op.RETIRE, kind, current, fresh, (retired_label(kind),))

    def reinstate(
        self, kind: str, current: Mapping[str, Any], *, leaf: str = "", **after: Any
    ) -> Properties:
        """State that a retired record lives again, with its labels."""
        info = record_info(kind)
        self._check_owner(info.owner, kind)
        fresh = {**plain(after, keep_null=True), "retired": None}
        fresh.update(version=self.seq, updated_at=self.at)
        labels = (*info.labels, leaf) if leaf else info.labels
        return self._record_change(Op.REINSTATE, kind, current, fresh, labels)

    def erase(
        self, kind: str, current: Mapping[str, Any], images: Sequence[Properties]
    ) -> Properties:
        """State that all personal values of a record are dropped, here and in the ledger.

        Outcomes kept for idempotency keys that tell of the record go as well.

        Args:
            kind: Declared kind of record.
            current: Its properties with its salt.
            images: Its earlier before-images, as ``{seq, before}``; they are masked likewise.
        """
        info = record_info(kind)
        self._check_owner(info.owner, kind)
        salt = self.salts[current["id"]] = str(current.get(SALT, ""))
        hidden = [
            {**image, "before": image_text(masked(kind, json.loads(image["before"]), salt))}
            for image in images
        ]
        self.erasures.append(
            {"id": current["id"], "since": current["created_at"], "images": hidden}
        )
        fresh: Properties = {name: None for name in info.personal if current.get(name) is not None}
        fresh.update(version=self.seq, updated_at=self.at)
        return self._record_change(Op.ERASE, kind, current, fresh)

    def relate(
        self, type: str, source: str, target: str, properties: Mapping[str, Any] | None = None
    ) -> Properties:
        """State that a relation comes into being."""
        self._check_relation(type)
        image = plain(properties or {})
        image["created"] = self.seq
        self.changes.append(RelationChange(Op.RELATE, type, source, target, {}, image))
        return image

    def change_relation(
        self,
        type: str,
        source: str,
        target: str,
        current: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> Properties:
        """State new values of some properties of a relation; the same values are no change."""
        self._check_relation(type)
        fresh = {
            name: value
            for name, value in plain(after, keep_null=True).items()
            if current.get(name) != value
        }
        if fresh:
            before = {name: current.get(name) for name in fresh}
            self.changes.append(
                RelationChange(Op.CHANGE_RELATION, type, source, target, before, fresh)
            )
        return {k: v for k, v in {**current, **fresh}.items() if v is not None}

    def unrelate(self, type: str, source: str, target: str, current: Mapping[str, Any]) -> None:
        """State that a relation ends; all it carried is kept in the ledger."""
        self._check_relation(type)
        self.changes.append(RelationChange(Op.UNRELATE, type, source, target, dict(current), {}))

    def aside(self, name: str, **parameters: Any) -> None:
        """State a write outside the ledger, in the same transaction: a credential, a cache.

        An attempt may be repeated, so that the statement must do the same when it runs twice.

        Raises:
            Broken: The statement does not say why the ledger need not keep what it writes.
        """
        chosen = statement(name)
        if not chosen.outside:
            raise Broken(f"statement '{name}' may not be an aside", why="it lacks 'outside'")
        self.asides.append((chosen, parameters))

    # --- within ----------------------------------------------------------------------------

    def _birth(self) -> Properties:
        return {
            "created": self.seq,
            "created_at": self.at,
            "version": self.seq,
            "updated_at": self.at,
        }

    def _record_change(
        self,
        op: Op,
        kind: str,
        current: Mapping[str, Any],
        fresh: Properties,
        labels: tuple[str, ...] = (),
    ) -> Properties:
        before = {name: current.get(name) for name in fresh}
        identity = str(current["id"])
        if SALT in current:
            self.salts.setdefault(identity, str(current[SALT]))
        elif any(fresh.get(name) is not None for name in record_info(kind).personal):
            raise Refused(
                f"{current.get('key')} takes no personal values any more",
                code="ERASED",
                why="they were erased for good",
                remedy="register the person anew",
            )
        self.changes.append(RecordChange(op, kind, identity, before, fresh, labels))
        return {k: v for k, v in {**current, **fresh}.items() if v is not None}

    def _check_owner(self, owner: Process, what: str) -> None:
        if owner not in self._rooms:
            rooms = ", ".join(sorted(self._rooms))
            raise Broken(
                f"a verb of {rooms} may not change {what}",
                code="NOT_THE_OWNER",
                why=f"{owner} owns it",
                remedy="write a handover that names both rooms",
            )

    def _check_relation(self, type: str) -> None:
        declared = RELATIONS.get(type)
        owner = declared.owner if declared else Process.CONFM
        if owner is not None:
            self._check_owner(owner, type)


_PLAIN = frozenset({str, int, float, bool})


def plain(properties: Mapping[str, Any], *, keep_null: bool = False) -> Properties:
    """Bring values into the form they are stored in: enums as text, tuples as lists, no nulls."""
    return {
        name: value if type(value) in _PLAIN else _plain_value(value)
        for name, value in properties.items()
        if keep_null or value is not None
    }


def _plain_value(value: Any) -> Any:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, tuple | list):
        return [_plain_value(item) for item in value]
    return value


def check_source(sources: Sources, source: str) -> None:
    """Refuse somebody who may write other sources of sync only.

    Raises:
        Forbidden: SOURCE_NOT_YOURS.
    """
    if sources is not None and source not in sources:
        raise Forbidden(
            f"you may not write the source '{source}'",
            code="SOURCE_NOT_YOURS",
            why=f"your token is for {', '.join(sorted(sources))} only",
            remedy="use that source's own token",
            path=("source",),
        )


def found(rows: Iterable[Properties], what: str, name: str) -> Properties:
    """The one row of a look-up.

    Raises:
        NotFound: There is none.
        Conflict: There are several.
    """
    listed = list(rows)
    if not listed:
        raise NotFound(f"there is no {what} '{name}'", remedy="check the id or key; `search` helps")
    if len(listed) > 1:
        raise Conflict(f"several {what} records are called '{name}'", remedy="use the id")
    return listed[0]


class VersionConflict(Conflict):
    """A record was changed since the version that a caller expects.

    Attributes:
        current: The record as it is.
        expected: The version it was expected to have.
    """

    default_code = "VERSION_CONFLICT"

    def __init__(self, current: Mapping[str, Any], expected: int, *, why: str = "") -> None:
        entry, moment = current.get("version"), current.get("updated_at")
        super().__init__(
            f"{current.get('key')} was changed since version {expected}",
            why=why or f"ledger entry {entry} of {moment} changed it",
            remedy="read it again, and decide on what it is now",
            path=("expectedVersion",),
        )
        self.current = current
        self.expected = expected


def check_version(current: Mapping[str, Any], expected: int | None) -> None:
    """Refuse a change that was decided on an older state.

    Raises:
        VersionConflict: Its caller is told which entries changed the record since.
    """
    if expected is not None and current.get("version") != expected:
        raise VersionConflict(current, expected)
