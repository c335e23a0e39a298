"""The laboratory of the crash tests, on whatever services the connection settings name."""

from crash.conftest import lab

__all__ = ["lab"]
