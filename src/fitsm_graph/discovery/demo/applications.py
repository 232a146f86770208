"""Applications on virtual machines, and the endpoints at which users reach the services."""

from fitsm_graph.discovery.demo.draft import DOMAIN, Author, Draft
from fitsm_graph.discovery.demo.parties import APPLICATIONS, NETWORK

# stem, type of the instances, name, product, version
PAIRS = (
    ("dns", "Middleware", "Name servers", "Knot DNS", "3.4.7"),
    ("idp", "ApplicationComponent", "Sign-in", "Keycloak", "26.3.2"),
    ("ldap", "DirectoryService", "Directory", "OpenLDAP", "2.6.10"),
    ("mfa", "ApplicationComponent", "Second factor", "privacyIDEA", "3.11.4"),
    ("groups", "ApplicationComponent", "Group management", "Grouper", "5.20.2"),
    ("slurm", "ApplicationComponent", "Batch scheduler", "Slurm", "25.05.1"),
    ("login", "ApplicationComponent", "Login hosts", "OpenSSH", "10.0p2"),
    ("dbproxy", "Middleware", "Database proxies", "PgBouncer", "1.24.1"),
    ("registry", "ApplicationComponent", "Image registry", "Harbor", "2.13.1"),
    ("blockapi", "ApplicationComponent", "Block storage API", "Cinder", "26.0.0"),
    ("s3gw", "WebServer", "Object gateways", "Garage gateway", "2.0.0"),
    ("mon", "MonitoringSystem", "Monitoring", "Prometheus", "3.5.0"),
)
# stem, name, product, version
SINGLES = (
    ("repo", "Software stack for jobs", "EESSI mirror", "2025.06"),
    ("dbui", "Database self-service", "pgAdmin", "9.6"),
    ("log", "Log store", "Loki", "3.5.3"),
    ("acct", "Job accounting", "SlurmDBD", "25.05.1"),
    ("transfer-ctl", "Transfer control", "FTS", "3.14.1"),
    ("transfer-ui", "Transfer website", "WebFTS", "2.2.0"),
    ("catalogue", "Data catalogue", "CKAN", "2.11.3"),
    ("backup", "Backup", "Bareos", "24.0.4"),
)
# who, how, whom
NEEDS = (
    ("app-idp", "DEPENDS_ON", "app-ldap"),
    ("app-idp", "DEPENDS_ON", "dbs-identity"),
    ("app-idp", "USES", "app-mfa"),
    ("app-groups", "DEPENDS_ON", "dbs-identity"),
    ("app-slurm", "DEPENDS_ON", "dbs-batch"),
    ("app-acct", "DEPENDS_ON", "dbs-batch"),
    ("app-login", "AUTHENTICATED_BY", "app-ldap"),
    ("app-registry", "STORED_ON", "ostore-main"),
    ("app-s3gw", "DEPENDS_ON", "ostore-main"),
    ("app-blockapi", "DEPENDS_ON", "sto-a"),
    ("app-dbproxy", "DEPENDS_ON", "dbc-science"),
    ("app-dbui", "DEPENDS_ON", "app-dbproxy"),
    ("app-transfer-ctl", "DEPENDS_ON", "dbs-transfer"),
    ("app-transfer-ctl", "DEPENDS_ON", "queue-transfer"),
    ("app-transfer-ui", "DEPENDS_ON", "app-transfer-ctl"),
    ("app-catalogue", "DEPENDS_ON", "dbs-catalogue"),
    ("app-catalogue", "USES", "grp-search"),
    ("app-log", "STORED_ON", "ostore-main"),
    ("app-backup", "STORED_ON", "share-backup"),
)
# endpoint, name users see, what it leads to and how
ENDPOINTS = (
    ("login", "Sign-in", "EXPOSES", "app-idp"),
    ("batch", "Login to the batch cluster", "EXPOSES", "app-login"),
    ("objects", "Object storage", "EXPOSES", "app-s3gw"),
    ("databases", "Database access", "EXPOSES", "app-dbproxy"),
    ("portal", "Science portal", "ROUTES_TO", "ing-portal"),
    ("notebooks", "Notebooks", "ROUTES_TO", "ing-notebooks"),
    ("transfer", "Transfer control", "EXPOSES", "app-transfer-ctl"),
)
MOVERS = {
    "dtn-1": "rack-n1-07",
    "dtn-2": "rack-n1-08",
    "dtn-3": "rack-s1-07",
    "dtn-4": "rack-s1-08",
}
"""Data transfer servers, with their racks."""


def write_applications(draft: Draft) -> None:
    """Add applications with their instances, data movers, names and endpoints."""
    author = Author(draft, APPLICATIONS)
    for pair in PAIRS:
        _pair(author, *pair)
    for single in SINGLES:
        _single(author, *single)
    _others(author)
    for who, how, whom in NEEDS:
        author.link(who, how, whom)
    _movers(author)
    _names(Author(draft, NETWORK))
    for endpoint in ENDPOINTS:
        _endpoint(author, *endpoint)
    _watch(author)


def _pair(author: Author, stem: str, type: str, name: str, product: str, version: str) -> None:
    instances = []
    for site in "ns":
        key = author.add(
            type,
            f"{stem}-{site}",
            f"{name}, {'north' if site == 'n' else 'south'}",
            product=product,
            software_version=version,
            environment="production",
        )
        author.link(key, "RUNS_ON", f"vm-{stem}-{site}")
        instances.append(key)
    group = author.group(f"grp-{stem}", f"1 of 2: {name.lower()}", instances)
    author.add(
        "DirectoryService" if type == "DirectoryService" else "Application",
        f"app-{stem}",
        name,
        product=product,
        environment="production",
    )
    author.link(f"app-{stem}", "FORMED_BY", group)


def _single(author: Author, stem: str, name: str, product: str, version: str) -> None:
    author.add(
        "Application",
        f"app-{stem}",
        name,
        product=product,
        software_version=version,
        environment="production",
        stage="production",
    )
    author.link(f"app-{stem}", "RUNS_ON", f"vm-{stem}")


def _others(author: Author) -> None:
    author.add(
        "Cache", "cache-session", "Session cache", product="Valkey", software_version="8.1.3"
    )
    author.link("cache-session", "RUNS_ON", "vm-cache")
    author.link("wl-portal-web", "USES", "cache-session")
    author.server("Server", "srv-ca", "Certificate authority", "Orrin R450", "rack-n2-01")
    author.add("Application", "app-ca", "Certificate authority", product="EJBCA")
    author.link("app-ca", "RUNS_ON", "srv-ca")
    author.link("dbc-science", "BACKED_UP_BY", "app-backup")
    author.link("dbc-platform", "BACKED_UP_BY", "app-backup")
    for number in range(1, 12):
        key, name = f"app-project-{number:02d}", f"Project environment {number}"
        author.add("Application", key, name, stage="experimental", environment="research")
        author.link(key, "RUNS_ON", f"vm-project-{number}")


def _movers(author: Author) -> None:
    for key, rack in MOVERS.items():
        name = f"Data transfer server {key[-1]}"
        author.server("Server", key, name, "Orrin R760", rack, memory_mib=524_288.0)
    author.group("grp-movers", "2 of 4 data transfer servers", list(MOVERS), need=2)


def _names(author: Author) -> None:
    author.add("DnsZone", "zone-example-org", DOMAIN, purpose="Names of all services")
    author.link("zone-example-org", "HOSTED_ON", "app-dns")
    for stem, *_ in ENDPOINTS:
        address, name = f"ip-{stem}", f"dns-{stem}"
        author.add(
            "IpAddress",
            address,
            f"Address of {stem}",
            address=author.public_address(),
            prefix_length=24,
            address_role="vip",
            dns_name=f"{stem}.{DOMAIN}",
        )
        author.link(address, "IN_NETWORK", "prefix-public")
        author.link("grp-balancer", "HAS_ADDRESS", address)
        author.add("DnsName", name, f"{stem}.{DOMAIN}", fqdn=f"{stem}.{DOMAIN}", ttl_s=300)
        author.link(name, "RESOLVES_TO", address)
        author.link(name, "PART_OF", "zone-example-org")


def _endpoint(author: Author, stem: str, name: str, how: str, whom: str) -> None:
    key = f"ep-{stem}"
    author.add(
        "Endpoint",
        key,
        name,
        url=f"https://{stem}.{DOMAIN}/",
        endpoint_host=f"{stem}.{DOMAIN}",
        port_number=443,
        protocol="https",
    )
    author.link(key, how, whom)
    author.link(key, "DEPENDS_ON", f"dns-{stem}")
    author.link(key, "SECURED_BY", f"cert-{stem}")


def _watch(author: Author) -> None:
    watched = [key for key in author.draft.rows if key.startswith(("rtr-", "sto-ctl-", "ups-"))]
    for site in "ns":
        author.link(f"mon-{site}", "MONITORS", *watched)
    author.link("mon-n", "MONITORS", "mon-s")
