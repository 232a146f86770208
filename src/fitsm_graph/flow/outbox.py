"""Messages about what happened: made from the ledger, delivered at least once (PR9.4).

The ledger is the outbox: whatever a verb did stands there in the transaction that did it. A job
reads on from where it left off and makes a delivery for each rule, person and channel. The id of a
delivery follows from entry, rule, person and channel, so that an entry which is read twice, after
a kill, tells nobody twice. Sending is another job, which takes a delivery before it sends it; what
was sent and not noted is sent once more, with the same id.
"""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import orjson

from fitsm_graph.flow import events
from fitsm_graph.flow.meant import meant_by, said_beside, used_on
from fitsm_graph.flow.notes import Note, Touched
from fitsm_graph.flow.notices import TEMPLATES, Channel, NoticeRule, rules_in
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.scheduler import Job, Turn, Went, outcome_of
from fitsm_graph.flow.step_notices import STEP_VERBS
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.history import Entry
from fitsm_graph.graph.verb import VERBS
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.kernel.errors import FitsmError
from fitsm_graph.kernel.text import plural
from fitsm_graph.model.disturbance import Effect

LOG = logging.getLogger("fitsm_graph.outbox")
WAITING, SENT, DEAD = "waiting", "sent", "dead"
HELD, COLLECTED = "held", "collected"
"""Of a message that becomes part of a digest: until then, and from then on."""
ENTRIES = 500
"""Numbers of entries that are looked at in one go."""
AT_ONCE = 50
"""Messages that are taken in one go."""
AT_A_TIME = 10
"""Messages that are on their way at the same time."""
TAKEN_FOR = timedelta(minutes=5)
"""How long a delivery that is being sent is not taken again."""
PAUSES = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 180, 360, 720))
"""After each failure; after the last one it is given up."""
KEPT_FOR = timedelta(days=90)
_REACHED_BY = {Channel.IN_APP: "signs_in", Channel.EMAIL: "email"}
"""What a user has to have, so that something comes of a message; who works here is to have both."""
_OF_ENTRY = 1_000
"""Changes of an entry that are read to tell webhooks of it."""


class Undeliverable(Exception):
    """A message that no further try would deliver."""


class Sender(Protocol):
    """Sends one message over one channel."""

    async def __call__(self, delivery: Mapping[str, Any]) -> None:
        """Send it.

        Raises:
            Undeliverable: It never will be.
            OSError: It may be later.
        """
        ...


@dataclass(frozen=True, slots=True)
class Outbox:
    """Makes and sends messages.

    Attributes:
        policies: What is in force.
        reaches: How far records reach; brought up to date when it is asked.
        senders: Channels over which can be sent here.
        address: Where the product is reached, for links; may be empty.
    """

    graph: Graph
    policies: Callable[[], Awaitable[Policies]]
    reaches: Callable[[], Awaitable[Reaches]]
    senders: Mapping[str, Sender]
    address: str = ""

    def jobs(self) -> tuple[Job, ...]:
        """What a scheduler does for it."""
        second, hour = timedelta(seconds=1), timedelta(hours=1)
        return (
            Job("notify", second, self.notify, "Makes messages from what happened."),
            Job("deliver", second, self.deliver, "Sends the messages that wait."),
            Job("forget", hour, self.forget, "Forgets old messages."),
        )

    # --- from the ledger -------------------------------------------------------------------

    async def notify(self, turn: Turn) -> Went:
        """Make the messages of the next entries; the first time it begins with what comes."""
        head = (await self.graph.head()).seq
        since = int(turn.cursor) if turn.cursor else head
        until = min(since + ENTRIES, head)
        if until == since:
            return Went(cursor=str(since))
        policies = await self.policies()
        rules, hooks = rules_in(policies), await self._hooks()
        told = {rule.after for _, rule in rules} | STEP_VERBS
        rows = await self._rows(since, until, told, told.union(*(verbs for _, verbs in hooks)))
        of_rules = [entry for entry, _ in rows if entry.properties["verb"] in told]
        notes = await self._notes(of_rules, policies, rules)
        kept = await self._told(notes, turn.now) if notes else []
        kept += await self._events(rows, hooks, turn.now)
        made = await self._kept(kept) if kept else 0
        entries = plural(len(rows), "entry", "entries")
        said = f"{entries} told of in {plural(made, 'message')}" if rows else ""
        return Went(said, str(until), again=until < head)

    async def _rows(
        self, since: int, until: int, whole: set[str], verbs: set[str]
    ) -> list[tuple[Entry, int]]:
        """Entries of some verbs, each with how many records it changed; all changes of some."""
        given = {"verbs": sorted(verbs), "whole": sorted(whole), "most": _OF_ENTRY}
        rows = await self.graph.rows("flow.entries_told", since=since, until=until, **given)
        return [(Entry.of(row), int(row["touched"])) for row in rows]

    async def _notes(
        self,
        entries: Iterable[Entry],
        policies: Policies,
        rules: Sequence[tuple[str, NoticeRule]],
    ) -> list[Note]:
        """What has to be told: one for each record of an entry and each rule for its verb."""
        touched = [(entry, _ids(entry)) for entry in entries]
        ids = sorted({id for _, each in touched for id in each})
        rows = await self.graph.rows("flow.records_told", ids=ids) if ids else []
        known = {each["id"]: each for each in rows}
        reaches = await self.reaches() if rows else None
        notes = []
        for entry, each in touched:
            records = [known[id] for id in sorted(each & known.keys())]
            for found in records:
                meant = meant_by(rules, entry, found, records)
                if not meant:
                    continue  # the verb was used on another record, and touched this one
                services = _reached(reaches, found)
                by, said = used_on(entry, records, found), said_beside(entry, records, found)
                about = (entry.properties, found, services)
                notes += [
                    Note(name, rule, template.value, *about, step, by, said)
                    for step, (name, rule) in meant
                    if (template := policies.find(TEMPLATES, rule.template)) is not None
                ]
        return notes

    async def _told(self, notes: Sequence[Note], now: datetime) -> list[Properties]:
        """A delivery for everybody who is told."""
        asked = [{"number": number, **each.asked()} for number, each in enumerate(notes)]
        kept: list[Properties] = []
        for row in await self.graph.rows("flow.recipients", asked=asked):
            note = notes[row["number"]]
            subject, body = note.template.render(note.values(row["owner"], self.address))
            message = {**note.about(), "subject": subject, "body": body}
            kept += _deliveries(note.name, note.rule, row["persons"], message, now)
        return kept

    async def _kept(self, deliveries: list[Properties]) -> int:
        """Keep deliveries; return how many are new."""
        rows = await self.graph.keep("flow.keep_deliveries", deliveries=deliveries)
        return int(rows[0]["made"])

    async def _hooks(self) -> list[tuple[Properties, frozenset[str]]]:
        """Webhooks that are told, each with the verbs that it is told of."""
        hooks = (await self.graph.rows("flow.webhooks"))[0]["webhooks"]
        live = [each for each in hooks if not each.get("revoked")]
        return [(each, events.wanted(each["verbs"], VERBS)) for each in live]

    async def _events(
        self,
        entries: Sequence[tuple[Entry, int]],
        hooks: Sequence[tuple[Properties, frozenset[str]]],
        now: datetime,
    ) -> list[Properties]:
        """A delivery for every webhook and entry that it is told of."""
        meant = [
            (hook, entry, touched)
            for entry, touched in entries
            for hook, verbs in hooks
            if entry.properties["verb"] in verbs and hook["created"] < entry.seq
        ]
        shown = {id for _, entry, _ in meant for _, id in events.named(entry)[: events.MOST]}
        rows = await self.graph.rows("flow.keys_told", ids=sorted(shown)) if shown else []
        keys = dict(rows[0]["keys"]) if rows else {}
        return [
            _posted(hook, events.event_of(entry, touched, keys, self.address), entry, now)
            for hook, entry, touched in meant
        ]

    # --- to people -------------------------------------------------------------------------

    async def deliver(self, turn: Turn) -> Went:
        """Send what is due; each is noted as soon as it was sent."""
        if not self.senders:
            return Went()
        rows = await self.graph.keep(
            "flow.take_deliveries",
            channels=list(self.senders),
            now=to_text(turn.now),
            until=to_text(turn.now + TAKEN_FOR),
            limit=AT_ONCE,
        )
        waiting = rows[0]["deliveries"] if rows else []
        turns = asyncio.Semaphore(AT_A_TIME)
        sent = sum(await asyncio.gather(*(self._delivered(each, turn, turns) for each in waiting)))
        said = f"{sent} of {plural(len(waiting), 'message')} sent" if waiting else ""
        return Went(said, again=len(waiting) == AT_ONCE)

    async def _delivered(self, delivery: Properties, turn: Turn, turns: asyncio.Semaphore) -> bool:
        """Send one message and note it; who receives slowly keeps a few others waiting at most."""
        async with turns:
            if self.graph.clock.now() > turn.now + TAKEN_FOR / 2:
                return False  # a slow server: it is taken anew, before somebody else takes it
            state = await self._sent(delivery, turn.now)
            noted = {"id": delivery["id"], "attempts": delivery["attempts"], "state": state}
            await self.graph.keep("flow.note_delivery", **noted)
        return bool(state["status"] == SENT)

    async def _sent(self, delivery: Properties, now: datetime) -> Properties:
        """What became of one message; whatever goes wrong with it, the others are sent."""
        sending = self.senders[delivery["channel"]](delivery)
        _, fault = await outcome_of(sending)
        if fault is None:
            return {"status": SENT, "sent_at": to_text(now), "error": None}
        if isinstance(fault, Undeliverable):
            return {"status": DEAD, "error": str(fault)[:500]}
        if not isinstance(fault, OSError):
            LOG.error("the message %s could not be sent", delivery["id"], exc_info=fault)
        told = fault.problem.message if isinstance(fault, FitsmError) else str(fault)
        reason, tried = (told or type(fault).__name__)[:500], int(delivery["attempts"])
        if tried > len(PAUSES):
            return {"status": DEAD, "error": reason}
        next_at = to_text(now + PAUSES[tried - 1])
        return {"status": WAITING, "error": reason, "next_at": next_at}

    async def forget(self, turn: Turn) -> Went:
        """Forget what is over and old."""
        given = {"before": to_text(turn.now - KEPT_FOR), "limit": 1_000}
        rows = await self.graph.keep("flow.forget_deliveries", **given)
        forgotten = int(rows[0]["forgotten"]) if rows else 0
        said = f"{plural(forgotten, 'message')} forgotten" if forgotten else ""
        return Went(said, again=forgotten == given["limit"])


def _ids(entry: Entry) -> set[str]:
    """Records that an entry made, changed or related."""
    ends = {end for source, _, target in entry.triples() for end in (source, target)}
    return entry.record_ids() | ends


def _reached(reaches: Reaches | None, found: Properties) -> list[Touched]:
    """Services that a record reaches, where nothing else is wrong, or that it is of."""
    effects = {id: Effect(effect) for id, effect in found["effects"]}
    worse = reaches.alone(effects).services if reaches is not None and effects else ()
    reached = [Touched(each.id, each.key, each.name) for each in worse]
    return [*reached, *(Touched(*each) for each in found["offered"])]


def _deliveries(
    name: str,
    rule: NoticeRule,
    persons: Iterable[Properties],
    message: Mapping[str, Any],
    now: datetime,
) -> list[Properties]:
    """One for each person and channel; what is shown in the product is there at once."""
    at = to_text(now)
    ways: dict[Channel, dict[str, Any]] = {
        Channel.IN_APP: {"status": SENT, "next_at": at, "sent_at": at},
        Channel.EMAIL: {"status": WAITING, "next_at": at},
    }
    if rule.digest is not None:
        due = to_text(rule.digest.after(now))
        ways[Channel.EMAIL] = {"status": HELD, "next_at": due, "digest": name}
    return [
        {
            "id": delivery_id(message, name, person["id"], channel),
            "person": person["id"],
            "channel": channel.value,
            "attempts": 0,
            "created_at": at,
            **ways[channel],
            **message,
        }
        for person in persons
        for channel in rule.by
        if not person["only_user"] or person[_REACHED_BY[channel]]
    ]


def _posted(hook: Properties, event: Mapping[str, Any], entry: Entry, now: datetime) -> Properties:
    """What a webhook is told of an entry; the same whenever it is made again."""
    about = {"seq": entry.seq, "record": "", "verb": entry.properties["verb"]}
    return {
        **about,
        "id": delivery_id(about, events.CHANNEL, hook["id"], events.CHANNEL),
        "webhook": hook["id"],
        "key": event.get("subject") or hook["key"],
        "channel": events.CHANNEL,
        "status": WAITING,
        "attempts": 0,
        "created_at": to_text(now),
        "next_at": to_text(now),
        "subject": event["type"],
        "body": orjson.dumps(event).decode(),
    }


def delivery_id(message: Mapping[str, Any], rule: str, to: str, channel: str) -> str:
    """Rises with the entry, and is the same whenever it is made again."""
    seq = int(message["seq"])
    parts = f"{seq}|{rule}|{message['record']}|{to}|{channel}"
    return f"{seq:012d}-{hashlib.sha256(parts.encode()).hexdigest()[:20]}"
