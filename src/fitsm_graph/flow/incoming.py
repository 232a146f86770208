"""What comes in from outside, read: events of other systems, and messages of people (PR9.1).

    event = event_of({"specversion": "1.0", "id": "7", "source": "/racks", "type": "fan.failed"})
    event.identity("racks")   # what tells it from all others

An event is a CloudEvent of version 1.0. A message is an e-mail as JSON: `from`, `to`, `subject`,
`text`, `message-id`, and where they are there `in-reply-to` and `auto-submitted`.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from fitsm_graph.flow.addresses import addresses
from fitsm_graph.kernel.errors import BadInput

LONGEST_NAME = 500
"""Characters of an id, a source, a type, a subject, an address."""
MOST_ADDRESSES = 50
MOST_ELEMENTS = 20
"""That a message names."""
LONGEST_TITLE = 200
"""Characters of the title of what something becomes."""
_VERSION = "1.0"
_ATTRIBUTE = re.compile(r"[a-z0-9]{1,64}")
_KEY = re.compile(r"\b[A-Z]{3}-\d{6,9}\b")
_PREFIX = re.compile(r"^(?:\s*(?:re|fw|fwd|aw|wg)\s*:)+", re.IGNORECASE)
_ELEMENTS = re.compile(r"^[ \t>]*elements?[ \t]*:(.*)$", re.IGNORECASE | re.MULTILINE)
_MEMBERS = ("from", "to", "subject", "text", "message-id", "in-reply-to", "auto-submitted")


def told_apart(kind: str, *parts: str) -> str:
    """What something is known again by: a digest over all of its parts."""
    return sha256(json.dumps([kind, *parts]).encode()).hexdigest()


def headed(title: str, text: str) -> tuple[str, str]:
    """A title and a description; a title that is too long stands whole above the description."""
    if len(title) <= LONGEST_TITLE:
        return title, text
    return title[:LONGEST_TITLE], f"{title}\n\n{text}".strip()


@dataclass(frozen=True, slots=True)
class Event:
    """A CloudEvent.

    Attributes:
        whole: All of its attributes, with its data as `data`.
    """

    id: str
    source: str
    type: str
    whole: Mapping[str, Any]

    @property
    def subject(self) -> str:
        """What it is about; empty: it does not say."""
        return str(self.whole.get("subject") or "")

    def identity(self, name: str) -> str:
        """What tells it from all others of a way in: `source` and `id`, as the standard says."""
        return told_apart("event", name, self.source, self.id)


@dataclass(frozen=True, slots=True)
class Message:
    """A message of somebody.

    Attributes:
        sender: Address of who wrote it, without a name.
        to: Addresses that it went to, in small letters.
        id: What tells it from all others.
        answers: Id of the message that it answers; empty: none.
        automatic: A machine wrote it, so that nobody is answered.
    """

    sender: str
    to: tuple[str, ...]
    subject: str
    text: str
    id: str
    answers: str = ""
    automatic: bool = False

    def identity(self, name: str) -> str:
        """What tells it from all others of a way in."""
        return told_apart("message", name, self.id)

    def answered(self, name: str) -> str:
        """The identity of the message that it answers; empty: it answers none."""
        return told_apart("message", name, self.answers) if self.answers else ""

    @property
    def notice(self) -> str:
        """Id of the message of ours that it may answer: what stands before the @."""
        return self.answers.partition("@")[0]

    @property
    def emails(self) -> list[str]:
        """The address of the sender, as it stands there and in small letters."""
        return list(dict.fromkeys((self.sender, self.sender.lower())))

    @property
    def title(self) -> str:
        """The subject without what mail programs put before it, as long as a title may be."""
        return headed(self._about, "")[0]

    @property
    def description(self) -> str:
        """The text, under the whole subject where that is too long for a title."""
        return headed(self._about, self.text)[1]

    @property
    def _about(self) -> str:
        return " ".join(_PREFIX.sub("", self.subject).split())

    @property
    def keys(self) -> list[str]:
        """Keys of records that the subject names."""
        return list(dict.fromkeys(_KEY.findall(self.subject)))

    @property
    def elements(self) -> list[str]:
        """Keys of elements that the text names, in lines such as `element: sto-a, sto-b`.

        Raises:
            BadInput: MESSAGE_NOT_READ, as they are too many.
        """
        lines = _ELEMENTS.findall(self.text)
        words = [each.strip() for line in lines for each in line.split(",")]
        found = list(dict.fromkeys(each for each in words if each))
        if len(found) > MOST_ELEMENTS:
            raise _unreadable("text", f"it names more than {MOST_ELEMENTS} elements")
        return found


def event_of(given: Mapping[str, Any]) -> Event:
    """Read a CloudEvent in the form of JSON.

    Raises:
        BadInput: EVENT_NOT_READ.
    """
    if given.get("specversion") != _VERSION:
        raise _unread("specversion", f"only version {_VERSION} is read")
    for name in given:
        if name != "data_base64" and not _ATTRIBUTE.fullmatch(name):
            raise _unread(name[:60], "names of attributes are small letters and digits")
    id, source, type = (_said(given, name) for name in ("id", "source", "type"))
    if not isinstance(given.get("subject", ""), str | None):
        raise _unread("subject", "it is a text")
    return Event(id, source, type, dict(given))


def message_of(given: Mapping[str, Any]) -> Message:
    """Read a message in the form of JSON.

    Raises:
        BadInput: MESSAGE_NOT_READ.
    """
    for name in given:
        if name not in _MEMBERS:
            raise _unreadable(name[:60], f"a message has {', '.join(_MEMBERS)}")
    texts = {name: given.get(name) or "" for name in _MEMBERS if name != "to"}
    for name, value in texts.items():
        if not isinstance(value, str):
            raise _unreadable(name, "it is a text")
        if name != "text" and len(value) > LONGEST_NAME:
            raise _unreadable(name, f"it is longer than {LONGEST_NAME} characters")
    sender, to_all = _sender(texts["from"]), _receivers(given.get("to"))
    id, answers = (
        texts[each].strip().strip("<>").strip() for each in ("message-id", "in-reply-to")
    )
    if not id:
        raise _unreadable("message-id", "a message that is sent again is known by it")
    machine = texts["auto-submitted"].strip().lower() not in {"", "no"}
    said = sender, to_all, texts["subject"], texts["text"]
    return Message(*said, id, answers, machine)


def _sender(text: str) -> str:
    """The one address of who wrote: the one that the mail server has checked."""
    try:
        found = addresses(text)
    except ValueError as error:
        raise _unreadable("from", str(error)) from error
    if len(found) != 1:
        raise _unreadable("from", "it is one address")
    return found[0]


def _receivers(given: object) -> tuple[str, ...]:
    """All addresses that a message went to: a text, which may name several, or a list of them."""
    texts = [given] if isinstance(given, str) else given
    many = _unreadable("to", f"it is an address, or up to {MOST_ADDRESSES} of them")
    if not isinstance(texts, Sequence) or len(texts) > MOST_ADDRESSES:
        raise many
    found: list[str] = []
    for each in texts:
        if not isinstance(each, str) or len(each) > MOST_ADDRESSES * LONGEST_NAME:
            raise many
        try:
            found += addresses(each)
        except ValueError as error:
            raise _unreadable("to", str(error)) from error
    if not 0 < len(found) <= MOST_ADDRESSES or max(map(len, found)) > LONGEST_NAME:
        raise many
    return tuple(dict.fromkeys(each.lower() for each in found))


def _said(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not 0 < len(value.strip()) <= LONGEST_NAME:
        raise _unread(name, f"it is a text of 1 to {LONGEST_NAME} characters")
    return value


def _unread(name: str, why: str) -> BadInput:
    return BadInput(
        f"'{name}' of the event cannot be read",
        code="EVENT_NOT_READ",
        why=why,
        remedy="send a CloudEvent of version 1.0, with id, source and type",
        path=("event", name),
        requirement="PR9.1",
    )


def _unreadable(name: str, why: str) -> BadInput:
    return BadInput(
        f"'{name}' of the message cannot be read",
        code="MESSAGE_NOT_READ",
        why=why,
        remedy="send from, to, subject, text and message-id, as JSON",
        path=("message", name),
        requirement="PR12.1",
    )
