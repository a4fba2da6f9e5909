"""All tables in one place, for migrations to be held against. The only module that imports every slice's models."""

from darsgah.db.columns import Record

metadata = Record.metadata
