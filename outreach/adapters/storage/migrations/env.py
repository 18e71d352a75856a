"""Alembic's entry: runs the revisions on the connection that `upgrade` hands over. Configures nothing else."""

from __future__ import annotations

from alembic import context

from outreach.adapters.storage.schema import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, transaction_per_migration=True
)
with context.begin_transaction():
    context.run_migrations()
