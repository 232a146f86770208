"""The people of the demo organisation: groups, persons, roles, customers (GR1)."""

from typing import Any

from fitsm_graph.discovery.demo.draft import DOMAIN

Party = tuple[str, dict[str, Any]]
Tie = tuple[str, str, str]
Held = tuple[str, str, str]
"""A role, the process or service that it is held over, and a person."""

FACILITIES = "grp-facilities"
NETWORK = "grp-network"
STORAGE = "grp-storage"
COMPUTE = "grp-compute"
PLATFORM = "grp-platform"
APPLICATIONS = "grp-applications"
SERVICE_MANAGEMENT = "grp-service-management"
CAB = "grp-cab"

GROUPS = {
    FACILITIES: ("Facilities", "Looks after rooms, power and cooling on both campuses."),
    NETWORK: ("Network operations", "Runs the core ring, the uplinks and the switches."),
    STORAGE: ("Storage operations", "Runs arrays, object store, file systems and tape."),
    COMPUTE: ("Compute operations", "Runs hypervisors, virtual machines and the batch cluster."),
    PLATFORM: ("Platform engineering", "Runs databases, Kubernetes, brokers and balancers."),
    APPLICATIONS: ("Research applications", "Develops and runs what researchers see."),
    SERVICE_MANAGEMENT: ("Service management office", "Owns services and service management."),
    "grp-service-desk": ("Service desk", "First contact for users."),
    CAB: (
        "Change advisory board",
        "Advises on changes that need more than one pair of eyes.",
    ),
}

# key, name, groups
PEOPLE = (
    ("per-adeyemi", "Folake Adeyemi", (SERVICE_MANAGEMENT, CAB)),
    ("per-brandt", "Jonas Brandt", (SERVICE_MANAGEMENT, CAB)),
    ("per-castell", "Mireia Castell", (SERVICE_MANAGEMENT,)),
    ("per-dvorak", "Tomáš Dvořák", ("grp-service-desk",)),
    ("per-eriksen", "Signe Eriksen", (SERVICE_MANAGEMENT,)),
    ("per-farouk", "Nadia Farouk", (STORAGE, CAB)),
    ("per-gallo", "Pietro Gallo", (STORAGE,)),
    ("per-horvat", "Ana Horvat", (NETWORK, CAB)),
    ("per-ito", "Kenji Ito", (NETWORK,)),
    ("per-jansen", "Willem Jansen", (COMPUTE, CAB)),
    ("per-kaya", "Elif Kaya", (COMPUTE,)),
    ("per-lindqvist", "Oskar Lindqvist", (PLATFORM, CAB)),
    ("per-moreau", "Claire Moreau", (PLATFORM,)),
    ("per-nowak", "Zofia Nowak", (APPLICATIONS, CAB)),
    ("per-okafor", "Chidi Okafor", (APPLICATIONS,)),
    ("per-petrova", "Daria Petrova", (FACILITIES,)),
    ("per-quinn", "Aoife Quinn", ("grp-service-desk",)),
)

# role, process or service, person
HELD = (
    ("sms_owner", "", "per-adeyemi"),
    ("sms_manager", "", "per-eriksen"),
    ("process_manager", "isrm", "per-dvorak"),
    ("process_manager", "pm", "per-eriksen"),
    ("process_manager", "confm", "per-castell"),
    ("process_manager", "chm", "per-brandt"),
    ("process_manager", "rdm", "per-brandt"),
    ("process_manager", "csi", "per-eriksen"),
    ("process_staff", "isrm", "per-quinn"),
    ("service_owner", "svc-identity", "per-nowak"),
    ("service_owner", "svc-storage", "per-farouk"),
    ("service_owner", "svc-compute", "per-jansen"),
    ("service_owner", "svc-database", "per-lindqvist"),
    ("service_owner", "svc-portal", "per-nowak"),
    ("service_owner", "svc-transfer", "per-nowak"),
)

# key, name, users, services
CUSTOMERS = (
    ("cus-climate", "Climate Modelling Consortium", 420, ("svc-compute", "svc-storage")),
    ("cus-genomics", "Genomics Institute", 310, ("svc-compute", "svc-database", "svc-storage")),
    ("cus-astronomy", "Radio Astronomy Observatory", 95, ("svc-transfer", "svc-storage")),
    ("cus-linguistics", "Language Archive", 60, ("svc-portal", "svc-database")),
    ("cus-university", "University of Tarnfell", 5200, ("svc-portal", "svc-identity")),
    ("cus-materials", "Materials Science Network", 180, ("svc-compute", "svc-transfer")),
    ("cus-health", "Public Health Registry", 75, ("svc-database", "svc-identity")),
    ("cus-school", "Summer School of Data Science", 240, ("svc-portal",)),
)


def parties() -> list[Party]:
    """Groups, persons and customers, each with its key and properties."""
    return [
        *(("Group", {"key": k, "name": n, "purpose": p}) for k, (n, p) in GROUPS.items()),
        *(("Person", {"key": k, "name": n, "email": _email(k)}) for k, n, _ in PEOPLE),
        *(("Customer", {"key": k, "name": n, "user_count": u}) for k, n, u, _ in CUSTOMERS),
    ]


def ties() -> list[Tie]:
    """Who is in which group, and receives which service: type, source, target."""
    return [
        *(("BELONGS_TO", person, group) for person, _, groups in PEOPLE for group in groups),
        *(("RECEIVES", customer, s) for customer, _, _, services in CUSTOMERS for s in services),
    ]


def roles() -> list[Held]:
    """Who holds which role, over which process or service."""
    cab = [("cab_member", "", person) for person, _, groups in PEOPLE if CAB in groups]
    return [*HELD, *cab]


def _email(key: str) -> str:
    return f"{key.removeprefix('per-')}@{DOMAIN}"
