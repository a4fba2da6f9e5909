"""Alembic's environment and our revisions; ``darsgah.db.schema`` runs them."""
