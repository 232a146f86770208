"""What a GraphQL document may ask for, counted in one pass before anything is validated.

Every fragment is looked at once, however often it is spread, so that counting costs time in the
length of the document and not in what it unfolds to. Page sizes multiply: the cost of a document
is the number of values its answer could hold.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    NullValueNode,
    OperationDefinitionNode,
    SelectionNode,
    VariableNode,
    get_named_type,
)

from fitsm_graph.api.weight import (
    FEWER,
    FLATTER,
    ONCE,
    SPLIT,
    UNPAGED_ROWS,
    Weight,
    over,
    weight_of,
)
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.settings import whole_number

DEEPEST_NESTING = 100
"""Selections within one another that are looked at, before depth is judged."""
"""Root fields that cost more than what they answer with, in values."""
SETTINGS = MappingProxyType(
    {
        "FITSM_API_COST": ("cost", 1_000),
        "FITSM_API_BUDGET": ("budget", 10_000),
        "FITSM_API_BUDGET_PER_SECOND": ("budget_per_second", 100),
        "FITSM_API_AT_ONCE": ("at_once", 1),
    }
)
"""Settings of limits: the field, and the least that still lets the product's own pages through."""
_LONGEST_NUMBER, _HUGE = 18, 10**18


@dataclass(frozen=True, slots=True)
class LiveLimits:
    """What streams may be; a deployment may set others.

    Attributes:
        subscriptions: At once on a connection, and of one login in this process.
        connections: WebSockets at once in this process.
        message: Bytes of one message from a client.
        init_seconds: Until a connection has said who it is.
        send_seconds: Until a client has taken one message.
        pulse_seconds: Between signs of life where nothing happens.
    """

    subscriptions: int = 20
    connections: int = 1_000
    message: int = 64 * 1024
    init_seconds: float = 5.0
    send_seconds: float = 20.0
    pulse_seconds: float = 12.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may be; a deployment may set others.

    Attributes:
        body: Bytes of the body.
        tokens: Tokens of the document.
        depth: Fields within one another; below introspection nothing is counted.
        fields: Fields, fragments unfolded.
        aliases: Aliases, fragments unfolded.
        root_fields: Fields of an operation itself.
        directives: Directives, fragments unfolded.
        fragments: Fragment definitions.
        operations: Operations in the document; one of them is executed.
        repeats: Work of merging response names that are selected more than once: for each name
            of a selection, how often it is there × the fields at and below all of them.
        cost: Values in the answer, page sizes multiplied.
        large_cost: The same for those with the right to large answers.
        page: Rows of a page.
        large_page: The same for those with the right to large answers.
        budget: Values that a principal may ask for at once, over several operations.
        budget_per_second: Values of it that come back in a second.
        at_once: Operations of a principal that are executed at the same time.
        waiting: Operations of a principal that may wait for their turn.
        at_once_of_all: Operations of all principals that are executed at the same time.
        waiting_of_all: Those that may wait.
        waiting_seconds: How long an operation waits for its turn.
        variables_depth: Lists and objects within one another in the variables, and as literals.
        seconds: Until an answer is given, whatever the database does.
        body_seconds: Until a body has arrived.
        cache_bytes: Memory for documents that were let through, estimated.
        live: For subscriptions.
    """

    body: int = 64 * 1024
    tokens: int = 4_000
    depth: int = 12
    fields: int = 1_000
    aliases: int = 30
    root_fields: int = 20
    directives: int = 50
    fragments: int = 100
    operations: int = 20
    repeats: int = 10_000
    cost: int = 500_000
    large_cost: int = 5_000_000
    page: int = 1_000
    large_page: int = 10_000
    budget: int = 10_000_000
    budget_per_second: int = 500_000
    at_once: int = 8
    waiting: int = 64
    at_once_of_all: int = 48
    waiting_of_all: int = 1_000
    waiting_seconds: float = 10.0
    variables_depth: int = 32
    seconds: float = 40.0
    body_seconds: float = 10.0
    cache_bytes: int = 32 * 1024 * 1024
    live: LiveLimits = LiveLimits()

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Limits":
        """Read FITSM_API_COST, FITSM_API_BUDGET and the like.

        Raises:
            BadInput: A number is not one, or out of its range.
        """
        plain = cls()
        given: dict[str, Any] = {
            field: whole_number(env, name, low=low, high=_HUGE, default=getattr(plain, field))
            for name, (field, low) in SETTINGS.items()
        }
        return replace(plain, **given)

    def enlarged(self) -> "Limits":
        """The limits for those with the right to large answers."""
        return replace(
            self,
            cost=max(self.cost, self.large_cost),
            page=max(self.page, self.large_page),
            budget=max(self.budget, self.large_cost),
        )


class Measure:
    """Measures the operations of one document.

    Args:
        schema: Says which fields are lists and what their page size is by default.
        document: Parsed; it need not be valid.
        variables: For page sizes that are variables.

    Attributes:
        paging: Names of the variables that page sizes were read from.
        walked: Fields, spreads and fragments that were looked at.
    """

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]
    ) -> None:
        self._schema = schema
        self._variables = variables
        self._defaults: dict[str, Any] = {}
        self._known: dict[str, Weight | None] = {}
        self._fragments = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        self._level = 0
        self.paging: set[str] = set()
        self.walked = 0

    def operation(self, node: OperationDefinitionNode) -> Weight:
        """Measure one operation; the one that is executed first, for its variables' defaults.

        Raises:
            BadInput: FRAGMENT_CYCLE, or TOO_DEEP to be measured.
        """
        self._defaults = {
            each.variable.name.value: each.default_value for each in node.variable_definitions or ()
        }
        root = self._schema.get_root_type(node.operation)
        weight = self._selections(node.selection_set.selections, root)
        weight.directives += len(node.directives or ())
        return weight

    def unused(self) -> Iterable[Weight]:
        """Measure the fragments that no operation measured so far has spread."""
        for name in list(self._fragments):
            if name not in self._known:
                yield self._fragment(name)

    def _selections(self, nodes: Sequence[SelectionNode], kind: Any) -> Weight:
        weight = Weight()
        self._level += 1
        if self._level > DEEPEST_NESTING:
            raise over("TOO_DEEP", "levels of selections", self._level, DEEPEST_NESTING, FLATTER)
        for node in nodes:
            self.walked += 1
            weight.directives += len(node.directives or ())
            if isinstance(node, FieldNode):
                self._field(weight, node, kind)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                inner = self._schema.get_type(condition.name.value) if condition else kind
                weight.add(self._selections(node.selection_set.selections, inner))
            elif isinstance(node, FragmentSpreadNode) and node.name.value in self._fragments:
                weight.add(self._fragment(node.name.value))
        self._level -= 1
        return weight

    def _fragment(self, name: str) -> Weight:
        """Measure a fragment once."""
        if name in self._known:
            known = self._known[name]
            if known is None:
                raise BadInput(
                    f"the fragment '{name}' contains itself",
                    code="FRAGMENT_CYCLE",
                    why="unfolding it would never end",
                    remedy="take the spread that leads back to it out",
                )
            return known
        self._known[name] = None
        node = self._fragments[name]
        about = node.type_condition.name.value
        weight = self._selections(node.selection_set.selections, self._schema.get_type(about))
        weight.directives += len(node.directives or ())
        if about.startswith("__"):
            weight.depth = 0
        self._known[name] = weight
        return weight

    def _field(self, weight: Weight, node: FieldNode, kind: Any) -> None:
        name = node.name.value
        declared = self._declared(kind, name)
        weight.aliases += node.alias is not None
        key = node.alias.value if node.alias else name
        if name in {"__schema", "__type"}:
            weight.introspects = True
            self._introspection(weight, node, key)
            return
        weight.plain |= name != "__typename"
        if kind is not None and kind is self._schema.query_type:
            weight.fixed += weight_of(name, declared)
        if node.selection_set is None:
            weight.add_field(key, _LEAF, 1)
            _add_cost(weight, declared, None, _LEAF)
            return
        named = get_named_type(declared.type) if declared is not None else None
        below = self._selections(node.selection_set.selections, named)
        weight.add_field(key, below, 1 + below.fields)
        rows = self._rows(node, declared)
        weight.page = max(weight.page, rows or 0)
        _add_cost(weight, declared, rows, below)

    def _introspection(self, weight: Weight, node: FieldNode, key: str) -> None:
        """Count a question about the schema: a flat cost, since a rule of its own limits depth."""
        about = "__Schema" if node.name.value == "__schema" else "__Type"
        selected = node.selection_set.selections if node.selection_set is not None else ()
        below = self._selections(selected, self._schema.get_type(about))
        below.depth = 0
        weight.add_field(key, below, 1 + below.fields)
        weight.fixed += 1 + weight_of(node.name.value, None)

    def _declared(self, kind: Any, name: str) -> GraphQLField | None:
        fields = getattr(kind, "fields", None)
        found = fields.get(name) if isinstance(fields, dict) else None
        return found if isinstance(found, GraphQLField) else None

    def _rows(self, node: FieldNode, declared: GraphQLField | None) -> int | None:
        """Page size of a field; None where it has none."""
        argument = declared.args.get("first") if declared is not None else None
        if argument is None:
            return None
        found = [
            self._value(each.value)
            for each in node.arguments or ()
            if each.name.value in {"first", "last"}
        ]
        given = [_size(each) for each in found if each is not None]
        if given:
            return max(given)
        default = _size(self._default(argument))
        return max(default, UNPAGED_ROWS) if found else default

    def _default(self, argument: GraphQLArgument) -> Any:
        """Default of an argument, however the schema came to it."""
        given = argument.default
        if given is None:
            return argument.default_value
        return given.value if given.literal is None else self._value(given.literal)

    def _value(self, node: Any) -> Any:
        if isinstance(node, VariableNode):
            name = node.name.value
            self.paging.add(name)
            if name in self._variables:
                return self._variables[name]
            return self._value(self._defaults.get(name))
        if isinstance(node, IntValueNode):
            return int(node.value) if len(node.value) < _LONGEST_NUMBER else _HUGE
        return None if node is None or isinstance(node, NullValueNode) else node


_LEAF = Weight()


def _add_cost(
    weight: Weight, declared: GraphQLField | None, rows: int | None, below: Weight
) -> None:
    """Count the values of a field: one, and those of all its rows."""
    weight.fixed += 1
    if declared is None:
        weight.fixed += below.cost
    elif rows is None and _is_list(declared):
        weight.paged += below.cost
    elif rows is None:
        weight.fixed += below.cost
    elif _is_list(declared):
        weight.fixed += rows * below.cost
    else:
        weight.fixed += below.fixed + below.paged * rows


def _is_list(declared: GraphQLField) -> bool:
    kind = declared.type
    return isinstance(kind.of_type if isinstance(kind, GraphQLNonNull) else kind, GraphQLList)


def _size(value: Any) -> int:
    """A page size as a number; what is none is refused later, by type."""
    usable = isinstance(value, int) and not isinstance(value, bool)
    return max(0, value) if usable else UNPAGED_ROWS


def check(weight: Weight, limits: Limits, *, executed: bool = True) -> None:
    """Refuse what is above a limit; what is not executed costs nothing but its validation.

    Raises:
        BadInput: TOO_DEEP, TOO_MANY_ALIASES, TOO_MANY_ROOT_FIELDS, TOO_MANY_DIRECTIVES,
            TOO_MANY_FIELDS, TOO_MANY_REPEATS, PAGE_TOO_LARGE or TOO_COSTLY; the reason
            has both numbers.
    """
    for code, what, found, limit, remedy in (
        ("TOO_DEEP", "levels of fields", weight.depth, limits.depth, FLATTER),
        ("TOO_MANY_ALIASES", "aliases", weight.aliases, limits.aliases, SPLIT),
        ("TOO_MANY_ROOT_FIELDS", "root fields", weight.roots, limits.root_fields, SPLIT),
        ("TOO_MANY_DIRECTIVES", "directives", weight.directives, limits.directives, FEWER),
        ("TOO_MANY_FIELDS", "fields", weight.fields, limits.fields, SPLIT),
        ("TOO_MANY_REPEATS", "steps of merging", weight.work, limits.repeats, ONCE),
        ("PAGE_TOO_LARGE", "rows in a page", weight.page, limits.page, _NEXT),
        ("TOO_COSTLY", "values in the answer", weight.cost, limits.cost, _SMALLER),
    ):
        if found > limit and (executed or code not in _OF_THE_ANSWER):
            raise over(code, what, found, limit, remedy)


_NEXT = "ask for a smaller page, and for the next one with `after`"
_OF_THE_ANSWER = frozenset({"PAGE_TOO_LARGE", "TOO_COSTLY"})
_SMALLER = "ask for smaller pages with `first`, fewer fields, or fewer lists within lists"
