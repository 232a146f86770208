"""Verbs over policies: drafted, changed, approved, retired, one version after another (GR2.4).

A version comes into force when somebody approves it who did not write any of it. Approving retires
the version that was in force, in the same entry. What is seeded with the product is approved by
`system`, and only where a kind and name have no version at all: nobody's own version is replaced.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fitsm_graph.flow.documents import read_document
from fitsm_graph.flow.lives import Life, LifeState, Transition
from fitsm_graph.flow.policies import (
    InForce,
    Policies,
    PolicyKind,
    PolicyKinds,
    check_name,
    digest_of,
    document_of,
    text_of,
)
from fitsm_graph.flow.targets import Pace
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.tx import Tx, check_version
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.errors import BadInput, NotFound
from fitsm_graph.kernel.places import SCHEMA
from fitsm_graph.model.declare import Process
from fitsm_graph.model.sms import ANSWERS_FOR, APPROVED_BY, PolicyStatus
from fitsm_graph.sms.policy_rules import (
    check_agreed,
    check_duties,
    check_not_needed,
    check_parties,
    check_states,
)

POLICIES_SEQ = "policies_seq"
"""On the ledger's head: the entry that changed what is in force last; every replica compares it."""
SYSTEM = "system"
LONGEST_REASON = 2_000

DRAFT, APPROVED, RETIRED = PolicyStatus.DRAFT, PolicyStatus.APPROVED, PolicyStatus.RETIRED
POLICY_LIFE = Life(
    "Policy",
    DRAFT,
    frozenset({RETIRED}),
    {
        DRAFT: LifeState(DRAFT, Pace.RUNS, effect=False, doc="It is written, not in force."),
        APPROVED: LifeState(APPROVED, Pace.WAITS, effect=False, doc="It is in force."),
        RETIRED: LifeState(RETIRED, Pace.STOPS, effect=False, doc="It was in force, or given up."),
    },
    (
        Transition(DRAFT, DRAFT, "policy.change", "GR2.4"),
        Transition(DRAFT, APPROVED, "policy.approve", "GR2.4"),
        Transition(DRAFT, RETIRED, "policy.retire", "GR2.4"),
        Transition(APPROVED, APPROVED, "policy.review", "GR2.4"),
        Transition(APPROVED, RETIRED, "policy.retire", "GR2.4"),
    ),
)
"""Fixed: what makes a policy valid cannot be a policy itself."""


# --- what is in force ----------------------------------------------------------------------------


async def from_graph(graph: Graph, kinds: PolicyKinds) -> Policies:
    """What is in force in the graph."""
    return kinds.in_force((await graph.rows("sms.policies_in_force"))[0]["policies"])


@dataclass(frozen=True, slots=True)
class Seed:
    """A version that comes with the product."""

    kind: str
    name: str
    document: Any


def from_files(folder: Path = SCHEMA / "policies") -> list[Seed]:
    """Read the seeds of a folder: each file has documents by `<kind>/<name>`.

    Raises:
        BadInput: A file is not YAML, or says something twice.
    """
    found: dict[str, Seed] = {}
    for path in sorted(folder.glob("*.yaml")):
        for place, document in read_document(path).items():
            kind, _, name = place.partition("/")
            if place in found:
                raise BadInput(
                    f"{place} stands in two files",
                    code="DUPLICATE_KEY",
                    remedy="keep the one that is meant",
                    path=(path.name, place),
                )
            found[place] = Seed(kind, name, document)
    return list(found.values())


def default_policies(kinds: PolicyKinds) -> Policies:
    """What is in force where nothing but the seeds is.

    Raises:
        BadInput: A seed is no good.
    """
    return _of_seeds(kinds, from_files())


def _of_seeds(kinds: PolicyKinds, seeds: Iterable[Seed]) -> Policies:
    held = {}
    for each in seeds:
        value = kinds.kind(each.kind).checked(each.name, each.document)
        digest = digest_of(each.kind, each.name, each.document)
        key = _key(each.kind, each.name, 1)
        held[each.kind, each.name] = InForce(key, each.kind, each.name, digest, value)
    return Policies(held)


@verb("policy.seed", room=Process.SMS, requirement="GR2.4")
async def seed_policies(tx: Tx, kinds: PolicyKinds, seeds: Iterable[Seed]) -> Properties:
    """Bring what comes with the product into force where there is no version at all (GR2.4).

    Raises:
        BadInput: A seed is no good.
    """
    known = {tuple(each) for each in (await tx.one("sms.policy_names"))["names"]}
    missing = [each for each in seeds if (each.kind, each.name) not in known]
    for each in missing:
        value = kinds.kind(each.kind).checked(each.name, each.document)
        tx.create("Policy", _seeded(kinds.kind(each.kind), each, value, tx.at))
    if missing:
        tx.counters[POLICIES_SEQ] = tx.seq
    return {"seeded": len(missing)}


def _seeded(kind: PolicyKind, seed: Seed, value: Any, at: str) -> dict[str, Any]:
    version = _version(kind, seed.name, 1, seed.document, value)
    came = {"authors": [SYSTEM], "approver": SYSTEM, "approved_at": at}
    return {**version, **came, "status": APPROVED, "reason": "It came with the product."}


# --- verbs ---------------------------------------------------------------------------------------


@verb("policy.draft", room=Process.SMS, requirement="GR2.4")
async def draft_policy(
    tx: Tx,
    kinds: PolicyKinds,
    kind: str,
    name: str,
    document: Any,
    *,
    owner: str = "",
    reason: str = "",
) -> Properties:
    """Write the next version of a policy; it is in force once somebody else approves it (GR2.4).

    Args:
        tx: The transaction.
        kinds: That there are.
        kind: Of the policy.
        name: Which one of its kind.
        document: What it says, as JSON's values.
        owner: Id or key of the person or group that answers for it; empty: as for the one before.
        reason: Why there is a new version.

    Raises:
        BadInput: With everything that is wrong in the document.
        NotFound: The owner, or somebody whom the document names, is not there.
    """
    chosen = kinds.kind(kind)
    value = chosen.checked(check_name(name), document)
    row = await _context(tx, kind=kind, called=name, owner=owner, parties=chosen.keys(value))
    check_parties(row, chosen.agreed_with(value))
    version = _version(chosen, name, row["last"] + 1, document, value)
    told = {"status": POLICY_LIFE.initial, "authors": [tx.actor], "reason": _reason(reason)}
    made = tx.create("Policy", {**version, **told})
    answering = _owner(row, owner) if owner else row["last_owner"]
    if answering:
        tx.relate(ANSWERS_FOR.type, answering, made["id"])
    return made


@verb("policy.change", room=Process.SMS, requirement="GR2.4")
async def change_policy(
    tx: Tx,
    kinds: PolicyKinds,
    ref: str,
    document: Any = None,
    *,
    owner: str = "",
    reason: str = "",
    expected_version: int | None = None,
) -> Properties:
    """Change a draft, or who answers for it; who changed it may not approve it (GR2.4).

    Args:
        tx: The transaction.
        kinds: That there are.
        ref: Id or key of the version.
        document: What it says from now on; None: as before.
        owner: Id or key of the person or group that answers for it; empty: as before.
        reason: Why there is this version; empty: as before.
        expected_version: Of the record.

    Raises:
        BadInput: With everything that is wrong in the document.
        NotFound: The version, the owner, or somebody whom the document names is not there.
        Refused: It is no draft any more.
        Conflict: VERSION_CONFLICT.
    """
    row = await _context(tx, ref=ref, owner=owner)
    policy = _found(row, ref)
    check_version(policy, expected_version)
    POLICY_LIFE.step(policy, "policy.change", remedy="draft a new version")
    after: dict[str, Any] = {"reason": _reason(reason)} if reason else {}
    if document is not None:
        chosen = kinds.kind(policy["kind"])
        value = chosen.checked(policy["name"], document)
        version = _version(chosen, policy["name"], policy["number"], document, value)
        changed = version["digest"] != policy["digest"]
        authors = [*policy["authors"], *([tx.actor] if tx.actor not in policy["authors"] else [])]
        after |= {**version, "authors": authors} if changed else {}
    if owner:
        _answered_by(tx, row, policy, _owner(row, owner))
    return tx.update("Policy", policy, after)


@verb("policy.approve", room=Process.SMS, requirement="GR2.4")
async def approve_policy(
    tx: Tx, kinds: PolicyKinds, ref: str, *, expected_version: int | None = None
) -> Properties:
    """Bring a draft into force, and retire the version that was until now (GR2.4).

    Raises:
        BadInput: The document is not, or not any more, what its kind asks for, or does not agree
            with what else is in force.
        NotFound: The version, or somebody whom it names, is not there.
        Refused: SEPARATION_OF_DUTIES, when the actor wrote some of it; ILLEGAL_TRANSITION;
            LIFE_STATE_IN_USE, when records stand in states that a life lacks.
        Conflict: VERSION_CONFLICT.
    """
    row = await _context(tx, ref=ref)
    policy = _found(row, ref)
    check_version(policy, expected_version)
    target = POLICY_LIFE.step(policy, "policy.approve", remedy="draft a new version")
    check_duties(tx, policy, row["same"])
    chosen = kinds.kind(policy["kind"])
    value = chosen.checked(policy["name"], document_of(policy))
    check_parties(row, chosen.agreed_with(value))
    if chosen.lives:
        await check_states(tx, value)
    fresh = InForce(policy["key"], chosen.name, policy["name"], policy["digest"], value)
    check_agreed(kinds, row["in_force"], lambda now: now.with_(fresh))
    for each in row["in_force"]:
        if (each["kind"], each["name"]) == (policy["kind"], policy["name"]):
            tx.update("Policy", each, {"status": RETIRED, "retired_at": tx.at})
    if row["account"] is not None:
        tx.relate(APPROVED_BY.type, policy["id"], row["account"])
    tx.counters[POLICIES_SEQ] = tx.seq
    approved = {"status": target, "approver": tx.actor, "approved_at": tx.at}
    return tx.update("Policy", policy, approved)


@verb("policy.retire", room=Process.SMS, requirement="GR2.4")
async def retire_policy(
    tx: Tx, kinds: PolicyKinds, ref: str, *, expected_version: int | None = None
) -> Properties:
    """Give a draft up, or take a version out of force without another in its place (GR2.4).

    Raises:
        NotFound: There is no such version.
        Refused: POLICY_NEEDED, when the product cannot act without it or another leans on it;
            ILLEGAL_TRANSITION.
        Conflict: VERSION_CONFLICT.
    """
    row = await _context(tx, ref=ref)
    policy = _found(row, ref)
    check_version(policy, expected_version)
    target = POLICY_LIFE.step(policy, "policy.retire", remedy="it is in force nowhere")
    if policy["status"] == APPROVED:
        check_not_needed(kinds, policy, row["in_force"])
        tx.counters[POLICIES_SEQ] = tx.seq
    return tx.update("Policy", policy, {"status": target, "retired_at": tx.at})


@verb("policy.review", room=Process.SMS, requirement="GR2.4")
async def review_policy(tx: Tx, ref: str, *, expected_version: int | None = None) -> Properties:
    """Say that a version in force was looked at and still holds; else draft the next one (GR2.4).

    Raises:
        NotFound: There is no such version.
        Refused: ILLEGAL_TRANSITION, when it is not in force.
        Conflict: VERSION_CONFLICT.
    """
    policy = _found(await _context(tx, ref=ref), ref)
    check_version(policy, expected_version)
    POLICY_LIFE.step(policy, "policy.review", remedy="approve it first")
    return tx.update("Policy", policy, {"reviewed_at": tx.at})


# --- within --------------------------------------------------------------------------------------


async def _context(tx: Tx, **given: Any) -> Properties:
    asked = {"ref": None, "kind": None, "called": None, "parties": None, **given}
    asked["owner"] = asked.get("owner") or None
    return await tx.one("sms.policy_context", actor=tx.actor, **asked)


def _key(kind: str, name: str, number: int) -> str:
    return f"{kind}/{name}/{number}"


def _version(kind: PolicyKind, name: str, number: int, document: Any, value: Any) -> dict[str, Any]:
    return {
        "key": _key(kind.name, name, number),
        "kind": kind.name,
        "name": name,
        "number": number,
        "document": text_of(document),
        "digest": digest_of(kind.name, name, document),
        "parties": kind.keys(value) or None,
    }


def _reason(given: str) -> str:
    if len(given) > LONGEST_REASON:
        raise BadInput(
            "the reason is too long",
            why=f"it has {len(given):,} characters",
            remedy=f"{LONGEST_REASON:,} characters at most",
            path=("reason",),
        )
    return given.strip()


def _found(row: Properties, ref: str) -> Properties:
    if row["policy"] is None:
        raise NotFound(
            f"there is no policy '{ref[:120]}'",
            remedy="`fitsm-graph policy list` shows keys, such as priority-matrix/default/1",
        )
    policy: Properties = row["policy"]
    return policy


def _owner(row: Properties, owner: str) -> str:
    if row["owner"] is None:
        raise NotFound(
            f"there is no person or group '{owner[:120]}'",
            remedy="register it first",
            path=("owner",),
        )
    return str(row["owner"])


def _answered_by(tx: Tx, row: Properties, policy: Properties, owner: str) -> None:
    """Make somebody answer for a version instead of who did."""
    former = dict(row["owners"])
    for id, held in former.items():
        if id != owner:
            tx.unrelate(ANSWERS_FOR.type, id, policy["id"], held)
    if owner not in former:
        tx.relate(ANSWERS_FOR.type, owner, policy["id"])
