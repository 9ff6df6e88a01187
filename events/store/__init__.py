"""The event store: what happened, kept for good in PostgreSQL."""
