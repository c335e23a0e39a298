"""Hive tables as sources of events."""
