#!/usr/bin/env python3
"""Policies and lives as pages: kinds, what comes with the product, states drawn with Mermaid."""

from collections.abc import Iterable

import yaml
from reference_table import table

from fitsm_graph.bootstrap import KINDS
from fitsm_graph.csi.kpis import KPI
from fitsm_graph.flow.lives import LIFE, Life
from fitsm_graph.sms.policies import POLICY_LIFE, default_policies, from_files

POLICIES_INTRODUCED = """\
# Policies

Printed from the declarations and from `schema/policies/` by `make docs`.

Rules that are data, in versions: [change a policy](../how-to/change-a-policy.md). Each kind reads
its documents into a value and tells everything that is wrong; the codes are among the
[errors](../errors.md#policies).
"""
LIVES_INTRODUCED = """\
# Lives

Printed from `schema/policies/` by `make docs`: the lives that come with the product. Yours are
shown by `fsg policy list --kind life`.

The states of records are policies of the kind `life`
([how to change one](../how-to/change-a-policy.md)). A verb that no transition names for the state a
record stands in is refused with `ILLEGAL_TRANSITION` and the requirement. A verb that leads back to
its own state needs the record to stand there, and leaves it. Clocks of targets run, wait or stop
with the state; what a disturbance names suffers from it while its state has an effect, from
`starts_at` on and before `ends_at`.
"""


def policies_page() -> str:
    """Every kind with what it is for, and its documents that come with the product."""
    rows = ((f"[{kind.name}](#{kind.name})", kind.doc, kind.requirement) for kind in KINDS)
    parts = [POLICIES_INTRODUCED, table(("kind", "is", "requirement"), rows)]
    seeds = from_files()
    for kind in KINDS:
        parts += [f"## {kind.name}\n", f"{kind.doc} ({kind.requirement})\n"]
        if kind.name == LIFE:
            parts.append("[All of them, drawn](lives.md).\n")
            continue
        if kind.name == KPI:
            parts.append("[All of them, with their formulas](kpis.md).\n")
            continue
        for seed in seeds:
            if seed.kind == kind.name:
                parts += [f"`{seed.name}`:\n", f"```yaml\n{_as_yaml(seed.document)}```\n"]
    return "\n".join(parts)


def _as_yaml(document: object) -> str:
    return str(yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100))


def lives_page() -> str:
    """Every life as a diagram and as tables."""
    policies = default_policies(KINDS)
    lives = sorted(
        (each.value for each in policies if each.kind == LIFE), key=lambda each: each.record
    )
    parts = [LIVES_INTRODUCED]
    for life in lives:
        parts += _section(life)
    fixed = "This one is fixed: what makes a policy valid cannot be a policy itself.\n"
    return "\n".join([*parts, *_section(POLICY_LIFE, fixed)])


def _section(life: Life, more: str = "") -> Iterable[str]:
    states = (
        (f"`{name}`", each.pace.value, "yes" if each.effect else "", each.doc)
        for name, each in life.states.items()
    )
    steps = (
        (f"`{each.by}`", f"`{each.source}`", f"`{each.target}`", each.guard)
        for each in life.transitions
    )
    return [
        f"## {life.record}\n",
        *([more] if more else []),
        f"```mermaid\n{diagram(life)}```\n",
        table(("state", "clocks", "effect", "meaning"), states),
        table(("verb", "from", "to", "requirement"), steps),
    ]


def diagram(life: Life) -> str:
    """The states and transitions of a life in the language of Mermaid."""
    lines = ["stateDiagram-v2", f"  [*] --> {life.initial}"]
    lines += [
        f"  {each.source} --> {each.target}: {each.by} ({each.guard})" for each in life.transitions
    ]
    lines += [f"  {name} --> [*]" for name in life.states if name in life.ends]
    return "\n".join(lines) + "\n"
