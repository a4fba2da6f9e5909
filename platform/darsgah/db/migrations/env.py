"""What Alembic runs for each migration: on the connection and in the transaction of ``darsgah.db.schema``."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
