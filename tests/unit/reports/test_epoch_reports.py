"""Goal: whatever time stands in an epoch can be shown."""

import pytest

from tidegate.reports.epochs import iso


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (None, None),
        (0, "1970-01-01T00:00:00+00:00"),
        (-1, "1969-12-31T23:59:59.999000+00:00"),
        (253402300799999, "9999-12-31T23:59:59.999000+00:00"),
        (253402300800000, "253402300800000 ms"),
        (-62135597100000, "-62135597100000 ms"),
        (-(2**63), "-9223372036854775808 ms"),
    ],
)
def test_a_time_from_data_may_be_out_of_range(milliseconds: int | None, text: str | None) -> None:
    assert iso(milliseconds) == text
