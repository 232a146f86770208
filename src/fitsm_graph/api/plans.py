"""Questions about one element are compiled once for a document, where nothing but its name differs.

What is compiled depends on the selection, on what the reader may see, and on variables below the
root field. Without these the same text asks for any element; only the name travels.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLResolveInfo,
    InlineFragmentNode,
    ListValueNode,
    ObjectValueNode,
    SelectionNode,
    VariableNode,
)

from fitsm_graph.api.questions import Compiler
from fitsm_graph.api.rows import Form
from fitsm_graph.api.selection import selected
from fitsm_graph.api.statement import Question

MOST = 8
"""Plans that are kept of one document: of several fields, for several kinds of readers."""
NAME = "p0"
"""The parameter that has the element's name: the first that is put in."""
Plans = dict[Hashable, "Plan | None"]
"""What is known of a document, by field and reader; None: it is compiled each time."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A compiled question without the name of its element."""

    text: str
    form: Form | None
    parameters: Mapping[str, Any]

    def about(self, name: str) -> Question:
        """The question about one element."""
        return Question(self.text, {**self.parameters, NAME: name}, self.form)


def about_one(
    plans: Plans,
    compiler: Compiler,
    info: GraphQLResolveInfo[Any],
    kind: str,
    ref: Mapping[str, str],
    now: datetime,
) -> Question:
    """The question about one element, as it is known or compiled now.

    Args:
        plans: Of the document.
        compiler: For the reader.
        info: Of the root field that is being answered.
        kind: Of the element.
        ref: Its id or key.
        now: What durations are counted from.
    """
    by, name = next(iter(ref.items()))
    reader = compiler.sight, compiler.withheld, compiler.sources
    nodes = tuple(map(id, info.field_nodes))  # which there are may depend on variables above them
    key = nodes, kind, by, reader
    plan = plans.get(key)
    if plan is not None:
        return plan.about(name)
    question = compiler.one(kind, ref, selected(info), now)
    if key not in plans:
        if len(plans) >= MOST:
            plans.clear()
        plans[key] = _plan(question) if _is_fixed(info.field_nodes, info.fragments) else None
    return question


def _plan(question: Question) -> Plan | None:
    """What is asked, without the name."""
    if question.later:
        return None
    rest = {name: value for name, value in question.parameters.items() if name != NAME}
    return Plan(question.text, question.form, rest)


def _is_fixed(roots: Iterable[FieldNode], fragments: Mapping[str, Any]) -> bool:
    """Whether all below root fields is the same each time: no variables, no filters by time."""
    left: list[SelectionNode] = [
        each for root in roots if root.selection_set for each in root.selection_set.selections
    ]
    seen: set[str] = set()
    while left:
        node = left.pop()
        if node.directives:
            return False
        if isinstance(node, FragmentSpreadNode):
            if node.name.value in seen:
                continue
            seen.add(node.name.value)
            details = fragments[node.name.value]
            left += getattr(details, "definition", details).selection_set.selections
        elif isinstance(node, InlineFragmentNode):
            left += node.selection_set.selections
        elif isinstance(node, FieldNode):
            for each in node.arguments or ():
                if each.name.value == "where" or _varies(each.value):
                    return False
            left += node.selection_set.selections if node.selection_set else ()
    return True


def _varies(value: Any) -> bool:
    if isinstance(value, ListValueNode):
        return any(_varies(each) for each in value.values)
    if isinstance(value, ObjectValueNode):
        return any(_varies(each.value) for each in value.fields)
    return isinstance(value, VariableNode)
