"""The people of the demo organisation: groups, persons, roles, customers (GR1)."""

from typing import Any

from fitsm_graph.discovery.demo.draft import DOMAIN

Party = tuple[str, dict[str, Any]]
Tie = tuple[str, str, str]

FACILITIES = "grp-facilities"
NETWORK = "grp-network"
STORAGE = "grp-storage"
COMPUTE = "grp-compute"
PLATFORM = "grp-platform"
APPLICATIONS = "grp-applications"
SERVICE_MANAGEMENT = "grp-service-management"

GROUPS = {
    FACILITIES: ("Facilities", "Looks after rooms, power and cooling on both campuses."),
    NETWORK: ("Network operations", "Runs the core ring, the uplinks and the switches."),
    STORAGE: ("Storage operations", "Runs arrays, object store, file systems and tape."),
    COMPUTE: ("Compute operations", "Runs hypervisors, virtual machines and the batch cluster."),
    PLATFORM: ("Platform engineering", "Runs databases, Kubernetes, brokers and balancers."),
    APPLICATIONS: ("Research applications", "Develops and runs what researchers see."),
    SERVICE_MANAGEMENT: ("Service management office", "Owns services and service management."),
    "grp-service-desk": ("Service desk", "First contact for users."),
    "grp-cab": (
        "Change advisory board",
        "Advises on changes that need more than one pair of eyes.",
    ),
}

# key, name, groups, roles
PEOPLE = (
    ("per-adeyemi", "Folake Adeyemi", (SERVICE_MANAGEMENT, "grp-cab"), ("rol-sms-owner",)),
    ("per-brandt", "Jonas Brandt", (SERVICE_MANAGEMENT, "grp-cab"), ("rol-chm", "rol-rdm")),
    ("per-castell", "Mireia Castell", (SERVICE_MANAGEMENT,), ("rol-confm",)),
    ("per-dvorak", "Tomáš Dvořák", ("grp-service-desk",), ("rol-isrm",)),
    ("per-eriksen", "Signe Eriksen", (SERVICE_MANAGEMENT,), ("rol-pm", "rol-csi")),
    ("per-farouk", "Nadia Farouk", (STORAGE, "grp-cab"), ("rol-ci-owner",)),
    ("per-gallo", "Pietro Gallo", (STORAGE,), ()),
    ("per-horvat", "Ana Horvat", (NETWORK, "grp-cab"), ("rol-ci-owner",)),
    ("per-ito", "Kenji Ito", (NETWORK,), ()),
    ("per-jansen", "Willem Jansen", (COMPUTE, "grp-cab"), ("rol-ci-owner",)),
    ("per-kaya", "Elif Kaya", (COMPUTE,), ()),
    ("per-lindqvist", "Oskar Lindqvist", (PLATFORM, "grp-cab"), ("rol-ci-owner",)),
    ("per-moreau", "Claire Moreau", (PLATFORM,), ()),
    ("per-nowak", "Zofia Nowak", (APPLICATIONS, "grp-cab"), ("rol-service-owner",)),
    ("per-okafor", "Chidi Okafor", (APPLICATIONS,), ()),
    ("per-petrova", "Daria Petrova", (FACILITIES,), ("rol-ci-owner",)),
    ("per-quinn", "Aoife Quinn", ("grp-service-desk",), ()),
)

# key, name, process
ROLES = (
    ("rol-sms-owner", "SMS owner", ""),
    ("rol-service-owner", "Service owner", ""),
    ("rol-isrm", "Process manager ISRM", "ISRM"),
    ("rol-pm", "Process manager PM", "PM"),
    ("rol-confm", "Process manager CONFM", "CONFM"),
    ("rol-chm", "Process manager CHM", "CHM"),
    ("rol-rdm", "Process manager RDM", "RDM"),
    ("rol-csi", "Process manager CSI", "CSI"),
    ("rol-ci-owner", "CI owner", "CONFM"),
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
    """Groups, persons, roles and customers, each with its key and properties."""
    return [
        *(("Group", {"key": k, "name": n, "purpose": p}) for k, (n, p) in GROUPS.items()),
        *(("Person", {"key": k, "name": n, "email": _email(k)}) for k, n, _, _ in PEOPLE),
        *(("Role", {"key": k, "name": n, "process": p}) for k, n, p in ROLES),
        *(("Customer", {"key": k, "name": n, "user_count": u}) for k, n, u, _ in CUSTOMERS),
    ]


def ties() -> list[Tie]:
    """Who is in which group, holds which role, receives which service: type, source, target."""
    return [
        *(("BELONGS_TO", person, group) for person, _, groups, _ in PEOPLE for group in groups),
        *(("HOLDS", person, role) for person, _, _, roles in PEOPLE for role in roles),
        *(("RECEIVES", customer, s) for customer, _, _, services in CUSTOMERS for s in services),
    ]


def _email(key: str) -> str:
    return f"{key.removeprefix('per-')}@{DOMAIN}"
