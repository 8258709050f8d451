"""The database's history: the same migrations on SQLite and PostgreSQL."""
