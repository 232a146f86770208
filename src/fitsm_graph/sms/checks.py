"""What `doctor` asks of policies: can what is in force be read, and is it what was approved."""

import json
from collections import Counter

from fitsm_graph.flow.policies import PolicyKinds
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.checks import MOST_TOLD, Check, Word, of_found, warning
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.model.roles import SOLE

_FIX = "draft a version that is right, and let somebody approve it: `fitsm-graph policy draft`"


async def policies(graph: Graph, kinds: PolicyKinds) -> Check:
    """Whether every approved version matches its digest and can be read, and none is missing."""
    rows = (await graph.rows("sms.policies_in_force"))[0]["policies"]
    if not rows:
        fix = "start the product once: it brings what it comes with into force"
        return warning("policies", "no policies are in force", fix)
    in_force = kinds.in_force(rows)
    found = [f"{each.message}: {each.why}" for each in in_force.unreadable]
    counts = Counter((row["kind"], row["name"]) for row in rows)
    found += [
        f"{count} versions of {kind}/{name} are approved"
        for (kind, name), count in sorted(counts.items())
        if count > 1
    ]
    found += [
        f"no {kind.name} '{name}' is in force"
        for kind in kinds
        for name in sorted(kind.needed)
        if in_force.find(kind.name, name) is None
    ]
    found += [each.message for each in kinds.disagreements(in_force)]
    return of_found("policies", found[:MOST_TOLD], "things are wrong with what is in force", _FIX)


async def outgrown(graph: Graph, kinds: PolicyKinds) -> Check:
    """Whether what is in force says all that this version of the product asks for."""
    found = []
    for row in (await graph.rows("sms.policies_in_force"))[0]["policies"]:
        kind = next((each for each in kinds if each.name == row["kind"]), None)
        if kind is not None and kind.outgrown:
            _, problems = kind.read(row["name"], json.loads(row["document"]))
            found += [f"{row['key']}: {each.message}" for each in problems]
    cause = "things are not said that this version of the product asks for"
    return of_found("policies_outgrown", found[:MOST_TOLD], cause, _FIX, word=Word.WARNING)


async def roles(graph: Graph, _kinds: PolicyKinds) -> Check:
    """Whether each role of one person is held by just one."""
    given = {"words": sorted(SOLE), "at": to_text(graph.clock.now()), "limit": MOST_TOLD}
    found = [row["told"] for row in await graph.rows("checks.sole_roles", **given)]
    cause = "roles of one person are not held by one"
    fix = "`fsg role assign`, with --replacing where somebody takes over"
    return of_found("roles", found, cause, fix, word=Word.WARNING)


POLICY_CHECKS = {"policies": policies, "policies_outgrown": outgrown, "roles": roles}
"""Checks of policies, and of who answers by them."""
