"""Change Management (PR12.3): ways in which one change could be carried out, compared and kept.

(:ChangeVariant)-[:VARIANT_OF]->(:Change)
(:ChangeVariant)-[:WOULD_ALTER {effect}]->(any element)
(:ChangeAssessment)-[:ASSESSES_VARIANT]->(:ChangeVariant)
"""

from typing import Annotated

from fitsm_graph.model.confm import ELEMENT_KINDS
from fitsm_graph.model.declare import Doc, Process, record, relation
from fitsm_graph.model.disturbance import HIT
from fitsm_graph.model.process import PROCESS_LABELS, ProcessRecord


@record(
    owner=Process.CHM,
    prefix="CHV",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="change_variant",
    columns=("status", "title", "risk", "risk_class", "services_down", "planned_starts_at"),
)
class ChangeVariant(ProcessRecord):
    """A way in which a change could be carried out, beside others (PR12.3).

    What it would alter, by which difference and when is never changed: another plan is another
    variant. What was computed of it stands in its assessments; here is the last of them.
    """

    planned_starts_at: Annotated[
        str | None, Doc("When its implementation would begin, UTC; null: not planned.")
    ] = None
    planned_ends_at: Annotated[str | None, Doc("When it would be over, UTC; null: likewise.")] = (
        None
    )
    difference: Annotated[
        str | None,
        Doc("What it would add to, change in and take from the graph, as JSON (PR12.1)."),
    ] = None
    difference_by: Annotated[
        str | None, Doc("Login of who planned that difference, if they acted for a person.")
    ] = None
    type: Annotated[
        str | None, Doc("Type that the change would be of; null: not compared, or nothing decides.")
    ] = None
    risk: Annotated[
        int | None, Doc("Probability times consequence, in points; null: not compared.")
    ] = None
    risk_class: Annotated[str, Doc("The class of these points, by the policy.")] = ""
    services_down: Annotated[
        int | None, Doc("Services that would be DOWN while it is implemented.")
    ] = None
    services_reached: Annotated[int | None, Doc("Services that would get worse meanwhile.")] = None
    services_down_if_fails: Annotated[
        int | None, Doc("Services that would be DOWN if it failed.")
    ] = None
    margin_left: Annotated[
        int | None,
        Doc("Failures that the redundancy which it uses could still bear; null: it uses none."),
    ] = None
    fingerprint: Annotated[
        str, Doc("Digest of its plan and of what the graph said of it when it was compared.")
    ] = ""
    compared_seq: Annotated[
        int | None, Doc("Ledger entry whose graph it was compared on last; null: it was not.")
    ] = None
    compared_at: Annotated[str | None, Doc("When that was, UTC.")] = None
    decision: Annotated[str, Doc("Why it was chosen or declined.")] = ""
    decided_by: Annotated[str, Doc("Login of who decided.")] = ""


VARIANT_OF = relation(
    "VARIANT_OF",
    owner=Process.CHM,
    sources=("ChangeVariant",),
    targets=("Change",),
    doc="The change that could be carried out so (PR12.3).",
    field="variant_of",
    back="variants",
    one=True,
)
WOULD_ALTER = relation(
    "WOULD_ALTER",
    owner=Process.CHM,
    sources=("ChangeVariant",),
    targets=ELEMENT_KINDS,
    doc="The element would be in the state `effect` while the change is implemented so (PR12.3).",
    field="would_alter",
    back="change_variants",
    carries=HIT,
)
ASSESSES_VARIANT = relation(
    "ASSESSES_VARIANT",
    owner=Process.CHM,
    sources=("ChangeAssessment",),
    targets=("ChangeVariant",),
    doc="The variant that it is about, where it is not about the change as it is planned (PR12.3).",
    field="assesses_variant",
    back="comparisons",
    one=True,
)
