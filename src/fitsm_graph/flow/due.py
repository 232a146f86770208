"""What fell due, as every room says it of its own records (GR5.2).

    looks = (known_errors_due, improvements_due, …)
    due = [each for look in looks for each in await look(graph, policies, now)]

A room looks at its own; the management system reminds whoever is responsible, once for each matter,
subject and time.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.graph import Graph
from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import RoleWord, role_key


@dataclass(frozen=True, slots=True)
class Due:
    """Something that fell due.

    Attributes:
        matter: What, such as `known_error_review`.
        process: That it belongs to; the system as a whole: SMS.
        subject: Key of the record, or of the policy, by which it is due.
        title: What is to be done, in a line without names of elements.
        due_at: Since when, in the stored form.
        record: Id of the record that is to be seen to; empty: there is none.
        owner: Key of the person or group that is named for it; empty: whoever owns the record,
            or holds a role for it.
        service: Key of the service that it is about; empty: it is about none.
    """

    matter: str
    process: Process
    subject: str
    title: str
    due_at: str
    record: str = ""
    owner: str = ""
    service: str = ""

    @property
    def identity(self) -> str:
        """What tells it from all others."""
        return f"{self.matter}/{self.subject}/{self.due_at}"

    @property
    def roles(self) -> tuple[str, ...]:
        """Keys of roles whose holders are responsible where nobody else is, nearest first."""
        own = [role_key(RoleWord.SERVICE_OWNER, self.service)] if self.service else []
        return (*own, *responsible(self.process))


Look = Callable[[Graph, Policies, datetime], Awaitable[list[Due]]]
"""What a room says to be due at a moment, all of it, in any order."""


def responsible(process: str) -> tuple[str, ...]:
    """Keys of the roles that answer for a process, nearest first.

    >>> responsible("chm")
    ('process_manager/chm', 'process_owner/chm', 'sms_manager', 'sms_owner')
    """
    of_process = (RoleWord.PROCESS_MANAGER, RoleWord.PROCESS_OWNER)
    of_system = (RoleWord.SMS_MANAGER, RoleWord.SMS_OWNER)
    own = [role_key(each, process) for each in of_process] if process not in {"", "sms"} else []
    return (*own, *(role_key(each) for each in of_system))
