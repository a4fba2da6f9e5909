"""The database: server, sessions, columns, migrations."""
