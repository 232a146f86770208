"""Parts of the schema that questions are made up from quickly, with words that mean something.

The generator takes twenty times as long where an interface has a hundred types and a filter
hundreds of fields. A slice has a few of each, others in every slice, and together they have all.
What a text may be is told by the name of its argument: a scalar of its own stands for it, whose
values are those that the server knows. Of an input that takes one field exactly, a slice has one.
"""

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Any

from graphql import (
    DocumentNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    ListTypeNode,
    NamedTypeNode,
    NameNode,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    ScalarTypeDefinitionNode,
    print_ast,
)

TYPES, FIELDS = 5, 16
"""Concrete CI types of a slice, and fields of an input."""
WORDS: Mapping[str, str] = {
    "id": "ids", "key": "keys", "ref": "keys", "of": "keys", "from": "keys", "to": "keys",
    "element": "keys", "elements": "keys", "source": "keys", "target": "keys", "isA": "types",
    "fail": "keys", "degrade": "keys", "restore": "keys", "maintain": "keys", "remove": "keys",
    "type": "types", "types": "relations", "run": "runs", "incident": "incidents",
    "window": "windows", "owner": "owners", "text": "words", "since": "seqs",
    "proposal": "proposals", "digest": "digests", "document": "digests",
    "first": "sizes", "last": "sizes", "k": "sizes", "hops": "sizes", "maxDepth": "sizes",
}  # fmt: skip
"""Pools of values by the names of arguments and fields that are texts or whole numbers."""
OF_FIELDS: Mapping[str, str] = {
    "policy.key": "policies", "policyInForce.kind": "kinds", "policyInForce.name": "names",
    "policies.kind": "kinds", "policies.name": "names", "syncRuns.source": "sources",
    "parkedRows.source": "sources", "retirementProposals.source": "sources",
}  # fmt: skip
"""The same of arguments whose name means something else than it does elsewhere."""
SIZES = "sizes"
POOLS = frozenset({*WORDS.values(), *OF_FIELDS.values()})


def sliced(document: DocumentNode, number: int) -> str:
    """One slice of a schema, the same for each number.

    Args:
        document: The whole schema.
        number: Of the slice.
    """
    random = Random(number)
    leaves = sorted(each.name.value for each in document.definitions if _is_leaf(each))
    start = number * TYPES % max(1, len(leaves))
    kept = {(leaves * 2)[start + n] for n in range(min(TYPES, len(leaves)))}
    parts = [
        _cut(each, random, number)
        for each in document.definitions
        if not _is_leaf(each) or each.name.value in kept
    ]
    pools = sorted(POOLS)
    scalars = [ScalarTypeDefinitionNode(name=_name(_scalar(each))) for each in pools]
    return "\n\n".join(print_ast(each) for each in (*parts, *scalars))


def _is_leaf(node: Any) -> bool:
    return isinstance(node, ObjectTypeDefinitionNode) and any(
        each.name.value == "CI" for each in node.interfaces or ()
    )


def _cut(node: Any, random: Random, number: int) -> Any:
    if isinstance(node, InputObjectTypeDefinitionNode):
        return _input(node, random)
    if isinstance(node, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode):
        return _rebuilt(node, fields=tuple(_field(each, number) for each in node.fields or ()))
    return node


def _input(node: InputObjectTypeDefinitionNode, random: Random) -> InputObjectTypeDefinitionNode:
    fields = [_worded(each) for each in node.fields or ()]
    if any(each.name.value == "oneOf" for each in node.directives or ()):
        only = random.choice(fields)
        return _rebuilt(node, fields=(_rebuilt(only, type=_required(only.type)),), directives=())
    needed = [each for each in fields if isinstance(each.type, NonNullTypeNode)]
    free = [each for each in fields if not isinstance(each.type, NonNullTypeNode)]
    return _rebuilt(node, fields=(*needed, *random.sample(free, min(FIELDS, len(free)))))


def _field(node: FieldDefinitionNode, number: int) -> FieldDefinitionNode:
    """A field with what it needs and half of its other arguments: some are always refused.

    A field of an interface has the same ones in every type that has it, and one slice has those
    that the one before it has not.
    """

    def wanted(name: str) -> bool:
        pair, second = divmod(number, 2)
        return (Random(f"{pair} {node.name.value} {name}").random() < 0.5) is (second == 0)

    given = [_worded(each, node.name.value) for each in node.arguments or ()]
    kept = [each for each in given if _is_needed(each) or wanted(each.name.value)]
    return _rebuilt(node, arguments=tuple(kept))


def _is_needed(node: InputValueDefinitionNode) -> bool:
    return isinstance(node.type, NonNullTypeNode) and node.default_value is None


def _worded(node: InputValueDefinitionNode, of: str = "") -> InputValueDefinitionNode:
    """An argument or field of an input, with the scalar of its pool where it is a text."""
    pool = OF_FIELDS.get(f"{of}.{node.name.value}") or WORDS.get(node.name.value)
    if pool is None:
        return node
    return _rebuilt(node, type=_as(node.type, _scalar(pool)))


def _as(kind: Any, name: str) -> Any:
    if isinstance(kind, NonNullTypeNode | ListTypeNode):
        return type(kind)(type=_as(kind.type, name))
    return _named(name) if kind.name.value in {"String", "ID", "Int"} else kind


def _required(kind: Any) -> Any:
    return kind if isinstance(kind, NonNullTypeNode) else NonNullTypeNode(type=kind)


def _scalar(pool: str) -> str:
    return f"Known{pool.capitalize()}"


def scalars(words: Mapping[str, Sequence[str]]) -> Iterable[tuple[str, Sequence[str]]]:
    """Scalars of slices that are texts, with their values."""
    pools = sorted(POOLS - {SIZES})
    return ((_scalar(pool), words.get(pool) or ("nothing",)) for pool in pools)


def _name(text: str) -> NameNode:
    return NameNode(value=text)


def _named(text: str) -> NamedTypeNode:
    return NamedTypeNode(name=_name(text))


def _rebuilt(node: Any, **changed: Any) -> Any:
    """The same node with other parts, and without its text for people."""
    kept = {name: getattr(node, name, None) for name in node.keys}
    return type(node)(**{**kept, "description": None, **changed})
