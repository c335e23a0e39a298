"""The protocol, broken on purpose."""
