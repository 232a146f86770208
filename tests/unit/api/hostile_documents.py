"""Documents that have brought servers down, written for this product's schema, with what each is
refused with. Used by a test that counts and by a benchmark that measures."""


def bomb(levels: int) -> str:
    """Fragments that each spread the next one twice: twice as many fields with every level."""
    parts = [f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(levels)]
    return f"{{ ...F0 }} {' '.join(parts)} fragment F{levels} on Query {{ x: ledgerHead }}"


def nested(levels: int) -> str:
    """Relations of relations."""
    below = "relations { element { " * levels + "key" + " } }" * levels
    return "{ cis { nodes { " + below + " } } }"


def several(count: int, pattern: str) -> str:
    """So many root fields; N stands for their number."""
    return "{ " + " ".join(pattern.replace("N", str(n)) for n in range(count)) + " }"


CI = 'ci(by: {key: "k"}) { key }'
HOSTILE = {
    # a limiter that visits a fragment at every spread of it
    **{f"a bomb of {n} levels": (bomb(n), "TOO_MANY_ALIASES") for n in (16, 18, 20, 45)},
    "a bomb without aliases": (bomb(45).replace("x: ", ""), "TOO_MANY_ROOT_FIELDS"),
    # comparing every field with every other of the same name
    "249 times the same field": (several(249, CI), "TOO_MANY_ROOT_FIELDS"),
    "500 times the same field": (several(500, CI), "TOO_MANY_TOKENS"),
    "one list selected again and again": (
        "{ cis { " + "nodes { key } " * 300 + "} }",
        "TOO_MANY_REPEATS",
    ),
    "relations within relations": (nested(20), "TOO_DEEP"),
    "200 relations within relations": (nested(200), "TOO_DEEP"),
    # names, directives, literals
    "101 aliases": (several(101, "aN: ledgerHead"), "TOO_MANY_ALIASES"),
    "1,000 aliases of one CI": (several(1_000, "aN: ci { key }"), "TOO_MANY_TOKENS"),
    "1,000 directives": (
        "{ ledgerHead" + " @include(if: true)" * 500 + " }",
        "TOO_MANY_DIRECTIVES",
    ),
    "1,000 directives that nobody knows": (
        "{ ledgerHead" + " @x" * 1_000 + " }",
        "TOO_MANY_DIRECTIVES",
    ),
    "10,000 tokens": ("{" + " a" * 10_000 + " }", "TOO_MANY_TOKENS"),
    "30,000 comments": ("{ ledgerHead }" + "#\n" * 30_000, "TOO_MANY_TOKENS"),
    "texts that do not end": ('{ search(text: "' + 'x" "' * 15_000 + "\n", "TOO_MANY_TOKENS"),
    "a list in a list in a list": (
        "{ impact(of: " + "[" * 180 + '"x"' + "]" * 180 + ") { version } }",
        "TOO_DEEP",
    ),
    "lists beyond what a parser goes through": (
        "{ impact(of: " + "[" * 1_900 + "]" * 1_900 + ") { version } }",
        "TOO_DEEP",
    ),
    "objects within objects": (
        "{ cis(where: " + "{a: " * 180 + "1" + "}" * 180 + ") { totalCount } }",
        "TOO_DEEP",
    ),
    "a text of 60,000 characters": (
        '{ search(text: "' + "x" * 60_000 + '", first: "no") { totalCount } }',
        "INVALID_DOCUMENT",
    ),
    "a number of 50,000 digits": (
        "{ cis(first: " + "9" * 50_000 + ") { totalCount } }",
        "PAGE_TOO_LARGE",
    ),
    # pages that multiply
    "pages within pages": (
        "{ cis(first: 1000) { nodes { relations(first: 1000) { element { key } } } } }",
        "TOO_COSTLY",
    ),
    "a page of a million": ("{ cis(first: 1000000) { totalCount } }", "PAGE_TOO_LARGE"),
    "twenty large answers": (
        several(
            20, "aN: cis(first: 1000) { nodes {" + " key name id kind type lifecycle" * 5 + "} }"
        ),
        "TOO_COSTLY",
    ),
    # questions about the schema
    "types of fields of types": (
        "{ __schema { types {" + " fields { type {" * 4 + " name" + " } }" * 4 + " } } }",
        "INVALID_DOCUMENT",
    ),
    "the schema six times": (
        several(6, "sN: __schema { types { name } }"),
        "TOO_COSTLY",
    ),
    # fragments
    "a fragment within itself": (
        "{ ...F } fragment F on Query { ledgerHead ...F }",
        "FRAGMENT_CYCLE",
    ),
    "a fragment within another's": (
        "{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }",
        "FRAGMENT_CYCLE",
    ),
    "1,000 fragments": (
        "{ ledgerHead }" + " ".join(f"fragment F{n} on Query {{ a }}" for n in range(500)),
        "TOO_MANY_FRAGMENTS",
    ),
    "a hundred operations": (
        " ".join(f"query Q{n} {{ ledgerHead }}" for n in range(100)),
        "TOO_MANY_OPERATIONS",
    ),
    # ways of other servers
    "trace mode": ("{ ledgerHead __trace }", "INVALID_DOCUMENT"),
    "a subscription to nothing": ("subscription { nothing }", "INVALID_DOCUMENT"),
    "a query for passwords": (
        "{ accounts { password } user(id: 1) { token } }",
        "INVALID_DOCUMENT",
    ),
}
"""By name: the document, and the code it is refused with."""

HARMLESS = {
    "fragments that are shared": (
        "{ a: cis { ...P } b: services { ...S } } fragment P on CIConnection { nodes { ...E } }"
        " fragment S on ServiceConnection { nodes { ...E } } fragment E on Element { key name }"
    ),
    "ten levels": "{ cis(first: 2) { nodes { relations { element { key } } } } }",
    "the schema once": "{ __schema { types { name fields { name type { name } } } } }",
    "thirty aliases": "{ cis { nodes { " + " ".join(f"a{n}: key" for n in range(30)) + " } } }",
}
"""Documents that look alike, and are asked every day."""
