"""The real command in a process of its own: here, and as a client of a real server."""

import csv
import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest

from e2e.cli_inside import LineInside
from e2e.cli_line import COMMAND, Line, clean_environment, free_port, listening, respond
from fitsm_graph.cli.documents import document
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.kernel.clock import SystemClock, to_text

SEED = "fw-sto-a"
COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-9]m")
STYLE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(scope="module")
def line(neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """The demo organisation behind one served process."""
    folder = tmp_path_factory.mktemp("cli")
    env = {
        **clean_environment(),
        "FITSM_NEO4J_URI": neo4j_endpoint.uri,
        "FITSM_NEO4J_USER": neo4j_endpoint.user,
        "FITSM_NEO4J_PASSWORD": neo4j_endpoint.password,
        "FITSM_DATA": str(folder),
    }
    _empty(neo4j_endpoint)
    port = free_port()
    line = LineInside(env, f"http://127.0.0.1:{port}")
    loaded = line.here("demo", "--once", "--no-story")
    assert loaded.returncode == 0, loaded.stderr
    made = line.here("token", "create", "--quiet")
    line.env["FITSM_TOKEN"] = made.stdout.strip()
    with _served(line, port):
        yield line


def _empty(endpoint: Endpoint) -> None:
    import neo4j

    auth = (endpoint.user, endpoint.password)
    with neo4j.GraphDatabase.driver(endpoint.uri, auth=auth) as driver, driver.session() as session:
        session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS").consume()


@contextmanager
def _served(line: Line, port: int) -> Iterator[None]:
    command = [COMMAND, "serve", "--port", str(port)]
    with subprocess.Popen(command, env=line.env, stderr=subprocess.PIPE, text=True) as server:
        try:
            until = time.monotonic() + 120
            while not _answers(line.url):
                assert server.poll() is None, server.stderr and server.stderr.read()
                assert time.monotonic() < until
                time.sleep(0.2)
            yield
        finally:
            server.send_signal(signal.SIGINT)
            _, said = server.communicate(timeout=60)
    assert "Traceback" not in said
    assert "stopped" in said


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/livez", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def _data(line: Line, *words: str) -> Any:
    """What a client's command answers, as JSON."""
    done = line.there(*words, "-o", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


# --- the same answer ------------------------------------------------------------------------------


def test_the_same_answer_three_times(line: Line) -> None:
    """The server writes by itself now and then: what was asked around an entry is asked again."""
    for _ in range(5):
        asked = line.ask(document("Impact"), scenario={"fail": [SEED]})["whatIf"]
        here = json.loads(line.here("impact", SEED, "-o", "json").stdout)
        there = _data(line, "impact", SEED)
        if asked["version"] == here["version"] == there["version"]:
            break
    assert there == here == asked
    assert here["affected"]["totalCount"] > 100
    assert {each["element"]["key"] for each in here["services"]} >= {"svc-storage"}


def test_the_same_answer_as_it_was_before_the_last_change(line: Line) -> None:
    first = _data(line, "impact", SEED)["affected"]["totalCount"]
    moment = to_text(SystemClock().now())
    made = line.there("ci", "register", "late-1", "--name", "Late", "--type", "Application")
    assert made.returncode == 0, made.stderr
    related = line.there("ci", "relate", "late-1", "DEPENDS_ON", SEED, "--reason", "a late one")
    assert related.returncode == 0, related.stderr
    assert _data(line, "impact", SEED)["affected"]["totalCount"] == first + 1
    then = ("impact", SEED, "--as-of", moment, "-o", "json")
    for done in (line.there(*then), line.here(*then)):
        assert json.loads(done.stdout)["affected"]["totalCount"] == first
    shown = [line.there("diff", "--from", moment, "-o", "ndjson"), line.there(*_SINCE, moment)]
    for done in shown:
        entries = [json.loads(each) for each in done.stdout.splitlines()]
        entries = [each for each in entries if each["via"] != "scheduler"]
        assert [each["verb"] for each in entries] == ["element.register", "element.relate"]
        assert entries[-1]["reason"] == "a late one"


_SINCE = ("ledger", "list", "-o", "ndjson", "--since")


def test_a_second_demo_adds_nothing_to_the_ledger(line: Line) -> None:
    begun = to_text(SystemClock().now())
    assert line.here("demo", "--once", "--no-story").returncode == 0
    assert line.written(begun) == 0


def test_the_made_up_estate_has_owners(line: Line) -> None:
    made = line.here("demo", "generate", "--cis", "200", "--owner", "grp-a", "--owner", "grp-b")
    owners = {
        relation["to"]["key"]
        for row in map(json.loads, made.stdout.splitlines())
        for relation in row.get("relations", ())
        if relation["type"] == "OWNED_BY"
    }
    assert owners == {"grp-a", "grp-b"}


# --- forms ----------------------------------------------------------------------------------------


def test_forms_of_a_list(line: Line) -> None:
    listed = _data(line, "services")["nodes"]
    lines = line.there("services", "-o", "ndjson").stdout.splitlines()
    assert [json.loads(each) for each in lines] == listed
    rows = list(csv.DictReader(io.StringIO(line.there("services", "-o", "csv").stdout)))
    assert [row["key"] for row in rows] == [each["key"] for each in listed]
    piped = line.there("services").stdout.splitlines()
    assert [row.split("\t")[0] for row in piped] == [each["key"] for each in listed]


def test_long_lists_come_page_by_page(line: Line) -> None:
    done = line.there("ci", "list", "--first", "100000", "-o", "ndjson", "--quiet")
    keys = [json.loads(each)["key"] for each in done.stdout.splitlines()]
    assert len(keys) > 600
    assert keys == sorted(set(keys))
    assert done.stderr == ""


def test_a_reader_that_goes_away_is_no_error(line: Line) -> None:
    env = {**line.env, "FITSM_URL": line.url}
    command = [COMMAND, "ci", "list", "--first", "100000", "-o", "ndjson", "--quiet"]
    with subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout
        assert child.stderr
        child.stdout.readline()
        child.stdout.close()
        assert child.stderr.read() == b""
    assert child.returncode == 0


@pytest.mark.parametrize(
    "words",
    [("what-if", "--fail", SEED), ("ci", "show", "svc-portal"), ("ci", "history", "svc-portal")],
    ids=" ".join,
)
def test_tables_fit_a_terminal_of_80_columns(line: Line, words: tuple[str, ...]) -> None:
    shown = _on_terminal(line, *words, "--no-color")
    assert shown
    assert not COLOUR.search(shown)
    assert max(len(each) for each in STYLE.sub("", shown).splitlines()) <= 80
    if "what-if" in words:
        assert COLOUR.search(_on_terminal(line, *words))


def _on_terminal(line: Line, *words: str) -> str:
    """What a command writes on a terminal of 80 columns."""
    import pty
    import termios

    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (24, 80))
    env = {**line.env, "FITSM_URL": line.url, "TERM": "xterm"}
    env.pop("COLUMNS")
    env.pop("NO_COLOR", None)
    with subprocess.Popen(
        [COMMAND, *words], env=env, stdout=slave, stderr=subprocess.DEVNULL, stdin=slave
    ):
        os.close(slave)
        written = b""
        while True:
            try:
                read = os.read(master, 65536)
            except OSError:  # how Linux says that nobody writes any more
                break
            if not read:
                break
            written += read
    os.close(master)
    return written.decode().replace("\r\n", "\n")


def test_a_file_that_cannot_be_used_is_told_in_a_sentence(line: Line, tmp_path: Path) -> None:
    for place in (tmp_path / "nothing.json", tmp_path):
        done = line.here("sync", str(place))
        assert done.returncode == 2, done.stderr
        assert "FILE_UNUSABLE" in done.stderr
        assert str(place) in done.stderr
        assert "Traceback" not in done.stderr


def test_a_blast_radius_is_told_with_its_proofs(line: Line) -> None:
    told = line.there("impact", SEED).stdout
    proof = next(row for row in told.splitlines() if row.startswith("svc-storage\tDOWN\t"))
    assert "(0 of 2 left, 1 needed)" in proof
    assert f" ← {SEED} ← assumed to fail" in proof


def test_both_names(line: Line) -> None:
    other = shutil.which("fitsm-graph", path=str(COMMAND.parent))
    assert other
    said = subprocess.run([other, "--version"], capture_output=True, check=True).stdout
    assert said == line.here("--version").stdout.encode()


# --- verbs ----------------------------------------------------------------------------------------


def test_the_life_of_a_ci(line: Line) -> None:
    moment = to_text(SystemClock().now())
    new = ("ci", "register", "web-7", "--name", "Web 7", "--type", "Server", "--set")
    dry = line.there(*new, "serialNumber=CZ1", "--dry-run", "-o", "json")
    assert (dry.returncode, line.written(moment)) == (10, 0)
    assert [each["op"] for each in json.loads(dry.stdout)["changes"]] == ["CREATE"]
    made = line.there(*new, "serialNumber=CZ1", "--reason", "growth", "--key", "web-7-once")
    assert (made.returncode, made.stdout) == (0, "web-7\n")
    again = line.there(*new, "serialNumber=CZ1", "--reason", "growth", "--key", "web-7-once")
    assert (again.returncode, again.stdout) == (0, "web-7\n")
    assert "done before" in again.stderr
    assert line.there(*new, "serialNumber=CZ2", "--key", "web-7-once").returncode == 5
    assert line.there(*new, "serialNumber=CZ1").returncode == 5
    assert line.written(moment) == 1

    version = _data(line, "ci", "show", "web-7")["version"]
    change = ("ci", "update", "web-7", "--set", "heightUnits:=2", "--expect", str(version))
    assert line.there(*change).returncode == 0
    assert line.there(*change[:4], "heightUnits:=3", *change[5:]).returncode == 5
    assert line.there("ci", "update", "web-7", "--json", "-", input='{"name": "W"}').returncode == 0
    assert line.there("ci", "relate", "web-7", "DEPENDS_ON", SEED).returncode == 0
    assert line.there("ci", "own", "web-7", "grp-nobody").returncode == 3
    assert line.there("ci", "unrelate", "web-7", "DEPENDS_ON", SEED).returncode == 0
    assert line.there("ci", "retire", "web-7").returncode == 2, "nobody can be asked"
    assert line.there("ci", "retire", SEED, "--yes").returncode == 1, "it is still needed"
    assert line.there("ci", "retire", "web-7", "--yes", "--change", "CHG-1").returncode == 0
    steps = line.ask(document("LedgerChanges"), since=moment)["ledgerEntries"]
    steps = [each for each in steps if each["via"] != "scheduler"]
    assert [each["verb"].partition(".")[2] for each in steps] == [
        *("register", "update", "update", "relate", "unrelate", "retire")
    ]
    assert {each["via"] for each in steps} == {"graphql"}
    assert steps[-1]["change"] == "CHG-1"


def test_a_lost_answer_does_nothing_twice(line: Line) -> None:
    keys: list[str] = []

    def answer(request: BaseHTTPRequestHandler, body: bytes) -> None:
        keys.append(json.loads(body)["variables"]["key"])
        headers = {name: request.headers[name] for name in ("authorization", "content-type")}
        real = httpx.post(f"{line.url}/graphql/", content=body, headers=headers, trust_env=False)
        if len(keys) == 1:
            request.connection.shutdown(socket.SHUT_RDWR)  # done, and nobody will hear of it
            return
        respond(request, real.status_code, real.headers["content-type"], real.content)

    begun = to_text(SystemClock().now())
    with listening(answer) as url:
        made = line.there("ci", "register", "once-1", "--kind", "component", "--name", "O", url=url)
    assert (made.returncode, made.stdout) == (0, "once-1\n"), made.stderr
    assert "lost" in made.stderr
    assert keys[0]
    assert keys == [keys[0]] * 2
    assert line.written(begun) == 1


# --- types and scope ------------------------------------------------------------------------------

TYPES = """
Telescope:
  doc: Telescope with its mount.
  icon: telescope
  tag: Tk
  attributes:
    aperture_m: {{kind: float, unit: m, {more}doc: Diameter of the main mirror.}}
"""


def test_types_come_into_force_unless_elements_would_not_conform(
    line: Line, tmp_path: Path
) -> None:
    folder = tmp_path / "ci_types"
    folder.mkdir()
    file = folder / "astronomy.yaml"
    file.write_text(TYPES.format(more=""))
    apply = ("types", "apply", str(tmp_path))
    assert line.there("types", "check", str(tmp_path)).returncode == 0
    assert line.there(*apply, "--plan").returncode == 10
    assert line.there(*apply, "--yes", "--reason", "an observatory").returncode == 0
    assert line.there(*apply, "--plan").returncode == 0
    made = line.there("ci", "register", "tel-1", "--name", "T", "--type", "Telescope")
    assert made.returncode == 0, made.stderr
    file.write_text(TYPES.format(more="required: true, "))
    refused = line.there(*apply, "--yes", "-o", "json")
    assert refused.returncode == 1
    assert "WOULD_NOT_CONFORM" in refused.stderr
    assert [each["key"] for each in json.loads(refused.stdout)["wouldNotConform"]] == ["tel-1"]
    assert line.there(*apply, "--yes", "--accept-breaks").returncode == 0
    shown = _data(line, "types", "show", "Telescope")["attributes"]
    assert [(each["name"], each["required"]) for each in shown] == [("apertureM", True)]
    assert "Telescope" in {each["name"] for each in _data(line, "types", "list")}
    file.write_text("Telescope: [")
    assert line.there("types", "check", str(tmp_path)).returncode == 2


def test_an_incident_goes_its_way(line: Line) -> None:
    given = ("incident", "register", "array A is gone", SEED, "--category", "storage")
    dry = line.there(*given, "--dry-run")
    assert (dry.returncode, dry.stdout) == (10, ""), dry.stderr
    assert "priority " in dry.stderr
    made = line.there(*given)
    key = made.stdout.strip()
    assert (made.returncode, key[:4]) == (0, "INC-"), made.stderr
    alone = line.there("incident", "prioritise", key, "--impact", "low")
    assert (alone.returncode, "OVERRIDE_REASON" in alone.stderr) == (2, True)
    other = ("--impact", "low", "--override-reason", "a test", "-o", "json")
    told = json.loads(line.there("incident", "prioritise", key, *other).stdout)["incident"]
    assert (told["impact"], told["overrideReason"]) == ("low", "a test")
    listed = {each["key"]: each for each in _data(line, "incident", "list")}
    assert listed[key]["category"] == "storage"
    answering = _data(line, "duties", "who", key)
    assert answering["by"] != "owner", "nobody was named"
    people = line.there("duties", "who", key)
    assert people.returncode == 0, people.stderr
    assert all(each["key"] in people.stdout for each in answering["parties"])
    assert line.there("duties", "who", "INC-999999").returncode == 3
    done = line.here("incident", "resolve", key, "array B took over")
    assert done.returncode == 0, done.stderr
    assert key not in line.there("incident", "list").stdout


def test_a_policy_goes_its_way(line: Line, tmp_path: Path) -> None:
    """Drafted with an account over the API, and approved at the machine of the database."""
    file = tmp_path / "week.yaml"
    file.write_text('zone: UTC\nweek: {mon-fri: ["09:00-17:00"]}\n', encoding="utf-8")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("zone: Mars\nweek: always\nhours: 1\n", encoding="utf-8")
    kept = ("service-calendar", "clinic")
    told = line.there("policy", "check", *kept, str(wrong), "-o", "json")
    assert told.returncode == 2, told.stderr
    assert [each["path"] for each in json.loads(told.stdout)["errors"]] == [["hours"], ["zone"]]
    assert line.there("policy", "check", *kept, str(file)).returncode == 0
    dry = line.there("policy", "draft", *kept, str(file), "--dry-run")
    assert (dry.returncode, dry.stdout) == (10, "")
    made = line.there("policy", "draft", *kept, str(file), "--reason", "a new one")
    key = made.stdout.strip()
    assert key == "service-calendar/clinic/1", made.stderr
    own = line.there("policy", "approve", key)
    assert (own.returncode, "SEPARATION_OF_DUTIES" in own.stderr) == (1, True)
    done = line.here("policy", "approve", key, "--reason", "alone here")
    assert done.returncode == 0, done.stderr
    shown = _data(line, "policy", "show", "service-calendar/clinic")
    assert (shown["key"], shown["approver"], shown["authors"]) == (key, "system", ["admin"])
    listed = _data(line, "policy", "list", "--kind", "service-calendar", "--status", "approved")
    assert {each["name"] for each in listed} == {"24x7", "office", "clinic"}
    table = line.there("policy", "show", key).stdout
    assert '"mon-fri"' in table
    needed = line.there("policy", "retire", "life/Incident/1")
    assert (needed.returncode, "POLICY_NEEDED" in needed.stderr) == (1, True)
    assert line.there("policy", "retire", key).stdout == f"{key}\n"
    assert line.there("policy", "show", "service-calendar/clinic").returncode == 3


def test_a_scope_is_defined_and_shown(line: Line) -> None:
    define = ("scope", "define", "All", "--statement", "everything", "--exclude", "AiModel")
    assert line.there(*define, "--dry-run").returncode == 10
    assert line.there(*define).returncode == 0
    assert line.here(*define, "--dry-run").returncode == 0
    (shown,) = _data(line, "scope", "show")
    assert (shown["name"], shown["excludedCiTypes"]) == ("All", ["AiModel"])
    assert line.there("scope", "define", "Odd", "--statement", "x", "--type", "Odd").returncode == 3
    refused = line.there("ci", "register", "--name", "M", "--type", "AiModel")
    assert refused.returncode == 1
    assert "OUT_OF_SCOPE" in refused.stderr


# --- what goes wrong ------------------------------------------------------------------------------


def test_exit_codes_of_a_client(line: Line) -> None:
    assert line.there("ci", "show", "nothing-of-this-key").returncode == 3
    assert line.there("impact", SEED, "--as-of", "yesterday").returncode == 2
    assert line.there("impact").returncode == 2
    assert line.there("ledger", "head", url=f"{line.url}/impact").returncode == 6
    stranger = Line({**line.env, "FITSM_TOKEN": "fsg_wrong"}, line.url)
    assert stranger.there("ledger", "head").returncode == 4
