"""A change of firmware hits both halves of a redundant pair, and what follows from that night."""

from functools import partial

from fitsm_graph.story.acts import act
from fitsm_graph.story.teller import MINUTE, Teller, hit

REPORTS = (
    ("02:16", "Virtual machines of the north stand still", "grp-farms=at_risk", "compute"),
    ("02:19", "Database science 1 has no disk", "db-science-1=degraded", "database"),
    ("02:21", "Database science 2 has no disk", "db-science-2=degraded", "database"),
    ("02:24", "The portal answers with errors", "cmp-portal-web=degraded", "application"),
    ("02:31", "Notebooks are gone in the middle of work", "cmp-notebooks=degraded", "application"),
    ("02:38", "Search does not answer", "cmp-search=degraded", "application"),
    ("02:44", "Block volumes of the climate project hang", "vol-block-01=degraded", "storage"),
    ("02:52", "Block volumes of the genomes hang", "vol-block-02=degraded", "storage"),
    ("03:05", "The catalogue of data is empty", "cmp-catalogue=degraded", "application"),
    ("03:17", "Mail to users is not sent", "cmp-portal-mail=degraded", "application"),
    ("03:30", "The stack of software cannot be loaded", "cmp-software=degraded", "application"),
    ("03:48", "Snapshots of databases fail", "cmp-db-self-service=degraded", "database"),
    ("04:02", "Images cannot be pulled", "cmp-images=degraded", "application"),
)
"""What users and monitoring report that night, beside the first alarm: thirteen incidents."""
SAID = (
    ("02:30", "Research storage is not there; we are at it, and tell you more every hour."),
    (
        "03:20",
        "Both controllers of array A stopped with the new firmware. We go back to the old one.",
    ),
    ("04:12", "The old firmware is being loaded again; the disks themselves are well."),
    ("05:02", "Array A is back. We look at each service before we say that it is over."),
)
"""What users are told, and when."""


@act(8, "10:00", "PR12.1 PR12.3", "fsg change show CHG-000003")
async def asked_for(s: Teller) -> None:
    """New firmware for array A is asked for, and called a small change."""
    given = {
        "title": "CobaltOS 7.3.0 for array A",
        "changes": hit("sto-ctl-a1=down", "sto-ctl-a2=at_risk"),
        "aim": "the warnings about the write cache are gone",
        "benefits": "no more warnings at night",
        "effort": "an hour on Sunday",
        "feasibility": "the vendor has done it often",
    }
    key = s.keys["firmware"] = await s.do("registerChange", "gallo", **given)
    why = "there are two controllers, one takes over while the other restarts"
    await s.do("classifyChange", "gallo", ref=key, type="NORMAL", overrideReason=why)
    await s.do("planBackOut", "gallo", ref=key, steps="load 7.2.1 again on both controllers")
    for title in ("load 7.3.0", "look at the write cache"):
        task = await s.do("registerChangeTask", "gallo", taskOf=key, title=title)
        s.keys[title] = task


@act(10, "09:00", "PR12.4 PR12.6", "fsg change list --all")
async def approved(s: Teller) -> None:
    """It is approved and scheduled without the board."""
    key = s.keys["firmware"]
    await s.do("assessChange", "brandt", ref=key)
    await s.do("approveChange", "brandt", ref=key)
    starts, ends = s.moment(13, "02:00"), s.moment(13, "05:00")
    await s.do("scheduleChange", "brandt", ref=key, startsAt=starts, endsAt=ends)


@act(13, "02:00", "PR9.1 PR9.6", "fsg incident show INC-000007")
async def night(s: Teller) -> None:
    """Sunday night: both controllers share one firmware, and stop together."""
    s.tended(s.at(13, "02:09"), 15 * MINUTE, s.at(13, "05:30"))
    await s.do("beginChange", "gallo", ref=s.keys["firmware"])
    await s.to(13, "02:08")
    labels = {"alertname": "ArrayUnreachable", "element": "fw-sto-a", "severity": "critical"}
    said = {"fingerprint": "array-a-unreachable", "labels": labels}
    summary = "Nothing reaches array A: both controllers are gone"
    key = s.keys["major"] = await s.do("reportAlert", "quinn", **said, summary=summary)
    await s.do("classifyIncident", "quinn", ref=key, category="storage")
    await s.do("assignIncident", "quinn", ref=key, owner="per-quinn")
    await s.do("beginIncident", "quinn", ref=key)
    why = "it is in the firmware of the array"
    await s.do("escalateIncident", "quinn", ref=key, why=why, to="per-farouk")


@act(13, "02:14", "PR9.3 PR9.4 PR9.6", "fsg incident list --all")
async def declared(s: Teller) -> None:
    """It is a major incident; thirteen more incidents come in and become parts of it."""
    key = s.keys["major"]
    given = {"coordinator": "per-dvorak", "why": "research storage is down for everybody"}
    await s.do("declareMajorIncident", "dvorak", ref=key, **given)
    for number, note in ((1, "in the room of the storage team, and by telephone"), (2, "")):
        await s.do("completeIncidentStep", "dvorak", ref=key, number=number, note=note)
    for time, text in SAID:
        s.later(s.at(13, time), partial(_told, s, text))
    for time, title, element, category in REPORTS:
        await s.to(13, time)
        hits = hit(element)
        part = await s.do("registerIncident", "quinn", title=title, affects=hits, category=category)
        s.keys[title] = part
        await s.do("assignIncident", "quinn", ref=part, owner="per-quinn")
        await s.do("beginIncident", "quinn", ref=part)
        await s.do("mergeIncident", "quinn", ref=part, into=key)


async def _told(s: Teller, text: str) -> None:
    await s.do("updateUsersOfIncident", "dvorak", ref=s.keys["major"], text=text)


@act(13, "04:40", "PR9.2 PR12.5", "fsg change show CHG-000003")
async def undone(s: Teller) -> None:
    """The change is backed out, and the storage is back."""
    change, major = s.keys["firmware"], s.keys["major"]
    result = "both controllers stop when the write cache is mirrored; 7.2.1 is back on both"
    await s.do("backOutChange", "gallo", ref=change, result=result)
    await s.to(13, "05:20")
    given = {
        "resolution": "the firmware before it is loaded again, and every service was looked at",
        "cause": "both controllers run one installation of firmware, and it stops",
        "causedIn": "fw-sto-a",
    }
    await s.do("resolveIncident", "farouk", ref=major, **given)
    for number in (4, 5):
        await s.do("completeIncidentStep", "dvorak", ref=major, number=number)
    await s.do("suspectChange", "brandt", ref=change)
    incidents = [major, *(s.keys[title] for _, title, _, _ in REPORTS)]
    await s.do("blameChange", "brandt", ref=change, incidents=incidents)


@act(14, "09:00", "PR10.1", "fsg problem show PRB-000001")
async def problem(s: Teller) -> None:
    """The major incident becomes a problem."""
    given = {"raisedFrom": s.keys["major"], "title": "Array A loses both controllers at once"}
    key = s.keys["problem"] = await s.do("raiseProblemFromMajorIncident", "eriksen", **given)
    await s.do("assignProblem", "eriksen", ref=key, owner="per-farouk")
    incidents = [s.keys[title] for _, title, _, _ in REPORTS]
    await s.do("linkProblem", "farouk", ref=key, incidents=incidents, investigates=["fw-sto-a"])


@act(15, "14:00", "PR9.5 PR9.6", "fsg document list")
async def reviewed(s: Teller) -> None:
    """The major incident is reviewed and closed, and the review is kept as a document."""
    major = s.keys["major"]
    review = await s.do("registerMajorIncidentReview", "dvorak", incident=major)
    given = {
        "findings": "a change of what both halves of a pair share was taken for a small one",
        "wentWell": "users heard of it every hour, and the way back worked",
        "actions": ["eriksen: say that what lies beneath both halves of a pair is no small change"],
    }
    await s.do("describeMajorIncidentReview", "dvorak", ref=review, **given)
    await s.do("completeMajorIncidentReview", "dvorak", ref=review)
    await s.do("closeIncident", "quinn", ref=major, confirmed=True)
    document = await s.do("issueDocument", "dvorak", kind="MAJOR_INCIDENT_REVIEW", about=major)
    s.keys["review"] = document


@act(16, "10:00", "PR12.5", "fsg change show CHG-000003")
async def looked_at(s: Teller) -> None:
    """The change is reviewed: its aim was not met."""
    key = s.keys["firmware"]
    findings = "it was classified by what a list of parts shows, and not by what the parts share"
    await s.do("reviewChange", "brandt", ref=key, findings=findings, aimMet=False)
    await s.do("closeChange", "brandt", ref=key)
