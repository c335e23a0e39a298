"""Faults that tests put between tidegate and real services."""
