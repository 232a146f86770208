"""What the driver is given: parameters that it does not spell out for its log."""

from neo4j._codec.hydration import DehydrationHooks
from neo4j._codec.packstream.v1 import PackableBuffer, Packer

from fitsm_graph.graph.driver import forget, unsaid

GIVEN = {"key": "k", "rows": [{"name": "hunter2"}] * 3, "entry": {"hash": "hunter2"}, "no": None}


def packed(value: object) -> bytes:
    buffer = PackableBuffer()
    Packer(buffer).pack(value, DehydrationHooks(exact_types={tuple: list}, subtypes={}))
    return bytes(buffer.data)


def test_they_are_not_spelled_out():
    assert "hunter2" in repr(GIVEN)
    assert "hunter2" not in repr(unsaid(GIVEN))
    assert "[3 values]" in repr(unsaid(GIVEN))


def test_they_are_sent_as_they_are():
    assert unsaid(GIVEN) == GIVEN
    assert packed(unsaid(GIVEN)) == packed(GIVEN)


def test_what_was_said_is_forgotten_and_what_was_given_is_not():
    given = {"rows": [{"key": "a"}], "row": {"key": "a"}, "word": "a"}
    said = unsaid(given)
    forget(said)
    assert said == {"rows": [], "row": {}, "word": "a"}
    assert given == {"rows": [{"key": "a"}], "row": {"key": "a"}, "word": "a"}
