"""Everything public says what it is; every verb names the requirement it serves."""

import ast
import re

from fitsm_graph import bootstrap
from fitsm_graph.graph.verb import VERBS
from house.repository import Module, definitions, modules

REQUIREMENT = re.compile(r"^(PR([1-9]|1[0-4])\.\d{1,2}|GR[1-7](\.\d)?)$")
assert bootstrap  # importing it declares every verb

# Verbs whose first line does not name the requirement yet; this may only shrink.
NOT_NAMED_YET = {"account.create", "account.set_password", "token.create", "token.revoke"}


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


def test_every_verb_has_a_requirement_of_the_standard() -> None:
    assert len(VERBS) > 10
    assert {name: each.requirement for name, each in VERBS.items()
            if not REQUIREMENT.match(each.requirement)} == {}  # fmt: skip


def test_every_verb_names_its_requirement_in_its_first_line() -> None:
    def named(name: str) -> bool:
        first = (VERBS[name].run.__doc__ or "").split("\n\n")[0]
        return f"({VERBS[name].requirement})" in " ".join(first.split())

    assert {name for name in VERBS if not named(name)} <= NOT_NAMED_YET
