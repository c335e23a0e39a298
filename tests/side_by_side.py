"""Which tests stay together when several processes share them: `pytest tests -n 2`.

xdist's own `--dist loadgroup` marks tests by writing to an attribute that pytest 9.2 does not have any more, and then
spreads them in silence.
"""

import pytest
from xdist.remote import Producer
from xdist.scheduler.loadscope import LoadScopeScheduling

GROUPS = {"contract": "contract", "integration": "integration", "crash": "crash, then e2e", "e2e": "crash, then e2e"}
"""The folders whose tests share what they started: one process has all tests of a group, in order.

The tests of Airflow wait for it with deadlines: they come when most of what the other process does is over.
"""


class Together(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    """Groups go to a process whole, the largest first; all other tests one by one to wherever there is room."""

    def _split_scope(self, nodeid: str) -> str:
        folders = nodeid.partition("::")[0].split("/")
        return next((GROUPS[folder] for folder in folders if folder in GROUPS), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Together:
    """Called by xdist."""
    return Together(config, log)
