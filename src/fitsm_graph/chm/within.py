"""What the verbs on changes share: a change with what hangs together with it, and its steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fitsm_graph.chm import deciding
from fitsm_graph.flow.lives import life_of, stepped
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.steps import Run, begun
from fitsm_graph.flow.weighing import behind
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx, check_version, found
from fitsm_graph.impact import effects
from fitsm_graph.impact.effects import Hit
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.clock import from_text
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.chm import CHANGES
from fitsm_graph.model.disturbance import Effect

AChange = Annotated[str, Of("Change")]
REMEDIES = {
    "change.begin": "let it be assessed and approved: `change assess`, then `change approve`",
    "change.approve": "`change assess` first; what is approved is an assessment",
    "change_variant.choose": "what is approved is assessed first, and decided on anew; else none",
}
LONGEST = timedelta(days=366)
"""How long a planned time may be."""
FURTHEST = timedelta(days=5 * 366)
"""How far ahead it may begin."""
_REMEDY = "look at its history, or register another change"


@dataclass(frozen=True, slots=True)
class Row:
    """A change as it is, with what hangs together with it.

    Attributes:
        alters: ``{id, key, labels, properties}`` of the elements that it alters.
        tasks: Properties of its tasks.
        back_out: Properties of how it is undone; None: nothing says how.
        standard: Of the standard change that it follows; None: it follows none.
        reviews: Of its reviews.
        steps: Of its steps.
        variants: Of its variants that are not decided on.
    """

    change: Properties
    alters: Sequence[Properties]
    tasks: Sequence[Properties]
    back_out: Properties | None
    standard: Properties | None
    reviews: Sequence[Properties]
    steps: Sequence[Properties] = ()
    variants: Sequence[Properties] = ()

    @property
    def hit(self) -> dict[str, Effect]:
        """The state of each element while it is implemented, by id."""
        return {each["id"]: Effect(each["properties"]["effect"]) for each in self.alters}


async def change_row(tx: Tx, ref: str, expected_version: int | None = None) -> Row:
    """Read a change by id or key.

    Raises:
        NotFound: There is no such change.
        Conflict: VERSION_CONFLICT.
    """
    row = found(await tx.rows("chm.change_context", ref=ref), "change", ref)
    check_version(row["change"], expected_version)
    return Row(**row)


def remedy_of(verb: str) -> str:
    """What else can be done in a state that does not allow a verb."""
    return REMEDIES.get(verb, _REMEDY)


def step(policies: Policies, change: Mapping[str, Any], verb: str) -> str:
    """The state that a verb leads a change to.

    Raises:
        Refused: ILLEGAL_TRANSITION.
    """
    return stepped(policies, "Change", change, verb, remedy=remedy_of(verb))


def moved(policies: Policies, change: Mapping[str, Any], verb: str, at: str) -> dict[str, Any]:
    """New values of a change that a verb moves on: its state, and since or until when.

    Raises:
        Refused: ILLEGAL_TRANSITION.
    """
    remedy = REMEDIES.get(verb, _REMEDY)
    return life_of(policies, "Change").move(change, verb, at, remedy=remedy)


def planned(
    starts: str | None,
    ends: str | None,
    at: str,
    paths: tuple[str, str] = ("plannedStartsAt", "plannedEndsAt"),
) -> dict[str, Any]:
    """A planned time in the stored form; nothing where none is given.

    Windows are held against each of its days, so that it has an end.

    Args:
        starts: Beginning, RFC 3339.
        ends: End, RFC 3339.
        at: The moment.
        paths: Fields of the input they stand in.

    Raises:
        BadInput: Half of it is missing, it ends before it begins, is longer than a year, or begins
            in more than five.
    """
    if starts is None and ends is None:
        return {}
    if starts is None or ends is None:
        missing = paths[0] if starts is None else paths[1]
        raise BadInput(
            "half of the planned time is missing",
            why="the schedule of changes shows from when until when",
            remedy="give beginning and end, or neither",
            path=(missing,),
            requirement="PR12.6",
        )
    first, last = effects.half_open(starts, ends, paths)
    if from_text(last) - from_text(first) > LONGEST:
        raise _unplanned(f"it is longer than {LONGEST.days} days", "divide the change", paths[1])
    if from_text(first) - from_text(at) > FURTHEST:
        raise _unplanned("it begins in more than five years", "plan it nearer to it", paths[0])
    return {"planned_starts_at": first, "planned_ends_at": last}


def _unplanned(why: str, remedy: str, field: str) -> BadInput:
    told = "the planned time is out of bounds"
    return BadInput(told, why=why, remedy=remedy, path=(field,), requirement="PR12.6")


async def registered(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    fields: Mapping[str, Any],
    hit: Mapping[str, Effect],
    *,
    requester: str = "",
) -> Properties:
    """Make a request for change with its type (PR12.1).

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what elements do to services.
        fields: What is known of it, with its title.
        hit: The state of each element while it is implemented, by id.
        requester: Login of who asks for it; who acts, when left out.
    """
    reach = reaching.alone(hit)
    urgent, people = bool(fields.get("urgent")), await behind(tx, reach)
    kinds = reaching.kinds(hit)
    decided = deciding.typed(policies, reach, people, urgent=urgent, kinds=kinds)
    status = life_of(policies, "Change").initial
    asks = {"requester": requester or tx.actor}
    change = tx.create("Change", {**fields, **decided, **asks, "status": status})
    alter(tx, change, hit)
    return begun(tx, policies, "Change", change, type=change.get("type", ""))


def led(tx: Tx, policies: Policies, row: Row, change: Properties) -> Properties:
    """The change with the steps of its type, as it is after something has changed.

    Args:
        tx: The transaction.
        policies: In force.
        row: The change as it was, with its steps.
        change: What the verb has made of it.
    """
    return Run(tx, "Change", change, row.steps).ruled(policies, type=change.get("type", ""))


def planned_so(tx: Tx, policies: Policies, row: Row, said: str) -> None:
    """Decline what is left of the variants of a change: it stays as it is planned, or is over.

    Args:
        tx: The transaction.
        policies: In force.
        row: The change with them.
        said: What became of it.
    """
    for each in row.variants:
        remedy = "look at its history"
        target = stepped(policies, "ChangeVariant", each, "change_variant.decline", remedy=remedy)
        decided_on(tx, each, target, f"{row.change['key']} {said}")


def decided_on(
    tx: Tx, variant: Mapping[str, Any], target: str, said: str, **more: Any
) -> Properties:
    """A variant that is chosen or declined, with who decided so and why."""
    decided = {"decision": said, "decided_by": tx.actor, "closed_at": tx.at}
    return tx.update("ChangeVariant", variant, {"status": target, **decided, **more})


def alter(tx: Tx, change: Mapping[str, Any], hit: Mapping[str, Effect]) -> None:
    """Say what a new change alters."""
    for element, effect in hit.items():
        tx.relate(CHANGES.type, change["id"], element, {"effect": effect})


def altered_anew(tx: Tx, row: Row, hit: Mapping[str, Effect]) -> None:
    """Say that a change alters just some elements, whatever it altered before."""
    former = {each["id"]: each["properties"] for each in row.alters}
    for element, properties in former.items():
        if element not in hit:
            tx.unrelate(CHANGES.type, row.change["id"], element, properties)
    for element, effect in hit.items():
        given = {"effect": effect}
        if element in former:
            tx.change_relation(CHANGES.type, row.change["id"], element, former[element], given)
        else:
            tx.relate(CHANGES.type, row.change["id"], element, given)


async def named_hit(tx: Tx, changes: Sequence[Hit]) -> tuple[dict[str, Effect], list[Properties]]:
    """The state of each element that is named, by id; and ``{ref, id, labels}`` of each.

    Raises:
        NotFound: An element is not there.
        BadInput: None is given, or one twice.
    """
    rows = await tx.rows("impact.elements_named", refs=[ref for ref, _ in changes])
    return effects.hit(tx, rows, changes, "changes"), rows
