"""The examples work: typed client, notebooks from first cell to last, panels with flat rows."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from benchmarks.served import served
from e2e.calling import Caller, calling, emptied, register
from e2e.cli_line import clean_environment
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.ogm import node_class
from graph.syncing import record, send

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
TYPED = EXAMPLES / "typed-client"
DASHBOARD = json.loads((EXAMPLES / "grafana" / "dashboard.json").read_text("utf-8"))
PANELS = [(panel["title"], panel["targets"][0]) for panel in DASHBOARD["panels"]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def caller(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Caller]:
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("product")) as made:
        await register(made, "fw-sto-a", kind="CI", type="Server")
        await register(made, "svc-a", kind="Service")
        racks = [record("Server", key) for key in ("r-1", "r-2")]
        await send(made.product.graph, racks, source="racks")
        yield made


@pytest.mark.parametrize(("title", "target"), PANELS, ids=[title for title, _ in PANELS])
async def test_a_panel_gets_flat_rows(caller: Caller, title: str, target: Any) -> None:
    found: Any = {"data": await caller.ask(target["url_options"]["body_graphql_query"])}
    for step in target["root_selector"].split("."):
        found = found[step]
    rows = found if isinstance(found, list) else [found]
    assert rows, title
    selectors = {column["selector"] for column in target["columns"]}
    for row in rows:
        assert set(row) == selectors
        assert not [value for value in row.values() if isinstance(value, dict | list)]


NOTEBOOKS = {
    "blast_radius": ["elements are affected by fw-sto-a", "fw-sto-a: 0 relations lead to it"],
    "sources": ["racks: last run", "racks wrote 2 × Server", "0 CIs are known from people only"],
}


def test_every_notebook_is_run() -> None:
    found = (EXAMPLES / "notebooks").glob("*.py")
    assert sorted(each.stem for each in found) == sorted(NOTEBOOKS)


@pytest.mark.parametrize("name", NOTEBOOKS)
async def test_a_notebook_runs_to_its_end(caller: Caller, name: str) -> None:
    async with served(caller.product) as (port, _token):
        env = {
            **clean_environment(),
            "FITSM_TOKEN": caller.token,
            "FITSM_URL": f"http://127.0.0.1:{port}",
        }
        command = [sys.executable, str(EXAMPLES / "notebooks" / f"{name}.py"), "fw-sto-a"]
        done = await asyncio.to_thread(
            subprocess.run, command, capture_output=True, text=True, env=env, timeout=120
        )
    assert done.returncode == 0, done.stderr
    assert [each for each in NOTEBOOKS[name] if each not in done.stdout] == []


@pytest.mark.usefixtures("caller")
async def test_neomodel_reads_what_verbs_have_written(neo4j_endpoint: Endpoint) -> None:
    def read() -> list[tuple[str, str]]:
        from neomodel import db

        at = neo4j_endpoint.uri.partition("://")[2]
        db.set_connection(f"bolt://{neo4j_endpoint.user}:{neo4j_endpoint.password}@{at}")
        try:
            return [(each.key, each.name) for each in node_class("Service").nodes.all()]
        finally:
            db.close_connection()

    assert await asyncio.to_thread(read) == [("svc-a", "svc-a")]


def made() -> None:
    """The client, anew; its environment is made where it is missing."""
    subprocess.run([sys.executable, str(ROOT / "tools" / "typed_client.py")], check=True)


async def test_the_typed_client_gets_its_answers(caller: Caller) -> None:
    await asyncio.to_thread(made)
    async with served(caller.product) as (port, _token):
        env = {
            **clean_environment(),
            "FITSM_TOKEN": caller.token,
            "FITSM_URL": f"http://127.0.0.1:{port}",
        }
        python = ROOT / ".venv-typed" / "bin" / "python"
        command = [str(python), str(TYPED / "blast_radius.py"), "fw-sto-a", "nobody"]
        done = await asyncio.to_thread(
            subprocess.run, command, capture_output=True, text=True, env=env, timeout=120
        )
    assert done.returncode == 0, done.stderr
    assert "1 elements are affected by fw-sto-a" in done.stdout
    assert "0 servers are looked after by nobody" in done.stdout


async def test_a_misspelt_field_is_not_generated(tmp_path: Path) -> None:
    """The control: the generator compares the queries with the schema."""
    await asyncio.to_thread(made)
    wrong = (TYPED / "queries.graphql").read_text("utf-8").replace("affectedCount", "effected")
    (tmp_path / "queries.graphql").write_text(wrong, "utf-8")
    config = (TYPED / "pyproject.toml").read_text("utf-8")
    schema = ROOT / "schema" / "schema.graphql"
    (tmp_path / "pyproject.toml").write_text(
        config.replace("../../schema/schema.graphql", str(schema)), "utf-8"
    )
    generator = ROOT / ".venv-typed" / "bin" / "ariadne-codegen"
    done = await asyncio.to_thread(
        subprocess.run, [str(generator)], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "effected" in done.stdout + done.stderr
