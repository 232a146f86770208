"""What an export takes out of an answer: one list, or one graph, and how its pages are followed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    GraphQLSchema,
    NamedTypeNode,
    NameNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    VariableDefinitionNode,
    VariableNode,
    parse,
    print_ast,
)
from graphql.execution.values import VariableValues, get_variable_values
from graphql.utilities import separate_operations

from fitsm_graph.api.export.columns import Column, columns_of, is_list
from fitsm_graph.api.pipeline import Prepared
from fitsm_graph.api.selection import Selected, selected_by
from fitsm_graph.kernel.errors import BadInput

FIRST, AFTER = "exportFirst", "exportAfter"
PAGE, TOTAL = "exportPage", "exportTotal"
"""Names that an export adds to a document: its variables, and its aliases."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of an answer.

    Attributes:
        path: Response names that lead to the rows.
        columns: For forms that have columns; empty for those that keep rows as they are.
        next_page: The document with the page as variables; empty where the answer comes at once.
        first_page: The same with the total.
        counted: Path to the number of all rows, where the answer has one.
        computed: Whether a value depends on more than the ledger: states change with time.
    """

    path: tuple[str, ...]
    columns: tuple[Column, ...] = ()
    next_page: str = ""
    first_page: str = ""
    counted: tuple[str, ...] = ()
    computed: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A list in a selection: the way to it, the field it is, and the field it stands in."""

    path: tuple[str, ...]
    rows: Selected
    holder: Selected | None


def table_of(
    schema: GraphQLSchema,
    prepared: Prepared,
    variables: Mapping[str, Any],
    *,
    flat: bool,
    lists_as_json: bool,
) -> Table:
    """Find the one list of an operation.

    Args:
        schema: Has the types.
        prepared: The operation, validated.
        variables: As the client gave them.
        flat: Whether the form has columns.
        lists_as_json: Whether a list within a row may be a column of JSON text.

    Raises:
        BadInput: EXPORT_NOT_ONE_LIST, EXPORT_NESTED_LIST, EXPORT_WRITES or INVALID_VARIABLES.
    """
    found = list(_lists(schema, "Query", _selected(schema, prepared, variables)))
    if len(found) != 1:
        raise _not_one([".".join(each.path) for each in found])
    only = found[0]
    columns = columns_of(schema, only.rows, lists_as_json=lists_as_json) if flat else ()
    further, first = _pages(prepared, only.path[0]) if _is_paged(schema, only) else ("", "")
    return Table(
        only.path,
        tuple(columns),
        further,
        first,
        counted=_counted(only),
        computed=_computes(only.rows),
    )


def check_reads(prepared: Prepared) -> None:
    """Refuse what is no question.

    Raises:
        BadInput: EXPORT_WRITES.
    """
    if prepared.operation.operation.value != "query":
        raise BadInput(
            f"a {prepared.operation.operation.value} is not exported",
            code="EXPORT_WRITES",
            why="a file is made of an answer, and may be asked for again",
            remedy="send it to /graphql/",
        )


def _selected(
    schema: GraphQLSchema, prepared: Prepared, variables: Mapping[str, Any]
) -> dict[str, Selected]:
    operation = prepared.operation
    coerced = get_variable_values(schema, operation.variable_definitions or (), dict(variables))
    if not isinstance(coerced, VariableValues):
        raise BadInput(
            coerced[0].message,
            code="INVALID_VARIABLES",
            path=("variables",),
            remedy="compare the values with the schema",
        )
    fragments = {
        each.name.value: each
        for each in prepared.document.definitions
        if not isinstance(each, OperationDefinitionNode) and hasattr(each, "name")
    }
    nodes = operation.selection_set.selections
    return selected_by(schema, "Query", nodes, fragments, coerced)


def _lists(
    schema: GraphQLSchema,
    parent: str,
    selected: Mapping[str, Selected],
    before: tuple[str, ...] = (),
    holder: Selected | None = None,
) -> Iterator[Found]:
    """Lists of an answer that are not within another list."""
    for key, each in selected.items():
        if is_list(schema, parent, each):
            yield Found((*before, key), each, holder)
        else:
            yield from _lists(schema, each.type_name, each.children, (*before, key), each)


def _counted(found: Found) -> tuple[str, ...]:
    """Path to the total of a list that comes at once, if it was selected."""
    for key, each in found.holder.children.items() if found.holder else ():
        if each.name == "totalCount":
            return (*found.path[:-1], key)
    return ()


def _is_paged(schema: GraphQLSchema, found: Found) -> bool:
    """Whether a list is that of a connection at the root, whose pages can be followed."""
    holder, root = found.holder, schema.query_type
    if holder is None or root is None or len(found.path) != 2:
        return False
    offered: Any = schema.type_map[holder.type_name]
    arguments = root.fields[holder.name].args
    return {"pageInfo", "totalCount"} <= set(offered.fields) and {"first", "after"} <= set(
        arguments
    )


def _computes(what: Selected) -> bool:
    return any(
        each.name in {"state", "margin", "why"} or _computes(each)
        for each in what.children.values()
    )


def _not_one(found: list[str]) -> BadInput:
    return BadInput(
        "an export has exactly one list" if found else "there is no list to export",
        code="EXPORT_NOT_ONE_LIST",
        why=f"the document selects {', '.join(found)}" if found else "one value is no table",
        remedy="select the rows once, as `nodes` of one connection or as one list",
    )


# --- pages ---------------------------------------------------------------------------------------


def _pages(prepared: Prepared, key: str) -> tuple[str, str]:
    """The document with the page as variables, without and with the total of all pages."""
    document = separate_operations(prepared.document)[prepared.name or ""]
    return _paged(document, key, _PAGE_INFO), _paged(document, key, _PAGE_INFO_AND_TOTAL)


def _fields(text: str) -> tuple[Any, ...]:
    definition: Any = parse(text).definitions[0]
    return tuple(definition.selection_set.selections)


_PAGE_INFO = _fields(f"{{ {PAGE}: pageInfo {{ hasNextPage endCursor }} }}")
_PAGE_INFO_AND_TOTAL = (*_PAGE_INFO, *_fields(f"{{ {TOTAL}: totalCount }}"))


def _paged(document: DocumentNode, key: str, more: tuple[Any, ...]) -> str:
    operation: Any = next(
        each for each in document.definitions if isinstance(each, OperationDefinitionNode)
    )
    roots = [_with_page(each, key, more) for each in operation.selection_set.selections]
    if roots == list(operation.selection_set.selections):
        raise BadInput(
            "the list to export stands in a fragment of the operation",
            code="EXPORT_NOT_ONE_LIST",
            why="its pages are followed, and so its arguments are set",
            remedy="select the connection in the operation itself; its rows may be a fragment",
        )
    changed = _rebuilt(
        operation, selection_set=_rebuilt(operation.selection_set, selections=tuple(roots))
    )
    others = tuple(each for each in document.definitions if each is not operation)
    used = {
        each.name.value for part in (changed.selection_set, *others) for each in _variables(part)
    }
    kept = [
        each for each in operation.variable_definitions or () if each.variable.name.value in used
    ]
    changed = _rebuilt(changed, variable_definitions=(*kept, *_DEFINITIONS))
    return "\n\n".join(print_ast(each) for each in (changed, *others))


def _with_page(node: Any, key: str, more: tuple[Any, ...]) -> Any:
    if not isinstance(node, FieldNode):
        return node
    if (node.alias.value if node.alias else node.name.value) != key or node.selection_set is None:
        return node
    kept = [each for each in node.arguments or () if each.name.value not in {"first", "after"}]
    selections = (*node.selection_set.selections, *more)
    return _rebuilt(
        node,
        arguments=(*kept, *_ARGUMENTS),
        selection_set=_rebuilt(node.selection_set, selections=selections),
    )


def _variable(name: str) -> VariableNode:
    return VariableNode(name=NameNode(value=name))


def _named(name: str) -> NamedTypeNode:
    return NamedTypeNode(name=NameNode(value=name))


_DEFINITIONS = (
    VariableDefinitionNode(
        variable=_variable(FIRST), type=NonNullTypeNode(type=_named("Int")), directives=()
    ),
    VariableDefinitionNode(variable=_variable(AFTER), type=_named("String"), directives=()),
)
_ARGUMENTS = (
    ArgumentNode(name=NameNode(value="first"), value=_variable(FIRST)),
    ArgumentNode(name=NameNode(value="after"), value=_variable(AFTER)),
)


def _rebuilt(node: Any, **changed: Any) -> Any:
    """The same node with other parts."""
    return type(node)(**{name: getattr(node, name, None) for name in node.keys} | changed)


def _variables(node: Any) -> Iterator[VariableNode]:
    """All variables that are used at and below a node, definitions apart."""
    if isinstance(node, VariableNode):
        yield node
    elif hasattr(node, "keys"):
        for name in node.keys:
            if name != "variable_definitions":
                yield from _variables(getattr(node, name, None))
    elif isinstance(node, list | tuple):
        for each in node:
            yield from _variables(each)
