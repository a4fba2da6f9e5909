"""PostgreSQL: the server that runs inside the home folder, sessions, columns, migrations."""
