"""Users are told of the progress: a public comment, and when the next one is due (PR9.4)."""

from typing import Annotated

from fitsm_graph.flow.declaring import declare
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import remark, told
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx
from fitsm_graph.isrm.cases import allowed, case_of, changed
from fitsm_graph.model.declare import RECORDS, Process
from fitsm_graph.model.isrm import CASE_KINDS


def _declare(kind: str) -> None:
    """Declare the verb of one kind of record."""
    group = RECORDS[kind].group

    async def update_users(
        tx: Tx, policies: Policies, ref: Annotated[str, Of(kind)], text: str
    ) -> Properties:
        said = told(text, "text", "say what users should know", "PR9.4")
        case = await case_of(tx, kind, ref)
        record = allowed(policies, case, f"{group}.update_users")
        remark(tx, record, said, public=True)
        return changed(tx, policies, case, {"users_updated_at": tx.at})

    declare(
        kind,
        "update_users",
        update_users,
        "Tell users how it stands; when they hear again follows from its priority (PR9.4)",
        args="    text: What they should know.\n",
        example='"a new disk comes at noon"',
        called="update_users_of_{}",
        also=Process.SMS,
    )


for _kind in CASE_KINDS:
    _declare(_kind)
