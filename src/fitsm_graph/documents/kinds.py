"""All kinds of documents: the one table of what each of them is (GR2.3)."""

from collections.abc import Mapping

from fitsm_graph.documents import (
    of_changes,
    of_improvement,
    of_incidents,
    of_problems,
    of_processes,
    of_releases,
    of_services,
)
from fitsm_graph.documents.declaring import DocumentForm
from fitsm_graph.model.sms_documents import DocumentWord

FORMS: Mapping[DocumentWord, DocumentForm] = {
    each.word: each
    for each in (
        *of_incidents.FORMS,
        *of_problems.FORMS,
        *of_changes.FORMS,
        *of_releases.FORMS,
        *of_improvement.FORMS,
        *of_services.FORMS,
        *of_processes.FORMS,
    )
}
