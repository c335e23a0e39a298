"""Folders of files: as a source of events, and as storage of manifests and output."""
