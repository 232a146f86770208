"""Compile the impact engine ahead, in a process of its own, while something else is waited for.

The first answer on a machine compiles the engine's loops to machine code, which is then kept
beside them. A start of Neo4j takes about as long, so that both are done at once.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from fitsm_graph.cli.output import note
from fitsm_graph.impact.engine.compiled import available, is_kept


@contextmanager
def compiling() -> Iterator[None]:
    """Compile beside what is done within; wait for it at the end. Nothing where it is done."""
    if not available() or is_kept():
        yield
        return
    with subprocess.Popen([sys.executable, "-m", __name__]) as process:
        try:
            yield
            if process.poll() is None:
                note("compiling the impact engine: once on a machine")
        except BaseException:
            process.terminate()
            raise


def compile_engine() -> None:
    """Answer one question on a made-up estate, which compiles all that a first answer needs."""
    from fitsm_graph.confm.types import default_registry  # noqa: PLC0415 - only in its own process
    from fitsm_graph.impact.analysis import baseline, impact  # noqa: PLC0415
    from fitsm_graph.impact.explain import View  # noqa: PLC0415
    from fitsm_graph.impact.mapped import map_topology  # noqa: PLC0415
    from fitsm_graph.impact.own import OwnStates  # noqa: PLC0415
    from fitsm_graph.impact.reading import semantics  # noqa: PLC0415
    from fitsm_graph.impact.scenario import WhatIf  # noqa: PLC0415
    from fitsm_graph.impact.specimen import SMALLEST, specimen, topology_of  # noqa: PLC0415

    mapped = map_topology(topology_of(specimen(SMALLEST), semantics(default_registry())))
    own = OwnStates()
    seed = mapped.topology.id(0)
    report = impact(mapped, own, WhatIf(fail=(seed,)), before=baseline(mapped, own))
    view = View(report)
    view.answer()
    view.proof(0)


if __name__ == "__main__":
    compile_engine()
