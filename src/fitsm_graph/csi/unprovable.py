"""Requirements that no record of the product can prove, and for each why not (PR14.1)."""

from collections.abc import Mapping
from types import MappingProxyType

_PLAN = "The service management plan is a document of the provider; the product keeps none."
UNPROVABLE: Mapping[str, str] = MappingProxyType(
    {
        "GR1.2": "The general service management policy is a document of the provider; the product "
        "keeps rules that it acts by, and no statement of commitment.",
        "GR1.3": "Management reviews are no records of the product; suggestions from the source "
        "`management_review` show that there were some, and not that they were planned.",
        "GR2.1": "Scope statement, general policy and plans are documents of the provider.",
        "GR2.2": "Definitions of processes are documents of the provider; the lives and policies "
        "of the product are what is done, and not the goals and interfaces they are to state.",
        "GR3.1": "Customers and users are records; what they need and expect, and which laws and "
        "contracts hold, is not.",
        "GR3.2": "The scope of configuration management is kept, and that of the service "
        "management system is a document of the provider.",
        "GR4.1": _PLAN,
        "GR4.2": _PLAN,
        "GR5.1": f"{_PLAN} Whether one was implemented cannot be told.",
        "GR6.2": "Audits are no records of the product; a check of conformity is evidence for one, "
        "and does not replace it.",
        "GR7.2": "That the policy and the plan themselves are improved is told by their versions, "
        "which the product does not keep; improvements as such are examined by PR14.",
    }
)
"""By requirement."""
