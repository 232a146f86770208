"""The container files, checked without an engine: rules over what they say, and that rules bite."""

import copy
import os
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
LOCK = tomllib.loads((ROOT / "src/fitsm_graph/graph/local/neo4j.lock.toml").read_text())

HARDENED = {
    "read_only": True,
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges:true"],
}
LIMITS = {
    "NEO4J_db_transaction_timeout": "30s",
    "NEO4J_db_lock_acquisition_timeout": "5s",
    "NEO4J_db_memory_transaction_max": "256m",
    "NEO4J_server_http_enabled": "false",
    "NEO4J_dbms_usage__report_enabled": "false",
}


def faults(compose: dict[str, Any], dockerfile: str) -> Iterator[str]:
    """Everything that breaks a rule, as words."""
    for name, service in compose["services"].items():
        yield from _service_faults(name, service)
    yield from _neo4j_faults(compose)
    yield from _app_faults(compose["services"]["app"])
    yield from _secret_faults(compose)
    yield from _dockerfile_faults(dockerfile)


def _service_faults(name: str, service: dict[str, Any]) -> Iterator[str]:
    for key, value in HARDENED.items():
        if service.get(key) != value:
            yield f"{name}: {key} must be {value}"
    for key in ("privileged", "network_mode", "pid", "ipc", "cap_add", "devices"):
        if key in service:
            yield f"{name}: {key} gives away the isolation"
    for key in ("mem_limit", "pids_limit", "restart"):
        if not service.get(key):
            yield f"{name}: {key} is missing"
    if str(service.get("user", "")).split(":")[0] in {"root", "0"}:
        yield f"{name}: runs as root"
    for key, value in service.get("environment", {}).items():
        if re.search("PASSWORD|SECRET|TOKEN|AUTH", key) and not key.endswith("_FILE"):
            yield f"{name}: {key} has a secret in the environment ({len(str(value))} characters)"


def _neo4j_faults(compose: dict[str, Any]) -> Iterator[str]:
    neo4j = compose["services"]["neo4j"]
    if neo4j["image"] != f"neo4j:{LOCK['version']}-community":
        yield "neo4j: another version than the lock pins"
    if "ports" in neo4j:
        yield "neo4j: its port is published"
    if neo4j.get("networks") != ["inside"] or not compose["networks"]["inside"].get("internal"):
        yield "neo4j: reached from outside"
    if "healthcheck" not in neo4j or neo4j["healthcheck"]["test"][:2] != ["CMD", "bash"]:
        yield "neo4j: no health check that works (/dev/tcp is of bash)"
    if not neo4j.get("user"):
        yield "neo4j: no user"
    for key, value in LIMITS.items():
        if neo4j["environment"].get(key) != value:
            yield f"neo4j: {key} must be {value}"


def _app_faults(app: dict[str, Any]) -> Iterator[str]:
    for port in app.get("ports", []):
        if not str(port).startswith("127.0.0.1:"):
            yield f"app: {port} is open to the network"
    if app["depends_on"]["neo4j"].get("condition") != "service_healthy":
        yield "app: does not wait for the database"
    if "FITSM_NEO4J_PASSWORD_FILE" not in app["environment"]:
        yield "app: no password file"


def _secret_faults(compose: dict[str, Any]) -> Iterator[str]:
    for name, service in compose["services"].items():
        for secret in service.get("secrets", []):
            if secret not in compose["secrets"]:
                yield f"{name}: secret {secret} is not declared"
    for name, secret in compose["secrets"].items():
        if not str(secret.get("file", "")).startswith("./.fitsm/"):
            yield f"secret {name}: is not in the folder that git ignores"


def _dockerfile_faults(text: str) -> Iterator[str]:
    stages = re.split(r"^FROM ", text, flags=re.MULTILINE)[1:]
    if len(stages) < 2:
        yield "Dockerfile: one stage; what builds is in what runs"
    last = stages[-1]
    user = re.search(r"^USER (\d+)", last, flags=re.MULTILINE)
    if not user or user[1] == "0":
        yield "Dockerfile: runs as root"
    if "HEALTHCHECK" not in last:
        yield "Dockerfile: no health check"
    if re.search(r"^(ARG|ENV).*(PASSWORD|SECRET|TOKEN)", text, flags=re.MULTILINE):
        yield "Dockerfile: a secret in a layer"
    if re.search(r"^ADD |:latest|curl|wget", text, flags=re.MULTILINE):
        yield "Dockerfile: something unpinned is fetched"
    if "--require-hashes" not in text:
        yield "Dockerfile: packages without hashes"
    if re.search(r"neo4j.*\.jar|openjdk|\[local\]", text):
        yield "Dockerfile: bundles Neo4j or Java"


def test_the_files_keep_the_rules() -> None:
    assert list(faults(COMPOSE, DOCKERFILE)) == []


Change = Callable[[dict[str, Any]], object]
CHANGES: dict[str, Change] = {
    "writable root": lambda c: c["services"]["app"].pop("read_only"),
    "capabilities": lambda c: c["services"]["neo4j"].pop("cap_drop"),
    "privileges": lambda c: c["services"]["app"].pop("security_opt"),
    "published Neo4j": lambda c: c["services"]["neo4j"].update(ports=["127.0.0.1:7687:7687"]),
    "open app": lambda c: c["services"]["app"].update(ports=["8080:8080"]),
    "root": lambda c: c["services"]["neo4j"].update(user="root"),
    "password": lambda c: c["services"]["app"]["environment"].update(FITSM_NEO4J_PASSWORD="x"),
    "other Neo4j": lambda c: c["services"]["neo4j"].update(image="neo4j:latest"),
    "no limit": lambda c: c["services"]["neo4j"]["environment"].pop("NEO4J_db_transaction_timeout"),
    "outside": lambda c: c["networks"]["inside"].pop("internal"),
    "secret in git": lambda c: c["secrets"]["neo4j_auth"].update(file="./secrets/neo4j_auth"),
    "no health": lambda c: c["services"]["neo4j"].pop("healthcheck"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_broken_rule_is_found(change: Change) -> None:
    changed = copy.deepcopy(COMPOSE)
    change(changed)
    assert list(faults(changed, DOCKERFILE))


@pytest.mark.parametrize(
    ("old", "new"),
    [("USER 10001", "USER 0"), ("HEALTHCHECK", "LABEL"), ("--require-hashes", ""), ("COPY", "ADD")],
)
def test_a_broken_dockerfile_is_found(old: str, new: str) -> None:
    assert list(faults(COMPOSE, DOCKERFILE.replace(old, new)))


def test_what_the_image_copies_exists_and_is_not_ignored() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    allowed = {line[1:] for line in lines if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, flags=re.MULTILINE)
    sources = {word.removeprefix("./") for line in copied for word in line.split()[:-1]}
    assert sources <= allowed
    assert "*" in lines
    assert [each for each in sorted(sources) if not (ROOT / each).exists()] == []


def test_the_health_check_asks_a_route_that_exists() -> None:
    (route,) = re.findall(r"127\.0\.0\.1:8080(/\w+)", DOCKERFILE)
    assert f'"{route}"' in (ROOT / "src/fitsm_graph/api/http.py").read_text()


def test_scripts_are_executable() -> None:
    for path in [ROOT / ".ci" / "run", *(ROOT / "tools").glob("*.py")]:
        assert os.access(path, os.X_OK), path
