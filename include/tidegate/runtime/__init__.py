"""What runs in a task, apart from Spark: records in, rows and state out."""
