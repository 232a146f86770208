"""Clusters, virtual machines and their interfaces.

A cluster is formed by a group of its hosts that needs all but one: a dump does not say how many
can be missed, and one spare is what most are built for.
"""

import re
from typing import Any

from fitsm_graph.discovery.netbox.devices import (
    DEVICE,
    interface_attributes,
    interface_relations,
    primary_address,
)
from fitsm_graph.discovery.netbox.dump import Dump, Fields
from fitsm_graph.discovery.netbox.harvest import Harvest, key_of, number
from fitsm_graph.discovery.netbox.places import locate

CLUSTER, MACHINE = "virtualization.cluster", "virtualization.virtualmachine"
VM_INTERFACE = "virtualization.vminterface"
MODELS = (
    CLUSTER,
    MACHINE,
    VM_INTERFACE,
    "virtualization.clustertype",
    "virtualization.clustergroup",
)
_HYPERVISORS = re.compile(r"vmware|vsphere|esxi|proxmox|hyper-?v|kvm|xen|ovirt|nutanix|openstack")


def read_virtual(dump: Dump, harvest: Harvest) -> None:
    """Draft clusters with their hosts, and machines on them."""
    harvest.taken.update(MODELS)
    hosts: dict[Any, list[str]] = {}
    for pk, fields in dump.of(DEVICE).items():
        device = harvest.draft(DEVICE, pk)
        if fields.get("cluster") is not None and device is not None:
            hosts.setdefault(fields["cluster"], []).append(device.key)
            device.relate("MEMBER_OF", key_of(CLUSTER, fields["cluster"]))
    for pk, fields in dump.of(CLUSTER).items():
        _cluster(dump, harvest, pk, fields, hosts.get(pk, []))
    for pk, fields in dump.of(MACHINE).items():
        _machine(dump, harvest, pk, fields)
    for pk, fields in dump.of(VM_INTERFACE).items():
        _interface(harvest, pk, fields)


def _cluster(dump: Dump, harvest: Harvest, pk: Any, fields: Fields, hosts: list[str]) -> None:
    technology = dump.word("virtualization.clustertype", fields.get("type")) or ""
    type_name = "Cluster"
    if "kubernetes" in technology.lower():
        type_name = "KubernetesCluster"
    elif _HYPERVISORS.search(technology.lower()):
        type_name = "HypervisorCluster"
    draft = harvest.add(
        CLUSTER,
        pk,
        type_name,
        fields["name"],
        fields,
        cluster_type=technology,
        cluster_group=dump.word("virtualization.clustergroup", fields.get("group")),
    )
    locate(draft, _place(fields))
    if hosts:
        need = max(1, len(hosts) - 1)
        draft.relate("FORMED_BY", harvest.group(draft, "hosts", hosts, need=need, grounded=False))


def _place(fields: Fields) -> Fields:
    """Where a cluster is: NetBox up to 4.1 knows its site, later ones a scope of any kind."""
    return {"site": fields.get("site"), "location": fields.get("_location")}


def _machine(dump: Dump, harvest: Harvest, pk: Any, fields: Fields) -> None:
    memory, disk = number(fields.get("memory")), number(fields.get("disk"))
    draft = harvest.add(
        MACHINE,
        pk,
        "VirtualMachine",
        fields["name"],
        fields,
        role=dump.word("dcim.devicerole", fields.get("role")),
        os_name=dump.word("dcim.platform", fields.get("platform")),
        cpu_count=number(fields.get("vcpus")),
        memory_mib=memory,
        disk_gib=disk,
        primary_address=primary_address(dump, fields),
        power_state=fields.get("status"),
    )
    if fields.get("cluster") is not None:
        draft.relate("RUNS_ON", key_of(CLUSTER, fields["cluster"]))
    elif fields.get("device") is not None:
        draft.relate("RUNS_ON", key_of(DEVICE, fields["device"]))
    else:
        locate(draft, {"site": fields.get("site")})


def _interface(harvest: Harvest, pk: Any, fields: Fields) -> None:
    machine = harvest.draft(MACHINE, fields["virtual_machine"])
    name = f"{machine.name if machine else fields['virtual_machine']} {fields['name']}"
    draft = harvest.add(
        VM_INTERFACE, pk, "NetworkInterface", name, fields, **interface_attributes(fields)
    )
    draft.relate("HAS_INTERFACE", key_of(MACHINE, fields["virtual_machine"]), incoming=True)
    interface_relations(draft, fields, VM_INTERFACE)
