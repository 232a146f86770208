"""The six services and what they are composed of."""

from typing import NamedTuple

from fitsm_graph.discovery.demo.draft import Author, Draft
from fitsm_graph.discovery.demo.parties import (
    APPLICATIONS,
    COMPUTE,
    NETWORK,
    PLATFORM,
    SERVICE_MANAGEMENT,
    STORAGE,
)


class Part(NamedTuple):
    """One service component: its owner, the CIs it is built from, the services it is part of.

    A service with a tilde works worse without the component, one with an equals sign does not
    feel its loss; the others cannot do without.
    """

    key: str
    name: str
    owner: str
    built_from: str
    services: str


SERVICES = (
    (
        "svc-identity",
        "Identity and access",
        1,
        "Sign-in, groups and certificates for all services.",
    ),
    ("svc-storage", "Research storage", 1, "Object, block and file storage, and the archive."),
    ("svc-compute", "Compute platform", 2, "Batch jobs and virtual machines for research."),
    ("svc-database", "Research database hosting", 2, "Databases of research projects."),
    ("svc-portal", "Science portal and notebooks", 2, "Portal, search and interactive notebooks."),
    ("svc-transfer", "Data transfer", 3, "Moves data sets between sites and partners."),
)
ALL = "svc-identity svc-storage svc-compute svc-database svc-portal svc-transfer"
PARTS = (
    # what all services share
    Part("cmp-external-access", "External access", NETWORK, "grp-uplinks grp-firewall", ALL),
    Part("cmp-core-network", "Core network", NETWORK, "grp-core", ALL),
    Part("cmp-name-resolution", "Name resolution", NETWORK, "app-dns zone-example-org", ALL),
    Part("cmp-monitoring", "Monitoring", PLATFORM, "app-mon app-log", ALL.replace("svc", "=svc")),
    # identity and access
    Part("cmp-sign-in", "Sign-in", APPLICATIONS, "app-idp ep-login", "svc-identity"),
    Part("cmp-directory", "Directory", APPLICATIONS, "app-ldap", "svc-identity"),
    Part("cmp-second-factor", "Second factor", APPLICATIONS, "app-mfa", "svc-identity"),
    Part("cmp-groups", "Group management", APPLICATIONS, "app-groups", "~svc-identity"),
    Part("cmp-certificates", "Certificate authority", APPLICATIONS, "app-ca", "~svc-identity"),
    Part("cmp-accounts", "Account database", PLATFORM, "dbs-identity", "svc-identity"),
    # research storage
    Part("cmp-object-store", "Object store", STORAGE, "ostore-main", "svc-storage svc-transfer"),
    Part("cmp-object-gateway", "Object gateway", STORAGE, "app-s3gw ep-objects", "svc-storage"),
    Part("cmp-block-store", "Block store", STORAGE, "pool-a-2 app-blockapi", "svc-storage"),
    Part("cmp-project-shares", "Project directories", STORAGE, "share-projects", "~svc-storage"),
    Part("cmp-archive", "Archive", STORAGE, "pool-archive", "~svc-storage"),
    # compute platform
    Part("cmp-scheduler", "Batch scheduler", COMPUTE, "app-slurm", "svc-compute"),
    Part("cmp-login-hosts", "Login hosts", COMPUTE, "app-login ep-batch", "svc-compute"),
    Part("cmp-workers", "Batch workers", COMPUTE, "hpc-main", "svc-compute"),
    Part("cmp-scratch", "Scratch space", STORAGE, "fs-scratch", "svc-compute"),
    Part("cmp-home", "Home directories", STORAGE, "share-home", "svc-compute ~svc-portal"),
    Part("cmp-software", "Software stack", COMPUTE, "app-repo", "~svc-compute"),
    Part("cmp-accounting", "Job accounting", COMPUTE, "app-acct", "~svc-compute"),
    Part("cmp-virtual-machines", "Virtual machines", COMPUTE, "grp-farms", "svc-compute"),
    # research database hosting
    Part("cmp-db-cluster", "Database cluster", PLATFORM, "dbc-science", "svc-database"),
    Part("cmp-db-access", "Database access", PLATFORM, "app-dbproxy ep-databases", "svc-database"),
    Part("cmp-db-self-service", "Database self-service", PLATFORM, "app-dbui", "~svc-database"),
    Part("cmp-backup", "Backup", STORAGE, "app-backup", "=svc-database =svc-compute =svc-portal"),
    # science portal and notebooks
    Part("cmp-portal-web", "Portal website", APPLICATIONS, "wl-portal-web ep-portal", "svc-portal"),
    Part("cmp-portal-api", "Portal API", APPLICATIONS, "wl-portal-api dbs-portal", "svc-portal"),
    Part("cmp-notebook-hub", "Notebook hub", APPLICATIONS, "wl-notebook-hub", "svc-portal"),
    Part("cmp-notebooks", "Notebooks", APPLICATIONS, "wl-notebook-pool ep-notebooks", "svc-portal"),
    Part("cmp-portal-mail", "Mail to users", APPLICATIONS, "wl-portal-mail", "~svc-portal"),
    Part("cmp-search", "Search", APPLICATIONS, "grp-search", "~svc-portal"),
    Part("cmp-session-cache", "Session cache", PLATFORM, "cache-session", "~svc-portal"),
    Part("cmp-containers", "Container platform", PLATFORM, "k8s-main", "svc-portal"),
    Part("cmp-images", "Image registry", PLATFORM, "app-registry", "~svc-portal"),
    # data transfer
    Part("cmp-transfer-control", "Transfer control", APPLICATIONS, "ep-transfer", "svc-transfer"),
    Part("cmp-movers", "Data movers", STORAGE, "grp-movers", "svc-transfer"),
    Part("cmp-transfer-web", "Transfer website", APPLICATIONS, "app-transfer-ui", "~svc-transfer"),
    Part("cmp-catalogue", "Data catalogue", APPLICATIONS, "app-catalogue", "~svc-transfer"),
    Part("cmp-messages", "Messaging", PLATFORM, "queue-transfer queue-notice", "svc-transfer"),
)
BETWEEN = (
    ("svc-portal", "DEPENDS_ON", "svc-identity"),
    ("svc-transfer", "DEPENDS_ON", "svc-identity"),
    ("svc-compute", "USES", "svc-identity"),
    ("svc-storage", "USES", "svc-identity"),
    ("svc-database", "USES", "svc-identity"),
)
MARKS = {"~": {"strength": "soft"}, "=": {"strength": "info"}}


def write_services(draft: Draft) -> None:
    """Add services, components and what they are built from."""
    office = Author(draft, SERVICE_MANAGEMENT)
    for key, name, criticality, purpose in SERVICES:
        office.add("Service", key, name, purpose, criticality=criticality)
    Author(draft, COMPUTE).group("grp-farms", "1 of 2 virtualisation farms", ["hvc-n", "hvc-s"])
    for part in PARTS:
        author = Author(draft, part.owner)
        author.add("ServiceComponent", part.key, part.name)
        author.link(part.key, "BUILT_FROM", *part.built_from.split())
        for service in part.services.split():
            strength = MARKS.get(service[0], {})
            author.link(service.lstrip("~="), "COMPOSED_OF", part.key, **strength)
    for who, how, whom in BETWEEN:
        office.link(who, how, whom)
