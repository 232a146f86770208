"""Secrets in command lines are hidden; what is none stays readable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitsm_graph.discovery.local.command_lines import LONGEST, scrub

WORD = "hun" + "ter2"


@pytest.mark.parametrize(
    "words",
    [
        ["mysql", "-u", "root", f"-p{WORD}"],
        ["psql", f"postgresql://anna:{WORD}@db/x"],
        ["app", f"--db-password={WORD}"],
        ["app", "--password", WORD],
        ["app", "--api-key", WORD],
        ["app", f"PGPASSWORD={WORD}", "run"],
        ["redis-cli", f"-a{WORD}"],
        ["curl", "-H", f"Authorization: Bearer {WORD}"],
        ["java", f"-Djavax.net.ssl.keyStorePassword={WORD}", "-jar", "a.jar"],
        ["app", f"--header=X-Api-Key: {WORD}"],
        ["app", f"https://{WORD}@host/path"],
        ["app", f"--auth-token:{WORD}"],
    ],
)
def test_a_secret_is_hidden(words: list[str]):
    assert WORD not in scrub(words)


def test_what_looks_random_is_hidden():
    token = "a1" * 10 + "Zz9" * 5
    assert token not in scrub(["app", f"--x={token}", token])


@pytest.mark.parametrize(
    "words",
    [
        ["/usr/sbin/nginx", "-g", "daemon off;"],
        ["java", "-Xmx2g", "-jar", "/opt/app/lib/server-1.2.3.jar", "--port=8080"],
        ["python", "-m", "http.server", "8000", "--bind", "127.0.0.1"],
        ["postgres", "-D", "/var/lib/postgresql/15/main", "-c", "config_file=/etc/x.conf"],
        ["/usr/bin/dockerd", "-H", "fd://", "--containerd=/run/containerd/containerd.sock"],
    ],
)
def test_what_is_no_secret_stays(words: list[str]):
    assert scrub(words) == " ".join(words)


@given(st.lists(st.text(max_size=50), max_size=80))
def test_any_words_become_one_printable_line(words: list[str]):
    line = scrub(words)
    assert line.isprintable()
    assert len(line) <= LONGEST
