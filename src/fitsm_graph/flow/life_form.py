"""Lives as documents: read with all that is wrong in them.

    initial: registered
    ends: [resolved]
    states:
      registered: {pace: runs, effect: true, doc: What it affects suffers from it.}
      resolved: {pace: stops, doc: The service is restored.}
    transitions:
      - {from: registered, to: resolved, by: incident.resolve, guard: PR9.2}
      - {from: [registered, resolved], by: incident.classify, guard: PR9.1}

A verb may be possible in several states; where nothing is said of where it leads to, the record
stays where it stands.

Refused: a state that cannot be reached, one without a way to an end, an end that goes on, a verb
without a transition or with two from one state, a requirement that FitSM-1 does not have.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fitsm_graph.flow.lives import LIFE, Life, LifeState, Lived, Transition
from fitsm_graph.flow.policies import PolicyKind
from fitsm_graph.flow.reading import Path, Reader
from fitsm_graph.flow.targets import Pace
from fitsm_graph.kernel.requirements import REQUIREMENTS
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.declare import RECORDS

FIELDS = ("initial", "ends", "states", "transitions")
OUTGROWN = frozenset({"LIFE_VERB_MISSING", "LIFE_VERB_UNKNOWN"})
"""A later version of the product may have other verbs; the life that was approved goes on."""


def life_kind(lived: Sequence[Lived]) -> PolicyKind:
    """The kind of policy for the types of record whose states are data."""
    known = {each.record: each for each in lived}

    def parse(name: str, document: Any, read: Reader) -> Life | None:
        if name not in known:
            what = f"the states of '{name}' are no data"
            read.wrong("LIFE_OF_NOTHING", (), what, did_you_mean(name, known))
            return None
        return parse_life(name, known[name].verbs, document, read)

    return PolicyKind(
        LIFE,
        "The states of a type of record, and the verbs that lead from one to another.",
        "GR2.4",
        parse,
        needed=frozenset(known),
        outgrown=OUTGROWN,
        lives=True,
        process=lambda name, _: RECORDS[name].owner,
    )


def parse_life(record: str, verbs: Sequence[str], document: Any, read: Reader) -> Life | None:
    """Read the life of a type of record; None where it is too broken to be walked.

    Args:
        record: Kind of the record.
        verbs: Those that need it in some states.
        document: What is said.
        read: Collects what is wrong.
    """
    given = read.fields(document, (), FIELDS, FIELDS)
    states = _states(given.get("states"), read) if "states" in given else {}
    if not states:
        return None
    initial = read.one_of(given.get("initial"), ("initial",), states)
    ends = read.some_of(given.get("ends"), ("ends",), states, "states")
    transitions = _transitions(record, verbs, given.get("transitions"), states, read)
    _check_verbs(verbs, transitions, read)
    if initial and ends:
        _check_ways(initial, ends, states, transitions, read)
    return Life(record, initial, frozenset(ends), states, tuple(transitions))


def _states(given: object, read: Reader) -> dict[str, LifeState]:
    found = {}
    for name, said in read.mapping(given, ("states",), "states").items():
        path = ("states", name)
        state = read.fields(said, path, ("pace", "effect", "doc"), ("pace",))
        read.word(name, path)
        pace = read.one_of(state.get("pace"), (*path, "pace"), list(Pace))
        found[name] = LifeState(
            name,
            Pace(pace) if pace else Pace.RUNS,
            read.flag(state.get("effect"), (*path, "effect")),
            read.text(state.get("doc"), (*path, "doc")),
        )
    return found


def _transitions(
    record: str,
    verbs: Sequence[str],
    given: object,
    states: Mapping[str, LifeState],
    read: Reader,
) -> list[Transition]:
    found: list[Transition] = []
    fields, needed = ("from", "to", "by", "guard"), ("from", "by", "guard")
    for place, said in enumerate(read.items(given, ("transitions",), "transitions", least=0)):
        path = ("transitions", place)
        step = read.fields(said, path, fields, needed)
        guard = step.get("guard")
        if guard is not None and guard not in REQUIREMENTS:
            remedy = did_you_mean(str(guard), REQUIREMENTS)
            what = f"FitSM-1 has no requirement '{str(guard)[:20]}'"
            read.wrong("LIFE_REQUIREMENT", (*path, "guard"), what, remedy)
        by = str(step.get("by") or "")
        if by and by not in verbs:
            remedy = did_you_mean(by, verbs)
            what = f"'{by[:60]}' is no verb on a {record}"
            read.wrong("LIFE_VERB_UNKNOWN", (*path, "by"), what, remedy)
        target = read.one_of(step.get("to"), (*path, "to"), states)
        for source in _sources(step.get("from"), (*path, "from"), states, read) if by else ():
            if any(each.source == source and each.by == by for each in found):
                what = f"{by} leads from {source} to two states"
                read.wrong("LIFE_AMBIGUOUS", path, what, "keep the one that is meant")
            if target or step.get("to") is None:
                found.append(Transition(source, target or source, by, str(guard or "")))
    return found


def _sources(
    given: object, path: Path, states: Mapping[str, LifeState], read: Reader
) -> tuple[str, ...]:
    """One state, or several, from which a verb leads."""
    if isinstance(given, list):
        return read.some_of(given, path, states, "states")
    source = read.one_of(given, path, states)
    return (source,) if source else ()


def _check_verbs(verbs: Sequence[str], transitions: Iterable[Transition], read: Reader) -> None:
    used = {each.by for each in transitions}
    for verb in verbs:
        if verb not in used:
            what = f"no state allows {verb}"
            remedy = f"say from which state it leads where: {{from: …, to: …, by: {verb}}}"
            read.wrong("LIFE_VERB_MISSING", ("transitions",), what, remedy)


def _check_ways(
    initial: str,
    ends: Sequence[str],
    states: Mapping[str, LifeState],
    transitions: Sequence[Transition],
    read: Reader,
) -> None:
    """Every state can be reached and has a way to an end; ends are ends."""
    onward = [(each.source, each.target) for each in transitions]
    reached = _closure({initial}, onward)
    ending = _closure(set(ends), [(target, source) for source, target in onward])
    for name, state in states.items():
        path = ("states", name)
        if name not in reached:
            remedy = "lead a transition to it, or leave it out"
            read.wrong("LIFE_UNREACHABLE", path, f"no way leads to {name}", remedy)
        if name not in ending:
            remedy = "lead a transition to an end, or name it among the ends"
            read.wrong("LIFE_DEAD_END", path, f"no way leads from {name} to an end", remedy)
        if name in ends and any(source == name != target for source, target in onward):
            remedy = "take it from the ends, or the transition away"
            read.wrong("LIFE_END_GOES_ON", path, f"{name} is an end, and goes on", remedy)
        if name in ends and (state.effect or state.pace is not Pace.STOPS):
            remedy = "give it `pace: stops` and no effect"
            read.wrong("LIFE_END_ACTS", path, f"{name} is an end, and clocks go on in it", remedy)


def _closure(start: set[str], steps: Sequence[tuple[str, str]]) -> set[str]:
    found, fresh = set(start), set(start)
    while fresh:
        fresh = {target for source, target in steps if source in fresh} - found
        found |= fresh
    return found
