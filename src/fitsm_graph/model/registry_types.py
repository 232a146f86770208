"""What a type declaration says: CI types with their attributes, and relationship types (PR11.1).

These are the read forms. The written forms are the YAML files under ``schema/``; how to add one
is told in ``docs/how-to/add-a-ci-type.md`` and ``docs/how-to/add-a-relationship-type.md``.
"""

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

ELEMENT = "Element"
"""Stands for every kind of element where ends of relationship types are named."""
CI = "CI"
"""The kind whose leaf labels are the CI types; the root above all of them."""
GROUP = "RedundancyGroup"
KINDS = ("Service", "ServiceComponent", CI, GROUP)
"""The kinds of element."""


class AttributeKind(StrEnum):
    """What an attribute's values are."""

    STRING = "string"
    INTEGER = "integer"
    FLOAT = "float"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    ENUM = "enum"
    URL = "url"
    IP = "ip"
    IP_NETWORK = "ip_network"
    MAC = "mac"
    TEXT_LIST = "text_list"


NUMBERS = frozenset({AttributeKind.INTEGER, AttributeKind.FLOAT})
STORED_AS_TEXT = (
    frozenset(AttributeKind)
    - NUMBERS
    - {
        AttributeKind.BOOLEAN,
        AttributeKind.TEXT_LIST,
    }
)


class Cardinality(StrEnum):
    """How many relations of a type an element may have, at the source and at the target."""

    ONE_TO_ONE = "one_to_one"
    ONE_TO_MANY = "one_to_many"
    MANY_TO_ONE = "many_to_one"
    MANY_TO_MANY = "many_to_many"

    @property
    def one_source(self) -> bool:
        """A target has at most one source."""
        return self.value.startswith("one")

    @property
    def one_target(self) -> bool:
        """A source has at most one target."""
        return self.value.endswith("one")


class Dependency(StrEnum):
    """Which end cannot do without the other."""

    SOURCE_NEEDS_TARGET = "source_needs_target"
    TARGET_NEEDS_SOURCE = "target_needs_source"
    NONE = "none"


class DefaultStrength(StrEnum):
    """How much of the provider's loss arrives, unless the relation itself says otherwise."""

    HARD = "hard"
    SOFT = "soft"
    INFO = "info"


class Neighbours(StrEnum):
    """Whether the neighbours over a symmetric type form one requirement of 1 of them."""

    NONE = "none"
    GROUP = "group"


def camel_case(name: str) -> str:
    """Turn a property's name into its GraphQL name.

    >>> camel_case("serial_number"), camel_case("os_2_name")
    ('serialNumber', 'os2Name')
    """
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


@dataclass(frozen=True, slots=True)
class Attribute:
    """One typed attribute of a CI type.

    Attributes:
        name: In snake case; the property in the graph.
        required: A CI cannot be registered without it.
        unique: No two live CIs share a value; kept by an Identifier.
        values: What an enum allows, in order.
        unit: Of a number, such as ``GiB``.
        minimum: Smallest number allowed.
        maximum: Largest number allowed.
        sensitive: Shown only to those with the right; never in an error or a log.
        controlled: Changes only under an approved change (PR11.4).
        deprecated: Why it goes away and what stands in its place; empty while it stays.
    """

    name: str
    kind: AttributeKind
    doc: str
    required: bool = False
    unique: bool = False
    values: tuple[str, ...] = ()
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    sensitive: bool = False
    controlled: bool = False
    deprecated: str = ""

    @property
    def graphql_name(self) -> str:
        """The field's name in GraphQL."""
        return camel_case(self.name)


@dataclass(frozen=True, slots=True)
class CIType:
    """A kind of CI: the leaf label in the graph and the type in GraphQL.

    Attributes:
        extends: The type it inherits attributes, icon and owner group from; empty at a root.
        abstract: No CI is of it directly; it gathers what its subtypes share.
        icon: Name of its pictogram, in kebab case; inherited where empty.
        tag: Two characters shown in pictures.
        attributes: Its own ones, in order, without the inherited.
        completeness: Names of attributes that must be known for effective control (PR11.2),
            beside the inherited ones.
        owner_group: Group that looks after CIs of the type by default; inherited where empty.
        deprecated: Why it goes away and what stands in its place; empty while it stays.
    """

    name: str
    doc: str
    extends: str = ""
    abstract: bool = False
    icon: str = ""
    tag: str = ""
    attributes: tuple[Attribute, ...] = ()
    completeness: tuple[str, ...] = ()
    owner_group: str = ""
    deprecated: str = ""


@dataclass(frozen=True, slots=True)
class RelationshipType:
    """A kind of relationship, and whether one end needs the other.

    Attributes:
        name: Upper snake case, reads as a sentence from source to target.
        doc: What it means, and why need runs the way it does.
        sentence: Pattern with ``{source}`` and ``{target}``.
        sources: Kinds or CI types it may start from; subtypes count.
        targets: Kinds or CI types it may end at; subtypes count. The end that is needed may
            always be a redundancy group, which stands for its members.
        strength: Of the need; informational where there is none.
        grounded: Support over it must come from a source and not from a circle.
        neighbours: ``group`` makes one grounded requirement of 1 of all neighbours.
        needed_by: With ``neighbours: group``, the kinds or types that have this requirement;
            empty means all ends. The others are sources by nature.
        symmetric: No direction: stored once, read from both ends.
    """

    name: str
    doc: str
    sentence: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    cardinality: Cardinality = Cardinality.MANY_TO_MANY
    dependency: Dependency = Dependency.NONE
    strength: DefaultStrength = DefaultStrength.INFO
    grounded: bool = False
    neighbours: Neighbours = Neighbours.NONE
    needed_by: tuple[str, ...] = ()
    symmetric: bool = False
    deprecated: str = ""

    @property
    def carries_need(self) -> bool:
        """A relation of the type becomes a requirement of one of its ends."""
        return self.dependency is not Dependency.NONE or self.neighbours is Neighbours.GROUP

    def read(self, source: str, target: str) -> str:
        """Say a relation as a sentence."""
        return self.sentence.format(source=source, target=target)


def document(declared: Attribute | CIType | RelationshipType) -> dict[str, Any]:
    """Write a declaration as a document that parses back to it, leaving out name and defaults."""
    kept: dict[str, Any] = {}
    for each in fields(declared):
        value = getattr(declared, each.name)
        if each.name != "name" and value != each.default:
            kept[each.name] = _plain(value)
    return _ends_written(declared, kept) if isinstance(declared, RelationshipType) else kept


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple) and value and isinstance(value[0], Attribute):
        return {attribute.name: document(attribute) for attribute in value}
    return list(value) if isinstance(value, tuple) else value


def _ends_written(declared: RelationshipType, kept: dict[str, Any]) -> dict[str, Any]:
    """Say the direction of need always, the strength where there is a need, equal ends once."""
    kept["dependency"] = declared.dependency.value
    if declared.carries_need:
        kept["strength"] = declared.strength.value
    if kept.pop("symmetric", False):
        kept["between"] = kept.pop("sources")
        del kept["targets"]
    return kept
