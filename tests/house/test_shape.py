"""Sizes: short functions, files that are read in one go, few positional parameters."""

import statistics

from house.repository import Function, functions, modules, text_of

LONGEST_FUNCTION = 50
LONGEST_FILE = 400
MEDIAN_FUNCTION = 9
MOST_POSITIONAL = 6

# What is longer today, with its length. An entry may only shrink, and goes once it is not needed.
LONG_FUNCTIONS: dict[str, int] = {}
LONG_FILES: dict[str, int] = {"src/fitsm_graph/impact/engine/solution.py": 407}
MANY_POSITIONAL: dict[str, int] = {
    "src/fitsm_graph/discovery/demo/network.py:_forwarder": 7,
}
BY_NATURE = ("src/fitsm_graph/api/", "src/fitsm_graph/cli/", "src/fitsm_graph/impact/engine/")
"""Parameters are the arguments of a field, the options of a command, or arrays of machine code."""


def lengths() -> dict[str, int]:
    """Lines of every function of the product and its tools, docstrings among them."""
    return {
        name: (node.end_lineno or node.lineno) - node.lineno + 1
        for name, node in functions("src", "tools")
    }


def faults(found: dict[str, int], longest: int, known: dict[str, int]) -> list[str]:
    """What is too long, or longer than known; and what is known for no reason."""
    long = {name: size for name, size in found.items() if size > longest}
    grown = [f"{name}: {size}" for name, size in long.items() if size > known.get(name, longest)]
    shrunk = [f"{name}: take the exception away" for name in known if name not in long]
    return grown + shrunk


def test_no_function_is_long() -> None:
    assert faults(lengths(), LONGEST_FUNCTION, LONG_FUNCTIONS) == []


def test_functions_are_short_as_a_rule() -> None:
    assert statistics.median(lengths().values()) <= MEDIAN_FUNCTION


def test_no_file_is_long() -> None:
    found = {each.path: len(text_of(each.path).splitlines()) for each in modules("src", "tools")}
    assert faults(found, LONGEST_FILE, LONG_FILES) == []


def test_what_comes_after_the_subject_is_given_by_name() -> None:
    found = {name: positional(node) for name, node in functions("src", "tools")}
    counted = {name: size for name, size in found.items() if not name.startswith(BY_NATURE)}
    assert faults(counted, MOST_POSITIONAL, MANY_POSITIONAL) == []


def positional(node: Function) -> int:
    """How many arguments may be given by place, beside the one that methods are called on."""
    names = [each.arg for each in (*node.args.posonlyargs, *node.args.args)]
    return len(names) - (names[:1] in (["self"], ["cls"]))


def test_the_measure_finds_what_is_too_long_and_what_is_excused_for_nothing() -> None:
    assert faults({"a": 60}, 50, {}) == ["a: 60"]
    assert faults({"a": 60}, 50, {"a": 55}) == ["a: 60"]
    assert faults({"a": 60}, 50, {"a": 60}) == []
    assert faults({"a": 40}, 50, {"a": 60}) == ["a: take the exception away"]
