"""Persons, groups and customers as somebody keeps them by hand: one verb for each act (GR3.1).

What is done is done by the verbs of `service`, which those use who bring in whole lists.
"""

from typing import Annotated, Any

from fitsm_graph.flow.mail import checked_address
from fitsm_graph.flow.records import told
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.errors import NotFound
from fitsm_graph.model.declare import Process, RelationInfo
from fitsm_graph.model.sms import BELONGS_TO, RECEIVES, WATCHES
from fitsm_graph.sms.service import (
    ends_of,
    erase_party,
    register_party,
    retire_party,
    update_party,
)

APerson = Annotated[str, Of("Person")]
AGroup = Annotated[str, Of("Group")]
ACustomer = Annotated[str, Of("Customer")]
_NAMED = "say what people call it"


@verb("person.register", room=Process.SMS, requirement="GR3.1", on="Person")
async def register_person(tx: Tx, name: str, *, known_as: str = "", email: str = "") -> Properties:
    """Register a person: somebody who holds roles, owns records or uses services (GR3.1).

    Args:
        tx: The transaction.
        name: What people call them.
        known_as: Key that they are named by here; given out when left out.
        email: Where messages reach them.

    Examples:
        fsg person register "Ada Lovelace" --known-as ada --email ada@example.org

    Raises:
        BadInput: The name is missing.
        Conflict: DUPLICATE, when the key is taken.
    """
    return await _registered(tx, "Person", name, known_as, email=checked_address(email) or None)


@verb("person.update", room=Process.SMS, requirement="GR3.1", on="Person", anytime=True)
async def update_person(
    tx: Tx,
    ref: APerson,
    *,
    name: str | None = None,
    email: str | None = None,
    expected_version: int | None = None,
) -> Properties:
    """Give a person another name or address (GR3.1).

    Args:
        tx: The transaction.
        ref: Id or key of the person.
        name: What people call them now.
        email: Where messages reach them now.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg person update ada --email ada@example.net

    Raises:
        NotFound: There is no such person.
        Conflict: VERSION_CONFLICT.
    """
    address = checked_address(email) if email else email
    return await _updated(tx, ref, expected_version, name=name, email=address)


@verb("person.join", room=Process.SMS, requirement="GR3.1", on="Person", anytime=True)
async def join_group(tx: Tx, ref: APerson, group: AGroup) -> Properties:
    """Put a person into a group (GR3.1).

    Args:
        tx: The transaction.
        ref: Id or key of the person.
        group: Id or key of the group.

    Examples:
        fsg person join ada storage

    Raises:
        NotFound: The person or the group is not there.
    """
    return await tied(tx, BELONGS_TO, ref, group)


@verb("person.leave", room=Process.SMS, requirement="GR3.1", on="Person", anytime=True)
async def leave_group(tx: Tx, ref: APerson, group: AGroup) -> Properties:
    """Take a person out of a group (GR3.1).

    Args:
        tx: The transaction.
        ref: Id or key of the person.
        group: Id or key of the group.

    Examples:
        fsg person leave ada storage

    Raises:
        NotFound: The person does not belong to it.
    """
    return await untied(tx, BELONGS_TO, ref, group)


@verb("person.watch", room=Process.SMS, requirement="PR9.4", on="Person", anytime=True)
async def watch_element(tx: Tx, ref: APerson, element: Annotated[str, Of("Element")]) -> Properties:
    """Say that a person wants to be told of what reaches an element (PR9.4).

    Args:
        tx: The transaction.
        ref: Id or key of the person.
        element: Id or key of the service, component, CI or group.

    Examples:
        fsg person watch ada svc-storage

    Raises:
        NotFound: The person or the element is not there.
    """
    return await tied(tx, WATCHES, ref, element)


@verb("person.unwatch", room=Process.SMS, requirement="PR9.4", on="Person", anytime=True)
async def unwatch_element(
    tx: Tx, ref: APerson, element: Annotated[str, Of("Element")]
) -> Properties:
    """Say that a person does not want to be told of what reaches an element any more (PR9.4).

    Args:
        tx: The transaction.
        ref: Id or key of the person.
        element: Id or key of the service, component, CI or group.

    Examples:
        fsg person unwatch ada svc-storage

    Raises:
        NotFound: The person does not watch it.
    """
    return await untied(tx, WATCHES, ref, element)


@verb("person.retire", room=Process.SMS, requirement="GR3.1", on="Person", anytime=True)
async def retire_person(tx: Tx, ref: APerson) -> Properties:
    """Say that a person is not here any more; the record stays in the ledger (GR3.1).

    Args:
        tx: The transaction.
        ref: Id or key of the person.

    Examples:
        fsg person retire ada

    Raises:
        NotFound: There is no such person.
    """
    return await retire_party(tx, ref)


@verb("person.erase", room=Process.SMS, requirement="GR3.1", on="Person", anytime=True)
async def erase_person(tx: Tx, ref: APerson) -> Properties:
    """Drop name and address of a person for good, in the ledger too; the chain still holds (GR3.1).

    Args:
        tx: The transaction.
        ref: Id or key of the person; its id where it was retired.

    Examples:
        fsg person erase ada

    Raises:
        NotFound: There is no such person.
    """
    return await erase_party(tx, ref)


@verb("group.register", room=Process.SMS, requirement="GR3.1", on="Group")
async def register_group(tx: Tx, name: str, *, known_as: str = "", purpose: str = "") -> Properties:
    """Register a group: persons who act together, such as a support group (GR3.1).

    Args:
        tx: The transaction.
        name: What people call it.
        known_as: Key that it is named by here; given out when left out.
        purpose: What it is for.

    Examples:
        fsg group register "Storage operations" --known-as storage

    Raises:
        BadInput: The name is missing.
        Conflict: DUPLICATE, when the key is taken.
    """
    return await _registered(tx, "Group", name, known_as, purpose=purpose)


@verb("group.update", room=Process.SMS, requirement="GR3.1", on="Group", anytime=True)
async def update_group(
    tx: Tx,
    ref: AGroup,
    *,
    name: str | None = None,
    purpose: str | None = None,
    expected_version: int | None = None,
) -> Properties:
    """Give a group another name or purpose (GR3.1).

    Args:
        tx: The transaction.
        ref: Id or key of the group.
        name: What people call it now.
        purpose: What it is for now.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg group update storage --purpose "Runs arrays and tape."

    Raises:
        NotFound: There is no such group.
        Conflict: VERSION_CONFLICT.
    """
    return await _updated(tx, ref, expected_version, name=name, purpose=purpose)


@verb("group.retire", room=Process.SMS, requirement="GR3.1", on="Group", anytime=True)
async def retire_group(tx: Tx, ref: AGroup) -> Properties:
    """Say that a group is there no longer; the record stays in the ledger (GR3.1).

    Args:
        tx: The transaction.
        ref: Id or key of the group.

    Examples:
        fsg group retire storage

    Raises:
        NotFound: There is no such group.
    """
    return await retire_party(tx, ref)


@verb("customer.register", room=Process.SMS, requirement="GR3.1", on="Customer")
async def register_customer(
    tx: Tx, name: str, *, known_as: str = "", user_count: int = 0
) -> Properties:
    """Register a customer: who commissions services for users (GR3.1).

    Args:
        tx: The transaction.
        name: What people call them.
        known_as: Key that they are named by here; given out when left out.
        user_count: How many users stand behind them.

    Examples:
        fsg customer register "Genomics Institute" --known-as genomics --user-count 310

    Raises:
        BadInput: The name is missing.
        Conflict: DUPLICATE, when the key is taken.
    """
    return await _registered(tx, "Customer", name, known_as, user_count=user_count)


@verb("customer.update", room=Process.SMS, requirement="GR3.1", on="Customer", anytime=True)
async def update_customer(
    tx: Tx,
    ref: ACustomer,
    *,
    name: str | None = None,
    user_count: int | None = None,
    expected_version: int | None = None,
) -> Properties:
    """Give a customer another name or number of users (GR3.1).

    Args:
        tx: The transaction.
        ref: Id or key of the customer.
        name: What people call them now.
        user_count: How many users stand behind them now.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg customer update genomics --user-count 320

    Raises:
        NotFound: There is no such customer.
        Conflict: VERSION_CONFLICT.
    """
    return await _updated(tx, ref, expected_version, name=name, user_count=user_count)


@verb("customer.receive", room=Process.SMS, requirement="GR3.1", on="Customer", anytime=True)
async def receive_service(
    tx: Tx, ref: ACustomer, service: Annotated[str, Of("Service")]
) -> Properties:
    """Say that a service is delivered to a customer's users (GR3.1).

    Args:
        tx: The transaction.
        ref: Id or key of the customer.
        service: Id or key of the service.

    Examples:
        fsg customer receive genomics svc-storage

    Raises:
        NotFound: The customer or the service is not there.
    """
    return await tied(tx, RECEIVES, ref, service)


@verb("customer.give_up", room=Process.SMS, requirement="GR3.1", on="Customer", anytime=True)
async def give_service_up(
    tx: Tx, ref: ACustomer, service: Annotated[str, Of("Service")]
) -> Properties:
    """Say that a service is not delivered to a customer any more (GR3.1).

    Args:
        tx: The transaction.
        ref: Id or key of the customer.
        service: Id or key of the service.

    Examples:
        fsg customer give-up genomics svc-storage

    Raises:
        NotFound: The customer does not receive it.
    """
    return await untied(tx, RECEIVES, ref, service)


@verb("customer.retire", room=Process.SMS, requirement="GR3.1", on="Customer", anytime=True)
async def retire_customer(tx: Tx, ref: ACustomer) -> Properties:
    """Say that a customer is there no longer; the record stays in the ledger (GR3.1).

    Args:
        tx: The transaction.
        ref: Id or key of the customer.

    Examples:
        fsg customer retire genomics

    Raises:
        NotFound: There is no such customer.
    """
    return await retire_party(tx, ref)


# --- within --------------------------------------------------------------------------------------


async def _registered(tx: Tx, kind: str, name: str, key: str, **more: Any) -> Properties:
    named = {"name": told(name, "name", _NAMED), **more}
    return await register_party(tx, kind, {**named, "key": key} if key else named)


async def tied(tx: Tx, type: RelationInfo, ref: str, target: str) -> Properties:
    """The party, tied to something; where it is so already, nothing changes."""
    context = await ends_of(tx, type.type, ref, target)
    source: Properties = context["source"]
    if context["relation"] is None:
        tx.relate(type.type, source["id"], context["target"]["id"])
    return source


async def untied(tx: Tx, type: RelationInfo, ref: str, target: str) -> Properties:
    """The party, not tied to something any more.

    Raises:
        NotFound: It was not.
    """
    context = await ends_of(tx, type.type, ref, target)
    source: Properties = context["source"]
    if context["relation"] is None:
        told = f"{source['key']} has nothing to do with {context['target']['key']}"
        raise NotFound(told, remedy="check both keys", path=("ref",))
    tx.unrelate(type.type, source["id"], context["target"]["id"], context["relation"])
    return source


async def _updated(tx: Tx, ref: str, expected_version: int | None, **given: Any) -> Properties:
    said = {name: value for name, value in given.items() if value is not None}
    if "name" in said:
        said["name"] = told(said["name"], "name", _NAMED)
    return await update_party(tx, ref, said, expected_version=expected_version)
