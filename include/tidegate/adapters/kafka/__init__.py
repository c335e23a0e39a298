"""Kafka: what is new in topics, and the reading of planned ranges of offsets."""
