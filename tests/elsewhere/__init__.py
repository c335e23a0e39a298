"""What works with the embedded services works with others, by connection settings only."""
