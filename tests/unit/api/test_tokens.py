"""Tokens are counted as graphql-core's lexer has them, in whatever it takes."""

import pytest
from graphql import GraphQLSyntaxError, Lexer, Source, TokenKind
from hypothesis import example, given
from hypothesis import strategies as st

from fitsm_graph.api.tokens import exceeds

LEXEMES = (
    "{", "}", "(", ")", "[", "]", "!", "$", "&", ":", "=", "@", "|", "...", "a", "_b9", "query",
    "0", "-1", "12.5", "3e7", "-0.1E-9", '""', '"a b"', r'"\"#\\"', r'"\u00e9"', '"#"', '"""a"""',
    '""""""', '"""a "quoted" \\""" b"""', '"""\n# none\n"""', '"""""a"""',
)  # fmt: skip
IGNORED = (" ", "\n", "\r\n", ",", "\t", "\ufeff", "# a comment\n", '#"\n', '# """\r', "#\n#\n")
RAW = st.text(st.sampled_from('"\\#\n\r a1.-e{}!,\ufeff_?u'), max_size=40)


def lexed(text: str) -> tuple[int, int]:
    """Tokens and comments as the lexer finds them."""
    lexer, first = Lexer(Source(text)), None
    first = lexer.token
    while lexer.advance().kind is not TokenKind.EOF:
        continue
    tokens = comments = 0
    each = first.next
    while each is not None and each.kind is not TokenKind.EOF:
        comments += each.kind is TokenKind.COMMENT
        tokens += each.kind is not TokenKind.COMMENT
        each = each.next
    return tokens, comments


def agrees(text: str) -> None:
    most = max(lexed(text))
    assert not exceeds(text, most), "a document is refused that is short enough"
    assert most == 0 or exceeds(text, most - 1), "a document is let through that is too long"


@given(st.lists(st.tuples(st.sampled_from(LEXEMES), st.sampled_from(IGNORED)), max_size=30))
def test_a_document_has_as_many_tokens_as_the_lexer_finds(parts: list[tuple[str, str]]) -> None:
    agrees("".join(lexeme + between for lexeme, between in parts))


@given(RAW)
@example('"""\\"""')
@example('""" """"')
@example("#")
@example("1.e")
def test_any_text_that_the_lexer_takes_is_counted_alike(text: str) -> None:
    try:
        lexed(text)
    except GraphQLSyntaxError:
        return
    agrees(text)


@pytest.mark.parametrize("text", ['{ a(b: "', "{ ? }", '{ a(b: """', "..", "\x00"])
def test_what_is_no_token_is_left_to_the_parser(text: str) -> None:
    assert not exceeds(text + " a" * 10, 5)
