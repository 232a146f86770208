"""What was planned and what was seen, driven on one graph."""

from datetime import timedelta
from typing import Any

from fitsm_graph.chm import delegating
from fitsm_graph.confm import deviations
from fitsm_graph.graph.verb import Request
from fitsm_graph.handover import comparing
from fitsm_graph.handover import deviations as deviations_raised
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.sms import accounts
from fitsm_graph.sms import service as sms
from graph.syncing import run


async def seen(do: Any) -> None:
    """A planned difference is compared, and a deviation leads to a change."""
    waiting = await run(do.graph, "MATCH (c:Change) WHERE c.awaits_since > '' RETURN c.key")
    for (key,) in waiting:
        await do.act(comparing.compare_difference, key)
    assert waiting, "a release added something"
    made = await do.act(deviations.register_deviation, "host", "9 disks", fields=["name"])
    await do.act(deviations_raised.raise_change_from_deviation, made["key"])


async def delegated(do: Any) -> None:
    """Somebody lets another one vote, for another time, and votes again."""
    for key in ("deputed", "deputy"):
        await do.act(sms.register_party, "Person", {"key": key, "name": key})
    await do.act(accounts.create_account, "deputed", ["editor"], "digest", person="deputed")
    who = Request(actor="deputed", via="test")
    for days in (2, 3):
        until = to_text(do.clock.now() + timedelta(days=days))
        given = delegating.delegate_votes
        await do.act(given, "deputy", "on leave", ends_at=until, request=who)
    await do.act(delegating.recall_votes, "deputy", request=who)
