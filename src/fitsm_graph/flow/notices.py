"""Who is told of what, as a policy (PR9.4).

    rules:
      - {after: incident.register, template: registered, to: [{role: case_owner}], by: [in_app]}
      - after: maintenance.plan
        template: maintenance-planned
        to: [{role: service_owner}, {watchers: true}]
        by: [in_app, email]

      - after: incident.register
        template: registered
        to: [{person: ada}]
        by: [in_app, email]
        digest: {every: week, weekday: mon, at: "07:30", zone: Europe/Lisbon}

What a rule with a digest sends by e-mail is collected, and sent as one message at that time; in
the product it is there at once. A rule holds where its verb was used. Roles that are held over a
process are those of the process that the record belongs to; owners and watchers of services are
those of the services it reaches. People of another process are told by naming it:
`{role: process_staff, process: isrm}`. Others are told by what ties them to the record, such as
`{escalated_to: true}` or `{users: true}`.
What is told is about the record that the verb is on, or about records of another kind that it
related by a type, or no longer does: `about: Change, through: CONTAINS, ended: true`. With
`newly: approved_at` it is told only where the verb gave that field a value and it had none.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fitsm_graph.flow.policies import Policies, PolicyKind
from fitsm_graph.flow.reading import Path, Reader
from fitsm_graph.flow.rhythm import FIELDS, Rhythm, read_rhythm
from fitsm_graph.graph.verb import VERBS
from fitsm_graph.kernel.errors import Problem
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.declare import RECORDS, RELATIONS, Process
from fitsm_graph.model.roles import HELD_OVER, PROCESSES, Over, RoleWord

NOTICES, TEMPLATES = "notification-rule", "notification-template"
_MORE = ("digest", "about", "through", "ended", "newly")


class Channel(StrEnum):
    """A way to somebody."""

    IN_APP = "in_app"
    EMAIL = "email"


class Tie(StrEnum):
    """What ties people to a record, so that they are told of it."""

    WATCHERS = "watchers"
    """They watch an element that it is about, or a service that it reaches."""
    USERS = "users"
    """They are users of a customer who receives one of these services."""
    STAKEHOLDERS = "stakeholders"
    """They answer for stakeholders of such a customer."""
    ELEMENT_OWNERS = "element_owners"
    """They own an element that it is about."""
    ESCALATED_TO = "escalated_to"
    """It was escalated to them by this very verb."""
    COORDINATOR = "coordinator"
    """They coordinate what is done about a major incident."""
    VOTERS = "voters"
    """The change waits for their vote, or for that of who let them vote."""
    INVITED = "invited"
    """They are invited to the meeting."""
    ADDRESSED = "addressed"
    """It is addressed to them, to a customer whose users they are, or to all users of a service."""


@dataclass(frozen=True, slots=True)
class To:
    """Who is told: by role, by keys of groups and persons, and by what ties them to the record.

    Attributes:
        elsewhere: Roles that are held over another process than that of the record.
    """

    roles: tuple[RoleWord, ...] = ()
    elsewhere: tuple[tuple[RoleWord, Process], ...] = ()
    groups: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    ties: tuple[Tie, ...] = ()


@dataclass(frozen=True, slots=True)
class NoticeRule:
    """After a verb, whom to tell in which words over which channels.

    Attributes:
        digest: When what goes by e-mail is sent as one message; None: each by itself, at once.
        about: Kind of the records that it is about; empty: what the verb is on.
        through: Type of the relation that the verb made there; empty: any.
        ended: It is one that the verb ended instead.
        newly: Field that the verb gave a value, while it had none; empty: whatever it did.
    """

    after: str
    template: str
    to: To
    by: tuple[Channel, ...]
    digest: Rhythm | None = None
    about: str = ""
    through: str = ""
    ended: bool = False
    newly: str = ""


@dataclass(frozen=True, slots=True)
class NoticeRules:
    """Rules in order."""

    rules: tuple[NoticeRule, ...]


def rules_in(policies: Policies) -> list[tuple[str, NoticeRule]]:
    """Rules of all policies in force, each with a name of its own that stays the same."""
    return [
        (f"{each.name}/{number}", rule)
        for each in policies
        if each.kind == NOTICES
        for number, rule in enumerate(each.value.rules)
    ]


def parse_notices(_name: str, document: Any, read: Reader) -> NoticeRules | None:
    """Read rules of who is told."""
    given = read.fields(document, (), ("rules",), ("rules",))
    found = []
    for place, said in enumerate(read.items(given.get("rules"), ("rules",), "rules")):
        path: Path = ("rules", place)
        needed = ("after", "template", "to", "by")
        rule = read.fields(said, path, (*needed, *_MORE), needed)
        channels = read.some_of(
            rule.get("by"), (*path, "by"), [each.value for each in Channel], "channels"
        )
        after = _verb(rule.get("after"), (*path, "after"), read)
        about = _optional(rule.get("about"), (*path, "about"), RECORDS, read)
        found.append(
            NoticeRule(
                after,
                read.text(rule.get("template"), (*path, "template")),
                read_recipients(rule.get("to"), (*path, "to"), read),
                tuple(Channel(each) for each in channels),
                _digest(rule, channels, (*path, "digest"), read),
                about,
                _optional(rule.get("through"), (*path, "through"), RELATIONS, read),
                read.flag(rule.get("ended"), (*path, "ended")),
                _field(rule.get("newly"), (*path, "newly"), kind_told(after, about), read),
            )
        )
    return NoticeRules(tuple(found))


def _digest(
    rule: Mapping[str, Any], channels: Iterable[str], path: Path, read: Reader
) -> Rhythm | None:
    """When what a rule sends by e-mail is collected."""
    if rule.get("digest") is None:
        return None
    if Channel.EMAIL not in channels:
        what = "a digest is of what goes by e-mail, and nothing does"
        read.wrong("POLICY_FORM", path, what, "by: [email], or leave the digest out")
    return read_rhythm(read.fields(rule["digest"], path, FIELDS, FIELDS[:1]), path, read)


def _optional(given: object, path: Path, known: Iterable[str], read: Reader) -> str:
    """One of some names, or none."""
    return "" if given is None else read.one_of(given, path, sorted(known))


def kind_told(after: str, about: str) -> str:
    """Kind of the records that a rule is about; empty where there is no such verb."""
    return about or (VERBS[after].on if after in VERBS else "")


def _field(given: object, path: Path, kind: str, read: Reader) -> str:
    """A field of a kind of records, or none."""
    return (
        _optional(given, path, [each.name for each in RECORDS[kind].fields], read) if kind else ""
    )


def _verb(given: object, path: Path, read: Reader) -> str:
    """A verb on a record: what it is used on is what the message is about."""
    name = str(given or "")
    known = [each.name for each in VERBS.values() if each.on]
    if name not in known:
        what = f"there is no verb '{name[:60]}' on a record"
        read.wrong("NOTICE_OF_NOTHING", path, what, did_you_mean(name, known))
    return name


def read_recipients(given: object, path: Path, read: Reader) -> To:
    """Read who is told."""
    found: dict[str, list[str]] = {"role": [], "group": [], "person": []}
    ties, elsewhere = list[Tie](), list[tuple[RoleWord, Process]]()
    for place, said in enumerate(read.items(given, path, "recipients")):
        here = (*path, place)
        given_ = dict(read.fields(said, here, (*found, *Tie, "process")))
        process = _process(given_, here, read)
        one = {name: each for name, each in given_.items() if name != "process"}
        if len(one) != 1:
            read.wrong("POLICY_FORM", here, "a recipient is one of these", "{role: case_owner}")
            continue
        ((by, name),) = one.items()
        if by in set(Tie):
            ties += [Tie(by)] if read.flag(name, (*here, by)) else []
        elif by == "role":
            word = read.one_of(name, (*here, by), [each.value for each in RoleWord])
            if process and word:
                elsewhere.append((RoleWord(word), Process(process)))
            else:
                found[by].append(word)
        elif by in found:
            found[by].append(read.text(name, (*here, by)))
    roles = tuple(RoleWord(each) for each in found["role"] if each)
    keys = tuple(found["group"]), tuple(found["person"])
    return To(roles, tuple(elsewhere), *keys, tuple(dict.fromkeys(ties)))


def _process(given: Mapping[str, Any], path: Path, read: Reader) -> str:
    """The process over which a role is held; empty: that of the record."""
    word = given.get("process")
    if word is None:
        return ""
    process = read.one_of(word, (*path, "process"), [each.value for each in PROCESSES])
    known = [each.value for each in RoleWord if HELD_OVER[each] is Over.PROCESS]
    if given.get("role") not in known:
        what = "only a role of a process is held over one"
        read.wrong("POLICY_FORM", (*path, "process"), what, f"a role of {', '.join(known)}")
        return ""
    return process


def notices_fit(_name: str, value: NoticeRules, policies: Policies) -> Iterable[Problem]:
    """Every rule has its template."""
    for place, rule in enumerate(value.rules):
        if policies.find(TEMPLATES, rule.template) is None:
            yield Problem(
                "POLICY_MISSING",
                f"no {TEMPLATES} '{rule.template[:60]}' is in force",
                why=f"what is told on {rule.after} is written by it",
                remedy="approve the template first",
                path=("rules", place, "template"),
            )


def _parties(value: NoticeRules) -> tuple[str, ...]:
    named = [key for rule in value.rules for key in (*rule.to.groups, *rule.to.persons)]
    return tuple(dict.fromkeys(named))


KIND = PolicyKind(
    NOTICES,
    "Who is told after which verb, in which words and over which channels.",
    "PR9.4",
    parse_notices,
    notices_fit,
    parties=_parties,
    outgrown=frozenset({"NOTICE_OF_NOTHING"}),
)
