"""What both examples do with flights, whether these come as files or by Kafka: columns and functions."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from tidegate import Context, KeyedProcessFunction, Row, ValueState

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

UTC = pa.timestamp("us", tz="UTC")

FLIGHT = pa.schema(
    {
        **dict.fromkeys(("year", "month", "day", "dep_time", "sched_dep_time", "dep_delay"), pa.int64()),
        **dict.fromkeys(("arr_time", "sched_arr_time", "arr_delay"), pa.int64()),
        "carrier": pa.string(),
        "flight": pa.int64(),
        "tailnum": pa.string(),
        "origin": pa.string(),
        "dest": pa.string(),
        **dict.fromkeys(("air_time", "distance", "hour", "minute"), pa.int64()),
        "time_hour": UTC,
    }
)

DEPARTURE = pa.schema(
    {
        "tailnum": pa.string(),
        "carrier": pa.string(),
        "flight": pa.int64(),
        "origin": pa.string(),
        "dest": pa.string(),
        "distance": pa.int64(),
        "departure": UTC,
        "month": pa.string(),
    }
)

LOGGED = pa.schema(
    {
        "tailnum": pa.string(),
        "carrier": pa.string(),
        "flight": pa.int64(),
        "origin": pa.string(),
        "dest": pa.string(),
        "departure": UTC,
        "flights": pa.int64(),
        "miles": pa.int64(),
        "previous_dest": pa.string(),
        "continues": pa.bool_(),
        "minutes_since": pa.int64(),
        "month": pa.string(),
    }
)

DEPARTED = pa.schema(
    {
        "carrier": pa.string(),
        "origin": pa.string(),
        "date": pa.date32(),
        "dep_delay": pa.int64(),
        "month": pa.string(),
    }
)

DELAYS = pa.schema(
    {
        "carrier": pa.string(),
        "origin": pa.string(),
        "date": pa.date32(),
        "flights": pa.int64(),
        "cancelled": pa.int64(),
        "mean_delay": pa.float64(),
        "worst_delay": pa.int64(),
        "month": pa.string(),
    }
)


def departures(rows: "DataFrame", *also: str) -> "DataFrame":
    """Flights that an aircraft was named for, with the scheduled moment of departure, and columns that stay."""
    return rows.where("tailnum IS NOT NULL").selectExpr(
        "tailnum",
        "carrier",
        "flight",
        "origin",
        "dest",
        "distance",
        "timestampadd(MINUTE, minute, time_hour) AS departure",
        "date_format(time_hour, 'yyyy-MM') AS month",
        *also,
    )


def by_date(rows: "DataFrame") -> "DataFrame":
    """Flights with the day of their schedule."""
    return rows.selectExpr(
        "carrier",
        "origin",
        "make_date(year, month, day) AS date",
        "dep_delay",
        "printf('%d-%02d', year, month) AS month",
    )


class AircraftLog(KeyedProcessFunction):
    """What each aircraft had done so far when it departed.

    Args:
        also: further columns of an event, which its row has as they are.
    """

    flights = ValueState(pa.int64(), default=0)
    miles = ValueState(pa.int64(), default=0)
    last_dest = ValueState(pa.string())
    last_departure = ValueState(pa.int64())

    def __init__(self, *also: str) -> None:
        self.also = also

    def process_element(self, value: Row, ctx: Context) -> Iterator[dict[str, Any]]:
        """One departure."""
        previous = self.last_departure.value()
        self.flights.update(self.flights.value() + 1)
        self.miles.update(self.miles.value() + value.distance)
        yield {
            "tailnum": value.tailnum,
            "carrier": value.carrier,
            "flight": value.flight,
            "origin": value.origin,
            "dest": value.dest,
            "departure": value.departure,
            "flights": self.flights.value(),
            "miles": self.miles.value(),
            "previous_dest": self.last_dest.value(),
            "continues": None if previous is None else self.last_dest.value() == value.origin,
            "minutes_since": None if previous is None else (ctx.timestamp() - previous) // 60_000,
            "month": value.month,
            **{column: getattr(value, column) for column in self.also},
        }
        self.last_dest.update(value.dest)
        self.last_departure.update(ctx.timestamp())


class CarrierDelays(KeyedProcessFunction):
    """One row per carrier, origin and day, kept up to date."""

    flights = ValueState(pa.int64(), default=0)
    cancelled = ValueState(pa.int64(), default=0)
    delay_sum = ValueState(pa.int64(), default=0)
    worst = ValueState(pa.int64())

    def process_element(self, value: Row, ctx: Context) -> Iterator[dict[str, Any]]:
        """One flight."""
        self.flights.update(self.flights.value() + 1)
        if value.dep_delay is None:
            self.cancelled.update(self.cancelled.value() + 1)
        else:
            self.delay_sum.update(self.delay_sum.value() + value.dep_delay)
            self.worst.update(
                max(value.dep_delay, value.dep_delay if self.worst.value() is None else self.worst.value())
            )
        departed = self.flights.value() - self.cancelled.value()
        yield {
            "carrier": value.carrier,
            "origin": value.origin,
            "date": value.date,
            "flights": self.flights.value(),
            "cancelled": self.cancelled.value(),
            "mean_delay": self.delay_sum.value() / departed if departed else None,
            "worst_delay": self.worst.value(),
            "month": value.month,
        }
