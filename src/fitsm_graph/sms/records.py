"""What can be done with a record of any process: give it an owner, comment on it, attach to it.

The verbs are the same for every kind, and are declared for each under the requirement that asks
for it there.
"""

from typing import Annotated

from fitsm_graph.flow.declaring import declare
from fitsm_graph.flow.records import kept, own, remark, told
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.declare import RECORDS, Process
from fitsm_graph.model.process import ATTACHED_TO, PROCESS_KINDS

_REQUIREMENTS = {
    Process.ISRM: "PR9.1",
    Process.PM: "PR10.2",
    Process.CONFM: "PR11.5",
    Process.CHM: "PR12.1",
    Process.RDM: "PR13.3",
    Process.CSI: "PR14.3",
}
"""The requirement of each process that asks for an owner and a trace of what was done."""
_OF_ITS_OWN = {
    "ConfigurationSource": "PR11.1",
    "ManagementDocument": "GR2.4",
    "Stakeholder": "GR3.1",
    "Review": "GR6.2",
    "Nonconformity": "GR7.1",
    "Complaint": "PR14.1",
    "SatisfactionResult": "PR14.1",
    "Goal": "GR5.1",
    "Reminder": "GR5.2",
}
"""Likewise for kinds of records that another one asks for: those of the management system, …"""


def _declare(kind: str) -> None:
    """Declare the verbs of one kind of record."""
    requirement = _OF_ITS_OWN.get(kind) or _REQUIREMENTS[RECORDS[kind].owner]

    async def assign(
        tx: Tx, ref: Annotated[str, Of(kind)], owner: Annotated[str, Of("Party")]
    ) -> Properties:
        it = await kept(tx, kind, ref, owner)
        own(tx, it, owner)
        return it.record

    async def comment(
        tx: Tx, ref: Annotated[str, Of(kind)], text: str, *, public: bool = False
    ) -> Properties:
        said = told(text, "text", "say what there is to say")
        it = await kept(tx, kind, ref)
        remark(tx, it.record, said, public=public)
        return it.record

    async def attach(
        tx: Tx, ref: Annotated[str, Of(kind)], url: str, *, name: str = "", digest: str = ""
    ) -> Properties:
        where = address(url)
        it = await kept(tx, kind, ref)
        called = name.strip() or where.rstrip("/").rpartition("/")[2]
        made = tx.create(
            "Attachment", {"url": where, "name": called, "digest": sha256_text(digest)}
        )
        tx.relate(ATTACHED_TO.type, made["id"], it.record["id"])
        return it.record

    for run, doc, args, example in (
        (assign, "Make a person or a group answer for it, and nobody else", _ASSIGN, "ops"),
        (comment, "Say something about it: a comment, or what was done", _COMMENT, _SAID),
        (attach, "Attach a document by its address", _ATTACH, _PLAN),
    ):
        declare(
            kind,
            run.__name__,
            run,
            f"{doc} ({requirement})",
            args=args,
            example=example,
            room=Process.SMS,
            anytime=True,
        )


_SAID = '"looked at the fans"'
_PLAN = "https://wiki.example.org/plan"
_ASSIGN = "    owner: Id or key of the person or group.\n"
_COMMENT = "    text: What was said, or done.\n    public: Users read it too.\n"
_ATTACH = (
    "    url: Where it is, by http or https.\n    name: What people call it.\n"
    "    digest: SHA-256 of its content, 64 hexadecimal digits.\n"
)


def address(url: str) -> str:
    """The address of a document.

    Raises:
        BadInput: It is none.
    """
    if not url.startswith(("https://", "http://")) or any(char.isspace() for char in url):
        raise BadInput(
            f"'{url[:60]}' is no address of a document",
            why="documents stay where they are; the record keeps their address",
            remedy="give one that begins with https://",
            path=("url",),
        )
    return url


def sha256_text(given: str) -> str:
    """A digest in small letters, or nothing.

    Raises:
        BadInput: It is no SHA-256.
    """
    digest = given.strip().lower()
    if digest and (len(digest) != 64 or set(digest) - set("0123456789abcdef")):
        raise BadInput(
            "the digest is no SHA-256",
            why="it has 64 hexadecimal digits",
            remedy="take it from `sha256sum FILE`, or leave it out",
            path=("digest",),
        )
    return digest


for _kind in PROCESS_KINDS:
    _declare(_kind)
