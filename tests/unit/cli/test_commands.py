"""The commands: found at once, told the same everywhere, their examples as they can be typed."""

import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

import fitsm_graph.cli as command_line
from fitsm_graph.cli import choices
from fitsm_graph.cli.documents import OPERATIONS, document
from fitsm_graph.cli.reference import reference

ROOT = Path(__file__).resolve().parents[3]
NAMES = sorted(path.stem for path in OPERATIONS.glob("*.graphql"))


def commands():
    """Every command by the words that call it."""
    for door in command_line.DOORS:
        command = door.load()
        yield [door.name], command
        for name, each in getattr(command, "commands", {}).items():
            yield [door.name, name], each


WITHOUT_EXAMPLES = {
    *("backup", "restore", "verify", "doctor", "bench impact", "sync"),
    *("token create", "token revoke", "token list"),
}
COMMANDS = {" ".join(path): command for path, command in commands()}


@pytest.mark.parametrize("door", command_line.DOORS, ids=lambda door: door.name)
def test_the_list_of_commands_says_what_the_command_says(door):
    command = COMMANDS[door.name]
    if not hasattr(command, "commands"):
        assert command.help.split()[0] == door.help.split()[0]


@pytest.mark.parametrize(
    "name", [name for name in COMMANDS if not hasattr(COMMANDS[name], "commands")]
)
def test_every_command_has_examples_that_can_be_typed(name):
    command = COMMANDS[name]
    _, _, examples = command.help.partition("Examples:\n")
    lines = [line.strip() for line in examples.splitlines() if line.strip()]
    assert lines or name in WITHOUT_EXAMPLES
    for line in lines:
        words = shlex.split(line.split(" < ")[0].split(" > ")[0])
        assert words[0] == "fsg"
        called, rest = _called(words[1:])
        called.make_context(name, rest, resilient_parsing=False)
    choices.begin()


def _called(words):
    """The command that words call, and what is left for it."""
    if words[0] == "sync" and words[1] not in COMMANDS["sync"].commands:
        return COMMANDS["sync file"], words[1:]
    for count in (2, 1):
        command = COMMANDS.get(" ".join(words[:count]))
        if command is not None and not hasattr(command, "commands"):
            return command, words[count:]
    return COMMANDS[words[0]], words[1:]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_says_what_it_is(name):
    silent = [each.name for each in COMMANDS[name].params if not each.help]
    assert silent == []


@pytest.mark.parametrize("name", COMMANDS)
def test_no_two_options_of_a_command_have_one_name(name):
    names = [word for each in COMMANDS[name].params for word in (*each.opts, *each.secondary_opts)]
    assert len(names) == len(set(names))


def test_what_all_commands_have_is_called_otherwise_of_a_verb():
    words = {w for each in COMMANDS["management-document register"].params for w in each.opts}
    assert {"--url", "--its-url"} <= words


def test_secrets_are_no_options():
    words = {word for command in COMMANDS.values() for each in command.params for word in each.opts}
    assert not {word for word in words if "password" in word or "token" in word or "secret" in word}


@cache
def printed_schema():
    return build_schema((ROOT / "schema" / "schema.graphql").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_a_document_has_the_name_of_its_file_and_is_valid(name):
    parsed = parse(document(name))
    assert [definition.name.value for definition in parsed.definitions] == [name]
    assert validate(printed_schema(), parsed) == []


def test_the_reference_is_what_the_parser_says():
    printed = (ROOT / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
    remedy = "python -m fitsm_graph.cli.reference > docs/reference/command-line.md"
    assert printed == reference(), remedy


def test_what_is_known_of_verbs_is_what_their_signatures_say():
    check = [sys.executable, str(ROOT / "tools" / "print_verbs.py"), "--check"]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_client_loads_neither_the_database_driver_nor_the_engine():
    code = (
        "import sys; from fitsm_graph import cli; cli.DOORS[0].load();"
        " import fitsm_graph.cli.remote;"
        " print(sorted({'neo4j', 'numba', 'strawberry', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
