"""Settings of the managed server, and which server is used: from the environment, checked."""

from pathlib import Path

import pytest

from fitsm_graph.graph.local import LocalSettings, Profile, named_server
from fitsm_graph.graph.local.settings import cache_root, data_root
from fitsm_graph.kernel.errors import BadInput

HERE = Path("/srv/cmdb")


def settings(profile: Profile = Profile.PRODUCT, **more: int) -> LocalSettings:
    return LocalSettings(data=HERE, cache=HERE, profile=profile, **more)


@pytest.mark.parametrize(
    ("profile", "machine", "heap", "page_cache"),
    [
        (Profile.PRODUCT, 2_000, 512, 250),
        (Profile.PRODUCT, 500, 512, 128),
        (Profile.PRODUCT, 8_192, 1_024, 1_024),
        (Profile.PRODUCT, 64_000, 2_048, 2_048),
        (Profile.TEST, 64_000, 512, 128),
        (Profile.BENCH, 24_000, 6_000, 6_000),
        (Profile.BENCH, 64_000, 8_192, 8_192),
    ],
)
def test_memory_follows_the_machine(
    profile: Profile, machine: int, heap: int, page_cache: int
) -> None:
    assert settings(profile).sized(machine) == (heap, page_cache)


def test_memory_that_is_named_is_kept() -> None:
    assert settings(heap_mib=700, page_cache_mib=300).sized(64_000) == (700, 300)


def test_folders_are_named_or_found() -> None:
    assert data_root({"FITSM_DATA": "/srv/x"}) == Path("/srv/x")
    assert data_root({}).name == ".fitsm"
    assert cache_root({"FITSM_CACHE": "/srv/c"}) == Path("/srv/c")
    assert cache_root({}).name == "fitsm-graph"
    assert LocalSettings.from_env({"FITSM_DATA": "/srv/x"}).data == Path("/srv/x/neo4j")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FITSM_NEO4J_PORT", "70000"),
        ("FITSM_NEO4J_PORT", "-1"),
        ("FITSM_NEO4J_PORT", "bolt"),
        ("FITSM_NEO4J_HEAP_MIB", "1g"),
    ],
)
def test_a_number_that_is_none_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(BadInput) as caught:
        LocalSettings.from_env({name: value})
    assert caught.value.problem.path == (name,)
    assert value in caught.value.problem.message


def test_no_server_is_named_by_default() -> None:
    assert named_server({}) is None
    assert named_server({"FITSM_NEO4J_URI": " "}) is None


def test_a_named_server_is_used() -> None:
    endpoint = named_server(
        {"FITSM_NEO4J_URI": "neo4j+s://db.example:7687", "FITSM_NEO4J_PASSWORD": "p"}
    )
    assert endpoint is not None
    assert (endpoint.uri, endpoint.user) == ("neo4j+s://db.example:7687", "neo4j")
    assert endpoint.password == "p"


@pytest.mark.parametrize(
    ("env", "place"),
    [
        ({"FITSM_NEO4J_URI": "http://x", "FITSM_NEO4J_PASSWORD": "p"}, "FITSM_NEO4J_URI"),
        ({"FITSM_NEO4J_URI": "bolt://x"}, "FITSM_NEO4J_PASSWORD_FILE"),
        (
            {
                "FITSM_NEO4J_URI": "bolt://x",
                "FITSM_NEO4J_PASSWORD": "p",
                "FITSM_NEO4J_PASSWORD_FILE": "/srv/p",
            },
            "FITSM_NEO4J_PASSWORD_FILE",
        ),
        (
            {"FITSM_NEO4J_URI": "bolt://x", "FITSM_NEO4J_PASSWORD_FILE": "/srv/no/such/file"},
            "FITSM_NEO4J_PASSWORD_FILE",
        ),
    ],
)
def test_a_badly_named_server_is_refused(env: dict[str, str], place: str) -> None:
    with pytest.raises(BadInput) as caught:
        named_server(env)
    assert caught.value.problem.path == (place,)
    assert caught.value.problem.why
    assert caught.value.problem.remedy
