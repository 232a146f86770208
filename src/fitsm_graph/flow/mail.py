"""Messages by e-mail, over the SMTP server of the settings (PR9.4).

    FITSM_SMTP_URL   smtp://user:password@mail.example.org:587, or smtps://… for TLS from the start
    FITSM_MAIL_FROM  who they come from, such as service-desk@example.org

`smtp` turns to TLS where the server offers it, and does so before it says a password; a server that
offers none is given none, unless it is on this machine.
"""

import asyncio
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit

from fitsm_graph.flow.outbox import Undeliverable
from fitsm_graph.kernel.errors import BadInput

URL, FROM = "FITSM_SMTP_URL", "FITSM_MAIL_FROM"
TIMEOUT_SECONDS = 20
_HERE = ("localhost", "127.0.0.1", "::1")
_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Mail:
    """Sends messages over one server.

    Attributes:
        secure: TLS from the start.
        sender: Address that they come from.
    """

    host: str
    port: int
    secure: bool
    user: str
    password: str
    sender: str

    def __repr__(self) -> str:
        return f"Mail({self.host}:{self.port})"

    async def __call__(self, delivery: Mapping[str, Any]) -> None:
        """Send one message.

        Raises:
            Undeliverable: The person has no address, or the server refuses it for good.
            OSError: The server cannot be reached, or refuses it for now.
        """
        message = self.message(delivery)
        await asyncio.to_thread(self._send, message)

    def message(self, delivery: Mapping[str, Any]) -> EmailMessage:
        """What is sent; a message that is sent again has the same id."""
        if not delivery.get("email"):
            raise Undeliverable("the person has no e-mail address")
        made = EmailMessage()
        to = address_of(str(delivery["email"]), str(delivery.get("name") or ""))
        if to is None:
            raise Undeliverable("the person's e-mail address is none")
        made["To"] = to
        made["From"] = self.sender
        made["Subject"] = " ".join(str(delivery["subject"]).split())
        made["Message-ID"] = f"<{delivery['id']}@{self.sender.rpartition('@')[2]}>"
        made["Auto-Submitted"] = "auto-generated"
        made.set_content(str(delivery["body"]))
        return made

    def _send(self, message: EmailMessage) -> None:
        try:
            with self._connected() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            told = f"the server refuses the address ({codes[0]})"  # which is not repeated
            if all(code >= 500 for code in codes):
                raise Undeliverable(told) from error
            raise OSError(told) from error
        except smtplib.SMTPAuthenticationError as error:
            raise OSError(f"the server does not let us in ({error.smtp_code})") from error

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.secure:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=context)
            elif self.user and self.host not in _HERE:
                server.close()
                raise OSError("the server offers no TLS, and is told no password without")
        if self.user:
            server.login(self.user, self.password)
        return server


def address_of(email: str, name: str = "") -> Address | None:
    """An address as it stands in a message; None where it is none."""
    if any(not char.isprintable() or char.isspace() for char in email):
        return None
    try:
        made = Address(display_name=name, addr_spec=email)
    except (ValueError, IndexError, AttributeError, MessageError):
        return None
    return made if made.username and "." in f".{made.domain}" and made.domain else None


def checked_address(email: str) -> str:
    """An address that a message can be sent to; empty: there is none.

    Raises:
        BadInput: It is no address.
    """
    if email and address_of(email.strip()) is None:
        raise BadInput(
            f"'{email[:80]}' is no e-mail address",
            why="messages could not be sent there",
            remedy="give one such as ada@example.org, without a name",
            path=("email",),
        )
    return email.strip()


def mail_of(env: Mapping[str, str]) -> Mail | None:
    """The server that the settings name; None where they name none.

    Raises:
        BadInput: A setting is wrong; it is not repeated, as it may hold a password.
    """
    url = env.get(URL, "").strip()
    if not url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError) as error:
        raise _wrong(URL, "smtp://user:password@host:587, or smtps://…") from error
    sender = env.get(FROM, "").strip()
    if not parts.hostname:
        raise _wrong(URL, "smtp://user:password@host:587, or smtps://…")
    if address_of(sender) is None:
        raise _wrong(FROM, "an address, such as service-desk@example.org")
    secrets = (unquote(parts.username or ""), unquote(parts.password or ""))
    return Mail(parts.hostname, port, parts.scheme == "smtps", *secrets, sender)


def _wrong(name: str, form: str) -> BadInput:
    return BadInput(
        f"{name} is not as it has to be",
        why="messages by e-mail are sent with it",
        remedy=f"set it to {form}, or unset {URL}",
        path=(name,),
    )
