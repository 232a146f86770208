"""From the problem to its end: known error, emergency change, release in waves, last change."""

from fitsm_graph.story.acts import act
from fitsm_graph.story.teller import Teller, hit

FIXED = "7.4.1"
IN_WAVES = ("fw-sto-b1", "fw-sto-b2", "fw-sto-c1", "fw-sto-c2")
WAVES = "query W($of: String!) { release(by: {key: $of}) { waves { key wave } } }"


@act(17, "15:00", "PR10.2 PR10.3", "fsg known-error list --all")
async def known(s: Teller) -> None:
    """The cause is found: a known error with a workaround."""
    problem = s.keys["problem"]
    cause = "the write cache is mirrored in one go, and the firmware stops when it is nearly full"
    await s.do("diagnoseProblem", "farouk", ref=problem, cause=cause)
    given = {
        "title": "Array A stops when its write cache is nearly full",
        "workaround": "hold nightly copies back until the cache is below a half, then let it drain",
        "carriedOutBy": "storage operations",
        "concerns": ["sto-a"],
    }
    key = s.keys["known"] = await s.do("registerKnownError", "farouk", problem=problem, **given)
    await s.do("assignKnownError", "farouk", ref=key, owner="per-farouk")
    to = "the service desk, and those who run nightly copies"
    await s.do("communicateKnownError", "farouk", ref=key, to=to)
    await s.do("verifyKnownError", "farouk", ref=key)


@act(20, "22:10", "PR9.2 PR10.4", "fsg known-error list --all")
async def again(s: Teller) -> None:
    """It happens again, and the workaround helps."""
    for number, (day, time) in enumerate(((20, "22:10"), (23, "22:40")), 1):
        await s.to(day, time)
        given = {"title": f"Array A is slow, night {number}", "affects": hit("sto-a=at_risk")}
        key = await s.do("registerIncident", "quinn", **given, category="storage")
        await s.do("assignIncident", "quinn", ref=key, owner="per-gallo")
        await s.do("beginIncident", "gallo", ref=key)
        await s.passes(minutes=25)
        await s.do("tryKnownError", "farouk", ref=s.keys["known"], incident=key, helped=True)
        cause = "the write cache was nearly full"
        ended = {"resolution": "nightly copies were held back", "closureCode": "workaround"}
        await s.do("resolveIncident", "gallo", ref=key, **ended, cause=cause)
        await s.do("linkProblem", "farouk", ref=s.keys["problem"], incidents=[key])
        await s.to(day + 1, "08:40")
        await s.do("closeIncident", "quinn", ref=key, confirmed=True)


@act(27, "19:00", "PR12.1 PR12.2 PR12.4", "fsg change list --all")
async def emergency(s: Teller) -> None:
    """The cache runs full in the evening: an emergency change."""
    given = {
        "raisedFrom": s.keys["problem"],
        "changes": hit("fw-sto-a"),
        "title": "Smaller write cache on array A, at once",
        "urgent": True,
    }
    key = s.keys["emergency"] = await s.do("raiseChangeFromProblem", "farouk", **given)
    said = {
        "aim": "array A does not stop by itself",
        "benefits": "no second night like that one",
        "effort": "twenty minutes without storage",
        "feasibility": "the vendor gave the setting",
    }
    await s.do("describeChange", "farouk", ref=key, **said)
    await s.do("planBackOut", "farouk", ref=key, steps="set the cache to what it was", tested=True)
    await s.do("assessChange", "brandt", ref=key)
    await s.do("approveChange", "brandt", ref=key)
    await s.to(27, "20:00")
    await s.do("beginChange", "gallo", ref=key)
    await s.to(27, "20:20")
    given = {"outcome": "PARTLY_SUCCESSFUL", "result": "a smaller cache; the cause is still there"}
    await s.do("completeChange", "gallo", ref=key, **given)


@act(30, "10:00", "PR12.5", "fsg change show CHG-000006")
async def emergency_reviewed(s: Teller) -> None:
    """The emergency change is looked at by somebody else."""
    key = s.keys["emergency"]
    findings = "it was right to do it at once; storage was away for twenty minutes, as told"
    await s.do("reviewChange", "brandt", ref=key, findings=findings, aimMet=True)
    await s.do("closeChange", "brandt", ref=key)


@act(31, "13:00", "PR13.1 PR13.2 PR12.3", "fsg release show REL-000001")
async def release(s: Teller) -> None:
    """Firmware 7.4.1 for arrays B and C: four changes, taken into one release."""
    for element in IN_WAVES:
        given = {
            "title": f"CobaltOS {FIXED} on {element}",
            "changes": hit(element),
            "aim": "a full write cache stops no controller",
            "benefits": "what happened to array A cannot happen here",
            "effort": "half an hour for each controller",
            "feasibility": "tried at the vendor's",
        }
        key = s.keys[element] = await s.do("registerChange", "gallo", **given)
        other = {"change": [{"key": element, "attributes": {"software_version": FIXED}}]}
        await s.do("planChange", "gallo", ref=key, differenceOfGraph=other)
        await s.do("planBackOut", "gallo", ref=key, steps="load 7.2.1 again", tested=True)
        task = await s.do("registerChangeTask", "gallo", taskOf=key, title="load it")
        s.keys[f"task of {element}"] = task
        await s.do("assessChange", "brandt", ref=key)
    keys = [s.keys[each] for each in IN_WAVES]
    s.keys["board"] = await s.do(
        "conveneCab", "brandt", startsAt=s.moment(32, "13:00"), discusses=keys
    )


@act(32, "13:00", "PR12.4 PR13.3", "fsg release show REL-000001")
async def planned(s: Teller) -> None:
    """The board meets; the release is planned in waves, so that no pair loses both."""
    attended = ["per-brandt", "per-farouk", "per-jansen", "per-horvat"]
    minutes = "one controller of each pair at a time, with the graph as witness"
    await s.do("holdCab", "brandt", ref=s.keys["board"], minutes=minutes, attended=attended)
    for element in IN_WAVES:
        await s.do("approveChange", "brandt", ref=s.keys[element])
        await s.do("approveChange", "jansen", ref=s.keys[element])
    title = f"CobaltOS {FIXED}"
    key = s.keys["release"] = await s.do("registerRelease", "kaya", title=title)
    why = "the storage of everybody is on these arrays"
    await s.do("classifyRelease", "kaya", ref=key, type="MAJOR", overrideReason=why)
    changes = [s.keys[each] for each in IN_WAVES]
    await s.do("includeInRelease", "kaya", ref=key, changes=changes)
    times = {"startsAt": s.moment(41, "02:00"), "endsAt": s.moment(41, "06:00")}
    await s.do("scheduleRelease", "brandt", ref=key, **times)
    await s.do("planRelease", "kaya", ref=key)


@act(35, "10:00", "PR13.3 PR13.4", "fsg release show REL-000001")
async def accepted(s: Teller) -> None:
    """People are told and trained; the release is built, tested and accepted."""
    key = s.keys["release"]
    due = s.moment(38)
    given = {"release": key, "audience": "users of storage and compute", "dueAt": due}
    told = await s.do("registerCommunicationAction", "kaya", **given, title="work on Sunday")
    given = {"release": key, "audience": "storage operations", "dueAt": due}
    trained = await s.do("registerTrainingRecord", "kaya", **given, title="the new console")
    await s.do("buildRelease", "gallo", ref=key, build=f"{FIXED}-r1")
    for kind, passed in (("FUNCTIONAL", 48), ("INTEGRATION", 12), ("SECURITY", 9)):
        results = {"kindOfTest": kind, "passed": passed, "failed": 0, "suite": "lab"}
        await s.do("recordTestResult", "gallo", release=key, **results)
    for wave in await _waves(s):
        steps = "load 7.2.1 again, one controller at a time"
        await s.do("planDeploymentBackOut", "gallo", ref=wave, steps=steps, tested=True)
    await s.do("performCommunicationAction", "kaya", ref=told, note="by e-mail and on the portal")
    await s.do("performTrainingRecord", "kaya", ref=trained, note="two hours with the vendor")
    await s.do("evaluateRelease", "gallo", ref=key)
    await s.do("acceptRelease", "brandt", ref=key)


@act(41, "02:00", "PR13.5 PR13.6", "fsg deployment list --all")
async def deployed(s: Teller) -> None:
    """It is deployed in waves, one controller of each pair at a time; no service is DOWN."""
    waves = await _waves(s)
    for number, wave in enumerate(waves, 1):
        await s.do("beginDeployment", "gallo", ref=wave)
        await s.passes(minutes=25)
        if number == len(waves):
            for element in IN_WAVES:
                await s.do("completeChangeTask", "gallo", ref=s.keys[f"task of {element}"])
        await s.do("completeDeployment", "gallo", ref=wave, result="7.4.1 runs")
    for element in IN_WAVES:
        await s.do("applyDifference", "gallo", ref=s.keys[element])


@act(56, "10:00", "PR13.6", "fsg document list")
async def closed(s: Teller) -> None:
    """The release is reviewed after two quiet weeks, and closed."""
    key = s.keys["release"]
    findings = "every controller runs the new firmware, and nobody has noticed it"
    await s.do("reviewRelease", "brandt", ref=key, findings=findings, success=True)
    for element in IN_WAVES:
        seen = "no warning since, and nobody has noticed it"
        await s.do("reviewChange", "brandt", ref=s.keys[element], findings=seen, aimMet=True)
        await s.do("closeChange", "brandt", ref=s.keys[element])
    await s.do("closeRelease", "brandt", ref=key)


@act(43, "09:00", "PR12.1 PR12.3 PR12.4", "fsg change list --all")
async def last_change(s: Teller) -> None:
    """Array A cannot be deployed in waves: a major change, with the board and a planned stop."""
    given = {
        "title": f"CobaltOS {FIXED} on array A, with a planned stop",
        "changes": hit("fw-sto-a"),
        "resolves": [s.keys["problem"]],
        "aim": "a full write cache stops no controller",
        "benefits": "the workaround is not needed any more",
        "effort": "an hour without storage on Sunday",
        "feasibility": "it runs on arrays B and C",
    }
    key = s.keys["last"] = await s.do("registerChange", "farouk", **given)
    other = {"change": [{"key": "fw-sto-a", "attributes": {"software_version": FIXED}}]}
    await s.do("planChange", "farouk", ref=key, differenceOfGraph=other)
    await s.do("planBackOut", "farouk", ref=key, steps="load 7.2.1 again", tested=True)
    task = await s.do("registerChangeTask", "farouk", taskOf=key, title="load it on both")
    await s.do("assessChange", "brandt", ref=key)
    given = {"startsAt": s.moment(44, "13:00"), "discusses": [key]}
    board = await s.do("conveneCab", "brandt", **given)
    await s.to(44, "13:00")
    minutes = "users are told of the stop; the way back was tried on array C"
    await s.do("holdCab", "brandt", ref=board, minutes=minutes, attended=["per-brandt"])
    await s.do("approveChange", "brandt", ref=key)
    await s.do("approveChange", "jansen", ref=key)
    times = {"startsAt": s.moment(48, "02:00"), "endsAt": s.moment(48, "04:00")}
    await s.do("scheduleChange", "brandt", ref=key, **times)
    await s.to(48, "02:00")
    await s.do("beginChange", "gallo", ref=key)
    await s.to(48, "02:50")
    await s.do("completeChangeTask", "gallo", ref=task)
    await s.do("applyDifference", "gallo", ref=key)
    await s.do("completeChange", "gallo", ref=key, result=f"{FIXED} runs on both controllers")


@act(50, "10:00", "PR10.2 PR10.4", "fsg problem show PRB-000001")
async def resolved(s: Teller) -> None:
    """The problem is resolved, and its known error is retired with it."""
    resolution = f"firmware {FIXED} mirrors the cache piece by piece, on all arrays"
    await s.do("resolveProblem", "farouk", ref=s.keys["problem"], resolution=resolution)
    findings = "no stop and no warning since; users knew of the hour without storage"
    await s.do("reviewChange", "brandt", ref=s.keys["last"], findings=findings, aimMet=True)
    await s.do("closeChange", "brandt", ref=s.keys["last"])


async def _waves(s: Teller) -> list[str]:
    found = (await s.ask(WAVES, of=s.keys["release"]))["release"]["waves"]
    return [each["key"] for each in sorted(found, key=lambda one: int(one["wave"]))]
