"""State machines of the process records against models written from the specification.

Each machine uses all verbs of a kind of record at any time, on a real Neo4j and on a model in plain
Python that shares no code with the product. Controls are models with one rule altered: the machine
has to find each of them.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from fitsm_graph.graph.driver import Endpoint
from graph.machines.change import ChangeMachine
from graph.machines.change_model import ChangeModel
from graph.machines.change_records import Change
from graph.machines.improvement import ImprovementMachine
from graph.machines.improvement_model import Improvement, ImprovementModel, Suggestion
from graph.machines.incident import IncidentMachine
from graph.machines.incident_model import IncidentModel
from graph.machines.incident_records import Incident
from graph.machines.machine import Machine, Model
from graph.machines.problem import ProblemMachine
from graph.machines.problem_model import Problem, ProblemModel
from graph.machines.release import ReleaseMachine
from graph.machines.release_model import ReleaseModel
from graph.machines.release_records import Release, Wave
from graph.machines.stage import Stage, staged

MACHINES: list[type[Machine]] = [
    IncidentMachine, ChangeMachine, ProblemMachine, ImprovementMachine, ReleaseMachine
]  # fmt: skip
RUNS, STEPS = 4, 40
LONG_RUNS, LONG_STEPS = 500, 50


@pytest.fixture(scope="module")
def stage(neo4j_endpoint: Endpoint) -> Iterator[Stage]:
    with staged(neo4j_endpoint) as made:
        yield made


def run(
    machine: type[Machine], stage: Stage, runs: int, steps: int, *, shrink: bool = True
) -> None:
    """Runs of a machine, the same ones each time."""
    phases = [Phase.generate, Phase.shrink] if shrink else [Phase.generate]
    machine.stage = stage
    chosen = settings(
        max_examples=runs, stateful_step_count=steps, deadline=None, database=None,
        derandomize=True, phases=phases, report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(machine, settings=chosen)


@pytest.mark.parametrize("machine", MACHINES)
def test_the_product_does_what_the_model_says(machine: type[Machine], stage: Stage) -> None:
    run(machine, stage, RUNS, STEPS)


@pytest.mark.full
@pytest.mark.timeout(7_200)
@pytest.mark.parametrize("machine", MACHINES)
def test_the_product_does_what_the_model_says_in_long_runs(
    machine: type[Machine], stage: Stage
) -> None:
    stage.counts.clear()
    run(machine, stage, LONG_RUNS, LONG_STEPS)
    print(stage.tell())  # noqa: T201 - how often each verb was done and refused


# --- controls: a model with one rule altered is found ----------------------------------------------


class LooseIncidents(IncidentModel):
    """Users need not confirm."""

    CONFIRM_WITHIN = timedelta(0)


class StuckIncidents(IncidentModel):
    """What has waited is as if nobody had dealt with it."""

    WAYS = IncidentModel.WAYS | {"resume": {"waiting": "registered"}}


class EndlessIncidents(IncidentModel):
    """They are opened again as often as anybody likes."""

    REOPEN_AT_MOST = 1_000


class LastingIncidents(IncidentModel):
    """Their effect counts until they are closed."""

    def own(self, key: str, without: Incident | None) -> int:
        resolved = any(
            each.status == "resolved" and key in each.affects for each in self.records["incident"]
        )
        return 3 if resolved else super().own(key, without)


class OwnChanges(ChangeModel):
    """Whoever asks for a change may approve it."""

    def own(self, it: Change) -> set[str]:
        return set()


class HeldChanges(ChangeModel):
    """An approval holds whatever becomes of the plan."""

    def void(self, it: Change) -> set[str]:
        over = it.approved_until is not None and it.approved_until <= self.at
        return {"REASSESS_FIRST"} if over else set()


class UnreviewedChanges(ChangeModel):
    """No review is wanted before the end."""

    def change_close(self, ref: Change) -> set[str]:
        held, ref.reviews = ref.reviews, [True]
        wrong = super().change_close(ref)
        ref.reviews = held
        return wrong


class HastyProblems(ProblemModel):
    """Problems are resolved before their cause is known."""

    WAYS = ProblemModel.WAYS | {
        "resolve": {**ProblemModel.WAYS["resolve"], "registered": "resolved"}
    }


class KeptKnownErrors(ProblemModel):
    """Known errors outlive their problem."""

    def go(self, it: Problem, does: str) -> None:
        there, self.records["known"] = self.records["known"], []
        super().go(it, does)
        self.records["known"] = there


class HastyImprovements(ImprovementModel):
    """Improvements are implemented while actions are open."""

    def improvement_implement(self, ref: Improvement) -> set[str]:
        wrong = super().improvement_implement(ref) - {"ACTIONS_OPEN"}
        if not wrong and ref.status == "ongoing":
            ref.status, ref.implemented_at = "implemented", self.at
        return wrong


class AcceptedSuggestions(ImprovementModel):
    """Suggestions are accepted before they are evaluated."""

    def suggestion_accept(self, suggestion: Suggestion, decision: str) -> set[str]:
        if suggestion.status == "registered":
            suggestion.status = "evaluated"
        return super().suggestion_accept(suggestion, decision)


class UntestedReleases(ReleaseModel):
    """Releases are accepted whatever their tests say."""

    def met(self, it: Release, criterion: str) -> bool:
        return True


class DisorderedReleases(ReleaseModel):
    """Waves are undone in any order."""

    def deployment_back_out(self, ref: Wave, result: str) -> set[str]:
        number, ref.number = ref.number, 1_000
        wrong = super().deployment_back_out(ref, result)
        ref.number = number
        return wrong


QUICK = [
    (IncidentMachine, StuckIncidents), (ChangeMachine, HeldChanges),
    (ProblemMachine, HastyProblems), (ImprovementMachine, HastyImprovements),
    (ReleaseMachine, UntestedReleases),
]  # fmt: skip
SLOW = [
    (IncidentMachine, LooseIncidents), (IncidentMachine, EndlessIncidents),
    (IncidentMachine, LastingIncidents), (ChangeMachine, OwnChanges),
    (ChangeMachine, UnreviewedChanges), (ProblemMachine, KeptKnownErrors),
    (ImprovementMachine, AcceptedSuggestions), (ReleaseMachine, DisorderedReleases),
]  # fmt: skip


def found(machine: type[Machine], altered: type[Model], stage: Stage) -> None:
    """A machine whose model has one rule altered finds that the product does otherwise."""
    mistaken = type(f"With{altered.__name__}", (machine,), {"model_of": altered})
    with pytest.raises(AssertionError):
        run(mistaken, stage, LONG_RUNS, LONG_STEPS, shrink=False)


@pytest.mark.parametrize(("machine", "altered"), QUICK)
def test_a_wrong_model_is_found(machine: type[Machine], altered: type[Model], stage: Stage) -> None:
    found(machine, altered, stage)


@pytest.mark.full
@pytest.mark.timeout(7_200)
@pytest.mark.parametrize(("machine", "altered"), SLOW)
def test_a_rule_that_is_seldom_met_is_found(
    machine: type[Machine], altered: type[Model], stage: Stage
) -> None:
    found(machine, altered, stage)
