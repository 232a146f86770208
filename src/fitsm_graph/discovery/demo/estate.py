"""The demo estate: a research e-infrastructure provider with six services on two campuses."""

from dataclasses import dataclass
from functools import cache

from fitsm_graph.discovery.demo.applications import write_applications
from fitsm_graph.discovery.demo.compute import write_compute
from fitsm_graph.discovery.demo.draft import Draft
from fitsm_graph.discovery.demo.network import write_network
from fitsm_graph.discovery.demo.papers import write_papers
from fitsm_graph.discovery.demo.parties import Held, Party, Tie, parties, roles, ties
from fitsm_graph.discovery.demo.places import write_places
from fitsm_graph.discovery.demo.platforms import write_platforms
from fitsm_graph.discovery.demo.services import write_services
from fitsm_graph.discovery.demo.storage import write_storage
from fitsm_graph.model.observation import Observation

ORGANISATION = "Tarnfell e-Infrastructure for Research"


@dataclass(frozen=True, slots=True)
class DemoEstate:
    """Everything the demo registers, in the order in which it can be registered.

    Attributes:
        parties: Kind and properties of groups, persons and customers; first.
        observations: Services, components, CIs and groups, owned by the groups; second.
        ties: Type, source key and target key between parties, and from customers to services;
            third.
        roles: Who holds which role, over which process or service; last.
    """

    parties: tuple[Party, ...]
    observations: tuple[Observation, ...]
    ties: tuple[Tie, ...]
    roles: tuple[Held, ...]


@cache
def estate() -> DemoEstate:
    """Give the demo estate; the same, to the byte, on every machine and every time."""
    draft = Draft()
    write_places(draft)
    write_network(draft)
    write_storage(draft)
    write_compute(draft)
    write_platforms(draft)
    write_applications(draft)
    write_services(draft)
    write_papers(draft)
    return DemoEstate(tuple(parties()), tuple(draft.observations()), tuple(ties()), tuple(roles()))
