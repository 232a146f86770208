"""An observation becomes a row: checked against the registry, in stored form, with its digest.

Everything here is pure and done once for each row that changed; for an unchanged one only the
digest is taken.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from fitsm_graph.confm.rules import (
    KEY_LENGTH,
    identifier_key,
)
from fitsm_graph.confm.sync_fields import FIELDS, problem, tie_faults
from fitsm_graph.confm.sync_ties import Tie, TieType, believed
from fitsm_graph.graph.tx import plain
from fitsm_graph.kernel.errors import BadInput, NotFound, Problem
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.confm import ELEMENT_KINDS, OWNED_BY
from fitsm_graph.model.declare import declared_defaults
from fitsm_graph.model.observation import (
    Observation,
    ObservedRelation,
    observation_from,
    relations_from,
)
from fitsm_graph.model.registry import TypeRegistry

Properties = dict[str, Any]
RULES_VERSION = "2"
"""Part of every content digest: raised when a row would be understood differently."""

_OTHER_KINDS = frozenset(ELEMENT_KINDS) - {"CI"}


@dataclass(slots=True)
class Row:
    """One observed element, ready to be written.

    Attributes:
        word: Its CI type, or its kind where it is no CI.
        values: Own fields and attributes in stored form; null clears.
        image: A new element of this row, in stored form, without id and bookkeeping.
        identifiers: Kind by identifier key.
        unique: Identifier keys that no other element may carry.
        missing: What a new element of the type would lack.
        digests: Of key and content.
        fresh: Created in this run, so that it had no relations before.
    """

    key: str
    kind: str
    word: str
    values: Properties
    image: Properties
    identifiers: dict[str, str]
    unique: frozenset[str]
    ties: tuple[Tie, ...]
    missing: list[Problem]
    digests: tuple[int, int]
    place: str
    source: Observation | Mapping[str, Any]
    fresh: bool = False

    @property
    def seen(self) -> Observation:
        """What it was read from."""
        if isinstance(self.source, Observation):
            return self.source
        return observation_from(self.source, self.place)


def digest_of(data: bytes, version: bytes = b"") -> int:
    """An 8-byte digest; the smallest numbers are kept for other meanings."""
    return max(2, int.from_bytes(hashlib.blake2b(data, digest_size=8, key=version).digest()))


def key_digest(key: str) -> int:
    """Digest of an element's key."""
    return digest_of(key.encode("utf-8", "surrogatepass"))


class RowReader:
    """Reads rows by one registry; what is the same for all rows of a type is looked up once."""

    def __init__(self, registry: TypeRegistry) -> None:
        self.registry = registry
        self._version = hashlib.blake2b(f"{RULES_VERSION}|{registry.version}".encode()).digest()
        self._types: dict[str, _Type | Problem] = {}

    def wording(self, data: bytes) -> int:
        """Digest of a row as it came; changes with the registry."""
        return digest_of(data, self._version)

    def content_digest(self, seen: Observation) -> int:
        """Digest of what the source says, apart from when; changes with the registry.

        Raises:
            BadInput: It holds what has no stored form, such as an integer beyond 64 bits.
        """
        relations = [(r.type, r.key, r.incoming, r.properties) for r in seen.relations]
        content = (
            seen.type,
            seen.op,
            seen.attributes,
            seen.identifiers,
            relations,
            seen.confidence,
        )
        try:
            data = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
        except TypeError as error:
            raise BadInput(
                "the row cannot be stored",
                why=str(error),
                remedy="write texts, numbers of 64 bits, true, false, null, or lists of them",
                path=(seen.place or seen.key,),
            ) from error
        return digest_of(data, self._version)

    def read(self, seen: Observation, digests: tuple[int, int]) -> tuple[Row | None, list[Problem]]:
        """Check an observation and bring it into stored form, or tell all that is wrong."""
        place = seen.place or seen.key
        known = self._type(seen.type)
        if isinstance(known, Problem):
            return None, [_at(known, place, "type")]
        problems = _key_problems(seen.key, (place, "key"))
        values, missing = known.values(self.registry, seen.attributes, place, problems)
        ties = tuple(self._tie(seen, n, each, problems) for n, each in enumerate(seen.relations))
        if problems:
            return None, problems
        unique = {
            identifier_key(name, values[name]): name
            for name in known.unique
            if values.get(name) is not None
        }
        identifiers = {identifier_key(kind, value): kind for kind, value in seen.identifiers}
        row = Row(
            key=seen.key,
            kind=known.kind,
            word=seen.type,
            values=values,
            image=known.image(seen.key, values),
            identifiers={**identifiers, **unique},
            unique=frozenset(unique),
            ties=tuple(each for each in ties if each is not None),
            missing=missing,
            digests=digests,
            place=place,
            source=seen,
        )
        return row, []

    def related(
        self, record: Mapping[str, Any], place: str, digests: tuple[int, int], *, fresh: bool
    ) -> Row:
        """A row that this reader took before, as far as its relations need it.

        Args:
            record: As `record_of` wrote it.
            place: Where the row stood.
            digests: Of key and content.
            fresh: Its element was created in this run.
        """
        key, confidence = record["key"], record.get("confidence")
        ties = tuple(
            Tie.of(self._tie_types[each.type], key, believed(each, confidence))
            for each in relations_from(record)
        )
        none: dict[str, Any] = {}
        return Row(
            key, "", record["type"], none, none, none, frozenset(), ties, [], digests, place,
            record, fresh,
        )  # fmt: skip

    def unique_names(self, word: str) -> tuple[str, ...]:
        """Names of the unique attributes of a CI type."""
        known = self._type(word)
        return () if isinstance(known, Problem) else known.unique

    def tie_type(self, name: str) -> TieType | None:
        """What a relationship type allows, or None where there is none of the name."""
        return self._tie_types.get(name)

    @cached_property
    def _tie_types(self) -> dict[str, TieType]:
        found = {
            OWNED_BY.type: TieType(
                OWNED_BY.type,
                frozenset(self.registry.subtypes("CI")) | _OTHER_KINDS,
                frozenset(OWNED_BY.targets),
            )
        }
        for name, declared in self.registry.relationship_types.items():
            sources, targets = self.registry.ends(name)
            found[name] = TieType(
                name,
                sources,
                targets,
                declared.cardinality.one_source,
                declared.cardinality.one_target,
                declared.symmetric,
            )
        return found

    def _type(self, name: str) -> "_Type | Problem":
        known = self._types.get(name)
        if known is None:
            known = self._types[name] = self._look_up(name)
        return known

    def _look_up(self, name: str) -> "_Type | Problem":
        if name in _OTHER_KINDS:
            return _Type(name, name, (), ())
        try:
            self.registry.leaf_type(name)
        except (BadInput, NotFound) as error:
            return error.problem
        attributes = self.registry.attributes(name)
        return _Type(
            "CI",
            name,
            tuple(each.name for each in attributes.values() if each.unique),
            tuple(each.name for each in attributes.values() if each.required),
        )

    def _tie(
        self, seen: Observation, n: int, given: ObservedRelation, problems: list[Problem]
    ) -> Tie | None:
        path = (seen.place or seen.key, "relations", n)
        declared = self._tie_types.get(given.type)
        if declared is None:
            remedy = did_you_mean(given.type, self._tie_types)
            problems.append(
                problem(
                    f"there is no relationship type '{given.type}'", path, remedy, "UNKNOWN_TYPE"
                )
            )
            return None
        faults = _key_problems(given.key, (*path, "to"))
        if given.properties:
            faults += tie_faults(given.type, given.properties, path)
        problems += faults
        return None if faults else Tie.of(declared, seen.key, believed(given, seen.confidence))


@dataclass(frozen=True, slots=True)
class _Type:
    """What all rows of a type share."""

    kind: str
    word: str
    unique: tuple[str, ...]
    required: tuple[str, ...]

    def values(
        self,
        registry: TypeRegistry,
        given: Mapping[str, Any],
        place: str,
        problems: list[Problem],
    ) -> tuple[Properties, list[Problem]]:
        """Own fields and attributes in stored form, and what a new element would lack."""
        rules = FIELDS[self.kind]
        values: Properties = {}
        rest: Properties = {}
        for name, value in given.items():
            rule = rules.get(name)
            if rule is None:
                rest[name] = value
            elif not rule.fits(value):
                path = (place, "attributes", name)
                problems.append(problem(f"'{name}' {rule.said}", path, "", "BAD_VALUE"))
            else:
                values[name] = value
        if rest:
            self._typed(registry, rest, place, values, problems)
        if self.kind == "RedundancyGroup":
            _one_need(values, place, problems)
        missing: list[Problem] = []
        if self.required:
            missing = [
                _at(each, place, "attributes")
                for each in registry.check_attributes(self.word, rest, partial=False)
            ]
        return values, missing

    def image(self, key: str, values: Properties) -> Properties:
        """A new element of the type, in stored form, without id and bookkeeping."""
        image = {**declared_defaults(self.kind), "name": key, **values, "key": key}
        return plain({**image, "type": self.word} if self.kind == "CI" else image)

    def _typed(
        self,
        registry: TypeRegistry,
        rest: Properties,
        place: str,
        values: Properties,
        problems: list[Problem],
    ) -> None:
        if self.kind != "CI":
            for name in rest:
                remedy = did_you_mean(name, FIELDS[self.kind])
                path = (place, "attributes", name)
                problems.append(problem(f"a {self.kind} has no '{name}'", path, remedy))
            return
        stored, faults = registry.normalise(self.word, rest, partial=True)
        values.update(stored)
        if faults:
            problems.extend(_at(each, place, "attributes") for each in faults)


def _one_need(values: Properties, place: str, problems: list[Problem]) -> None:
    """A group has a need or a share; giving the one clears the other."""
    given = [name for name in ("need", "need_share") if values.get(name) is not None]
    if len(given) == 2:
        path = (place, "attributes", "need_share")
        problems.append(problem("a group has a need or a share, not both", path, "drop one"))
    elif given:
        values["need_share" if given == ["need"] else "need"] = None


def _key_problems(key: Any, path: tuple[str | int, ...]) -> list[Problem]:
    if isinstance(key, str) and 0 < len(key) <= KEY_LENGTH and _is_plain(key):
        return []
    remedy = f"give 1 to {KEY_LENGTH} printable characters, no space at either end"
    return [problem("it is no key", path, remedy)]


def _is_plain(key: str) -> bool:
    return key.isprintable() and key == key.strip()


def _at(problem: Problem, *path: str | int) -> Problem:
    return Problem(
        problem.code,
        problem.message,
        problem.why,
        problem.remedy,
        (*path, *problem.path),
        problem.requirement,
    )
