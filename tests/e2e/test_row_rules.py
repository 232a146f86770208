"""What a principal may not see is not there: no answer, count, error or history tells of it."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from e2e.record_cases import record_mutations, record_questions
from fitsm_graph import bootstrap, hosting
from fitsm_graph.api.aggregates import aggregate_of
from fitsm_graph.api.fields import ANY_ELEMENT
from fitsm_graph.api.links import asked_kinds, links_of
from fitsm_graph.bootstrap import KINDS
from fitsm_graph.chm.service import register_change
from fitsm_graph.confm import service
from fitsm_graph.confm.baselines import take_baseline
from fitsm_graph.confm.deviations import register_deviation
from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.confm.types import define_scope
from fitsm_graph.confm.verifying import begin_verification, compare_verification
from fitsm_graph.flow.policies import InForce
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.verb import Request
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.isrm.service import register_incident
from fitsm_graph.pm.service import register_problem
from fitsm_graph.rdm.service import register_release
from fitsm_graph.sms import accounts
from fitsm_graph.sms.documents import register_document
from fitsm_graph.sms.service import register_party
from graph.syncing import emptied, run

MARK = "zzsecret"
REQUEST = Request(actor="setup", via="test")
PLAIN_OWN = "id key name kind description"
PLAIN = "id key name kind type description state why margin"
BOTH = f"{PLAIN} relations {{ type element {{ {PLAIN} }} }} owner {{ key }}"
ELEMENT = f"""{BOTH} ... on RedundancyGroup {{ members {{ weight element {{ {PLAIN} }} }} }}
  ... on CI {{ attributes {{ name value }} }}
  processRecords(first: 2) {{ totalCount nodes {{ key
    ... on Incident {{ affects {{ element {{ key }} }} }}
    ... on Change {{ alters {{ element {{ key }} }} }} }} }}"""
MEMBERS = "members { weight element { key name } }"
IMPACT = """{ version completeness { affectedCount hiddenCount note }
  seeds { id key name } affected { nodes { element { id key name type } before after } totalCount }
  services { element { key } before after } exposed { nodes { element { id key name } } }
  modellingErrors { element { id key name } why } confidence { level reasons }
  proofs { element { id key name } level text requirement { id label }
           because { id key name } unfounded { id key name } }
  graph { elements { id key name type } edges { source target requirement } omitted } }"""
WALK = f"""version complete note hiddenCount nodes {{ id hops hidden element {{ {ELEMENT} }} }}
  edges {{ source target type need strength weight confidence verifiedAt }}"""
PAGED = f"{{ {WALK} totalCount byHops {{ hops count }} pageInfo {{ startCursor endCursor }} }}"
PATHS = f"{{ {WALK} paths {{ length elements }} }}"
DIFF = f"""{{ fromSeq toSeq note complete addedCount removedCount changedCount relinkedCount
  added {{ id element {{ {PLAIN_OWN} }} }} removed {{ id }} nodes {{ id action }}
  changed {{ id element {{ {PLAIN_OWN} }} fields {{ name old new }} }}
  relinked {{ source type target action fields {{ name old new }} }} }}"""
FATE = f"""{{ note requirements {{ id element need total margin members examined cone providerCount
  providers {{ element members weight }} }} nodes {{ id hidden element {{ {ELEMENT} }} }}
  edges {{ source target type }} }}"""
POINTS = "{ cone elements { id key name } pairs { id key name } }"
DOC_PAYLOAD = """{ ok errors { code message why remedy path }
  changes { op kind id target before after } document { key name digest text } }"""
REPORTED = """mutation { issueDocument(input: {kind: VERIFICATION_REPORT, about: "VER-000001"}) {
  ok errors { message } } }"""
"""A document of who sees a part, about what has hidden elements in it."""
OF_SERVICE = """mutation { issueDocument(input: {kind: SERVICE_REPORT, about: "svc",
  since: "2020-01-01T00:00:00Z", until: "2030-01-01T00:00:00Z"}) { ok errors { message } } }"""
"""Another, about a service that needs hidden ones."""
POLICY = "{ key kind name status document digest authors approver owner { id key name } }"
RULE_PAYLOAD = f"""{{ ok errors {{ code message why remedy path }}
  changes {{ op kind id target before after }} policy {POLICY} }}"""
NAMING = f'{{ ci(by: {{key: "{MARK}-host"}}) {{ name }} }}'
"""A document that names what is hidden."""
PROPOSAL = "{ element elementKey elementType services }"
SYNC_PAYLOAD = f"{{ ok run answer errors {{ code message why remedy path }} proposal {PROPOSAL} }}"
HISTORY = "{ seq verb reason changes { op kind id target before after } }"
PAYLOAD = """{ ok errors { code message why remedy path } changes { op kind id target before after }
  element { id key name } }"""


STRICTER = {
    "extends": "Equipment", "doc": "Stricter.", "icon": "rack", "tag": "Ra",
    "attributes": {"capacity_units": {"kind": "integer", "doc": "N.", "required": True}},
}  # fmt: skip
"""A type that hidden elements would not conform to."""


class Reader:
    """Somebody with a token; answers come back as text, to be searched for what must not be."""

    def __init__(self, http: httpx.AsyncClient, token: str) -> None:
        self.http, self.headers = http, {"Authorization": f"Bearer {token}"}

    async def text(self, document: str, **variables: Any) -> str:
        body = {"query": document, "variables": variables}
        return (await self.http.post("/graphql/", json=body, headers=self.headers)).text

    async def ask(self, document: str, **variables: Any) -> Any:
        answer = json.loads(await self.text(document, **variables))
        assert "errors" not in answer, answer
        return answer["data"]


class Estate:
    """A product, who reads it with and without limits, and ids by key."""

    def __init__(self, product: bootstrap.Product, full: Reader, limited: Reader) -> None:
        self.product, self.full, self.limited = product, full, limited
        self.ids: dict[str, str] = {}
        self.began = self.ended = ""

    @property
    def hidden_ids(self) -> list[str]:
        return [id for key, id in self.ids.items() if MARK in key]

    def leaks(self, text: str) -> list[str]:
        """What of the hidden elements stands in an answer."""
        return [word for word in [MARK, *self.hidden_ids] if word in text]


ELEMENTS = (
    ("Service", "", "svc"),
    ("CI", "Application", "app"),
    ("CI", "Application", "spare"),
    ("CI", "VirtualMachine", "vm"),
    ("CI", "Server", f"{MARK}-host"),
    ("CI", "Server", f"{MARK}-other"),
    ("CI", "Rack", f"{MARK}-rack"),
    ("RedundancyGroup", "", "pair"),
)
RELATIONS = (
    ("DEPENDS_ON", "svc", "app"),
    ("RUNS_ON", "app", "vm"),
    ("RUNS_ON", "vm", "pair"),
    ("HAS_MEMBER", "pair", f"{MARK}-host"),
    ("HAS_MEMBER", "pair", f"{MARK}-other"),
    ("DEPENDS_ON", f"{MARK}-other", "vm"),
    ("MOUNTED_IN", f"{MARK}-host", f"{MARK}-rack"),
    ("RUNS_ON", "spare", f"{MARK}-host"),
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def estate(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Estate]:
    folder = tmp_path_factory.mktemp("rows")
    async with (
        emptied(neo4j_endpoint),
        bootstrap.opened(neo4j_endpoint, folder=folder) as product,
    ):
        await bootstrap.first_administrator(product)
        began = str((await run(product.graph, "MATCH (e:LedgerEntry) RETURN max(e.at)"))[0][0])
        made = await built(product)
        transport = httpx.ASGITransport(hosting.web_application(product))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            full = await bootstrap.new_token(product, "admin", 1, [])
            limited = await bootstrap.new_token(product, "lea", 1, [])
            estate = Estate(product, Reader(http, full.secret), Reader(http, limited.secret))
            estate.ids, estate.began = made, began
            estate.ended = product.clock.now().isoformat()
            for document in (REPORTED, OF_SERVICE):
                issued = await estate.limited.ask(document)
                assert issued["issueDocument"]["ok"], issued
            yield estate


async def built(product: bootstrap.Product) -> dict[str, str]:
    graph, registry, ids = product.graph, product.registry, {}
    for kind, type, key in ELEMENTS:
        hidden = MARK in key
        draft = ElementDraft(
            kind=kind,
            type=type,
            key=key,
            name=f"{key} name",
            description=f"{key} description" if hidden else "",
            need=1 if kind == "RedundancyGroup" else None,
            attributes={"serial_number": f"{MARK}-serial-{key}"} if type == "Server" else {},
        )
        ids[key] = (await graph.write(service.register_element, REQUEST, registry, draft)).value[
            "id"
        ]
    for type, source, target in RELATIONS:
        relation = RelationDraft(type=type, source=source, target=target)
        await graph.write(service.relate, REQUEST, registry, relation)
    scope = await graph.write(
        define_scope,
        REQUEST,
        registry,
        "software",
        "Machines are not ours.",
        ["Application", "VirtualMachine"],
    )
    await graph.write(
        accounts.create_account,
        REQUEST,
        "lea",
        ["process_manager"],
        "digest",
        sees=[scope.value["key"]],
    )
    await graph.write(register_document, REQUEST, f"{MARK} page", NAMING)
    await graph.write(register_party, REQUEST, "Person", {"key": "keeper", "name": "Keeper"})
    for key in ("vm", f"{MARK}-other"):
        await graph.write(service.assign_owner, REQUEST, key, "keeper")
    ruled = product.policies
    reaching = Reaches(await product.snapshot.current())
    hit = [(f"{MARK}-other", "down")]
    await graph.write(register_incident, REQUEST, ruled, reaching, "fan", hit)
    suspected = {"incidents": ["INC-000001"], "investigates": [f"{MARK}-other"]}
    await graph.write(register_problem, REQUEST, ruled, reaching, "fans", **suspected)
    await graph.write(register_release, REQUEST, ruled, reaching, "fans")
    await graph.write(
        register_change, REQUEST, ruled, reaching, "new fan", [(f"{MARK}-other", "at_risk")]
    )
    await graph.write(take_baseline, REQUEST, ruled, registry, "all")
    everything = {
        "every": "P90D",
        "within": "P21D",
        "sample": {"share": 1, "least": 5, "most": 200},
    }
    plan = KINDS.kind("verification-plan").checked("default", everything)
    whole = ruled.with_(InForce("verification-plan/x/1", "verification-plan", "default", "", plan))
    await graph.write(begin_verification, REQUEST, whole, registry, "default", seed="x")
    await graph.write(compare_verification, REQUEST, ruled, "VER-000001")
    at = f"{MARK}-other"
    await graph.write(register_deviation, REQUEST, ruled, registry, at, "new", fields=["name"])
    await graph.write(
        service.update_element, REQUEST, registry, at, {"description": f"{at} repainted"}
    )
    return ids


def quoted(text: str) -> str:
    """As it stands inside a string of GraphQL."""
    return text.replace('"', '\\"')


def questions(estate: "Estate") -> dict[str, list[tuple[str, dict[str, Any]]]]:
    """Documents for every root field of a query, with their variables."""
    ids = estate.ids
    host = ids[f"{MARK}-host"]
    one, both, what_if = f"{{ {ELEMENT} }}", f"{{ {BOTH} }}", "query($s: ScenarioInput!) { whatIf"
    later = ', asOf: "2999-01-01T00:00:00Z"'
    return {
        "node": [
            (f"query($id: ID!) {{ node(id: $id) {one} }}", {"id": ids[key]})
            for key in ("vm", "pair", "svc")
        ],
        "element": [
            (f'{{ element(id: "spare") {one} }}', {}),
            (f'{{ element(id: "pair") {one} }}', {}),
        ],
        "ci": [
            (f'{{ ci(by: {{key: "spare"}}) {both} }}', {}),
            ('{ ci(by: {key: "vm"}, asOf: "2999-01-01T00:00:00Z") { key name } }', {}),
        ],
        "service": [(f'{{ service(by: {{key: "svc"}}) {both} }}', {})],
        "cis": [
            (f"{{ cis(first: 99) {{ totalCount nodes {both} edges {{ cursor }} }} }}", {}),
            ('{ cis(where: {type: {isA: "Server"}}) { totalCount nodes { key } } }', {}),
            (
                "{ cis(orderBy: [{name: ASC}], first: 1) { nodes { key } edges { cursor } } }",
                {},
            ),
        ],
        "services": [(f"{{ services {{ totalCount nodes {both} }} }}", {})],
        "components": [(f"{{ components {{ totalCount nodes {both} }} }}", {})],
        "groups": [
            (
                f"{{ groups {{ totalCount nodes {{ {BOTH} members {{ element {{ key }} }} }} }} }}",
                {},
            ),
        ],
        "elements": [
            (f"{{ elements(first: 99) {{ totalCount nodes {one} edges {{ cursor }} }} }}", {}),
            (f'{{ elements(where: {{text: "{MARK[:6]}"}}) {{ totalCount nodes {both} }} }}', {}),
        ],
        "search": [(f'{{ search(text: "{MARK[:6]}") {{ totalCount nodes {one} }} }}', {})],
        "impact": [
            (f"query($of: [ID!]!) {{ impact(of: $of) {IMPACT} }}", {"of": [ids["vm"]]}),
            (f"query($of: [ID!]!) {{ impact(of: $of) {IMPACT} }}", {"of": [ids["pair"]]}),
        ],
        "whatIf": [
            (f"{what_if}(scenario: $s) {IMPACT} }}", {"s": {"fail": ["vm"]}}),
            (
                f"{what_if}(scenario: $s{later}) {IMPACT} }}",
                {"s": {"remove": ["pair"], "degrade": ["vm"]}},
            ),
        ],
        "singlePointsOfFailure": [
            (f'{{ singlePointsOfFailure(of: "svc", pairs: true) {POINTS} }}', {}),
        ],
        "dependencies": [
            (f'{{ dependencies(of: "{key}", {more}) {PAGED} }}', {})
            for key in ("svc", "vm", "pair")
            for more in (
                "direction: UPSTREAM",
                "direction: DOWNSTREAM",
                "first: 2",
                "weakest: HARD",
                'types: ["HAS_MEMBER", "RUNS_ON", "MOUNTED_IN"]',
            )
        ],
        "neighbourhood": [
            (f'{{ neighbourhood(of: "{key}", hops: 9, direction: {way}) {PAGED} }}', {})
            for key in ("spare", "pair")
            for way in ("OUT", "IN", "BOTH", "UPSTREAM", "DOWNSTREAM")
        ],
        "path": [
            (f'{{ path(from: "vm", to: "{to}", k: 9, {more}) {PATHS} }}', {})
            for to in ("vm", "pair", "spare")
            for more in ("direction: UPSTREAM", "direction: BOTH", 'types: ["HAS_MEMBER"]')
        ]
        + [(f'{{ path(from: "pair", to: "vm", k: 9) {PATHS} }}', {})],
        "ciHistory": [
            (f'{{ ciHistory(by: {{key: "spare"}}) {HISTORY} }}', {}),
            (f'{{ ciHistory(by: {{key: "pair"}}) {HISTORY} }}', {}),
        ],
        **{
            f"{name}Aggregate": [
                (
                    f"""{{ {name}Aggregate(groupBy: [{{field: "{key}"}}], first: 99) {{ groupCount
                    rows {{ keys {{ name value }} count d: countDistinct(field: "key")
                      l: min(field: "key") m: max(field: "description") }} }} }}""",
                    {},
                )
                for key in ("key", "owner", "state", "service", "kind", "description")
            ]
            for name in ("cis", "services", "components", "groups", "elements")
        },
        **{
            aggregate_of(kind): [
                (
                    f"""{{ {aggregate_of(kind)}(groupBy: [{{field: "{name}"}}], first: 99) {{
                    groupCount rows {{ keys {{ value }} count
                      d: countDistinct(field: "key") }} }} }}""",
                    {},
                )
                for name, link in {**links_of(kind), "key": None}.items()
                if link is None or link.far == ANY_ELEMENT
            ]
            for kind in asked_kinds()
        },
        "ledgerEntries": [(f'{{ ledgerEntries(since: "{estate.began}") {HISTORY} }}', {})],
        "topologyDiff": [
            (f'{{ topologyDiff(from: "{estate.began}"{to}) {DIFF} }}', {})
            for to in ("", f', to: "{estate.ended}"')
        ],
        "baselineDiff": [(f'{{ baselineDiff(of: "BSL-000001") {DIFF} }}', {})],
        "sourceRegister": [
            ("{ sourceRegister { total sources { name elements lastRun ciTypes } } }", {})
        ],
        "estateWork": [
            (
                """{ estateWork(of: "keeper") { elements total counts { kind count }
                work { kind subject toDo missing element { id key name kind type } } } }""",
                {},
            )
        ],
        "typesCheck": [
            (
                """query T($ci: JSON) { typesCheck(ciTypes: $ci) { unfitCount complete migrates
                differences { path types unfitCount unfit { id key name type why } } } }""",
                {"ci": {"Rack": STRICTER}},
            )
        ],
        "baselineCheck": [
            ('{ baselineCheck(of: "BSL-000001") { entry intact elements relations } }', {})
        ],
        "verificationsDue": [("{ verificationsDue { plan state running last } }", {})],
        "verificationReport": [
            (
                """{ verificationReport(of: "VER-000001") { title all { sampled } byType { name }
                  byOwner { name sampled } elements { id key name type owner deviations } } }""",
                {},
            )
        ],
        "completeness": [
            (
                f"""{{ completeness(first: 99 {more}) {{ checked byType {{ name }}
                  byOwner {{ name }} byService {{ name checked }}
                  work {{ id key name type owner missing }} }} }}""",
                {},
            )
            for more in ("", 'service: "svc"', 'type: "CI"', 'owner: "-"')
        ],
        "sharedFate": [
            (f'{{ sharedFate(of: "{key}", deep: {deep}) {FATE} }}', {})
            for key in ("svc", "pair")
            for deep in ("true", "false")
        ],
        **record_questions(f"{MARK}-host"),
        "policies": [(f"{{ policies {{ totalCount nodes {POLICY} }} }}", {})],
        "policy": [(f'{{ policy(key: "life/Incident/1") {POLICY} }}', {})],
        "mySteps": [("{ mySteps { total steps { key record recordTitle title } } }", {})],
        "escalationsDue": [("{ escalationsDue { key kind title step target to } }", {})],
        "whoIsAffected": [
            (
                """{ whoIsAffected(of: "INC-000001") { element { id key name } before after
                  customers { key } owners { key } } }""",
                {},
            )
        ],
        "whoAnswers": [
            (
                """{ whoAnswers(of: "INC-000001") { by through parties { key name } } }""",
                {},
            )
        ],
        "incidentHints": [
            (
                """{ incidentHints(of: "INC-000001", days: 300) { knownErrors { key title at
                    workarounds { key workaround used helped } }
                  sameCause { key title } changes { key title hops weight } } }""",
                {},
            )
        ],
        "suggestElements": [
            (
                """{ suggestElements(title: "host and other and svc are slow") {
                  element { key name kind type } because } }""",
                {},
            ),
            (
                f"""{{ suggestElements(title: "{MARK}-other {MARK} fan", description: "fan") {{
                  element {{ key name }} because score }} }}""",
                {},
            ),
        ],
        "suggestCategory": [
            (
                f"""{{ suggestCategory(title: "fan", elements: ["{MARK}-other", "HOST"]) {{
                  category because }} }}""",
                {},
            )
        ],
        "incidentReport": [
            (
                """{ incidentReport(since: "2020-01-01T00:00:00Z", until: "2030-01-01T00:00:00Z") {
                  byService { name } byCause { name } byGroup { name } poor { key } } }""",
                {},
            ),
            (
                """{ incidentReport(since: "2020-01-01T00:00:00Z", until: "2030-01-01T00:00:00Z",
                  service: "svc") { registered byCause { name } poor { key } } }""",
                {},
            ),
        ],
        "problemReport": [
            (
                """{ problemReport(since: "2020-01-01T00:00:00Z", until: "2030-01-01T00:00:00Z") {
                  byService { name } byElement { name } byCause { name } byGroup { name }
                  withoutWorkaround { key } poor { key } } }""",
                {},
            ),
            (
                """{ problemReport(since: "2020-01-01T00:00:00Z", until: "2030-01-01T00:00:00Z",
                  service: "svc") { registered byElement { name } poor { key } } }""",
                {},
            ),
        ],
        "recordQuality": [
            (
                """{ recordQuality { kinds { kind open } records { key title owner lacks } } }""",
                {},
            )
        ],
        "releasesReport": [
            (
                """{ releasesReport(since: "2020-01-01T00:00:00Z", until: "2030-01-01T00:00:00Z") {
                  count releases { key title incidents } byType { name } } }""",
                {},
            )
        ],
        "serviceRequestReport": [
            (
                """{ serviceRequestReport(since: "2020-01-01T00:00:00Z",
                  until: "2030-01-01T00:00:00Z") { byService { name } byOffering { name } } }""",
                {},
            )
        ],
        "documentContent": [
            (f'{{ documentContent(of: "DCM-00000{number}") {{ key content text html }} }}', {})
            for number in (1, 2)
        ],
        "strategyGaps": [("{ strategyGaps { components cis elements { id key name } } }", {})],
        "releaseReport": [
            ('{ releaseReport(of: "REL-000001") { key planWhy nextWave incidents } }', {})
        ],
        "deploymentFindings": [
            (
                """{ deploymentFindings(of: "REL-000001") { key mayGoOn
                  findings { rule why records } conditions { phase name met found } } }""",
                {},
            )
        ],
        "changeApproval": [('{ changeApproval(of: "CHG-000001") { key status holds why } }', {})],
        "changeWindows": [("{ changeWindows(first: 9) { name effect why types } }", {})],
        "changeComparison": [
            (
                """{ changeComparison(of: "CHG-000001") { key title status decision minutes type
                  worst worstIfFails services { key name meanwhile ifFails } servicesDown
                  servicesReached singlePoints risk because collisions frozenBy holds } }""",
                {},
            )
        ],
        "serviceClocks": [
            ('{ serviceClocks(of: "INC-000001") { name agreement dueAt warnings { at } } }', {})
        ],
        "policyInForce": [
            (f'{{ policyInForce(kind: "life", name: "Incident") {POLICY} }}', {}),
        ],
        "checkPolicy": [
            (
                f"""{{ checkPolicy(kind: "life", name: "Incident", document: {{}}) {{ ok
                wrong: errors {{ code message why }} inForce {POLICY} }} }}""",
                {},
            )
        ],
        "persistedDocuments": [
            ("{ persistedDocuments { totalCount nodes { key name digest text } } }", {}),
        ],
        "syncRuns": [
            ("{ syncRuns { totalCount nodes { run counts losses { type } summary } } }", {})
        ],
        "syncRun": [('{ syncRun(run: "inventory/default/1") { run counts summary } }', {})],
        "retirementProposals": [
            (f"{{ retirementProposals {{ totalCount nodes {PROPOSAL} }} }}", {}),
        ],
        "parkedRows": [("{ parkedRows { totalCount nodes { key type record place } } }", {})],
        "ledgerHead": [("{ ledgerHead }", {})],
        "notifications": [("{ notifications { totalCount nodes { key subject body } } }", {})],
        "deliveries": [("{ deliveries { totalCount nodes { key verb error } } }", {})],
        "duties": [
            (
                "{ duties { jobs { name said error } due { key title owner { key } } dueCount } }",
                {},
            ),
            ("{ duties(mine: true, first: 3) { due { subject title } dueCount } }", {}),
        ],
        "conformity": [
            ("{ conformity { findings { requirement violations { id key why } } } }", {}),
        ],
        "conformityTrend": [("{ conformityTrend(by: WEEK) { shares { requirement } } }", {})],
        "plannedState": [
            ('{ plannedState(of: "vm") { what values source target change title } }', {})
        ],
        "recordHistory": [
            (
                """{ recordHistory(kind: "Incident", of: "INC-000001") {
                  entries { changes { id target before after } } names { id key name } } }""",
                {},
            )
        ],
        "problemTimeline": [
            (
                """{ problemTimeline(of: "PRB-000001", since: "2020-01-01T00:00:00Z", hops: 9) {
                  what key title element hops after } }""",
                {},
            )
        ],
        "incidentTrends": [
            ("{ incidentTrends(everything: true) { trends { name observed } } }", {})
        ],
        "kpis": [("{ kpis(trend: 2) { key value numerator trend { value } } }", {})],
        "ciTypes": [("{ ciTypes { name } }", {})],
        "configurationScopes": [("{ configurationScopes { name statement ciTypes } }", {})],
        "relationshipTypes": [("{ relationshipTypes { name } }", {})],
        "": [(f'{{ a: node(id: "{host}") {{ key }} }}', {})],
    }


MUTATIONS = {
    "registerElement": [
        'mutation { registerElement(input: {kind: "CI", type: "Server", name: "x"}) PAYLOAD }',
        'mutation { registerElement(input: {kind: "Service", key: "HOST", name: "x"}) PAYLOAD }',
        'mutation { registerElement(dryRun: true, input: {kind: "Service", name: "x"}) PAYLOAD }',
    ],
    "updateElement": ['mutation { updateElement(input: {ref: "ID", set: {name: "x"}}) PAYLOAD }'],
    "relateElements": [
        'mutation { relateElements(input: {type: "RUNS_ON", source: "app", target: "ID"}) PAYLOAD }'
    ],
    "unrelateElements": [
        'mutation { unrelateElements(input: {type: "USES", source: "vm", target: "ID"}) PAYLOAD }'
    ],
    "retireElement": [
        'mutation { retireElement(input: {ref: "ID"}) PAYLOAD }',
        'mutation { retireElement(input: {ref: "vm"}) PAYLOAD }',
        'mutation { retireElement(dryRun: true, input: {ref: "spare"}) PAYLOAD }',
    ],
    "assignOwner": ['mutation { assignOwner(input: {ref: "ID", owner: "nobody"}) PAYLOAD }'],
    **record_mutations("ID"),
    "setIncidentEffect": record_mutations("HOST")["setIncidentEffect"],
    "registerIncident": [
        *record_mutations("ID")["registerIncident"],
        *record_mutations("spare")["registerIncident"],
    ],
    "registerPersistedDocument": [
        'mutation { registerPersistedDocument(input: {name: "x", text: "{ ledgerHead }"}) DOC }',
        'mutation { registerPersistedDocument(input: {name: "x", text: "NAMING"}) DOC }',
    ],
    "retirePersistedDocument": [
        'mutation { retirePersistedDocument(input: {ref: "DOC-000001"}) DOC }',
    ],
    "draftPolicy": [
        (
            'mutation { draftPolicy(input: {kind: "service-calendar", name: "x", '
            'document: {zone: "UTC", week: "always"}, owner: "HOST"}) RULE }'
        ),
        (
            'mutation { draftPolicy(input: {kind: "service-calendar", name: "x", '
            'document: {zone: "UTC", week: "always"}}) RULE }'
        ),
    ],
    "changePolicy": [
        'mutation { changePolicy(input: {policy: "service-calendar/x/1", owner: "ID"}) RULE }'
    ],
    "approvePolicy": [
        'mutation { approvePolicy(input: {policy: "service-calendar/x/1"}) RULE }',
        'mutation { approvePolicy(input: {policy: "ID"}) RULE }',
    ],
    "reviewPolicy": ['mutation { reviewPolicy(input: {policy: "service-calendar/x/1"}) RULE }'],
    "retirePolicy": ['mutation { retirePolicy(input: {policy: "service-calendar/x/1"}) RULE }'],
    "beginSyncRun": ['mutation { beginSyncRun(input: {source: "inventory"}) SYNC }'],
    "putSyncRecords": [
        (
            'mutation { putSyncRecords(input: {run: "inventory/default/1", fence: "x", chunk: 1, '
            'records: [{type: "Server", key: "HOST"}]}) SYNC }'
        )
    ],
    "endSyncRun": ['mutation { endSyncRun(input: {run: "ID", fence: "x"}) SYNC }'],
    "resumeSyncRun": ['mutation { resumeSyncRun(run: "ID") SYNC }'],
    "abortSyncRun": ['mutation { abortSyncRun(input: {run: "ID"}) SYNC }'],
    "approveSyncRun": ['mutation { approveSyncRun(input: {run: "ID", hold: "x"}) SYNC }'],
    "revertSyncRun": ['mutation { revertSyncRun(dryRun: true, input: {run: "ID"}) SYNC }'],
    "approveRetirement": ['mutation { approveRetirement(input: {proposal: "ID"}) SYNC }'],
    "dismissRetirement": [
        'mutation { dismissRetirement(input: {proposal: "ID", reason: "kept"}) SYNC }'
    ],
    "clearParkedRows": [
        'mutation { clearParkedRows(input: {source: "inventory", ids: ["ID"]}) SYNC }'
    ],
    "readNotifications": ["mutation { readNotifications { ok read } }"],
    "replayDelivery": ['mutation { replayDelivery(id: "ID") { ok } }'],
    "defineConfigurationScope": [
        'mutation { defineConfigurationScope(input: {name: "x", statement: "x"}) { ok } }'
    ],
    "defineTypes": [
        "mutation { defineTypes(dryRun: true, input: {ciTypes: {}, relationshipTypes: {}}) { ok } }"
    ],
}


REFUSED = {"conformity", "conformityTrend", "kpis", "incidentTrends", "recordHistory"}
"""Questions about all there is: who sees a part is told nothing at all."""


async def test_every_root_field_has_its_case(estate: Estate) -> None:
    schema = await estate.full.ask(
        "{ __schema { queryType { fields { name } } mutationType { fields { name } } } }"
    )
    names = {each["name"] for each in schema["__schema"]["queryType"]["fields"]}
    assert names == set(questions(estate)) - {""}, "write a case for each new question"
    verbs = {each["name"] for each in schema["__schema"]["mutationType"]["fields"]}
    assert verbs == set(MUTATIONS), "write a case for each new mutation"


TELLING = {
    *("node", "element", "ci", "cis", "search", "impact", "whatIf"),
    *("dependencies", "neighbourhood", "path", "ledgerEntries", "sharedFate"),
    *("cisAggregate", "elementsAggregate", "incidentsAggregate", "persistedDocuments"),
    *("singlePointsOfFailure", "ciHistory", "topologyDiff", "incidents", "changes"),
    *("baselineDiff", "verificationReport", "completeness", "verifications", "deviations"),
    "estateWork",
}
"""Questions that tell of hidden elements whoever sees them."""


@pytest.mark.timeout(900)  # questions by the hundred, each of which the database plans anew
async def test_no_question_tells_of_a_hidden_element(estate: Estate) -> None:
    told_to_all = set()
    for name, cases in questions(estate).items():
        for document, variables in cases:
            text = await estate.limited.text(document, **variables)
            assert ('"FORBIDDEN"' if name in REFUSED else '"data"') in text, text
            assert ('"errors"' in text) == (name in REFUSED), text
            assert not estate.leaks(text.replace(f'"{name}"', "")), (document, text)
            if name in TELLING - told_to_all:
                told = await estate.full.text(document, **variables)
                told_to_all |= {name} if estate.leaks(told) else set()
    assert told_to_all == TELLING, "the control: without a limit these questions do tell of them"


async def test_no_mutation_tells_of_a_hidden_element(estate: Estate) -> None:
    host = estate.ids[f"{MARK}-host"]
    for documents in MUTATIONS.values():
        for document in documents:
            asked = document.replace("PAYLOAD", PAYLOAD).replace("ID", host)
            asked = asked.replace(") SYNC", f") {SYNC_PAYLOAD}")
            asked = asked.replace(") RULE", f") {RULE_PAYLOAD}")
            asked = asked.replace(") DOC", f") {DOC_PAYLOAD}").replace("NAMING", quoted(NAMING))
            asked = asked.replace("HOST", f"{MARK}-host")
            text = await estate.limited.text(asked)
            echoed = text.replace(host, "", 3).replace(f"{MARK}-host", "", 1)
            assert not estate.leaks(echoed), (document, text)
    rows = await estate.full.ask(
        f'{{ element(id: "{MARK}-host") {{ name }} ci(by: {{key: "vm"}}) {{ key }} }}'
    )
    assert rows["element"]["name"] == f"{MARK}-host name", "a hidden element was changed"
    assert rows["ci"]["key"] == "vm"


REFERRING = (
    'query { element(id: "REF") { key } }',
    'query { ci(by: {key: "REF"}) { key } }',
    'query { node(id: "REF") { key } }',
    'query { impact(of: ["REF"]) { version } }',
    'query { whatIf(scenario: {restore: ["REF"]}) { version } }',
    'query { singlePointsOfFailure(of: "REF") { cone } }',
    'query { dependencies(of: ["vm", "REF"]) { totalCount } }',
    'query { neighbourhood(of: "REF", hops: 2) { totalCount } }',
    'query { path(from: "vm", to: "REF") { note } }',
    'query { sharedFate(of: "REF", deep: true) { note } }',
    'query { path(from: "REF", to: "vm", direction: BOTH) { note } }',
    'query { ciHistory(by: {key: "REF"}) { seq } }',
    'query { ciHistory(by: {id: "REF"}) { seq } }',
    'mutation { updateElement(input: {ref: "REF", set: {name: "x"}}) PAYLOAD }',
    'mutation { retireElement(input: {ref: "REF"}) PAYLOAD }',
    'mutation { assignOwner(input: {ref: "REF", owner: "nobody"}) PAYLOAD }',
    'mutation { relateElements(input: {type: "RUNS_ON", source: "REF", target: "vm"}) PAYLOAD }',
    'mutation { unrelateElements(input: {type: "RUNS_ON", source: "vm", target: "REF"}) PAYLOAD }',
)


@pytest.mark.parametrize("document", REFERRING)
async def test_hidden_is_answered_as_if_it_were_not_there(estate: Estate, document: str) -> None:
    asked = document.replace("PAYLOAD", PAYLOAD)

    async def told(ref: str) -> Any:
        text = await estate.limited.text(asked.replace("REF", ref))
        answer = json.loads(text.replace(ref, "REF"))
        answer["extensions"].pop("cost", None)  # what is left of the budget grows by the second
        return answer

    nobody = await told("no-such-element")
    assert await told(f"{MARK}-host") == nobody
    assert await told(estate.ids[f"{MARK}-host"]) == nobody


async def test_counts_and_pages_are_those_of_what_is_seen(estate: Estate) -> None:
    document = """query($after: String) { cis(first: 1, after: $after) {
        totalCount nodes { key } pageInfo { hasNextPage endCursor } } }"""
    seen, after = [], None
    while True:
        page = (await estate.limited.ask(document, after=after))["cis"]
        seen += [row["key"] for row in page["nodes"]]
        assert page["totalCount"] == 3
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert sorted(seen) == ["app", "spare", "vm"]


async def test_groups_count_what_is_seen(estate: Estate) -> None:
    document = """{ cisAggregate(groupBy: [{field: "type"}]) { groupCount rows {
        keys { value } count } } }"""
    limited = (await estate.limited.ask(document))["cisAggregate"]
    full = (await estate.full.ask(document))["cisAggregate"]
    counts = {row["keys"][0]["value"]: row["count"] for row in limited["rows"]}
    assert counts == {"Application": 2, "VirtualMachine": 1}
    assert (limited["groupCount"], full["groupCount"]) == (2, 4)


async def test_states_are_computed_with_what_is_hidden(estate: Estate) -> None:
    document = "{ cis(first: 50) { nodes { key state margin } } services { nodes { key state } } }"
    limited, full = await estate.limited.ask(document), await estate.full.ask(document)
    states = {row["key"]: row for row in full["cis"]["nodes"]}
    assert all(states[row["key"]] == row for row in limited["cis"]["nodes"])
    assert limited["services"] == full["services"]
    assert {row["state"] for row in limited["cis"]["nodes"]} != {"UP"}, "the hidden incident counts"


async def test_what_is_hidden_from_an_impact_is_counted(estate: Estate) -> None:
    parts = "completeness { affectedCount hiddenCount } affected { nodes { element { name } } }"
    document = f'{{ impact(of: ["vm"]) {{ {parts} }} }}'
    limited = (await estate.limited.ask(document))["impact"]
    full = (await estate.full.ask(document))["impact"]
    told, all_told = limited["completeness"], full["completeness"]
    assert told["affectedCount"] == all_told["affectedCount"]
    hidden = [row for row in limited["affected"]["nodes"] if row["element"]["name"] == "hidden"]
    assert told["hiddenCount"] == len(hidden)
    assert all_told["hiddenCount"] == 0


async def test_needs_are_followed_through_what_is_hidden_and_records_are_not(
    estate: Estate,
) -> None:
    keys = "hiddenCount totalCount nodes { id hops hidden element { key } } edges { source type }"
    plain = f'{{ dependencies(of: "pair") {{ {keys} }} }}'
    limited = (await estate.limited.ask(plain))["dependencies"]
    full = (await estate.full.ask(plain))["dependencies"]
    assert (limited["totalCount"], full["hiddenCount"]) == (full["totalCount"], 0)
    hidden = [node for node in limited["nodes"] if node["hidden"]]
    assert limited["hiddenCount"] == len(hidden) > 1
    assert sorted(node["hops"] for node in limited["nodes"]) == sorted(
        node["hops"] for node in full["nodes"]
    )
    behind = {node["element"]["key"]: node["hops"] for node in limited["nodes"] if node["element"]}
    assert behind == {"pair": 0, "vm": 2}, "the machine is needed by a hidden host"
    tokens = {node["id"] for node in hidden}
    assert not any(edge["source"] in tokens for edge in limited["edges"]), "whose need is it?"
    assert {edge["type"] for edge in limited["edges"]} == {None, "RUNS_ON"}
    typed = f'{{ dependencies(of: "pair", types: ["HAS_MEMBER", "DEPENDS_ON"]) {{ {keys} }} }}'
    alone = (await estate.limited.ask(typed))["dependencies"]
    assert [node["element"]["key"] for node in alone["nodes"]] == ["pair"]
    assert (await estate.full.ask(typed))["dependencies"]["totalCount"] == 3


async def test_a_path_through_what_is_hidden_is_a_path(estate: Estate) -> None:
    document = """{ path(from: "pair", to: "vm", k: 3, MORE) { paths { length elements }
      hiddenCount nodes { id hidden } edges { source target type weight confidence } } }"""
    plain = document.replace("k: 3, MORE", "k: 3")
    limited = (await estate.limited.ask(plain))["path"]
    full = (await estate.full.ask(plain))["path"]
    assert [each["length"] for each in limited["paths"]] == [2]
    assert [each["length"] for each in full["paths"]] == [2]
    token = limited["paths"][0]["elements"][1]
    assert token == "hidden-1"
    assert limited["hiddenCount"] == 1
    nothing = {"type": None, "weight": None, "confidence": None}
    ends = estate.ids["pair"], estate.ids["vm"]
    assert sorted(limited["edges"], key=lambda each: each["source"]) == [
        {"source": ends[0], "target": token, **nothing},
        {"source": token, "target": ends[1], **nothing},
    ]
    chosen = document.replace("MORE", 'types: ["HAS_MEMBER", "DEPENDS_ON"]')
    assert (await estate.limited.ask(chosen))["path"]["paths"] == []
    assert len((await estate.full.ask(chosen))["path"]["paths"]) == 1


async def test_who_sees_a_part_widens_no_scope(estate: Estate) -> None:
    graph = estate.product.graph
    for login, sees in (("ida", ["SCP-000001"]), ("noa", [])):
        roles = ["process_manager"]
        await graph.write(accounts.create_account, REQUEST, login, roles, "digest", sees=sees)
        token = await bootstrap.new_token(estate.product, login, 1, [])
        reader = Reader(estate.limited.http, token.secret)
        (scope,) = (await reader.ask("{ configurationScopes { name statement } }"))[
            "configurationScopes"
        ]
        document = f"""mutation {{ defineConfigurationScope(dryRun: true, input: {{
            name: "{scope["name"]}", statement: "All." }}) {{ ok errors {{ code }} }} }}"""
        text = await reader.text(document)
        assert ('"FORBIDDEN"' in text) == bool(sees), text
        assert ('"ok":true' in text) == (not sees), text


async def test_a_limit_whose_scope_is_gone_hides_everything(estate: Estate) -> None:
    graph = estate.product.graph
    await graph.write(
        accounts.create_account, REQUEST, "max", ["reader"], "digest", sees=["SCP-000001"]
    )
    before, after = [await bootstrap.new_token(estate.product, "max", 1, []) for _ in range(2)]
    reader = Reader(estate.limited.http, before.secret)
    assert (await reader.ask("{ cis { totalCount } }"))["cis"]["totalCount"] == 3
    await run(graph, "MATCH (s:ConfigurationScope) SET s.key = 'moved'")
    try:
        reader = Reader(estate.limited.http, after.secret)
        assert (await reader.ask("{ cis { totalCount } }"))["cis"]["totalCount"] == 0
    finally:
        await run(graph, "MATCH (s:ConfigurationScope) SET s.key = 'SCP-000001'")
