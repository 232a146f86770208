"""What the verbs on releases share: a release with what hangs together with it, and its steps."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fitsm_graph.flow.lives import life_of, stepped
from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx, check_version, found
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.model.disturbance import Effect
from fitsm_graph.rdm.classifying import Override, facts_of, typed

ARelease = Annotated[str, Of("Release")]
AWave = Annotated[str, Of("Deployment")]
REMEDIES = {
    "release.build": "`release plan` it first",
    "release.accept": "`release build` it, and record its tests",
    "deployment.begin": "let the release be accepted: `release accept`",
    "test_result.record": "`release build` first; what is tested is a build",
}
_REMEDY = "look at its history, or register another release"
_GRAVEST = (Effect.AT_RISK, Effect.DEGRADED, Effect.DOWN)
BEGUN = frozenset({"deploying", "failed", "deployed"})
"""States of a wave of which something is in the estate."""
NO_PLAN: Mapping[str, Any] = {
    "plan_fingerprint": "",
    "plan_seq": None,
    "waves_planned": None,
    "waves_least": None,
    "phases_planned": None,
    "worst": None,
    "plan_reason": None,
    "accepted_by": "",
    "accepted_at": None,
}
"""Values of a release whose plan holds no more."""


@dataclass(frozen=True, slots=True)
class Wave:
    """A wave as it is, with the state of each of its elements while it is deployed, by id."""

    wave: Properties
    deploys: Mapping[str, Effect]


@dataclass(frozen=True, slots=True)
class Row:
    """A release as it is, with what hangs together with it.

    Attributes:
        changes: ``{change, contains, alters, tasks, back_out, standard, reviews}`` of each.
        waves: Those that were not given up, in order.
        telling: Properties of actions of communication that were not given up.
        training: Likewise.
        holds: Words of roles of who acts, over the process or the whole system.
        same: Logins of the accounts that act for the same person, that of who acts among them.
        isrm: Keys of roles of ISRM that somebody held when its outcome was known.
    """

    release: Properties
    changes: Sequence[Properties]
    waves: Sequence[Wave]
    criteria: Sequence[Properties]
    tests: Sequence[Properties]
    telling: Sequence[Properties]
    training: Sequence[Properties]
    reviews: Sequence[Properties]
    holds: frozenset[str]
    same: frozenset[str]
    isrm: Sequence[str] = ()

    @property
    def effects(self) -> dict[str, Effect]:
        """The state of each element that its changes alter, the gravest of all, by id."""
        return gravest(each["alters"] for each in self.changes)

    @property
    def elements(self) -> list[Properties]:
        """``{id, key, labels}`` of all elements that its changes alter."""
        known = {one["id"]: one for each in self.changes for one in each["alters"]}
        return [known[id] for id in sorted(known)]

    def wave(self, ref: str) -> Wave:
        """One of its waves by id or key."""
        return next(each for each in self.waves if ref in {each.wave["id"], each.wave["key"]})


def gravest(altered: Iterable[Sequence[Mapping[str, Any]]]) -> dict[str, Effect]:
    """The gravest state of each element that several changes put it into, by id."""
    found: dict[str, Effect] = {}
    for elements in altered:
        for each in elements:
            effect = Effect(each["properties"]["effect"])
            found[each["id"]] = max(found.get(each["id"], effect), effect, key=_GRAVEST.index)
    return found


async def release_row(tx: Tx, ref: str, expected_version: int | None = None) -> Row:
    """Read a release by id or key.

    Raises:
        NotFound: There is no such release.
        Conflict: VERSION_CONFLICT.
    """
    row = await _row(tx, ref, "release")
    if ref not in {row.release["id"], row.release["key"]}:
        found([], "release", ref)
    check_version(row.release, expected_version)
    return row


async def wave_row(tx: Tx, ref: str, expected_version: int | None = None) -> tuple[Row, Wave]:
    """Read a wave by id or key, with its release.

    Raises:
        NotFound: There is no such wave, or it was given up.
        Conflict: VERSION_CONFLICT.
    """
    row = await _row(tx, ref, "deployment")
    named = [each for each in row.waves if ref in {each.wave["id"], each.wave["key"]}]
    if not named:
        found([], "deployment", ref)
    check_version(named[0].wave, expected_version)
    return row, named[0]


async def _row(tx: Tx, ref: str, what: str) -> Row:
    given = {"ref": ref, "actor": tx.actor, "at": tx.at}
    kept = found(await tx.rows("rdm.release_context", **given), what, ref)
    row = row_from(kept)
    same = frozenset((tx.actor, *row.same))
    return replace(row, holds=row.holds if tx.as_person else frozenset(), same=same)


def row_from(kept: Mapping[str, Any]) -> Row:
    """A release as `rdm.release_context` tells of it."""
    waves = [
        Wave(each["wave"], {id: Effect(effect) for id, effect in each["deploys"]})
        for each in kept["waves"]
    ]
    who = {name: frozenset(kept[name]) for name in ("holds", "same")}
    return Row(**{**kept, "waves": waves, **who})


def remedy_of(verb: str) -> str:
    """What else can be done in a state that does not allow a verb."""
    return REMEDIES.get(verb, _REMEDY)


def step(policies: Policies, release: Mapping[str, Any], verb: str) -> str:
    """The state that a verb leads a release to.

    Raises:
        Refused: ILLEGAL_TRANSITION.
    """
    return stepped(policies, "Release", release, verb, remedy=remedy_of(verb))


def wave_moved(policies: Policies, wave: Mapping[str, Any], verb: str, at: str) -> dict[str, Any]:
    """New values of a wave that a verb moves on: its state, since or until when.

    Raises:
        Refused: ILLEGAL_TRANSITION.
    """
    life = life_of(policies, "Deployment")
    after = life.move(wave, verb, at, remedy="look at the release, whose waves go in order")
    return {**after, "closed_at": at} if after["status"] in life.ends else after


def give_up_waves(tx: Tx, policies: Policies, row: Row, verb: str) -> None:
    """Say that waves which have not begun are not deployed in this way."""
    sources = life_of(policies, "Deployment").sources(verb)
    for each in row.waves:
        if each.wave["status"] == "planned" and "planned" in sources:
            tx.update("Deployment", each.wave, wave_moved(policies, each.wave, verb, tx.at))


def classified(
    policies: Policies,
    reaching: Reaches,
    release: Mapping[str, Any],
    altered: Sequence[Sequence[Mapping[str, Any]]],
    override: Override | None = None,
) -> dict[str, Any]:
    """Values of a release's record: its type as its changes are now.

    Args:
        policies: In force.
        reaching: Says what its elements do to services.
        release: Its properties.
        altered: What each of its changes alters.
        override: What a person decided; None: as before.
    """
    effects = gravest(altered)
    reach = reaching.alone(effects)
    urgent = bool(release.get("urgent"))
    facts = facts_of(reach, len(effects), len(altered), urgent=urgent)
    return typed(policies, reach, facts, override or Override.of(release))


def check_other(row: Row, involved: Iterable[str | None], code: str, what: str) -> None:
    """Refuse who acts where they took part, with whatever account.

    Raises:
        Refused: With the code.
    """
    if row.same & {each for each in involved if each}:
        raise Refused(
            f"you took part in {row.release['key']}, and may not {what}",
            code=code,
            why="what somebody asked for or carried out is looked at by somebody else",
            remedy="let somebody else do it, with an account of their own",
            requirement="PR13.4" if code == "SELF_APPROVAL" else "PR13.6",
        )


def withdrawn(row: Row, change: Mapping[str, Any]) -> Refused:
    """The refusal of a change that is not approved any more."""
    return Refused(
        f"{change['key']} is {change['status']}",
        code="CHANGE_WITHDRAWN",
        why=f"{row.release['key']} contains it, and what is deployed is approved",
        remedy="`release exclude` it, or let it be approved again",
        requirement="PR13.2",
    )
