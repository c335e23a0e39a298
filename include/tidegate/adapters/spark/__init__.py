"""Keyed processing and typed state on Spark Connect."""
