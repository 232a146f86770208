"""How a record is declared: a frozen dataclass with marks on its fields.

    @record(owner=Process.CONFM, prefix="SVC")
    class Service(Element):
        '''Way to provide value to customers (FitSM-0).'''

        criticality: Annotated[int, Doc("…"), Unit("1 highest – 4 lowest"), Indexed()]

Every record is kept by the ledger and carries the bookkeeping fields of `Record`.
"""

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    TypeVar,
    Union,
    cast,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

from fitsm_graph.kernel.errors import BadInput, Broken
from fitsm_graph.kernel.text import did_you_mean


class Process(StrEnum):
    """The rooms that own records: the processes, and the system that lends them what they need."""

    ISRM = "isrm"
    PM = "pm"
    CONFM = "confm"
    CHM = "chm"
    RDM = "rdm"
    CSI = "csi"
    SLM = "slm"
    SMS = "sms"


@dataclass(frozen=True, slots=True)
class Doc:
    """What a field means, in a sentence."""

    text: str


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit or the range of a field."""

    text: str


@dataclass(frozen=True, slots=True)
class Unique:
    """No two live records of the kind have the same value."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """Looked up or ordered by; an index exists for it."""


@dataclass(frozen=True, slots=True)
class Personal:
    """Tells about a person; `erase` can drop it without breaking the ledger's chain."""


@dataclass(frozen=True, slots=True)
class Whole:
    """Counts over all there is: to somebody who sees a part of it, it is not known."""


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """One declared field, read from its annotation."""

    name: str
    type: Any
    optional: bool
    doc: str
    unit: str
    unique: bool
    indexed: bool
    personal: bool
    inherited: bool
    whole: bool = False


@dataclass(frozen=True, slots=True)
class RecordInfo:
    """What the declaration of a record says beside its fields.

    Attributes:
        kind: The class's name, which is the label, the GraphQL type and the heading.
        labels: Live labels, general to special; a retired record loses all of them.
        personal: Names of the fields that tell about a person.
        prefix: Start of its human keys, as in ``SVC-000012``; empty where keys are given.
        asked: Whether records of the kind are asked about as such: a page of them by filter and
            order, and one by id or key.
        over: Field with the moment from which a record is over; empty where there is none.
        called: What one is called in questions; empty: as its kind.
        group: What its commands are called together; empty: it has none of its own.
        columns: Fields that a list of such records shows first.
    """

    kind: str
    cls: type
    owner: Process
    prefix: str
    labels: tuple[str, ...]
    fields: tuple[FieldInfo, ...]
    asked: bool = False
    over: str = ""
    called: str = ""
    group: str = ""
    columns: tuple[str, ...] = ()
    personal: frozenset[str] = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        """Look once which fields are personal: it is asked for every change."""
        names = frozenset(field.name for field in self.fields if field.personal)
        object.__setattr__(self, "personal", names)

    def field(self, name: str) -> FieldInfo:
        """Look a field up by name."""
        for field in self.fields:
            if field.name == name:
                return field
        raise BadInput(
            f"{self.kind} has no field '{name}'",
            remedy=did_you_mean(name, [field.name for field in self.fields]),
        )


@dataclass(frozen=True, slots=True)
class Carried:
    """A property of a relationship.

    Attributes:
        type: Of its values: an enum, or a plain one.
        optional: It may be unknown.
    """

    name: str
    type: Any
    doc: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class RelationInfo:
    """A relationship that the standard fixes, as opposed to those of the registry.

    Attributes:
        type: UPPER_SNAKE, reads as a sentence from source to target.
        owner: The room that writes it; None: whoever owns its source does.
        sources: Kinds it may start from.
        targets: Kinds it may end at.
        effect: What its source is to the elements it ends at, where it puts them into an own
            state: ``incident``, ``maintenance``, ``change``; empty where it does not.
        field: What its targets are to its source, as a field of that; empty: not asked about.
        back: What its sources are to its target, likewise.
        one: A source has one at most.
        carries: What it says beside its two ends.
        called: What one is called where it says something itself; empty: after what it says.
    """

    type: str
    owner: Process | None
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    doc: str
    effect: str = ""
    field: str = ""
    back: str = ""
    one: bool = False
    carries: tuple[Carried, ...] = ()
    called: str = ""


RECORDS: dict[str, RecordInfo] = {}
RELATIONS: dict[str, RelationInfo] = {}
T = TypeVar("T", bound=type)


@dataclass_transform(frozen_default=True, kw_only_default=True)
def base(cls: T) -> T:
    """Make a class a base of records: frozen, slotted, keyword-only; it has no label of its own."""
    made: Any = dataclass(frozen=True, slots=True, kw_only=True)(cls)
    return cast("T", made)


@dataclass_transform(frozen_default=True, kw_only_default=True)
def record(
    *,
    owner: Process,
    prefix: str = "",
    labels: tuple[str, ...] = (),
    asked: bool = False,
    over: str = "",
    called: str = "",
    group: str = "",
    columns: tuple[str, ...] = (),
) -> Callable[[T], T]:
    """Declare a record: make the class frozen, slotted and keyword-only, and list it.

    Args:
        owner: The only room that writes it.
        prefix: Start of its human keys; empty where the key is given from outside.
        labels: Labels it shares with other kinds, general to special, before its own.
        asked: Whether records of the kind are asked about as such.
        over: Field with the moment from which a record is over.
        called: What one is called in questions, where that is not its kind.
        group: What its commands are called together.
        columns: Fields that a list of such records shows first.
    """

    def declare(cls: T) -> T:
        made: Any = dataclass(frozen=True, slots=True, kw_only=True)(cls)
        RECORDS[made.__name__] = RecordInfo(
            kind=made.__name__,
            cls=made,
            owner=owner,
            prefix=prefix,
            labels=(*labels, made.__name__),
            fields=_fields(made),
            asked=asked,
            over=over,
            called=called,
            group=group,
            columns=columns,
        )
        return cast("T", made)

    return declare


def relation(
    type: str,
    *,
    owner: Process | None,
    sources: tuple[str, ...],
    targets: tuple[str, ...],
    doc: str,
    effect: str = "",
    field: str = "",
    back: str = "",
    one: bool = False,
    carries: tuple[Carried, ...] = (),
    called: str = "",
) -> RelationInfo:
    """Declare a relationship that the standard fixes, and list it; `RelationInfo` has the words."""
    info = RelationInfo(
        type, owner, sources, targets, doc, effect, field, back, one, carries, called
    )
    if type in RELATIONS:
        raise Broken(f"{type} is declared twice", remedy="give one of them another name")
    RELATIONS[type] = info
    return info


def record_info(kind: str) -> RecordInfo:
    """Look a kind up by name.

    Raises:
        BadInput: No record of this name is declared.
    """
    found = RECORDS.get(kind)
    if found is None:
        raise BadInput(
            f"no kind of record is called '{kind}'",
            code="UNKNOWN_KIND",
            remedy=did_you_mean(kind, RECORDS),
        )
    return found


@cache
def declared_defaults(kind: str) -> Mapping[str, Any]:
    """What a record has that nobody has said anything of, without what is null, by field."""
    fields = dataclasses.fields(record_info(kind).cls)
    spoken = {each.name: each.default for each in fields}
    nothing = (dataclasses.MISSING, None)
    return {name: value for name, value in spoken.items() if value not in nothing}


def field_names(cls: type[Any]) -> tuple[str, ...]:
    """Names of all fields of a record class, in declared order."""
    return tuple(field.name for field in dataclasses.fields(cls))


def from_properties(cls: type[Any], properties: Mapping[str, Any]) -> Any:
    """Make a record from the properties of its node, without those the class does not declare."""
    return cls(**{name: properties[name] for name in field_names(cls) if name in properties})


def _fields(cls: type) -> tuple[FieldInfo, ...]:
    hints = get_type_hints(cls, include_extras=True)
    own = inspect.get_annotations(cls)
    return tuple(
        _field(field.name, hints[field.name], inherited=field.name not in own)
        for field in dataclasses.fields(cls)
    )


def _field(name: str, hint: Any, *, inherited: bool) -> FieldInfo:
    marks: tuple[Any, ...] = ()
    if get_origin(hint) is Annotated:
        hint, *found = get_args(hint)
        marks = tuple(found)
    optional = False
    if get_origin(hint) in {UnionType, Union}:
        kept = [part for part in get_args(hint) if part is not NoneType]
        optional = len(kept) < len(get_args(hint))
        hint = kept[0] if len(kept) == 1 else hint
    texts = {type(mark): mark.text for mark in marks if isinstance(mark, Doc | Unit)}
    kinds = {type(mark) for mark in marks}
    return FieldInfo(
        name=name,
        type=hint,
        optional=optional,
        doc=texts.get(Doc, ""),
        unit=texts.get(Unit, ""),
        unique=Unique in kinds,
        indexed=Indexed in kinds,
        personal=Personal in kinds,
        inherited=inherited,
        whole=Whole in kinds,
    )
