"""What incident and service request management keeps as policies, and the lives of its records."""

from dataclasses import dataclass
from typing import Any

from fitsm_graph.flow import criteria
from fitsm_graph.flow.class_rules import class_rules
from fitsm_graph.flow.criteria import Criterion, Facts, check_covered, read_criterion
from fitsm_graph.flow.escalation_path import PATH, parse_path, parties_of
from fitsm_graph.flow.lives import Lived
from fitsm_graph.flow.policies import PolicyKind
from fitsm_graph.flow.reading import Path, Reader
from fitsm_graph.flow.schemes import SCHEME, parse_scheme
from fitsm_graph.flow.target_form import UPDATES
from fitsm_graph.flow.templates import parse_template
from fitsm_graph.flow.weighing import FACTS as OF_IMPACT
from fitsm_graph.flow.weighing import IMPACT, MATRIX, impact_fits
from fitsm_graph.isrm.alert_rules import ALERTS, parse_alerts
from fitsm_graph.isrm.assessing import MAJOR
from fitsm_graph.isrm.closing import CLOSURE, parse_closure
from fitsm_graph.isrm.intake_rules import INTAKE, intake_fits, parse_intake
from fitsm_graph.isrm.matrix import (
    URGENCY,
    matrix_fits,
    parse_matrix,
    parse_urgency,
    urgency_fits,
)
from fitsm_graph.isrm.updates import parse_updates

LIVES = (
    Lived("Incident", also=("major_incident_review.register",)),
    Lived("MajorIncidentReview"),
    Lived("RequestOffering", also=("service_request.register",)),
    Lived("ServiceRequest"),
)

FACTS = (*OF_IMPACT, criteria.LINKED_INCIDENTS)
"""What is known of an incident when it is held against the criteria of a major one."""


@dataclass(frozen=True, slots=True)
class MajorIncidentCriteria:
    """Any of which makes an incident a candidate (PR9.6)."""

    criteria: tuple[Criterion, ...]

    def met(self, facts: Facts) -> tuple[str, ...]:
        """Keys of the criteria that some facts meet."""
        return tuple(each.key for each in self.criteria if each.met(facts))


def parse_major(_name: str, document: Any, read: Reader) -> MajorIncidentCriteria | None:
    """Read criteria of major incidents.

    criteria:
      - {key: critical-service-down, when: {services_down: 1, criticality: 1}}
    """
    given = read.fields(document, (), ("criteria",), ("criteria",))
    found: list[tuple[Path, Criterion]] = []
    for place, said in enumerate(read.items(given.get("criteria"), ("criteria",), "criteria")):
        path: Path = ("criteria", place)
        each = read.fields(said, path, ("key", "when", "doc"), ("key", "when"))
        key = read.word(each.get("key"), (*path, "key"))
        one = read_criterion(key, each.get("when"), (*path, "when"), FACTS, read)
        if one is not None:
            found.append((path, one))
    read.once([one.key for _, one in found], ("criteria",))
    check_covered(found, read, ordered=False)
    return MajorIncidentCriteria(tuple(one for _, one in found))


KINDS = (
    PolicyKind(
        SCHEME,
        "The tree of categories that incidents, requests and problems are classified by.",
        "PR9.1",
        parse_scheme,
    ),
    PolicyKind(MATRIX, "Priority from impact and urgency.", "PR9.1", parse_matrix, matrix_fits),
    PolicyKind(
        IMPACT,
        "Impact from the services that are reached.",
        "PR9.1",
        class_rules(OF_IMPACT),
        impact_fits,
    ),
    PolicyKind(
        URGENCY,
        "Urgency from the time that is left and from redundancy.",
        "PR9.1",
        parse_urgency,
        urgency_fits,
    ),
    PolicyKind(
        MAJOR,
        "What makes an incident a candidate for a major one.",
        "PR9.6",
        parse_major,
    ),
    PolicyKind(CLOSURE, "How incidents and service requests end.", "PR9.5", parse_closure),
    PolicyKind(
        INTAKE,
        "How incidents are taken in: what is like them, and what of those that name no element.",
        "PR9.1",
        parse_intake,
        intake_fits,
    ),
    PolicyKind(
        ALERTS, "Which element an alert is about, and how hard it is hit.", "PR9.1", parse_alerts
    ),
    PolicyKind(UPDATES, "How often users are told, by priority.", "PR9.4", parse_updates),
    PolicyKind(
        PATH,
        "Who is told, the later the higher.",
        "PR9.3",
        parse_path,
        parties=parties_of,
    ),
    PolicyKind(
        "notification-template", "The words of messages about an event.", "PR9.4", parse_template
    ),
)
