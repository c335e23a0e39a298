"""What runs in a task, apart from Spark: events in, rows and state out."""
