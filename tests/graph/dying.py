"""A graph whose user is killed after some entries."""

from typing import Any

from fitsm_graph.graph.graph import Graph, Outcome
from fitsm_graph.graph.verb import Request


class Dying(Graph):
    """A graph that whoever is killed writes to: after so many entries, no more."""

    left = 0

    async def write(self, verb: Any, request: Request, /, *given: Any, **more: Any) -> Outcome:
        """Write, as long as there is somebody to do it."""
        if not self.left:
            raise RuntimeError("killed")
        self.left -= 1
        return await super().write(verb, request, *given, **more)
