"""Where the processes of the embedded Airflow say that they are."""


def hostname() -> str:
    """The one address on which they listen: ``[core] hostname_callable``."""
    return "127.0.0.1"
