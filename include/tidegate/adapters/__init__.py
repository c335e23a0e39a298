"""Real things behind the ports: PostgreSQL, Hive, Spark, folders of files."""
