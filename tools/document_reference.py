#!/usr/bin/env python3
"""The kinds of documents as a page: what each is of, what it asks, and what it tells."""

from reference_table import table

from fitsm_graph.documents.declaring import DocumentForm, Time
from fitsm_graph.documents.due import REGULAR
from fitsm_graph.documents.kinds import FORMS
from fitsm_graph.documents.shaping import Section

INTRODUCED = """\
# Documents

Printed from `documents/kinds.py` by `make docs`.

Outputs that the processes hand out are kept as they were when they were issued
([how to keep documents](../how-to/keep-documents.md)). Each kind asks named questions of the public
API, in `src/fitsm_graph/documents/questions/`, as whoever issues it; its parts are picked from the
answers. A content is canonical JSON: `sections` with `facts` (`name`, `label`, `value`) or with
`columns` and `rows`.
"""
OF_TIME = {
    Time.NOW: "how things are",
    Time.PERIOD: "a period, which is given",
    Time.AHEAD: "a time to come: 90 days, or as is given",
}


def documents_page() -> str:
    """All kinds: a table to find one, then each with its parts."""
    rows = (
        (
            f"[{each.title}](#{each.title.lower().replace(' ', '-')})",
            f"`{each.word.value}`",
            each.process.value.upper(),
            each.requirement,
            each.subject or "–",
            "yes" if each.approved else "–",
        )
        for each in FORMS.values()
    )
    head = ("document", "kind", "process", "requirement", "about", "approved")
    parts = [INTRODUCED, table(head, rows)]
    for each in FORMS.values():
        parts += _kind(each)
    return "\n".join(parts)


def _kind(form: DocumentForm) -> list[str]:
    facts = [f"Of {OF_TIME[form.time]}."]
    facts += [f"About one {form.subject}."] if form.subject else []
    facts += [f"None is made where {form.needs_why}."] if form.needs else []
    facts += ["Somebody else approves it before it is issued."] if form.approved else []
    regular = form.word.value in REGULAR
    facts += ["Can be issued regularly, by a policy `document-plan`."] if regular else []
    asked = ", ".join(f"`{name}`" for name in form.operations)
    question = f"Asks {asked} of `{form.word.value}.graphql`."
    rows = map(_part, form.sections)
    return [
        f"## {form.title}\n",
        f"{form.doc} {' '.join(facts)} {question}\n",
        table(("part", "tells"), rows),
    ]


def _part(section: Section) -> tuple[str, str]:
    names = ", ".join(f"`{each.name}`" for each in section.columns)
    return section.heading, names
