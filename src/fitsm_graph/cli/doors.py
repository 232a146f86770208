"""The commands by name; each is loaded when it is called, so that a client starts at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

from fitsm_graph.cli import choices

_COMPLETION = {"install_completion", "show_completion"}
"""Options that only the whole command line has."""


@dataclass(frozen=True, slots=True)
class Door:
    """A command, or a group of them.

    Attributes:
        name: What is typed.
        place: Module under `fitsm_graph.cli` and what is in it: a group, or one command.
        help: One line for the list of commands; the first of the command's own help.
        panel: Where it stands in the list.
        asks: Whether it is a client of the API, and so has `--url`.
    """

    name: str
    place: str
    help: str
    panel: str
    asks: bool = False

    def load(self) -> Any:
        """Import the command, and give it the options that all have."""
        module, _, name = self.place.partition(":")
        found = getattr(import_module(f"fitsm_graph.cli.{module}"), name)
        command = get_group(found) if isinstance(found, typer.Typer) else _alone(found)
        command.name = self.name
        command.help = command.help or self.help
        command.params = [each for each in command.params if each.name not in _COMPLETION]
        _share(command, self.asks)
        return command

    def outline(self) -> TyperCommand:
        """Make what the list of commands shows, without loading anything."""
        return TyperCommand(self.name, help=self.help, rich_help_panel=self.panel)


def lazy_group(doors: Sequence[Door]) -> type[TyperGroup]:
    """Make a class of groups with these commands."""
    known = {door.name: door for door in doors}

    class Lazy(TyperGroup):
        """A group that loads a command when it is called."""

        def __init__(self, **given: Any) -> None:
            super().__init__(**given)
            self.commands = {name: door.outline() for name, door in known.items()}
            self.params.extend(shared_options(asks=True))

        def resolve_command(self, ctx: Any, args: list[str]) -> Any:
            """Find the command that is called, and load it."""
            name, command, rest = super().resolve_command(ctx, args)
            door = known.get(name or "")
            return name, door.load() if door else command, rest

    return Lazy


def shared_options(*, asks: bool) -> list[Any]:
    """Make the options that every command has, and those of clients of the API."""
    signatures = (choices.of_the_api, choices.of_all) if asks else (choices.of_all,)
    return [each for signature in signatures for each in _alone(signature).params]


def _alone(function: Callable[..., Any]) -> Any:
    """Make a command of one function."""
    app = typer.Typer(add_completion=False)
    app.command()(function)
    return get_command(app)


def _share(command: Any, asks: bool) -> None:
    for each in getattr(command, "commands", {}).values():
        _share(each, asks)
    command.params.extend(shared_options(asks=asks))
