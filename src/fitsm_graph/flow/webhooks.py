"""Events to webhooks: signed, and sent to no address that they should not reach (PR9.4).

Signed as Standard Webhooks has it: the headers `webhook-id`, `webhook-timestamp` and
`webhook-signature`, an HMAC-SHA256 over all three parts. The secret of a webhook follows from the
product's own secret, its id and the number of the secret, so that none is kept. After a rotation
both sign for a day.

Names are looked up here, every address is looked at, and the connection goes to the one that was:
whoever may make a webhook must not reach what only this machine reaches (SSRF). Redirections are
not followed.
"""

import asyncio
import base64
import hmac
import ipaddress
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx

from fitsm_graph.flow.events import MEDIA
from fitsm_graph.flow.outbox import Undeliverable
from fitsm_graph.kernel.clock import Clock, from_text

PRIVATE = "FITSM_WEBHOOK_PRIVATE"
"""Hosts that may be reached over http, and at addresses of their own networks; by commas."""
TIMEOUT_SECONDS = 15.0
BOTH_SIGN_FOR = timedelta(days=1)
_PORTS = {"https": 443, "http": 80}
_GONE = 410


@cache
def _system_trust() -> ssl.SSLContext:
    """Whose certificates the system trusts, read once: that takes longer than to send an event."""
    return ssl.create_default_context()


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Sends events.

    Attributes:
        pepper: The product's own secret.
        private: Hosts that may be reached inside, as the settings name them.
        trust: Says whose certificates count; the system's where it is left out.
    """

    pepper: bytes = field(repr=False)
    clock: Clock
    private: frozenset[str] = frozenset()
    trust: Callable[[], ssl.SSLContext] = _system_trust

    async def __call__(self, delivery: Mapping[str, Any]) -> None:
        """Send one event.

        Raises:
            Undeliverable: The webhook was revoked, may not be reached, or is gone for good.
            OSError: It cannot be reached, or does not take the event now.
        """
        if delivery.get("revoked") or not delivery.get("url"):
            raise Undeliverable("the webhook was revoked")
        body = str(delivery["body"]).encode()
        target = await self._target(str(delivery["url"]))
        headers = {"Content-Type": MEDIA, **target.headers, **self._signed(delivery, body)}
        try:
            async with (
                asyncio.timeout(TIMEOUT_SECONDS),
                httpx.AsyncClient(
                    verify=self.trust(), timeout=TIMEOUT_SECONDS, trust_env=False
                ) as client,
                client.stream(
                    "POST",
                    target.url,
                    content=body,
                    headers=headers,
                    extensions=target.extensions,
                ) as answer,
            ):
                status = answer.status_code  # what it says beside is not read
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise OSError(f"{target.host}: {type(error).__name__}") from error
        except TimeoutError as error:
            raise OSError(f"{target.host} takes longer than {TIMEOUT_SECONDS:g} seconds") from error
        if status == _GONE:
            raise Undeliverable(f"{target.host} says that it is gone for good (410)")
        if not 200 <= status < 300:
            raise OSError(f"{target.host} answers {status}")

    def secret(self, id: str, number: int) -> str:
        """The secret that a receiver checks signatures with, in the form of Standard Webhooks."""
        return f"whsec_{base64.b64encode(self._key(id, number)).decode()}"

    def _key(self, id: str, number: int) -> bytes:
        return hmac.digest(self.pepper, f"webhook|{id}|{number}".encode(), "sha256")

    def _signed(self, delivery: Mapping[str, Any], body: bytes) -> dict[str, str]:
        now, number = self.clock.now(), int(delivery["secret_number"])
        sent, numbers = str(int(now.timestamp())), [number]
        rotated = delivery.get("rotated_at")
        if rotated and now - from_text(str(rotated)) < BOTH_SIGN_FOR:
            numbers.append(number - 1)
        content = f"{delivery['id']}.{sent}.".encode() + body
        signatures = [
            hmac.digest(self._key(str(delivery["webhook"]), each), content, "sha256")
            for each in numbers
        ]
        return {
            "webhook-id": str(delivery["id"]),
            "webhook-timestamp": sent,
            "webhook-signature": " ".join(
                f"v1,{base64.b64encode(each).decode()}" for each in signatures
            ),
        }

    async def _target(self, url: str) -> "_Target":
        """Where the connection goes: to an address that was looked at.

        Raises:
            Undeliverable: It may not be reached.
            OSError: Its name is not known now.
        """
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        inside = host in self.private
        if parts.scheme != "https" and not inside:
            raise Undeliverable(f"{host} is reached over https only; {PRIVATE} may allow http")
        addresses = await _addresses(host, port)
        if not inside and not all(_is_public(each) for each in addresses):
            raise Undeliverable(f"{host} is an address inside; {PRIVATE} may allow it")
        address = addresses[0]
        literal = f"[{address}]" if ":" in address else address
        path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        named = host if port == _PORTS[parts.scheme] else f"{host}:{port}"
        secure = {"sni_hostname": host} if parts.scheme == "https" else {}
        return _Target(host, f"{parts.scheme}://{literal}:{port}{path}", {"Host": named}, secure)


@dataclass(frozen=True, slots=True)
class _Target:
    host: str
    url: str
    headers: Mapping[str, str]
    extensions: Mapping[str, Any]


async def _addresses(host: str, port: int) -> Sequence[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def _is_public(address: str) -> bool:
    """Whether an address is one of the public network, in whichever form it is written."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    return ip.is_global and not ip.is_multicast and (mapped is None or mapped.is_global)


def private_hosts(env: Mapping[str, str]) -> frozenset[str]:
    """Hosts that the settings let webhooks reach inside."""
    return frozenset(each.strip() for each in env.get(PRIVATE, "").split(",") if each.strip())
