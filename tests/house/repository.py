"""What the house tests look at: the files that git tracks, and Python files as syntax trees."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
BINARY = {".png", ".ico", ".woff2", ".gz"}
PRINTED = ("requirements/", "package-lock.json", "schema/schema.graphql")
"""Files that a tool writes; their words are not ours to choose."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tracked() -> tuple[str, ...]:
    """Paths of the files of the repository, relative to its root, links left out."""
    asked = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"]
    listed = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = sorted(set(filter(None, listed.split("\0"))))
    return tuple(each for each in paths if (ROOT / each).is_file() and not linked(each))


def linked(path: str) -> bool:
    """Whether a path is a link, or leads over one."""
    return (ROOT / path).resolve() != ROOT.resolve() / path


def text_of(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def texts(*, printed: bool = True) -> Iterator[tuple[str, str]]:
    """Every tracked text file with its path; `printed` says whether tools' files are among them."""
    for path in tracked():
        if Path(path).suffix not in BINARY and (printed or not path.startswith(PRINTED)):
            yield path, text_of(path)


def lines(*, printed: bool = True) -> Iterator[tuple[str, str]]:
    """Every line of every tracked text file, with `path:number` before it."""
    for path, text in texts(printed=printed):
        for number, line in enumerate(text.splitlines(), 1):
            yield f"{path}:{number}", line


@dataclass(frozen=True, slots=True)
class Module:
    """A Python file of the repository."""

    path: str
    tree: ast.Module

    @property
    def stem(self) -> str:
        """The path within the package, such as ``graph/tx.py``."""
        return self.path.removeprefix("src/fitsm_graph/")


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """The tracked Python files under the folders."""
    prefixes = tuple(f"{folder}/" for folder in folders)
    found = [each for each in tracked() if each.startswith(prefixes) and each.endswith(".py")]
    return tuple(Module(each, ast.parse(text_of(each), each)) for each in found)


def definitions(
    parent: ast.AST, qualified: str = ""
) -> Iterator[tuple[str, Function | ast.ClassDef, bool]]:
    """Functions and classes under a node: qualified name, node, whether it is within a function."""
    for child in ast.iter_child_nodes(parent):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{qualified}.{child.name}" if qualified else child.name
            yield name, child, False
            inside = not isinstance(child, ast.ClassDef)
            for each, node, deeper in definitions(child, name):
                yield each, node, deeper or inside
        else:
            yield from definitions(child, qualified)


def functions(*folders: str) -> Iterator[tuple[str, Function]]:
    """Every function of the files under the folders, with `path:name`."""
    for module in modules(*folders):
        for name, node, _ in definitions(module.tree):
            if not isinstance(node, ast.ClassDef):
                yield f"{module.path}:{name}", node
