"""The roles of FitSM-3 as words that policies and rules speak of."""

from enum import StrEnum


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
