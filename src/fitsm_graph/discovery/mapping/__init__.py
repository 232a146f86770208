"""The mapping language: one YAML file describes a format; no code is needed for it.

    formats = catalogue.load(SCHEMA / "formats")
    for seen in run_mapping(formats["kubernetes"], documents, Given(scope="prod")): …

`docs/explanation/mapping-language.md` describes the language.
"""

from fitsm_graph.discovery.mapping.compiler import compile_mapping
from fitsm_graph.discovery.mapping.language import Mapping
from fitsm_graph.discovery.mapping.run import Given, run_mapping

__all__ = ["Given", "Mapping", "compile_mapping", "run_mapping"]
