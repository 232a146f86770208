"""Records given back for information, which go on once there is an answer (processes: rule 3).

What is missing stands in a field while the record waits, so that who is asked reads it, and so does
the message to them. The answer goes with its question below the description, where who decides
reads both, and nothing is missing any more. Who asked what and when is in the history, as ever.
"""

from collections.abc import Mapping
from typing import Any

from fitsm_graph.flow.lives import stepped
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import told
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.model.declare import RECORDS

MISSING = "decision"
"""Field with what is missing; a request, whose clocks wait meanwhile, has its reason to wait."""


def asked(question: str, requirement: str) -> str:
    """What is missing, in words.

    Raises:
        BadInput: It is empty.
    """
    return told(question, "question", "say what is missing", requirement)


def said(answer: str, requirement: str) -> str:
    """What was missing, in words.

    Raises:
        BadInput: It is empty.
    """
    return told(answer, "answer", "say what was missing", requirement)


def returned(
    tx: Tx, policies: Policies, kind: str, record: Properties, question: str, *, remedy: str = ""
) -> Properties:
    """State that a record waits until who asked for it or reported it says what is missing.

    Args:
        tx: The transaction.
        policies: In force.
        kind: Of the record.
        record: As it is.
        question: What is missing.
        remedy: What else can be done in a state from which it is not returned.

    Raises:
        Refused: ILLEGAL_TRANSITION.
    """
    target = _step(policies, kind, record, "return", remedy)
    return tx.update(kind, record, {"status": target, MISSING: question})


def answered(
    tx: Tx, policies: Policies, kind: str, record: Properties, answer: str, *, remedy: str = ""
) -> Properties:
    """State that a record that was returned goes on, with what was missing.

    Args:
        tx: The transaction.
        policies: In force.
        kind: Of the record.
        record: As it is.
        answer: What was missing.
        remedy: What else can be done where it was not returned.

    Raises:
        Refused: ILLEGAL_TRANSITION.
    """
    target = _step(policies, kind, record, "answer", remedy)
    known = with_answer(record, record.get(MISSING) or "", answer)
    return tx.update(kind, record, {"status": target, "description": known, MISSING: ""})


def with_answer(record: Mapping[str, Any], question: str, answer: str) -> str:
    """The description of a record, with a question and its answer below it.

    >>> with_answer({"description": "a desk"}, "of what?", "of wood").splitlines()
    ['a desk', '', 'of what?', 'of wood']
    """
    both = "\n".join(filter(None, (question, answer)))
    return "\n\n".join(filter(None, (record.get("description", ""), both)))


def _step(policies: Policies, kind: str, record: Properties, does: str, remedy: str) -> str:
    name = f"{RECORDS[kind].group}.{does}"
    return stepped(policies, kind, record, name, **({"remedy": remedy} if remedy else {}))
