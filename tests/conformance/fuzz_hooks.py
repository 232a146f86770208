"""What schemathesis is told of this API: its scalars, and what counts as a failure.

An error in an answer is no failure: made-up questions are refused by name. A status of the server's
own fault is one, and so is an error that no rule foresees.
"""

import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes

TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
JSON = st.one_of(
    st.booleans().map(nodes.Boolean),
    st.integers(-(2**40), 2**40).map(nodes.Int),
    st.floats(allow_nan=False, allow_infinity=False, width=32).map(nodes.Float),
    TEXTS.map(nodes.String),
)
TIMES = st.datetimes().map(lambda each: each.isoformat(timespec="seconds") + "Z") | TEXTS

schemathesis.graphql.scalar("JSON", JSON)
schemathesis.graphql.scalar("DateTime", TIMES.map(nodes.String))


@schemathesis.check
def nothing_fails_inside(_context: object, response: object, _case: object) -> None:
    """No status of 500 and above, no error without a name, no statement that is refused."""
    status, text = response.status_code, response.text  # type: ignore[attr-defined]
    assert status < 500, f"{status}: {text[:500]}"
    for code in ("INTERNAL", "BROKEN"):
        assert f'"{code}"' not in text, text[:500]
