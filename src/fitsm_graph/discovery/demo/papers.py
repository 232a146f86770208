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
    for number, (stem, *_) in enumerate(ENDPOINTS, 1):
        _certificate(Author(draft, PLATFORM), stem, number)
    office = Author(draft, SERVICE_MANAGEMENT)
    for licence in LICENCES:
        _licence(office, *licence)
    for document in DOCUMENTS:
        _document(office, *document)


def _certificate(author: Author, stem: str, month: int) -> None:
    name = f"{stem}.{DOMAIN}"
    author.add(
        "Certificate",
        f"cert-{stem}",
        f"Certificate of {name}",
        subject=f"CN={name}",
        subject_names=[name],
        issuer="Tarnfell Issuing CA 2",
        valid_from=f"2026-{month:02d}-01T00:00:00Z",
        valid_until=f"2027-{month:02d}-01T00:00:00Z",
        key_algorithm="ECDSA P-256",
    )


def _licence(
    author: Author, key: str, name: str, metric: str, quantity: int, users: tuple[str, ...]
) -> None:
    end = "2028-12-31T23:59:59Z"
    author.add("Licence", key, name, licence_metric=metric, quantity=quantity, valid_until=end)
    for user in users:
        author.link(user, "LICENSED_BY", key)


def _document(author: Author, key: str, name: str, version: str, subjects: tuple[str, ...]) -> None:
    url = f"https://docs.{DOMAIN}/{key}"
    due = "2027-06-30"
    author.add("ControlledDocument", key, name, url=url, document_version=version, review_due=due)
    for subject in subjects:
        author.link(subject, "DOCUMENTED_BY", key)
