"""Documents are read as graphql-core reads them, and given up where they are above a limit."""

import pytest
from graphql import DocumentNode, GraphQLSyntaxError, Lexer, Source, Token, TokenKind, parse
from hypothesis import example, given
from hypothesis import strategies as st

from fitsm_graph.api.limits import Limits
from fitsm_graph.api.reading import QuickLexer, Reading
from fitsm_graph.kernel.errors import BadInput
from unit.api.hostile_documents import HARMLESS, HOSTILE
from unit.api.test_tokens import IGNORED, LEXEMES

RAW = st.text(st.sampled_from('"\\#\n\r a1.-e{}!,\ufeff_?u\ud800\udc00\u00e9'), max_size=40)
GENEROUS = Limits(
    tokens=100_000, operations=1_000, fragments=1_000, fields=100_000, root_fields=100_000,
    aliases=100_000, directives=100_000, variables_depth=100_000, repeats=10**9,
)  # fmt: skip


def lexed(lexer: Lexer) -> tuple[list[tuple[object, ...]], str]:
    """All tokens with their places, and how it ended."""
    first: Token | None = lexer.token
    ended = ""
    try:
        while lexer.advance().kind is not TokenKind.EOF:
            continue
    except GraphQLSyntaxError as error:
        ended = f"{error.message} {error.locations}"
    found: list[tuple[object, ...]] = []
    while first is not None:
        found.append((first.kind, first.start, first.end, first.line, first.column, first.value))
        first = first.next
    return found, ended


def agrees(text: str) -> None:
    assert lexed(QuickLexer(Source(text))) == lexed(Lexer(Source(text)))


@given(st.lists(st.tuples(st.sampled_from(LEXEMES), st.sampled_from(IGNORED)), max_size=30))
def test_tokens_are_those_of_the_stock_lexer_at_the_same_places(
    parts: list[tuple[str, str]],
) -> None:
    agrees("".join(lexeme + between for lexeme, between in parts))


@given(RAW)
@example('"\ud800"')
@example('"\ud83d\ude00"')
@example('""""')
@example("12a 0x1 1.e -")
@example("\n\n\ra \r\n b")
def test_whatever_is_written_ends_alike(text: str) -> None:
    agrees(text)


def read(text: str) -> DocumentNode | str:
    try:
        return Reading(text, GENEROUS).document()
    except GraphQLSyntaxError as error:
        return f"{error.message} {error.locations}"


def stock(text: str) -> DocumentNode | str:
    try:
        return parse(text, max_lexical_tokens=100_000, allow_empty_selection_sets=False)
    except GraphQLSyntaxError as error:
        return f"{error.message} {error.locations}"


DEEP = {
    "200 relations within relations",
    "a list in a list in a list",
    "lists beyond what a parser goes through",
    "objects within objects",
}
"""How far down a parser gets depends on what it stands on."""


@pytest.mark.parametrize("name", sorted({*HOSTILE, *HARMLESS} - DEEP))
def test_a_document_without_limits_is_read_as_the_stock_parser_reads_it(name: str) -> None:
    text = HARMLESS.get(name) or HOSTILE[name][0]
    assert read(text) == stock(text)


AT_ONCE = {
    "{ a a b ?": ({"root_fields": 1, "aliases": 1}, "TOO_MANY_ROOT_FIELDS"),
    "{ a { b c ?": ({"fields": 2}, "TOO_MANY_FIELDS"),
    "{ a { x: b } y: c } ?": ({"aliases": 1}, "TOO_MANY_ALIASES"),
    "{ a @x @y ?": ({"directives": 1}, "TOO_MANY_DIRECTIVES"),
    "{ a { b { c } b { d } e ?": ({"repeats": 7}, "TOO_MANY_REPEATS"),
    "{ a(b: [{c: [ ?": ({"variables_depth": 2}, "TOO_DEEP"),
    "query A { a } query B ?": ({"operations": 1}, "TOO_MANY_OPERATIONS"),
    "fragment A on B { a } fragment ?": ({"fragments": 1}, "TOO_MANY_FRAGMENTS"),
}


@pytest.mark.parametrize("text", AT_ONCE)
def test_what_is_above_a_limit_is_not_read_to_its_end(text: str) -> None:
    limits, code = AT_ONCE[text]
    with pytest.raises(BadInput) as caught:
        Reading(text, Limits(**limits)).document()
    assert caught.value.code == code
    assert caught.value.problem.remedy


WITHIN = {
    "{ a } { b } fragment F on G { c d }": {"root_fields": 1, "fields": 2},
    "query A { x: a @p } query B { y: a @p }": {"aliases": 1, "directives": 1},
    "{ a(b: [1], c: {d: 2}) e(f: [3]) }": {"variables_depth": 1},
    "{ a { b { c } d } }": {"root_fields": 1},
    "{ a { b { c } b { d } } b { c } }": {"repeats": 8},
}


@pytest.mark.parametrize("text", WITHIN)
def test_each_definition_has_limits_of_its_own(text: str) -> None:
    assert Reading(text, Limits(**WITHIN[text])).document() == parse(text)
