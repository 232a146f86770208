"""Who uses what a customer receives: kept by hand, so that they hear of what reaches it (PR9.4)."""

from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.model.declare import Process
from fitsm_graph.model.sms import USER_OF
from fitsm_graph.sms.parties import ACustomer, APerson, tied, untied


@verb("person.enrol", room=Process.SMS, requirement="PR9.4", on="Person", anytime=True)
async def enrol_person(tx: Tx, ref: APerson, customer: ACustomer) -> Properties:
    """Say that a person is a user of what a customer receives, and is told of it (PR9.4).

    Args:
        tx: The transaction.
        ref: Id or key of the person.
        customer: Id or key of the customer.

    Examples:
        fsg person enrol ada genomics

    Raises:
        NotFound: The person or the customer is not there.
    """
    return await tied(tx, USER_OF, ref, customer)


@verb("person.disenrol", room=Process.SMS, requirement="PR9.4", on="Person", anytime=True)
async def disenrol_person(tx: Tx, ref: APerson, customer: ACustomer) -> Properties:
    """Say that a person is not a user of a customer any more (PR9.4).

    Args:
        tx: The transaction.
        ref: Id or key of the person.
        customer: Id or key of the customer.

    Examples:
        fsg person disenrol ada genomics

    Raises:
        NotFound: The person is no user of it.
    """
    return await untied(tx, USER_OF, ref, customer)
