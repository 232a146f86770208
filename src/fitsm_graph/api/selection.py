"""What a client selected: the document's fields below a root field, with everything resolved.

Aliases, fragments, `@skip`, `@include` and variables are worked off here once; the compiler and
the picker see plain trees.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Protocol, runtime_checkable

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    VariableNode,
    get_named_type,
)
from graphql.execution.values import (
    VariableValues,
    get_argument_values,
    get_directive_values,
    get_variable_values,
)
from graphql.type import GraphQLIncludeDirective, GraphQLSkipDirective

Composite = GraphQLObjectType | GraphQLInterfaceType


class Part(NamedTuple):
    """One time that a field is selected.

    Attributes:
        place: Where the field is among the children.
        only: Concrete types of the object that it is selected for; None for all.
        within: Which of the times that the object's own field is selected it stands in.
        number: Which of the times that the field is selected this is.
    """

    place: str
    only: frozenset[str] | None
    within: int
    number: int


@dataclass(slots=True)
class Selected:
    """One selected field, however often it is selected.

    Attributes:
        key: Name in the answer: the alias, or the name.
        given: Names of the arguments that the document gives a value.
        only: Concrete types it is selected for; None for all.
        type_name: Named type of the field.
        composite: Whether anything can be selected below it, even if all of it is skipped.
        children: Selected below it for any type, in the order in which they appear first; empty
            for a scalar. By response name, unless that means two things for two types.
        parts: Each time that one of the children is selected, in the order of the document.
        times: How often it is selected itself.
        narrowed: Whether some of the children are selected for some types only.
        whole: What this is a part of, where it is what one type of object has of a selection.
    """

    key: str
    name: str
    type_name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    only: frozenset[str] | None = None
    composite: bool = False
    children: dict[str, "Selected"] = field(default_factory=dict)
    given: frozenset[str] = frozenset()
    parts: list[Part] = field(default_factory=list)
    times: int = 1
    narrowed: bool = False
    whole: "Selected | None" = field(default=None, compare=False, repr=False)
    _fields: dict[str, dict[str, "Selected"]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def child(self, name: str) -> "Selected | None":
        """The first child of a name, whatever its alias."""
        return next((each for each in self.children.values() if each.name == name), None)

    def has(self, *names: str) -> bool:
        """Whether any of some fields is selected."""
        return any(each.name in names for each in self.children.values())

    def fields(self, concrete: str) -> dict[str, "Selected"]:
        """What an object of a concrete type shows, by response name, in the answer's order."""
        if not self.narrowed:
            return self.children
        if concrete not in self._fields:
            parts = [each for each in self.parts if each.only is None or concrete in each.only]
            found = self._of(parts)
            self._fields[concrete] = {each.key: each for each in found.values()}
        return self._fields[concrete]

    def _of(self, parts: Iterable[Part]) -> dict[str, "Selected"]:
        """The children by place, each with what those of its times select that are among parts."""
        numbers: dict[str, set[int]] = {}
        for each in parts:
            numbers.setdefault(each.place, set()).add(each.number)
        return {place: self.children[place].at(some) for place, some in numbers.items()}

    def at(self, times: set[int]) -> "Selected":
        """What some of the times that this is selected select."""
        if len(times) == self.times or not self.parts:
            return self
        parts = [each for each in self.parts if each.within in times]
        return replace(
            self, parts=parts, children=self._of(parts), whole=self.whole or self, _fields={}
        )


def selected(info: GraphQLResolveInfo[Any]) -> Selected:
    """What is selected at and below a root field."""
    walk = _Walk.of(info)
    first = info.field_nodes[0]
    root = Selected(
        key=info.path.key if isinstance(info.path.key, str) else first.name.value,
        name=info.field_name,
        type_name=get_named_type(info.return_type).name,
        times=len(info.field_nodes),
    )
    for number, node in enumerate(info.field_nodes):
        if node.selection_set is not None:
            root.composite = True
            walk.into(root, root.type_name, node.selection_set.selections, None, number)
    return root


def selected_list(info: GraphQLResolveInfo[Any]) -> Selected:
    """What is selected at and below a root field that is a list, with its arguments."""
    root = selected(info)
    walk, node = _Walk.of(info), info.field_nodes[0]
    root.arguments, root.given = walk.arguments(info.parent_type.fields[info.field_name], node)
    return root


def selected_in(
    schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]
) -> list[Selected]:
    """What the root fields of a valid document's first query select, with their arguments."""
    operation = next(e for e in document.definitions if isinstance(e, OperationDefinitionNode))
    fragments = {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    coerced = get_variable_values(schema, operation.variable_definitions or (), dict(variables))
    nodes = operation.selection_set.selections
    return list(selected_by(schema, _QUERY, nodes, fragments, coerced).values())


_QUERY = "Query"


def selected_by(
    schema: GraphQLSchema,
    type_name: str,
    nodes: Iterable[SelectionNode],
    fragments: Mapping[str, Any],
    variables: Any,
) -> dict[str, Selected]:
    """What some nodes select on a type, by response name.

    Args:
        schema: Has the types.
        type_name: Type that the nodes stand on.
        nodes: Of a valid document.
        fragments: Of the document, by name.
        variables: Coerced to their types.
    """
    found = Selected(type_name, type_name, type_name)
    _Walk(schema, fragments, variables).into(found, type_name, nodes, None, 0)
    return found.children


class _Walk:
    """Walks the selections of one root field."""

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, Any], given: Any) -> None:
        self._schema = schema
        self._fragments = fragments
        self._variables = (
            given if isinstance(given, VariableValues) else VariableValues({}, dict(given))
        )

    @classmethod
    def of(cls, info: GraphQLResolveInfo[Any]) -> "_Walk":
        """For the root field that is being answered."""
        return cls(info.schema, info.fragments, info.variable_values)

    def into(
        self,
        parent: Selected,
        type_name: str,
        nodes: Iterable[SelectionNode],
        only: frozenset[str] | None,
        within: int,
    ) -> None:
        """Add what the nodes select on a type, one of the times that the parent is selected."""
        for node in nodes:
            if not self._wanted(node):
                continue
            if isinstance(node, FieldNode):
                self._field(parent, type_name, node, only, within)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition.name.value if node.type_condition else type_name
                inner = self._narrowed(type_name, condition, only)
                self.into(parent, condition, node.selection_set.selections, inner, within)
            elif isinstance(node, FragmentSpreadNode):
                details: Any = self._fragments[node.name.value]
                fragment = getattr(details, "definition", details)
                condition = fragment.type_condition.name.value
                inner = self._narrowed(type_name, condition, only)
                self.into(parent, condition, fragment.selection_set.selections, inner, within)

    def _narrowed(
        self, type_name: str, condition: str, only: frozenset[str] | None
    ) -> frozenset[str] | None:
        """The types that a fragment is for, within what is for some types only."""
        if condition == type_name:
            return only
        concrete = self._concrete(condition)
        narrowed = concrete if only is None else only & concrete
        return None if only is None and self._concrete(type_name) <= narrowed else narrowed

    def _field(
        self,
        parent: Selected,
        type_name: str,
        node: FieldNode,
        only: frozenset[str] | None,
        within: int,
    ) -> None:
        key = node.alias.value if node.alias else node.name.value
        name = node.name.value
        declared = None if name == "__typename" else self._composite(type_name).fields[name]
        named = "String" if declared is None else get_named_type(declared.type).name
        place, there = key, parent.children.get(key)
        if there is not None and (only is not None or there.only is not None):
            place, there = self._same(parent, key, node, declared)
        if there is None:
            arguments, given = self.arguments(declared, node)
            there = Selected(key, name, named, arguments, only, given=given)
            parent.children[place] = there
        else:
            there.only = _either(there.only, only)
            there.times += 1
        parent.parts.append(Part(place, only, within, there.times - 1))
        parent.narrowed |= only is not None
        if node.selection_set is not None:
            there.composite = True
            self.into(there, named, node.selection_set.selections, None, there.times - 1)

    def _same(
        self, parent: Selected, key: str, node: FieldNode, declared: GraphQLField | None
    ) -> tuple[str, Selected | None]:
        """Where a field of a response name is that means the same, or where it is to be put.

        For two types of objects one name may mean two fields, or one with other arguments.
        """
        arguments, _ = self.arguments(declared, node)
        place, number = key, 0
        while (there := parent.children.get(place)) is not None:
            if (there.name, there.arguments) == (node.name.value, arguments):
                return place, there
            number += 1
            place = f"{key} {number}"
        return place, None

    def arguments(
        self, declared: GraphQLField | None, node: FieldNode
    ) -> tuple[Mapping[str, Any], frozenset[str]]:
        """Arguments of a field with their defaults, and which of them the document gives."""
        if declared is None or not declared.args:
            return _NO_ARGUMENTS, frozenset()
        values: Any = get_argument_values(declared, node, self._variables)
        given = frozenset(
            each.name.value
            for each in node.arguments or ()
            if not isinstance(each.value, VariableNode)
            or each.value.name.value in self._variables.coerced
        )
        return values, given

    def _wanted(self, node: SelectionNode) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self._variables)
        if skip and skip["if"]:
            return False
        include = get_directive_values(GraphQLIncludeDirective, node, self._variables)
        return not (include and not include["if"])

    def _composite(self, type_name: str) -> Composite:
        declared: Any = self._schema.type_map[type_name]
        return declared  # type: ignore[no-any-return]  # validation let only composites through

    def _concrete(self, type_name: str) -> frozenset[str]:
        declared: Any = self._schema.type_map[type_name]
        if isinstance(declared, GraphQLObjectType):
            return frozenset({type_name})
        return frozenset(each.name for each in self._schema.get_possible_types(declared))


_NO_ARGUMENTS: Mapping[str, Any] = {}


def _either(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """The types of two selections of one field."""
    return None if one is None or other is None else one | other


@runtime_checkable
class Pending(Protocol):
    """A part of an answer that knows itself what was selected of it."""

    def shaped(self, what: Selected) -> Any:
        """The part, keyed by response names."""
        ...


def pick(value: Any, what: Selected, type_name: str = "") -> Any:
    """Take what is selected out of plain data whose keys are the schema's field names.

    Args:
        value: A mapping, a list of such, a scalar, a part that shapes itself, or None.
        what: The selected field that the value answers.
        type_name: Concrete type of the value; ``__typename`` in the data wins.
    """
    if isinstance(value, list | tuple):
        return [pick(item, what, type_name) for item in value]
    if not isinstance(value, dict):  # what most of an answer is; the others are dear to tell apart
        if isinstance(value, Pending):
            return value.shaped(what)
        if not isinstance(value, Mapping):
            return value
    if not (what.composite or what.children):
        return value
    concrete = value.get("__typename", type_name or what.type_name)
    answer: dict[str, Any] = {}
    for key, child in what.fields(concrete).items():
        if child.name == "__typename":
            answer[key] = concrete
        elif child.composite or child.children:
            answer[key] = pick(value.get(child.name), child)
        else:  # a leaf is as it is: a call for each would show in a large answer
            answer[key] = value.get(child.name)
    return answer
