"""Alembic scripts of the checkpoint schema."""
