"""Policies over GraphQL: what there is, what is in force, and one version after another (GR2.4)."""

import json
from collections.abc import Callable
from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.context import Context
from fitsm_graph.api.elements import connection, described
from fitsm_graph.api.failures import extensions_of
from fitsm_graph.api.mutations import Act, acting, options_of
from fitsm_graph.api.paging import connection_of, page_size, read_cursor
from fitsm_graph.api.payloads import done_payload
from fitsm_graph.api.selection import pick
from fitsm_graph.api.types import JSON, Party, RecordedChange, UserError
from fitsm_graph.flow.policies import digest_of
from fitsm_graph.graph.graph import Outcome
from fitsm_graph.graph.verb import verb_of
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.registry_types import camel_case
from fitsm_graph.model.sms import PolicyStatus
from fitsm_graph.sms import policies
from fitsm_graph.sms.rights import APPROVE_RIGHTS, CHECK_POLICY, READ, RIGHTS

KIND = "Policy"
PAYLOAD = "PolicyPayload"
VERDICT = "PolicyVerdict"
Policy = described(KIND, {"document": JSON, "owner": Party | None, "status": str})


@strawberry.input(description="The next version of a policy.")
class DraftPolicyInput(Act):
    """It is in force once somebody approves it who wrote none of it."""

    kind: str
    name: str
    document: JSON
    owner: strawberry.ID = strawberry.field(
        default=strawberry.ID(""),
        description="Person or group that answers for it; else who did for the version before.",
    )


@strawberry.input(description="New words for a draft, or another owner.")
class ChangePolicyInput(Act):
    """What is left out stays."""

    policy: strawberry.ID
    document: JSON | None = None
    owner: strawberry.ID = strawberry.ID("")
    expected_version: int | None = None


@strawberry.input(description="A version of a policy, by id or key.")
class PolicyInput(Act):
    """Such as `priority-matrix/default/2`."""

    policy: strawberry.ID
    expected_version: int | None = None


@strawberry.type(description="What became of a verb on a policy.")
class PolicyPayload:
    """Errors are for people."""

    ok: bool
    dry_run: bool
    replayed: bool
    seq: int | None
    errors: list[UserError]
    changes: list[RecordedChange]
    policy: Policy | None  # type: ignore[valid-type]  # made from its declaration


@strawberry.type(description="What is to be said of a document, before anybody drafts it.")
class PolicyVerdict:
    """Everything that is wrong is told at once."""

    ok: bool
    digest: str
    errors: list[UserError]
    in_force: Policy | None = strawberry.field(  # type: ignore[valid-type]  # likewise
        description="The version that it would replace."
    )


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    pages = connection(KIND, Policy, "Versions of policies, newest first.")
    shown: dict[str, tuple[Callable[..., Any], Any]] = {
        "policies": (list_policies, pages),
        "policy": (policy, Policy | None),
        "policy_in_force": (policy_in_force, Policy | None),
        "check_policy": (check_policy, PolicyVerdict),
    }
    return {
        name: strawberry.field(resolver=answering(run), graphql_type=type, description=run.__doc__)
        for name, (run, type) in shown.items()
    }


def verbs() -> dict[str, Any]:
    """Fields of the mutation type."""
    return {
        run.__name__: strawberry.field(
            resolver=acting(run, PAYLOAD, _done),
            graphql_type=PolicyPayload,
            description=run.__doc__,
        )
        for run in (draft_policy, change_policy, approve_policy, review_policy, retire_policy)
    }


# --- questions -----------------------------------------------------------------------------------


async def list_policies(
    info: Info,
    *,
    kind: str | None = None,
    name: str | None = None,
    status: str | None = None,
    first: int = 50,
    after: str | None = None,
) -> object:
    """Versions of policies, the newest first; all, or of a kind, a name, a status (GR2.4)."""
    context = info.context
    context.allow(READ)
    if status is not None and status not in set(PolicyStatus):
        raise BadInput(
            f"'{status[:60]}' is no status of a policy",
            remedy=f"one of {', '.join(PolicyStatus)}",
            path=("status",),
        )
    found = await _read(
        context,
        kind=kind,
        called=name,
        status=status,
        after=read_cursor(after, KIND, 1)[0] if after else None,
        limit=page_size(first) + 1,
    )
    rows = [_shown(each) for each in found["policies"]]
    data = connection_of(KIND, rows, first, after, found["total"])
    answer: object = pick(data, asked_of(info))
    return answer


async def policy(info: Info, key: strawberry.ID) -> object:
    """A version of a policy by key or id (GR2.4)."""
    info.context.allow(READ)
    return pick(await _one(info.context, ref=str(key)), asked_of(info))


async def policy_in_force(info: Info, kind: str, name: str) -> object:
    """The version of a policy that is in force; null where none is (GR2.4)."""
    info.context.allow(READ)
    found = await _one(info.context, kind=kind, called=name, status=PolicyStatus.APPROVED)
    return pick(found, asked_of(info))


async def check_policy(info: Info, kind: str, name: str, document: JSON) -> object:
    """Read a document as a policy, and tell everything that is wrong with it (GR2.4)."""
    context = info.context
    context.allow(CHECK_POLICY)
    errors = []
    try:
        context.kinds.kind(kind).checked(name, document)
        digest = digest_of(kind, name, document)
    except BadInput as error:
        digest = ""
        errors = [
            {"__typename": "InvalidInput", "message": each.message, **extensions_of(each)}
            for each in error.problems
        ]
    now = await _one(context, kind=kind, called=name, status=PolicyStatus.APPROVED)
    told = {"ok": not errors, "digest": digest, "errors": errors, "inForce": now}
    return pick({**told, "__typename": VERDICT}, asked_of(info))


async def _read(context: Context, **given: Any) -> dict[str, Any]:
    whole = {"ref": None, "kind": None, "called": None, "status": None, "after": None, **given}
    whole["status"] = None if whole["status"] is None else str(whole["status"])
    rows = await context.graph.rows("sms.policies_page", **whole)
    return rows[0]


async def _one(context: Context, **given: Any) -> dict[str, Any] | None:
    found = await _read(context, limit=1, **given)
    return _shown(found["policies"][0]) if found["policies"] else None


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    record, owner = row["policy"], row.get("owner")
    plain = {camel_case(name): value for name, value in record.items()}
    try:
        document = json.loads(record["document"])
    except ValueError:
        document = record["document"]  # damaged; `doctor` tells of it
    party = None if owner is None else {**owner, "__typename": "Party"}
    return {**plain, "document": document, "owner": party, "__typename": KIND}


# --- verbs ---------------------------------------------------------------------------------------


async def _done(context: Context, outcome: Outcome) -> dict[str, Any]:
    shown = _shown({"policy": outcome.value})
    if not outcome.dry_run:
        shown = await _one(context, ref=outcome.value["id"]) or shown
    return {**await done_payload(context, outcome, PAYLOAD), "policy": shown}


async def draft_policy(
    info: Info, input: DraftPolicyInput, *, dry_run: bool = False, idempotency_key: str = ""
) -> Outcome:
    """Write the next version of a policy; somebody else approves it (GR2.4)."""
    owner = str(input.owner)
    return await info.context.write(
        policies.draft_policy,
        info.context.kinds,
        input.kind,
        input.name,
        input.document,
        owner=owner,
        reason=input.reason,
        options=options_of(input, dry_run=dry_run, key=idempotency_key),
        payload={"kind": input.kind, "name": input.name, "document": input.document, "o": owner},
    )


async def change_policy(
    info: Info, input: ChangePolicyInput, *, dry_run: bool = False, idempotency_key: str = ""
) -> Outcome:
    """Change a draft; who changed it may not approve it (GR2.4)."""
    given = {"document": input.document, "owner": str(input.owner)}
    return await info.context.write(
        policies.change_policy,
        info.context.kinds,
        str(input.policy),
        **given,
        reason=input.reason,
        expected_version=input.expected_version,
        options=options_of(input, dry_run=dry_run, key=idempotency_key),
        payload={"policy": input.policy, "expected": input.expected_version, **given},
    )


async def approve_policy(
    info: Info, input: PolicyInput, *, dry_run: bool = False, idempotency_key: str = ""
) -> Outcome:
    """Bring a draft into force in place of the version that is; never one's own (GR2.4)."""
    return await _decide(info, policies.approve_policy, input, dry_run=dry_run, key=idempotency_key)


async def review_policy(
    info: Info, input: PolicyInput, *, dry_run: bool = False, idempotency_key: str = ""
) -> Outcome:
    """Say that a version in force was looked at and still holds (GR2.4)."""
    return await _decide(info, policies.review_policy, input, dry_run=dry_run, key=idempotency_key)


async def retire_policy(
    info: Info, input: PolicyInput, *, dry_run: bool = False, idempotency_key: str = ""
) -> Outcome:
    """Give a draft up, or take a version out of force (GR2.4)."""
    return await _decide(info, policies.retire_policy, input, dry_run=dry_run, key=idempotency_key)


async def _decide(info: Info, verb: Any, input: PolicyInput, *, dry_run: bool, key: str) -> Outcome:
    context, name = info.context, verb_of(verb).name
    await _permit(context, name, str(input.policy))
    return await context.write(
        verb,
        *(() if verb is policies.review_policy else (context.kinds,)),
        str(input.policy),
        expected_version=input.expected_version,
        options=options_of(input, dry_run=dry_run, key=key),
        payload={"ref": input.policy, "expected": input.expected_version},
    )


async def _permit(context: Context, verb: str, ref: str) -> None:
    """Refuse who may not decide on a policy: by right, or over the process that it is a rule of."""
    rows = await context.graph.rows("sms.policy_kind", ref=ref)
    for each in rows:
        context.grant_over(verb, ref, _process_of(context, each))
    await context.permit(verb, ref)
    if verb != "policy.review" and any(each["kind"] == RIGHTS for each in rows):
        context.allow(APPROVE_RIGHTS)


def _process_of(context: Context, row: dict[str, Any]) -> str:
    """The process that a policy is a rule of; empty where it cannot be read."""
    try:
        kind = context.kinds.kind(row["kind"])
        value = kind.checked(row["name"], json.loads(row["document"]))
    except (BadInput, ValueError):
        return ""
    return kind.ruled(row["name"], value).value
