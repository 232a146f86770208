"""What change management keeps as policies, and the lives of its records (PR12)."""

from fitsm_graph.chm.approving import (
    APPROVAL,
    approvals_fit,
    parse_approval,
    parse_reviews,
    risks_fit,
)
from fitsm_graph.chm.classifying import parse_types
from fitsm_graph.chm.due import RHYTHM_KIND
from fitsm_graph.chm.risk import RISK, parse_risk
from fitsm_graph.chm.schedule_digest import KIND as SCHEDULE_KIND
from fitsm_graph.chm.standard import LIMIT_KIND
from fitsm_graph.chm.windows import parse_window
from fitsm_graph.flow.lives import Lived
from fitsm_graph.flow.policies import PolicyKind

LIVES = (
    Lived(
        "Change",
        also=(
            "change.from_standard",
            "change_task.register",
            "change_variant.propose",
            "change_variant.choose",
        ),
    ),
    Lived("ChangeVariant"),
    Lived("MaintenanceWindow"),
    Lived("ChangeTask"),
    Lived("StandardChange"),
    Lived("CABMeeting"),
)

KINDS = (
    PolicyKind(
        "change-type-criteria",
        "Whether a change is standard, normal, major or an emergency.",
        "PR12.1",
        parse_types,
    ),
    LIMIT_KIND,
    PolicyKind(
        RISK,
        "How risky a change is, in points of probability and consequence.",
        "PR12.3",
        parse_risk,
        approvals_fit,
    ),
    RHYTHM_KIND,
    SCHEDULE_KIND,
    PolicyKind(
        APPROVAL,
        "Who approves a change of each type and risk, and how many.",
        "PR12.4",
        parse_approval,
        risks_fit,
    ),
    PolicyKind(
        "change-window",
        "When changes are not begun, or when work is agreed on: freezes and maintenance windows.",
        "PR12.6",
        parse_window,
    ),
    PolicyKind(
        "review-rule",
        "By when the post implementation review of a change is due.",
        "PR12.5",
        parse_reviews,
    ),
)
