"""From a dump's bytes to observations, with a count of everything that is left out."""

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import orjson

from fitsm_graph.discovery.netbox.addresses import read_addresses
from fitsm_graph.discovery.netbox.cables import Cabling
from fitsm_graph.discovery.netbox.devices import read_devices
from fitsm_graph.discovery.netbox.dump import Dump
from fitsm_graph.discovery.netbox.harvest import Harvest
from fitsm_graph.discovery.netbox.lines import read_lines
from fitsm_graph.discovery.netbox.places import read_places
from fitsm_graph.discovery.netbox.power import read_power
from fitsm_graph.discovery.netbox.virtual import read_virtual
from fitsm_graph.discovery.readers.limits import MOST_VALUES, check_count
from fitsm_graph.kernel.errors import BadInput, Problem
from fitsm_graph.kernel.text import plural
from fitsm_graph.model.observation import Observation

LARGEST = 512 << 20
"""Bytes of a dump; it is one JSON array, and read as a whole."""

_FOLDED = frozenset(
    {
        "dcim.devicetype",
        "dcim.devicerole",
        "dcim.manufacturer",
        "dcim.platform",
        "dcim.moduletype",
        "dcim.modulebay",
        "dcim.rackrole",
        "contenttypes.contenttype",
    }
)
"""Models that only describe others, and are taken in as their attributes."""

_REASONS = (
    (("auth.", "users.", "sessions.", "admin.", "account."), "accounts of NetBox are not its data"),
    (("template",), "templates are no equipment"),
    (("extras.", "core.", "django_rq."), "bookkeeping of NetBox"),
    (("tenancy.",), "customers and contacts are parties, and are registered as such"),
    (("dcim.cablepath",), "paths are found anew from the cables"),
    (("reservation",), "a reservation is nothing that could fail"),
    (("ipam.rir", "ipam.aggregate", "ipam.routetarget"), "rules of the plan, no networks"),
    (("dcim.sitegroup",), "a group of sites is no place"),
)


def read(stream: BinaryIO) -> Iterator[Observation | Problem]:
    """Read a dump.

    Yields:
        Observations; then a problem for each record that cannot be read, and a notice for each
        model that is not taken in, with its count, and for what had to be assumed.

    Raises:
        BadInput: It is no dump, or too large.
    """
    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        remedy = "dump the apps dcim, ipam, circuits and virtualization only"
        raise BadInput("the dump is too large", why=f"{LARGEST:,} bytes at most", remedy=remedy)
    check_count(data, MOST_VALUES)
    try:
        records = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise BadInput(
            "the dump is not JSON",
            code="NOT_JSON",
            why=f"{error.msg}, line {error.lineno} column {error.colno}",
            remedy="dump with `manage.py dumpdata --format json`, and copy all of it",
        ) from error
    if not isinstance(records, list):
        remedy = "dump with `manage.py dumpdata --format json`"
        raise BadInput("the dump is no list of records", remedy=remedy)
    yield from observe(records)


def observe(records: Sequence[Any]) -> Iterator[Observation | Problem]:
    """Read the records of a dump."""
    dump = Dump(records)
    harvest = Harvest()
    cabling = Cabling(dump)
    try:
        read_places(dump, harvest)
        read_devices(dump, harvest)
        read_power(dump, harvest, cabling)
        read_lines(dump, harvest, cabling)
        read_virtual(dump, harvest)
        read_addresses(dump, harvest)
    except (KeyError, ValueError, TypeError) as error:
        raise _other_form(error) from error
    yield from harvest.observations()
    yield from dump.problems
    yield from harvest.notices
    yield from harvest.ended_notice()
    yield from _skipped(dump, harvest)


def _skipped(dump: Dump, harvest: Harvest) -> Iterator[Problem]:
    for model, count in sorted(dump.counts.items()):
        if model in harvest.taken or model in _FOLDED:
            continue
        why = next(
            (said for parts, said in _REASONS if any(part in model for part in parts)),
            "no CI type is known for it",
        )
        message = f"{plural(count, 'record')} of {model} {'is' if count == 1 else 'are'} left out"
        yield Problem("MODEL_SKIPPED", message, why, path=(model,))


def _other_form(error: Exception) -> BadInput:
    return BadInput(
        "a record of the dump has another form than NetBox 3.3 to 4.1 writes",
        code="BAD_RECORD",
        why=f"{type(error).__name__}: {error}"[:200],
        remedy="report it with the version of NetBox; other dumps are not affected",
    )
