# %% [markdown]
# # Blast radius of one element
#
# Run it with a server and a token: `FITSM_URL=http://127.0.0.1:8000 FITSM_TOKEN=fsg_… python
# examples/notebooks/blast_radius.py ELEMENT`, or cell by cell in an editor that knows `# %%`.

# %%
import os
import sys

from fitsm_graph.client import Client

ELEMENT = sys.argv[1] if len(sys.argv) > 1 else "fw-sto-a"
client = Client(os.environ.get("FITSM_URL", "http://127.0.0.1:8000"))

# %% [markdown]
# ## What fails with it

# %%
radius = client.impact(ELEMENT)
affected = radius.to_pandas("impact.affected.nodes")
print(f"{len(affected)} elements are affected by {ELEMENT}, as of ledger entry {radius.seq}")

# %% [markdown]
# ## How far it reaches: elements by state and distance

# %%
if len(affected):
    print(affected.groupby(["after", "hops"]).size().unstack(fill_value=0))

# %% [markdown]
# ## The graph: which affected elements most others hang on

# %%
graph = radius.to_networkx()
busiest = sorted(graph.in_degree(), key=lambda each: (-each[1], each[0]))[:5]
for identity, count in busiest:
    print(f"{graph.nodes[identity].get('key', identity)}: {count} relations lead to it")

# %%
client.close()
