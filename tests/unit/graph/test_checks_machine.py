"""What doctor says of this machine: each fault planted, and none where there is none."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

import fitsm_graph
from fitsm_graph.graph.checks import declared_schema, declared_unique, judged
from fitsm_graph.graph.checks_machine import (
    OF_THE_TESTS,
    SETTINGS,
    disk,
    machine,
    private_files,
    python,
    settings,
)
from fitsm_graph.graph.local.settings import cache_root, data_root
from fitsm_graph.kernel.checks import MOST_TOLD, Word, of_found
from fitsm_graph.model.declare import RECORDS

SETTING = re.compile(r"FITSM_[A-Z0-9]+(?:_[A-Z0-9]+)*")


@pytest.mark.parametrize(
    ("version", "word"),
    [((3, 10), Word.FAILED), ((3, 11), Word.OK), ((3, 14), Word.OK), ((3, 15), Word.FAILED)],
)
def test_python_is_one_the_product_is_made_for(version: tuple[int, int], word: Word) -> None:
    assert python(version).word is word


@pytest.mark.parametrize(
    ("version", "word"),
    [
        ("4.4.38", Word.FAILED),
        ("5.25.1", Word.FAILED),
        ("5.26.0", Word.OK),
        ("2026.08.1", Word.OK),
        ("2027.01.0-rc1", Word.OK),
    ],
)
def test_neo4j_is_new_enough(version: str, word: Word) -> None:
    assert judged(version, "community", "bolt://x").word is word


@pytest.mark.parametrize(
    ("mib", "word"), [(100, Word.FAILED), (900, Word.WARNING), (5_000, Word.OK)]
)
def test_a_disk_that_fills_up_is_told(tmp_path: Path, mib: int, word: Word) -> None:
    told = disk(tmp_path / "not" / "there", lambda _path: SimpleNamespace(free=mib << 20))
    assert told.word is word
    assert told.facts == {"folder": str(tmp_path), "freeMiB": mib}


def test_secrets_that_others_can_read_are_told(tmp_path: Path) -> None:
    assert private_files(tmp_path).word is Word.OK
    (tmp_path / "pepper").touch(mode=0o600)
    (tmp_path / "neo4j").mkdir()
    (tmp_path / "neo4j" / "password").touch(mode=0o600)
    assert private_files(tmp_path).word is Word.OK
    (tmp_path / "neo4j" / "password").chmod(0o640)
    told = private_files(tmp_path)
    assert told.word is Word.FAILED
    assert "neo4j/password" in told.cause
    assert "chmod 600" in told.fix


def test_the_origin_of_each_setting_is_told_and_no_secret(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    env = {
        "FITSM_DATA": "/elsewhere",
        "FITSM_NEO4J_URI": "bolt://db:7687",
        "FITSM_NEO4J_PASSWORD_FILE": str(secret),
        "FITSM_TOKEN": "fsg_hunter2",
    }
    told = settings(env)
    assert told.word is Word.OK
    found = told.facts["settings"]
    assert set(found) == {each.name for each in SETTINGS}
    assert found["FITSM_DATA"] == {"origin": "environment", "value": "/elsewhere"}
    assert found["FITSM_NEO4J_PASSWORD_FILE"] == {"origin": "file", "value": str(secret)}
    assert found["FITSM_CACHE"] == {"origin": "default", "value": str(cache_root({}))}
    assert settings({}).facts["settings"]["FITSM_DATA"]["value"] == str(data_root({}))
    assert "hunter2" not in repr(told)


def test_settings_that_do_not_fit_or_that_nothing_reads_are_told() -> None:
    lost = settings({"FITSM_NEO4J_URI": "bolt://db:7687"})
    assert lost.word is Word.FAILED
    assert "password" in lost.cause
    assert settings({"FITSM_NEO4J_PORT": "many"}).word is Word.FAILED
    typo = settings({"FITSM_NEO4J_URL": "bolt://db:7687"})
    assert typo.word is Word.WARNING
    assert typo.fix == "did you mean 'FITSM_NEO4J_URI'?"


def test_all_checks_of_the_machine_are_made(tmp_path: Path) -> None:
    names = [each.name for each in machine({"FITSM_DATA": str(tmp_path)})]
    assert names == ["python", "settings", "disk", "private_files"]


def test_what_is_found_is_counted_and_shown_in_part() -> None:
    assert of_found("x", [], "things", "mend them").word is Word.OK
    told = of_found("x", [f"k{n}" for n in range(7)], "things are wrong", "mend them")
    assert told.cause == "7 things are wrong: k0, k1, k2, k3, k4, …"
    many = of_found("x", ["k"] * MOST_TOLD, "things are wrong", "mend them", word=Word.WARNING)
    assert many.cause.startswith("1,000 or more things are wrong")
    assert many.word is Word.WARNING


def test_every_kind_of_record_has_a_unique_key_in_the_migrations() -> None:
    made = {
        (label, properties[0])
        for kind, labels, properties in declared_schema().values()
        for label in labels
        if kind == "unique"
    }
    assert set(declared_unique()) <= made
    assert len({label for label, _ in declared_unique()}) > len(RECORDS) // 2


def test_doctor_knows_every_setting_that_the_product_reads() -> None:
    sources = Path(fitsm_graph.__file__).parent.rglob("*.py")
    read = {name for each in sources for name in SETTING.findall(each.read_text(encoding="utf-8"))}
    assert read <= {each.name for each in SETTINGS} | set(OF_THE_TESTS)
