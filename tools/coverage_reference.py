#!/usr/bin/env python3
"""Coverage as a page: every item of the standard, what covers it, what shows it, what is lacked."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from reference_table import table

from fitsm_graph.cli.coverage import covered, declared, missing
from fitsm_graph.csi.coverage import Item, State, coverage
from fitsm_graph.model.declare import Process

INTRODUCED = """\
# Coverage

Printed from `schema/coverage/` and the declarations by `make docs`; `fsg coverage` says the same.

What FitSM asks for, and what of the product does it: requirements, what it takes to set a process
up, activities of the process charts, tasks of roles, inputs, outputs, and interfaces. Requirements
are covered by what names them: verbs, questions, policies, and [queries of
conformity](conformity.md). An item without a word in the last column is covered whole.

What shows it is a document of a walk (`isrm/02-register` is
`tests/e2e/processes/isrm/02-register.graphql`), or a test below `tests/`.
"""
HEADS = ("item", "what", "covered by", "shown by", "lacks")
AUXILIARY = """\
## Verbs that no item asks for

They are there for others, and serve the requirement that they name.
"""


def coverage_page(titles: Mapping[Process, str]) -> str:
    """How much is covered, then each process with its sections."""
    items = covered()
    heads = ("process", *(each.value for each in State))
    parts = [INTRODUCED, table(heads, counts(items, titles))]
    for process, own in groupby(items, key=lambda each: each.process):
        parts.append(f"## {titles[process]}\n")
        for authority, section in groupby(own, key=lambda each: each.authority):
            parts += [f"### {authority}\n", table(HEADS, map(row, section))]
    return "\n".join([*parts, AUXILIARY, table(("verb", "requirement", "why"), auxiliary())])


def counts(items: Sequence[Item], titles: Mapping[Process, str]) -> Iterable[tuple[str, ...]]:
    """How many items of each process are in which state."""
    found = Counter((each.process, each.state) for each in items)
    own = dict.fromkeys(each.process for each in items)
    for process in own:
        yield (titles[process], *(str(found[process, state]) for state in State))
    yield ("all", *(str(sum(found[each, state] for each in own)) for state in State))


def row(item: Item) -> tuple[str, ...]:
    """An item as a row."""
    by = ", ".join(f"`{each}`" for each in item.by)
    if not by:
        by = f"*{item.state.value}*"
    return item.key, item.says, by, _tests(item.shown), missing(item)


def _tests(shown: Iterable[str]) -> str:
    """Documents one by one; of tests of one file the file once."""
    found = dict[str, list[str]]()
    for each in shown:
        path, _, name = each.partition("::")
        found.setdefault(path, []).append(name)
    told = (
        f"`{path}`" if not all(names) else f"`{path}` ({', '.join(names)})"
        for path, names in found.items()
    )
    return ", ".join(told)


def auxiliary() -> Iterable[tuple[str, ...]]:
    """Verbs beside the list, each with its reason."""
    of = declared().verbs
    for verb, why in coverage().auxiliary.items():
        yield f"`{verb}`", of[verb], why
