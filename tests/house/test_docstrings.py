"""Everything public says what it is; every verb names the requirement it serves."""

import ast
import doctest
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from house.repository import ROOT, Module, definitions, lines, modules

REQUIREMENTS = {
    "GR1": 3,
    "GR2": 4,
    "GR3": 2,
    "GR4": 2,
    "GR5": 2,
    "GR6": 2,
    "GR7": 2,
    "PR9": 6,
    "PR10": 4,
    "PR11": 5,
    "PR12": 6,
    "PR13": 6,
    "PR14": 3,
}
"""How many requirements FitSM-1 has under each heading; what other processes ask is not ours."""
NAMED = re.compile(r"\b((?:PR|GR)\d+)\.(\d+)\b")


def undocumented(module: Module) -> list[str]:
    """Public definitions of a file that say nothing of themselves, the file among them."""
    found = [] if ast.get_docstring(module.tree) or not module.tree.body else [module.path]
    for name, node, inside in definitions(module.tree):
        hidden = any(part.startswith("_") for part in name.split("."))
        if not (inside or hidden or ast.get_docstring(node)):
            found.append(f"{module.path}:{name}")
    return found


def test_everything_public_says_what_it_is() -> None:
    assert [each for module in modules("src", "tools") for each in undocumented(module)] == []


def test_a_missing_docstring_is_found() -> None:
    tree = ast.parse('"""A file."""\nclass A:\n    """A."""\n    def b(self): return 1\n')
    assert undocumented(Module("x.py", tree)) == ["x.py:A.b"]
    assert undocumented(Module("y.py", ast.parse("def _a(): return 1"))) == ["y.py"]


EXEMPLARY = [
    module.path
    for module in modules("src")
    if ">>> " in (ROOT / module.path).read_text(encoding="utf-8")
]


@pytest.mark.parametrize("path", EXEMPLARY)
def test_examples_say_what_is_so(path: str) -> None:
    name = path.removeprefix("src/").removesuffix(".py").replace("/", ".").removesuffix(".__init__")
    done = doctest.testmod(importlib.import_module(name))
    assert done.attempted
    assert done.failed == 0


def test_control_an_example_that_is_wrong_is_found() -> None:
    wrong = doctest.DocTestParser().get_doctest(">>> 1 + 1\n3\n", {}, "wrong", None, 0)
    assert doctest.DocTestRunner(verbose=False).run(wrong, out=lambda _text: None).failed == 1


@dataclass(frozen=True, slots=True)
class Declared:
    """A verb as its file declares it."""

    name: str
    requirement: str
    first: str


def verbs() -> Iterator[Declared]:
    """Every verb of the product, read from the source."""
    for module in modules("src"):
        for _, node, _ in definitions(module.tree):
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "verb":
                    given = {each.arg: ast.literal_eval(each.value) for each in mark.keywords
                             if each.arg == "requirement"}  # fmt: skip
                    told = (ast.get_docstring(node) or "").split("\n\n")[0]
                    first = " ".join(told.split())
                    name = str(ast.literal_eval(mark.args[0]))
                    yield Declared(name, given["requirement"], first)


def test_every_verb_names_its_requirement_in_its_first_line() -> None:
    found = list(verbs())
    assert len(found) > 20
    assert [each.name for each in found if not NAMED.fullmatch(each.requirement)] == []
    assert [each for each in found if not each.first.endswith(f"({each.requirement}).")] == []


def test_every_requirement_that_is_named_exists() -> None:
    wrong = [
        f"{place}: {heading}.{number}"
        for place, line in lines()
        for heading, number in NAMED.findall(line)
        if not 1 <= int(number) <= REQUIREMENTS.get(heading, 0)
    ]
    assert wrong == []
