"""How two versions of partitions differ, in SQL over the rows of both."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812  (its usual name)


def compared(rows: DataFrame) -> DataFrame:
    """(place, rows_now, rows_after, added, removed, changed) of all rows of both sides.

    A key that stands once on each side with another row has changed; else copies are counted.
    """
    now, after = (F.count_if(F.col("side") == side) for side in ("now", "after"))
    of_key = rows.groupBy("place", "key").agg(
        now.alias("now"), after.alias("after"), F.countDistinct("row").alias("versions")
    )
    both = F.least("now", "after")
    return of_key.groupBy("place").agg(
        F.sum("now").alias("rows_now"),
        F.sum("after").alias("rows_after"),
        F.sum(F.col("after") - both).alias("added"),
        F.sum(F.col("now") - both).alias("removed"),
        F.sum(F.when(F.col("versions") > 1, both).otherwise(0)).alias("changed"),
    )
