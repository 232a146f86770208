"""The inputs and types of aggregates: groups as flat rows, with measures as fields."""

from enum import StrEnum
from typing import Any, Optional

import strawberry

from fitsm_graph.api.inputs import SortDirection
from fitsm_graph.api.types import JSON


@strawberry.enum(description="Part of a time that things are grouped by, in UTC.")
class Period(StrEnum):
    """Written as 2026, 2026-Q4, 2026-11, 2026-W48, 2026-11-28, 2026-11-28T05."""

    YEAR = "YEAR"
    QUARTER = "QUARTER"
    MONTH = "MONTH"
    WEEK = "WEEK"
    DAY = "DAY"
    HOUR = "HOUR"


@strawberry.enum(description="What is computed of a group.")
class Measure(StrEnum):
    """Of known values only; COUNT counts elements or records."""

    COUNT = "COUNT"
    COUNT_DISTINCT = "COUNT_DISTINCT"
    MIN = "MIN"
    MAX = "MAX"
    SUM = "SUM"
    AVG = "AVG"
    PERCENTILE = "PERCENTILE"


@strawberry.input(description="What makes a group; those without it are a group of their own.")
class GroupBy:
    """A field or attribute, `kind`, `owner`, `state`, or `service`."""

    field: str = strawberry.field(
        description="A field or attribute by its name. Of elements: `kind`; `owner`, by key; "
        "`state`, as it is computed now; `service`, by key: each service that needs the element, "
        "directly or not. Of records: `open`; `owner` and other links, by the keys of what is "
        "there."
    )
    per: Period | None = strawberry.field(description="For dates and moments.", default=None)


@strawberry.input(description="One key of an order of groups; without any, by their keys.")
class GroupOrder:
    """A key of the groups by its name, or a measure."""

    key: str | None = None
    measure: Measure | None = None
    field: str | None = None
    p: float | None = None
    direction: SortDirection = SortDirection.ASC


@strawberry.input(description="Which groups are meant; all that is given must hold.")
class GroupHaving:
    """A measure compared; `AND`, `OR` and `NOT` put several together."""

    measure: Measure | None = None
    field: str | None = None
    p: float | None = None
    eq: JSON | None = None
    ne: JSON | None = None
    lt: JSON | None = None
    lte: JSON | None = None
    gt: JSON | None = None
    gte: JSON | None = None
    and_: Optional[list["GroupHaving"]] = strawberry.field(name="AND", default=None)  # noqa: UP045 - names itself
    or_: Optional[list["GroupHaving"]] = strawberry.field(name="OR", default=None)  # noqa: UP045 - names itself
    not_: Optional["GroupHaving"] = strawberry.field(name="NOT", default=None)


@strawberry.type(description="What a group has in common.")
class GroupKey:
    """Null is a value like any other."""

    name: str
    value: JSON | None


def _of(kind: Any, doc: str, *, p: bool = False) -> Any:
    """A measure of a field; answers come shaped, so that nothing calls the resolver."""

    def measured(field: str) -> Any:
        raise AssertionError(field)

    def percentile(field: str, p: float) -> Any:
        raise AssertionError(field, p)

    resolver = percentile if p else measured
    return strawberry.field(resolver=resolver, graphql_type=kind, description=doc)


@strawberry.type(description="A group of elements or records.")
class GroupRow:
    """A flat row."""

    keys: list[GroupKey]
    count: int = strawberry.field(description="Elements or records.")
    count_distinct: Any = _of(int, "Different known values.")
    min: Any = _of(Optional[JSON], "The least known value.")  # noqa: UP045 - JSON is no class
    max: Any = _of(Optional[JSON], "The greatest known value.")  # noqa: UP045 - JSON is no class
    sum: Any = _of(float, "Of the known values; 0 without any.")
    avg: Any = _of(float | None, "Of the known values.")
    p50: Any = _of(float | None, "The median of the known values, interpolated.")
    p95: Any = _of(float | None, "The 95th percentile of the known values, interpolated.")
    percentile: Any = _of(float | None, "Of the known values, interpolated; p is 0 – 1.", p=True)


@strawberry.type(description="Groups of elements or records, as flat rows.")
class Groups:
    """The first ones, and how many there are."""

    group_count: int
    complete: bool
    note: str
    rows: list[GroupRow]
