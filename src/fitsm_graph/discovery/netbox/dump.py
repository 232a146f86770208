"""The records of a dump by model and primary key, and how they refer to one another."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from fitsm_graph.kernel.errors import BadInput, Problem

Fields = dict[str, Any]
End = tuple[str, Any]
"""Model and primary key of what a cable ends at."""


class Dump:
    """A dump, indexed.

    Attributes:
        counts: Records of each model.
        problems: Records that cannot be read.
    """

    def __init__(self, records: Sequence[Any]) -> None:
        self.counts: Counter[str] = Counter()
        self.problems: list[Problem] = []
        self._records: dict[str, dict[Any, Fields]] = {}
        self._content_types: dict[Any, str] = {}
        for number, record in enumerate(records, start=1):
            self._take(number, record)

    def _take(self, number: int, record: Any) -> None:
        fits = isinstance(record, dict) and isinstance(record.get("fields"), dict)
        if not fits or not isinstance(record.get("model"), str):
            remedy = "dump with `manage.py dumpdata --format json`"
            path = (f"record {number}",)
            message = "no record of a model with fields"
            self.problems.append(Problem("BAD_RECORD", message, remedy=remedy, path=path))
            return
        model, fields = record["model"], record["fields"]
        self.counts[model] += 1
        if "pk" not in record:
            return
        self._records.setdefault(model, {})[record["pk"]] = fields
        if model == "contenttypes.contenttype":
            label = f"{fields.get('app_label')}.{fields.get('model')}"
            self._content_types[record["pk"]] = label

    def of(self, model: str) -> Mapping[Any, Fields]:
        """All records of a model by primary key."""
        return self._records.get(model, {})

    def get(self, model: str, reference: Any) -> Fields | None:
        """What a foreign key refers to, or None."""
        if isinstance(reference, list):
            raise BadInput(
                f"a {model} is referred to by a natural key",
                code="NATURAL_KEY",
                why="NetBox's own models have none that could be followed",
                remedy="dump again without --natural-primary",
                path=(model,),
            )
        return None if reference is None else self.of(model).get(reference)

    def word(self, model: str, reference: Any, field: str = "name") -> str | None:
        """One field of what a foreign key refers to, or None."""
        found = self.get(model, reference)
        return None if found is None else found.get(field)

    def label(self, content_type: Any) -> str:
        """The model a generic foreign key names, as a natural key or by number."""
        if isinstance(content_type, list):
            return ".".join(map(str, content_type))
        return self._content_types.get(content_type, str(content_type))
