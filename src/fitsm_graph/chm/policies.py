"""What change management keeps as policies, and the lives of its records (PR12)."""

from fitsm_graph.chm.approving import parse_approval, parse_reviews
from fitsm_graph.chm.classifying import parse_types
from fitsm_graph.chm.due import RHYTHM_KIND
from fitsm_graph.chm.risk import RISK_KIND
from fitsm_graph.chm.schedule_digest import KIND as SCHEDULE_KIND
from fitsm_graph.chm.standard import LIMIT_KIND
from fitsm_graph.chm.windows import parse_window
from fitsm_graph.flow.lives import Lived
from fitsm_graph.flow.policies import PolicyKind

LIVES = (
    Lived("Change", also=("change.from_standard", "change_task.register")),
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
    RISK_KIND,
    RHYTHM_KIND,
    SCHEDULE_KIND,
    PolicyKind(
        "approval-rule",
        "Who approves a change of each type, and how many.",
        "PR12.4",
        parse_approval,
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
