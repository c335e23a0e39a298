"""Means for tests of pipelines and of tidegate itself."""
