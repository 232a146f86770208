"""A script that sends a source to a server, as somebody would write it who wants to be killed.

    FITSM_TOKEN=… python sending_script.py URL FILE ROWS_IN_A_CHUNK [--leave-out K] [--skip K]

Where a run goes on already, it resumes it: that is all it knows of whoever died before. It says
each request (`asks`) and each answer (`heard`) with the moment, and in the end `done` with the
summary. `--leave-out` forgets the rows of a chunk, `--skip` also counts it as sent: two scripts
that lose something, and that the tests must find out.
"""

import argparse
import json
import os
import time
from pathlib import Path

import httpx

from fitsm_graph.discovery.client import Sync

SOURCE = "test"


def say(*words: object) -> None:
    print(*words, flush=True)  # noqa: T201 - read by whoever started it


def asks(request: httpx.Request) -> None:
    say("asks", time.monotonic(), request.url.path)


def heard(response: httpx.Response) -> None:
    say("heard", time.monotonic(), response.request.url.path)


def going_on(http: httpx.Client, url: str, token: str) -> str:
    """Key of the run that goes on; empty where there is none."""
    place, headers = f"{url}/sync/v1/{SOURCE}/default/runs", {"Authorization": f"Bearer {token}"}
    while True:
        try:
            answer = http.get(place, headers=headers)
        except httpx.HTTPError:
            time.sleep(0.2)
            continue
        if answer.status_code != 503:
            runs = answer.raise_for_status().json()["runs"]
            return next((each["run"] for each in runs if each["status"] == "running"), "")
        time.sleep(0.2)


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("url")
    words.add_argument("file", type=Path)
    words.add_argument("size", type=int)
    words.add_argument("--leave-out", type=int, default=0)
    words.add_argument("--skip", type=int, default=0)
    given = words.parse_args()
    token, lines = os.environ["FITSM_TOKEN"], given.file.read_bytes().splitlines()
    parts = [lines[start : start + given.size] for start in range(0, len(lines), given.size)]
    hooks = {"request": [asks], "response": [heard]}
    with httpx.Client(timeout=60.0, trust_env=False, event_hooks=hooks) as http:
        resume = going_on(http, given.url, token)
        with Sync(given.url, token, source=SOURCE, resume=resume, client=http) as run:
            for number, part in enumerate(parts, start=1):
                if number == given.skip:
                    run._number += 1
                if number not in {given.leave_out, given.skip}:
                    for line in part:
                        run.put_line(line)
                    run.flush()
    say("done", json.dumps(run.summary))


if __name__ == "__main__":
    main()
