"""What is asked of the impact page. The URL holds all of it, so a link is the whole view.

/impact?of=…&fail=…&degrade=…&restore=…&maintain=…&as_of=…
       &view=picture|list|outline&focus=…&open=…&sort=…&first=…&q=…
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import urlencode

from fitsm_graph.kernel.clock import from_text
from fitsm_graph.kernel.errors import BadInput, Problem
from fitsm_graph.kernel.text import did_you_mean

Verb = Literal["fail", "degrade", "restore", "maintain"]
VERBS: tuple[Verb, ...] = ("fail", "degrade", "restore", "maintain")
FORMS = ("picture", "list", "outline")
SORTS = ("state", "name", "class", "hops", "margin")
MANY = ("of", *VERBS, "open")
ONE = ("as_of", "view", "focus", "sort", "first", "q")
MOST_ELEMENTS = 200
MOST_CHARACTERS = 200
FIRST = 500
MOST_FIRST = 5000


@dataclass(frozen=True, slots=True)
class Question:
    """A scenario and how to look at its answer.

    Attributes:
        of: Elements whose blast radius is asked for; they fail.
        fail: Further elements that fail.
        degrade: Elements assumed degraded.
        restore: Elements whose own state is assumed up.
        maintain: Elements in maintenance.
        as_of: Moment in RFC 3339, or empty for now.
        form: ``picture``, ``list`` or ``outline``.
        focus: Element whose proof is shown, or empty.
        opened: Stacks of siblings that are shown one by one.
        sort: Column of the list, with ``-`` before it to reverse.
        first: How many elements to show at most.
        text: Text to look for elements to add.
    """

    of: tuple[str, ...] = ()
    fail: tuple[str, ...] = ()
    degrade: tuple[str, ...] = ()
    restore: tuple[str, ...] = ()
    maintain: tuple[str, ...] = ()
    as_of: str = ""
    form: str = "picture"
    focus: str = ""
    opened: tuple[str, ...] = ()
    sort: str = ""
    first: int = FIRST
    text: str = ""

    @property
    def failing(self) -> tuple[str, ...]:
        """All that fails, each once, in the order given."""
        return tuple(dict.fromkeys((*self.of, *self.fail)))

    @property
    def empty(self) -> bool:
        """Whether no scenario is given."""
        return not any((self.of, *(self.chosen(verb) for verb in VERBS)))

    def chosen(self, verb: Verb) -> tuple[str, ...]:
        """Return the elements a verb is assumed of; `of` counts as failing."""
        if verb == "fail":
            return self.failing
        return {"degrade": self.degrade, "restore": self.restore, "maintain": self.maintain}[verb]

    def variables(self) -> dict[str, object]:
        """Return the variables of the `Impact` operation."""
        scenario: dict[str, object] = {verb: list(self.chosen(verb)) for verb in VERBS}
        return {**scenario, "asOf": self.as_of or None, "first": self.first}

    def toggled(self, verb: Verb, id: str) -> "Question":
        """Assume something of an element, or no longer; it takes the place of other assumptions."""
        was = id in self.chosen(verb)
        kept: dict[str, Any] = {
            name: tuple(other for other in getattr(self, name) if other != id)
            for name in ("of", *VERBS)
        }
        if not was:
            kept[verb] = (*kept[verb], id)
        return replace(self, **kept, text="")

    def with_focus(self, id: str) -> "Question":
        """Show the proof of an element."""
        return replace(self, focus=id, text="")

    def in_form(self, form: str) -> "Question":
        """Show the answer in another form."""
        return replace(self, form=form, text="")

    def opening(self, stack: str) -> "Question":
        """Show the siblings of a stack one by one."""
        return replace(self, opened=(*self.opened, stack), text="")

    def closing(self) -> "Question":
        """Stack siblings again."""
        return replace(self, opened=(), text="")

    def sorted_by(self, column: str) -> "Question":
        """Sort the list by a column; by the same column again, the other way round."""
        return replace(self, sort=f"-{column}" if self.sort == column else column, text="")

    def showing(self, first: int) -> "Question":
        """Show up to so many elements."""
        return replace(self, first=min(first, MOST_FIRST), text="")

    def pairs(self) -> list[tuple[str, str]]:
        """Return the parameters of the URL; what is at its default is left out."""
        found = [(name, id) for name in ("of", *VERBS) for id in getattr(self, name)]
        found += [("open", stack) for stack in self.opened]
        single = {
            "as_of": self.as_of,
            "view": "" if self.form == "picture" else self.form,
            "focus": self.focus,
            "sort": self.sort,
            "first": "" if self.first == FIRST else str(self.first),
            "q": self.text,
        }
        return found + [(name, value) for name, value in single.items() if value]

    def url(self, path: str = "/impact") -> str:
        """Return the URL of the page, or of another suffix of it."""
        query = urlencode(self.pairs())
        return f"{path}?{query}" if query else path


def read_question(pairs: Iterable[tuple[str, str]]) -> Question:
    """Read the parameters of a URL.

    Raises:
        BadInput: A parameter is unknown, given twice, too long or not in its form. Nothing is
            cut or replaced in silence, because the answer would be to another question.
    """
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        given.setdefault(name, []).append(value.strip())
    problems = [problem for name, values in given.items() for problem in _check(name, values)]
    if problems:
        raise BadInput.of(problems)
    one = {name: given.get(name, [""])[0] for name in ONE}
    return Question(
        as_of=one["as_of"],
        form=one["view"] or "picture",
        focus=one["focus"],
        sort=one["sort"],
        first=int(one["first"] or FIRST),
        text=one["q"],
        opened=_ids(given, "open"),
        **{name: _ids(given, name) for name in ("of", *VERBS)},
    )


def _ids(given: Mapping[str, list[str]], name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in given.get(name, []) if value))


def _check(name: str, values: list[str]) -> list[Problem]:
    if name not in (*MANY, *ONE):
        return [_bad(name, f"The parameter '{name}' is unknown", did_you_mean(name, (*MANY, *ONE)))]
    if any(len(value) > MOST_CHARACTERS for value in values):
        return [_bad(name, f"A value of '{name}' is too long", f"use {MOST_CHARACTERS} at most")]
    if name in MANY:
        return _check_many(name, values)
    if len(values) > 1:
        return [_bad(name, f"The parameter '{name}' is given {len(values)} times", "give it once")]
    return _check_one(name, values[0])


def _check_many(name: str, values: list[str]) -> list[Problem]:
    if len(values) <= MOST_ELEMENTS:
        return []
    remedy = f"give {MOST_ELEMENTS} at most; ask the API for more"
    return [_bad(name, f"'{name}' names {len(values)} elements", remedy)]


def _check_one(name: str, value: str) -> list[Problem]:
    if not value:
        return []
    known = {"view": FORMS, "sort": tuple(s + c for c in SORTS for s in ("", "-"))}.get(name)
    if known and value not in known:
        remedy = did_you_mean(value, known)
        return [_bad(name, f"'{value}' is not a value of '{name}'", remedy)]
    if name == "first" and not (value.isdecimal() and 1 <= int(value) <= MOST_FIRST):
        remedy = f"a whole number from 1 to {MOST_FIRST}"
        return [_bad(name, f"'{value}' is not a number of elements", remedy)]
    if name == "as_of":
        return _check_moment(value)
    return []


def _check_moment(value: str) -> list[Problem]:
    try:
        from_text(value, path=("as_of",))
    except BadInput as error:
        return list(error.problems)
    return []


def _bad(name: str, message: str, remedy: str) -> Problem:
    why = "the address of the page is the question; it is answered as it stands or not at all"
    return Problem("BAD_INPUT", message, why=why, remedy=remedy, path=(name,))
