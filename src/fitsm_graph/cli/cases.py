"""`fitsm-graph impact --file`: cases answered line by line, without a database."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import IO, Any

import orjson

from fitsm_graph.cli.output import emit, note, tell
from fitsm_graph.cli.saying import PARTIAL
from fitsm_graph.cli.values import STDIN, unreadable
from fitsm_graph.impact.cases import answer_stream
from fitsm_graph.kernel.errors import Problem
from fitsm_graph.kernel.text import plural

TOLD = 20
"""Wrong lines that are told on stderr; all of them are among the answers."""
BLOCK = 200
"""Answers that are written at once where nobody waits for each."""


def answer_cases(file: Path) -> int:
    """Answer every case of a file; 0, or 7 when one cannot be answered.

    Raises:
        BadInput: The file cannot be read.
    """
    try:
        chosen = nullcontext(sys.stdin.buffer) if str(file) == STDIN else file.open("rb")
    except OSError as error:
        raise unreadable(str(file), error) from error
    with chosen as stream:
        return _answered(stream, at_once=str(file) == STDIN)


def _answered(stream: IO[bytes], *, at_once: bool) -> int:
    count, wrong = 0, 0
    block: list[str] = []
    size = 1 if at_once else BLOCK
    for text, good in _answers(stream):
        count += 1
        if not good:
            wrong += 1
            _tell(text, wrong)
        block.append(text + "\n")
        if len(block) >= size:
            emit("".join(block))
            block.clear()
    emit("".join(block))
    if wrong:
        note(f"{wrong:,} of {plural(count, 'case')} could not be answered")
    elif not count:
        note("there is no case in it")
    return PARTIAL if wrong else 0


def _answers(stream: Iterable[bytes]) -> Iterator[tuple[str, bool]]:
    """Answers in the order of the lines; a line that is not UTF-8 cannot be answered."""
    refused: list[str] = []
    for answer in answer_stream(_decoded(stream, refused)):
        yield from ((text, False) for text in refused)
        refused.clear()
        yield answer
    yield from ((text, False) for text in refused)


def _decoded(stream: Iterable[bytes], refused: list[str]) -> Iterator[str]:
    for number, line in enumerate(stream, 1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            refused.append(_not_utf8(number, error))
            yield ""


def _not_utf8(number: int, error: UnicodeDecodeError) -> str:
    problem: dict[str, Any] = {
        "code": "BAD_ENCODING",
        "message": f"not UTF-8: {error.reason} at byte {error.start + 1} of the line",
        "why": "JSON is UTF-8",
        "remedy": "write the file as UTF-8",
        "path": [],
    }
    return orjson.dumps({"line": number, "errors": [problem]}).decode()


def _tell(text: str, wrong: int) -> None:
    """Say on stderr what is wrong with a line, while there are not too many."""
    if wrong == TOLD + 1:
        note("… further wrong lines are only among the answers")
    if wrong > TOLD:
        return
    found = orjson.loads(text)
    for each in found["errors"]:
        path = (f"line {found['line']}", *each["path"])
        tell(Problem(each["code"], each["message"], each["why"], each["remedy"], path))
