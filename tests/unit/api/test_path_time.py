"""Goal: a pattern tells the time of every path that has one, and of no other; a wrong pattern names its line."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate import FileSource
from tidegate.api.path_time import PathTime
from tidegate.errors import DefinitionError

HOURS = "year=%Y/month=%m/day=%d/hour=%H"


def at(*parts: int) -> int:
    return (datetime(*parts, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("pattern", "path", "time_ms"),
    [
        (HOURS, "year=2026/month=01/day=31/hour=23/part-0.json", at(2026, 1, 31, 23)),
        (HOURS, "region=eu/year=2026/month=02/day=01/hour=00/a", at(2026, 2, 1)),
        ("orders-%Y%m%dT%H%M%S.json", "2020/orders-20260131T235958.json", at(2026, 1, 31, 23, 59, 58)),
        ("%Y-%m-%d", "orders_2026-02-28_17.csv", at(2026, 2, 28)),
        ("%Y-%m", "2026-07/a.csv", at(2026, 7, 1)),
        ("%Y", "2026/a.csv", at(2026, 1, 1)),
        ("%Y%j", "2024366.csv", at(2024, 12, 31)),
        ("%Y-%m-%dT%H:%M:%S.%f", "2026-01-01T00:00:00.25", at(2026, 1, 1) + 250),
        ("%Y-%m-%dT%H:%M:%S.%f", "2026-01-01T00:00:00.001999", at(2026, 1, 1) + 1),  # rounded down
        ("%Y-%m-%dT%H:%M:%S.%f", "1969-12-31T23:59:59.9999", -1),
        ("100%%-%Y", "100%-2026", at(2026, 1, 1)),
        ("v1.%Y", "v1.2026", at(2026, 1, 1)),
        ("v1.%Y", "v1x2026", None),  # a dot is a dot
        ("day=%Y-%m-%d/%Y%m%d.csv", "day=2026-01-02/20260102.csv", at(2026, 1, 2)),
        ("day=%Y-%m-%d/%Y%m%d.csv", "day=2026-01-02/20260103.csv", None),
        ("%Y-%m-%d", "2026-01-02/2026-01-02.csv", at(2026, 1, 2)),  # twice, but the same
        ("%Y-%m-%d", "2026-01-02/2026-01-03.csv", None),  # which of them?
        ("%Y-%m-%d", "2026-13-01/2026-01-03.csv", at(2026, 1, 3)),
        ("%Y-%m-%d", "2026-02-29.csv", None),
        ("%Y-%m-%d", "0000-01-01.csv", None),
        ("%Y%j", "2023366.csv", None),
        ("%Y%j", "9999366.csv", None),
        ("%Y%j", "2023000.csv", None),
        ("%Y%m%d", "part-1202601019.csv", None),  # inside a longer number
        ("%Y%m%d", "x120260101", None),
        ("%Y%m%d", "202601011", None),
        ("%Y-%m-%d", "2026-1-1.csv", None),
        ("%Y-%m-%d", "٢٠٢٦-01-01.csv", None),
        (HOURS, "year=2026/month=01/day=31/a", None),
        (HOURS, "", None),
    ],
)
def test_the_time_of_a_path(pattern: str, path: str, time_ms: int | None) -> None:
    assert PathTime(pattern).ms(path) == time_ms


@given(st.datetimes(timezones=st.just(UTC)), st.sampled_from(["-", "T", "/"]))
def test_what_is_written_by_the_pattern_is_read_again(moment: datetime, between: str) -> None:
    path = f"in/{moment.year:04}{between}{moment:%m{between}%d/%H%M%S.%f}.json"
    found = PathTime(f"in/%Y{between}%m{between}%d/%H%M%S.%f.json").ms(path)
    assert found == (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("", "needs a year"),
        ("orders", "needs a year"),
        ("%m-%d", "needs a year"),
        ("%y-%m-%d", "'%y' is none of %Y %m %d %j %H %M %S %f %%"),
        ("%Y-%m-%d%z", "'%z' is none of"),
        ("%Y-%m-%", "'%' is none of"),
        ("%%Y", "needs a year"),
        ("%Y-%d", "%d says nothing without %m"),
        ("%Y-%m %H", "%H says nothing without %d or %j"),
        ("%Y-%m-%d %M", "%M says nothing without %H"),
        ("%Y-%m-%d %H:%S", "%S says nothing without %M"),
        ("%Y%j%f", "%f says nothing without %S"),
        ("%Y%m%j", "leave one out"),
        (7, "must be a text"),
    ],
)
def test_a_wrong_pattern_names_its_line(pattern: str, says: str) -> None:
    with pytest.raises(DefinitionError) as raised:
        FileSource("/data", "csv", pa.schema({"a": pa.string()}), path_time=pattern)
    assert says in str(raised.value)
    assert str(raised.value).startswith(f"{__file__}:")
