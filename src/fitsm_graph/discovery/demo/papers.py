"""Certificates, licences and documents under control."""

from fitsm_graph.discovery.demo.applications import ENDPOINTS
from fitsm_graph.discovery.demo.draft import DOMAIN, Author, Draft
from fitsm_graph.discovery.demo.parties import PLATFORM, SERVICE_MANAGEMENT

# key, name, metric, quantity, who uses it
LICENCES = (
    ("lic-arrays", "Support for the storage arrays", "arrays", 3, ("sto-a", "sto-b", "sto-c")),
    ("lic-routers", "Support for routers", "devices", 6, ("rtr-n1", "rtr-s1")),
    ("lic-firewalls", "Firewall subscription", "devices", 2, ("fwl-n", "fwl-s")),
    ("lic-tape", "Support for the tape library", "libraries", 1, ("tape-s",)),
)
# key, name, version, what it describes
DOCUMENTS = (
    ("doc-power-north", "Power single-line diagram, north", "4", ("ats-n-a", "ats-n-b")),
    ("doc-power-south", "Power single-line diagram, south", "2", ("ats-s",)),
    ("doc-ring", "Core ring and uplinks", "7", ("rtr-n1", "rtr-s1")),
    ("doc-array-a", "Runbook of array A", "3", ("sto-a",)),
    ("doc-array-b", "Runbook of array B", "3", ("sto-b",)),
    ("doc-database", "Runbook of the database clusters", "5", ("dbc-science", "dbc-platform")),
    ("doc-kubernetes", "Runbook of the Kubernetes cluster", "9", ("k8s-main",)),
    ("doc-continuity", "Service continuity plan", "2", ("svc-identity", "svc-storage")),
    ("doc-onboarding", "User onboarding", "6", ("svc-compute", "svc-portal")),
    ("doc-transfer", "Runbook of data transfer", "1", ("svc-transfer",)),
)


def write_papers(draft: Draft) -> None:
    """Add certificates, licences and documents."""
    author = Author(draft, PLATFORM)
    for number, (stem, *_) in enumerate(ENDPOINTS, 1):
        author.add(
            "Certificate",
            f"cert-{stem}",
            f"Certificate of {stem}.{DOMAIN}",
            subject=f"CN={stem}.{DOMAIN}",
            subject_names=[f"{stem}.{DOMAIN}"],
            issuer="Tarnfell Issuing CA 2",
            valid_from=f"2026-{number:02d}-01T00:00:00Z",
            valid_until=f"2027-{number:02d}-01T00:00:00Z",
            key_algorithm="ECDSA P-256",
        )
    office = Author(draft, SERVICE_MANAGEMENT)
    for key, name, metric, quantity, users in LICENCES:
        office.add(
            "Licence",
            key,
            name,
            licence_metric=metric,
            quantity=quantity,
            valid_until="2028-12-31T23:59:59Z",
        )
        for user in users:
            office.link(user, "LICENSED_BY", key)
    for key, name, version, subjects in DOCUMENTS:
        url = f"https://docs.{DOMAIN}/{key}"
        office.add(
            "ControlledDocument",
            key,
            name,
            url=url,
            document_version=version,
            review_due="2027-06-30",
        )
        for subject in subjects:
            office.link(subject, "DOCUMENTED_BY", key)
