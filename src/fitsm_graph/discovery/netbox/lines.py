"""Lines and links: circuits, providers, and which devices carry traffic for which.

Devices that forward traffic are LINKED_TO their neighbours and need one of them, supported from
where supply begins: a provider's network, or a circuit whose far end the dump does not know. Where
a network has no such way out, its core is taken for the source, and that is said. Other devices
are UPLINKED_TO what they are cabled to; of several uplinks they need one.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from fitsm_graph.discovery.netbox.cables import Cabling
from fitsm_graph.discovery.netbox.devices import DEVICE, NETWORK_TYPES
from fitsm_graph.discovery.netbox.dump import Dump, End, Fields
from fitsm_graph.discovery.netbox.harvest import Draft, Harvest, key_of
from fitsm_graph.discovery.netbox.power import is_power
from fitsm_graph.kernel.errors import Problem

CIRCUIT, ENDING, INTERFACE = "circuits.circuit", "circuits.circuittermination", "dcim.interface"
MODELS = (
    CIRCUIT,
    ENDING,
    "circuits.provider",
    "circuits.providernetwork",
    "circuits.circuittype",
    "dcim.cable",
    "dcim.cabletermination",
)
_FORWARDS = NETWORK_TYPES | {"Circuit", "ProviderNetwork"}
_PASSIVE = frozenset({"PatchPanel"})
_EDGE_WORDS = (("border", "edge", "gateway", "internet"), ("core", "backbone"))


def read_lines(dump: Dump, harvest: Harvest, cabling: Cabling) -> None:
    """Draft circuits and all links."""
    harvest.taken.update(MODELS)
    for pk, fields in dump.of("circuits.provider").items():
        harvest.add("circuits.provider", pk, "Provider", fields["name"], fields)
    for pk, fields in dump.of("circuits.providernetwork").items():
        name, reference = fields["name"], fields.get("service_id")
        more = {"service_reference": reference}
        draft = harvest.add("circuits.providernetwork", pk, "ProviderNetwork", name, fields, **more)
        draft.relate("PROVIDED_BY", key_of("circuits.provider", fields["provider"]))
    for pk, fields in dump.of(CIRCUIT).items():
        _circuit(dump, harvest, pk, fields)
    _endings(dump, harvest)
    owner = {(INTERFACE, pk): (DEVICE, f["device"]) for pk, f in dump.of(INTERFACE).items()}
    owner |= {(ENDING, pk): (CIRCUIT, f["circuit"]) for pk, f in dump.of(ENDING).items()}
    _connections(harvest, cabling, owner)
    links = _links(harvest, cabling, owner)
    _sources(harvest, links)


def _circuit(dump: Dump, harvest: Harvest, pk: Any, fields: Fields) -> None:
    provider = dump.word("circuits.provider", fields.get("provider"))
    draft = harvest.add(
        CIRCUIT,
        pk,
        "Circuit",
        f"{provider} {fields['cid']}" if provider else fields["cid"],
        fields,
        circuit_number=fields["cid"],
        circuit_type=dump.word("circuits.circuittype", fields.get("type")),
        commit_rate_kbps=fields.get("commit_rate"),
        installed_on=fields.get("install_date"),
        ends_on=fields.get("termination_date"),
    )
    if fields.get("provider") is not None:
        draft.relate("PROVIDED_BY", key_of("circuits.provider", fields["provider"]))


def _endings(dump: Dump, harvest: Harvest) -> None:
    """Where circuits end. One with a single known end leads out: supply begins there."""
    known: dict[Any, int] = {}
    for fields in dump.of(ENDING).values():
        known[fields["circuit"]] = known.get(fields["circuit"], 0) + 1
        draft = harvest.draft(CIRCUIT, fields["circuit"])
        if draft is None:
            continue
        if fields.get("provider_network") is not None:
            draft.relate(
                "LINKED_TO", key_of("circuits.providernetwork", fields["provider_network"])
            )
        elif fields.get("site") is not None:
            draft.relate("TERMINATES_AT", key_of("dcim.site", fields["site"]))
    for pk in dump.of(CIRCUIT):
        draft = harvest.draft(CIRCUIT, pk)
        if draft is not None and known.get(pk, 0) == 1:
            draft.attributes["is_source"] = True


def _connections(harvest: Harvest, cabling: Cabling, owner: dict[End, End]) -> None:
    """One CONNECTED_TO for each cable that carries no power."""
    for left, right in cabling.pairs:
        if is_power(left) and is_power(right):
            continue
        one, other = (
            key_of(*(owner[end] if end[0] == ENDING and end in owner else end))
            for end in (left, right)
        )
        draft = harvest.drafts.get(one)
        if draft is not None:
            draft.relate("CONNECTED_TO", other)


def _links(harvest: Harvest, cabling: Cabling, owner: dict[End, End]) -> dict[str, set[str]]:
    """State links between devices; returns the neighbours of all that forward traffic."""
    links: set[tuple[str, str]] = set()
    uplinks: dict[str, set[str]] = {}
    for here, there in _joined(harvest, cabling, owner):
        if there.type in _FORWARDS and here.type in _FORWARDS:
            links.add((min(here.key, there.key), max(here.key, there.key)))
        elif there.type in _FORWARDS:
            uplinks.setdefault(here.key, set()).add(there.key)
    for key, other in sorted(links):
        harvest.drafts[key].relate("LINKED_TO", other)
    for key, others in uplinks.items():
        harvest.needs_one_of(harvest.drafts[key], "UPLINKED_TO", others, "uplinks")
    return _neighbours(harvest)


def _joined(
    harvest: Harvest, cabling: Cabling, owner: dict[End, End]
) -> Iterator[tuple[Draft, Draft]]:
    """Devices and circuits at both ends of a path, seen from each of them."""
    for end, owned in owner.items():
        here = harvest.draft(*owned)
        for reached in cabling.reached(end):
            there = harvest.draft(*owner[reached]) if reached in owner else None
            if here is None or there is None or here is there:
                continue
            if not _PASSIVE & {here.type, there.type}:
                yield here, there


def _neighbours(harvest: Harvest) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for draft in harvest.drafts.values():
        for each in draft.relations:
            if each.type == "LINKED_TO":
                found.setdefault(draft.key, set()).add(each.key)
                found.setdefault(each.key, set()).add(draft.key)
    return found


def _sources(harvest: Harvest, neighbours: dict[str, set[str]]) -> None:
    """Give every network that has no way out a source: its edge, or else its core."""
    left = set(neighbours)
    while left:
        network = _connected(min(left), neighbours)
        left -= network
        drafts = [harvest.drafts[key] for key in sorted(network) if key in harvest.drafts]
        if not any(each.type == "ProviderNetwork" or _is_source(each) for each in drafts):
            _assume_source(harvest, drafts, neighbours)


def _is_source(draft: Draft) -> bool:
    return draft.attributes.get("is_source") is True


def _connected(start: str, neighbours: dict[str, set[str]]) -> set[str]:
    found, queue = {start}, deque([start])
    while queue:
        fresh = neighbours[queue.popleft()] - found
        found |= fresh
        queue.extend(fresh)
    return found


def _assume_source(
    harvest: Harvest, drafts: Iterable[Draft], neighbours: dict[str, set[str]]
) -> None:
    devices = [each for each in drafts if each.type in NETWORK_TYPES]
    rank = min((_rank(each) for each in devices), default=0)
    chosen = [each for each in devices if _rank(each) == rank]
    if rank == len(_EDGE_WORDS) + 1:
        most = max(len(neighbours[each.key]) for each in chosen)
        chosen = [each for each in chosen if len(neighbours[each.key]) == most]
    for draft in chosen:
        draft.attributes["is_source"] = True
    if chosen:
        harvest.notices.append(_source_assumed(chosen, len(devices)))


def _rank(draft: Draft) -> int:
    """How near to the outside a device stands by its role: 0 is its border."""
    role = str(draft.attributes.get("role", "")).lower()
    for rank, words in enumerate(_EDGE_WORDS):
        if any(word in role for word in words):
            return rank
    return len(_EDGE_WORDS) + (0 if draft.type == "Router" else 1)


def _source_assumed(chosen: list[Draft], devices: int) -> Problem:
    names = ", ".join(each.name for each in chosen[:5])
    return Problem(
        "SOURCE_ASSUMED",
        f"{names} {'is' if len(chosen) == 1 else 'are'} taken for the source of a network",
        f"the dump knows no way out of these {devices} devices",
        "enter the circuit that leads out, or mark the source by hand",
        (chosen[0].key.removeprefix("netbox/"),),
    )
