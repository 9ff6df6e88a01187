"""A real PostgreSQL and a real Temporal server as children of our own, for one machine."""
