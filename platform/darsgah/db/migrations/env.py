"""What Alembic runs for each migration: on the connection, lock and transaction that ``darsgah.db.schema`` opened."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
