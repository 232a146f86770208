"""The texts the managed server is started with, and the lock that pins it."""

import re
import shlex
from pathlib import Path

import pytest

from fitsm_graph.graph.local import LocalSettings, Profile
from fitsm_graph.graph.local.config import (
    argument_file,
    first_password_line,
    java_arguments,
    neo4j_conf,
)
from fitsm_graph.graph.local.failures import start_failed
from fitsm_graph.graph.local.lock import LOCK_FILE, read_lock

HERE = Path("/srv/cmdb")


def conf(profile: Profile) -> dict[str, str]:
    text = neo4j_conf(LocalSettings(data=HERE, cache=HERE, profile=profile), 7690, 128)
    return dict(line.split("=", 1) for line in text.splitlines())


def test_everything_that_listens_listens_on_loopback() -> None:
    for key, value in conf(Profile.PRODUCT).items():
        if key.endswith("address"):
            assert value.split(":")[0] == "127.0.0.1"
    assert conf(Profile.PRODUCT)["server.http.enabled"] == "false"
    assert conf(Profile.PRODUCT)["server.https.enabled"] == "false"


def test_the_limits_of_the_design_hold_in_every_profile() -> None:
    for profile in Profile:
        found = conf(profile)
        assert found["db.transaction.timeout"] == "30s"
        assert found["db.lock.acquisition.timeout"] == "5s"
        assert found["db.memory.transaction.max"] == "256m"
        assert found["dbms.security.auth_enabled"] == "true"
        assert found["dbms.usage_report.enabled"] == "false"


def test_shortcuts_are_for_tests_alone() -> None:
    assert conf(Profile.TEST)["db.tx_log.preallocate"] == "false"
    for profile in (Profile.PRODUCT, Profile.BENCH):
        assert "db.tx_log.preallocate" not in conf(profile)


def test_java_is_told_what_the_distribution_tells_it() -> None:
    jars = [HERE / "a.jar", HERE / "b.jar"]
    arguments = java_arguments(HERE, jars, 512, "x.Main")
    opened = {each for each in arguments if each.startswith("--add-opens")}
    assert len(opened) == 5
    assert "--enable-native-access=ALL-UNNAMED" in arguments
    assert arguments[arguments.index("-cp") + 1] == "/srv/cmdb/a.jar:/srv/cmdb/b.jar"
    assert arguments[arguments.index("x.Main") :] == [
        "x.Main",
        "--home-dir=/srv/cmdb",
        "--config-dir=/srv/cmdb/conf",
        "--console-mode",
    ]
    assert "-XX:+UseSerialGC" in arguments
    assert "-XX:+UseG1GC" in java_arguments(HERE, jars, 2048, "x.Main")


@pytest.mark.parametrize("word", ["plain", "with space", 'with "quote"', "back\\slash", "C:\\x y"])
def test_an_argument_file_says_what_was_meant(word: str) -> None:
    assert shlex.split(argument_file([word, "end"])) == [word, "end"]


def test_the_first_password_is_written_as_neo4j_writes_it() -> None:
    # The line `neo4j-admin dbms set-initial-password hello-world-1` of 2026.08.1 wrote.
    written = (
        "neo4j:SHA-256,3b8a2483754026c519b44cb2f4d585c22952c123defbfdd6a3d78ff2290f53d0,"
        "1868fa094c060d8e9c71cc91d64edfe6652bfef4335612cda01f6ee74bb1d2aa,1024:\n"
    )
    salt = bytes.fromhex(written.split(",")[2])
    assert first_password_line("hello-world-1", salt) == written
    assert first_password_line("hello-world-2", salt) != written


def test_the_lock_pins_files_and_names_no_host() -> None:
    lock = read_lock()
    assert len(lock.artefacts) > 200
    assert all(re.fullmatch("[0-9a-f]{64}", each.sha256) for each in lock.artefacts)
    assert "://" not in LOCK_FILE.read_text()
    server = next(each for each in lock.artefacts if each.coordinate.startswith("org.neo4j:neo4j:"))
    assert server.version == lock.version
    assert server.filename == f"neo4j-{lock.version}.jar"


@pytest.mark.parametrize(
    ("log", "code", "word"),
    [
        ("Lock file has been locked by another process", "LOCAL_FOLDER_TAKEN", "db"),
        ("java.io.IOException: No space left on device", "LOCAL_START_FAILED", "disk is full"),
        ("Downgrade is not supported", "LOCAL_START_FAILED", "newer version"),
        ("something else", "LOCAL_START_FAILED", "something else"),
        ("", "LOCAL_START_FAILED", "its process ended"),
    ],
)
def test_a_log_is_read_for_what_it_means(log: str, code: str, word: str) -> None:
    error = start_failed(HERE, log, "its process ended")
    assert error.code == code
    assert word in str(error)
