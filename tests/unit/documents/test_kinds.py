"""Every kind of document asks valid questions, and tells only what these ask for."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    parse,
    validate,
)

from fitsm_graph.api.schema import build_schema, core_of
from fitsm_graph.bootstrap import KINDS
from fitsm_graph.confm.types import default_registry
from fitsm_graph.documents.declaring import FOLDER, DocumentForm
from fitsm_graph.documents.due import PLAN
from fitsm_graph.documents.kinds import FORMS
from fitsm_graph.documents.shaping import Facts, Table
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.requirements import REQUIREMENTS
from fitsm_graph.model.declare import RECORDS
from fitsm_graph.model.sms_documents import LASTING, PROCESS, REPORTED, DocumentWord

Asked = dict[str, Any]
FORM = pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.word.value)


def test_every_word_has_its_kind_and_its_question() -> None:
    assert set(FORMS) == set(DocumentWord)
    assert {each.stem for each in FOLDER.iterdir()} == {each.value for each in DocumentWord}


@FORM
def test_its_declaration_holds(form: DocumentForm) -> None:
    assert form.requirement in REQUIREMENTS
    assert not form.subject or form.subject in {*REPORTED, *LASTING}
    assert form.subject in {"", PROCESS} or form.subject in RECORDS
    headings = [each.heading for each in form.sections]
    assert len(set(headings)) == len(headings)
    for each in form.sections:
        names = [column.name for column in each.columns]
        assert len(set(names)) == len(names), each.heading


@FORM
def test_its_question_is_valid(form: DocumentForm) -> None:
    schema = core_of(build_schema(default_registry()))
    document = parse(form.question)
    assert validate(schema, document) == []
    operations = [e for e in document.definitions if isinstance(e, OperationDefinitionNode)]
    assert {
        each.name.value: {one.variable.name.value for one in each.variable_definitions or ()}
        for each in operations
        if each.name
    } == form.operations


@FORM
def test_whatever_it_tells_is_asked_for(form: DocumentForm) -> None:
    data = asked(form)
    for section in form.sections:
        rows = [data] if isinstance(section, Facts) else list(rows_of(section, data))
        for column in section.columns:
            if column.take is None:
                place = (column.place or column.name).split(".")
                assert all(there(row, place) for row in rows), (section.heading, column.name)


def asked(form: DocumentForm) -> Asked:
    """What answers look like: names within names, as the operations ask."""
    document = parse(form.question)
    fragments = {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }

    def below(node: Any) -> Asked:
        found: Asked = {}
        for each in node.selection_set.selections if node.selection_set else ():
            if isinstance(each, FieldNode):
                name = each.alias.value if each.alias else each.name.value
                found[name] = below(each)
            elif isinstance(each, FragmentSpreadNode):
                found |= below(fragments[each.name.value])
        return found

    data: Asked = {}
    for each in document.definitions:
        if isinstance(each, OperationDefinitionNode) and each.name:
            told = below(each)
            name = each.name.value
            paged = "after" in form.operations[name]
            data |= {name[0].lower() + name[1:]: told["rows"]} if paged else told
    return data


def rows_of(table: Table, data: Asked) -> Iterator[Asked]:
    place = table.rows.split(".")
    assert there(data, place), table.heading
    for name in place:
        data = data[name]
    yield {**data, **data[table.spread]} if table.spread else data


def there(data: Asked, place: list[str]) -> bool:
    for name in place:
        if name not in data:
            return False
        data = data[name]
    return True


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"kind": "kedb"}, ("every",)),
        ({"kind": "release_report", "every": "month"}, ("kind",)),
        ({"kind": "kedb", "every": "day"}, ("every",)),
        ({"kind": "kedb", "every": "week", "to": ["a", "a"]}, ("to", 1)),
        ({"kind": "kedb", "every": "week", "of": "x"}, ("of",)),
        ({"kind": "kedb", "every": "week", "about": "mail"}, ("about",)),
        ({"kind": "service_report", "every": "month"}, ("about",)),
        ({"kind": "process_report", "every": "month", "about": "cooking"}, ("about",)),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(document: Asked, path: tuple[Any, ...]) -> None:
    with pytest.raises(BadInput) as wrong:
        KINDS.kind(PLAN).checked("x", json.loads(json.dumps(document)))
    assert wrong.value.problems[0].path == path


def test_a_plan_names_the_service_or_process_it_tells_of() -> None:
    for kind, about in (("service_report", "mail"), ("process_report", "isrm")):
        plan = KINDS.kind(PLAN).checked("x", {"kind": kind, "every": "month", "about": about})
        assert (plan.word.value, plan.about) == (kind, about)


def test_a_plan_names_whom_it_is_for() -> None:
    kind = KINDS.kind(PLAN)
    plan = kind.checked("x", {"kind": "kedb", "every": "week", "to": ["ada"]})
    assert kind.parties(plan) == ("ada",)
