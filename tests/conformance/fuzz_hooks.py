"""What schemathesis is told of this API: its scalars, and what counts as a failure.

An error in an answer is no failure: made-up questions are refused by name. A status of the server's
own fault is one, and so is an error that no rule foresees. Which fields answered with data is
written down, so that a run in which one never did can be told from one in which all did.
"""

import json
import os
from pathlib import Path

import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes

from conformance.slices import scalars

TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
JSON = st.one_of(
    st.booleans().map(nodes.Boolean),
    st.integers(-(2**40), 2**40).map(nodes.Int),
    st.floats(allow_nan=False, allow_infinity=False, width=32).map(nodes.Float),
    TEXTS.map(nodes.String),
)
WORDS = json.loads(Path(os.environ["FUZZ_WORDS"]).read_text(encoding="utf-8"))
SEEN = os.open(os.environ["FUZZ_SEEN"], os.O_WRONLY | os.O_APPEND)
TIMES = st.sampled_from(WORDS["moments"]) | (
    st.datetimes().map(lambda each: each.isoformat(timespec="seconds") + "Z") | TEXTS
)

schemathesis.graphql.scalar("JSON", JSON)
schemathesis.graphql.scalar("DateTime", TIMES.map(nodes.String))
schemathesis.graphql.scalar("Duration", st.sampled_from(("P1D", "PT1H", "x")).map(nodes.String))
NUMBERS = st.one_of(*[st.integers(1, 40)] * 4, st.integers(-1, 2**40))
schemathesis.graphql.scalar("KnownSizes", NUMBERS.map(nodes.Int))
for name, values in scalars(WORDS):
    known = st.sampled_from(values)
    schemathesis.graphql.scalar(name, st.one_of(known, known, known, TEXTS).map(nodes.String))


@schemathesis.check
def nothing_fails_inside(_context: object, response: object, case: object) -> None:
    """No status of 500 and above, no error without a name, no statement that is refused."""
    status, text = response.status_code, response.text  # type: ignore[attr-defined]
    assert status < 500, f"{status}: {text[:500]}"
    for code in ("INTERNAL", "BROKEN"):
        assert f'"{code}"' not in text, text[:500]
    told = json.loads(text)
    answered = any(value is not None for value in (told.get("data") or {}).values())
    errors = told.get("errors") or [{}]
    why = {} if answered else errors[0].get("extensions", {})
    refusal = "" if answered else f"{why.get('code')}: {errors[0].get('message', 'null')[:120]}"
    line = json.dumps([case.operation.label, refusal])  # type: ignore[attr-defined]
    os.write(SEEN, f"{line}\n".encode())
