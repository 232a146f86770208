"""The forms that an answer can leave in, by name and by media type."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.text import did_you_mean


class Form(StrEnum):
    """A form of file."""

    CSV = "csv"
    NDJSON = "ndjson"
    XLSX = "xlsx"
    PARQUET = "parquet"
    GRAPHML = "graphml"
    GEXF = "gexf"
    DOT = "dot"
    MERMAID = "mermaid"
    JGF = "jgf"

    @property
    def media(self) -> str:
        """Its media type."""
        return MEDIA[self]

    @property
    def suffix(self) -> str:
        """How names of its files end."""
        return _SUFFIXES.get(self, self.value)

    @property
    def of_graphs(self) -> bool:
        """Whether it holds a graph instead of rows."""
        return self in _GRAPHS


MEDIA: Mapping[Form, str] = MappingProxyType(
    {
        Form.CSV: "text/csv; charset=utf-8; header=present",
        Form.NDJSON: "application/x-ndjson",
        Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Form.PARQUET: "application/vnd.apache.parquet",
        Form.GRAPHML: "application/graphml+xml",
        Form.GEXF: "application/gexf+xml",
        Form.DOT: "text/vnd.graphviz; charset=utf-8",
        Form.MERMAID: "text/vnd.mermaid; charset=utf-8",
        Form.JGF: "application/vnd.jgf+json",
    }
)
_SUFFIXES = {Form.DOT: "gv", Form.MERMAID: "mmd", Form.JGF: "jgf.json"}
_GRAPHS = frozenset({Form.GRAPHML, Form.GEXF, Form.DOT, Form.MERMAID, Form.JGF})


def form_named(name: str) -> Form:
    """The form of a name.

    Raises:
        BadInput: EXPORT_FORMAT.
    """
    try:
        return Form(name.strip().casefold())
    except ValueError as error:
        raise BadInput(
            f"there is no format '{name[:40]}'",
            code="EXPORT_FORMAT",
            why=f"answers leave as {', '.join(Form)}",
            remedy=did_you_mean(name, [each.value for each in Form]),
            path=("format",),
        ) from error


def form_accepted(accept: str) -> Form:
    """The first form that a list of media types names.

    Raises:
        BadInput: EXPORT_FORMAT.
    """
    known = {media.partition(";")[0]: form for form, media in MEDIA.items()}
    for each in accept.split(","):
        form = known.get(each.partition(";")[0].strip().casefold())
        if form is not None:
            return form
    raise BadInput(
        "no format is named",
        code="EXPORT_FORMAT",
        why="neither `format` nor Accept names one that is offered",
        remedy=f"add ?format={Form.CSV}, or send Accept: text/csv",
        path=("format",),
    )
