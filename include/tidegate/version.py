"""The one place that says which tidegate this is."""

__version__ = "0.1.0"
