"""Documents about every kind of record and for every verb on one, made from what is declared."""

from collections.abc import Iterator
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from fitsm_graph.api.fields import record_fields
from fitsm_graph.api.links import Link, asked_kinds, links_of, plural, singular
from fitsm_graph.api.verbs import offered, signature
from fitsm_graph.graph.signature import Argument, fields_of_tuple
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.model.declare import RECORDS
from fitsm_graph.model.registry_types import camel_case

FAR = {"Element": "id key name", "Party": "id key name", "ProcessRecord": "id key"}
PAYLOAD_HEAD = """ok errors { code message why remedy path }
  changes { op kind id target before after }"""


def selection(kind: str) -> str:
    """All fields of a kind, and what its links lead to."""
    links = " ".join(_linked(each) for each in links_of(kind).values())
    return f"{{ {' '.join(record_fields(kind))} {links} }}"


def _linked(link: Link) -> str:
    far = f"{{ {FAR.get(link.far, 'id key')} }}"
    if not link.carried:
        return f"{link.name} {far}"
    return f"{link.name} {{ {' '.join(link.carried)} {link.end} {far} }}"


def record_questions(hidden: str) -> dict[str, list[tuple[str, dict[str, Any]]]]:
    """Questions about every kind by field: all of them, one, and those linked with an element."""
    cases: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for kind in asked_kinds():
        one, many = singular(kind), plural(kind)
        key = f"{RECORDS[kind].prefix}-000001"
        cases[one] = [(f'{{ {one}(by: {{key: "{key}"}}) {selection(kind)} }}', {})]
        page = f"{{ totalCount nodes {selection(kind)} }}"
        cases[many] = [(f"{{ {many} {page} }}", {})]
        for link in links_of(kind).values():
            for where in _filters(link, hidden):
                cases[many].append((f"{{ {many}(where: {{{link.name}: {where}}}) {page} }}", {}))
    return cases


def _filters(link: Link, hidden: str) -> Iterator[str]:
    if link.far != "Element":
        return
    named = f'{{key: {{eq: "{hidden}"}}}}'
    inner = f"{{{link.end}: {named}}}" if link.carried else named
    yield from (f"{{{word}: {inner}}}" for word in ("some", "every", "none"))
    yield "{count: {gte: 2}}"


def record_mutations(element: str) -> dict[str, list[str]]:
    """A mutation of every verb on a record, with an element for whatever names one.

    Those that name an element are meant, all others are dry runs: what they would do stays undone.
    """
    cases = {}
    for name, verb in offered().items():
        asked = [each for each in signature(verb).given if each.required or each.many]
        given = ", ".join(
            f"{camel_case(each.name)}: {_value(each, verb.on, element)}" for each in asked
        )
        cases[camel_case(name)] = [
            f"mutation {{ {camel_case(name)}(dryRun: {dry}, input: {{{given}}}) "
            f"{{ {PAYLOAD_HEAD} {singular(verb.on)} {selection(verb.on)} }} }}"
            for dry in (("true", "false") if any(map(_names_element, asked)) else ("true",))
        ]
    return cases


def _names_element(each: Argument) -> bool:
    parts = fields_of_tuple(each.type) if hasattr(each.type, "_fields") else ()
    return "Element" in {each.refers, *(part.refers for part in parts)}


def _value(each: Argument, kind: str, element: str) -> str:
    one = _one(each, kind, element)
    return f"[{one}]" if each.many else one


def _one(each: Argument, kind: str, element: str) -> str:
    if each.refers == "Element":
        return f'"{element}"'
    if each.refers:
        named = RECORDS.get(each.refers)
        return f'"{named.prefix if named else kind}-000001"'
    if each.moment:
        ends = "ends" in each.name
        return f'"2030-01-0{2 if ends else 1}T00:00:00Z"'
    if hasattr(each.type, "_fields"):
        parts = [part for part in fields_of_tuple(each.type) if part.required]
        inside = (f"{camel_case(part.name)}: {_value(part, kind, element)}" for part in parts)
        return f"{{{', '.join(inside)}}}"
    if isinstance(each.type, type) and issubclass(each.type, Enum):
        return next(iter(each.type)).name
    return {int: "1", float: "0.5", bool: "true", dict: "{}"}.get(each.type, '"x"')


AGAIN = (
    'registerIncident(input: {title: "again", category: "storage", '
    'affects: [{element: "ELEMENT", effect: DOWN}]})'
)
ONE_OF_EACH = (
    'registerProblem(input: {title: "x", incidents: ["INC-000001"], investigates: ["ELEMENT"]})',
    'registerKnownError(input: {problem: "PRB-000001", workaround: "wait"})',
    'tryKnownError(input: {ref: "KER-000001", incident: "INC-000001", helped: true})',
    'registerWorkaround(input: {knownError: "KER-000001", workaround: "walk"})',
    'tryWorkaround(input: {ref: "WKA-000001", incident: "INC-000001", helped: true})',
    'suspectProblemCause(input: {problem: "PRB-000001", title: "x", liesIn: ["ELEMENT"]})',
    'suspectProblemCause(input: {problem: "PRB-000001", title: "x", reasonOf: "CAU-000001"})',
    """proposeProblemOption(input: {problem: "PRB-000001", title: "x", effort: "low", risk: "low",
       effect: "low"})""",
    'raiseSuggestionFromProblem(input: {problem: "PRB-000001"})',
    'registerSuggestion(input: {title: "x", wouldImprove: ["ELEMENT"]})',
    'evaluateSuggestion(input: {ref: "SUG-000001", value: "low", effort: "low", urgency: "low"})',
    'acceptSuggestion(input: {suggestion: "SUG-000001", decision: "so be it"})',
    """registerImprovementAction(input: {improvement: "IMP-000001", title: "x",
       dueAt: "2030-01-01T00:00:00Z"})""",
    'aimImprovement(input: {ref: "IMP-000001", kpi: "ci_owned"})',
    'registerCustomer(input: {name: "x"})',
    'assignRole(input: {role: SMS_OWNER, person: "Person"})',
    'assignRole(input: {role: PROCESS_MANAGER, person: "Person", process: CHM})',
    'registerStandardChange(input: {title: "x", steps: ["x"], mayAlter: ["CI"]})',
    'registerChangeTask(input: {taskOf: "CHG-000001", title: "x", owner: "Group"})',
    'planBackOut(input: {ref: "CHG-000001", steps: "x"})',
    'classifyChange(input: {ref: "CHG-000001", type: EMERGENCY, overrideReason: "x"})',
    """proposeChangeVariant(input: {variantOf: "CHG-000001", title: "x",
       changes: [{element: "ELEMENT", effect: DEGRADED}]})""",
    'compareChangeVariants(input: {ref: "CHG-000001"})',
    'assessChange(input: {ref: "CHG-000001"})',
    'conveneCab(input: {startsAt: "2999-01-01T00:00:00Z"})',
    'approveChange(input: {ref: "CHG-000001"})',
    'assignRole(input: {role: PROCESS_MANAGER, person: "Person", process: RDM})',
    'includeInRelease(input: {ref: "REL-000001", changes: ["CHG-000001"]})',
    'planRelease(input: {ref: "REL-000001", worst: DOWN, overrideReason: "x"})',
    'registerTrainingRecord(input: {release: "REL-000001", title: "x"})',
    'registerCommunicationAction(input: {release: "REL-000001", title: "x", owner: "Group"})',
    """registerCommunicationAction(input: {release: "REL-000001", title: "y", to: ["Group"],
       text: "x", toUsers: true, way: MEETING})""",
    'buildRelease(input: {ref: "REL-000001", build: "x"})',
    """recordTestResult(input: {release: "REL-000001", kindOfTest: FUNCTIONAL,
       passed: 1, failed: 0})""",
    'waiveCriterion(input: {ref: "REL-000001", criterion: "back-out", why: "x"})',
    'acceptRelease(input: {ref: "REL-000001"})',
    'planDeploymentBackOut(input: {ref: "DEP-000001", steps: "x"})',
    'beginDeployment(input: {ref: "DEP-000001"})',
    """recordTestResult(input: {release: "REL-000001", kindOfTest: FUNCTIONAL,
       passed: 1, failed: 0, wave: "DEP-000001"})""",
    'failDeployment(input: {ref: "DEP-000001", result: "x"})',
    'backOutDeployment(input: {ref: "DEP-000001", result: "x"})',
    'commentIncident(input: {ref: "INC-000001", text: "x"})',
    'attachIncident(input: {ref: "INC-000001", url: "https://wiki.example.org/x"})',
    'escalateIncident(input: {ref: "INC-000001", why: "x", to: "Person"})',
    'declareMajorIncident(input: {ref: "INC-000001", coordinator: "Person", why: "x"})',
    'registerRequestOffering(input: {title: "x", service: "mail", steps: [{title: "y"}]})',
    'registerServiceRequest(input: {offering: "OFR-000001", requester: "Person"})',
    'registerMajorIncidentReview(input: {incident: "INC-000001"})',
    'defineConfigurationSource(input: {name: "racks", owner: "Group"})',
    'takeBaseline(input: {title: "x"})',
    'beginVerification(input: {plan: "default", seed: "x"})',
    'compareVerification(input: {ref: "VER-000001"})',
    'registerDeviation(input: {deviatesAt: "ELEMENT", title: "x", fields: ["name"]})',
    'raiseSuggestionFromDeviation(input: {deviation: "DEV-000001"})',
    "issueDocument(input: {kind: KEDB})",
    *(AGAIN for _ in range(4)),
    'beginTrendReview(input: {since: "SINCE", until: "NOW"})',
    'registerManagementDocument(input: {title: "x", kindOfDocument: POLICY, text: "x"})',
    'registerStakeholder(input: {title: "x", customer: "CUS-000001"})',
    'planReview(input: {kindOfReview: AUDIT, dueAt: "2030-01-01T00:00:00Z", owner: "Person"})',
    'holdReview(input: {ref: "RVW-000001", findings: ["x"], lookedAt: ["DCM-000001"]})',
    """registerNonconformity(input: {title: "x", ofRequirement: "PR12.3", foundIn: "RVW-000001",
       owner: "Group"})""",
    'registerComplaint(input: {title: "x", customer: "CUS-000001", service: "mail"})',
    """recordSatisfactionResult(input: {title: "x", customer: "CUS-000001", score: 40,
       service: "mail"})""",
    """takeEvent(input: {source: "default", event: {specversion: "1.0", id: "1", source: "/x",
       type: "x.down", subject: "ELEMENT"}})""",
    """setGoal(input: {title: "x", dueAt: "2030-01-01T00:00:00Z", plan: "MGD-000001",
       owner: "Person"})""",
    'raiseSuggestionFromComplaint(input: {origin: "CPL-000001", wouldImprove: ["ELEMENT"]})',
    """registerManagementDocument(input: {title: "x", kindOfDocument: SERVICE_DESCRIPTION,
       service: "mail", text: "x"})""",
    """planReview(input: {kindOfReview: SERVICE_REVIEW, service: "mail", customer: "CUS-000001",
       dueAt: "2030-01-01T00:00:00Z", owner: "Person"})""",
)
"""Mutations that make a record of each kind of the later processes, after an incident, a change
and an urgent release."""


def one_of_each(element: str) -> Iterator[str]:
    """Documents of these mutations, on an element, each made when it is needed.

    The last of them happen again and again within a moment, which stands out from the time before.
    """
    since = ""
    for each in ONE_OF_EACH:
        now = to_text(datetime.now(UTC))
        since = since or (now if each == AGAIN else "")
        said = each.replace("ELEMENT", element).replace("SINCE", since).replace("NOW", now)
        yield f"mutation {{ done: {said} {{ ok errors {{ code }} }} }}"
