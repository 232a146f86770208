"""Addresses that are told of what happens: made, given another secret, ended (PR9.4)."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from fitsm_graph.flow.events import wanted
from fitsm_graph.flow.records import told
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx, found
from fitsm_graph.graph.verb import VERBS, verb
from fitsm_graph.kernel.errors import BadInput, Refused
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.declare import Process


@verb("webhook.create", room=Process.SMS, requirement="PR9.4")
async def create_webhook(tx: Tx, name: str, url: str, verbs: Sequence[str]) -> Properties:
    """Have an address told of what happens from now on (PR9.4).

    Args:
        tx: The transaction.
        name: What people call it.
        url: Where it is: https, or http where the settings allow its host.
        verbs: Names of verbs that it is told of; * stands for any run of letters.

    Raises:
        BadInput: The name is missing, the address is none, or no verb is called so.
    """
    given = {"name": told(name, "name", "say what it is for"), "url": _address(url)}
    first = {"verbs": _patterns(verbs), "account": tx.actor, "secret_number": 1}
    return tx.create("Webhook", {**given, **first})


@verb("webhook.rotate", room=Process.SMS, requirement="PR9.4")
async def rotate_webhook(tx: Tx, key: str) -> Properties:
    """Sign with another secret from now on; for a day with the former one, too (PR9.4).

    Raises:
        NotFound: There is no such webhook.
        Refused: It was revoked.
    """
    webhook = await _live(tx, key)
    following = {"secret_number": webhook["secret_number"] + 1, "rotated_at": tx.at}
    return tx.update("Webhook", webhook, following)


@verb("webhook.revoke", room=Process.SMS, requirement="PR9.4")
async def revoke_webhook(tx: Tx, key: str) -> Properties:
    """Tell an address nothing more (PR9.4).

    Raises:
        NotFound: There is no such webhook.
        Refused: It was revoked already.
    """
    return tx.update("Webhook", await _live(tx, key), {"revoked": True})


async def _live(tx: Tx, key: str) -> Properties:
    rows = await tx.rows("sms.webhook_by_key", key=key)
    webhook: Properties = found(rows, "webhook", key)["webhook"]
    if webhook.get("revoked"):
        raise Refused(f"{key} was revoked", remedy="make another one with `webhook create`")
    return webhook


def _address(url: str) -> str:
    """An address that could be posted to; whether it may be is looked at with every message."""
    if not _is_address(url.strip()):
        raise BadInput(
            "that is no address of a webhook",
            why="it is https://host/path, without a user, a password or a fragment",
            remedy="give the address that the receiver names",
            path=("url",),
        )
    return url.strip()


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        fits = parts.scheme in {"https", "http"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return fits and not (parts.username or parts.password or parts.fragment)


def _patterns(verbs: Sequence[str]) -> list[str]:
    if not verbs:
        raise BadInput(
            "no verb is named",
            remedy="name some, such as 'change.*', or '*' for all",
            path=("verbs",),
        )
    for place, pattern in enumerate(verbs):
        if not wanted([pattern], VERBS):
            raise BadInput(
                f"no verb is called '{pattern[:60]}'",
                remedy=did_you_mean(pattern, VERBS),
                path=("verbs", place),
            )
    return list(dict.fromkeys(verbs))
