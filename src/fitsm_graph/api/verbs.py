"""Mutations of the verbs that are offered as their signatures say.

A verb that is declared `on` a kind of record has a mutation of its function's name, an input of
its arguments, and a payload with the record as it is then, whatever is selected of it.
"""

from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from functools import partial
from typing import Any, Optional

import strawberry

from fitsm_graph.api.answers import Info, asked_of
from fitsm_graph.api.context import Context, WriteOptions
from fitsm_graph.api.elements import made_type, many
from fitsm_graph.api.executor import Shaped
from fitsm_graph.api.fields import record_fields
from fitsm_graph.api.inner import drafted
from fitsm_graph.api.inputs import made_input
from fitsm_graph.api.links import links_of, singular
from fitsm_graph.api.payloads import PAYLOAD, USER_FAULTS, done_payload, failed_payload
from fitsm_graph.api.record_types import RecordTypes
from fitsm_graph.api.records import one_record
from fitsm_graph.api.selection import Selected, pick
from fitsm_graph.api.trends import looked_through
from fitsm_graph.api.types import JSON, DateTime
from fitsm_graph.chm import (
    approvals,
    assessments,
    cab,
    cloning,
    delegating,
    implementing,
    maintenance,
    scheduling,
    setting_aside,
    standard,
    tasks,
    variants,
)
from fitsm_graph.chm import service as chm
from fitsm_graph.confm import baselines, deviations, sources, verifying
from fitsm_graph.csi import cloning as suggestions_cloned
from fitsm_graph.csi import (
    measuring,
    missed_targets,
    nonconformities,
    recurrences,
    reported,
    suggestions,
    weak_services,
)
from fitsm_graph.csi import returning as suggestions_returned
from fitsm_graph.csi import service as csi
from fitsm_graph.flow import stepping
from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.graph import Outcome
from fitsm_graph.graph.signature import Argument, Signature, fields_of_tuple, signature_of
from fitsm_graph.graph.verb import VERBS, Verb
from fitsm_graph.handover import (
    alerts,
    arrivals,
    changes,
    comparing,
    deployments,
    differences,
    escalations,
    opportunities,
    problem_options,
    release_reviews,
    releases,
    user_updates,
)
from fitsm_graph.handover import deviations as deviations_raised
from fitsm_graph.handover import problems as problems_raised
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.isrm import cloning as requests_cloned
from fitsm_graph.isrm import desk, major, parts, requests
from fitsm_graph.isrm import returning as requests_returned
from fitsm_graph.isrm import service as isrm
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.declare import declared_defaults
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.model.registry_types import camel_case
from fitsm_graph.pm import causes, findings, known_errors, options, trending, workarounds
from fitsm_graph.pm import cloning as problems_cloned
from fitsm_graph.pm import returning as problems_returned
from fitsm_graph.pm import service as problems
from fitsm_graph.pm.looking import Looked
from fitsm_graph.rdm import accepting, closing, cycles, deploying, planning, preparing, telling
from fitsm_graph.rdm import cloning as releases_cloned
from fitsm_graph.rdm import returning as releases_returned
from fitsm_graph.rdm import service as rdm
from fitsm_graph.sms import (
    feedback,
    goals,
    issuing,
    management_documents,
    parties,
    records,
    reminders,
    reviews,
    roles,
    stakeholders,
    users,
)
from fitsm_graph.sms import nonconformities as nonconformities_found
from fitsm_graph.sms.issuing import Draft
from fitsm_graph.sms.rights import READ, may, subject_of


async def _policies(context: Context) -> Policies:
    return context.policies


async def _registry(context: Context) -> TypeRegistry:
    return context.registry


async def _reaches(context: Context) -> Reaches:
    """Brought up to date here: a verb holds the ledger, and would wait for itself."""
    return Reaches(await context.impact.snapshot.current())


LENT: Mapping[Any, Callable[[Context], Awaitable[Any]]] = {
    Policies: _policies,
    TypeRegistry: _registry,
    Reaches: _reaches,
}
"""What the product lends to verbs, by type."""
PREPARED: Mapping[Any, Callable[[Context, Mapping[str, Any]], Awaitable[Any]]] = {
    Draft: drafted,
    Looked: looked_through,
}
"""What the product makes ready for a verb of what was said, before it begins."""
ACT = (
    Argument("reason", str, "Why, for the ledger.", default=""),
    Argument("change", str, "Key of the change it is done under.", default=""),
)
"""What every mutation can be told; who acts is the principal."""
NAMES = frozenset({"key", "kind", "__typename"})
TOLD: Mapping[str, tuple[str, ...]] = {"Arrival": ("became",)}
"""Links of what a verb answers with: even who may not read learns the name at the other end."""
ROOMS = (
    *(isrm, desk, parts, escalations, major, user_updates, requests, alerts, arrivals),
    *(problems, known_errors, workarounds, problems_raised, trending, findings),
    *(causes, options, problem_options),
    *(chm, cloning, standard, changes, tasks, assessments, approvals, delegating, cab),
    *(variants, scheduling),
    *(implementing, setting_aside, differences, comparing),
    *(rdm, releases, planning, accepting, preparing, telling, deploying, deployments),
    *(release_reviews, closing, cycles),
    *(sources, baselines, verifying, deviations, deviations_raised),
    *(maintenance, suggestions, weak_services, missed_targets, nonconformities, recurrences),
    *(measuring, csi),
    *(records, stepping, parties, users, roles, issuing),
    *(management_documents, stakeholders, reviews, nonconformities_found),
    *(feedback, goals, reminders),
    opportunities,
    reported,
    *(requests_cloned, problems_cloned, releases_cloned, suggestions_cloned),
    *(requests_returned, releases_returned, problems_returned, suggestions_returned),
)
"""Modules whose verbs are offered as their signatures say, once they are loaded."""


def offered() -> dict[str, Verb]:
    """Verbs that are offered as their signatures say, by the name of their function."""
    return {
        each.run.__name__: each
        for room in ROOMS
        for each in VERBS.values()
        if each.on and each.run.__module__ == room.__name__
    }


def signature(verb: Verb) -> Signature:
    """What a verb asks for, beside what the product lends it."""
    return signature_of(verb.run, LENT.keys() | PREPARED.keys())


def mutations(types: RecordTypes) -> dict[str, Any]:
    """Fields of the mutation type."""
    made = _Types(types)
    return {name: made.mutation(name, verb) for name, verb in offered().items()}


class _Types:
    """Makes mutations with their inputs and payloads; what several need is made once."""

    def __init__(self, types: RecordTypes) -> None:
        self._nodes = types.nodes
        self._payloads: dict[str, Any] = {}
        self._parts: dict[Any, Any] = {}

    def mutation(self, name: str, verb: Verb) -> Any:
        """The mutation of a verb."""
        asked = signature(verb)
        input = self._input(operation_name(name), asked.doc, (*asked.given, *ACT))
        return strawberry.field(
            resolver=_taking(partial(_resolve, verb, asked), name, input),
            graphql_type=self._payload(verb.on),
            description=asked.doc,
        )

    def _payload(self, kind: str) -> Any:
        if kind not in self._payloads:
            hints = {**PAYLOAD, singular(kind): self._nodes[kind] | None}
            doc = "What became of a verb; errors are for people."
            self._payloads[kind] = made_type(f"{kind}Payload", hints, {}, doc)
        return self._payloads[kind]

    def _input(self, name: str, doc: str, arguments: tuple[Argument, ...]) -> Any:
        made = made_input(f"{name}Input", doc, {})
        for each in arguments:
            made.__strawberry_definition__.fields.append(self._field(made, each))
        return made

    def _field(self, input: Any, each: Argument) -> Any:
        kind = self._kind(each)
        more: dict[str, Any] = {}
        if not each.required:
            more["default"] = strawberry.UNSET if each.default is None else each.default
        shown = Optional[kind] if each.optional else kind  # noqa: UP045 - made at run time
        field = strawberry.field(
            name=camel_case(each.name), graphql_type=shown, description=each.doc or None, **more
        )
        field.python_name = each.name
        field.origin = input
        return field

    def _kind(self, each: Argument) -> Any:
        if each.refers:
            kind: Any = strawberry.ID
        elif each.moment:
            kind = DateTime
        elif each.type is dict:
            kind = JSON
        elif hasattr(each.type, "_fields"):
            if each.type not in self._parts:
                parts = fields_of_tuple(each.type)
                self._parts[each.type] = self._input(each.type.__name__, _first(each.type), parts)
            kind = self._parts[each.type]
        else:
            kind = each.type
        return many(kind) if each.many else kind


def _taking(run: Callable[..., Awaitable[Any]], name: str, input: Any) -> Callable[..., Any]:
    """A resolver that takes an input made at run time."""

    async def resolver(
        info: Info, input: Any, *, dry_run: bool = False, idempotency_key: str = ""
    ) -> Any:
        return await run(info, input, WriteOptions(dry_run, idempotency_key))

    resolver.__name__ = name
    resolver.__annotations__["input"] = input
    return resolver


async def _resolve(
    verb: Verb, asked: Signature, info: Info, input: Mapping[str, Any], options: WriteOptions
) -> Shaped:
    context, what = info.context, asked_of(info)
    await context.permit(verb.name, subject_of(verb.name, input))  # before anything else is read
    reads = _reads(context, verb, input)
    if not reads:
        _check_asked(context, verb.on, what)
    told = {each.name: input.get(camel_case(each.name)) or "" for each in ACT}
    try:
        given = {each.name: _value(each, input) for each in asked.given}
        lent = {name: await _lent(context, type, given) for name, type in asked.lent.items()}
        outcome = await context.write(
            verb.run,
            options=WriteOptions(options.dry_run, options.idempotency_key, **told),
            payload={name: _plain(value) for name, value in given.items()},
            **lent,
            **given,
        )
    except USER_FAULTS as error:
        return Shaped(pick(failed_payload(error, f"{verb.on}Payload"), what))
    return Shaped(await _payload(context, verb.on, outcome, what, reads=reads))


def _reads(context: Context, verb: Verb, input: Mapping[str, Any]) -> bool:
    """Whether who uses a verb may see what its record leads to: by right, or as it is theirs."""
    principal, own = context.principal, (verb.name, subject_of(verb.name, input))
    return own in context.granted or bool(principal and may(principal, READ, context.rights))


def _check_asked(context: Context, kind: str, what: Selected) -> None:
    """Refuse who may not read, before anything is written, more than names of other records.

    Raises:
        Forbidden: They may not read.
    """
    links = links_of(kind)
    for record in what.children.values():
        for each in record.children.values() if record.name == singular(kind) else ():
            asked = {part.name for part in each.children.values()}
            told = each.name in TOLD.get(kind, ())
            if each.composite and (not asked <= NAMES if told else each.name not in links):
                context.allow(READ)


async def _lent(context: Context, type: Any, given: Mapping[str, Any]) -> Any:
    made = PREPARED.get(type)
    return await (made(context, given) if made is not None else LENT[type](context))


async def _payload(
    context: Context, kind: str, outcome: Outcome, what: Selected, *, reads: bool
) -> Any:
    head = await done_payload(context, outcome, f"{kind}Payload")
    answer: dict[str, Any] = {}
    for key, each in what.children.items():
        if each.name == singular(kind):
            record = await _record(context, kind, outcome, each)
            answer[key] = record if reads else _alone(kind, record, each)
        else:
            answer[key] = pick(head[each.name], each)
    return answer


async def _record(context: Context, kind: str, outcome: Outcome, what: Selected) -> Any:
    """The record as it is now; after a dry run as it would be, with its links as they are."""
    ref = {"id": outcome.value["id"]}
    kept = await context.answer(one_record(context.compiler, kind, ref, what, context.now))
    if not outcome.dry_run:
        return kept
    fields = record_fields(kind, part=context.sight is not None)
    value = {**declared_defaults(kind), **outcome.value}
    unknown = {name for name, each in fields.items() if each.whole and context.sight is not None}
    plain: dict[str, Any] = {
        name: None if name in unknown else value.get(each.stored[0])
        for name, each in fields.items()
    }
    if kept is None:  # it would be new
        plain |= {name: None if link.one else [] for name, link in links_of(kind).items()}
        return pick({**plain, "kind": kind, "__typename": kind}, what)
    shown = {key: plain[each.name] for key, each in what.children.items() if each.name in plain}
    return {**kept, **shown}


def _alone(kind: str, record: Any, what: Selected) -> Any:
    """A record without what it leads to, for whoever may not read that."""
    links = {name: each for name, each in links_of(kind).items() if name not in TOLD.get(kind, ())}
    hidden = {key: links[each.name] for key, each in what.children.items() if each.name in links}
    empty: dict[str, Any] = {key: None if link.one else [] for key, link in hidden.items()}
    return {**record, **empty} if record else record


# --- values --------------------------------------------------------------------------------------


def _value(each: Argument, given: Mapping[str, Any]) -> Any:
    """What a verb is given, of what a client gave."""
    value = given.get(camel_case(each.name))
    if value is None or value is strawberry.UNSET:
        return None if each.required or each.optional else each.default
    return [_one(each, item) for item in value] if each.many else _one(each, value)


def _one(each: Argument, value: Any) -> Any:
    if hasattr(each.type, "_fields"):
        return each.type(*(_value(part, value) for part in fields_of_tuple(each.type)))
    if each.type is dict and not isinstance(value, Mapping):
        raise BadInput(
            f"'{camel_case(each.name)}' is no object",
            why="names and their values are wanted there",
            remedy='give an object, such as {"name": "value"}',
            path=(camel_case(each.name),),
        )
    if isinstance(each.type, type) and issubclass(each.type, Enum):
        return each.type(getattr(value, "value", value))
    return str(value) if each.refers else value


def _plain(value: Any) -> Any:
    """A value in a form that can be compared with that of a repeat."""
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.value if isinstance(value, Enum) else value


def operation_name(name: str) -> str:
    """What the operation of a verb's function is called, and its input begins with."""
    return "".join(word.capitalize() for word in name.split("_"))


def _first(type: Any) -> str:
    return str(type.__doc__ or "").splitlines()[0]
