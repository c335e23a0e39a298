"""Goal: the rules by which every store refuses what would break order, told without a store."""

import pytest

import builders as make
from tidegate.errors import InvariantViolationError
from tidegate.protocol.model import OffsetRange, Status
from tidegate.protocol.refusals import continued, correctable

SEALED = make.epoch(3, Status.SEALED, offsets=make.span(4, 7))


@pytest.mark.parametrize("start", [6, 8])
def test_a_plan_that_does_not_go_on_where_the_last_epoch_ended_is_refused(start: int) -> None:
    with pytest.raises(InvariantViolationError, match=rf"starts at {start} .* ends at 7"):
        continued(make.LANE, SEALED, make.span(start, 9))


def test_a_plan_without_a_source_that_was_read_is_refused() -> None:
    with pytest.raises(InvariantViolationError, match="has no range"):
        continued(make.LANE, SEALED, {"other": OffsetRange(0, 1)})


def test_a_plan_goes_on_where_the_last_epoch_ended_and_a_new_source_begins() -> None:
    continued(make.LANE, SEALED, {**make.span(7, 9), "other": OffsetRange(0, 1)})
    continued(make.LANE, None, make.span(0, 2))
    with pytest.raises(InvariantViolationError, match="starts at 1"):
        continued(make.LANE, None, make.span(1, 2))


def test_only_what_no_epoch_that_stays_has_read_is_corrected() -> None:
    correctable(SEALED, make.slices(2, start=7))
    correctable(None, make.slices(2))
    with pytest.raises(InvariantViolationError, match="at 6 cannot be corrected any more"):
        correctable(SEALED, make.slices(2, start=6))
