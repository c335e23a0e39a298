"""The checkpoint store on PostgreSQL: its five parts over one session, and what people look at first."""

from tidegate.adapters.checkpoint.clones import PostgresClones
from tidegate.adapters.checkpoint.connection import Session
from tidegate.adapters.checkpoint.epochs import PostgresEpochs
from tidegate.adapters.checkpoint.lanes import PostgresLanes
from tidegate.adapters.checkpoint.ledger import PostgresLedger
from tidegate.adapters.checkpoint.queries import QUERIES
from tidegate.adapters.checkpoint.rows import epoch_of
from tidegate.adapters.checkpoint.summaries import PipelineSummary, summarised
from tidegate.adapters.checkpoint.tables import PostgresTables


class PostgresCheckpointStore(PostgresLanes, PostgresEpochs, PostgresTables, PostgresLedger, PostgresClones):
    """`ports.CheckpointStore` on one PostgreSQL connection, opened at first use and again after it broke.

    Args:
        url: ``postgresql://user:password@host:port/database``; never printed.
    """

    def __init__(self, url: str) -> None:
        super().__init__(Session(url))

    def pipelines(self) -> list[PipelineSummary]:
        """Every registered pipeline and where its lanes stand, by name."""
        with self._session.transaction("pipelines", writes=False) as cursor:
            registered = cursor.execute(QUERIES["pipelines"]).fetchall()
            lanes = cursor.execute(QUERIES["lanes"]).fetchall()
            heads = {e.lane: e for e in map(epoch_of, cursor.execute(QUERIES["all_heads_of_lanes"]))}
            unfinished = {e.lane: e for e in map(epoch_of, cursor.execute(QUERIES["all_unfinished"]))}
        return summarised(registered, lanes, heads, unfinished)
