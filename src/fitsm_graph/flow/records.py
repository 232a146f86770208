"""Records of processes, whatever their kind: found by id or key, with who answers for them."""

import re
from dataclasses import dataclass

from fitsm_graph.graph.changes import Properties, kind_of
from fitsm_graph.graph.tx import Tx, found
from fitsm_graph.kernel.errors import BadInput, NotFound
from fitsm_graph.model.confm import OWNED_BY
from fitsm_graph.model.process import ABOUT


@dataclass(frozen=True, slots=True)
class Kept:
    """A record as it is, and who answers for it.

    Attributes:
        former: Properties of the relations to its owners, by id of the owner.
        owners: Ids of the person or group that is named, by key; none: nobody is called so.
    """

    record: Properties
    former: dict[str, Properties]
    owners: dict[str, str]


async def kept(tx: Tx, kind: str, ref: str, owner: str = "") -> Kept:
    """Read a record of a kind by id or key, and a person or group that is to answer for it.

    Raises:
        NotFound: There is no such record, or it is of another kind.
    """
    rows = await tx.rows("flow.process_record", ref=ref, owner=owner)
    row = found([each for each in rows if kind_of(each["labels"]) == kind], spoken(kind), ref)
    owners = {each["key"]: each["id"] for each in row["owners"]}
    return Kept(row["record"], dict(row["former"]), owners)


def own(tx: Tx, it: Kept, owner: str) -> None:
    """Make a person or a group answer for a record, and nobody else.

    Raises:
        NotFound: Nobody is called so.
    """
    named = set(it.owners.values())
    if len(named) != 1:
        told = f"there is no person or group '{owner}'"
        raise NotFound(told, remedy="check the id or key, or register it", path=("owner",))
    (new,) = named
    for former, properties in it.former.items():
        if former != new:
            tx.unrelate(OWNED_BY.type, it.record["id"], former, properties)
    if new not in it.former:
        tx.relate(OWNED_BY.type, it.record["id"], new)


def remark(tx: Tx, record: Properties, text: str, *, public: bool = False) -> Properties:
    """State that something was said about a record; a verb that does so names the room SMS too."""
    made = tx.create("Comment", {"text": text, "author": tx.actor, "public": public})
    tx.relate(ABOUT.type, made["id"], record["id"])
    return made


def titled(title: str) -> str:
    """A title without what surrounds it.

    Raises:
        BadInput: It is empty.
    """
    return told(title, "title", "say in a line what it is about")


def told(text: str, name: str, remedy: str, requirement: str = "") -> str:
    """A text that has to be there.

    Raises:
        BadInput: It is empty.
    """
    if not text.strip():
        raise BadInput(f"'{name}' is missing", remedy=remedy, path=(name,), requirement=requirement)
    return text.strip()


def spoken(kind: str) -> str:
    """A kind of record as people call it.

    >>> spoken("KnownError"), spoken("CABMeeting")
    ('known error', 'CAB meeting')
    """
    words = _WORD.findall(kind)
    return " ".join(word if word.isupper() else word.lower() for word in words)


def snake(kind: str) -> str:
    """A kind of record in names of functions, that its names in the API come back from.

    >>> snake("KnownError"), snake("CABMeeting")
    ('known_error', 'c_a_b_meeting')
    """
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in kind).lstrip("_")


_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]*")


def a(words: str) -> str:
    """Words with their article: `an incident`."""
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"
