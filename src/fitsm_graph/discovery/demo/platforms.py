"""Platforms: database clusters, message brokers, search, Kubernetes with its workloads."""

from collections.abc import Sequence

from fitsm_graph.discovery.demo.draft import Author, Draft
from fitsm_graph.discovery.demo.parties import PLATFORM

# key, name, cluster, personal
DATABASES = (
    ("dbs-genomes", "Genome annotations", "dbc-science", False),
    ("dbs-climate", "Climate station records", "dbc-science", False),
    ("dbs-speech", "Dialect index", "dbc-science", True),
    ("dbs-registry", "Health registry", "dbc-science", True),
    ("dbs-sky", "Sky survey sources", "dbc-science", False),
    ("dbs-alloys", "Alloy properties", "dbc-science", False),
    ("dbs-identity", "Accounts and groups", "dbc-platform", True),
    ("dbs-portal", "Portal", "dbc-platform", True),
    ("dbs-batch", "Batch jobs", "dbc-platform", False),
    ("dbs-catalogue", "Data catalogue", "dbc-platform", False),
    ("dbs-transfer", "Transfer jobs", "dbc-platform", False),
)
NAMESPACES = ("ingress", "portal", "notebooks", "catalogue", "operations")
# workload, namespace, kind, replicas
WORKLOADS = (
    ("ingress", "ingress", "deployment", 3),
    ("portal-web", "portal", "deployment", 3),
    ("portal-api", "portal", "deployment", 3),
    ("portal-mail", "portal", "deployment", 1),
    ("notebook-hub", "notebooks", "stateful_set", 1),
    ("notebook-proxy", "notebooks", "deployment", 2),
    ("notebook-pool", "notebooks", "deployment", 40),
    ("notebook-cull", "notebooks", "cron_job", 1),
    ("catalogue-web", "catalogue", "deployment", 2),
    ("catalogue-harvest", "catalogue", "cron_job", 1),
    ("metrics", "operations", "stateful_set", 2),
    ("log-shipper", "operations", "daemon_set", 9),
    ("status-page", "operations", "deployment", 2),
)
PODS = {"ingress": (3, 4, 8), "portal-web": (1, 2, 7)}
"""Workloads whose pods are controlled one by one → the workers on which they run."""
IMAGES = {
    "portal": ("portal-web", "portal-api", "portal-mail"),
    "notebook": ("notebook-hub", "notebook-proxy", "notebook-cull"),
    "kernel-python": ("notebook-pool",),
    "catalogue": ("catalogue-web", "catalogue-harvest"),
    "ingress": ("ingress",),
}
"""Image → workloads that are started from it."""
LIBRARIES = {
    "lib-openssl": ("openssl", "3.5.2", ("portal", "notebook", "catalogue", "ingress")),
    "lib-numpy": ("numpy", "2.3.2", ("kernel-python",)),
    "lib-requests": ("requests", "2.32.4", ("notebook", "catalogue")),
    "lib-react": ("react", "19.1.1", ("portal",)),
    "lib-log4j": ("log4j-core", "2.25.1", ("catalogue",)),
}
"""Library → name, version, images that contain it."""
INGRESSES = {"portal": "portal-web", "notebooks": "notebook-proxy", "catalogue": "catalogue-web"}
"""Way in → workload behind it."""
CALLS = (
    ("portal-web", "portal-api"),
    ("portal-api", "notebook-hub"),
    ("notebook-hub", "portal-api"),
    ("notebook-proxy", "notebook-hub"),
    ("notebook-hub", "notebook-pool"),
)
"""Workloads that cannot do without another; the API and the hub need each other."""


def write_platforms(draft: Draft) -> None:
    """Add databases, brokers, search and the Kubernetes cluster."""
    author = Author(draft, PLATFORM)
    _databases(author)
    _trio(author, "broker", "MessageBroker", "RabbitMQ", "4.1.3")
    _trio(author, "search", "SearchEngine", "OpenSearch", "3.1.0")
    _queue(author)
    _cluster(author)
    _images(author)
    for workload in WORKLOADS:
        _workload(author, *workload)
    _configs(author)
    _ways_in(author)


def _databases(author: Author) -> None:
    author.server(
        "Server",
        "srv-db-platform-3",
        "Database server platform 3",
        "Orrin R660",
        "rack-n2-04",
        os_name="Debian",
        os_version="12.11",
        cpu_count=32.0,
    )
    for name in ("science", "platform"):
        servers = [_database_server(author, name, number) for number in (1, 2, 3)]
        group = author.group(f"grp-db-{name}", f"2 of 3 {name} servers", servers, need=2)
        cluster = f"dbc-{name}"
        author.add(
            "DatabaseCluster", cluster, f"Database cluster {name}", cluster_type="PostgreSQL 17"
        )
        author.link(cluster, "FORMED_BY", group)
    for key, name, cluster, personal in DATABASES:
        author.add("Database", key, name, product="PostgreSQL", contains_personal_data=personal)
        author.link(key, "HOSTED_ON", cluster)


def _database_server(author: Author, name: str, number: int) -> str:
    key = f"db-{name}-{number}"
    author.add(
        "DatabaseServer",
        key,
        f"PostgreSQL {name} {number}",
        product="PostgreSQL",
        software_version="17.5",
        port_number=5432,
        replication_role="primary" if number == 1 else "replica",
        environment="production",
    )
    physical = key == "db-platform-3"
    author.link(key, "RUNS_ON", "srv-db-platform-3" if physical else f"vm-{key}")
    author.link(key, "MEMBER_OF", f"dbc-{name}")
    if name == "science":
        author.link(key, "STORED_ON", f"vol-{key}")
    return key


def _trio(author: Author, stem: str, type: str, product: str, version: str) -> None:
    members = []
    for number in (1, 2, 3):
        key = author.add(
            type,
            f"{stem}-{number}",
            f"{product} {number}",
            product=product,
            software_version=version,
            environment="production",
        )
        author.link(key, "RUNS_ON", f"vm-{stem}-{number}")
        members.append(key)
    author.group(f"grp-{stem}", f"2 of 3 {stem} servers", members, need=2)


def _queue(author: Author) -> None:
    for key, name in (("queue-transfer", "Transfer jobs"), ("queue-notice", "Notices to users")):
        author.add("MessageQueue", key, name, product="RabbitMQ")
        author.link(key, "HOSTED_ON", "grp-broker")


def _cluster(author: Author) -> None:
    author.add(
        "KubernetesCluster",
        "k8s-main",
        "Kubernetes cluster",
        platform_version="1.33.3",
        api_url="https://kubernetes.example.org:6443",
    )
    control = _members(author, "control", 3)
    workers = _members(author, "worker", 9)
    parts = [
        author.group("grp-k8s-control", "2 of 3 control planes", control, need=2),
        author.group(
            "grp-k8s-workers", "Half of the workers", workers, need=None, need_share=0.5, reserve=1
        ),
    ]
    author.link("k8s-main", "FORMED_BY", *parts)
    for name in NAMESPACES:
        author.add("KubernetesNamespace", f"ns-{name}", f"Namespace {name}", namespace=name)
        author.link(f"ns-{name}", "PART_OF", "k8s-main")


def _members(author: Author, part: str, count: int) -> list[str]:
    keys = []
    for number in range(1, count + 1):
        key, name = f"kn-{part}-{number}", f"Kubernetes {part} {number}"
        author.add("KubernetesNode", key, name, kubelet_version="1.33.3")
        author.link(key, "RUNS_ON", f"vm-k8s-{part}-{number}")
        author.link(key, "MEMBER_OF", "k8s-main")
        keys.append(key)
    return keys


def _images(author: Author) -> None:
    for library, (name, version, _) in LIBRARIES.items():
        author.add("Library", library, f"{name} {version}", product=name, software_version=version)
    for image in IMAGES:
        author.add(
            "ContainerImage",
            f"img-{image}",
            f"Image {image}",
            repository=f"registry.example.org/{image}",
            image_tag="2026.1",
        )
        author.link(f"img-{image}", "STORED_ON", "ostore-main")
        inside = [key for key, (_, _, images) in LIBRARIES.items() if image in images]
        author.link(f"img-{image}", "BUILT_WITH", *inside)


def _workload(author: Author, name: str, namespace: str, kind: str, replicas: int) -> None:
    key = f"wl-{name}"
    author.add(
        "KubernetesWorkload",
        key,
        name.replace("-", " ").capitalize(),
        namespace=namespace,
        workload_kind=kind,
        replicas=replicas,
    )
    author.link(key, "PART_OF", f"ns-{namespace}")
    author.link(key, "RUNS_ON", "k8s-main")
    if name in PODS:
        author.link(key, "FORMED_BY", _pods(author, name, namespace, PODS[name]))
    images = [f"img-{image}" for image, users in IMAGES.items() if name in users]
    author.link(key, "STARTED_FROM", *images)
    author.link(key, "DEPENDS_ON", *(f"wl-{needed}" for user, needed in CALLS if user == name))


def _pods(author: Author, name: str, namespace: str, workers: Sequence[int]) -> str:
    pods = []
    for number, worker in enumerate(workers, 1):
        pod = f"pod-{name}-{number}"
        author.add("KubernetesPod", pod, f"Pod {name} {number}", namespace=namespace)
        author.link(pod, "RUNS_ON", f"kn-worker-{worker}")
        pods.append(pod)
    return author.group(f"grp-pods-{name}", f"2 of 3 pods of {name}", pods, need=2)


def _configs(author: Author) -> None:
    for name, kind in (("portal-api", "secret"), ("notebook-hub", "config_map")):
        key = f"cfg-{name}"
        author.add("KubernetesConfig", key, f"Settings of {name}", config_kind=kind)
        author.link(f"wl-{name}", "CONFIGURED_BY", key)
    claim = "pvc-notebook-hub"
    author.add("PersistentVolumeClaim", claim, "Volume of the notebook hub", capacity_gib=200.0)
    author.link(claim, "STORED_ON", "vol-notebook-hub")
    author.link("wl-notebook-hub", "STORED_ON", claim)
    author.link("wl-notebook-pool", "USES", "share-home")
    author.link("wl-portal-api", "DEPENDS_ON", "dbs-portal")
    author.link("wl-portal-api", "USES", "grp-search")
    author.link("wl-catalogue-web", "DEPENDS_ON", "dbs-catalogue")


def _ways_in(author: Author) -> None:
    for name, workload in INGRESSES.items():
        service, ingress = f"ks-{workload}", f"ing-{name}"
        author.add("KubernetesService", service, f"Service {workload}", service_type="cluster_ip")
        author.link(service, "EXPOSES", f"wl-{workload}")
        author.add(
            "KubernetesIngress",
            ingress,
            f"Way in to {name}",
            hosts=[f"{name}.example.org"],
            ingress_class="nginx",
        )
        author.link(ingress, "ROUTES_TO", service)
        author.link(ingress, "DEPENDS_ON", "wl-ingress")
