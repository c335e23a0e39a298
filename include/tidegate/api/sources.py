"""What a pipeline can read."""

from tidegate.api.database import DatabaseSource
from tidegate.api.files import FileSource
from tidegate.api.kafka import KafkaSource
from tidegate.api.tables import HiveTableSource, TidegateSource

Source = FileSource | KafkaSource | DatabaseSource | TidegateSource | HiveTableSource
