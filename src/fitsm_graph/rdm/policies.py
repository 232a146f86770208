"""What release and deployment management keeps as policies, and the lives of its records (PR13)."""

from fitsm_graph.flow.lives import Lived
from fitsm_graph.rdm.acceptance import ACCEPTANCE_KIND
from fitsm_graph.rdm.classifying import TYPE_KIND
from fitsm_graph.rdm.deployment_rules import DEPLOYMENT_KIND
from fitsm_graph.rdm.inclusion import INCLUSION_KIND
from fitsm_graph.rdm.strategies import STRATEGY_KIND

LIVES = (
    Lived(
        "Release",
        also=(
            "deployment.begin",
            "deployment.complete",
            "deployment.fail",
            "deployment.back_out",
            "deployment.plan_back_out",
            "test_result.record",
            "communication.register",
            "training.register",
        ),
    ),
    Lived("Deployment", also=("release.plan", "release.review", "release.cancel")),
    Lived("CommunicationAction"),
    Lived("TrainingRecord"),
)

KINDS = (STRATEGY_KIND, TYPE_KIND, INCLUSION_KIND, ACCEPTANCE_KIND, DEPLOYMENT_KIND)
