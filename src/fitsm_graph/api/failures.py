"""Errors as GraphQL clients see them."""

from graphql import GraphQLError

from fitsm_graph.kernel.errors import FitsmError


def graphql_error(error: FitsmError) -> GraphQLError:
    """A problem as a GraphQL error: code, why, remedy and requirement in `extensions`."""
    problem = error.problem
    extensions = {
        "code": problem.code,
        "why": problem.why,
        "remedy": problem.remedy,
        "path": [str(step) for step in problem.path],
        "requirement": problem.requirement or None,
    }
    return GraphQLError(problem.message, extensions=extensions)
