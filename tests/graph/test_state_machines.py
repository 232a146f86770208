"""State machines of the process records against models written from the specification.

Each machine uses all verbs of a kind of record at any time, on a real Neo4j and on a model in plain
Python that shares no code with the product. Controls are models with one rule altered: the machine
has to find each of them.
"""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from fitsm_graph.graph.driver import Endpoint
from graph.machines.incident import IncidentMachine
from graph.machines.incident_model import IncidentModel
from graph.machines.machine import Machine, Model
from graph.machines.stage import Stage, staged

MACHINES: list[type[Machine]] = [IncidentMachine]


@pytest.fixture(scope="module")
def stage(neo4j_endpoint: Endpoint) -> Iterator[Stage]:
    with staged(neo4j_endpoint) as made:
        yield made


def run(machine: type[Machine], stage: Stage, runs: int, steps: int, *, shrink: bool = True) -> None:
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
    run(machine, stage, 6, 40)


@pytest.mark.full
@pytest.mark.timeout(7_200)
@pytest.mark.parametrize("machine", MACHINES)
def test_the_product_does_what_the_model_says_in_long_runs(
    machine: type[Machine], stage: Stage
) -> None:
    stage.counts.clear()
    run(machine, stage, 500, 50)
    print(stage.tell())


def wrong(machine: type[Machine], **altered: object) -> type[Machine]:
    """A machine whose model has one rule altered."""
    model: type[Model] = type("Altered", (machine.model_of,), altered)
    return type(f"Wrong{machine.__name__}", (machine,), {"model_of": model})
