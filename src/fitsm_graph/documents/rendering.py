"""Documents as pages: whole in themselves, printable, with nothing from elsewhere.

What comes from data is escaped; a policy in the page and in the answer's header lets nothing in but
the page's own sheet, by its digest.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from fitsm_graph.kernel.text import printable

FOLDER = Path(__file__).parent / "html"
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:\.\d+)?Z")
NOTHING = "–"


def page(content: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    """A document as a page.

    Args:
        content: What it says.
        document: Its record, and whom it is meant for as `distribution`.
    """
    told = {"approver": "", "approved_at": None, **document}
    template = _environment().get_template("document.html")
    return template.render(content=content, document=told, policy=page_policy(), style=_sheet())


@cache
def page_policy() -> str:
    """What a page may load: nothing but its own sheet."""
    digest = base64.b64encode(hashlib.sha256(_sheet().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@cache
def _sheet() -> str:
    return (FOLDER / "document.css").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=printable,
    )
    made.filters["shown"] = _shown
    made.tests["moment"] = _is_moment
    return made


def _shown(value: Any) -> str:
    """A value for people: moments to the minute in UTC, lists with commas, numbers as they are."""
    if value is None or value in ("", []):
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_shown(each) for each in value)
    return _MOMENT.sub(r"\1 \2 UTC", str(value)) if _is_moment(value) else str(value)


def _is_moment(value: Any) -> bool:
    return isinstance(value, str) and _MOMENT.fullmatch(value) is not None
