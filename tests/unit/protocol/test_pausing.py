"""Goal: an epoch is paused for what keeps failing in the same way, and for nothing that passes by itself."""

from dataclasses import replace
from operator import attrgetter

import pytest

import builders as make
from tidegate.errors import BY_KIND as ERRORS
from tidegate.errors import RETRYABLE, PausedError, TidegateError
from tidegate.protocol.model import Epoch, Status
from tidegate.protocol.pausing import failures, refuse_paused

EPOCH = make.epoch(3, Status.PLANNED)
FAILED = replace(EPOCH, failure_kind="user_function", failed_code="f", failures=2, failure_message="x" * 900)


@pytest.mark.parametrize(
    ("before", "kind", "code", "count"),
    [
        (EPOCH, "user_function", "f", 1),
        (FAILED, "user_function", "f", 3),
        (FAILED, "malformed_input", "f", 1),
        (FAILED, "user_function", "mended", 1),
        (replace(FAILED, failures=0, failed_code=None), "user_function", "f", 1),  # resumed
        (FAILED, "a kind of a later tidegate", "f", 1),
    ],
)
def test_what_counts_as_the_same_way(before: Epoch, kind: str, code: str, count: int) -> None:
    assert failures(before, kind=kind, code=code) == count


@pytest.mark.parametrize("error", sorted(ERRORS.values(), key=attrgetter("kind")))
def test_what_passes_by_itself_says_nothing_of_the_epoch(error: type[TidegateError]) -> None:
    before = replace(FAILED, failure_kind=error.kind)
    assert failures(before, kind=error.kind, code="f") == (0 if issubclass(error, RETRYABLE) else 3)


def test_a_paused_epoch_is_refused_with_its_reason_and_the_way_out() -> None:
    refuse_paused(None)
    refuse_paused(FAILED)
    with pytest.raises(PausedError, match=r"p epoch 3 is paused: 2 attempts .* user_function: x{500}\. .*resume p`"):
        refuse_paused(replace(FAILED, paused_ms=0))
