"""Which runs of sync have made or changed an element, asked of the ledger.

An element does not say who wrote it: it says in which entry it was made, and entries lead to what
they changed. The entries of the runs that are meant are found first, by index, once for a
statement; a run that the reader may not look at is not there.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from fitsm_graph.api.fields import Field, ValueKind
from fitsm_graph.api.operators import conditions_of

if TYPE_CHECKING:
    from fitsm_graph.api.statement import Statement

RUN_PLACES = {"source": "run.source", "run": "run.key"}
"""What can be asked of a run, and where it is found."""
_NOT = {"ne": "eq", "notIn": "in"}
Condition = Callable[["Statement", Mapping[str, Any], str, tuple[str | int, ...]], list[str]]


def written_by(name: str) -> Condition:
    """Conditions of a filter by one property of runs; what is done to relations is not meant."""
    field = Field(name, (name,), ValueKind.TEXT, "", optional=False)

    def conditions(
        made: "Statement",
        given: Mapping[str, Any],
        variable: str,
        path: tuple[str | int, ...],
    ) -> list[str]:
        found = []
        for word, value in given.items():
            if value is None:
                continue
            runs, no = [], bool(value) if word == "isNull" else word in _NOT
            if word != "isNull":
                asked = {_NOT.get(word, word): value}
                runs = conditions_of(made, field, RUN_PLACES[name], asked, (*path, word))
            there = _there(made, made.entries_of_runs(runs), variable)
            found.append(f"NOT ({there})" if no else there)
        return found

    return conditions


def _there(made: "Statement", entries: str, variable: str) -> str:
    """One of some entries has made or changed it."""
    changed, entry = made.next("changed"), made.next("entry")
    return (
        f"{variable}.created IN {entries} OR EXISTS {{"
        f" MATCH ({variable})<-[{changed}:CHANGED]-({entry}:LedgerEntry)"
        f" WHERE {changed}.type IS NULL AND {entry}.seq IN {entries} }}"
    )
