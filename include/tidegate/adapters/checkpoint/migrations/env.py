"""Runs the migrations on the connection that `tidegate.adapters.checkpoint.migrations` hands over."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], version_table="tidegate_version")
with context.begin_transaction():
    context.run_migrations()
