"""The impact engine: states of all elements as a least fixed point, arrays in and arrays out."""

from fitsm_graph.impact.engine.proofs import Proof, Proofs, proof, proofs
from fitsm_graph.impact.engine.solution import NO_MARGIN, Case, Scenario, Solution
from fitsm_graph.impact.engine.solve import assess, restore, solve, sweep, worsen

__all__ = [
    "NO_MARGIN",
    "Case",
    "Proof",
    "Proofs",
    "Scenario",
    "Solution",
    "assess",
    "proof",
    "proofs",
    "restore",
    "solve",
    "sweep",
    "worsen",
]
