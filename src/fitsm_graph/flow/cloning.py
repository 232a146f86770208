"""Records made like others: what is taken over, and what never is (processes: rule 3).

Only what is named here is taken over. Times, decisions, votes and what was computed are not: the
room registers the record as if somebody had, and so computes all of that anew. It begins its own
life then, with a link to where it came from.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import spoken, titled
from fitsm_graph.flow.reporters import looked_for
from fitsm_graph.flow.schemes import SCHEME
from fitsm_graph.flow.weighing import in_force
from fitsm_graph.graph.changes import Properties, kind_of
from fitsm_graph.graph.tx import Tx, found
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.kernel.text import first_of
from fitsm_graph.model.chm import CHANGES
from fitsm_graph.model.csi import FOLLOWS, WOULD_IMPROVE
from fitsm_graph.model.isrm import AFFECTS, REQUESTED_BY, REQUESTS
from fitsm_graph.model.pm import INVESTIGATES
from fitsm_graph.model.process import CLONED_FROM


class Taken(NamedTuple):
    """What a record takes over of another one of its kind, beside its title.

    Attributes:
        fields: Names of fields.
        ties: Types of relations that lead from it.
    """

    fields: tuple[str, ...]
    ties: tuple[str, ...] = ()


TAKEN: Mapping[str, Taken] = {
    "Change": Taken(
        ("description", "aim", "benefits", "effort", "feasibility", "urgent"), (CHANGES.type,)
    ),
    "Incident": Taken(("description", "category"), (AFFECTS.type,)),
    "ServiceRequest": Taken(("description", "category"), (REQUESTS.type, REQUESTED_BY.type)),
    "Problem": Taken(("description", "source", "category"), (INVESTIGATES.type,)),
    "Release": Taken(("description", "urgent")),
    "Suggestion": Taken(("description", "source"), (WOULD_IMPROVE.type,)),
    "Improvement": Taken(("description",), (FOLLOWS.type,)),
}
"""Of each kind that is cloned; all else is not taken over."""


class Original(NamedTuple):
    """A record that another one is made like.

    Attributes:
        row: What was read of it, with ``reporters``: ids of who reports the new one.
    """

    row: Properties

    @property
    def record(self) -> Properties:
        """Its properties."""
        return dict(self.row["record"])

    @property
    def ties(self) -> list[Properties]:
        """Where it leads to by what is taken over: ``{type, id, key, labels, properties}``."""
        return list(self.row["ties"])

    def led_to(self, type: str) -> list[Properties]:
        """What it leads to by relations of a type."""
        return [each for each in self.ties if each["type"] == type]


async def original(tx: Tx, kind: str, ref: str, reporter: str = "") -> Original:
    """Read a record of a kind by id or key, with what is taken over of it.

    Args:
        tx: The transaction.
        kind: Of the record.
        ref: Its id or key.
        reporter: Id or key of who reports the new one; empty: the person that the account acts for.

    Raises:
        NotFound: There is no such record, or it is of another kind.
    """
    given = {"ties": list(TAKEN[kind].ties), **looked_for(tx, reporter)}
    rows = await tx.rows("flow.record_to_clone", ref=ref, **given)
    row = found([each for each in rows if kind_of(each["labels"]) == kind], spoken(kind), ref)
    return Original(row)


def taken_over(
    policies: Policies, kind: str, record: Mapping[str, Any], title: str = ""
) -> dict[str, Any]:
    """The fields that a new record has of another one.

    A category that the scheme in force has no more is left out.

    Args:
        policies: In force.
        kind: Of both.
        record: Properties of the other.
        title: Of the new one; that of the other when left out.

    Raises:
        BadInput: The title is empty.
    """
    scheme = in_force(policies, SCHEME)
    fields = {name: record[name] for name in TAKEN[kind].fields if name in record}
    if "category" in fields and fields["category"] not in (scheme.categories if scheme else {}):
        del fields["category"]
    return {**fields, "title": titled(title or record["title"])}


def check_live(tx: Tx, kind: str, ties: Iterable[Mapping[str, Any]]) -> None:
    """Refuse to lead to what is retired; what the actor does not see is not named.

    Args:
        tx: The transaction.
        kind: Of the record.
        ties: ``{key, labels}`` of what it would lead to.

    Raises:
        Refused: CLONE_OF_RETIRED.
    """
    hidden, gone = False, []
    for each in ties:
        if not tx.sees([label.removeprefix("Retired") for label in each["labels"]]):
            hidden = True
        elif kind_of(each["labels"]) not in each["labels"]:
            gone.append(each["key"])
    if gone or hidden:
        raise Refused(
            f"nothing new is about {first_of(gone) if gone else 'something of it'}",
            code="CLONE_OF_RETIRED",
            why=f"what the {spoken(kind)} leads to is retired, or out of your sight",
            remedy=f"register a {spoken(kind)} with what there is now",
            requirement=REQUIREMENTS[kind],
        )


REQUIREMENTS: Mapping[str, str] = {
    "Change": "PR12.1",
    "Incident": "PR9.1",
    "ServiceRequest": "PR9.1",
    "Problem": "PR10.1",
    "Release": "PR13.2",
    "Suggestion": "PR14.1",
    "Improvement": "PR14.2",
}
"""What a record of a kind is registered for."""


def made_like(tx: Tx, made: Properties, other: Mapping[str, Any]) -> Properties:
    """State which record another one was made like."""
    tx.relate(CLONED_FROM.type, made["id"], other["id"])
    return made
