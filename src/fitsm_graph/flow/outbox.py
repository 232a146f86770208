"""Messages about what happened: made from the ledger, delivered at least once (PR9.4).

The ledger is the outbox: whatever a verb did stands there in the transaction that did it. A job
reads on from where it left off and makes a delivery for each rule, person and channel. The id of a
delivery follows from entry, rule, person and channel, so that an entry which is read twice, after
a kill, tells nobody twice. Sending is another job, which takes a delivery before it sends it; what
was sent and not noted is sent once more, with the same id.
"""

import hashlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from fitsm_graph.flow.notices import TEMPLATES, Channel, NoticeRule, rules_in
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.scheduler import Job, Turn, Went, outcome_of
from fitsm_graph.graph.changes import Properties, kind_of
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.history import Entry
from fitsm_graph.graph.verb import VERBS
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.kernel.errors import FitsmError
from fitsm_graph.kernel.text import plural
from fitsm_graph.model.declare import RECORDS
from fitsm_graph.model.disturbance import Effect
from fitsm_graph.model.roles import HELD_OVER, Over

LOG = logging.getLogger("fitsm_graph.outbox")
WAITING, SENT, DEAD = "waiting", "sent", "dead"
ENTRIES = 500
"""Numbers of entries that are looked at in one go."""
AT_ONCE = 50
TAKEN_FOR = timedelta(minutes=5)
"""How long a delivery that is being sent is not taken again."""
PAUSES = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 180, 360, 720))
"""After each failure; after the last one it is given up."""
KEPT_FOR = timedelta(days=90)
_OF_SERVICES = 20
"""Services that a message names."""


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
    senders: Mapping[Channel, Sender]
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
        rules = rules_in(policies)
        verbs = sorted({rule.after for _, rule in rules})
        rows = await self.graph.rows("flow.entries_told", since=since, until=until, verbs=verbs)
        entries, made = [Entry.of(row) for row in rows], 0
        for entry in entries:
            made += await self._tell(policies, rules, entry, turn.now)
        said = f"{plural(len(entries), 'entry', 'entries')} told of in {plural(made, 'message')}"
        return Went(said if entries else "", str(until), again=until < head)

    async def _tell(
        self,
        policies: Policies,
        rules: Iterable[tuple[str, NoticeRule]],
        made: Entry,
        now: datetime,
    ) -> int:
        return sum(
            [
                await self._tell_of(policies, rules, made.properties, each, now)
                for each in await self._records(made)
            ]
        )

    async def _tell_of(
        self,
        policies: Policies,
        rules: Iterable[tuple[str, NoticeRule]],
        entry: Properties,
        found: Properties,
        now: datetime,
    ) -> int:
        """Make the messages about one record of an entry; return how many are new."""
        services = await self._services(found)
        kept: list[Properties] = []
        for name, rule in rules:
            template = policies.find(TEMPLATES, rule.template)
            if rule.after == entry["verb"] and template is not None:
                told = await self._recipients(rule, found, services, entry)
                values = self._values(found, services, told["owner"], entry["at"])
                subject, body = template.value.render(values)
                words = {"subject": subject, "body": body}
                about = {
                    "seq": entry["seq"],
                    "verb": entry["verb"],
                    "record": found["id"],
                    "key": found["record"]["key"],
                }
                kept += _deliveries(name, rule, told["persons"], {**about, **words}, now)
        if not kept:
            return 0
        return int((await self.graph.keep("flow.keep_deliveries", deliveries=kept))[0]["made"])

    async def _records(self, entry: Entry) -> list[Properties]:
        """The records that the verb was used on: those of its kind that it made or changed."""
        wanted = VERBS[entry.properties["verb"]].on
        ends = {end for source, _, target in entry.triples() for end in (source, target)}
        ids = entry.record_ids() | ends
        rows = await self.graph.rows("flow.records_told", ids=sorted(ids))
        return [each for each in rows if kind_of(each["labels"]) == wanted]

    async def _services(self, found: Properties) -> list[Any]:
        """Services that the record reaches, where nothing else is wrong."""
        effects = {id: Effect(effect) for id, effect in found["effects"]}
        if not effects:
            return []
        return list((await self.reaches()).alone(effects).services)

    async def _recipients(
        self, rule: NoticeRule, found: Properties, services: Sequence[Any], entry: Properties
    ) -> Properties:
        process = RECORDS[kind_of(found["labels"])].owner
        words = [
            *(each.value for each in rule.to.roles if HELD_OVER[each] is Over.RECORD),
            *(["watcher"] if rule.to.watchers else []),
        ]
        reached = [*(each.id for each in services), *(id for id, _ in found["effects"])]
        return (
            await self.graph.rows(
                "flow.recipients",
                record=found["id"],
                words=words,
                roles=_keys(rule, process, [each.key for each in services]),
                groups=list(rule.to.groups),
                persons=list(rule.to.persons),
                services=list(dict.fromkeys(reached)),
                actor=str(entry["actor"]),
                at=entry["at"],
            )
        )[0]

    def _values(
        self, found: Properties, services: Sequence[Any], owner: str | None, at: str
    ) -> dict[str, str]:
        """What a template can say; what is not known is left empty by it."""
        named = ", ".join(each.name or each.key for each in services[:_OF_SERVICES])
        more = len(services) - _OF_SERVICES
        of_record = {
            name: ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            for name, value in found["record"].items()
        }
        services_told = f"{named} and {more} more" if more > 0 else named
        return {
            **of_record,
            "services": services_told or "none",
            "owner": owner or "nobody yet",
            "at": at,
            "due": str(found["record"].get("resolution_due_at") or ""),
            "link": self.address,
        }

    # --- to people -------------------------------------------------------------------------

    async def deliver(self, turn: Turn) -> Went:
        """Send what is due; each is noted as soon as it was sent."""
        rows = await self.graph.keep(
            "flow.take_deliveries",
            channels=[each.value for each in self.senders],
            now=to_text(turn.now),
            until=to_text(turn.now + TAKEN_FOR),
            limit=AT_ONCE,
        )
        waiting = rows[0]["deliveries"] if rows else []
        sent = 0
        for each in waiting:
            if self.graph.clock.now() > turn.now + TAKEN_FOR / 2:
                break  # a slow server: what is left is taken anew, before somebody else takes it
            state = await self._sent(each, turn.now)
            sent += state["status"] == SENT
            noted = {"id": each["id"], "attempts": each["attempts"], "state": state}
            await self.graph.keep("flow.note_delivery", **noted)
        said = f"{sent} of {plural(len(waiting), 'message')} sent" if waiting else ""
        return Went(said, again=len(waiting) == AT_ONCE)

    async def _sent(self, delivery: Properties, now: datetime) -> Properties:
        """What became of one message; whatever goes wrong with it, the others are sent."""
        sending = self.senders[Channel(delivery["channel"])](delivery)
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


def _keys(rule: NoticeRule, process: str, services: Sequence[str]) -> list[str]:
    """Keys of the roles that a rule names, over the record's process and the services reached."""
    found = []
    for role in rule.to.roles:
        over = HELD_OVER[role]
        if over is Over.SYSTEM:
            found.append(role.value)
        elif over is Over.PROCESS:
            found.append(f"{role.value}/{process}")
        elif over is Over.SERVICE:
            found += [f"{role.value}/{key}" for key in services]
    return found


def _deliveries(
    name: str,
    rule: NoticeRule,
    persons: Iterable[Properties],
    message: Mapping[str, Any],
    now: datetime,
) -> list[Properties]:
    """One for each person and channel; what is shown in the product is there at once."""
    at = to_text(now)
    return [
        {
            "id": delivery_id(message, name, person["id"], channel),
            "person": person["id"],
            "channel": channel.value,
            "status": SENT if channel is Channel.IN_APP else WAITING,
            "attempts": 0,
            "created_at": at,
            "next_at": at,
            **({"sent_at": at} if channel is Channel.IN_APP else {}),
            **message,
        }
        for person in persons
        for channel in rule.by
    ]


def delivery_id(message: Mapping[str, Any], rule: str, person: str, channel: Channel) -> str:
    """Rises with the entry, and is the same whenever it is made again."""
    seq = int(message["seq"])
    parts = f"{seq}|{rule}|{message['record']}|{person}|{channel}"
    return f"{seq:012d}-{hashlib.sha256(parts.encode()).hexdigest()[:20]}"
