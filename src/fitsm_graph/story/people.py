"""Accounts of the people of the story, and the scope of the CMDB."""

from fitsm_graph.bootstrap import Product
from fitsm_graph.confm.types import define_scope
from fitsm_graph.graph.verb import Request
from fitsm_graph.sms.accounts import create_account

PEOPLE = (
    *("adeyemi", "brandt", "castell", "dvorak", "eriksen", "farouk", "gallo", "horvat", "ito"),
    *("jansen", "kaya", "lindqvist", "moreau", "nowak", "okafor", "petrova", "quinn"),
)
"""Logins; each acts for the person of the demo organisation who is called so."""
UNSET = "none"
"""The digest of no password: nobody signs in with it until an administrator sets one."""
STATEMENT = "All that Tarnfell runs on both campuses, and nothing that belongs to its customers."


async def let_in(product: Product, via: str) -> None:
    """Make the accounts, and define the scope; what is there already stays as it is."""
    write, registry = product.graph.write, product.registry
    for login in PEOPLE:
        asked = _request(f"account {login}", via)
        given = (login, ["reader"], UNSET)
        await write(create_account, asked, *given, person=f"per-{login}")
    asked = _request("scope", via)
    await write(define_scope, asked, registry, "Tarnfell", STATEMENT)


def _request(what: str, via: str) -> Request:
    reason = "people and scope of the story"
    return Request(actor="system", via=via, reason=reason, idempotency_key=f"{via}/{what}")
