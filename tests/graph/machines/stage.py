"""Where the machines act: one database, one clock that is driven, verbs by their names.

The database is emptied once. Each run takes elements of its own, so that what former runs left
behind says nothing of it.
"""

import asyncio
import inspect
import json
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from fitsm_graph.bootstrap import KINDS
from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.confm.service import register_element, relate
from fitsm_graph.confm.types import default_registry
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import VERBS, Request
from fitsm_graph.impact.network import Level
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.impact.snapshot import Snapshot
from fitsm_graph.kernel.clock import ManualClock
from fitsm_graph.kernel.errors import FitsmError
from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.sms.accounts import create_account
from fitsm_graph.sms.policies import default_policies
from fitsm_graph.sms.roles import assign_role
from fitsm_graph.sms.service import register_party
from graph.emptying import as_migrated

START = datetime(2026, 11, 24, 9, tzinfo=UTC)
HEAD = "MATCH (h:LedgerHead) RETURN h.seq AS seq"
PASSING, TRIES = {"TIMEOUT", "UNAVAILABLE"}, 5
T = TypeVar("T")


def text_of(moment: datetime) -> str:
    """A moment as records keep it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a verb: its answer, or the code that it was refused with."""

    value: Any = None
    code: str = ""
    said: str = ""


@dataclass(slots=True)
class Estate:
    """A service that depends on an application, and a server beside them; the run's own.

    Attributes:
        ids: By key.
    """

    service: str
    application: str
    server: str
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def keys(self) -> tuple[str, str, str]:
        return self.service, self.application, self.server


class Stage:
    """Verbs on one graph, in one event loop.

    Attributes:
        counts: How often a verb was done (empty) or refused with a code.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self.loop = asyncio.new_event_loop()
        self.clock = ManualClock(START)
        self.registry, self.policies = default_registry(), default_policies(KINDS)
        self.graph, self.snapshot = self.wait(self._opened(endpoint))
        self.counts: dict[tuple[str, str], int] = {}
        self.runs = 0

    async def _opened(self, endpoint: Endpoint) -> tuple[Graph, Snapshot]:
        graph = Graph(endpoint, clock=self.clock)
        await as_migrated(graph.driver, endpoint)
        return graph, Snapshot(graph, self.registry)

    def wait(self, awaited: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(awaited)

    def close(self) -> None:
        self.wait(self.graph.close())
        self.loop.close()

    # --- time ----------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def later(self, by: timedelta) -> None:
        self.clock.advance(by)

    # --- verbs ---------------------------------------------------------------------------------

    def act(self, verb: str, /, *, by: str = "tester", **given: Any) -> Told:
        """Use a verb; a refusal must have written nothing.

        A database that is busy says so, and is asked again: nothing was written.
        """
        for _ in range(TRIES):
            told = self.wait(self._act(verb, by, given))
            if told.code not in PASSING:
                break
        place = (verb, told.code)
        self.counts[place] = self.counts.get(place, 0) + 1
        return told

    async def _act(self, verb: str, by: str, given: Mapping[str, Any]) -> Told:
        run = VERBS[verb].run
        asked = inspect.signature(run).parameters
        lent: dict[str, Any] = {"policies": self.policies, "registry": self.registry}
        if "reaching" in asked:
            lent["reaching"] = Reaches(await self.snapshot.current())
        lent = {name: each for name, each in lent.items() if name in asked}
        request = Request(actor=by, via="test", reason="as the machine says")
        before = await self._asked(HEAD, {})
        try:
            outcome = await self.graph.write(run, request, **lent, **given)
        except FitsmError as error:
            assert await self._asked(HEAD, {}) == before, f"{verb} was refused, and wrote"
            return Told(code=error.problem.code, said=error.problem.sentence())
        return Told(outcome.value)

    def must(self, run: Any, /, *given: Any, by: str = "tester", **more: Any) -> Any:
        """Use a verb that has to succeed: of the scenery."""
        request = Request(actor=by, via="test", reason="scenery")
        return self.wait(self.graph.write(run, request, *given, **more)).value

    # --- questions -----------------------------------------------------------------------------

    def ask(self, text: str, **given: Any) -> list[dict[str, Any]]:
        """Rows of a question that the product does not know of."""
        return self.wait(self._asked(text, given))

    async def _asked(self, text: str, given: Mapping[str, Any]) -> list[dict[str, Any]]:
        async with self.graph.driver.session(default_access_mode="READ") as session:
            return await (await session.run(text, dict(given))).data()

    def levels(self, estate: Estate) -> dict[str, str]:
        """States of a run's elements, by the impact engine."""
        standing = self.wait(self.snapshot.current())
        topology, state = standing.mapped.topology, standing.before.state
        return {
            key: Level(int(state[topology.find(id)])).name.lower() for key, id in estate.ids.items()
        }

    # --- scenery -------------------------------------------------------------------------------

    def people(self) -> None:
        """Who there is: groups, persons with roles, accounts that act for them."""
        for key in ("ops", "desk"):
            self.must(register_party, "Group", {"key": key, "name": key})
        for key in ("ada", "bob", "eve", "joe"):
            self.must(register_party, "Person", {"key": key, "name": key.title()})
            self.must(create_account, key, ["editor"], "digest", person=key)
        self.must(create_account, "bob2", ["editor"], "digest", person="bob")
        self.must(assign_role, RoleWord.PROCESS_MANAGER, "ada", process=Process.ISRM)
        self.must(assign_role, RoleWord.SMS_OWNER, "eve")
        self.must(assign_role, RoleWord.PROCESS_MANAGER, "bob", process=Process.CHM)
        self.must(assign_role, RoleWord.PROCESS_MANAGER, "bob", process=Process.RDM)
        self.must(assign_role, RoleWord.CAB_MEMBER, "eve")

    def estate(self) -> Estate:
        """New elements: a service on an application that a group owns, and a server."""
        self.runs += 1
        n = self.runs
        made = Estate(f"svc-{n}", f"app-{n}", f"box-{n}")
        kinds = (("Service", "", ""), ("CI", "Application", "ops"), ("CI", "Server", ""))
        for key, (kind, type, owner) in zip(made.keys, kinds, strict=True):
            draft = ElementDraft(kind=kind, type=type, key=key, name=key, owner=owner)
            made.ids[key] = self.must(register_element, self.registry, draft)["id"]
        needs = RelationDraft(type="DEPENDS_ON", source=made.service, target=made.application)
        self.must(relate, self.registry, needs)
        return made

    def tell(self) -> str:
        """How often each verb was done and refused, for whoever looks on."""
        by_verb: dict[str, dict[str, int]] = {}
        for (verb, code), count in sorted(self.counts.items()):
            by_verb.setdefault(verb, {})[code or "done"] = count
        return json.dumps(by_verb, indent=1)


@contextmanager
def staged(endpoint: Endpoint) -> Iterator[Stage]:
    stage = Stage(endpoint)
    try:
        stage.people()
        yield stage
    finally:
        stage.close()
