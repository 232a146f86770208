"""What an incident may be about, and its category: suggested with reasons, never set (PR9.1).

Nothing is guessed: each reason adds what it is worth to what is left of doubt, and the same text
has the same answer for whoever sees the same elements.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.schemes import SCHEME
from fitsm_graph.flow.weighing import in_force
from fitsm_graph.isrm.likeness import alike_to, possible_keys, stands_in, words
from fitsm_graph.kernel.text import plural

KEY, NAME, PART, USUAL, EARLIER = 0.95, 0.8, 0.4, 0.5, 0.5
"""What a reason is worth at most: its key, its name, words of it, the reporter, a like incident."""
MOST = 5
"""Elements that are kept with an incident."""
_HALF = 0.5
_SHORTEST = 3
Row = Mapping[str, Any]
Sees = Callable[[Iterable[str]], bool]


@dataclass(frozen=True, slots=True)
class Suggested:
    """An element that a report may be about.

    Attributes:
        score: How sure that is, from 0 to 1.
        because: Reasons; none names another element.
    """

    element: Row
    score: float
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SuggestedCategory:
    """A class that an incident may belong to, and why."""

    category: str
    because: str


def elements_for(
    text: str, row: Row, sees: Sees, *, least: float, most: int = MOST
) -> list[Suggested]:
    """Elements that a text may be about, the surest first.

    Args:
        text: Title and description.
        row: Of `isrm.registration_context`.
        sees: Whether the actor sees an element with some labels.
        least: Share of their words from which on two titles are alike.
        most: How many at most.
    """
    found: dict[str, list[tuple[float, str]]] = defaultdict(list)
    faces: dict[str, Row] = {}

    def add(element: Row, worth: float, why: str) -> None:
        if worth > 0 and sees(element["labels"]):
            faces[element["id"]] = element
            found[element["id"]].append((worth, why))

    for element in row["named"]:
        add(element, *_of_text(text, element))
    usual = [each for each in row["usual"] if sees(each["element"]["labels"])]
    times = sum(each["times"] for each in usual)
    for each in usual:
        told = f"{each['times']} of {plural(times, 'earlier report')} of the reporter affected it"
        add(each["element"], USUAL * each["times"] / times, told)
    like = alike_to(text.partition("\n")[0])
    for past in row["past"]:
        share = like(past["title"])
        if share >= least:
            for element in past["affected"]:
                add(element, EARLIER * share, f"{past['key']}, in like words, affected it")
    ranked = [_weighed(faces[id], reasons) for id, reasons in found.items()]
    ranked.sort(key=lambda each: (-each.score, each.element["key"]))
    return ranked[:most]


def _weighed(element: Row, reasons: Iterable[tuple[float, str]]) -> Suggested:
    """An element with its reasons, the weightiest first; each takes its share of the doubt."""
    doubt, told = 1.0, []
    for worth, why in sorted(reasons, key=lambda each: (-each[0], each[1]))[:MOST]:
        doubt *= 1 - worth
        told.append(why)
    return Suggested(element, round(1 - doubt, 4), tuple(told))


def _of_text(text: str, element: Row) -> tuple[float, str]:
    """What a text says of an element, by its key and by its name as whole words."""
    if str(element["key"]) in possible_keys(text):
        return KEY, "its key stands in the text"
    said, name = words(text), words(str(element["name"]))
    if stands_in(name, said) and max(map(len, name)) >= _SHORTEST:
        return NAME, "its name stands in the text"
    there = [each for each in name if each in said]
    share = len(there) / len(name) if name else 0.0
    if share < _HALF or max(map(len, there)) < _SHORTEST:
        return 0.0, ""
    return (
        PART * share,
        f"{len(there)} of {plural(len(name), 'word')} of its name stand in the text",
    )


def category_for(
    policies: Policies, title: str, hit: Iterable[str], row: Row, *, least: float
) -> SuggestedCategory | None:
    """A category by what was said of like incidents: of the element, of its type, in like words.

    Args:
        policies: In force; a category that the scheme has no more is not suggested.
        title: What is wrong.
        hit: Ids of the elements that it affects.
        row: Of `isrm.registration_context`.
        least: Share of their words from which on two titles are alike.
    """
    scheme = in_force(policies, SCHEME)
    if scheme is None:
        return None
    past = [each for each in row["past"] if each["category"] in scheme.categories]
    ids, like = set(hit), alike_to(title)
    types = {each["type"] for each in row["types"] if each["id"] in ids and each["type"]}
    ways: Sequence[tuple[str, Callable[[Row], bool]]] = (
        ("affected the same element", lambda each: _affects(each, "id", ids)),
        ("affected an element of the same type", lambda each: _affects(each, "type", types)),
        ("were told in like words", lambda each: like(each["title"]) >= least),
    )
    for told, is_so in ways:
        rows = [each for each in past if is_so(each)]
        if rows:
            category, times = Counter(str(each["category"]) for each in rows).most_common(1)[0]
            why = f"{times} of {plural(len(rows), 'earlier incident')} that {told}"
            return SuggestedCategory(category, f"category {category}: {why}")
    return _named(title, scheme.categories)


def _affects(past: Row, name: str, wanted: set[str]) -> bool:
    return any(each[name] in wanted for each in past["affected"])


def _named(title: str, categories: Mapping[str, Any]) -> SuggestedCategory | None:
    """The category whose name or key stands in the text; of several the longest."""
    said = words(title)
    for key in sorted(categories, key=lambda key: (-len(words(key)), -len(key), key)):
        name = words(str(getattr(categories[key], "name", key)))
        if stands_in(name, said) or stands_in(words(key), said):
            return SuggestedCategory(key, f"category {key}: its name stands in the text")
    return None
