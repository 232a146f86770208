"""Results of tests as JUnit XML, which most programs that test write (PR13.4).

Only counts and names are taken. The text comes from outside: it is read without entities and
without anything fetched, and has bounds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from fitsm_graph.kernel.errors import BadInput

LARGEST = 1_000_000
"""Characters of a text."""
MOST_TESTS = 50_000
MOST_NAMES = 50
"""Names of failed tests that are kept."""
LONGEST_NAME = 200
ROOTS = ("testsuites", "testsuite")


@dataclass(frozen=True, slots=True)
class Counted:
    """How tests went.

    Attributes:
        names: Of those that failed or broke, the first of them.
    """

    passed: int
    failed: int
    skipped: int
    names: tuple[str, ...] = ()

    def stored(self) -> dict[str, Any]:
        """The same as fields of a record."""
        counts = {name: getattr(self, name) for name in ("passed", "failed", "skipped")}
        return {**counts, "failures": list(self.names) or None}


def counted(text: str) -> Counted:
    """Count the tests of a JUnit XML text, each by itself: totals that it tells are not trusted.

    Raises:
        BadInput: JUNIT_INVALID.
    """
    if len(text) > LARGEST:
        raise _invalid(f"it has {len(text):,} characters, and {LARGEST:,} are the most")
    try:
        root = fromstring(text, forbid_dtd=True)
    except ParseError as error:
        line, column = error.position
        raise _invalid(f"it is no XML at line {line} column {column + 1}") from error
    except DefusedXmlException as error:
        raise _invalid("it declares entities or a document type") from error
    except ValueError as error:
        raise _invalid(str(error)[:200]) from error
    if _name(root) not in ROOTS:
        raise _invalid(f"it is no `testsuite`, but '{_name(root)[:40]}'")
    return _count(list(_cases(root)))


def _count(cases: list[Element]) -> Counted:
    if not cases:
        raise _invalid("it has no tests")
    failed = [case for case in cases if _has(case, "failure", "error")]
    skipped = sum(_has(case, "skipped") and not _has(case, "failure", "error") for case in cases)
    names = tuple(_called(case) for case in failed[:MOST_NAMES])
    return Counted(len(cases) - len(failed) - skipped, len(failed), skipped, names)


def _cases(root: Element) -> Iterator[Element]:
    for number, each in enumerate(each for each in root.iter() if _name(each) == "testcase"):
        if number >= MOST_TESTS:
            raise _invalid(f"it has more than {MOST_TESTS:,} tests")
        yield each


def _has(case: Element, *names: str) -> bool:
    return any(_name(each) in names for each in case)


def _name(element: Element) -> str:
    """The name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _called(case: Element) -> str:
    parts = (case.get("classname", ""), case.get("name", ""))
    return ".".join(filter(None, parts))[:LONGEST_NAME]


def _invalid(why: str) -> BadInput:
    return BadInput(
        "the results are no JUnit XML",
        code="JUNIT_INVALID",
        why=why,
        remedy="give the file that the test runner wrote, or counts",
        path=("junitXml",),
        requirement="PR13.4",
    )
