"""The effectful loop: leases, numbered steps, named crash points, audits."""
