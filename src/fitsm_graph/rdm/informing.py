"""Whether ISRM was told what became of a release: by a rule, or by people (PR13.6)."""

from collections.abc import Mapping

from fitsm_graph.flow.notices import rules_in
from fitsm_graph.flow.policies import Policies
from fitsm_graph.model.rdm import ReleaseOutcome
from fitsm_graph.model.roles import role_key
from fitsm_graph.rdm.within import Row

ISRM = "isrm"
_ENDED_BY: Mapping[str, str] = {
    ReleaseOutcome.SUCCESSFUL: "deployment.complete",
    ReleaseOutcome.FAILED: "deployment.fail",
    ReleaseOutcome.BACKED_OUT: "deployment.back_out",
}
"""By which verb a release comes to its outcome."""


def isrm_told(policies: Policies, row: Row) -> str:
    """How ISRM was told of a release; empty: nobody told it.

    A message by a rule that somebody in ISRM gets is in the product as soon as the outcome is
    known. Where there is no such rule, or nobody held a role of ISRM then, people have to tell it:
    by an action of communication whose audience names ISRM.

    Args:
        policies: In force.
        row: The release.
    """
    outcome = str(row.release.get("outcome") or "")
    by_rule = [
        f"{name} after {rule.after}"
        for name, rule in rules_in(policies)
        if rule.after == _ENDED_BY.get(outcome)
        and rule.about == "Release"
        and {role_key(word, process) for word, process in rule.to.elsewhere} & {*row.isrm}
    ]
    by_people = [
        str(each["key"])
        for each in row.telling
        if each["status"] == "performed" and ISRM in str(each.get("audience", "")).lower()
    ]
    return ", ".join([*by_rule[:1], *by_people])
