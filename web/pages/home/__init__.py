"""The first page of who is signed in: what waits, what is planned, and what changed."""
