"""Changes of an ordinary quarter: normal ones on Sundays, standard ones when they are wanted."""

from fitsm_graph.story.acts import act
from fitsm_graph.story.teller import Teller, hit


async def _asked(s: Teller, name: str, by: str, title: str, element: str, effect: str) -> str:
    """A normal change, described, with a way back and a task."""
    given = {
        "title": title,
        "changes": hit(f"{element}={effect}"),
        "aim": f"{title.lower()}, and nobody notices",
        "benefits": "it will not fail in the middle of the day",
        "effort": "an hour on Sunday",
        "feasibility": "done before, on others of its kind",
    }
    key = s.keys[name] = await s.do("registerChange", by, **given)
    await s.do("planBackOut", by, ref=key, steps="put back what was there", tested=True)
    s.keys[f"{name}, task"] = await s.do("registerChangeTask", by, taskOf=key, title="do it")
    return key


async def _approved(s: Teller, name: str, starts: str, ends: str) -> None:
    """Assessed, approved by the manager of the process, and in the schedule."""
    key = s.keys[name]
    await s.do("assessChange", "brandt", ref=key)
    await s.do("approveChange", "brandt", ref=key)
    await s.do("scheduleChange", "brandt", ref=key, startsAt=starts, endsAt=ends)


async def _done(s: Teller, name: str, by: str, minutes: int) -> None:
    """Carried out, and closed the day after."""
    key = s.keys[name]
    await s.do("beginChange", by, ref=key)
    await s.passes(minutes=minutes)
    await s.do("completeChangeTask", by, ref=s.keys[f"{name}, task"])
    await s.do("completeChange", by, ref=key, result="as planned")


async def _standard(s: Teller, model: str, by: str, element: str) -> None:
    """A standard change from its beginning to its end: nobody has to approve it again."""
    given = {"follows": s.keys[model], "changes": hit(f"{element}=at_risk")}
    key = await s.do("raiseStandardChange", by, **given)
    await s.do("beginChange", by, ref=key)
    await s.passes(minutes=40)
    await s.do("completeChange", by, ref=key, result="as written")
    await s.do("closeChange", by, ref=key)


@act(2, "09:00", "PR12.1 PR12.3", "fsg change show CHG-000001")
async def memory(s: Teller) -> None:
    """More memory for a hypervisor: a normal change."""
    await _asked(s, "memory", "kaya", "More memory for hypervisor 3", "hv-n-03", "down")
    await s.to(3, "09:00")
    await _approved(s, "memory", s.moment(6, "02:00"), s.moment(6, "04:00"))


@act(5, "14:00", "PR12.2 PR9.2", "fsg standard-change list")
async def disk(s: Teller) -> None:
    """A broken disk is replaced by a standard change."""
    await _standard(s, "disk", "gallo", "obj-n-1")


@act(6, "02:00", "PR12.5 PR12.6", "fsg change show CHG-000001")
async def memory_done(s: Teller) -> None:
    """The memory is put in, in the window for maintenance."""
    await _done(s, "memory", "kaya", 50)
    await s.to(7, "09:00")
    await s.do("closeChange", "brandt", ref=s.keys["memory"])


@act(19, "10:00", "PR12.2", "fsg standard-change list")
async def certificate(s: Teller) -> None:
    """A certificate is renewed."""
    await _standard(s, "certificate", "okafor", "cert-portal")


@act(26, "13:00", "PR12.6", "fsg change show CHG-000005")
async def hurried(s: Teller) -> None:
    """A card of a hypervisor is changed in a hurry: scheduled the evening before."""
    title = "Another network card for hypervisor 5"
    await _asked(s, "hurried", "kaya", title, "hv-n-05", "down")
    await s.to(26, "16:00")
    await _approved(s, "hurried", s.moment(27, "02:00"), s.moment(27, "03:00"))
    await s.to(27, "02:00")
    await _done(s, "hurried", "kaya", 30)
    await s.do("closeChange", "brandt", ref=s.keys["hurried"])


@act(64, "09:00", "PR12.1 PR12.4", "fsg change show CHG-000012")
async def card(s: Teller) -> None:
    """A mover of data gets another network card."""
    await _asked(s, "card", "ito", "Another network card for mover 1", "dtn-1", "down")
    await s.to(65, "09:00")
    await _approved(s, "card", s.moment(69, "02:00"), s.moment(69, "04:00"))
    await s.to(69, "02:00")
    await _done(s, "card", "ito", 70)
    await s.to(70, "09:00")
    await s.do("closeChange", "brandt", ref=s.keys["card"])


@act(73, "10:00", "PR12.2", "fsg standard-change list")
async def routine(s: Teller) -> None:
    """Another certificate, and another disk."""
    await _standard(s, "certificate", "okafor", "cert-login")
    await _standard(s, "disk", "gallo", "obj-s-2")


@act(87, "09:00", "PR12.6", "fsg change show CHG-000015")
async def next_one(s: Teller) -> None:
    """What comes next is in the schedule of changes."""
    await _asked(s, "next", "kaya", "Another fan for hypervisor 3", "hv-n-03", "down")
    await s.to(88, "10:00")
    await _approved(s, "next", s.moment(104, "02:00"), s.moment(104, "04:00"))
