"""One Neo4j for all tests of a run: FITSM_NEO4J_URI, else the managed server, else a container.

Without any of them the tests that need one fail, and say why; they never skip. With
FITSM_TEST_NEO4J_DATA set to a folder, the managed server lives there and is left running, so that
the next run starts at once. The tests own the database: they may empty it at any time.
"""

import gc
import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from backends import database_for_tests
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.kernel.collector import collect_seldom

collect_seldom()  # as the product's own process does

# A machine under load must not fail a law; the blob lets a failure be repeated.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")


LONGEST = (
    *("test_subscriptions_under_load", "test_cli", "test_sync_kills"),
    *("test_questions_against_naive", "test_nothing_hidden", "test_row_rules"),
)
"""Files that take minutes: they begin first, so that no worker waits for one at the end."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, whatever the order of the rest.

    Tests marked `full` are left to `make test-full`, which sets FITSM_FULL.
    """
    places: dict[object, int] = {}
    for item in items:
        places.setdefault(item.path, len(places))
    items.sort(key=lambda item: (item.path.stem not in LONGEST, places[item.path], _turn(item)))
    if not os.environ.get("FITSM_FULL"):
        for item in items:
            if item.get_closest_marker("full"):
                item.add_marker(pytest.mark.skip(reason="the long form: make test-full"))


def pytest_collection_finish() -> None:
    """Leave what was collected to itself: whoever measures has the rest looked through, often."""
    gc.collect()
    gc.freeze()


def _turn(item: pytest.Item) -> int:
    """When a test comes within its file: those that change what the others look at come last."""
    marker = item.get_closest_marker("last")
    return 0 if marker is None else int(marker.args[0])


@pytest.fixture(scope="session")
def neo4j_endpoint() -> Iterator[Endpoint]:
    with database_for_tests() as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def neo4j_uri_and_auth(neo4j_endpoint: Endpoint) -> tuple[str, tuple[str, str]]:
    return neo4j_endpoint.uri, (neo4j_endpoint.user, neo4j_endpoint.password)
