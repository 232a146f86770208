"""What a selection of a GraphQL document weighs, and the refusal of what weighs too much."""

from dataclasses import dataclass, field
from types import MappingProxyType

from graphql import GraphQLField, get_named_type

from fitsm_graph.kernel.errors import BadInput

UNPAGED_ROWS = 20
"""What a list without a page size is counted as."""

FLATTER = "ask from nearer, or use `reaches` and flat graphs instead of nesting"
SPLIT = "ask in several requests, or for a list with `where` and `in`"
APART = "send operations one by one, with the fragments they use"
FEWER = "leave directives out; fields that are not wanted need not be asked for"
ONCE = "select each field once, and share selections through fragments"
"""What to do instead, where there is too much of something."""

INTROSPECTION_WEIGHT = 100_000
AGGREGATE_WEIGHT, GROUPS = 1_000, "Groups"
"""Of each field that puts all elements or records of a kind into groups."""
WEIGHTS = MappingProxyType(
    {
        "__schema": INTROSPECTION_WEIGHT,
        "__type": 1_000,
        "impact": 1_000,
        "whatIf": 1_000,
        "singlePointsOfFailure": 5_000,
        **dict.fromkeys(("dependencies", "neighbourhood", "problemTimeline"), 1_000),
        "changeComparison": 1_000,
        "path": 5_000,
        "sharedFate": 5_000,
        "ledgerEntries": 5_000,
        "topologyDiff": 5_000,
        **dict.fromkeys(("ciHistory", "recordHistory"), 1_000),
        "conformity": 5_000,
        "conformityTrend": 50_000,
        "kpis": 20_000,
        "incidentTrends": 20_000,
        "search": 100,
    }
)


@dataclass(slots=True)
class Weight:
    """What a selection weighs, fragments unfolded.

    Attributes:
        fixed: Values, those of lists of the enclosing page left out.
        paged: Values for each row of the enclosing page.
        names: Response name → how often it is there, and fields at and below all of them.
        repeats: Work of merging below.
        roots: Fields of the selection itself.
        page: The largest page that is asked for.
        introspects: Whether it asks about the schema.
        plain: Whether it asks about anything else.
    """

    depth: int = 0
    aliases: int = 0
    directives: int = 0
    fields: int = 0
    roots: int = 0
    fixed: int = 0
    paged: int = 0
    repeats: int = 0
    page: int = 0
    names: dict[str, tuple[int, int]] = field(default_factory=dict)
    introspects: bool = False
    plain: bool = False

    @property
    def cost(self) -> int:
        """Values, where no page encloses it."""
        return self.fixed + self.paged * UNPAGED_ROWS

    @property
    def work(self) -> int:
        """Work of merging in it and below."""
        return self.repeats + sum(n * below for n, below in self.names.values() if n > 1)

    def add(self, other: "Weight") -> None:
        """Count a fragment's selection in."""
        self.depth = max(self.depth, other.depth)
        self.aliases += other.aliases
        self.directives += other.directives
        self.fields += other.fields
        self.roots += other.roots
        self.fixed += other.fixed
        self.paged += other.paged
        self.repeats += other.repeats
        self.page = max(self.page, other.page)
        self.introspects |= other.introspects
        self.plain |= other.plain
        for name, (times, below) in other.names.items():
            self._name(name, times, below)

    def add_field(self, key: str, below: "Weight", fields: int) -> None:
        """Count a field in, with what is selected below it."""
        self.depth = max(self.depth, 1 + below.depth)
        self.aliases += below.aliases
        self.directives += below.directives
        self.fields += fields
        self.roots += 1
        self.page = max(self.page, below.page)
        self.repeats += below.work
        self._name(key, 1, fields)

    def _name(self, key: str, times: int, below: int) -> None:
        known = self.names.get(key, (0, 0))
        self.names[key] = (known[0] + times, known[1] + below)


def over(code: str, what: str, found: int, limit: int, remedy: str) -> BadInput:
    """The refusal of something that is above a limit."""
    return BadInput(
        f"the document has too many {what}",
        code=code,
        why=f"{_number(found)} of {limit:,}",
        remedy=remedy,
    )


def _number(value: int) -> str:
    return f"{value:,}" if value < 10**12 else "more than a trillion"


def weight_of(name: str, declared: GraphQLField | None) -> int:
    """What a root field looks at, beside what it answers with."""
    if declared is not None and get_named_type(declared.type).name == GROUPS:
        return AGGREGATE_WEIGHT
    return WEIGHTS.get(name, 0)
