"""Documents made to hurt, by name, against the product's own schema: counted work, no clock.

A selection is looked at once, however often it is spread; what is above a limit is refused before
it is validated; what was let through is not looked at again. That is what keeps each of them cheap,
and it is counted here. `make bench-hostile` measures that each takes less than 20 ms.
"""

from functools import cache

import pytest
from graphql import TokenKind
from graphql.language import Lexer, Source

from fitsm_graph.api.edition import make_edition
from fitsm_graph.api.limits import Limits
from fitsm_graph.api.pipeline import Pipeline
from fitsm_graph.confm.types import default_registry
from fitsm_graph.kernel.errors import BadInput
from unit.api.hostile_documents import HARMLESS, HOSTILE

LIMITS = Limits()


@cache
def schema() -> Pipeline:
    return make_edition(0, default_registry(), LIMITS).pipeline


def fresh() -> Pipeline:
    return Pipeline(schema().schema, LIMITS)


def tokens(text: str) -> int:
    """Tokens of a document, up to the limit and one more."""
    lexer, count = Lexer(Source(text)), 0
    while count <= LIMITS.tokens and lexer.advance().kind is not TokenKind.EOF:
        count += 1
    return count


def refused(one: Pipeline, text: str) -> str:
    with pytest.raises(BadInput) as caught:
        one.prepare(text, {})
    assert caught.value.problem.remedy
    return caught.value.code


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_refused_in_bounded_work(name: str) -> None:
    text, expected = HOSTILE[name]
    one = fresh()
    assert refused(one, text) == expected
    counted = one.walked
    assert counted <= tokens(text), "each selection is looked at once, whatever it unfolds to"
    assert one.validated == (expected == "INVALID_DOCUMENT" and counted > 0)
    assert one.held == 0, "what is refused is not kept"


@pytest.mark.parametrize("name", HARMLESS)
def test_what_looks_alike_and_is_harmless_passes(name: str) -> None:
    one = fresh()
    one.prepare(HARMLESS[name], {})
    assert one.validated == 1


def test_a_document_is_looked_at_once_however_often_it_is_asked() -> None:
    one, text = fresh(), HARMLESS["fragments that are shared"]
    one.prepare(text, {})
    walked = one.walked
    for _ in range(200):
        one.prepare(text, {})
    assert (one.misses, one.hits, one.validated, one.walked) == (1, 200, 1, walked)


def test_the_control_unfolds() -> None:
    """Looking at fragments at every spread of them takes work without bound."""
    from graphql import FieldNode, FragmentDefinitionNode, FragmentSpreadNode, parse

    def unfolded(levels: int) -> int:
        document = parse(bomb(levels))
        fragments = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }

        def count(selections: object) -> int:
            total = 0
            for each in selections:  # type: ignore[attr-defined]
                if isinstance(each, FragmentSpreadNode):
                    total += count(fragments[each.name.value].selection_set.selections)
                elif isinstance(each, FieldNode):
                    total += 1
            return total

        return count(document.definitions[0].selection_set.selections)

    from unit.api.hostile_documents import bomb

    assert [unfolded(n) for n in (4, 8, 12)] == [2**4, 2**8, 2**12]
    one = fresh()
    for levels, expected in ((12, ""), (45, "TOO_MANY_ALIASES")):
        before = one.walked
        assert refused(one, bomb(levels)) == (expected or "TOO_MANY_ALIASES")
        assert one.walked - before <= 3 * levels + 4
