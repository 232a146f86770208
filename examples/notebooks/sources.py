# %% [markdown]
# # What the sources of the configuration have written
#
# Run it with a server and a token: `FITSM_URL=http://127.0.0.1:8000 FITSM_TOKEN=fsg_… python
# examples/notebooks/sources.py`, or cell by cell in an editor that knows `# %%`.

# %%
import os

from fitsm_graph.client import Client

client = Client(os.environ.get("FITSM_URL", "http://127.0.0.1:8000"))

# %% [markdown]
# ## Runs: which sources there are, and when each last brought something

# %%
RUNS = "{ syncRuns(first: 1000) { nodes { run source begunAt status } } }"
runs = client.query(RUNS).to_pandas("syncRuns.nodes")
latest = runs.groupby("source")["begunAt"].max().to_dict() if len(runs) else {}
for source, begun in sorted(latest.items()):
    print(f"{source}: last run {begun}")

# %% [markdown]
# ## What each has made or changed, by type

# %%
BY_TYPE = """query Written($source: String!) {
  cisAggregate(where: {source: {eq: $source}}, groupBy: [{field: "type"}], first: 1000) {
    rows { keys { name value } count } } }"""
for source in sorted(latest):
    rows = client.query(BY_TYPE, {"source": source}).data["cisAggregate"]["rows"]
    told = ", ".join(f"{row['count']} × {row['keys'][0]['value']}" for row in rows)
    print(f"{source} wrote {told}")

# %% [markdown]
# ## What no source has ever told of, and nobody has confirmed for a month

# %%
UNTOLD = """{ cis(where: {source: {isNull: true}, freshness: {olderThan: "P30D"}},
  orderBy: [{key: ASC}]) { totalCount nodes { key name updatedAt } } }"""
untold = client.query(UNTOLD)
print(f"{untold.data['cis']['totalCount']} CIs are known from people only, and not of late")

# %%
client.close()
