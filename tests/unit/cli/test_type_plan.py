"""How a difference of types is told on a table."""

from fitsm_graph.cli import type_plan


def test_differences_are_told_by_what_is_different():
    was, now = ({"kind": kind, "doc": "Power."} for kind in ("integer", "float"))
    assert type_plan._what(was, now) == "kind: integer → float"
    assert type_plan._what(was, None) == "gone"
    assert type_plan._what(None, now) == "new"
    assert type_plan._what(["a", "b"], ["b", "c"]) == "without a, with c"
