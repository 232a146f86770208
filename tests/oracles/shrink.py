"""Make a failing case small enough to read."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

Json = dict[str, Any]
OWN = ("down", "degraded", "at_risk")


def shrink(case: Json, fails: Callable[[Json], bool]) -> Json:
    """Take away whatever the failure does not need, until nothing more can be taken."""
    current = case
    while smaller := next((c for c in _smaller(current) if fails(c)), None):
        current = smaller
    return current


def _smaller(case: Json) -> Iterator[Json]:
    for element in case["elements"]:
        yield _without(case, element)
    for place in range(len(case["requirements"])):
        less = deepcopy(case)
        del less["requirements"][place]
        yield less
    for word in OWN:
        for element in case.get(word, ()):
            less = deepcopy(case)
            less[word].remove(element)
            yield less
    for place, row in enumerate(case["requirements"]):
        for plainer in _plainer(row):
            less = deepcopy(case)
            less["requirements"][place] = plainer
            yield less


def _plainer(row: Json) -> Iterator[Json]:
    for key in ("weights", "reserve", "id"):
        if key in row:
            yield {k: v for k, v in row.items() if k != key}
    if row.get("grounded"):
        yield row | {"grounded": False}
    if row["need"] > 0:
        yield row | {"need": row["need"] - 1}
    for place in range(len(row["members"])) if len(row["members"]) > 1 else ():
        less = deepcopy(row)
        for key in ("members", "weights"):
            if key in less:
                del less[key][place]
        yield less


def _without(case: Json, element: str) -> Json:
    less = deepcopy(case)
    less["elements"].remove(element)
    for word in OWN:
        less[word] = [e for e in less.get(word, ()) if e != element]
    rows = [row for row in less["requirements"] if row["of"] != element]
    for row in rows:
        if element in row["members"]:
            place = row["members"].index(element)
            del row["members"][place]
            if "weights" in row:
                del row["weights"][place]
    less["requirements"] = [row for row in rows if row["members"]]
    return less
