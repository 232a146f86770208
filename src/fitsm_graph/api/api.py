"""The API apart from HTTP: one road from what is asked to an answer, for every way in."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any

import orjson
from graphql import ExecutionResult, GraphQLError
from graphql import execute as run_operation
from strawberry.execution import optimized_is_awaitable

from fitsm_graph.api.admission import Admission, Cost
from fitsm_graph.api.asked import Asked, HttpRefusal
from fitsm_graph.api.context import Context, ReadRecords, no_records, unasked
from fitsm_graph.api.credential import Credential
from fitsm_graph.api.edition import Edition, Editions
from fitsm_graph.api.executor import ShapedExecutor
from fitsm_graph.api.failures import (
    Caught,
    is_unavailable,
    origin_of,
    told_of_caught,
    told_of_result,
)
from fitsm_graph.api.freshness import Freshness, Seen
from fitsm_graph.api.inner import asking
from fitsm_graph.api.limits import Limits
from fitsm_graph.api.persisted import Documents
from fitsm_graph.api.pipeline import Prepared
from fitsm_graph.confm.sync_sessions import Sessions
from fitsm_graph.flow.following import PoliciesInForce
from fitsm_graph.flow.policies import Policies, PolicyKinds
from fitsm_graph.graph.graph import Graph
from fitsm_graph.impact.snapshot import Snapshot
from fitsm_graph.kernel.errors import BadInput, FitsmError, Unauthenticated, Unavailable
from fitsm_graph.model.principal import Principal
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.sms.rights import Rights, rights_in

Enter = Callable[[Credential], Awaitable[Principal]]
"""Turns a token or a session into a principal, or raises Unauthenticated."""

ImpactAt = Callable[[TypeRegistry, int], Any]
"""Makes the impact answers for a registry, at a ledger entry or later."""

_is_awaitable: Any = optimized_is_awaitable  # declared more loosely than it behaves


@dataclass(slots=True)
class Answer:
    """What became of an operation.

    Attributes:
        executed: Whether it came to executing; else the request as a whole was refused.
        seq: A ledger entry that it shows with all before it; None where none was seen.
        refusal: Why it was not executed.
        away: Nothing could be answered, because the database did not answer.
        failure: What the first error among its errors was, where it was executed with errors.
        cost: What it costs, with what is left of the budget; None where it came to no counting.
    """

    data: dict[str, Any] | None = None
    errors: list[dict[str, Any]] = field(default_factory=list)
    seq: int | None = None
    executed: bool = False
    refusal: Exception | None = None
    away: bool = False
    failure: Exception | None = None
    cost: Cost | None = None

    def body(self) -> dict[str, Any]:
        """The members of a GraphQL response."""
        shown: dict[str, Any] = {"errors": self.errors} if self.errors else {}
        if self.executed:
            shown["data"] = self.data
        return {**shown, "extensions": self.extensions()}

    def extensions(self) -> dict[str, Any]:
        """What an answer says beside its data: what it shows, and what it cost."""
        told: dict[str, Any] = {} if self.seq is None else {"seq": self.seq}
        return told if self.cost is None else {**told, "cost": self.cost.told()}


class Api:
    """Everything that answers.

    Args:
        graph: The database.
        editions: The schema in force.
        impact: Makes impact answers.
        enter: Knows API tokens and sessions.
        freshness: Knows where the ledger stands.
        documents: Knows documents by their digests.
        limits: For requests, documents and principals.
        snapshot: The topology that impact is computed over.
        policies: Knows what is in force.
        kinds: Of policies.
        read_records: Reads records that come in by GraphQL.

    Attributes:
        admission: Lets operations in, whatever way they come.
        sync: The runs of sync that clients drive.
    """

    def __init__(
        self,
        graph: Graph,
        editions: Editions,
        impact: ImpactAt,
        enter: Enter,
        freshness: Freshness,
        documents: Documents,
        limits: Limits,
        snapshot: Snapshot,
        policies: PoliciesInForce,
        kinds: PolicyKinds,
        read_records: ReadRecords = no_records,
    ) -> None:
        self.graph = graph
        self.snapshot = snapshot
        self.read_records = read_records
        self.policies = policies
        self.kinds = kinds
        self.sync = Sessions(graph, snapshot)
        self.editions = editions
        self.enter = enter
        self.freshness = freshness
        self.documents = documents
        self.limits = limits
        self.admission = Admission(limits, self.rights)
        self._impact = impact

    def rights(self) -> Rights:
        """What each role may do, as far as this process has seen."""
        return rights_in(self.policies.current)

    async def in_force(self) -> Policies:
        """Policies as they are now, for edges that read them without asking a document.

        Raises:
            Unavailable: The graph does not answer.
        """
        return await self.policies.at((await self.freshness.seen()).policies)

    async def execute(
        self,
        document: str,
        variables: dict[str, Any] | None,
        principal: Principal | None,
        *,
        operation_name: str | None = None,
        via: str = "graphql",
        at_least: int | None = None,
    ) -> dict[str, Any]:
        """Execute a document in this process, with the same rights and limits as over HTTP."""
        asked = Asked(document, variables or {}, operation_name, at_least)
        body = (await self.answer(asked, principal, via)).body()
        return {"data": None, **body}

    async def answer(
        self, asked: Asked, principal: Principal | None, via: str = "graphql"
    ) -> Answer:
        """Answer what is asked, in bounded time and never with an exception."""
        answer = Answer()
        with Caught() as caught:
            async with within(self.limits.seconds):
                await self._into(answer, asked, principal, via)
        if caught.error is not None:
            answer.refusal = caught.error
            answer.errors = told_of_caught(caught.error)
        return answer

    async def _into(
        self, answer: Answer, asked: Asked, principal: Principal | None, via: str
    ) -> None:
        if principal is None:  # before anything is read: nobody learns the schema from refusals
            raise Unauthenticated(
                "nobody is signed in",
                why="data and schema are shown to those who are",
                remedy="sign in, or send an API token: Authorization: Bearer fsg_…",
            )
        async with self.admission.turn(principal):
            seen = await self.freshness.seen(asked.at_least)
            answer.seq = seen.seq
            edition = await self.editions.at(seen.types)
            await self.policies.at(seen.policies)
            sent, asked = asked.document, await self.with_document(asked, principal)
            prepared = self.let_in(answer, edition, asked, principal)
            if sent:
                self.documents.remember(sent, asked.digest)
            context = self.context(edition, seen, principal, via)
            context.plans = prepared.entry.plans
            await self._executed(answer, edition, prepared, asked, context)

    async def with_document(self, asked: Asked, principal: Principal) -> Asked:
        """Find the document that was asked for by its digest, or check the one that was sent."""
        if asked.checked:
            return asked
        if asked.document:
            await self.documents.check(
                asked.document, asked.digest, principal, registered=asked.by_address
            )
            return asked
        digest = asked.digest or ""
        text = await self.documents.text(digest, principal, registered=asked.by_address)
        return replace(asked, document=text)

    def let_in(
        self,
        answer: Answer,
        edition: Edition,
        asked: Asked,
        principal: Principal,
        *,
        streaming: bool = False,
    ) -> Prepared:
        """Read, measure and pay; what has to be read costs a value for each character.

        A subscription is paid for when its stream begins, and not where it cannot be streamed.
        """
        admission, pipeline = self.admission, edition.pipeline
        if not pipeline.knows(asked.document):
            admission.spend(principal, len(asked.document))
        limits = admission.limits_of(principal)
        prepared = pipeline.prepare(asked.document, asked.variables, asked.operation_name, limits)
        answer.cost = admission.cost(principal, prepared.cost)
        if prepared.writes and asked.by_address:
            raise _changes_by_address()
        if streaming or not prepared.streams:
            answer.cost = admission.spend(principal, prepared.cost)
        return prepared

    async def _executed(
        self, answer: Answer, edition: Edition, prepared: Prepared, asked: Asked, context: Context
    ) -> None:
        known = prepared.entry.told.get(prepared.name or "") if prepared.schema_only else None
        if known is not None:
            answer.data, answer.executed = known, True
            return
        if prepared.streams:
            raise _needs_stream()
        _take(answer, await self.run(edition, prepared, asked.variables, context))
        answer.seq = context.seq
        if prepared.schema_only and answer.data is not None:
            edition.pipeline.tell(prepared, answer.data, len(orjson.dumps(answer.data)))

    def context(
        self, edition: Edition, seen: Seen, principal: Principal | None, via: str
    ) -> Context:
        """What the resolvers of one request are given."""

        def impact_at(seq: int) -> Any:
            return self._impact(edition.registry, seq)

        def vet(document: str) -> None:
            edition.pipeline.vet(document, self.admission.large)

        return Context(
            self.graph,
            edition.registry,
            edition.compiler,
            impact_at,
            principal,
            via,
            seen.seq,
            vet=vet,
            sync=self.sync,
            read_records=self.read_records,
            policies=self.policies.current,
            kinds=self.kinds,
            ask=asking(self, edition, principal, via) if principal is not None else unasked,
        )

    async def run(
        self,
        edition: Edition,
        prepared: Prepared,
        variables: Mapping[str, Any],
        context: Context,
    ) -> ExecutionResult:
        """Execute an operation that was let in."""
        found = run_operation(
            edition.pipeline.schema,
            prepared.document,
            context_value=context,
            variable_values=dict(variables),
            operation_name=prepared.name,
            executor_class=ShapedExecutor,
            is_awaitable=_is_awaitable,
        )
        return found if isinstance(found, ExecutionResult) else await found


def check_answered(answer: Answer) -> None:
    """Refuse what a machine has sent where it is to send it again later.

    Raises:
        Exception: What kept it from being answered: too much at once, no database, a fault.
    """
    error = answer.refusal or answer.failure
    if error is not None and (answer.away or status_of(error) >= 429):
        raise error


def _changes_by_address() -> HttpRefusal:
    return HttpRefusal(
        405,
        "a mutation is asked for by GET",
        code="MUTATION_BY_GET",
        why="an address may be opened by anybody's link, and is fetched again at any time",
        remedy="send it by POST",
    )


def _take(answer: Answer, result: ExecutionResult) -> None:
    """Take over a result; values of variables that do not fit are a refused request."""
    errors: list[GraphQLError] = result.errors or []
    answer.errors = told_of_result(errors)
    if result.data is None and errors and not any(error.path for error in errors):
        answer.refusal = BadInput(errors[0].message, code="INVALID_VARIABLES")
        return
    answer.data, answer.executed = result.data, True
    answer.failure = origin_of(errors[0]) or errors[0] if errors else None
    nothing = result.data is None or all(value is None for value in result.data.values())
    answer.away = nothing and bool(errors) and all(is_unavailable(each) for each in errors)


def _needs_stream() -> BadInput:
    return BadInput(
        "a subscription is no single answer",
        code="SUBSCRIPTION_NEEDS_STREAM",
        why="its events come one after another, without an end",
        remedy="send Accept: text/event-stream, or use graphql-transport-ws at this address",
    )


class within:  # noqa: N801 - it reads as the function that it stands for
    """A time within which something has to be done: `async with within(30): …`.

    A class, since every question passes two of them, and a generator costs as much again.

    Raises:
        Unavailable: TIMEOUT, when it was not.
    """

    __slots__ = ("_seconds", "_timeout")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._timeout = asyncio.timeout(seconds)

    async def __aenter__(self) -> None:
        await self._timeout.__aenter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            await self._timeout.__aexit__(kind, error, trace)
        except TimeoutError as late:
            raise self._told() from late
        if isinstance(error, TimeoutError):
            raise self._told() from error

    def _told(self) -> Unavailable:
        return Unavailable(
            "there is no answer in time",
            code="TIMEOUT",
            why=f"the database has not answered for {self._seconds:g} seconds",
            remedy="try again; repeat a mutation with its idempotencyKey, it may be done",
        )


def status_of(refusal: Exception) -> int:
    """HTTP status of a request that was refused as a whole."""
    if not isinstance(refusal, FitsmError):
        return 500
    given = getattr(refusal, "status", None)
    if isinstance(given, int):
        return given
    if refusal.code == "STALE" or isinstance(refusal, Unavailable):
        return 503
    return {2: 400, 3: 404, 4: 401 if isinstance(refusal, Unauthenticated) else 403, 5: 409}.get(
        refusal.exit_status, 500
    )
