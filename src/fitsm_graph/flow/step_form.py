"""Step lists: what is done about a record, step by step, as a policy (PR9.2, PR12.2).

    title: Major incident
    for: {record: Incident, type: major}
    before_closing: true
    steps:
      - {key: chair, title: Call everybody together, kind: manual, role: process_staff}
      - {key: agree, title: Agree on what users are told, kind: approval, role: process_manager}
      - key: tell
        title: Tell the owners of the services
        kind: notify
        template: major-incident-told
        to: [{role: service_owner}]
        by: [in_app, email]

A list that names a type or a category is begun by what a record is; any other one by whoever names
it. Steps are taken in their order, save those that say `any_time`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fitsm_graph.flow.notices import TEMPLATES, Channel, To, read_recipients
from fitsm_graph.flow.policies import Policies, PolicyKind
from fitsm_graph.flow.reading import Path, Reader
from fitsm_graph.flow.schemes import SCHEME
from fitsm_graph.flow.weighing import DEFAULT, in_force
from fitsm_graph.kernel.errors import Problem
from fitsm_graph.model.declare import RECORDS, Process
from fitsm_graph.model.process import process_of
from fitsm_graph.model.roles import HELD_OVER, OF_ONE_PROCESS, Over, RoleWord
from fitsm_graph.model.steps import STEPPED, TYPES, StepKind

STEP_LIST, SUGGESTING = "step-list", "step-list-suggestion"
MOST_STEPS = 50
MOST_TIMES = 1_000
REQUIREMENTS: Mapping[str, str] = {
    "Incident": "PR9.2",
    "ServiceRequest": "PR9.2",
    "Change": "PR12.2",
}
"""The requirement that asks for the steps of a kind of record."""
_FIELDS = ("key", "title", "kind", "role", "group", "any_time", "optional", "template", "to", "by")


NOBODY = To()


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step as a list has it.

    Attributes:
        key: What it is called there.
        kind: What it is.
        role: Word of the role that takes it; empty: it is not bound to one.
        group: Key of the group that takes it, likewise.
        any_time: It waits for no other, and none waits for it.
        optional: Whoever may take it may set it aside as well.
        template: Name of the words of its message; empty: it sends none.
        to: Who gets its message.
        by: How it is sent.
    """

    key: str
    title: str
    kind: StepKind = StepKind.MANUAL
    role: str = ""
    group: str = ""
    any_time: bool = False
    optional: bool = False
    template: str = ""
    to: To = NOBODY
    by: tuple[Channel, ...] = ()


@dataclass(frozen=True, slots=True)
class StepList:
    """A line of steps, and what it is for.

    Attributes:
        record: Kind of the records that it is for.
        type: What such a record has to be, so that it is begun by itself; empty: nothing.
        category: Its class in the scheme, likewise.
        before_closing: A record is not over before its obligatory steps are.
    """

    title: str
    record: str
    type: str
    category: str
    before_closing: bool
    steps: tuple[StepLine, ...]

    @property
    def by_rule(self) -> bool:
        """Whether it is begun by what a record is."""
        return bool(self.type or self.category)

    def applies(self, record: str, type: str, category: str) -> bool:
        """Whether it is begun for a record of a kind, by what that is."""
        return (
            self.by_rule
            and self.record == record
            and self.type in {"", type}
            and self.category in {"", category}
        )


@dataclass(frozen=True, slots=True)
class Suggesting:
    """When a step list is wanted for what comes back (PR9.2).

    Attributes:
        times: So many incidents of one known error, or of one cause.
        within: In so much time.
    """

    times: int
    within: timedelta


def parse_step_list(_name: str, document: Any, read: Reader) -> StepList | None:
    """Read a step list."""
    fields = ("title", "for", "before_closing", "steps")
    given = read.fields(document, (), fields, ("title", "for", "steps"))
    said = read.fields(given.get("for"), ("for",), ("record", "type", "category"), ("record",))
    record = read.one_of(said.get("record"), ("for", "record"), STEPPED)
    type = read.one_of(said.get("type"), ("for", "type"), TYPES.get(record, ()))
    category = read.word(said.get("category"), ("for", "category"))
    if record == "Change" and category:
        what = "a change has no category"
        read.wrong("STEP_LIST_FOR", ("for", "category"), what, "name a type")
    lines = [
        _line(each, ("steps", place), record, read)
        for place, each in enumerate(read.items(given.get("steps"), ("steps",), "steps"))
    ]
    if len(lines) > MOST_STEPS:
        what = f"a step list has {MOST_STEPS} steps at most"
        read.wrong("POLICY_FORM", ("steps",), what, "divide it into two")
    read.once([each.key for each in lines], ("steps",))
    title = read.text(given.get("title"), ("title",))
    holds = read.flag(given.get("before_closing"), ("before_closing",))
    return StepList(title, record, type, category, holds, tuple(lines)) if record else None


def _line(given: object, path: Path, record: str, read: Reader) -> StepLine:
    said = read.fields(given, path, _FIELDS, ("key", "title", "kind"))
    kind = read.one_of(said.get("kind"), (*path, "kind"), [each.value for each in StepKind])
    template, to, by = _message(said, path, kind, read)
    role = _role(said.get("role"), (*path, "role"), record, kind, read)
    group = read.text(said.get("group"), (*path, "group"))
    if kind == StepKind.APPROVAL and not role and not group:
        what = "nobody is named who approves"
        read.wrong("STEP_APPROVED_BY_NOBODY", path, what, "name a role or a group")
    if role and group:
        what = "a step is taken by a role or by a group"
        read.wrong("POLICY_FORM", (*path, "group"), what, "name one of them")
    if kind == StepKind.RAISE_CHANGE and record == "Change":
        what = "a change raises no other"
        read.wrong("STEP_KIND", (*path, "kind"), what, "manual, approval or notify")
    return StepLine(
        read.word(said.get("key"), (*path, "key")),
        read.text(said.get("title"), (*path, "title")),
        StepKind(kind or StepKind.MANUAL),
        role,
        group,
        read.flag(said.get("any_time"), (*path, "any_time")),
        read.flag(said.get("optional"), (*path, "optional")),
        template,
        to,
        by,
    )


def _message(
    said: Mapping[str, Any], path: Path, kind: str, read: Reader
) -> tuple[str, To, tuple[Channel, ...]]:
    """What a step that tells somebody says, to whom, over which channels."""
    if kind != StepKind.NOTIFY:
        for name in ("template", "to", "by"):
            if said.get(name) is not None:
                what = "only a step that notifies sends a message"
                read.wrong("STEP_KIND", (*path, name), what, "kind: notify, or leave it out")
        return "", NOBODY, ()
    read.fields(
        {name: said.get(name) for name in ("template", "to", "by")},
        path,
        ("template", "to", "by"),
        ("template", "to", "by"),
    )
    known = [each.value for each in Channel]
    template = read.text(said.get("template"), (*path, "template"))
    to = read_recipients(said["to"], (*path, "to"), read) if said.get("to") is not None else NOBODY
    by = read.some_of(said["by"], (*path, "by"), known, "channels") if said.get("by") else ()
    return template, to, tuple(Channel(each) for each in by)


def _role(given: object, path: Path, record: str, kind: str, read: Reader) -> str:
    """A role that takes a step: held over what a record of the kind belongs to, or on it."""
    process = RECORDS[record].owner if record else Process.ISRM
    known = [
        each.value
        for each in RoleWord
        if OF_ONE_PROCESS.get(each, process) is process
        and not (HELD_OVER[each] is Over.SERVICE and record == "Change")
        and not (each is RoleWord.REQUESTER and kind == StepKind.APPROVAL)
    ]
    return read.one_of(given, path, known)


def step_list_fits(name: str, value: StepList, policies: Policies) -> Iterable[Problem]:
    """No two lists are begun by the same; their words and their category are there."""
    for each in policies:
        if each.kind == STEP_LIST and each.name != name and _same(each.value, value):
            yield Problem(
                "STEP_LIST_TWICE",
                f"'{each.name}' is begun by the same",
                why="nobody could tell which of the two leads",
                remedy="put their steps into one list",
                path=("for",),
            )
    for place, line in enumerate(value.steps):
        if line.template and policies.find(TEMPLATES, line.template) is None:
            yield Problem(
                "POLICY_MISSING",
                f"no {TEMPLATES} '{line.template[:60]}' is in force",
                why=f"what the step '{line.key}' tells is written by it",
                remedy="approve the template first",
                path=("steps", place, "template"),
            )
    scheme = in_force(policies, SCHEME)
    if value.category and (scheme is None or value.category not in scheme.categories):
        yield Problem(
            "UNKNOWN_CATEGORY",
            f"there is no category '{value.category}'",
            why=f"the {SCHEME} '{DEFAULT}' in force does not have it",
            remedy="name one of its categories",
            path=("for", "category"),
        )


def _same(one: StepList, other: StepList) -> bool:
    def said(each: StepList) -> tuple[str, str, str]:
        return each.record, each.type, each.category

    return one.by_rule and said(one) == said(other)


def parse_suggesting(_name: str, document: Any, read: Reader) -> Suggesting | None:
    """Read when a step list is wanted for what comes back."""
    given = read.fields(document, (), ("times", "within"), ("times", "within"))
    times = read.whole(given.get("times"), ("times",), 2, MOST_TIMES)
    within = read.span(given.get("within"), ("within",))
    return None if within is None else Suggesting(times, within)


def _process(_name: str, value: StepList) -> str:
    process = process_of(REQUIREMENTS[value.record])
    return (process or Process.SMS).value


def _parties(value: StepList) -> tuple[str, ...]:
    named: Sequence[str] = [
        key
        for line in value.steps
        for key in (line.group, *line.to.groups, *line.to.persons)
        if key
    ]
    return tuple(dict.fromkeys(named))


KINDS = (
    PolicyKind(
        STEP_LIST,
        "What is done about a record, step by step.",
        "PR9.2",
        parse_step_list,
        step_list_fits,
        parties=_parties,
        process=_process,
    ),
    PolicyKind(
        SUGGESTING,
        "When a step list is wanted for incidents that come back.",
        "PR9.2",
        parse_suggesting,
    ),
)
