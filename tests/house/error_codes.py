"""Every stable error code of the product, and every error without a remedy, read from the source.

A code is a constant: the default of a class of errors, a `code=`, the first argument of a
`Problem`, what is passed to a parameter called `code`, or the first item or key of a table of
rules that such a code is looked up in.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from house.repository import Function, Module, definitions, modules

CODE = re.compile(r"^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$")
TABLE = re.compile(r"^_?([A-Z_]*(RULES|CODES?|REASONS|FAILURES|ERRORS|CAUSES|REFUSALS))$")
ERRORS = "src/fitsm_graph/kernel/errors.py"


@cache
def sources() -> tuple[Module, ...]:
    return modules("src")


@cache
def kinds() -> dict[str, tuple[str, str]]:
    """Classes of errors: name → (parent, default code or nothing)."""
    found: dict[str, tuple[str, str]] = {"FitsmError": ("", "ERROR")}
    known = -1
    while known < len(found):
        known = len(found)
        for module in sources():
            for name, node, _ in definitions(module.tree):
                if isinstance(node, ast.ClassDef) and name not in found:
                    bases = [ast.unparse(each).split(".")[-1] for each in node.bases]
                    if parent := next((each for each in bases if each in found), ""):
                        found[name] = (parent, _default(node, "default_code"))
    return found


def _default(node: ast.ClassDef, name: str) -> str:
    for each in node.body:
        if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == name:
            return str(ast.literal_eval(each.value))
    return ""


@cache
def passing() -> dict[str, set[int]]:
    """Functions with a parameter called `code`: name → its places, `self` not counted."""
    found: dict[str, set[int]] = defaultdict(set)
    for module in sources():
        for name, node, _ in definitions(module.tree):
            if isinstance(node, Function) and name.rpartition(".")[2] != "__init__":
                names = [each.arg for each in (*node.args.posonlyargs, *node.args.args)]
                names = names[1:] if names[:1] in (["self"], ["cls"]) else names
                if "code" in names:
                    found[node.name].add(names.index("code"))
    return found


def constants(node: ast.expr | None) -> Iterator[str]:
    """Codes that an expression may be."""
    if isinstance(node, ast.IfExp):
        yield from constants(node.body)
        yield from constants(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for each in node.values:
            yield from constants(each)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.match(node.value):
        yield node.value


def called(node: ast.Call) -> str:
    return ast.unparse(node.func).split(".")[-1]


def codes_of_call(node: ast.Call) -> Iterator[str]:
    named = {each.arg: each.value for each in node.keywords}
    yield from constants(named.get("code"))
    for place in {0} if called(node) == "Problem" else passing().get(called(node), ()):
        yield from constants(node.args[place] if place < len(node.args) else None)


def codes_of_assignment(target: str, value: ast.expr) -> Iterator[str]:
    """Codes of `code = …`, of `code, why = … if … else …` and of tables of rules."""
    if target == "code":
        yield from constants(value)
    elif target.startswith("code, "):
        yield from _in_tuples(value, 0)
    elif TABLE.match(target):
        for each in ast.walk(value):
            if isinstance(each, ast.Tuple) and each.elts:
                yield from constants(each.elts[0])
            elif isinstance(each, ast.Dict):
                for item in (*each.keys, *each.values):
                    yield from constants(item)


def codes() -> dict[str, set[str]]:
    """Every code with the files that use it."""
    found: dict[str, set[str]] = defaultdict(set)
    for _, default in kinds().values():
        if default:
            found[default].add(ERRORS)
    for module in sources():
        for code in _codes_of(module.tree):
            found[code].add(module.path)
    return found


def _codes_of(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from codes_of_call(node)
        elif isinstance(node, ast.Assign):
            yield from codes_of_assignment(_target(node.targets[0]), node.value)
        elif isinstance(node, ast.AnnAssign) and node.value:
            yield from codes_of_assignment(_target(node.target), node.value)
        elif isinstance(node, ast.For) and "code" in _target(node.target).split(", "):
            yield from _in_tuples(node.iter, _target(node.target).split(", ").index("code"))


def _in_tuples(table: ast.expr, place: int) -> Iterator[str]:
    for each in ast.walk(table):
        if isinstance(each, ast.Tuple) and len(each.elts) > place:
            yield from constants(each.elts[place])


def _target(node: ast.expr) -> str:
    if isinstance(node, ast.Tuple):
        return ", ".join(ast.unparse(each) for each in node.elts)
    return ast.unparse(node)


def without_remedy() -> dict[str, int]:
    """How many errors each file makes without a remedy: nothing given, none by its class."""
    found: dict[str, int] = defaultdict(int)
    for module in sources():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and _bare(node):
                found[module.path] += 1
    return dict(found)


def _bare(node: ast.Call) -> bool:
    named = {each.arg for each in node.keywords}
    if None in named or {"remedy", "problems"} & named:
        return False
    if called(node) == "Problem":
        return len(node.args) < 4
    kind = _kind_above(node) if called(node) == "__init__" else called(node)
    return kind in kinds() and kind not in self_made() and not remedied(kind)


@cache
def self_made() -> set[str]:
    """Kinds that make their texts themselves; the call of their base is looked at instead."""
    return {
        node.name
        for module in sources()
        for _, node, _ in definitions(module.tree)
        if isinstance(node, ast.ClassDef)
        and node.name in kinds()
        and module.path != ERRORS
        and any(isinstance(each, Function) and each.name == "__init__" for each in node.body)
    }


def _kind_above(call: ast.Call) -> str:
    """The base that a `super().__init__(…)` calls; nothing where it is none of an error."""
    for module in sources():
        for _, node, _ in definitions(module.tree):
            made = isinstance(node, ast.ClassDef) and node.name in self_made()
            if made and any(each is call for each in ast.walk(node)):
                return kinds()[node.name][0]
    return ""


@cache
def remedied(kind: str) -> bool:
    """Whether the class has a remedy for all of its errors."""
    for module in sources():
        for name, node, _ in definitions(module.tree):
            found = name == kind and isinstance(node, ast.ClassDef)
            if found and _default(node, "default_remedy"):
                return True
    parent = kinds()[kind][0]
    return bool(parent) and remedied(parent)
