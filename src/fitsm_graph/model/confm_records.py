"""Configuration Management (PR11): sources, baselines, verifications, and deviations.

(:Baseline)-[:HOLDS_SERVICE]->(:Service)
(:Baseline)-[:HOLDS_OWNED_BY]->(:Person|:Group)
(:Verification)-[:VERIFIES {found}]->(any element)
(:Deviation)-[:DEVIATES_AT]->(any element)
(:Deviation)-[:FOUND_BY]->(:Verification)
(:Deviation)-[:REMAINS_OF]->(:Change)
(:Deviation)-[:LED_TO]->(:Incident|:Problem|:Suggestion|:Change)
"""

from enum import StrEnum
from typing import Annotated

from fitsm_graph.model.confm import ELEMENT_KINDS
from fitsm_graph.model.declare import (
    Carried,
    Doc,
    Indexed,
    Process,
    Unit,
    Whole,
    record,
    relation,
)
from fitsm_graph.model.process import PROCESS_LABELS, ProcessRecord

# --- sources -------------------------------------------------------------------------------------


@record(
    owner=Process.CONFM,
    prefix="SRC",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="configuration_source",
    columns=("status", "name", "title", "ci_types", "expected_hours", "owner"),
)
class ConfigurationSource(ProcessRecord):
    """Where configuration information comes from, with who answers for it and what it covers.

    Runs of sync carry its name (PR11.1).
    """

    name: Annotated[str, Doc("What runs of it carry as their source.")]
    covers: Annotated[str, Doc("What it covers, and what it does not.")] = ""
    ci_types: Annotated[
        list[str], Doc("CI types that it tells of, with their subtypes, and other kinds.")
    ]
    expected_hours: Annotated[
        int | None,
        Unit("hours"),
        Doc("Within how long a run of it is completed after the last one; null: at no interval."),
    ] = None
    why: Annotated[str, Doc("Why it is used no more.")] = ""


# --- baselines -----------------------------------------------------------------------------------


@record(
    owner=Process.CONFM,
    prefix="BSL",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="baseline",
    columns=("status", "title", "state_at", "elements", "owner"),
)
class Baseline(ProcessRecord):
    """The state of a selection of elements at a moment, to compare with later (FitSM-0).

    It is a reference into the ledger, which keeps what was; nothing is copied.
    """

    entry: Annotated[int, Doc("Ledger entry after which the graph was so.")]
    state_at: Annotated[str, Doc("The moment that was asked for, UTC.")]
    types: Annotated[list[str], Doc("CI types, with their subtypes, and other kinds; empty: all.")]
    digest: Annotated[str, Doc("Of what it held, 64 hexadecimal digits; alike ones held the same.")]
    elements: Annotated[int | None, Whole(), Doc("How many elements it held.")] = None
    relations: Annotated[int | None, Whole(), Doc("How many relations among them.")] = None
    why: Annotated[str, Doc("Why nobody compares with it any more.")] = ""


HOLDS_SERVICE = relation(
    "HOLDS_SERVICE",
    owner=Process.CONFM,
    sources=("Baseline",),
    targets=("Service",),
    doc="It holds the service and all that this needs; without any: whatever needs it (PR11.4).",
    field="of_services",
    back="baselines",
)
HOLDS_OWNED_BY = relation(
    "HOLDS_OWNED_BY",
    owner=Process.CONFM,
    sources=("Baseline",),
    targets=("Person", "Group"),
    doc="It holds what they answered for; without any: whoever did (PR11.4).",
    field="of_owners",
)

# --- verifications -------------------------------------------------------------------------------


class Attested(StrEnum):
    """What somebody who knows an element says of its record (PR11.5)."""

    AS_RECORDED = "as_recorded"
    DIFFERS = "differs"
    NOT_THERE = "not_there"


@record(
    owner=Process.CONFM,
    prefix="VER",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="verification",
    columns=("status", "plan", "title", "due_at", "outcome"),
)
class Verification(ProcessRecord):
    """Check whether a sample of the CMDB says what there is, by a plan (PR11.5)."""

    plan: Annotated[str, Indexed(), Doc("Name of its plan, a policy.")]
    plan_key: Annotated[str, Doc("Key of the version of the plan that it follows.")]
    seed: Annotated[str, Doc("What its sample was drawn by: the same draws the same again.")]
    entry: Annotated[int, Doc("Ledger entry at which the sample was drawn.")]
    due_at: Annotated[str, Doc("By when it is to be finished, UTC.")]
    population: Annotated[int | None, Whole(), Doc("Elements that could be drawn.")] = None
    sampled: Annotated[int | None, Whole(), Doc("Elements that were drawn.")] = None
    compared_at: Annotated[
        str | None, Doc("When it was compared with what discovery saw last, UTC.")
    ] = None
    outcome: Annotated[
        str, Doc("`conforming`, `deviating` or `incomplete`; empty: it is not finished.")
    ] = ""
    conclusion: Annotated[str, Doc("What there is to say of it, or why it was given up.")] = ""


VERIFIES = relation(
    "VERIFIES",
    owner=Process.CONFM,
    sources=("Verification",),
    targets=ELEMENT_KINDS,
    doc="An element of its sample, and what was found of it (PR11.5).",
    field="verifies",
    back="verifications",
    called="Examined",
    carries=(
        Carried(
            "attested", str, "`as_recorded`, `differs`, `not_there`; null: not yet.", optional=True
        ),
        Carried("attested_by", str, "Login of who said so.", optional=True),
        Carried("attested_at", str, "When, UTC.", optional=True),
        Carried("by_owner", bool, "Who said so answers for the element.", optional=True),
        Carried(
            "differs_in", list[str], "Fields that differ, as they were attested.", optional=True
        ),
        Carried("note", str, "What there was to say.", optional=True),
        Carried(
            "seen",
            str,
            "What discovery saw: `agrees`, `differs`, `gone`, `unknown`.",
            optional=True,
        ),
        Carried("seen_in", list[str], "Fields in which that differs.", optional=True),
    ),
)

# --- deviations ----------------------------------------------------------------------------------


class DeviationSource(StrEnum):
    """How a deviation came to light (PR11.4, PR11.5)."""

    PERSON = "person"
    ATTESTATION = "attestation"
    DISCOVERY = "discovery"
    LEDGER = "ledger"


@record(
    owner=Process.CONFM,
    prefix="DEV",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="deviation",
    columns=("status", "source", "title", "deviates_at", "made_by"),
)
class Deviation(ProcessRecord):
    """The record of an element and the element are not the same, or nobody approved it (PR11.4)."""

    source: Annotated[str, Doc("`person`, `attestation`, `discovery` or `ledger`.")]
    raised_by: Annotated[str, Doc("Login of who raised it; they decide on none of it.")]
    fields: Annotated[list[str], Doc("Fields and attributes that deviate; empty: all of it.")]
    finding: Annotated[
        str, Indexed(), Doc("Digest of what was found, so that it is found once; or empty.")
    ] = ""
    times_seen: Annotated[int, Doc("How often it was found.")] = 1
    entry: Annotated[int | None, Doc("Ledger entry that made it; null: none is known.")] = None
    made_by: Annotated[str, Doc("Login of who made that entry.")] = ""
    change: Annotated[str, Doc("Key of the change that the entry names, or empty.")] = ""
    why: Annotated[str, Doc("Why it is a deviation.")] = ""
    decision: Annotated[str, Doc("How it was corrected, or why it was accepted.")] = ""
    decided_by: Annotated[str, Doc("Login of who decided.")] = ""


DEVIATES_AT = relation(
    "DEVIATES_AT",
    owner=Process.CONFM,
    sources=("Deviation",),
    targets=ELEMENT_KINDS,
    doc="The element whose record deviates (PR11.4).",
    field="deviates_at",
    back="deviations",
    one=True,
)
FOUND_BY = relation(
    "FOUND_BY",
    owner=Process.CONFM,
    sources=("Deviation",),
    targets=("Verification",),
    doc="The verification that brought it to light (PR11.5).",
    field="found_by",
    back="deviations",
    one=True,
)
REMAINS_OF = relation(
    "REMAINS_OF",
    owner=Process.CONFM,
    sources=("Deviation",),
    targets=("Change",),
    doc="The change whose planned difference a source does not see as it was planned (PR12.5).",
    field="remains_of",
    back="remaining_deviations",
    one=True,
)
LED_TO = relation(
    "LED_TO",
    owner=Process.CONFM,
    sources=("Deviation",),
    targets=("Incident", "Problem", "Suggestion", "Change"),
    doc="What it was handed over to (PR11.5).",
    field="led_to",
    back="from_deviations",
)
