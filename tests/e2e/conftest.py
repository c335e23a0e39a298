"""One running stack for all modules: to start Airflow takes a minute."""

from collections.abc import Iterator

import pytest

from e2e.stack_of_services import Stack, running


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The stack; the modules share it and keep to pipelines of their own."""
    with running(tmp_path_factory.mktemp("e2e")) as found:
        yield found


@pytest.fixture(autouse=True)
def nothing_stays_armed(stack: Stack) -> Iterator[None]:
    """What one test asked of the pipelines' code does not reach the next."""
    yield
    for pattern in ("arm", "fired", "poison-*", "hold-*"):
        for file in stack.root.glob(pattern):
            file.unlink()
