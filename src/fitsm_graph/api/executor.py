"""Answers that are shaped already pass through the executor as they are.

A root field answers with data keyed by the client's response names. Completing such data again,
value by value, costs a hundred times what it takes to make it; the compiler guarantees shape,
nullability and scalar types instead, and the tests compare with the slow path.
"""

from dataclasses import dataclass
from typing import Any

from graphql import GraphQLOutputType, GraphQLResolveInfo
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext


@dataclass(frozen=True, slots=True)
class Shaped:
    """An answer keyed by response names, complete as it is."""

    value: Any


class ShapedExecutor(StrawberryGraphQLCoreExecutionContext):
    """The stock executor, except that it leaves shaped answers alone."""

    def complete_value(
        self,
        return_type: GraphQLOutputType,
        field_details_list: Any,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        """Return a shaped answer as it is; complete anything else."""
        if type(result) is Shaped:
            return result.value
        return super().complete_value(
            return_type, field_details_list, info, path, result, position_context
        )
