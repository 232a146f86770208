"""Reads documents: tokens found by one pattern, and limits that hold while it is read.

What one definition has by itself, it has unfolded as well: so what is above a limit already is
refused at that place, and the rest of the document is never read.
"""

import re

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLSyntaxError,
    Lexer,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Source,
    Token,
    TokenKind,
)
from graphql.language.parser import Parser

from fitsm_graph.api.limits import DEEPEST_NESTING, Limits
from fitsm_graph.api.weight import APART, FEWER, FLATTER, ONCE, SPLIT, over

_PLAIN = re.compile(
    r"""
    [\ \t\n,\ufeff]*+
    (?:
      (?P<name> [_A-Za-z][_0-9A-Za-z]*+ )
    | (?P<mark> [!$&():=@\[\]{|}] )
    | (?P<number> -?(?:0|[1-9][0-9]*+) (?![0-9.eE_A-Za-z]) )
    | (?P<text> "(?!"") [^"\\\n\r\ud800-\udfff]*+ " )
    | (?P<spread> \.\.\. )
    )
    """,
    re.VERBOSE,
)
"""Nearly all tokens there are; what this does not match is left to the stock lexer."""
_MARKS: dict[str, TokenKind] = {
    each.value: each for each in TokenKind if each.value in set("!$&():=@[]{|}")
}
_KINDS = {
    "name": TokenKind.NAME,
    "number": TokenKind.INT,
    "text": TokenKind.STRING,
    "spread": TokenKind.SPREAD,
}


class QuickLexer(Lexer):
    """The stock lexer, which looks at every character by itself, with most of its work taken."""

    def read_next_token(self, start: int) -> Token:
        """The token at or after a place, as the stock lexer finds it."""
        found = _PLAIN.match(self.source.body, start)
        if found is None:
            return super().read_next_token(start)
        group = found.lastgroup or ""
        at, end = found.span(group)
        lines = self.source.body.count("\n", start, at)
        if lines:
            self.line += lines
            self.line_start = self.source.body.rindex("\n", start, at) + 1
        value = found[group]
        if group == "mark":
            return self.create_token(_MARKS[value], at, end)
        kind = _KINDS[group]
        if kind is TokenKind.SPREAD:
            return self.create_token(kind, at, end)
        return self.create_token(kind, at, end, value[1:-1] if group == "text" else value)


class Reading(Parser):
    """One document being read.

    Args:
        text: The document.
        limits: What it may be.
    """

    def __init__(self, text: str, limits: Limits) -> None:
        source = Source(text)
        super().__init__(
            source,
            max_lexical_tokens=limits.tokens,
            allow_empty_selection_sets=False,
            lexer=QuickLexer(source),
        )
        self._limits = limits
        self._fragments = self._operations = 0
        self._fields = self._aliases = self._directives = 0
        self._roots = 0
        self._selections = 0  # selections within one another, of an operation
        self._names: list[dict[str, tuple[int, int]]] = []  # of each selection we are in
        self._literals = 0  # lists and objects within one another

    def document(self) -> DocumentNode:
        """Read it whole.

        Raises:
            GraphQLSyntaxError: It is no document.
            BadInput: It is above a limit.
        """
        try:
            return self.parse_document()
        except RecursionError:
            pass
        raise GraphQLSyntaxError(
            self._lexer.source,
            self._lexer.token.start,
            "Document is nested too deeply. Parsing aborted.",
        )

    def parse_operation_definition(self) -> OperationDefinitionNode:
        """One operation; its fields count from here."""
        self._operations += 1
        if self._operations > self._limits.operations:
            most = self._limits.operations
            raise over("TOO_MANY_OPERATIONS", "operations", self._operations, most, APART)
        self._fields = self._aliases = self._directives = self._roots = self._selections = 0
        return super().parse_operation_definition()

    def parse_fragment_definition(self) -> FragmentDefinitionNode:
        """One fragment; its fields count from here, and none of them is a root field."""
        self._fragments += 1
        if self._fragments > self._limits.fragments:
            most = self._limits.fragments
            raise over("TOO_MANY_FRAGMENTS", "fragments", self._fragments, most, APART)
        self._fields = self._aliases = self._directives = 0
        self._selections = 1
        return super().parse_fragment_definition()

    def parse_selection_set(self) -> SelectionSetNode:
        """Selections, one level further down."""
        self._selections += 1
        if self._selections > DEEPEST_NESTING:
            most = DEEPEST_NESTING
            raise over("TOO_DEEP", "levels of selections", self._selections, most, FLATTER)
        self._names.append({})
        found = super().parse_selection_set()
        self._names.pop()
        self._selections -= 1
        return found

    def parse_field(self) -> FieldNode:
        """A field with all that is selected below it."""
        limits, before = self._limits, self._fields
        self._fields += 1
        if self._fields > limits.fields:
            raise over("TOO_MANY_FIELDS", "fields", self._fields, limits.fields, SPLIT)
        found = super().parse_field()
        if found.alias is not None:
            self._aliases += 1
            if self._aliases > limits.aliases:
                raise over("TOO_MANY_ALIASES", "aliases", self._aliases, limits.aliases, SPLIT)
        if self._selections == 1:
            self._roots += 1
            if self._roots > max(limits.root_fields, limits.aliases):  # aliases are told first
                most = limits.root_fields
                raise over("TOO_MANY_ROOT_FIELDS", "root fields", self._roots, most, SPLIT)
        self._repeated((found.alias or found.name).value, self._fields - before)
        return found

    def _repeated(self, key: str, fields: int) -> None:
        """A response name with the fields at and below it, maybe once more in its selection."""
        times, below = self._names[-1].get(key, (0, 0))
        self._names[-1][key] = times + 1, below + fields
        work, most = (times + 1) * (below + fields), self._limits.repeats
        if times and work > most:
            raise over("TOO_MANY_REPEATS", "steps of merging", work, most, ONCE)

    def parse_directive(self, is_const: bool) -> DirectiveNode:  # noqa: FBT001 - as it is called
        """A directive."""
        self._directives += 1
        most = self._limits.directives
        if self._directives > most:
            raise over("TOO_MANY_DIRECTIVES", "directives", self._directives, most, FEWER)
        return super().parse_directive(is_const)

    def parse_list(self, is_const: bool) -> ListValueNode:  # noqa: FBT001 - as it is called
        """A list that is written out, one level further in."""
        self._further_in()
        found = super().parse_list(is_const)
        self._literals -= 1
        return found

    def parse_object(self, is_const: bool) -> ObjectValueNode:  # noqa: FBT001 - as it is called
        """An object that is written out, one level further in."""
        self._further_in()
        found = super().parse_object(is_const)
        self._literals -= 1
        return found

    def _further_in(self) -> None:
        """Values in a document may be as deep as those of variables."""
        self._literals += 1
        most = self._limits.variables_depth
        if self._literals > most:
            raise over("TOO_DEEP", "levels of lists and objects", self._literals, most, FLATTER)
