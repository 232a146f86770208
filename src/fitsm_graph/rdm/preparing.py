"""Verbs on what people are trained for: planned, performed; told of, given up (PR13.3).

What they are told is planned and performed in `rdm.telling`.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fitsm_graph.flow.declaring import Run, declare
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


def _declare(kind: str, bond: RelationInfo, words: tuple[str, str], *does: str) -> None:
    """Declare verbs of one kind: planned for a release, performed, given up."""
    group = RECORDS[kind].group

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
        said = {"title": titled(title), "description": description, "audience": audience}
        said |= _due(due_at)
        it = await kept(tx, "Release", release, owner)
        step(policies, it.record, f"{group}.register")
        made = tx.create(kind, {**said, "status": life_of(policies, kind).initial})
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
        said = {"performed_by": tx.actor, "note": note.strip()}
        return await _over(tx, policies, (kind, ref), "perform", expected_version, said)

    async def cancel(
        tx: Tx,
        policies: Policies,
        ref: Annotated[str, Of(kind)],
        why: str,
        *,
        expected_version: int | None = None,
    ) -> Properties:
        said = told(why, "why", "say why there is no need any more", "PR13.3")
        more = {"note": said}
        return await _over(tx, policies, (kind, ref), "cancel", expected_version, more)

    _listed(kind, words, (register, perform, cancel), does)


def _due(due_at: str | None) -> dict[str, str]:
    return {"due_at": to_text(from_text(due_at, path=("dueAt",)))} if due_at else {}


async def _over(
    tx: Tx,
    policies: Policies,
    which: tuple[str, str],
    does: str,
    expected: int | None,
    said: Mapping[str, str],
) -> Properties:
    """One of a kind that is performed or given up."""
    kind, ref = which
    one = (await kept(tx, kind, ref)).record
    check_version(one, expected)
    target = stepped(policies, kind, one, f"{RECORDS[kind].group}.{does}")
    return tx.update(kind, one, {"status": target, "closed_at": tx.at, **said})


def _listed(
    kind: str, words: tuple[str, str], runs: tuple[Run, Run, Run], wanted: Sequence[str]
) -> None:
    done, example = words
    register, perform, cancel = runs
    for run, does, doc, args, line in (
        (register, "register", f"Plan that {done} for a release", _REGISTER, example),
        (perform, "perform", f"Say that {done}", _PERFORM, '--note "by e-mail"'),
        (cancel, "cancel", f"Give up that {done}, and say why", _CANCEL, '"no need any more"'),
    ):
        if does in wanted:
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

_declare("CommunicationAction", TELLS_OF, ("people are told", ""), "cancel")
_declare(
    "TrainingRecord",
    TRAINS_FOR,
    ("people are trained", '"the new search" --audience desk'),
    *("register", "perform", "cancel"),
)
