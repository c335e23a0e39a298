"""What runs inside a task, apart from what distributes tasks."""
