"""What breaks the rules of a network, told with a reason and a remedy.

Cases (JSON) and networks (arrays) are refused by the same codes; each has its section in
`docs/errors.md`.
"""

from collections.abc import Sequence
from typing import Final

from fitsm_graph.kernel.errors import Problem

RULES: Final = {
    "BAD_TYPE": ("a case has a fixed form", "give the kind of value that is named"),
    "UNKNOWN_KEY": (
        "a key that nobody reads would be lost without a word",
        "leave it out, or spell it as the form does",
    ),
    "MISSING_KEY": ("nothing is guessed", "add it; a list may be empty"),
    "DUPLICATE_ELEMENT": ("elements are told apart by their ids", "give each element once"),
    "DUPLICATE_REQUIREMENT": (
        "margins and proofs name requirements by their ids; without one it is of#n",
        "give each requirement an id of its own",
    ),
    "DUPLICATE_MEMBER": (
        "members of one requirement are distinct",
        "give the member once, with the weight it has",
    ),
    "UNKNOWN_ELEMENT": (
        "all elements are named before they are used",
        "add it to the elements, or name one of them",
    ),
    "UNKNOWN_MEMBER": (
        "all elements are named before they are used",
        "add it to the elements, or name one of them",
    ),
    "WRONG_NUMBER_OF_WEIGHTS": (
        "each member has one weight",
        "give one weight for each member, or no weights at all",
    ),
    "BAD_COLUMN": (
        "a network is made of columns of integers that fit one another",
        "see `build_network` for what each column holds",
    ),
    "BAD_NEED": (
        "it is how much weight of the members must be there",
        "give an integer; turn a share into the weight it comes to, rounded up",
    ),
    "BAD_WEIGHT": (
        "it says how much a member counts",
        "leave out a member that counts for nothing; scale shares up to integers",
    ),
    "BAD_RESERVE": (
        "it is how much weight beyond the need should be there",
        "give an integer, or leave it out for all the rest",
    ),
    "BAD_STRENGTH": (
        "it says how far a loss goes: hard to DOWN, soft to DEGRADED, info not at all",
        "give 'hard', 'soft' or 'info'",
    ),
}
"""Why and remedy by code, where the place of the problem knows nothing more exact."""


def refusal(
    code: str, message: str, path: Sequence[str | int], why: str = "", remedy: str = ""
) -> Problem:
    """Tell a problem, with the usual reason and remedy of its code where none are given."""
    usual_why, usual_remedy = RULES[code]
    return Problem(code, message, why or usual_why, remedy or usual_remedy, tuple(path))
