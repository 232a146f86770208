"""The timeline of a record as people read it: what was done, said and raised, by whom (PR9.1)."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from e2e.cli_inside import Said, Served, command, served
from fitsm_graph.graph.driver import Endpoint

INCIDENT, CHANGE = "INC-000001", "CHG-000001"
ACTS = (
    ("ci", "register", "rack-4", "--name", "Rack", "--type", "Rack"),
    ("incident", "register", "no power in rack 4", "rack-4"),
    ("incident", "comment", INCIDENT, "looked at the fans"),
    ("incident", "attach", INCIDENT, "https://wiki.example.org/power"),
    ("change", "from-incident", INCIDENT, "rack-4", "--title", "a second feed"),
    ("change", "comment", CHANGE, "not on a Friday"),
    ("group", "register", "Operations", "--known-as", "ops"),
    ("incident", "assign", INCIDENT, "ops"),
    ("customer", "register", "The college", "--known-as", "college"),
    ("customer", "register", "The school", "--known-as", "school"),
    ("incident", "resolve", INCIDENT, "the fuse was replaced", "--reason", "it is light again"),
)


@pytest.fixture(scope="module")
def there(neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server on which an incident has led to a change and is over."""
    with served(neo4j_endpoint, tmp_path_factory.mktemp("server")) as made:
        for words in ACTS:
            done = fsg(made, *words)
            assert done.code == 0, (words, done.stderr)
        yield made


def fsg(there: Served, *words: str) -> Said:
    return command({"FITSM_URL": there.url, "FITSM_TOKEN": there.token}, *words)


def read(there: Served, *words: str) -> Any:
    said = fsg(there, *words, "-o", "json")
    assert said.code == 0, said.stderr
    return json.loads(said.stdout)


def shape(told: Any) -> list[tuple[str, list[tuple[str, str]]]]:
    """Verbs of the entries, each with what it changed, by kind and op."""
    return [
        (entry["verb"], sorted((each["kind"], each["op"]) for each in entry["changes"]))
        for entry in told["entries"]
    ]


def test_it_tells_what_was_done_said_and_raised_from_it(there: Served) -> None:
    told = read(there, "incident", "history", INCIDENT)
    verbs = dict(shape(told))
    assert list(verbs) == [
        *("incident.register", "incident.comment", "incident.attach"),
        *("change.from_incident", "incident.assign", "incident.resolve"),
    ]
    assert ("Incident", "CREATE") in verbs["incident.register"]
    assert ("AFFECTS", "RELATE") in verbs["incident.register"]
    assert ("Comment", "CREATE") in verbs["incident.comment"]
    assert ("Attachment", "CREATE") in verbs["incident.attach"]
    assert verbs["change.from_incident"] == [("RAISED_FROM", "RELATE")]
    assert ("Incident", "UPDATE") in verbs["incident.resolve"]
    assert told["entries"][-1]["reason"] == "it is light again"
    names = {each["key"]: (each["kind"], each["name"]) for each in told["names"] if each["key"]}
    assert names[INCIDENT] == ("Incident", "no power in rack 4")
    assert names[CHANGE] == ("Change", "a second feed")
    assert names["rack-4"] == ("CI", "Rack")
    ids = {each["id"] for entry in told["entries"] for each in entry["changes"]}
    assert ids <= {each["id"] for each in told["names"]}


def test_comments_of_what_refers_to_it_are_that_ones_own(there: Served) -> None:
    told = read(there, "change", "history", CHANGE)
    assert [verb for verb, _ in shape(told)] == ["change.from_incident", "change.comment"]
    assert "looked at the fans" not in json.dumps(told)
    assert "not on a Friday" in json.dumps(told)


def test_the_table_names_records_by_their_keys(there: Served) -> None:
    said = fsg(there, "incident", "history", INCIDENT)
    assert said.code == 0
    assert f"{CHANGE} → {INCIDENT}" in said.stdout
    assert f"{INCIDENT} → rack-4" in said.stdout
    assert "looked at the fans" in said.stdout
    assert "status: registered → resolved" in said.stdout
    for each in read(there, "incident", "history", INCIDENT)["names"]:
        assert not each["key"] or each["id"] not in said.stdout


def test_by_id_it_is_told_alike_and_of_its_own_kind_alone(there: Served) -> None:
    id = read(there, "incident", "show", INCIDENT)["id"]
    by_id, by_key = (read(there, "incident", "history", each) for each in (id, INCIDENT))
    assert by_id == by_key
    for words in (("change", id), ("change", INCIDENT), ("problem", "PRB-000009")):
        said = fsg(there, words[0], "history", words[1])
        assert said.code != 0
        assert "NOT_FOUND" in said.stderr
        assert "there is no" in said.stderr


def test_a_group_tells_of_itself_and_not_of_all_that_it_owns(there: Served) -> None:
    told = read(there, "group", "history", "ops")
    assert [verb for verb, _ in shape(told)] == ["group.register"]


def test_what_was_retired_is_told_by_its_id_alone(there: Served) -> None:
    id = read(there, "customer", "show", "college")["id"]
    gone = fsg(there, "customer", "retire", "college")
    assert (gone.code, gone.stdout) == (0, "college\n"), gone.stderr
    assert "ledger entry" in gone.stderr
    told = read(there, "customer", "history", id)
    assert [verb for verb, _ in shape(told)] == ["customer.register", "customer.retire"]
    said = fsg(there, "customer", "history", "college")
    assert "NOT_FOUND" in said.stderr
    told = read(there, "customer", "retire", "school")
    assert told["ok"]
    assert told["customer"] is None


def test_a_kind_that_is_not_there_is_told_with_the_next_one(
    there: Served, tmp_path_factory: pytest.TempPathFactory
) -> None:
    asked = tmp_path_factory.mktemp("asked") / "history.graphql"
    asked.write_text('{ recordHistory(kind: "Incidents", of: "INC-000001") { names { id } } }')
    said = fsg(there, "query", str(asked))
    assert said.code != 0
    assert "UNKNOWN_KIND" in said.stderr
    assert "Incident" in said.stderr
