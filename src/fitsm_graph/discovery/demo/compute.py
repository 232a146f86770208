"""Computing: two farms of hypervisors with their virtual machines, and the batch cluster."""

from fitsm_graph.discovery.demo.draft import DOMAIN, Author, Draft
from fitsm_graph.discovery.demo.parties import COMPUTE

HYPERVISORS = {
    "n": ("rack-n1-05",) * 2 + ("rack-n1-06",) * 2 + ("rack-n2-05",) * 2 + ("rack-n2-06",) * 2,
    "s": ("rack-s1-05",) * 3 + ("rack-s1-06",) * 3,
}
"""Site → racks of its hypervisors, in order."""
RESERVE = {"n": 2, "s": 1}
"""Hypervisors of each farm that may be lost before its redundancy counts as lost."""
WORKERS = {"rack-n2-02": 14, "rack-n2-06": 14, "rack-s1-07": 8}
"""Rack → number of batch workers in it."""

PAIRED = (
    "dns",
    "idp",
    "ldap",
    "mfa",
    "groups",
    "slurm",
    "login",
    "dbproxy",
    "registry",
    "blockapi",
    "s3gw",
    "mon",
)
"""Purposes that have a virtual machine on each campus."""
SINGLE = {
    "repo": "n",
    "cache": "n",
    "dbui": "n",
    "log": "n",
    "acct": "s",
    "transfer-ctl": "s",
    "transfer-ui": "s",
    "catalogue": "s",
    "backup": "s",
}
"""Purpose → campus of its only virtual machine."""
NUMBERED = {
    "db-science": "nns",
    "db-platform": "ns",
    "broker": "nss",
    "search": "nns",
    "k8s-control": "nns",
    "k8s-worker": "nnnnnnsss",
    "project": "nnnnnnsssss",
}
"""Purpose → campus of each of its virtual machines, in order."""
PURPOSES = {
    "dns": "name server",
    "idp": "sign-in",
    "ldap": "directory",
    "mfa": "second factor",
    "groups": "group management",
    "slurm": "batch scheduler",
    "login": "login host",
    "dbproxy": "database proxy",
    "registry": "image registry",
    "blockapi": "block storage API",
    "s3gw": "object gateway",
    "mon": "monitoring",
    "repo": "software repository",
    "cache": "session cache",
    "dbui": "database self-service",
    "log": "log store",
    "acct": "job accounting",
    "transfer-ctl": "transfer control",
    "transfer-ui": "transfer website",
    "catalogue": "data catalogue",
    "backup": "backup",
    "db-science": "research database server",
    "db-platform": "platform database server",
    "broker": "message broker",
    "search": "search engine",
    "k8s-control": "Kubernetes control plane",
    "k8s-worker": "Kubernetes worker",
    "project": "research project",
}
LARGE = frozenset({"db-science", "k8s-worker", "search", "project"})


def write_compute(draft: Draft) -> None:
    """Add hypervisors, virtual machines and batch workers."""
    author = Author(draft, COMPUTE)
    for site in HYPERVISORS:
        _farm(author, site)
    _machines(author)
    _batch(author)


def _farm(author: Author, site: str) -> None:
    hosts = []
    for number, rack in enumerate(HYPERVISORS[site], 1):
        name = f"Hypervisor {site.upper()}-{number:02d}"
        hosts.append(
            author.server(
                "Hypervisor",
                f"hv-{site}-{number:02d}",
                name,
                "Orrin R860",
                rack,
                hypervisor_product="KVM",
                os_name="Debian",
                os_version="12.11",
                cpu_count=128.0,
                memory_mib=1_048_576.0,
            )
        )
    cluster, word = f"hvc-{site}", "north" if site == "n" else "south"
    author.add("HypervisorCluster", cluster, f"Virtualisation farm, {word}", cluster_type="KVM")
    name = f"60 % of the hypervisors, {word}"
    group = author.group(
        f"grp-{cluster}", name, hosts, need=None, need_share=0.6, reserve=RESERVE[site]
    )
    author.link(cluster, "FORMED_BY", group)
    for host in hosts:
        author.link(host, "MEMBER_OF", cluster)


def _machines(author: Author) -> None:
    for purpose in PAIRED:
        for site in "ns":
            _machine(author, f"vm-{purpose}-{site}", purpose, site)
    for purpose, site in SINGLE.items():
        _machine(author, f"vm-{purpose}", purpose, site)
    for purpose, sites in NUMBERED.items():
        for number, site in enumerate(sites, 1):
            _machine(author, f"vm-{purpose}-{number}", purpose, site)


def _machine(author: Author, key: str, purpose: str, site: str) -> None:
    factor = 4 if purpose in LARGE else 1
    suffix = key.removeprefix(f"vm-{purpose}").lstrip("-").upper()
    author.add(
        "VirtualMachine",
        key,
        f"VM {PURPOSES[purpose]} {suffix}".rstrip(),
        hostname=key,
        fqdn=f"{key}.{DOMAIN}",
        primary_address=author.address6(site),
        os_name="Debian",
        os_version="12.11",
        architecture="x86_64",
        cpu_count=4.0 * factor,
        memory_mib=8192.0 * factor,
        disk_gib=80.0 * factor,
        power_state="running",
        environment="production",
        role=PURPOSES[purpose],
    )
    store = "ds-s-1" if site == "s" else f"ds-n-{author.draft.next('datastore') % 2 + 1}"
    author.link(key, "RUNS_ON", f"hvc-{site}")
    author.link(key, "STORED_ON", store)
    author.link(key, "IN_NETWORK", f"prefix-{site}-machines")


def _batch(author: Author) -> None:
    workers = []
    for rack, count in WORKERS.items():
        for _ in range(count):
            number = author.draft.next("worker")
            workers.append(
                author.server(
                    "Server",
                    f"wn-{number:03d}",
                    f"Batch worker {number:03d}",
                    "Orrin C6620",
                    rack,
                    os_name="Rocky Linux",
                    os_version="9.6",
                    cpu_count=192.0,
                    memory_mib=786_432.0,
                    height_units=0.5,
                )
            )
    author.add("ComputeCluster", "hpc-main", "Batch cluster", cluster_type="Slurm")
    group = author.group(
        "grp-workers", "Half of the batch workers", workers, need=None, need_share=0.5, reserve=8
    )
    author.link("hpc-main", "FORMED_BY", group)
    for worker in workers:
        author.link(worker, "MEMBER_OF", "hpc-main")
