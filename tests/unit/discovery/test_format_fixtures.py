"""Formats and parts of formats that no sample shows: small files made by hand for each rule."""

import io
import json
from typing import Any

import pytest
import yaml

from fitsm_graph.discovery.detect import open_format
from fitsm_graph.discovery.mapping import Given
from fitsm_graph.model.observation import Observation


def made(document: Any, scope: str = "s", name: str = "x") -> tuple[str, dict[str, Observation]]:
    data = document.encode() if isinstance(document, str) else json.dumps(document).encode()
    found, content = open_format(io.BytesIO(data), given=Given.of(scope, name))
    seen = [each for each in found.read(content) if isinstance(each, Observation)]
    return found.name, {each.key: each for each in seen}


def ends(it: Observation, type: str) -> set[str]:
    return {each.key for each in it.relations if each.type == type}


def test_pods_are_folded_and_their_nodes_are_the_group():
    def pod(name: str, node: str) -> dict[str, Any]:
        owner = {"kind": "ReplicaSet", "name": "web-1"}
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "namespace": "n", "ownerReferences": [owner]},
            "spec": {"nodeName": node, "containers": []},
        }

    replica_set = {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": "web-1",
            "namespace": "n",
            "ownerReferences": [{"kind": "Deployment", "name": "web"}],
        },
    }
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "n"},
        "spec": {"replicas": 2, "template": {"spec": {"containers": [{"image": "r.io/w:1"}]}}},
    }
    items = [pod("web-1-a", "n1"), pod("web-1-b", "n2"), replica_set, deployment]
    name, found = made({"apiVersion": "v1", "kind": "List", "items": items})
    assert name == "kubernetes"
    web = found["k8s/s/n/Deployment/web"]
    assert ends(web, "RUNS_ON") == {"k8s/s/n/Deployment/web/nodes"}
    members = ends(found["k8s/s/n/Deployment/web/nodes"], "HAS_MEMBER")
    assert members == {"k8s/s/Node/n1", "k8s/s/Node/n2"}
    assert not [key for key in found if "/Pod/" in key or "ReplicaSet" in key or "replica/" in key]


def test_the_order_of_documents_does_not_matter():
    text = """
apiVersion: v1
kind: Service
metadata: {name: db}
spec: {selector: {app: db}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: db}
spec: {template: {metadata: {labels: {app: db}}, spec: {containers: [{image: pg}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers: [{image: w, env: [{name: DB_HOST, value: db}]}]
"""
    documents = list(yaml.safe_load_all(text))
    graphs = []
    for each in (documents, documents[::-1]):
        _, found = made(yaml.safe_dump_all(each))
        graphs.append({
            key: (it.type, it.attributes, {(r.type, r.key) for r in it.relations})
            for key, it in found.items()
        })  # fmt: skip
    assert graphs[0] == graphs[1]
    assert ("DEPENDS_ON", "k8s/s/default/Service/db") in graphs[0]["k8s/s/default/Deployment/web"][
        2
    ]


def test_a_secret_enters_by_name_only():
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {password: aHVudGVyMg==}\n"
    _, found = made(secret)
    assert found["k8s/s/default/Secret/a"].attributes["config_kind"] == "secret"
    assert "aHVudGVyMg" not in repr(found)


def test_spdx_3():
    package = {"type": "software_Package", "name": "lib", "spdxId": "urn:lib"}
    application = {**package, "name": "app", "spdxId": "urn:app"}
    application["software_primaryPurpose"] = "application"
    needs = {"type": "Relationship", "relationshipType": "dependsOn"}
    document = {
        "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
        "@graph": [
            {**package, "software_packageUrl": "pkg:npm/lib@1", "software_packageVersion": "1"},
            application,
            {**needs, "from": "urn:app", "to": ["urn:lib"]},
            {"type": "software_File", "name": "f"},
        ],
    }  # fmt: skip
    name, found = made(document)
    assert name == "spdx3"
    assert found["spdx/urn:app"].type == "Application"
    assert ends(found["spdx/urn:app"], "BUILT_WITH") == {"pkg:npm/lib@1"}
    assert found["pkg:npm/lib@1"].attributes["ecosystem"] == "npm"


def test_pages_of_netbox_have_the_keys_of_a_dump():
    device = {
        "id": 14,
        "url": "https://netbox.example/api/dcim/devices/14/",
        "name": "sw1",
        "role": {"slug": "access-switch", "name": "Access"},
        "site": {"id": 1},
        "status": {"value": "planned"},
    }
    gone = {**device, "id": 15, "status": {"value": "decommissioned"}}
    name, found = made({"count": 2, "next": None, "results": [device, gone]})
    assert name == "netbox-rest"
    assert list(found) == ["netbox/dcim.device/14"]
    assert found["netbox/dcim.device/14"].type == "Switch"
    assert found["netbox/dcim.device/14"].attributes["lifecycle"] == "planned"
    assert ends(found["netbox/dcim.device/14"], "LOCATED_IN") == {"netbox/dcim.site/1"}


def test_traces_of_jaeger_give_calls_between_services():
    def span(id: str, process: str, parent: str = "") -> dict[str, Any]:
        references = [{"refType": "CHILD_OF", "spanID": parent}] if parent else []
        return {"spanID": id, "processID": process, "references": references}

    processes = {"p1": {"serviceName": "web"}, "p2": {"serviceName": "db"}}
    spans = [span("1", "p1"), span("2", "p2", "1"), span("3", "p2", "2")]
    name, found = made({"data": [{"traceID": "t", "spans": spans, "processes": processes}]})
    assert name == "jaeger"
    assert ends(found["trace/web"], "CALLS") == {"trace/db"}
    assert ends(found["trace/db"], "CALLS") == set()


def test_open_telemetry_over_services_and_a_database():
    def text(key: str, value: str) -> dict[str, Any]:
        return {"key": key, "value": {"stringValue": value}}

    def resource(service: str, *spans: dict[str, Any]) -> dict[str, Any]:
        attributes = [text("service.name", service), text("service.namespace", "shop")]
        return {"resource": {"attributes": attributes}, "scopeSpans": [{"spans": list(spans)}]}

    query = [text("db.system", "postgresql"), text("server.address", "db1")]
    served = {"spanId": "b", "parentSpanId": "a", "kind": 2}
    asked = {"spanId": "c", "parentSpanId": "b", "kind": 3, "attributes": query}
    lines = [
        {"resourceSpans": [resource("web", {"spanId": "a", "kind": 3, "attributes": []})]},
        {"resourceSpans": [resource("api", served, asked)]},
    ]  # fmt: skip
    name, found = made("\n".join(json.dumps(each) for each in lines))
    assert name == "otlp"
    assert {each.key for each in found["trace/shop/api"].relations if each.incoming} == {
        "trace/shop/web"
    }
    assert found["trace/postgresql/db1"].type == "DatabaseServer"


@pytest.mark.parametrize(
    "document",
    [
        {"data": {"activeTargets": [{"labels": {"instance": "h:9100"}}]}},
        "- targets: ['h:9100']\n  labels: {job: node}\n",
    ],
)
def test_prometheus_in_both_forms(document: Any):
    name, found = made(document)
    assert name == "prometheus"
    assert found["endpoint/h:9100"].attributes["port_number"] == 9100
    assert ends(found["prometheus/s"], "MONITORS") == {"endpoint/h:9100"}


def test_containers_of_one_host():
    container = {
        "Id": "c1",
        "Names": ["/web"],
        "Image": "nginx:1",
        "ImageID": "sha256:1",
        "HostConfig": {},
        "Ports": [{"PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"}],
        "NetworkSettings": {"Networks": {"bridge": {"NetworkID": "n1"}}},
    }
    name, found = made([container])
    assert name == "docker"
    it = found["docker/s/container/web"]
    assert it.attributes["ports"] == ["8080:80/tcp"]
    assert ends(it, "IN_NETWORK") == {"docker/s/network/n1"}
    assert ends(it, "STARTED_FROM") == {"image/nginx:1"}


def test_several_backends_of_a_balancer_in_a_state_are_a_group():
    def resource(type: str, name: str, needs: list[str], **made: Any) -> dict[str, Any]:
        instance = {"attributes": {"id": name, **made}, "dependencies": needs}
        return {"mode": "managed", "type": type, "name": name, "instances": [instance]}

    attached = "aws_lb_target_group_attachment"
    resources = [
        resource("aws_instance", "a", []),
        resource("aws_instance", "b", []),
        resource("aws_lb", "front", []),
        resource("aws_lb_target_group", "t", []),
        resource("aws_lb_listener", "l", ["aws_lb.front", "aws_lb_target_group.t"]),
        resource(attached, "x", ["aws_instance.a", "aws_lb_target_group.t"]),
        resource(attached, "y", ["aws_instance.b", "aws_lb_target_group.t"]),
    ]  # fmt: skip
    name, found = made({"version": 4, "terraform_version": "1.9.0", "resources": resources})
    assert name == "terraform"
    group = found["terraform/s/aws_lb.front/backends"]
    assert ends(found["terraform/s/aws_lb.front"], "ROUTES_TO") == {group.key}
    assert ends(group, "HAS_MEMBER") == {
        "terraform/s/aws_instance.a",
        "terraform/s/aws_instance.b",
    }


def test_an_aggregation_of_links_works_while_one_port_does():
    ports = [
        {"ifname": "po1", "ifnumber": 9, "aggregate": [1, 2]},
        {"ifname": "e1", "ifnumber": 1},
        {"ifname": "e2", "ifnumber": 2},
    ]
    content = {"network_device": {"name": "sw"}, "network_ports": ports}
    name, found = made({"deviceid": "d", "content": content})
    assert name == "glpi"
    group = found["glpi/network/sw/po1/ports"]
    assert ends(found["glpi/network/sw/po1"], "FORMED_BY") == {group.key}
    assert ends(group, "HAS_MEMBER") == {"glpi/network/sw/e1", "glpi/network/sw/e2"}
    assert group.attributes["need"] == 1


def test_two_power_connections_of_a_server_are_a_grounded_group():
    server = (
        '<Server id="2"><name>s</name><powerA_id>5</powerA_id><powerB_id>6</powerB_id></Server>'
    )
    name, found = made(f"<Set>{server}</Set>")
    assert name == "itop"
    group = found["itop/ci/2/power"]
    assert ends(group, "HAS_MEMBER") == {"itop/ci/5", "itop/ci/6"}
    assert group.attributes["grounded"] is True


def test_a_cable_that_both_devices_tell_of_is_one():
    def asked(device: str, port: str, peer: str, far: str) -> dict[str, Observation]:
        row = {"remote_chassis_id": "x", "remote_port": far, "remote_system_name": peer}
        row["remote_system_enable_capab"] = ["bridge"]  # type: ignore[assignment]  # a list
        return made({port: [row]}, scope=device)[1]

    one = asked("sw1", "Ethernet1/1", "sw2", "Eth1/7")
    other = asked("sw2", "Ethernet1/7", "sw1", "Ethernet1/1")
    cables = {
        frozenset((key, relation.key))
        for found in (one, other)
        for key, it in found.items()
        for relation in it.relations
        if relation.type == "CONNECTED_TO"
    }
    assert cables == {frozenset(("lldp/device/sw1/Ethernet1/1", "lldp/device/sw2/Ethernet1/7"))}


def test_copies_of_a_service_in_a_compose_file_are_a_group():
    text = """
services:
  web: {image: "w:${TAG:-2}", deploy: {replicas: 3}, depends_on: {db: {condition: x}}}
  db: {image: pg}
"""
    name, found = made(text, scope="shop")
    assert name == "compose"
    assert ends(found["compose/shop/service/web"], "DEPENDS_ON") == {"compose/shop/service/db"}
    assert ends(found["compose/shop/service/web"], "STARTED_FROM") == {"image/w:2"}
    assert len(found["compose/shop/service/web/replicas"].relations) == 3
