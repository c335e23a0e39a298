"""The epoch protocol: states, transitions, manifests and recovery decisions, pure and without I/O."""
