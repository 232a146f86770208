"""GraphQL types of sync: runs, proposals to retire, parked rows, and what verbs on them answer."""

import strawberry

from fitsm_graph.api.elements import connection, described
from fitsm_graph.api.mutations import Act
from fitsm_graph.api.types import JSON, UserError


@strawberry.type(description="How much of a type a source no longer has.")
class SyncLoss:
    """Too much of it holds a run."""

    type: str
    missing: int
    known: int


@strawberry.type(name="SyncRun", description="A run of a source: how far it is, what it did.")
class SyncRunView:
    """Kept for the latest 100 of a scope; what a run changed stands in the ledger."""

    run: strawberry.ID = strawberry.field(description="source/scope/number.")
    source: str
    scope: str
    mode: str = strawberry.field(description="snapshot, delta, enrich or revert.")
    status: str = strawberry.field(
        description="running, completed, held, aborted, failed, abandoned, superseded, reverted."
    )
    actor: str | None
    via: str | None
    begun_at: str | None
    renewed_at: str | None
    ended_at: str | None
    lease_until: str | None = strawberry.field(description="While it runs: how long it may pause.")
    counts: JSON = strawberry.field(description="By word: read, created, updated, unchanged …")
    types: list[str] = strawberry.field(description="That it declared; empty: any.")
    chunks: list[int] = strawberry.field(description="Numbers of those that were taken in.")
    hold: str | None = strawberry.field(description="What `approveSyncRun` is given.")
    losses: list[SyncLoss]
    reverts: str | None = strawberry.field(description="The run that it reverts.")
    summary: JSON | None = strawberry.field(description="What its end was answered.")


@strawberry.type(description="A row that could not go in, until it is mended.")
class ParkedRow:
    """It is over when a row of its key goes in."""

    id: strawberry.ID
    scope: str = strawberry.field(description="source/scope.")
    run: str
    at: str
    place: str
    key: str | None
    type: str | None
    record: JSON | None = strawberry.field(
        description="As it came, without secrets; null where it could not be read, or is too long."
    )
    problems: list[UserError]


RetirementProposal = described("RetirementProposal", {})
RUNS = connection("SyncRun", SyncRunView, "Runs, the latest first.")
PARKED = connection("ParkedRow", ParkedRow, "Parked rows by key.")
PROPOSALS = connection("RetirementProposal", RetirementProposal, "Proposals, the newest first.")


@strawberry.input(description="A part of a run, such as one query of its source.")
class SyncPartInput:
    """One that fails makes its types incomplete, and those of all that depend on it."""

    name: str
    types: list[str] = strawberry.field(default_factory=list)
    depends_on: list[str] = strawberry.field(default_factory=list)


@strawberry.input(description="A new run of a source.")
class BeginSyncRunInput:
    """One run of a scope at a time."""

    source: str
    scope: str = "default"
    mode: str = "snapshot"
    types: list[str] = strawberry.field(default_factory=list)
    parts: list[SyncPartInput] = strawberry.field(default_factory=list)
    fence: str = strawberry.field(
        default="", description="Made up by the client, so that it can ask twice; else by us."
    )


@strawberry.input(description="A numbered chunk of records in the published form.")
class PutSyncRecordsInput:
    """A number stands for one payload."""

    run: strawberry.ID
    fence: str
    chunk: int
    records: list[JSON]


@strawberry.input(description="The end of a run.")
class EndSyncRunInput:
    """`complete`: true, false, a list of types, or types with true or false."""

    run: strawberry.ID
    fence: str
    complete: JSON | None = None
    failed: list[str] = strawberry.field(default_factory=list)
    chunks: int | None = None


@strawberry.input(description="A run to break off.")
class AbortSyncRunInput:
    """Without a fence it is taken over first."""

    run: strawberry.ID
    fence: str = ""


@strawberry.input(description="A held run, with what it is held for.")
class ApproveSyncRunInput(Act):
    """`hold` is what the run shows under this name."""

    run: strawberry.ID
    hold: str


@strawberry.input(description="A run to undo.")
class RevertSyncRunInput(Act):
    """Refused where others changed the same since."""

    run: strawberry.ID


@strawberry.input(description="A proposal to retire, by key.")
class ApproveRetirementInput(Act):
    """Refused while something live needs the element."""

    proposal: strawberry.ID


@strawberry.input(description="A proposal to retire, by key, that is not followed.")
class DismissRetirementInput:
    """The reason is kept."""

    proposal: strawberry.ID
    reason: str


@strawberry.input(description="Parked rows to forget.")
class ClearParkedRowsInput:
    """By the ids of `parkedRows`."""

    source: str
    scope: str = "default"
    ids: list[strawberry.ID]


@strawberry.type(description="What became of a verb on a run, a proposal or parked rows.")
class SyncPayload:
    """Errors are for people."""

    ok: bool
    dry_run: bool
    replayed: bool
    seq: int | None
    errors: list[UserError]
    run: str | None
    fence: str | None = strawberry.field(description="Goes with all that is done in the run.")
    answer: JSON | None = strawberry.field(
        description="Of a run: results of rows, summary, or what is put back."
    )
    proposal: RetirementProposal | None  # type: ignore[valid-type]  # made from its declaration
