"""`impact --file`: every line has its answer or its reason, in order, from one process."""

import json
import random
import subprocess
import sys

import pytest

CASE = {
    "elements": ["app", "db"],
    "requirements": [{"of": "app", "members": ["db"], "need": 1, "strength": "hard"}],
    "down": ["db"],
}
GOOD = json.dumps(CASE)


def run(*arguments, given=None):
    command = [sys.executable, "-m", "fitsm_graph", "impact", *arguments]
    return subprocess.run(command, input=given, capture_output=True, check=False, timeout=120)


def answers(done):
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def test_wrong_lines_are_named_and_the_others_answered(tmp_path):
    file = tmp_path / "cases.ndjson"
    bad = json.dumps({**CASE, "requirements": [{**CASE["requirements"][0], "need": -1}]})
    latin = b'{"elements": ["\xff"]}'
    lines = [GOOD.encode(), bad.encode(), b"{nonsense", b"", latin, GOOD.encode()]
    file.write_bytes(b"\n".join(lines))
    done = run("--file", str(file), "-o", "json")
    assert done.returncode == 7
    found = answers(done)
    assert [each.get("line") for each in found] == [None, 2, 3, 5, None]
    assert found[0]["states"] == found[-1]["states"] == {"app": "DOWN", "db": "DOWN"}
    assert found[1]["errors"][0]["path"] == ["requirements", 0, "need"]
    assert found[3]["errors"][0]["code"] == "BAD_ENCODING"
    told = done.stderr.decode()
    assert "line 2/requirements/0/need" in told
    assert "3 of 5 cases" in told
    assert "Traceback" not in told


def test_one_object_over_many_lines_from_stdin():
    done = run("--file", "-", "-o", "json", given=json.dumps(CASE, indent=2).encode())
    assert done.returncode == 0
    assert [each["states"]["app"] for each in answers(done)] == ["DOWN"]
    assert done.stderr == b""


def test_a_file_that_is_not_there_is_a_matter_of_usage(tmp_path):
    done = run("--file", str(tmp_path / "none"))
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"FILE_UNUSABLE" in done.stderr


def test_an_empty_file_has_no_answer_and_no_error(tmp_path):
    file = tmp_path / "empty"
    file.write_bytes(b"\n \n")
    done = run("--file", str(file))
    assert (done.returncode, done.stdout) == (0, b"")


@pytest.mark.parametrize("more", [["app"], ["--as-of", "2026-01-01T00:00:00Z"], ["-o", "csv"]])
def test_what_does_not_fit_a_file_is_refused(tmp_path, more):
    file = tmp_path / "cases"
    file.write_text(GOOD)
    assert run("--file", str(file), *more).returncode == 2


def test_a_reader_that_goes_away_is_no_error(tmp_path):
    file = tmp_path / "cases"
    file.write_text("\n".join([GOOD] * 5_000))
    command = [sys.executable, "-m", "fitsm_graph", "impact", "--file", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout
        assert child.stderr
        child.stdout.readline()
        child.stdout.close()
        assert child.stderr.read() == b""
    assert child.returncode == 0


@pytest.mark.full
def test_ten_thousand_cases(tmp_path):
    file = tmp_path / "cases"
    chosen = random.Random(4)
    with file.open("w", encoding="utf-8") as out:
        for _ in range(10_000):
            names = [f"e{n}" for n in range(chosen.randint(2, 30))]
            needs = [
                {"of": name, "members": chosen.sample(names, 2), "need": 1, "strength": "hard"}
                for name in names
            ]
            case = {"elements": names, "requirements": needs, "down": chosen.sample(names, 1)}
            out.write(json.dumps(case) + "\n")
    done = run("--file", str(file), "-o", "json")
    assert done.returncode == 0
    assert len(answers(done)) == 10_000
