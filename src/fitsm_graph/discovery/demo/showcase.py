"""What happens in the demo estate when something fails, and why.

The expectations are thought out from the estate's description and tested against the engine;
they are not its output.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

ALL_SERVICES = (
    "svc-identity",
    "svc-storage",
    "svc-compute",
    "svc-database",
    "svc-portal",
    "svc-transfer",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Something fails, and this is what follows.

    Attributes:
        name: Short and stable, for links and tests.
        title: What it shows.
        fail: Keys of elements that are DOWN by themselves.
        degrade: Keys of elements that are DEGRADED by themselves.
        expect: Service → state; a service that is not named stays UP.
        also: Other elements worth a look → state.
        why: The reason, for a reader who knows the estate a little.
    """

    name: str
    title: str
    fail: tuple[str, ...]
    degrade: tuple[str, ...] = ()
    expect: Mapping[str, str] = field(default_factory=dict)
    also: Mapping[str, str] = field(default_factory=dict)
    why: str


def _each(state: str, **other: str) -> dict[str, str]:
    """Give every service a state, and some of them another."""
    return dict.fromkeys(ALL_SERVICES, state) | {f"svc-{name}": s for name, s in other.items()}


SHOWCASE = (
    Scenario(
        name="shared-firmware",
        title="A redundant pair with one firmware: a hidden single point of failure",
        fail=("fw-sto-a",),
        expect=_each(
            "DEGRADED", storage="DOWN", database="DOWN", portal="DOWN", identity="AT_RISK"
        ),
        also={
            "sto-ctl-a1": "DOWN",
            "sto-ctl-a2": "DOWN",
            "sto-a": "DOWN",
            "dbc-science": "DOWN",
            "dbc-platform": "AT_RISK",
            "k8s-main": "DOWN",
            "grp-search": "DOWN",
            "sto-b": "UP",
        },
        why="Both controllers of array A run one installation of firmware, so the pair falls "
        "together. Every virtual machine of the north campus has its disk there: 2 of 3 servers "
        "of the research databases and of search go, and 6 of 9 Kubernetes workers. The platform "
        "databases have a server elsewhere and keep 2 of 3.",
    ),
    Scenario(
        name="one-server-of-three",
        title="Loss of redundancy: AT_RISK",
        fail=("db-science-1",),
        expect={"svc-database": "AT_RISK"},
        also={"dbc-science": "AT_RISK", "grp-db-science": "AT_RISK"},
        why="The cluster needs 2 of 3 servers and has exactly 2: it works, and one more loss "
        "takes it down.",
    ),
    Scenario(
        name="two-of-three-weakened",
        title="Enough members, but not enough healthy ones: DEGRADED",
        fail=("db-science-1",),
        degrade=("db-science-2",),
        expect={"svc-database": "DEGRADED"},
        also={"dbc-science": "DEGRADED"},
        why="Two servers answer, which is enough not to be DOWN; only one of them is healthy.",
    ),
    Scenario(
        name="cache-lost",
        title="A soft dependency: DEGRADED, not DOWN",
        fail=("cache-session",),
        expect={"svc-portal": "DEGRADED"},
        also={"wl-portal-web": "DEGRADED"},
        why="The portal uses its session cache and works without it, only slower.",
    ),
    Scenario(
        name="certificate-ended",
        title="A certificate ends: DOWN",
        fail=("cert-portal",),
        expect={"svc-portal": "DOWN"},
        also={"ep-portal": "DOWN", "wl-portal-web": "UP"},
        why="Browsers refuse to connect, although everything behind the endpoint works.",
    ),
    Scenario(
        name="host-lost",
        title="A farm with a reserve: nothing happens",
        fail=("hv-n-03",),
        also={"hvc-n": "UP", "grp-hvc-n": "UP"},
        why="The farm needs 5 of 8 hypervisors and keeps 2 in reserve: 7 are still enough for "
        "both.",
    ),
    Scenario(
        name="ring-cut-once",
        title="A ring cut once: everything is still reached",
        fail=("cir-ring-east",),
        also={"rtr-n3": "AT_RISK", "rtr-s3": "AT_RISK", "rtr-s2": "UP"},
        why="The south campus is reached the other way round. Only the routers at the ends of "
        "the line have lost a neighbour.",
    ),
    Scenario(
        name="ring-cut-twice",
        title="A ring cut twice: half of it holds nobody up",
        fail=("cir-ring-east", "cir-ring-west"),
        expect=_each("AT_RISK", transfer="DOWN", compute="DEGRADED", storage="DEGRADED"),
        also={"rtr-s1": "DOWN", "rtr-s2": "DOWN", "rtr-s3": "DOWN", "hvc-s": "DOWN"},
        why="The three southern routers still have each other as neighbours, but none leads to "
        "an uplink: support must be grounded. Transfer control runs in the south only; job "
        "accounting and the archive are lost, and batch and storage work without them.",
    ),
    Scenario(
        name="router-lost",
        title="Redundancy lost on the way to everything",
        fail=("rtr-n2",),
        expect=_each("AT_RISK"),
        also={"cir-uplink-2": "AT_RISK", "rtr-n1": "AT_RISK", "grp-uplinks": "UP"},
        why="All traffic now passes one uplink and one router: everything works, nothing is spare.",
    ),
    Scenario(
        name="shared-duct",
        title="Two providers, two circuits, two rooms, one duct",
        fail=("duct-canal",),
        expect=_each("DOWN"),
        also={"cir-uplink-1": "DOWN", "cir-uplink-2": "DOWN", "net-transit": "UP"},
        why="Both uplinks lie in the canal duct. One digger cuts both, and the ring has no "
        "source any more.",
    ),
    Scenario(
        name="crowded-pdu",
        title="Four power supplies on one distribution unit",
        fail=("pdu-n2-03-b",),
        expect={"svc-compute": "DOWN", "svc-storage": "DEGRADED", "svc-portal": "DEGRADED"},
        also={"sto-ctl-b1": "DOWN", "sto-ctl-b2": "DOWN", "sto-b": "DOWN", "oss-1": "AT_RISK"},
        why="Both controllers of array B have two power supplies each, and all four are plugged "
        "into the B side of one rack. Home directories and scratch space go with the array.",
    ),
    Scenario(
        name="other-pdu",
        title="The same rack, the other side: only redundancy is lost",
        fail=("pdu-n2-03-a",),
        also={"sto-b": "UP", "oss-1": "AT_RISK"},
        why="Nothing of array B is plugged in here, and everything else has the B side.",
    ),
    Scenario(
        name="shared-transfer-switch",
        title="A and B on every rack, one transfer switch behind both",
        fail=("ats-s",),
        expect=_each("AT_RISK", transfer="DOWN", compute="DEGRADED", storage="DEGRADED"),
        also={"pdu-s1-01-a": "DOWN", "pdu-s1-01-b": "DOWN", "ostore-main": "AT_RISK"},
        why="Both supplies of the south campus pass one transfer switch, so that the whole "
        "campus is dark although grid and generator work.",
    ),
    Scenario(
        name="sign-in-lost",
        title="One service takes others along",
        fail=("idp-n", "idp-s"),
        expect=_each("DEGRADED", identity="DOWN", portal="DOWN", transfer="DOWN"),
        also={"app-idp": "DOWN", "grp-idp": "DOWN"},
        why="Portal and transfer cannot do without sign-in; the others keep serving those who "
        "are signed in.",
    ),
)
"""The scenarios; the first is the one the demo starts with."""
