"""A lease whose holder died or froze, 30 seconds later."""

import psycopg


def run_out(checkpoint: str, pipeline: str) -> None:
    """Let the leases of a pipeline's lanes end now: nobody but their holders could take the lanes before."""
    with psycopg.connect(checkpoint) as connection:
        connection.execute(
            "UPDATE lanes SET lease_expires_at = now() WHERE pipeline = %s AND lease_owner IS NOT NULL", [pipeline]
        )
