"""What is measured, verified and kept as documents, and what the quarter came to."""

from functools import partial
from typing import Any

from fitsm_graph.story.acts import act
from fitsm_graph.story.teller import Teller

SAMPLE = """query S($of: String!) { verification(by: {key: $of}) {
  verifies { element { key owner { key } } } } }"""
SPEAKS_FOR = {
    "grp-facilities": "petrova",
    "grp-network": "horvat",
    "grp-storage": "farouk",
    "grp-compute": "jansen",
    "grp-platform": "lindqvist",
    "grp-applications": "nowak",
    "grp-service-management": "castell",
}
"""Who of a group attests what it answers for."""
KPIS = (
    "incident_resolved_in_time",
    "incident_hours_to_resolve",
    "request_fulfilled_in_time",
    "change_successful",
    "change_caused_incident",
    "ci_owned",
)


@act(12, "11:00", "PR11.4", "fsg deviation list --all")
async def past_control(s: Teller) -> None:
    """Something is altered past change control, and found by the sweep."""
    new = {"os_version": "9.4"}
    await s.do("updateElement", "kaya", ref="wn-005", set=new)
    await s.tend()
    found = await s.ask('{ deviations(where: {source: {eq: "ledger"}}) { nodes { key } } }')
    for each in found["deviations"]["nodes"]:
        decision = "an update of security that could not wait; the others follow with a change"
        await s.do("acceptDeviation", "castell", ref=each["key"], decision=decision)


REVIEWS = "{ trendReviews(where: {open: true}) { nodes { key } } }"


@act(1, "15:00", "PR10.1", "fsg trend-review list --all")
async def trends(s: Teller) -> None:
    """Incidents of each week are looked through for trends, on the Tuesday after it."""
    for week in range(1, 13):
        s.later(s.at(7 * week + 1, "11:00"), partial(_looked_through, s))


async def _looked_through(s: Teller) -> None:
    found = await s.ask(REVIEWS)
    for each in found["trendReviews"]["nodes"]:
        conclusion = "nothing had more incidents than its own past lets expect"
        await s.do("concludeTrendReview", "eriksen", ref=each["key"], conclusion=conclusion)


@act(28, "16:00", "PR14.1 GR6.1", "fsg kpi")
async def measured(s: Teller) -> None:
    """Indicators are measured and kept, every four weeks."""
    for day in (28, 56, 84):
        s.later(s.at(day, "16:30"), partial(_measured, s, day))


async def _measured(s: Teller, day: int) -> None:
    period = {"since": s.moment(day - 28), "until": s.moment(day)}
    for each in KPIS:
        await s.do("measureKpi", "eriksen", kpi=each, **period)


@act(60, "09:00", "PR11.5 PR11.2", "fsg verification list --all")
async def verified(s: Teller) -> None:
    """What most of the rest hangs on is verified by those who answer for it."""
    given = {"plan": "default", "title": "what the rest hangs on"}
    key = s.keys["verification"] = await s.do("beginVerification", "castell", **given)
    await s.to(61, "10:00")
    sample = (await s.ask(SAMPLE, of=key))["verification"]["verifies"]
    for number, each in enumerate(sorted(sample, key=lambda one: one["element"]["key"])):
        element = each["element"]
        who = SPEAKS_FOR[element["owner"]["key"]]
        said: dict[str, Any] = {"attested": "AS_RECORDED"}
        if number == 0:
            said = {"attested": "DIFFERS", "differsIn": ["description"], "note": "it says nothing"}
            s.keys["differs"], s.keys["who"] = element["key"], who
        await s.do("attestElement", who, ref=key, element=element["key"], **said)
    await s.do("compareVerification", "castell", ref=key)


@act(62, "09:00", "PR11.4 PR11.5", "fsg verification show VER-000001")
async def corrected(s: Teller) -> None:
    """What differed is put right, and the verification ends."""
    key = s.keys["verification"]
    new = {"description": "Described by its owner after the verification of the quarter."}
    await s.do("updateElement", s.keys["who"], ref=s.keys["differs"], set=new)
    found = await s.ask('{ deviations(where: {source: {eq: "attestation"}}) { nodes { key } } }')
    for each in found["deviations"]["nodes"]:
        decision = "its owner has described it"
        await s.do("correctDeviation", "castell", ref=each["key"], decision=decision)
    conclusion = "one array lacked a description"
    await s.do("finishVerification", "castell", ref=key, conclusion=conclusion)


NETWORKS = (
    ("MEMBER_OF", "prefix-public", "as-tarnfell"),
    *(("IN_NETWORK", f"fwl-{site}", f"vlan-{site}-{n}") for site in "ns" for n in (100, 200)),
)
"""What was registered without a relation, and what it belongs to."""


@act(63, "10:00", "PR11.3", "fsg conformity PR11.3")
async def related(s: Teller) -> None:
    """Five networks that hung together with nothing are related."""
    for type, source, target in NETWORKS:
        await s.do("relateElements", "castell", type=type, source=source, target=target)


@act(81, "10:00", "PR10.1 PR10.2", "fsg problem list --all")
async def trend(s: Teller) -> None:
    """Memory of workers fails again and again: a problem that is looked at."""
    given: dict[str, Any] = {
        "title": "Memory of batch workers fails",
        "investigates": ["wn-001", "wn-012"],
        "source": "TREND",
        "category": "compute",
    }
    found = await s.ask(
        """{ incidents(where: {title: {in: ["A batch worker does not answer",
          "A worker reports errors of memory"]}}) { nodes { key } } }"""
    )
    incidents = [each["key"] for each in found["incidents"]["nodes"]]
    key = await s.do("registerProblem", "lindqvist", **given, incidents=incidents)
    await s.do("assignProblem", "eriksen", ref=key, owner="per-lindqvist")


@act(84, "10:00", "PR9.2 PR10.4 PR12.2 PR13.6", "fsg document list")
async def documents(s: Teller) -> None:
    """Reports of the quarter are issued and approved."""
    period = {"since": s.moment(0), "until": s.moment(84)}
    for kind, by, more in (
        ("INCIDENT_REPORT", "dvorak", period),
        ("KEDB", "eriksen", {}),
        ("STANDARD_CHANGES", "brandt", {}),
        ("RELEASE_REPORT", "brandt", {"about": s.keys["release"]}),
        ("POST_IMPLEMENTATION_REVIEW", "brandt", {"about": s.keys["firmware"]}),
        ("VERIFICATION_REPORT", "castell", {"about": s.keys["verification"]}),
        ("IMPROVEMENT_REGISTER", "eriksen", {}),
    ):
        key = await s.do("issueDocument", by, kind=kind, **more)
        if kind == "STANDARD_CHANGES":
            await s.do("approveDocument", "adeyemi", ref=key)


@act(90, "18:00", "PR14.1 PR14.3", "fsg conformity")
async def ending(s: Teller) -> None:
    """The quarter ends: conformity has risen, and the report says by what."""
    period = {"since": s.moment(0), "until": s.moment(90, "12:00")}
    key = await s.do("issueDocument", "eriksen", kind="CONFORMITY_REPORT", **period)
    await s.do("approveDocument", "adeyemi", ref=key)
