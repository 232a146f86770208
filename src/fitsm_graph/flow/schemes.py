"""Classification schemes: a tree of categories that records are classified by (PR9.1, PR10.2).

categories:
- {key: hardware, name: Hardware}
- {key: disk, name: Disk, parent: hardware}
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.reading import Path, Reader
from fitsm_graph.flow.weighing import in_force
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.text import did_you_mean

SCHEME = "classification-scheme"
MOST_LEVELS = 6


@dataclass(frozen=True, slots=True)
class Category:
    """A category of a scheme.

    Attributes:
        parent: Key of the one above; empty at the top.
    """

    key: str
    name: str
    parent: str
    doc: str


@dataclass(frozen=True, slots=True)
class ClassificationScheme:
    """Categories by key, as they are declared."""

    categories: Mapping[str, Category]

    def above(self, key: str) -> Iterator[Category]:
        """A category and those above it, from below."""
        while key:
            found = self.categories[key]
            yield found
            key = found.parent

    def within(self, key: str, other: str) -> bool:
        """Whether a category is another, or below it."""
        return any(each.key == other for each in self.above(key))


def parse_scheme(_name: str, document: Any, read: Reader) -> ClassificationScheme | None:
    """Read a scheme; None where its categories are no tree."""
    given = read.fields(document, (), ("categories",), ("categories",))
    found: dict[str, Category] = {}
    paths: dict[str, Path] = {}
    fields = ("key", "name", "parent", "doc")
    for place, said in enumerate(read.items(given.get("categories"), ("categories",), "them")):
        path: Path = ("categories", place)
        each = read.fields(said, path, fields, ("key", "name"))
        key = read.word(each.get("key"), (*path, "key"))
        if key in found:
            read.wrong("POLICY_TWICE", (*path, "key"), f"'{key}' stands twice", "rename one")
        elif key:
            name = read.text(each.get("name"), (*path, "name"))
            parent = read.word(each.get("parent"), (*path, "parent"))
            found[key] = Category(key, name, parent, read.text(each.get("doc"), (*path, "doc")))
            paths[key] = path
    _check_names(found, paths, read)
    return ClassificationScheme(found) if _is_tree(found, paths, read) else None


def _check_names(found: Mapping[str, Category], paths: Mapping[str, Path], read: Reader) -> None:
    """Categories side by side have names that differ: people choose by name."""
    seen: dict[tuple[str, str], str] = {}
    for key, each in found.items():
        place = (each.parent, each.name.casefold())
        if each.name and place in seen:
            what = f"'{each.name}' is the name of {seen[place]} and of {key}"
            read.wrong("POLICY_TWICE", (*paths[key], "name"), what, "rename one")
        seen.setdefault(place, key)


def _is_tree(found: Mapping[str, Category], paths: Mapping[str, Path], read: Reader) -> bool:
    whole = bool(found)
    for key, each in found.items():
        if each.parent and each.parent not in found:
            what = f"'{key}' is below '{each.parent}', which is not there"
            read.wrong("CATEGORY_ORPHAN", (*paths[key], "parent"), what, "declare the one above")
            whole = False
            continue
        steps, above = 1, each
        while above.parent in found and steps <= len(found):
            above, steps = found[above.parent], steps + 1
        if steps > len(found):
            what = f"'{key}' is below itself"
            read.wrong("CATEGORY_CYCLE", (*paths[key], "parent"), what, "end it at the top")
            whole = False
        elif steps > MOST_LEVELS:
            what = f"'{key}' is {steps} levels deep"
            read.wrong("CATEGORY_DEPTH", paths[key], what, f"{MOST_LEVELS} levels at most")
    return whole


def check_category(policies: Policies, category: str) -> str:
    """Refuse a category that the scheme in force does not have; none is one that is not known yet.

    Raises:
        BadInput: UNKNOWN_CATEGORY.
    """
    scheme = in_force(policies, SCHEME)
    known = scheme.categories if scheme else {}
    if category and category not in known:
        raise BadInput(
            f"there is no category '{category[:60]}'",
            code="UNKNOWN_CATEGORY",
            why=f"the {SCHEME} in force does not have it" if known else f"no {SCHEME} is in force",
            remedy=did_you_mean(category[:60], known) if known else "leave it out",
            path=("category",),
        )
    return category
