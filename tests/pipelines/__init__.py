"""Pipelines that the tests run, with their oracles."""
