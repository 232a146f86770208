"""Verbs on what people are told of a release and trained for it: planned, performed (PR13.3)."""

from typing import Annotated

from fitsm_graph.flow.declaring import declare
from fitsm_graph.flow.lives import life_of, stepped
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import Kept, kept, own, titled, told
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Moment, Of
from fitsm_graph.graph.tx import Tx, check_version
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.model.declare import RECORDS, RelationInfo
from fitsm_graph.model.rdm_records import TELLS_OF, TRAINS_FOR
from fitsm_graph.rdm.within import ARelease, step


def _declare(kind: str, bond: RelationInfo, words: tuple[str, str]) -> None:
    """Declare the verbs of one kind: planned for a release, performed, given up."""
    group = RECORDS[kind].group
    done, example = words

    async def register(
        tx: Tx,
        policies: Policies,
        release: ARelease,
        title: str,
        *,
        audience: str = "",
        owner: Annotated[str, Of("Party")] = "",
        due_at: Moment | None = None,
        description: str = "",
    ) -> Properties:
        due = to_text(from_text(due_at, path=("dueAt",))) if due_at else None
        it = await kept(tx, "Release", release, owner)
        step(policies, it.record, f"{group}.register")
        said = {"title": titled(title), "description": description, "audience": audience}
        status = life_of(policies, kind).initial
        made = tx.create(kind, {**said, "due_at": due, "status": status})
        tx.relate(bond.type, made["id"], it.record["id"])
        if owner:
            own(tx, Kept(made, {}, it.owners), owner)
        return made

    async def perform(
        tx: Tx,
        policies: Policies,
        ref: Annotated[str, Of(kind)],
        *,
        note: str = "",
        expected_version: int | None = None,
    ) -> Properties:
        one = (await kept(tx, kind, ref)).record
        check_version(one, expected_version)
        after = {"status": stepped(policies, kind, one, f"{group}.perform"), "closed_at": tx.at}
        return tx.update(kind, one, {**after, "performed_by": tx.actor, "note": note.strip()})

    async def cancel(
        tx: Tx,
        policies: Policies,
        ref: Annotated[str, Of(kind)],
        why: str,
        *,
        expected_version: int | None = None,
    ) -> Properties:
        said = told(why, "why", "say why there is no need any more", "PR13.3")
        one = (await kept(tx, kind, ref)).record
        check_version(one, expected_version)
        after = {"status": stepped(policies, kind, one, f"{group}.cancel"), "closed_at": tx.at}
        return tx.update(kind, one, {**after, "note": said})

    for run, does, doc, args, line in (
        (register, "register", f"Plan that {done} for a release", _REGISTER, example),
        (perform, "perform", f"Say that {done}", _PERFORM, '--note "by e-mail"'),
        (cancel, "cancel", f"Give up that {done}, and say why", _CANCEL, '"no need any more"'),
    ):
        declare(kind, does, run, f"{doc} (PR13.3)", args=args, example=line)


_VERSION = "    expected_version: Version that it must have; refused otherwise.\n"
_REGISTER = (
    "    release: Id or key of the release.\n"
    "    title: What it is about, in a line.\n"
    "    audience: Whom it is for.\n"
    "    owner: Person or group that sees to it.\n"
    "    due_at: By when it is to be done, RFC 3339.\n"
    "    description: What is known.\n"
)
_PERFORM = f"    note: What there is to report.\n{_VERSION}"
_CANCEL = f"    why: Why there is no need any more.\n{_VERSION}"

_declare("CommunicationAction", TELLS_OF, ("people are told", '"what is new" --audience users'))
_declare("TrainingRecord", TRAINS_FOR, ("people are trained", '"the new search" --audience desk'))
