"""What the verbs on records of the management system share: what they read, and what they check."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fitsm_graph.flow.lives import stepped
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import spoken
from fitsm_graph.graph.changes import Properties, kind_of
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import Subject, word_of
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import BadInput, NotFound, Refused
from fitsm_graph.model.confm import OWNED_BY
from fitsm_graph.model.declare import RECORDS, Process
from fitsm_graph.model.roles import PROCESSES
from fitsm_graph.model.sms_documents import SERVICE
from fitsm_graph.sms.due_rules import OF_A_SERVICE

OF_A_SERVICE_NAMED = Subject(SERVICE, lambda given: word_of(given, "service"))
"""What makes a record is used on the service that it is to be of, if on any."""
LONGEST = 100_000
"""Characters of a text that is kept."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a verb read, by what it named.

    Attributes:
        row: Of `sms.system_context`.
    """

    row: Mapping[str, Any]

    def record(self, kind: str, ref: str) -> Properties:
        """The record that was named.

        Raises:
            NotFound: There is none, or it is of another kind.
        """
        if self.row["record"] is None or kind_of(self.row["labels"]) != kind:
            what = f"there is no {spoken(kind)} '{ref[:120]}'"
            raise NotFound(what, remedy="check the id or key", path=("ref",))
        return dict(self.row["record"])

    def parties(self, refs: Sequence[str], path: str) -> list[str]:
        """Ids of persons and groups, each once.

        Raises:
            NotFound: One of them is not there.
        """
        return self._ids("parties", refs, path, "person or group")

    def documents(self, refs: Sequence[str], path: str) -> list[str]:
        """Ids of documents, each once.

        Raises:
            NotFound: One of them is not there.
        """
        return self._ids("documents", refs, path, "document")

    def other(self, name: str, ref: str) -> Any:
        """The customer, service or review that was named; None: none was.

        Raises:
            NotFound: It is not there.
        """
        if ref and self.row[name] is None:
            told = f"there is no {name} '{ref[:120]}'"
            raise NotFound(told, remedy="check the id or key", path=(name,))
        return self.row[name] if ref else None

    def _ids(self, name: str, refs: Sequence[str], path: str, what: str) -> list[str]:
        ids = {each["ref"]: str(each["id"]) for each in self.row[name]}
        for place, ref in enumerate(refs):
            if ref not in ids:
                told = f"there is no {what} '{ref[:120]}'"
                remedy = "check the id or key, or register it"
                raise NotFound(told, remedy=remedy, path=(path, place))
        return list(dict.fromkeys(ids[ref] for ref in refs))


async def read(
    tx: Tx,
    ref: str = "",
    *,
    owner: str = "",
    parties: Sequence[str] = (),
    customer: str = "",
    service: str = "",
    review: str = "",
    documents: Sequence[str] = (),
) -> Read:
    """Read a record and whatever else is named, in one statement."""
    row = await tx.one(
        "sms.system_context",
        ref=ref,
        parties=[*parties, *([owner] if owner else [])],
        customer=customer,
        service=service,
        review=review,
        documents=list(documents),
        actor=tx.actor,
    )
    return Read(row)


def owned(tx: Tx, it: Read, record: Properties, owner: str) -> None:
    """Make a party answer for a record that is new; nobody, where none is named."""
    if owner:
        (party,) = it.parties([owner], "owner")
        tx.relate(OWNED_BY.type, record["id"], party)


def led(
    policies: Policies, kind: str, record: Properties, does: str, remedy: str = "look at it again"
) -> dict[str, Any]:
    """The state that a verb on a record leads to, as new values of it.

    Raises:
        Refused: ILLEGAL_TRANSITION.
    """
    verb = f"{RECORDS[kind].group}.{does}"
    return {"status": stepped(policies, kind, record, verb, remedy=remedy)}


def check_other(tx: Tx, it: Read, who: Iterable[str], what: str, requirement: str) -> None:
    """Refuse whoever did what somebody else has to judge, with whatever account.

    Args:
        tx: Says who acts.
        it: Says which accounts are the same person's.
        who: Logins of those who did it.
        what: What is refused, in a few words.
        requirement: That asks for it.

    Raises:
        Refused: SEPARATION_OF_DUTIES.
    """
    if {tx.actor, *it.row["same"]} & set(who):
        raise Refused(
            f"{tx.actor} may not {what}",
            code="SEPARATION_OF_DUTIES",
            why="nobody judges what they did themselves, with whatever account",
            remedy="let somebody else do it, with an account of their own",
            requirement=requirement,
        )


def moment(text: str | None, path: str) -> str | None:
    """A moment in the stored form; None: none is given."""
    return to_text(from_text(text, path=(path,))) if text else None


def process_named(process: Process | None) -> str:
    """The name of a process, empty for the system as a whole.

    Raises:
        BadInput: Nobody runs it in the product.
    """
    if process is not None and process not in PROCESSES:
        raise BadInput(
            f"{process} is no process that is run here",
            remedy=f"one of {', '.join(PROCESSES)}, or leave it out for the system",
            path=("process",),
        )
    return process.value if process else ""


def check_of_service(kind: StrEnum, service: str, **others: object) -> None:
    """Refuse a document or a review that names no service and has to, or may not and does.

    Args:
        kind: What it is.
        service: What is named as the service.
        others: What else is named, by the name of the argument: `process` fits no service,
            and `customer` nothing else.

    Raises:
        BadInput: With what is missing, or too much.
    """
    if kind in OF_A_SERVICE and not service:
        what = f"a {kind.value.replace('_', ' ')} is of a service"
        raise BadInput(what, remedy="name the service", path=("service",))
    fits = {"service", "customer"} if kind in OF_A_SERVICE else {"process"}
    for name, given in {"service": service, **others}.items():
        if given and name not in fits:
            remedy = f"leave the {name} out"
            raise BadInput(f"'{kind.value}' is of no {name}", remedy=remedy, path=(name,))


def worded(text: str, path: str) -> str:
    """A text that is kept, within bounds.

    Raises:
        BadInput: It is too long.
    """
    if len(text) > LONGEST:
        raise BadInput(
            f"'{path}' is too long",
            why=f"it has {len(text):,} characters",
            remedy=f"{LONGEST:,} at most; keep it elsewhere and give its address",
            path=(path,),
        )
    return text.strip()


def lines(given: Sequence[str]) -> list[str] | None:
    """Lines without empty ones; None: there are none."""
    return [each.strip() for each in given if each.strip()] or None
