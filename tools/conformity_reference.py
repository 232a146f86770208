#!/usr/bin/env python3
"""Conformity as a page: what each requirement's query looks at, and what it takes for a failure."""

import re

from reference_table import table

from fitsm_graph.csi.indicators import ROOM, indicators, limits_of, provable, told
from fitsm_graph.csi.unprovable import UNPROVABLE
from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.statements import described
from fitsm_graph.kernel.places import CYPHER
from fitsm_graph.kernel.requirements import REQUIREMENTS

INTRODUCED = """\
# Conformity

Printed from `cypher/conformity/` by `make docs`.

Each requirement has a query over what really happened
([how to show it](../how-to/show-conformity.md)). A record that fails one of its indicators does not
conform; each indicator belongs to one requirement, and its name to no other. What guards refuse is
no indicator: it proves nothing. What was late stays late, whatever becomes of the record; a record
that was cancelled, rejected or made one of another type counts like the others. Nothing to check is
not conforming.

A limit is how long it may take. It holds where the policy `conformity-limits` does not say another
one; what fails says the limit that it failed.
"""
UNPROVABLE_INTRODUCED = """\
## What records cannot prove

These are answered with `not_provable`, and looked at by people.
"""
_CHECKED = re.compile(r"^// -> checked +int +(.+(?:\n// {20,}.+)*)", re.MULTILINE)


def conformity_page() -> str:
    """Every requirement with a query, its indicators, and those without."""
    parts = [INTRODUCED]
    for requirement in provable():
        limits = limits_of(requirement, Policies())
        rows = (
            (f"`{each.name}`", told(each.why, limits.get(each.name)), limits.get(each.name, ""))
            for each in indicators(requirement)
        )
        parts += [
            f"## {requirement}\n",
            f"{described(f'{ROOM}.{requirement}')} Checked: {_checked(requirement)}.\n",
            table(("indicator", "what it means", "limit"), rows),
        ]
    missing = ((each, UNPROVABLE[each]) for each in REQUIREMENTS if each in UNPROVABLE)
    return "\n".join([*parts, UNPROVABLE_INTRODUCED, table(("requirement", "why not"), missing)])


def _checked(requirement: str) -> str:
    """What a query checks, as its header says."""
    text = (CYPHER / ROOM / f"{requirement}.cypher").read_text(encoding="utf-8")
    found = _CHECKED.search(text)
    return " ".join(found[1].replace("//", " ").split()) if found else "records"
