"""What the person at the command line chose for every command: where to ask, how to speak."""

import os
from contextlib import ExitStack
from dataclasses import dataclass

import typer

from fitsm_graph.cli.output import aside, hush, without_colour
from fitsm_graph.kernel.errors import BadInput

URL, TIMEOUT = "FITSM_URL", "FITSM_TIMEOUT"
SECONDS = 30.0


@dataclass(slots=True)
class Choices:
    """The options that every command has.

    Attributes:
        url: Address of a server to be a client of; empty for the database of this machine.
        timeout: Seconds to wait for an answer.
    """

    url: str = ""
    timeout: float = SECONDS


CHOSEN = Choices()
AT_END = ExitStack()
"""What is closed when the command ends, however it ends."""


def begin() -> None:
    """Start from the environment; options come on top."""
    CHOSEN.url = os.environ.get(URL, "").strip()
    CHOSEN.timeout = _seconds(os.environ.get(TIMEOUT, ""))


def _seconds(text: str) -> float:
    if not text.strip():
        return SECONDS
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 3600:
        raise BadInput(
            f"{TIMEOUT} is '{text}'", why="it is a number of seconds up to 3600", path=(TIMEOUT,)
        )
    return seconds


def _url(value: str | None) -> None:
    if value is not None:
        CHOSEN.url = value.strip()


def _timeout(value: float | None) -> None:
    if value is not None:
        CHOSEN.timeout = value


def _quiet(value: bool) -> None:
    if value:
        hush()


def _no_color(value: bool) -> None:
    if value:
        os.environ["NO_COLOR"] = "1"  # the help screens read it
        without_colour()


def of_the_api(
    _url: str | None = typer.Option(
        None,
        "--url",
        metavar="URL",
        callback=_url,
        expose_value=False,
        rich_help_panel="Where and how",
        help="a server to ask with FITSM_TOKEN; else this machine (or FITSM_URL)",
    ),
    _timeout: float | None = typer.Option(
        None,
        "--timeout",
        metavar="SECONDS",
        min=0.1,
        max=3600,
        callback=_timeout,
        expose_value=False,
        rich_help_panel="Where and how",
        help="to wait for an answer: 30 (or FITSM_TIMEOUT)",
    ),
) -> None:
    """Options of the commands that are clients of the API."""


def of_all(
    _quiet: bool = typer.Option(
        False,
        "--quiet",
        "-q",
        callback=_quiet,
        expose_value=False,
        rich_help_panel="Where and how",
        help="data and errors only",
    ),
    _no_color: bool = typer.Option(
        False,
        "--no-color",
        callback=_no_color,
        expose_value=False,
        rich_help_panel="Where and how",
        help="no colours, as with NO_COLOR set",
    ),
) -> None:
    """Options of all commands."""


def on_terminal() -> bool:
    """Say whether somebody can be asked: input and messages are at a terminal."""
    return aside.is_terminal and os.isatty(0)


def sure(question: str, *, yes: bool) -> None:
    """Ask before something that is not easily undone.

    Raises:
        BadInput: Nobody can be asked, and `--yes` was not given.
    """
    if yes:
        return
    if not on_terminal():
        raise BadInput(
            "nobody can be asked",
            code="NOT_CONFIRMED",
            why=f"this needs a yes: {question}",
            remedy="give --yes to go on without being asked",
        )
    typer.confirm(question, abort=True, err=True)
