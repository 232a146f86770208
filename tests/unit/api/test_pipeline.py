"""What a document may be: at each limit, one above it, and made to hurt."""

import time
from typing import Any

import pytest
from graphql import GraphQLError, build_schema, parse
from hypothesis import given, settings
from hypothesis import strategies as st

from fitsm_graph.api.edition import make_edition
from fitsm_graph.api.limits import Limits, Measure
from fitsm_graph.api.pipeline import Pipeline, too_deep
from fitsm_graph.api.weight import UNPAGED_ROWS
from fitsm_graph.confm.types import default_registry
from fitsm_graph.kernel.errors import BadInput

LIMITS = Limits()
SCHEMA = build_schema("""
    directive @mark(n: Int) repeatable on FIELD
    type Query { a(x: [Int]): Int  b: Query!  list: [Query!]!  page(first: Int! = 50): Page!
                 rows(first: Int = 10): [Query!]!  impact: Query }
    type Page { nodes: [Query!]!  edges: [Edge!]!  total: Int }
    type Edge { cursor: String  node: Query! }
""")


def pipeline(**limits: Any) -> Pipeline:
    return Pipeline(SCHEMA, Limits(**limits))


def code(text: str, within: Pipeline | None = None, **variables: Any) -> str:
    try:
        (within or pipeline()).prepare(text, variables)
    except BadInput as error:
        refused = error
    else:
        return ""
    assert refused.problem.why, refused
    assert refused.problem.remedy, refused
    return refused.code


def nested(levels: int) -> str:
    return "{ b " * (levels - 1) + "{ a }" + " }" * (levels - 1)


def bomb(levels: int, body: str = "x: a") -> str:
    """Fragments that each spread the next twice."""
    parts = [f"fragment F{n} on Query {{ ...F{n + 1} b {{ ...F{n + 1} }} }}" for n in range(levels)]
    return f"{{ ...F0 }} {' '.join(parts)} fragment F{levels} on Query {{ {body} }}"


AT_THE_LIMIT = {
    "TOO_MANY_TOKENS": ({"tokens": 7}, "{ a b { a } }", "{ a a b { a } }"),
    "TOO_DEEP": ({"depth": 5}, nested(5), nested(6)),
    "TOO_MANY_ALIASES": ({"aliases": 3}, "{ p: a q: a r: a }", "{ p: a q: a r: a s: a }"),
    "TOO_MANY_ROOT_FIELDS": ({"root_fields": 2}, "{ a b { a } }", "{ a x: a b { a } }"),
    "TOO_MANY_DIRECTIVES": (
        {"directives": 2},
        "{ a @mark(n: 1) @mark(n: 2) }",
        "{ a @mark(n: 1) @mark(n: 2) @mark(n: 3) }",
    ),
    "TOO_MANY_FIELDS": ({"fields": 3}, "{ a b { a } }", "{ a b { a } x: a }"),
    "TOO_MANY_FRAGMENTS": (
        {"fragments": 1},
        "{ ...A } fragment A on Query { a }",
        "{ ...A ...B } fragment A on Query { a } fragment B on Query { a }",
    ),
    "TOO_MANY_REPEATS": ({"repeats": 9}, "{ a a a }", "{ a a a a }"),
    "PAGE_TOO_LARGE": (
        {"page": 7},
        "{ b { page(first: 7) { nodes { rows(first: 7) { a } } } } }",
        "{ b { page(first: 7) { nodes { rows(first: 8) { a } } } } }",
    ),
    "TOO_COSTLY": (
        {"cost": 1 + 10 * 2},
        "{ rows { a x: a } }",
        "{ rows { a x: a } y: a }",
    ),
}


@pytest.mark.parametrize("name", AT_THE_LIMIT)
def test_at_a_limit_it_passes_and_one_above_it_is_refused(name: str) -> None:
    limits, fits, above = AT_THE_LIMIT[name]
    assert code(fits, pipeline(**limits)) == ""
    assert code(above, pipeline(**limits)) == name


def test_operations_are_counted() -> None:
    text = " ".join(f"query Q{n} {{ a }}" for n in range(3))
    for most, expected in ((3, ""), (2, "TOO_MANY_OPERATIONS")):
        with_limit = pipeline(operations=most)
        try:
            with_limit.prepare(text, {}, "Q0")
            found = ""
        except BadInput as error:
            found = error.code
        assert found == expected


def test_a_refusal_has_both_numbers() -> None:
    with pytest.raises(BadInput, match="31 of 30"):
        pipeline().prepare("{" + " ".join(f"x{n}: a" for n in range(31)) + "}", {})


COSTS = {
    "{ a }": 1,
    "{ b { a } }": 2,
    "{ list { a } }": UNPAGED_ROWS + 1,
    "{ page { total } }": 1 + 1,
    "{ page { nodes { a } } }": 2 + 50,
    "{ page(first: 7) { nodes { a } edges { node { a } } } }": 1 + (1 + 7) + (1 + 7 * 2),
    "{ page(first: 7) { ...P } } fragment P on Page { nodes { a } }": 1 + 1 + 7,
    "{ rows(first: 3) { rows(first: 4) { a } } }": 1 + 3 * (1 + 4),
    "{ page(first: 100) { nodes { page(first: 100) { nodes { a } } } } }": (
        1 + 1 + 100 * (1 + 1 + 100)
    ),
    "query Q($n: Int! = 9) { rows(first: $n) { a } }": 1 + 9,
    "{ rows(first: null) { a } }": 1 + UNPAGED_ROWS,
    "{ rows(first: -5) { a } }": 1,
    "{ impact { a } }": 1_002,
}


@pytest.mark.parametrize("text", COSTS)
def test_page_sizes_multiply(text: str) -> None:
    assert pipeline(cost=10**9).prepare(text, {}).cost == COSTS[text]


def test_page_sizes_come_from_variables_every_time() -> None:
    one = pipeline()
    text = "query Q($n: Int!) { rows(first: $n) { a } }"
    assert [one.prepare(text, {"n": n}).cost for n in (3, 900, 3)] == [4, 901, 4]
    assert code(text, one, n=10**7) == "PAGE_TOO_LARGE"
    assert one.misses == 1


def test_a_page_size_that_is_no_number_is_left_to_its_type() -> None:
    text = "query Q($n: Int!) { rows(first: $n) { a } }"
    for value in ("9", True, [1], {"a": 1}, 1.5):
        assert pipeline().prepare(text, {"n": value}).cost == 1 + UNPAGED_ROWS
    assert code("{ rows(first: " + "9" * 5_000 + ") { a } }") == "PAGE_TOO_LARGE"


def test_introspection_costs_a_flat_sum_and_is_told_apart() -> None:
    one = pipeline().prepare('{ __schema { types { name } } __type(name: "Query") { name } }', {})
    assert one.schema_only
    assert one.cost == 2 + 100_000 + 1_000
    deep = "{ __schema { types {" + " ofType {" * 20 + " name" + " }" * 20 + " } } }"
    assert pipeline().prepare(deep, {}).cost == 1 + 100_000
    assert not pipeline().prepare("{ a __schema { types { name } } }", {}).schema_only
    assert not pipeline().prepare("{ a __typename }", {}).schema_only
    assert code(
        "{" + " ".join(f"s{n}: __schema {{ types {{ name }} }}" for n in range(6)) + "}"
    ) == ("TOO_COSTLY")


HOSTILE = {
    "aliases": ("{" + " ".join(f"x{n}: a" for n in range(1_200)) + "}", "TOO_MANY_ALIASES"),
    "10,000 aliases": ("{" + " ".join(f"x{n}: a" for n in range(10_000)) + "}", "TOO_MANY_TOKENS"),
    "one field again and again": ("{" + " a" * 3_000 + "}", "TOO_MANY_ROOT_FIELDS"),
    "repeats below": ("{ b {" + " b { a }" * 300 + "} }", "TOO_MANY_REPEATS"),
    "repeats in an unused fragment": (
        "{ a } fragment F on Query {" + " b { a }" * 300 + "}",
        "TOO_MANY_REPEATS",
    ),
    "nested repeats": ("{" + "b { a b { a " * 10 + "a" + "} a b { a } }" * 10 + "}", "TOO_DEEP"),
    "deep": (nested(190), "TOO_DEEP"),
    "deeper than a parser goes": (nested(1_000), "TOO_DEEP"),
    "deep through fragments": (
        "{ ...F0 }"
        + " ".join(f"fragment F{n} on Query {{ b {{ ...F{n + 1} }} }}" for n in range(95))
        + " fragment F95 on Query { a }",
        "TOO_DEEP",
    ),
    "deep list": ("{ a(x: " + "[" * 150 + "1" + "]" * 150 + ") }", "TOO_DEEP"),
    "deeper list": ("{ a(x: " + "[" * 1_500 + "1" + "]" * 1_500 + ") }", "TOO_DEEP"),
    "directives": ("{ a" + " @mark(n: 1)" * 500 + "}", "TOO_MANY_DIRECTIVES"),
    "directives nobody knows": ("{ a" + " @x" * 1_900 + "}", "TOO_MANY_DIRECTIVES"),
    "fragment bomb": (bomb(45), "TOO_DEEP"),
    "aliases through fragments": (
        "{ ...F0 }"
        + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(45))
        + " fragment F45 on Query { x: a }",
        "TOO_MANY_ALIASES",
    ),
    "a fragment in itself": ("{ ...F } fragment F on Query { ...F }", "FRAGMENT_CYCLE"),
    "fragments in a circle": (
        "{ a } fragment F on Query { b { ...G } } fragment G on Query { ...F }",
        "FRAGMENT_CYCLE",
    ),
    "many fragments": (
        "{ a }" + " ".join(f"fragment F{n} on Query {{ a }}" for n in range(500)),
        "TOO_MANY_FRAGMENTS",
    ),
    "the same fragment twice": (
        "{ ...F } fragment F on Query { a } fragment F on Query {" + " b { a }" * 60 + "}",
        "INVALID_DOCUMENT",
    ),
    "the same operation twice": ("query A { a } query A { a }", "INVALID_DOCUMENT"),
    "the same fragment twice, a long one": (
        "{ ...F } fragment F on Query { a } fragment F on Query {" + " b { a }" * 900 + "}",
        "TOO_MANY_REPEATS",
    ),
    "unknown fields": (
        "{ b {" + " ".join(f"f{n}" for n in range(3_900)) + "} }",
        "TOO_MANY_FIELDS",
    ),
    "a long literal": ('{ a(x: "' + "x" * 60_000 + '") }', "INVALID_DOCUMENT"),
    "a long name": ("{ " + "x" * 60_000 + " }", "INVALID_DOCUMENT"),
    "an empty selection": ("{ b { } }", "SYNTAX_ERROR"),
    "nothing": ("# nothing", "SYNTAX_ERROR"),
    "a schema": ("type Query { a: Int }", "NO_OPERATION"),
    "introspection in circles": (
        "{ __schema { types {" + " fields { type {" * 4 + " name" + " } }" * 4 + " } } }",
        "INVALID_DOCUMENT",
    ),
    "repeats in introspection": (
        "{ __schema { types {" + " name" * 500 + " } } }",
        "TOO_MANY_REPEATS",
    ),
    "repeats in a fragment on the schema": (
        "{ a } fragment F on __Type {" + " ofType { name }" * 200 + " }",
        "TOO_MANY_REPEATS",
    ),
    "a subscription": ("subscription { a }", "INVALID_DOCUMENT"),
    "a mutation that is not there": ("mutation { a }", "INVALID_DOCUMENT"),
    "not GraphQL": ("SELECT 1", "SYNTAX_ERROR"),
    "a lone surrogate": ("{ a \ud800 }", "SYNTAX_ERROR"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_are_refused_quickly(name: str) -> None:
    text, expected = HOSTILE[name]
    one = pipeline()
    best = min(_seconds(one, text, expected) for _ in range(2))
    assert best < 0.25, "some milliseconds on a quiet machine; without limits seconds to years"
    assert one.held == 0, "what is refused is not kept"


def _seconds(one: Pipeline, text: str, expected: str) -> float:
    start = time.process_time()
    found = code(text, one)
    assert found == expected
    return time.process_time() - start


def test_a_message_never_repeats_a_whole_document() -> None:
    with pytest.raises(BadInput) as caught:
        pipeline().prepare("{ " + "x" * 60_000 + " }", {})
    assert len(caught.value.problem.message) <= 500


def test_operations_are_chosen_by_name() -> None:
    one = pipeline()
    text = "query A { a } query B { b { a } }"
    assert one.prepare(text, {}, "B").cost == 2
    for name, expected in (
        (None, "OPERATION_NAME_MISSING"),
        ("", "OPERATION_NAME_MISSING"),
        ("C", "UNKNOWN_OPERATION"),
        ("x" * 60_000, "UNKNOWN_OPERATION"),
    ):
        with pytest.raises(BadInput) as caught:
            one.prepare(text, {}, name)
        assert caught.value.code == expected


def test_what_was_let_through_is_not_read_again() -> None:
    one = pipeline()
    for _ in range(3):
        one.prepare("{ a }", {})
    assert (one.misses, one.hits) == (1, 2)


def test_the_cache_is_bounded_by_bytes_and_forgets_the_oldest() -> None:
    one = pipeline(cache_bytes=5_000)
    for n in range(50):
        one.prepare(f"{{ x{n}: a }}", {})
        one.prepare("{ a }", {})
        assert 0 < one.held <= 5_000
    assert one.misses == 51
    one.prepare("{ x0: a }", {})
    assert one.misses == 52, "the oldest was forgotten"


def test_a_limit_holds_for_what_is_cached_too() -> None:
    one = pipeline()
    text = "query Q($n: Int!) { rows(first: $n) { a } }"
    one.prepare(text, {"n": 1})
    with pytest.raises(BadInput) as caught:
        one.prepare(text, {"n": 10**6})
    assert caught.value.code == "PAGE_TOO_LARGE"


def test_who_may_ask_for_more_does_so_on_the_same_document() -> None:
    one = pipeline()
    text = "query Q($n: Int!) { rows(first: $n) { a b { a b { a } } } }"
    large = one.limits.enlarged()
    assert one.prepare(text, {"n": 10_000}, limits=large).cost == 1 + 10_000 * 5
    assert code(text, one, n=10_000) == "PAGE_TOO_LARGE"
    assert one.misses == 1
    with pytest.raises(BadInput) as caught:
        one.prepare(text, {"n": 10_001}, limits=large)
    assert caught.value.code == "PAGE_TOO_LARGE"


def test_a_schema_answer_that_is_kept_counts_as_held() -> None:
    one = pipeline(cache_bytes=3_000)
    prepared = one.prepare("{ __typename __schema { types { name } } }", {})
    one.tell(prepared, {"x": 1}, 10_000)
    assert one.held == 0, "an answer above the bound is not kept"


@pytest.mark.parametrize(("levels", "expected"), [(31, False), (32, False), (33, True)])
def test_nesting_of_variables_is_counted(levels: int, *, expected: bool) -> None:
    value: Any = 1
    for n in range(levels):
        value = [value] if n % 2 else {"x": value}
    assert too_deep(value, 32) is expected


names = st.sampled_from(["a", "b", "list", "page", "rows"])


@st.composite
def selections(draw: st.DrawFn, kind: str = "Query", depth: int = 4) -> str:
    """A selection of the small schema above."""
    if kind == "Page":
        inner = draw(selections("Query", depth - 1))
        return draw(
            st.sampled_from(["total", f"nodes {{ {inner} }}", f"edges {{ node {{ {inner} }} }}"])
        )
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        name = draw(names) if depth > 0 else "a"
        if name == "a":
            parts.append("a")
            continue
        alias = f"k{draw(st.integers(0, 10**6))}: "
        first = draw(st.integers(0, 4)) if name in {"page", "rows"} else None
        given = "" if first is None else f"(first: {first})"
        below = draw(selections("Page" if name == "page" else "Query", depth - 1))
        parts.append(f"{alias}{name}{given} {{ {below} }}")
    return " ".join(parts)


def count(data: Any) -> int:
    """Values in an answer, counted the long way."""
    if isinstance(data, dict):
        return sum(1 + count(value) for value in data.values())
    return sum(count(each) for each in data) if isinstance(data, list) else 0


def full() -> dict[str, Any]:
    """A root under which every list is as long as it may be."""
    return {
        "a": 1,
        "b": lambda *_: full(),
        "list": lambda *_: [full()] * UNPAGED_ROWS,
        "rows": lambda _info, first=10: [full()] * first,
        "page": lambda _info, first=50: {
            "total": 1,
            "nodes": [full()] * first,
            "edges": [{"cursor": "", "node": full()}] * first,
        },
    }


@settings(deadline=None, max_examples=40)
@given(selections(depth=3))
def test_no_answer_has_more_values_than_its_cost(text: str) -> None:
    from graphql import execute_sync, validate

    document = parse("{" + text + "}")
    measured = Measure(SCHEMA, document, {}).operation(document.definitions[0])
    if measured.cost > 20_000 or validate(SCHEMA, document):  # two aliases may be the same
        return
    result = execute_sync(SCHEMA, document, full())
    assert not result.errors
    assert count(result.data) <= measured.cost


def test_the_product_s_own_documents_are_well_below_the_limits() -> None:
    from fitsm_graph.kernel.places import OF_PAGES

    own = make_edition(0, default_registry(), LIMITS).pipeline
    for path in OF_PAGES.glob("*.graphql"):
        prepared = own.prepare(path.read_text(encoding="utf-8"), {"first": 500}, path.stem)
        assert prepared.cost < LIMITS.cost / 5, path.name


def test_the_stock_measures_would_not_have_held() -> None:
    """The control: validation alone lets the bomb through, and counts nothing."""
    from graphql import validate

    assert validate(SCHEMA, parse(bomb(6)))[:1] != [GraphQLError("too deep")]
    assert code(bomb(20)) == "TOO_DEEP"
