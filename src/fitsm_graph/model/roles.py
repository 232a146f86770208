"""The roles of FitSM-3: the words that policies and rules speak of, and what each is held over."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from fitsm_graph.model.declare import Process


class RoleWord(StrEnum):
    """A role by the record, process or system that it is held on."""

    SMS_OWNER = "sms_owner"
    SMS_MANAGER = "sms_manager"
    SERVICE_OWNER = "service_owner"
    PROCESS_OWNER = "process_owner"
    PROCESS_MANAGER = "process_manager"
    CASE_OWNER = "case_owner"
    PROCESS_STAFF = "process_staff"
    REQUESTER = "requester"
    CAB_MEMBER = "cab_member"
    MAJOR_INCIDENT_COORDINATOR = "major_incident_coordinator"


class Over(StrEnum):
    """What a role is held over."""

    SYSTEM = "system"
    PROCESS = "process"
    SERVICE = "service"
    RECORD = "record"


HELD_OVER: Mapping[RoleWord, Over] = MappingProxyType(
    {
        RoleWord.SMS_OWNER: Over.SYSTEM,
        RoleWord.SMS_MANAGER: Over.SYSTEM,
        RoleWord.SERVICE_OWNER: Over.SERVICE,
        RoleWord.PROCESS_OWNER: Over.PROCESS,
        RoleWord.PROCESS_MANAGER: Over.PROCESS,
        RoleWord.PROCESS_STAFF: Over.PROCESS,
        RoleWord.CAB_MEMBER: Over.PROCESS,
        RoleWord.MAJOR_INCIDENT_COORDINATOR: Over.PROCESS,
        RoleWord.CASE_OWNER: Over.RECORD,
        RoleWord.REQUESTER: Over.RECORD,
    }
)
"""What each role is held over; those of a record follow from it and are given to nobody."""
OF_ONE_PROCESS: Mapping[RoleWord, Process] = MappingProxyType(
    {
        RoleWord.CAB_MEMBER: Process.CHM,
        RoleWord.MAJOR_INCIDENT_COORDINATOR: Process.ISRM,
    }
)
"""Roles that only one process has."""
SOLE = frozenset(
    {
        RoleWord.SMS_OWNER,
        RoleWord.SMS_MANAGER,
        RoleWord.SERVICE_OWNER,
        RoleWord.PROCESS_OWNER,
        RoleWord.PROCESS_MANAGER,
    }
)
"""Roles that one person holds at a time, over the same process or service (FitSM-3)."""
ROLE = "Role"
"""The kind of record that a role is."""
PROCESSES = (Process.ISRM, Process.PM, Process.CONFM, Process.CHM, Process.RDM, Process.CSI)
"""The processes of FitSM-1 PR9 to PR14, over which roles are held."""


def role_key(word: RoleWord, over: str = "") -> str:
    """The key of a role: its word, with the process or the key of the service it is held over."""
    return f"{word.value}/{over}" if over else word.value


def role_keys(words: Iterable[RoleWord], process: str, services: Iterable[str]) -> list[str]:
    """Keys of the roles that words mean for a record; those of the record itself have none.

    Args:
        words: Roles.
        process: That the record belongs to.
        services: Keys of the services that it reaches.
    """
    over = {Over.SYSTEM: [""], Over.PROCESS: [process], Over.SERVICE: list(services)}
    return [role_key(word, each) for word in words for each in over.get(HELD_OVER[word], ())]
