"""Tables of PostgreSQL: what is new by a column, and the reading of planned ranges of it."""
