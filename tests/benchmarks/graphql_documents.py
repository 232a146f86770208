"""What is asked of every server of the GraphQL benchmark, each in its own words."""

from dataclasses import dataclass
from typing import Any

EIGHT = "id key name type lifecycle description createdAt version"
_EIGHT_THERE = "id key name type lifecycle description created_at version"
_FOUR = "id key name type"
_FURTHER = f"""dependsOn {{ {_FOUR} }} calls {{ {_FOUR} }} runsOn {{ {_FOUR} }} uses {{ {_FOUR} }}
    authenticatedBy {{ {_FOUR} }}"""
_NESTED_THERE = f"""{{ elements(where: {{ type: {{ eq: "Application" }} }}, limit: 100,
  sort: [{{ id: ASC }}]) {{ {_FOUR}
  dependsOn {{ {_FOUR} {_FURTHER} }} }} }}"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One row's question.

    Attributes:
        name: Short name, also of the bare route.
        document: For the product; its statement is what the bare route runs.
        peer: For @neo4j/graphql.
        stock: For stock resolvers: their document; None where they offer nothing like it.
        by_id: Whether it takes an id as variable.
    """

    name: str
    document: str
    peer: str = ""
    stock: str = ""
    by_id: bool = False

    def body(self, document: str, id: str) -> dict[str, Any]:
        """What is posted for one of the documents."""
        return {"query": document, "variables": {"id": id} if self.by_id else {}}


ONE = Asked(
    "one",
    f"query One($id: ID!) {{ ci(by: {{ id: $id }}) {{ {EIGHT} }} }}",
    f"query One($id: ID!) {{ elements(where: {{ id: {{ eq: $id }} }}) {{ {_EIGHT_THERE} }} }}",
    f"query One($id: ID!) {{ ci(id: $id) {{ {EIGHT} }} }}",
    by_id=True,
)
THOUSAND = Asked(
    "thousand",
    f"{{ cis(first: 1000) {{ nodes {{ {EIGHT} }} }} }}",
    f"{{ cis(limit: 1000, sort: [{{ id: ASC }}]) {{ {_EIGHT_THERE} }} }}",
    f"{{ cis(first: 1000) {{ {EIGHT} }} }}",
)
TEN_THOUSAND = Asked(
    "ten_thousand",
    f"{{ cis(first: 10000) {{ nodes {{ {EIGHT} }} }} }}",
    f"{{ cis(limit: 10000, sort: [{{ id: ASC }}]) {{ {_EIGHT_THERE} }} }}",
    f"{{ cis(first: 10000) {{ {EIGHT} }} }}",
)
NESTED = Asked(
    "nested",
    f"""{{ cis(where: {{ type: {{ eq: "Application" }} }}, first: 100) {{ nodes {{ {_FOUR}
  relations(direction: OUT, first: 10) {{ type element {{ {_FOUR}
    relations(direction: OUT, first: 10) {{ type element {{ {_FOUR} }} }} }} }} }} }} }}""",
    _NESTED_THERE,
    f"""{{ applications(first: 100) {{ {_FOUR} relations {{ type element {{ {_FOUR}
    relations {{ type element {{ {_FOUR} }} }} }} }} }} }}""",
)
LISTS = (THOUSAND, TEN_THOUSAND, NESTED)
EVERY = (ONE, *LISTS)


def objects(value: Any) -> int:
    """How many objects an answer holds, at any depth."""
    if isinstance(value, dict):
        return 1 + sum(objects(each) for each in value.values())
    return sum(objects(each) for each in value) if isinstance(value, list) else 0
