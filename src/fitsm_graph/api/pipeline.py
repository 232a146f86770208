"""From a request's text to an operation that may be executed: one road for every way in.

Parse with a cap on tokens, measure, validate, and keep what was let through. Nothing is validated
before it is measured, because validation takes time in the square of some of what is measured.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    validate,
)
from graphql.validation import recommended_rules, specified_rules
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from fitsm_graph.api.limits import Limits, Measure, check
from fitsm_graph.api.plans import Plans
from fitsm_graph.api.reading import Reading
from fitsm_graph.api.tokens import exceeds
from fitsm_graph.api.weight import Weight
from fitsm_graph.kernel.errors import BadInput, Problem
from fitsm_graph.kernel.text import did_you_mean

RULES = tuple(
    dict.fromkeys(
        (*specified_rules, *recommended_rules, MaybeNullValidationRule, OneOfInputValidationRule)
    )
)
MOST_ERRORS = 10
LONGEST_MESSAGE = 500
BYTES_A_CHARACTER = 130
"""Memory of a parsed document for each character of its text, measured on the pages' documents."""
_MOST_MEASURED = 8


@dataclass(slots=True)
class Prepared:
    """An operation that may be executed.

    Attributes:
        entry: The document it is in.
        cost: Values its answer could hold.
        schema_only: Asks about the schema and nothing else, without variables.
    """

    entry: "Entry"
    operation: OperationDefinitionNode
    name: str | None
    cost: int
    schema_only: bool

    @property
    def document(self) -> DocumentNode:
        """The parsed document."""
        return self.entry.document

    @property
    def writes(self) -> bool:
        """Whether it is a mutation."""
        return self.operation.operation is OperationType.MUTATION

    @property
    def streams(self) -> bool:
        """Whether it is a subscription."""
        return self.operation.operation is OperationType.SUBSCRIPTION


@dataclass(slots=True)
class Entry:
    """A parsed document with what is known of it.

    Attributes:
        operations: By name; the nameless one under an empty name.
        measured: Weights by operation and the values of the variables that are page sizes.
        told: Answer to an operation that asks about the schema only, by operation.
        plans: Questions that were compiled of it.
    """

    document: DocumentNode
    operations: dict[str, OperationDefinitionNode]
    size: int
    paging: dict[str, tuple[str, ...]] = field(default_factory=dict)
    measured: dict[tuple[Any, ...], Weight] = field(default_factory=dict)
    told: dict[str, dict[str, Any]] = field(default_factory=dict)
    plans: Plans = field(default_factory=dict)


class Pipeline:
    """Prepares documents for one schema.

    Attributes:
        hits: How often a document was known already.
        misses: How often it had to be read.
        walked: Fields, spreads and fragments that were looked at to measure documents.
        validated: Documents that came to be validated.
        held: Estimated bytes of all documents that are kept.
    """

    def __init__(self, schema: GraphQLSchema, limits: Limits | None = None) -> None:
        self.schema = schema
        self.limits = limits or Limits()
        self._entries: OrderedDict[bytes, Entry] = OrderedDict()
        self.hits = 0
        self.misses = 0
        self.walked = 0
        self.validated = 0
        self.held = 0

    def knows(self, text: str) -> bool:
        """Whether a document was let through before, and so needs no reading."""
        return _digest(text) in self._entries

    def prepare(
        self,
        text: str,
        variables: Mapping[str, Any],
        operation_name: str | None = None,
        limits: Limits | None = None,
    ) -> Prepared:
        """Take a document through all steps, or from those that went through them.

        Args:
            text: The document.
            variables: For page sizes.
            operation_name: Which of its operations is meant.
            limits: For who asks; those of this pipeline where left out.

        Raises:
            BadInput: With a code for each limit, SYNTAX_ERROR or INVALID_DOCUMENT.
        """
        digest = _digest(text)
        limits = limits or self.limits
        entry = self._entries.get(digest)
        if entry is not None:
            self.hits += 1
            self._entries.move_to_end(digest)
            return self._chosen(entry, variables, operation_name, limits)
        self.misses += 1
        entry = self._read(text)
        prepared = self._chosen(entry, variables, operation_name, limits)
        self._check_rest(entry, prepared)
        self._validate(entry.document)
        self._keep(digest, entry)
        return prepared

    def vet(self, text: str, limits: Limits) -> None:
        """Check a whole document, whichever of its operations will be asked for.

        Raises:
            BadInput: As `prepare` does; NO_OPERATION where there is none.
        """
        entry = self._read(text)
        if not entry.operations:
            _choose(entry.operations, None)
        for name in entry.operations:
            check(self._weight(entry, name, {}), limits)
        for weight in Measure(self.schema, entry.document, {}).unused():
            weight.roots = 0
            check(weight, limits, executed=False)
        self._validate(entry.document)

    def _read(self, text: str) -> Entry:
        document = parsed(text, self.limits)
        for what, kind in (
            ("fragments", FragmentDefinitionNode),
            ("operations", OperationDefinitionNode),
        ):
            names = _names(document, kind)
            if len(set(names)) < len(names):
                raise _twice(what, names)
        by_name = {
            each.name.value if each.name else "": each
            for each in document.definitions
            if isinstance(each, OperationDefinitionNode)
        }
        return Entry(document, by_name, 1_000 + BYTES_A_CHARACTER * len(text))

    def _chosen(
        self, entry: Entry, variables: Mapping[str, Any], name: str | None, limits: Limits
    ) -> Prepared:
        name = _choose(entry.operations, name)
        operation = entry.operations[name]
        weight = self._weight(entry, name, variables)
        check(weight, limits)
        schema_only = weight.introspects and not weight.plain and not operation.variable_definitions
        return Prepared(entry, operation, name or None, weight.cost, schema_only)

    def _weight(self, entry: Entry, name: str, variables: Mapping[str, Any]) -> Weight:
        key: tuple[Any, ...] = (name,)
        if name in entry.paging:
            key = (name, *(_hashable(variables.get(each)) for each in entry.paging[name]))
            known = entry.measured.get(key)
            if known is not None:
                return known
        measure = Measure(self.schema, entry.document, variables)
        try:
            weight = measure.operation(entry.operations[name])
        finally:
            self.walked += measure.walked
        entry.paging[name] = tuple(sorted(measure.paging))
        key = (name, *(_hashable(variables.get(each)) for each in entry.paging[name]))
        if len(entry.measured) >= _MOST_MEASURED:
            entry.measured.clear()
        entry.measured[key] = weight
        return weight

    def _check_rest(self, entry: Entry, prepared: Prepared) -> None:
        """Check what is validated but not executed."""
        measure = Measure(self.schema, entry.document, {})
        try:
            for operation in entry.operations.values():
                if operation is not prepared.operation:
                    check(measure.operation(operation), self.limits, executed=False)
            for weight in measure.unused():
                weight.roots = 0
                check(weight, self.limits, executed=False)
        finally:
            self.walked += measure.walked

    def _validate(self, document: DocumentNode) -> None:
        self.validated += 1
        errors = validate(
            self.schema,
            document,
            RULES,
            max_errors=MOST_ERRORS,
            allow_empty_selection_sets=False,
        )
        if errors:
            raise BadInput.of([_problem(error, "INVALID_DOCUMENT") for error in errors])

    def _keep(self, digest: bytes, entry: Entry) -> None:
        self._entries[digest] = entry
        self.held += entry.size
        self._drop()

    def tell(self, prepared: Prepared, data: dict[str, Any], size: int) -> None:
        """Keep the answer to an operation that asks about the schema only."""
        entry = prepared.entry
        if (prepared.name or "") not in entry.told:
            entry.told[prepared.name or ""] = data
            entry.size += size
            if any(each is entry for each in self._entries.values()):
                self.held += size
                self._drop()

    def _drop(self) -> None:
        while self.held > self.limits.cache_bytes:
            _, gone = self._entries.popitem(last=False)
            self.held -= gone.size


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=16).digest()


def parsed(text: str, limits: Limits) -> DocumentNode:
    """Parse a document.

    Raises:
        BadInput: SYNTAX_ERROR, TOO_MANY_TOKENS, or another limit that is passed on the way.
    """
    tokens = limits.tokens
    if exceeds(text, tokens):
        raise BadInput(
            "the document has too many tokens",
            code="TOO_MANY_TOKENS",
            why=f"{tokens:,} at most, and as many comments",
            remedy="send values as variables, and ask in several requests",
        )
    try:
        return Reading(text, limits).document()
    except GraphQLSyntaxError as error:
        raise BadInput.of([_problem(error, "SYNTAX_ERROR")]) from error


def _names(document: DocumentNode, kind: type[Any]) -> list[str]:
    return [e.name.value if e.name else "" for e in document.definitions if isinstance(e, kind)]


def _twice(what: str, names: Sequence[str]) -> BadInput:
    name = next(name for name in names if names.count(name) > 1)
    return BadInput(
        f"two {what} have the same name",
        code="INVALID_DOCUMENT",
        why=f"'{name[:100]}' is there twice" if name else "without a name there can be only one",
        remedy="give each a name of its own",
    )


def _choose(operations: Mapping[str, OperationDefinitionNode], wanted: str | None) -> str:
    """Name of the operation to execute."""
    if wanted:
        if wanted not in operations:
            raise BadInput(
                f"the document has no operation '{wanted[:100]}'",
                code="UNKNOWN_OPERATION",
                why=f"it has {_listed(operations)}",
                remedy=did_you_mean(wanted[:100], [name for name in operations if name])
                or "name one of them as operationName",
                path=("operationName",),
            )
        return wanted
    if len(operations) != 1:
        raise BadInput(
            "it is not clear which operation is meant" if operations else "nothing is asked",
            code="OPERATION_NAME_MISSING" if operations else "NO_OPERATION",
            why=f"the document has {_listed(operations)}",
            remedy="name one as operationName" if operations else "send a query or a mutation",
            path=("operationName",),
        )
    return next(iter(operations))


def _listed(operations: Mapping[str, object]) -> str:
    return ", ".join(name[:100] or "one without a name" for name in operations) or "no operation"


def _problem(error: GraphQLError, code: str) -> Problem:
    """A fault of a document, with line and column."""
    place = error.locations[0] if error.locations else None
    return Problem(
        code=code,
        message=error.message[:LONGEST_MESSAGE],
        why=f"line {place.line}, column {place.column}" if place else "of the document as a whole",
        remedy="the schema says what there is: ask for it by introspection",
    )


def _hashable(value: Any) -> Any:
    return value if type(value) is int or value is None else "?"


def too_deep(value: Any, most: int) -> bool:
    """Say whether lists and objects are within one another more often than `most`."""
    level: Sequence[Any] = [value]
    for _ in range(most):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return any(isinstance(each, dict | list) for each in level)
