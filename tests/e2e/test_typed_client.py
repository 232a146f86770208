"""The typed client is made from the printed schema, and a script with it gets its answers."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from benchmarks.served import served
from e2e.calling import Caller, calling, emptied, register
from e2e.cli_line import clean_environment
from fitsm_graph.graph.driver import Endpoint

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "typed-client"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def caller(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Caller]:
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("product")) as made:
        await register(made, "fw-sto-a", kind="CI", type="Server")
        yield made


def made() -> None:
    """The client, anew; its environment is made where it is missing."""
    subprocess.run([sys.executable, str(ROOT / "tools" / "typed_client.py")], check=True)


async def test_the_example_gets_its_answers(caller: Caller) -> None:
    await asyncio.to_thread(made)
    async with served(caller.product) as (port, _token):
        env = {
            **clean_environment(),
            "FITSM_TOKEN": caller.token,
            "FITSM_URL": f"http://127.0.0.1:{port}",
        }
        python = ROOT / ".venv-typed" / "bin" / "python"
        command = [str(python), str(EXAMPLE / "blast_radius.py"), "fw-sto-a", "nobody"]
        done = await asyncio.to_thread(
            subprocess.run, command, capture_output=True, text=True, env=env, timeout=120
        )
    assert done.returncode == 0, done.stderr
    assert "1 elements are affected by fw-sto-a" in done.stdout
    assert "0 servers are looked after by nobody" in done.stdout


async def test_a_misspelt_field_is_not_generated(tmp_path: Path) -> None:
    """The control: the generator compares the queries with the schema."""
    await asyncio.to_thread(made)
    wrong = (EXAMPLE / "queries.graphql").read_text("utf-8").replace("affectedCount", "effected")
    (tmp_path / "queries.graphql").write_text(wrong, "utf-8")
    config = (EXAMPLE / "pyproject.toml").read_text("utf-8")
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
