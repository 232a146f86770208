"""The first days: who answers for what, which rules hold, what users can ask for."""

from typing import NamedTuple

from fitsm_graph.story.acts import act
from fitsm_graph.story.teller import Teller

OWNERS = {
    "ISRM": "per-adeyemi",
    "PM": "per-adeyemi",
    "CONFM": "per-eriksen",
    "CHM": "per-adeyemi",
    "RDM": "per-eriksen",
    "CSI": "per-adeyemi",
}
STAFF = {
    "ISRM": ("gallo", "ito", "kaya", "moreau", "okafor", "petrova"),
    "PM": ("farouk", "ito", "lindqvist"),
    "CHM": ("gallo", "ito", "kaya", "moreau", "okafor", "farouk"),
    "RDM": ("kaya", "gallo", "moreau"),
    "CONFM": ("farouk", "horvat", "jansen", "lindqvist", "nowak", "petrova"),
    "CSI": ("dvorak", "brandt", "nowak"),
}
USERS = (
    ("Leila Hassan", "usr-hassan", "leila.hassan@climate.example.org"),
    ("Marco Silva", "usr-silva", "marco.silva@genomics.example.org"),
    ("Hanna Berg", "usr-berg", "hanna.berg@university.example.org"),
)
VERIFICATION = {
    "every": "P90D",
    "within": "P21D",
    "types": ["StorageArray", "StorageController", "Router"],
    "sample": {"share": 1},
}
"""Instead of a tenth of everything: all of what most of the rest hangs on."""


class Offering(NamedTuple):
    """Something that users can ask for."""

    title: str
    service: str
    category: str
    steps: tuple[str, ...]


OFFERINGS = {
    "account": Offering(
        "An account for a project",
        "svc-identity",
        "account",
        ("check the project", "make the account"),
    ),
    "quota": Offering(
        "More space for a project",
        "svc-storage",
        "storage",
        ("check what is used", "raise the limit"),
    ),
    "database": Offering(
        "A database for a project", "svc-database", "database", ("make the database",)
    ),
}


@act(0, "08:00", "GR1.1 GR5.2", "fsg role list")
async def roles(s: Teller) -> None:
    """Who answers for what is agreed."""
    for process, person in OWNERS.items():
        await s.do("assignRole", "adeyemi", role="PROCESS_OWNER", process=process, person=person)
    for process, logins in STAFF.items():
        for login in logins:
            given = {"process": process, "person": f"per-{login}"}
            await s.do("assignRole", "adeyemi", role="PROCESS_STAFF", **given)
    for name, key, email in USERS:
        await s.do("registerPerson", "adeyemi", name=name, knownAs=key, email=email)


@act(0, "10:00", "PR11.5 GR2.4", "fsg policy show verification-plan/default/2")
async def rules(s: Teller) -> None:
    """The rules of verification are agreed on."""
    given = {"kind": "verification-plan", "name": "default", "document": VERIFICATION}
    plan = await s.do("draftPolicy", "castell", **given, owner="per-castell")
    await s.do("approvePolicy", "eriksen", policy=plan)


@act(0, "10:30", "PR11.1", "fsg configuration-source standing")
async def sources(s: Teller) -> None:
    """Where configuration information comes from, and who answers for it."""
    covers = "All that we run at both sites; nothing of what our customers run themselves."
    given = {"name": "demo", "title": "Inventory of Tarnfell", "covers": covers}
    await s.do("defineConfigurationSource", "castell", **given, owner="per-castell")


@act(0, "11:00", "PR11.1 PR11.4", "fsg baseline list --all")
async def baseline(s: Teller) -> None:
    """The state of the storage is kept as a baseline."""
    given = {"title": "storage at the beginning", "services": ["svc-storage"]}
    key = await s.do("takeBaseline", "castell", **given)
    await s.do("assignBaseline", "castell", ref=key, owner="per-castell")


@act(1, "09:00", "PR9.1 PR9.2", "fsg request-offering list")
async def offerings(s: Teller) -> None:
    """What users can ask for is offered."""
    for name, each in OFFERINGS.items():
        given = {"title": each.title, "service": each.service, "category": each.category}
        wanted = [{"title": step} for step in each.steps]
        s.keys[name] = await s.do("registerRequestOffering", "dvorak", **given, steps=wanted)


@act(1, "14:00", "PR12.2", "fsg standard-change list")
async def models(s: Teller) -> None:
    """Two standard changes are approved."""
    for name, title, kinds, steps, back_out in (
        ("disk", "Replace a disk", ["Server", "Chassis"],
         ["pull the disk", "put the new one in", "watch it being filled"], "put the old one back"),
        ("certificate", "Renew a certificate", ["Certificate"],
         ["order it", "install it", "look at it from outside"], "install the old one again"),
    ):  # fmt: skip
        given = {"title": title, "mayAlter": kinds, "steps": steps, "backOut": back_out}
        s.keys[name] = await s.do("registerStandardChange", "kaya", **given)
        await s.do("approveStandardChange", "brandt", ref=s.keys[name])
