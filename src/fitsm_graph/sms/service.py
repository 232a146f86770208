"""Verbs over who is there: persons, groups, customers, and how they hang together (GR1)."""

from collections.abc import Mapping
from typing import Any

from fitsm_graph.graph.changes import Properties, kind_of
from fitsm_graph.graph.tx import Tx, check_version, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.errors import BadInput, Conflict, NotFound
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.declare import RELATIONS, Process, record_info
from fitsm_graph.model.record import BOOKKEEPING

PARTIES = ("Person", "Group", "Customer")
TIES = ("BELONGS_TO", "RECEIVES", "USER_OF", "WATCHES")


@verb("party.register", room=Process.SMS, requirement="GR3.1")
async def register_party(tx: Tx, kind: str, properties: Mapping[str, Any]) -> Properties:
    """Register a person, group or customer (GR3.1).

    Raises:
        BadInput: The kind or a field does not exist.
        Conflict: DUPLICATE, when the key is taken.
    """
    _check(kind, properties)
    key = str(properties.get("key") or "")
    if key and (await tx.one("sms.key_taken", key=key))["taken"]:
        raise Conflict(
            f"the key '{key}' is taken", code="DUPLICATE", remedy="choose another", path=("key",)
        )
    return tx.create(kind, _kept(properties))


@verb("party.update", room=Process.SMS, requirement="GR3.1")
async def update_party(
    tx: Tx, ref: str, changes: Mapping[str, Any], *, expected_version: int | None = None
) -> Properties:
    """Give some properties of a person, group or customer new values (GR3.1).

    Raises:
        NotFound: There is none of this id or key.
        Conflict: VERSION_CONFLICT.
    """
    row = await _party(tx, ref)
    kind = kind_of(row["labels"])
    _check(kind, changes)
    check_version(row["party"], expected_version)
    return _shown(tx.update(kind, row["party"], _kept(changes)))


@verb("party.retire", room=Process.SMS, requirement="GR3.1")
async def retire_party(tx: Tx, ref: str) -> Properties:
    """End a person, group or customer; it stays in the ledger (GR3.1)."""
    row = await _party(tx, ref)
    return _shown(tx.retire(kind_of(row["labels"]), row["party"]))


@verb("party.erase", room=Process.SMS, requirement="GR3.1")
async def erase_party(tx: Tx, ref: str) -> Properties:
    """Drop a person's personal values, in the ledger too; the chain still holds (GR3.1).

    Somebody who is retired is named by id: a key belongs to the living.

    Raises:
        NotFound: There is none of this id or key.
        BadInput: Its kind has no personal values.
    """
    row = found(await tx.rows("sms.erasure_context", ref=ref), "person", ref)
    kind = kind_of(row["labels"])
    if not record_info(kind).personal:
        raise BadInput(f"a {kind} has no personal values", remedy="retire it instead")
    return _shown(tx.erase(kind, row["party"], row["images"]))


@verb("party.tie", room=Process.SMS, requirement="GR3.1")
async def tie(
    tx: Tx, type: str, source: str, target: str, properties: Mapping[str, Any] | None = None
) -> Properties:
    """Put a person into a group, or give a customer a service (GR3.1).

    Raises:
        NotFound: An end leads nowhere.
        BadInput: The type does not lead from the one to the other.
    """
    context = await ends_of(tx, type, source, target)
    ends = (context["source"]["id"], context["target"]["id"])
    if context["relation"] is None:
        tied = tx.relate(type, *ends, properties)
    else:
        tied = tx.change_relation(type, *ends, context["relation"], properties or {})
    return {"type": type, "source": ends[0], "target": ends[1], **tied}


@verb("party.untie", room=Process.SMS, requirement="GR3.1")
async def untie(tx: Tx, type: str, source: str, target: str) -> Properties:
    """End what `tie` made (GR3.1).

    Raises:
        NotFound: There is no such relation.
    """
    context = await ends_of(tx, type, source, target)
    ends = (context["source"]["id"], context["target"]["id"])
    if context["relation"] is None:
        raise NotFound(f"{source} has no {type} to {target}")
    tx.unrelate(type, *ends, context["relation"])
    return {"type": type, "source": ends[0], "target": ends[1]}


async def ends_of(tx: Tx, type: str, source: str, target: str) -> Properties:
    """Both ends of a tie by id or key, and what it says where it is there.

    Raises:
        NotFound: An end leads nowhere.
        BadInput: The type does not lead from the one to the other.
    """
    if type not in TIES:
        raise BadInput(f"'{type}' ties no parties", remedy=did_you_mean(type, TIES))
    context = await tx.one("sms.tie_context", source=source, target=target, type=type)
    declared = RELATIONS[type]
    for end, ref, kinds in (
        ("source", source, declared.sources),
        ("target", target, declared.targets),
    ):
        if context[end] is None:
            raise NotFound(f"there is no '{ref}'", remedy="check the id or key", path=(end,))
        if kind_of(context[f"{end}_labels"]) not in kinds:
            raise BadInput(
                f"'{ref}' is no {' or '.join(kinds)}", why=f"{type} needs one there", path=(end,)
            )
    return context


async def _party(tx: Tx, ref: str) -> Properties:
    return found(await tx.rows("sms.party_by_ref", ref=ref), "person, group or customer", ref)


def _kept(properties: Mapping[str, Any]) -> Properties:
    """Values as they are kept: an address in small letters, as messages are found by it."""
    email = properties.get("email")
    folded = {"email": email.strip().lower()} if isinstance(email, str) else {}
    return {**properties, **folded}


def _check(kind: str, properties: Mapping[str, Any]) -> None:
    if kind not in PARTIES:
        raise BadInput(f"'{kind}' is no party", remedy=did_you_mean(kind, PARTIES), path=("kind",))
    info = record_info(kind)
    for name in properties:
        info.field(name)
        if name == "id" or name in BOOKKEEPING:
            raise BadInput(f"'{name}' is given by the ledger", remedy="leave it out", path=(name,))


def _shown(party: Properties) -> Properties:
    return {name: value for name, value in party.items() if name != "salt"}
