"""The ordinary life of a provider: incidents and requests that come and go beside everything else.

They are rows of two tables. What is wrong with a row is said in the row: in the first weeks some
things are not done as they should be, and afterwards they are.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from fitsm_graph.story.acts import act
from fitsm_graph.story.beginnings import OFFERINGS
from fitsm_graph.story.teller import Teller, hit

TROUBLE = """
 1 10:10 | A batch worker does not answer | a memory module was worn out
         | wn-001 down compute | kaya 3
 3 13:40 | Mail to users comes late | the queue was full
         | cmp-portal-mail degraded application | okafor 2
 5 09:20 | A disk of an object server is broken | the disk was worn out
         | obj-n-1 at_risk storage | gallo 5
 8 15:00 | Search finds nothing that is new |
         | cmp-search degraded application | okafor 3
 9 11:30 | Two users cannot see their project |
         | share-projects degraded permission | gallo 2 2
11 16:20 | A hypervisor has restarted | a fan was broken
         | hv-n-03 down compute | kaya 4
16 08:50 | A notebook does not start |
         | cmp-notebooks degraded application | okafor 2 2
18 10:00 | Tape jobs wait | a drive had to be cleaned
         | tape-s degraded storage | gallo 6
24 09:45 | Job accounting shows yesterday |
         | cmp-accounting degraded application | kaya 3
26 14:15 | A mover of data is slow | one of two cables was loose
         | dtn-1 degraded network | ito 3
31 09:05 | A search server is out of memory | its heap was too small
         | search-1 down application | moreau 2
33 13:30 | A worker does not come back | its boot disk was worn out
         | wn-007 down compute | kaya 5
38 10:40 | The website of transfers looks broken | a file was missing after an update
         | cmp-transfer-web degraded application | okafor 2
40 15:50 | A cache answers slowly | its keys were never forgotten
         | cache-session degraded application | moreau 3
44 09:00 | A worker has lost its network | a cable was bent
         | wn-021 degraded network | kaya 4
47 11:15 | A line to a partner drops packets | a module was dirty
         | dtn-2 degraded network | ito 4
52 14:00 | An object server restarts | its power supply was weak
         | obj-s-2 down storage | gallo 3
58 10:30 | The image registry refuses uploads | its disk was full
         | cmp-images degraded application | moreau 2
61 16:10 | A database server lags behind | a report ran in the day
         | db-science-3 degraded database | moreau 3
66 09:30 | Groups are shown twice | an import ran twice
         | cmp-groups degraded application | okafor 3
72 13:00 | A file server is warm | a door of the rack was open
         | oss-2 at_risk power | petrova 5
75 10:20 | The catalogue shows old data | a job had stopped
         | cmp-catalogue degraded application | okafor 2
80 15:40 | A worker reports errors of memory | a memory module was worn out
         | wn-012 degraded compute | kaya 3
86 09:10 | Backups are late | a full backup ran too long
         | cmp-backup degraded storage | gallo 4
"""
"""Day and time | what is wrong | why it happened; nobody says so where nothing stands there
| element, effect, category | who deals with it, hours until it is resolved, and days between its
beginning and its registration, where it was not registered at once"""
WISHES = """
 2 09:30 | account usr-hassan | quinn 4
 4 14:10 | quota usr-silva | gallo 20
10 10:00 | account usr-berg | quinn 3
17 13:20 | database usr-silva | moreau 22
25 09:50 | quota usr-hassan | gallo 5
32 15:00 | account usr-berg | quinn 2
39 11:10 | database usr-hassan | moreau 6
46 10:30 | quota usr-silva | gallo 4
54 13:40 | account usr-hassan | quinn 3
60 09:15 | account usr-silva | quinn 5
68 14:30 | database usr-berg | moreau 21
76 10:45 | quota usr-hassan | gallo 4
83 09:40 | account usr-berg | quinn 2
"""
"""Day and time | what is asked for, and who asks | who deals with it, hours until it is there"""


class Trouble(NamedTuple):
    """An everyday incident.

    Attributes:
        hit: Element and effect.
        hours: From its registration until it is resolved.
        late: Days between its beginning and its registration.
        cause: Why it happened; empty: nobody says.
    """

    day: int
    time: str
    title: str
    hit: tuple[str, str]
    category: str
    who: str
    hours: int
    late: int
    cause: str


class Wish(NamedTuple):
    """An everyday service request.

    Attributes:
        hours: From its registration until it is fulfilled.
    """

    day: int
    time: str
    offering: str
    requester: str
    who: str
    hours: int


def troubles() -> list[Trouble]:
    """The rows of everyday incidents."""
    found, cells = [], _cells(TROUBLE)
    for (when, title, cause), (_, what, dealt) in zip(cells[::2], cells[1::2], strict=True):
        day, time = when.split()
        element, effect, category = what.split()
        who, hours, *late = dealt.split()
        of = (title, (element, effect), category, who, int(hours))
        found.append(Trouble(int(day), time, *of, int(late[0]) if late else 0, cause))
    return found


def wishes() -> list[Wish]:
    """The rows of everyday requests."""
    found = []
    for when, what, dealt in _cells(WISHES):
        (day, time), (offering, requester), (who, hours) = when.split(), what.split(), dealt.split()
        found.append(Wish(int(day), time, offering, requester, who, int(hours)))
    return found


@act(0, "12:00", "PR9.1 PR9.2 PR9.4 PR9.5", "fsg incident list --all")
async def incidents(s: Teller) -> None:
    """The service desk is open: incidents come and go, every few days."""
    for each in troubles():
        s.later(s.at(each.day, each.time), partial(_broken, s, each))


@act(0, "12:30", "PR9.1 PR9.2 PR9.5", "fsg service-request list --all")
async def requests(s: Teller) -> None:
    """Users ask for accounts, space and databases, every week."""
    for each in wishes():
        s.later(s.at(each.day, each.time), partial(_wanted, s, each))


async def _broken(s: Teller, it: Trouble) -> None:
    began = {"startsAt": s.moment(it.day - it.late, it.time)} if it.late else {}
    given = {"title": it.title, "affects": hit("=".join(it.hit)), "category": it.category}
    key = await s.do("registerIncident", "quinn", **given, **began)
    await s.do("assignIncident", "quinn", ref=key, owner=f"per-{it.who}")
    await s.do("beginIncident", it.who, ref=key)
    s.later(s.at(it.day, it.time) + timedelta(hours=it.hours), partial(_mended, s, it, key))


async def _mended(s: Teller, it: Trouble, key: str) -> None:
    resolution = f"it is mended: {it.cause or it.title.lower()}"
    await s.do("resolveIncident", it.who, ref=key, resolution=resolution, cause=it.cause)
    s.later(_morning(s.clock.now()), partial(_confirmed, s, "closeIncident", key))


async def _wanted(s: Teller, it: Wish) -> None:
    given = {"offering": s.keys[it.offering], "requester": it.requester}
    key = await s.do("registerServiceRequest", "quinn", **given)
    await s.do("assignServiceRequest", "quinn", ref=key, owner=f"per-{it.who}")
    await s.do("beginServiceRequest", it.who, ref=key)
    s.later(s.at(it.day, it.time) + timedelta(hours=it.hours), partial(_there, s, it, key))


async def _there(s: Teller, it: Wish, key: str) -> None:
    for number, _ in enumerate(OFFERINGS[it.offering].steps, 1):
        await s.do("completeRequestStep", it.who, ref=key, number=number)
    await s.do("fulfilServiceRequest", it.who, ref=key, resolution="it is there")
    s.later(_morning(s.clock.now()), partial(_confirmed, s, "closeServiceRequest", key))


async def _confirmed(s: Teller, verb: str, key: str) -> None:
    await s.do(verb, "quinn", ref=key, confirmed=True)


def _morning(now: datetime) -> datetime:
    """Half past eight of the next day, when users are asked whether all is well."""
    return (now + timedelta(days=1)).replace(hour=8, minute=30, second=0, microsecond=0)


def _cells(table: str) -> list[list[str]]:
    rows = (line.split("|") for line in table.strip().splitlines())
    return [[each.strip() for each in row] for row in rows]
