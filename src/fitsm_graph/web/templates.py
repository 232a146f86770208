"""Templates: escaped by default, undefined names are errors, no logic beyond loops and choices."""

from functools import cache
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from fitsm_graph.kernel.text import plural, printable
from fitsm_graph.web.assets import library
from fitsm_graph.web.words import in_words, look

FOLDER = Path(__file__).parent / "html"


@cache
def environment() -> Environment:
    """Build the environment of the templates."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=printable,
    )
    made.globals.update(look=look, plural=plural, in_words=in_words, htmx=library("htmx.org"))
    made.globals["m"] = made.get_template("macros.html").module
    return made


def render(
    template: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    signed_in: bool = True,
    **words: Any,
) -> HTMLResponse:
    """Render a template as a page."""
    context = {"status": status, "signed_in": signed_in, **words}
    page = environment().get_template(template).render(context)
    return HTMLResponse(page, status_code=status, headers=headers)
