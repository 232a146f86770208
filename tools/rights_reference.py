#!/usr/bin/env python3
"""The table of rights as a page: which role may use which verb, as it comes with the product."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from reference_table import table

from fitsm_graph.bootstrap import KINDS
from fitsm_graph.graph.verb import VERBS
from fitsm_graph.sms.policies import from_files
from fitsm_graph.sms.rights import (
    QUESTIONS,
    RIGHTS,
    Rights,
    Where,
    gives_roles,
    is_told_of_a_record,
    processes_of,
)
from fitsm_graph.sms.rights_form import WORDS

INTRODUCED = """\
# Rights

Printed from `schema/policies/rights.yaml` by `make docs`: what comes with the product. Yours is
`fsg policy show rights/default`.

Who may use a verb follows from roles, by the policy `rights/default`
([how to give roles](../how-to/give-roles-and-rights.md)). An administrator may use every verb. A
role that an account has itself counts for every process; one that its person holds counts for the
process or the service that it is held over.

- **always**: whatever it is used on.
- **process**: where the verb belongs to the process that the role is held over.
- **governed**: on a policy, a document, a review or a reminder of the process that the role is held
  over; of `role.assign` and `role.end`, on those roles over the process that the table names.
- **own**: on a record that one owns, or asked for, or on the service that the role is held over;
  of verbs on steps, on a step that names one, by a role or a group.
"""
HEAD = ("always", "process", "governed", "own")
_WORDS = {
    Where.ANYWHERE: "always",
    Where.PROCESS: "process",
    Where.RECORDS: "process",
    Where.OWN: "own",
    Where.SERVICE: "own",
    Where.GOVERNED: "governed",
    Where.NAMES: "governed",
    Where.STEPS: "own",
}


def rights_page() -> str:
    """Verbs by process with the roles that give them."""
    (seed,) = (each for each in from_files() if each.kind == RIGHTS)
    rights: Rights = KINDS.kind(RIGHTS).checked(seed.name, seed.document)
    names = sorted((*VERBS, *QUESTIONS), key=lambda name: (_process(name), name))
    rows = ((f"`{name}`", _process(name), *_given(rights, name)) for name in names)
    return "\n".join([INTRODUCED, table(("verb", "of", *HEAD), rows)])


def _process(name: str) -> str:
    return ", ".join(sorted(each.value for each in processes_of(name)))


def _given(rights: Rights, name: str) -> Iterable[str]:
    """Roles that give a verb, by on what."""
    found: dict[str, list[str]] = {word: [] for word in HEAD}
    for word in WORDS:
        for where in Where:
            if _meets(rights, word, where, name):
                found[_WORDS[where]].append(str(word))
                break
    return (", ".join(found[word]) for word in HEAD)


def _meets(rights: Rights, word: str, where: Where, name: str) -> bool:
    known = VERBS.get(name)
    if where is Where.RECORDS and (known is None or not known.on):
        return False
    of_record = {Where.OWN, Where.SERVICE, Where.GOVERNED, Where.STEPS}
    if where in of_record and not is_told_of_a_record(name):
        return False
    if where is Where.NAMES:
        return gives_roles(name) and bool(rights.patterns(word, where))
    return any(fnmatchcase(name, each) for each in rights.patterns(word, where))
