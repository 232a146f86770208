"""Phases of a strategy: from a few users or functions to all, each on conditions (PR13.1).

    phases:
      - {name: pilot, groups: [grp-pilots], go_on: {after: P2D, incidents: 0, passed: [canary]}}
      - {name: tenth, share: 10, customers: [physics], go_on: {after: P7D, incidents: 3}}
      - {name: all, share: 100, functions: search in all collections}

The first phase are the waves in which elements are deployed. In each later one what is deployed is
opened to more users, or more of it is: no element needs to be another for that.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fitsm_graph.flow.reading import Path, Reader
from fitsm_graph.model.rdm_records import KindOfTest

MOST_PHASES = 20
MOST_INCIDENTS = 100
_FIELDS = ("name", "share", "customers", "groups", "functions", "go_on")


@dataclass(frozen=True, slots=True)
class Phase:
    """One step of those by which more and more users get what is released.

    Attributes:
        share: Of all users, in percent; None: that is not said.
        customers: Keys of customers whose users get it now.
        groups: Keys of groups of people who get it now.
        functions: What of it is opened, in words.
        after: How long it stands before the next one; None: it need not.
        incidents: At most so many are registered on what it reaches meanwhile; None: any number.
        passed: Kinds of tests that are passed in it.
    """

    name: str
    share: int | None = None
    customers: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    functions: str = ""
    after: timedelta | None = None
    incidents: int | None = None
    passed: tuple[KindOfTest, ...] = ()

    @property
    def has_conditions(self) -> bool:
        """Whether anything has to hold before the next one."""
        return self.after is not None or self.incidents is not None or bool(self.passed)

    def told(self) -> str:
        """For whom it is, in a sentence."""
        named = [*self.customers, *self.groups]
        said = [f"{self.share} % of users"] if self.share is not None else []
        said += [", ".join(named)] if named else []
        said += [self.functions] if self.functions else []
        return f"phase {self.name}: {'; '.join(said)}"


def read_phases(given: object, read: Reader) -> tuple[Phase, ...]:
    """Read the phases of a strategy."""
    path: Path = ("phases",)
    items = read.items(given, path, "phases", least=2)
    if len(items) > MOST_PHASES:
        read.wrong("POLICY_VALUE", path, f"{len(items)} phases", f"{MOST_PHASES} at most")
    found = [_phase(each, (*path, place), read) for place, each in enumerate(items)]
    read.once([each.name for each in found], path)
    shares = [each.share for each in found if each.share is not None]
    if any(later <= earlier for earlier, later in itertools.pairwise(shares)):
        what = "a later phase would be for no more users than one before"
        read.wrong("POLICY_ORDER", path, what, "let shares rise")
    if found and found[-1].has_conditions:
        what = "nothing comes after the last phase"
        read.wrong("POLICY_ORDER", (*path, len(found) - 1, "go_on"), what, "leave it out")
    return tuple(found)


def _phase(given: object, path: Path, read: Reader) -> Phase:
    said = read.fields(given, path, _FIELDS, ("name",))
    parties = {
        name: _keys(said.get(name, []), (*path, name), read) for name in ("customers", "groups")
    }
    share = read.whole(said["share"], (*path, "share"), 1, 100) if "share" in said else None
    functions = read.text(said.get("functions"), (*path, "functions"))
    if share is None and not functions and not any(parties.values()):
        what = "it is for nobody"
        remedy = "say `share`, `customers`, `groups` or `functions`"
        read.wrong("POLICY_FORM", path, what, remedy)
    then = read.fields(said.get("go_on", {}), (*path, "go_on"), ("after", "incidents", "passed"))
    of = (*path, "go_on")
    passed = read.some_of(
        then.get("passed", []), (*of, "passed"), list(KindOfTest), "tests", least=0
    )
    most = then.get("incidents")
    return Phase(
        read.word(said.get("name"), (*path, "name")),
        share,
        functions=functions,
        after=read.span(then.get("after"), (*of, "after")),
        incidents=None if most is None else read.whole(most, (*of, "incidents"), 0, MOST_INCIDENTS),
        passed=tuple(KindOfTest(each) for each in passed),
        **parties,
    )


def _keys(given: object, path: Path, read: Reader) -> tuple[str, ...]:
    items: Sequence[Any] = read.items(given, path, "keys", least=0)
    found = [read.text(each, (*path, place)) for place, each in enumerate(items)]
    read.once(found, path)
    return tuple(each for each in found if each)
