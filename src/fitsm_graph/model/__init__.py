"""Every record, enum and relationship, declared once; one file for each process.

From a declaration follow its label, constraints, JSON Schema, GraphQL type, neomodel class and
reference page. Declarations hold no behaviour.
"""

from fitsm_graph.model import (
    arrivals,
    chm,
    chm_records,
    chm_variants,
    confm,
    confm_records,
    csi,
    isrm,
    pm,
    pm_records,
    process,
    rdm,
    rdm_records,
    sms,
    sms_documents,
    sms_system,
)

__all__ = [
    "arrivals",
    "chm",
    "chm_records",
    "chm_variants",
    "confm",
    "confm_records",
    "csi",
    "isrm",
    "pm",
    "pm_records",
    "process",
    "rdm",
    "rdm_records",
    "sms",
    "sms_documents",
    "sms_system",
]  # importing the package lists every record
