"""A small client for scripts and notebooks.

from fitsm_graph.client import Client

with Client("http://127.0.0.1:8000", token) as client:
client.impact("srv-01").to_pandas("impact.affected.nodes")
"""

from fitsm_graph.client.answers import Answer
from fitsm_graph.client.client import AsyncClient, Client

__all__ = ["Answer", "AsyncClient", "Client"]
