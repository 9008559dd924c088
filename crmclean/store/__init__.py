"""One SQLite file that holds the tables that must last, with their history."""
