"""What a client selected: the document's fields below a root field, with everything resolved.

Aliases, fragments, `@skip`, `@include` and variables are worked off here once; the compiler and
the picker see plain trees.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

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

from fitsm_graph.kernel.errors import BadInput

Composite = GraphQLObjectType | GraphQLInterfaceType


@dataclass(slots=True)
class Selected:
    """One selected field.

    Attributes:
        key: Name in the answer: the alias, or the name.
        given: Names of the arguments that the document gives a value.
        only: Concrete types it is selected for; None for all.
        type_name: Named type of the field.
        composite: Whether anything can be selected below it, even if all of it is skipped.
        children: Selected below it; empty for a scalar.
    """

    key: str
    name: str
    type_name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    only: frozenset[str] | None = None
    composite: bool = False
    children: dict[str, "Selected"] = field(default_factory=dict)
    given: frozenset[str] = frozenset()

    def child(self, name: str) -> "Selected | None":
        """The first child of a name, whatever its alias."""
        return next((each for each in self.children.values() if each.name == name), None)

    def has(self, *names: str) -> bool:
        """Whether any of some fields is selected."""
        return any(each.name in names for each in self.children.values())


def selected(info: GraphQLResolveInfo[Any]) -> Selected:
    """What is selected at and below a root field."""
    walk = _Walk.of(info)
    first = info.field_nodes[0]
    root = Selected(
        key=info.path.key if isinstance(info.path.key, str) else first.name.value,
        name=info.field_name,
        type_name=get_named_type(info.return_type).name,
    )
    for node in info.field_nodes:
        if node.selection_set is not None:
            root.composite = True
            walk.into(root.children, root.type_name, node.selection_set.selections, None)
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
    walk = _Walk(schema, fragments, coerced)
    found: dict[str, Selected] = {}
    walk.into(found, _QUERY, operation.selection_set.selections, None)
    return list(found.values())


_QUERY = "Query"


def rows_selected(kind: str, what: Selected) -> Selected:
    """What is selected of the rows of a page, as nodes, in edges, or in both alike.

    Raises:
        BadInput: One response name means two things in nodes and in edges.
    """
    rows = Selected("nodes", "nodes", kind)
    for each in what.children.values():
        parts = [each] if each.name == "nodes" else each.children.values()
        for part in parts if each.name in {"nodes", "edges"} else ():
            for key, child in part.children.items():
                if not _alike(rows.children.setdefault(key, child), child):
                    raise BadInput(
                        f"'{key}' is selected in two ways in one page",
                        path=(what.key,),
                        remedy="select the rows once, as nodes or in edges",
                    )
    return rows


def _alike(one: Selected, other: Selected) -> bool:
    return (one.name, one.arguments, one.only, one.children) == (
        other.name,
        other.arguments,
        other.only,
        other.children,
    )


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
    found: dict[str, Selected] = {}
    _Walk(schema, fragments, variables).into(found, type_name, nodes, None)
    return found


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
        found: dict[str, Selected],
        type_name: str,
        nodes: Iterable[SelectionNode],
        only: frozenset[str] | None,
    ) -> None:
        """Add what the nodes select on a type."""
        for node in nodes:
            if not self._wanted(node):
                continue
            if isinstance(node, FieldNode):
                self._field(found, type_name, node, only)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition.name.value if node.type_condition else type_name
                self._fragment(found, type_name, condition, node.selection_set.selections, only)
            elif isinstance(node, FragmentSpreadNode):
                details: Any = self._fragments[node.name.value]
                fragment = getattr(details, "definition", details)
                self._fragment(
                    found,
                    type_name,
                    fragment.type_condition.name.value,
                    fragment.selection_set.selections,
                    only,
                )

    def _fragment(
        self,
        found: dict[str, Selected],
        type_name: str,
        condition: str,
        nodes: Sequence[SelectionNode],
        only: frozenset[str] | None,
    ) -> None:
        if condition != type_name:
            concrete = self._concrete(condition)
            narrowed = concrete if only is None else only & concrete
            everything = only is None and self._concrete(type_name) <= narrowed
            only = None if everything else narrowed
        self.into(found, condition, nodes, only)

    def _field(
        self,
        found: dict[str, Selected],
        type_name: str,
        node: FieldNode,
        only: frozenset[str] | None,
    ) -> None:
        key = node.alias.value if node.alias else node.name.value
        name = node.name.value
        if name == "__typename":
            kind = found.setdefault(key, Selected(key, name, "String", {}, only))
            kind.only = _either(kind.only, only)
            return
        declared = self._composite(type_name).fields[name]
        named = get_named_type(declared.type).name
        there = found.get(key)
        if there is None:
            arguments, given = self.arguments(declared, node)
            there = found[key] = Selected(key, name, named, arguments, only, given=given)
        else:
            there.only = _either(there.only, only)
        if node.selection_set is not None:
            there.composite = True
            self.into(there.children, named, node.selection_set.selections, None)

    def arguments(
        self, declared: GraphQLField, node: FieldNode
    ) -> tuple[Mapping[str, Any], frozenset[str]]:
        """Arguments of a field with their defaults, and which of them the document gives."""
        if not declared.args:
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
    for key, child in what.children.items():
        if child.only is not None and concrete not in child.only:
            continue
        if child.name == "__typename":
            answer[key] = concrete
        elif child.composite or child.children:
            answer[key] = pick(value.get(child.name), child)
        else:  # a leaf is as it is: a call for each would show in a large answer
            answer[key] = value.get(child.name)
    return answer
