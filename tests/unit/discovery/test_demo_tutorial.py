"""The tutorial on the demo organisation says what is so."""

import re
from pathlib import Path

from fitsm_graph.discovery.demo import ORGANISATION, SHOWCASE, estate
from fitsm_graph.story.acts import acts

PAGE = Path(__file__).parents[3] / "docs" / "tutorial" / "the-demo-organisation.md"
TEXT = PAGE.read_text(encoding="utf-8")
KEYS = {each.key for each in estate().observations}


def test_every_scenario_can_be_tried_from_the_page() -> None:
    flags = [
        " ".join([*(f"--fail {k}" for k in each.fail), *(f"--degrade {k}" for k in each.degrade)])
        for each in SHOWCASE
    ]
    assert [flag for flag in flags if flag not in TEXT] == []


def test_every_key_of_the_page_exists() -> None:
    keys = set(re.findall(r"`([a-z]+(?:-[a-z0-9]+)+)`", TEXT))
    keys |= set(re.findall(r"--(?:fail|degrade) ([a-z0-9-]+)", TEXT))
    assert len(keys) > 20
    assert keys <= KEYS | {"fitsm-graph"}


def test_the_first_answer_is_the_one_of_the_showcase() -> None:
    rows = dict(re.findall(r"\| `(svc-[a-z]+)` \| (DOWN|DEGRADED|AT_RISK) \|", TEXT))
    assert rows == SHOWCASE[0].expect
    assert f"fitsm-graph what-if --fail {SHOWCASE[0].fail[0]}" in TEXT


def test_numbers_of_the_page_are_right() -> None:
    types = [each.type for each in estate().observations]
    cis = sum(t not in {"Service", "ServiceComponent", "RedundancyGroup"} for t in types)
    assert f"some {round(cis, -1)} CIs" in TEXT
    assert f"{types.count('RedundancyGroup')} redundancy groups" in TEXT
    assert f"{types.count('ServiceComponent')} service components" in TEXT
    kinds = [kind for kind, _ in estate().parties]
    owners = {r.key for o in estate().observations for r in o.relations if r.type == "OWNED_BY"}
    assert (kinds.count("Person"), kinds.count("Customer"), len(owners)) == (17, 8, 7)
    assert ORGANISATION in TEXT


def test_the_page_lists_the_acts_of_the_story_in_their_order() -> None:
    rows = re.findall(r"\| (\d+) \| (.+) \| ([A-Z]{2}[\d., PRG]+) \| `(fsg .+)` \|", TEXT)
    told = [(str(a.day), a.title, ", ".join(a.gives), a.look) for a in acts()]
    assert rows == told
