"""`fitsm-graph serve` and `demo`: a server on this machine, empty or with the demo organisation."""

import os
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from ipaddress import ip_network
from itertools import islice
from pathlib import Path

import typer
import uvicorn
from starlette.types import ASGIApp

from fitsm_graph import bootstrap, hosting
from fitsm_graph.api.limits import LiveLimits
from fitsm_graph.bootstrap import SYSTEM, Product
from fitsm_graph.cli import loop
from fitsm_graph.cli.documents import document
from fitsm_graph.cli.impact import show_answer
from fitsm_graph.cli.local import patiently, progress
from fitsm_graph.cli.output import emit, note
from fitsm_graph.cli.persisted import bring
from fitsm_graph.cli.story import behind, story_at
from fitsm_graph.cli.values import unreadable
from fitsm_graph.cli.warm import compiling
from fitsm_graph.client.told import error_of
from fitsm_graph.confm.sync import sync
from fitsm_graph.discovery.demo.estate import estate
from fitsm_graph.discovery.demo.ndjson import to_ndjson
from fitsm_graph.discovery.demo.scaled import scaled
from fitsm_graph.discovery.demo.showcase import SHOWCASE
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.local.backend import backend
from fitsm_graph.graph.local.settings import LocalSettings
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.clock import SystemClock
from fitsm_graph.kernel.errors import BadInput, Unavailable
from fitsm_graph.kernel.settings import switch
from fitsm_graph.kernel.text import plural
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.sms import service as sms
from fitsm_graph.sms.roles import assign_role, held_over

demo_app = typer.Typer(invoke_without_command=True)
HOST = "127.0.0.1"
PORT = typer.Option(8000, envvar="FITSM_PORT", help="on 127.0.0.1")
PROXIES = typer.Option(
    "",
    "--trusted-proxies",
    envvar="FITSM_TRUSTED_PROXIES",
    help="addresses or networks of proxies in front, by commas; they say who the client is",
)
ONCE = typer.Option(False, "--once", help="load it, show the first answer, and stop")
STORY = typer.Option(True, "--story/--no-story", help="with 90 days of records in it, or without")
SCHEDULER = "FITSM_SCHEDULER"
KEEP_ALIVE_SECONDS = 65
"""A connection waits that long for its next request: longer than proxies and clients keep one."""
BLOCK = 1_000
"""Lines that are written at once."""
Prepare = Callable[[Product], Awaitable[None]]


def serve(
    port: int = PORT,
    host: str = typer.Option(HOST, help="address to listen at; others can reach any but this"),
    proxies: str = PROXIES,
) -> None:
    """Serve the API and the pages until Ctrl-C.

    Examples:
      fsg serve --port 8001
      fsg serve --trusted-proxies 127.0.0.1
    """
    _run(Place(host, port, proxies_of(proxies)), _warm, once=False)


@demo_app.callback()
def demo(context: typer.Context, port: int = PORT, once: bool = ONCE, story: bool = STORY) -> None:
    """Load the demo organisation, show a first answer, and serve until Ctrl-C.

    The story of 90 days is told behind the pages, by the verbs that people use; where it was broken
    off, it goes on.

    Examples:
      fsg demo
      fsg demo --once --no-story
    """
    if context.invoked_subcommand is None:
        _run(Place(HOST, port), _show_demo, once=once, story=story)


@demo_app.command()
def generate(
    cis: int = typer.Option(10_000, help="how many CIs"),
    seed: int = typer.Option(1, help="another one gives another estate"),
    owner: list[str] = typer.Option(
        [], "--owner", help="key of a person or group that answers for some; repeatable"
    ),
    file: Path | None = typer.Option(None, help="where to; stdout when left out"),
) -> None:
    """Write a made-up estate as NDJSON records, for scale.

    Examples:
      fsg demo generate --cis 100000 --file estate.ndjson
      fsg demo generate --cis 1000 --owner grp-network --owner grp-storage
    """
    lines = to_ndjson(scaled(cis, seed=seed, owners=owner))
    if file is None:
        for block in iter(lambda: "".join(islice(lines, BLOCK)), ""):
            emit(block)
        return
    try:
        with file.open("w", encoding="utf-8") as out:
            out.writelines(lines)
    except OSError as error:
        raise unreadable(str(file), error, "written") from error
    note(f"wrote {file}")


async def load_demo(product: Product) -> None:
    """Load the demo organisation through the public verbs; what is there already costs nothing."""
    made = estate()
    for kind, properties in made.parties:
        if not await product.graph.rows("sms.party_by_ref", ref=properties["key"]):
            await product.graph.write(sms.register_party, SYSTEM, kind, properties)
    request = Request(actor="system", via="sync", reason="demo organisation")
    report = await sync(
        product.graph, product.registry, iter(made.observations), source="demo", request=request
    )
    for problem in report.problems:
        note(problem.sentence())
    for type, source, target in made.ties:
        await product.graph.write(sms.tie, SYSTEM, type, source, target)
    for role, over, person in made.roles:
        held = held_over(RoleWord(role), over)
        await product.graph.write(assign_role, SYSTEM, RoleWord(role), person, **held)
    counts = report.counts
    elements = plural(counts["created"] + counts["unchanged"] + counts["updated"], "element")
    note(f"the demo organisation is loaded: {elements}")


async def _show_demo(product: Product) -> None:
    await load_demo(product)
    await _first_answer(product)


async def _first_answer(product: Product) -> None:
    """The blast radius of one element with its proof, as text."""
    first = SHOWCASE[0]
    note(f"\nA first question: what if {', '.join(first.fail)} fails? {first.title}.")
    asked = {"scenario": {"fail": list(first.fail)}, "asOf": None}
    answer = await patiently(product, "Impact", asked)
    error = error_of(answer)
    if error is not None:
        raise error
    show_answer(answer["data"]["whatIf"])


async def _warm(product: Product) -> None:
    """Have one answer worked out before anybody asks: the first one on a machine takes long."""
    found = await patiently(product, "ListServices", {"first": 1, "after": None})
    services = ((found.get("data") or {}).get("services") or {}).get("nodes") or ()
    for service in services:
        asked = {"scenario": {"fail": [service["key"]]}, "asOf": None}
        await patiently(product, "Impact", asked)


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen, and whom to believe about who the client is.

    Attributes:
        proxies: Addresses and networks whose `X-Forwarded-For` and `X-Forwarded-Proto` count.
    """

    host: str
    port: int
    proxies: tuple[str, ...] = ()


def proxies_of(given: str) -> tuple[str, ...]:
    """Read addresses and networks, separated by commas.

    Raises:
        BadInput: One is neither.
    """
    read = []
    for word in filter(None, map(str.strip, given.split(","))):
        try:
            read.append(str(ip_network(word)))
        except ValueError as error:
            raise BadInput(
                f"'{word}' is no address of a proxy",
                why=str(error),
                remedy="give addresses or networks, such as 127.0.0.1 or 10.0.0.0/8",
                path=("FITSM_TRUSTED_PROXIES",),
            ) from error
    return tuple(read)


def server_config(served: ASGIApp, place: Place) -> uvicorn.Config:
    """How the server runs, here and where it is measured.

    What a client says of itself in headers counts only from a trusted proxy. Accesses are not
    logged, since their lines cost as much as an answer, and no header names the server.
    """
    return uvicorn.Config(
        served,
        host=place.host,
        port=place.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        http="httptools",
        ws_max_size=LiveLimits().message,
        ws_max_queue=1,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        proxy_headers=bool(place.proxies),
        forwarded_allow_ips=list(place.proxies),
    )


def _run(place: Place, prepare: Prepare, *, once: bool, story: bool = False) -> None:
    if not once:
        _check_port(place.host, place.port)
    with ExitStack() as stack:
        with compiling():
            chosen = stack.enter_context(backend(LocalSettings.from_env(), progress()))
        note(f"Neo4j: {chosen.origin}")
        loop.run(_serve(chosen.endpoint, place, prepare, once=once, story=story))
    note("stopped")


class _Server(uvicorn.Server):
    """A server that Ctrl-C and a plain kill end as they should, so that all is closed after it.

    The original raises the signal once more when it has stopped, which would cut that short; and
    it waits for answers to be sent, which streams never are by themselves.
    """

    def __init__(self, config: uvicorn.Config, product: Product) -> None:
        super().__init__(config)
        self._product = product

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, then everything else."""
        await self._product.live.close()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at a signal, once."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()


async def _serve(
    endpoint: Endpoint, place: Place, prepare: Prepare, *, once: bool, story: bool
) -> None:
    telling = await story_at(endpoint) if story else None
    clock = telling.clock if telling is not None else None
    async with bootstrap.opened(endpoint, clock=clock, wall=SystemClock()) as product:
        password = await bootstrap.first_administrator(product)
        if password is not None:
            note(f"first start: sign in as {bootstrap.ADMINISTRATOR} with {password}")
            note("this password is shown once; fitsm-graph token create makes API tokens")
        await bring(product, os.environ, document("RegisterDocument"))
        await prepare(product)
        if once:
            if telling is not None:
                await telling.told(product)
            return
        here = f"http://{HOST}:{place.port}"
        note(f"\nopen {here}/ · GraphQL: {here}/graphql/ · Ctrl-C stops")
        config = server_config(hosting.web_application(product), place)
        async with behind(product, telling, due=scheduled(os.environ)):
            await _Server(config, product).serve()


def scheduled(env: Mapping[str, str]) -> bool:
    """Whether this server does what is due, which it does unless it is told not to.

    Raises:
        BadInput: The setting is no switch.
    """
    return switch({SCHEDULER: "1", **{k: v for k, v in env.items() if v}}, SCHEDULER)


def _check_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Unavailable(
                f"port {port} is taken",
                code="PORT_TAKEN",
                why="something else listens there",
                remedy="stop it, or name another: FITSM_PORT=8001 make demo",
            ) from error
