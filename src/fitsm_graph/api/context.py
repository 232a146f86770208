"""What every resolver is given, and the one road from a resolver to a verb."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO, Protocol

from fitsm_graph.api.executor import Shaped
from fitsm_graph.api.plans import Plans
from fitsm_graph.api.questions import Compiler, Question
from fitsm_graph.api.withheld import Withheld, withheld_from
from fitsm_graph.confm.sight import sight_of
from fitsm_graph.confm.sync_intake import Seen
from fitsm_graph.confm.sync_sessions import Sessions
from fitsm_graph.documents.composing import Ask
from fitsm_graph.flow.policies import Policies, PolicyKinds
from fitsm_graph.graph.graph import Graph, Outcome
from fitsm_graph.graph.sight import Sight
from fitsm_graph.graph.verb import Request, verb_of
from fitsm_graph.kernel.errors import Broken
from fitsm_graph.model.principal import Principal
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.sms.rights import (
    READ,
    Claim,
    Rights,
    claim_on,
    kind_of_subject,
    may,
    may_where_named,
    require,
    rights_in,
    subject_of,
)

ReadRecords = Callable[[BinaryIO, int], Iterable[Seen]]
"""Reads records in the published form; given from outside, because formats are no part of this."""


def no_records(_stream: BinaryIO, _first: int) -> Iterable[Seen]:
    """Read nothing, where nobody gave a reader."""
    return ()


class Impact(Protocol):
    """The impact engine over the graph's snapshot, as the API sees it."""

    async def states(self, ids: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """State, margin and why of elements by id, on one snapshot."""
        ...


def _unchecked(_document: str) -> None:
    raise Broken("nothing checks documents here")


async def unasked(
    _document: str, _variables: Mapping[str, Any], _name: str, _at_least: int
) -> Mapping[str, Any]:
    """Ask nothing, where nobody asks.

    Raises:
        Broken: Always.
    """
    raise Broken("nothing is asked within here")


@dataclass(slots=True)
class Context:
    """One request.

    Attributes:
        impact_at: Makes the impact answers that show a ledger entry.
        principal: Who asks; None before signing in.
        seq: A ledger entry that the answer shows, with all before it; for `extensions`.
        via: The way in, for the ledger.
        sight: CI types that the principal sees; None: all.
        withheld: Stored names of the attributes that the principal may not read.
        vet: Checks a document as if it were asked, or raises.
        now: What durations are counted from.
        sync: The runs of sync that clients drive.
        read_records: Reads NDJSON, whose first line has a number.
        policies: In force; handed to verbs.
        kinds: Of policies, for verbs over policies themselves.
        ask: Asks a document of the product's own for the principal, within this request.
        plans: What was compiled of the document that is being answered.
        live: How a subscription stands with the ledger; None for everything else.
        granted: Verbs with the records on which the principal was found to have them.
    """

    graph: Graph
    registry: TypeRegistry
    compiler: Compiler
    impact_at: Callable[[int], Any]
    principal: Principal | None
    via: str = "graphql"
    seq: int = 0
    sight: Sight = None
    withheld: Withheld = field(init=False)
    vet: Callable[[str], None] = _unchecked
    now: datetime = field(init=False)
    sync: Sessions | None = None
    read_records: ReadRecords = no_records
    policies: Policies = field(default_factory=Policies)
    kinds: PolicyKinds = field(default_factory=lambda: PolicyKinds(()))
    ask: Ask = unasked
    plans: Plans = field(default_factory=dict)
    live: Any = None
    granted: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Limit everything that is asked to what the principal sees, and look at the clock once."""
        self.now = self.graph.clock.now()
        self.sight = sight_of(self.principal, self.registry)
        self.withheld = withheld_from(self.principal, self.registry, self.rights)
        sources = self.principal.sources if self.principal is not None else None
        self.compiler = self.compiler.seen_with(self.sight, self.withheld, sources)

    @property
    def impact(self) -> Any:
        """Impact answers that show the entry seen, or the one this request has made."""
        return self.impact_at(self.seq).seen_with(self.sight)

    def allow(self, verb: str = READ) -> Principal:
        """Refuse a principal without the right; every resolver begins here."""
        return require(self.principal, verb, self.rights)

    async def permit(self, verb: str, ref: str) -> Principal:
        """Refuse a principal without the right, unless it has it on this record: its own.

        Args:
            verb: Its name.
            ref: Id or key of the record, or key of a role that is given; empty: none.
        """
        principal = self.principal
        if principal is None or not ref or may(principal, verb, self.rights):
            return self.allow(verb)
        claim = claim_on(principal, verb, self.rights)
        known = (verb, ref) in self.granted or ref in claim.roles
        if known or (claim and await self._has(principal, claim, verb, ref)):
            self.granted.add((verb, ref))
            return principal
        return principal if may_where_named(principal, verb, self.rights) else self.allow(verb)

    def grant_over(self, verb: str, ref: str, process: str) -> None:
        """Note that a principal has a verb on what belongs to a process, where it has it so.

        Args:
            verb: Its name.
            ref: What it is used on, as it is named.
            process: The process of what is named.
        """
        principal = self.principal
        if principal and process in claim_on(principal, verb, self.rights).processes:
            self.granted.add((verb, ref))

    async def _has(self, principal: Principal, claim: Claim, verb: str, ref: str) -> bool:
        """Whether a principal is to a record what it would have to be.

        Records of other kinds may have the same key; what the verb is used on is what counts, and
        everything that it could be used on has to fit.
        """
        rows = await self.graph.rows(
            "sms.stands_to",
            ref=ref,
            kind=kind_of_subject(verb),
            parties=sorted(principal.parties),
            login=principal.login,
        )
        return bool(rows) and all(claim.met(each) for each in rows)

    @property
    def rights(self) -> Rights:
        """What each role may do, as it is in force."""
        return rights_in(self.policies)

    async def answer(self, question: Question) -> Any:
        """Ask a compiled question and make its rows into the answer, with what is computed."""
        for name, later in question.later.items():
            question.parameters[name] = await later.settle(self)
        rows = await self.graph.ask(question.text, question.parameters)
        answer = rows[0]["answer"] if rows else None
        form = question.form
        if form is None or answer is None:
            return answer
        ids = list(form.ids(answer)) if form.computes else []
        return form.made(answer, await self.impact.states(ids) if ids else {})

    async def write(
        self,
        verb: Callable[..., Awaitable[Any]],
        *args: Any,
        options: "WriteOptions",
        payload: dict[str, Any],
        **kwargs: Any,
    ) -> Outcome:
        """Run a verb for the principal."""
        name = verb_of(verb).name
        subject = subject_of(name, payload)
        principal = await self.permit(name, subject)
        given = may(principal, name, self.rights) or (name, subject) in self.granted
        request = Request(
            actor=principal.login,
            via=self.via,
            reason=options.reason,
            change=options.change,
            idempotency_key=options.idempotency_key,
            dry_run=options.dry_run,
            sight=self.sight,
            sources=principal.sources,
            as_person=bool(principal.person),
            only_named=not given,
            payload=payload,
        )
        outcome = await self.graph.write(verb, request, *args, **kwargs)
        if outcome.seq is not None:
            self.seq = max(self.seq, outcome.seq)
        return outcome


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """What a client can ask of any mutation."""

    dry_run: bool = False
    idempotency_key: str = ""
    reason: str = ""
    change: str = ""


def shaped(value: Any) -> Shaped:
    """Mark an answer as complete."""
    return Shaped(value)
