"""How a kind of document is declared: what it is of, what it asks, what it tells (GR2.3)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from fitsm_graph.documents.shaping import Section
from fitsm_graph.model.declare import Process
from fitsm_graph.model.sms_documents import LASTING, DocumentWord

FOLDER = Path(__file__).parent / "questions"
_OPERATION = re.compile(r"^query (\w+)(?:\(([^)]*)\))?", re.MULTILINE)
_VARIABLE = re.compile(r"\$(\w+):")


class Time(StrEnum):
    """What a document has to do with time.

    Attributes:
        NOW: It tells how things are.
        PERIOD: It tells of a period, which has to be given.
        AHEAD: It tells of a time to come: as long as is given, or as is usual.
    """

    NOW = "now"
    PERIOD = "period"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class DocumentForm:
    """One kind of document.

    Attributes:
        doc: What it is for, in a sentence.
        sections: What it tells, in order.
        subject: What it is about: a kind of record, `Service` or `Process`; empty: all there is.
        time: What it has to do with time.
        approved: Somebody else has to approve it before it is issued.
        needs: A place in the answers that has to have something; empty: none has.
        needs_why: Why there is no such document where it has nothing.
    """

    word: DocumentWord
    title: str
    process: Process
    requirement: str
    doc: str
    sections: tuple[Section, ...]
    subject: str = ""
    time: Time = Time.NOW
    approved: bool = False
    needs: str = ""
    needs_why: str = ""

    @property
    def regular(self) -> bool:
        """Whether it can be issued again and again: not where it is about a case."""
        return not self.subject or self.subject in LASTING

    @property
    def question(self) -> str:
        """The GraphQL document that its content comes from."""
        return _text(self.word.value)

    @property
    def operations(self) -> Mapping[str, frozenset[str]]:
        """What is asked, in order: operations with the names of their variables."""
        return {
            name: frozenset(_VARIABLE.findall(variables))
            for name, variables in _OPERATION.findall(self.question)
        }


@cache
def _text(word: str) -> str:
    return (FOLDER / f"{word}.graphql").read_text(encoding="utf-8")
