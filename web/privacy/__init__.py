"""A person's complete file: all that is held about somebody, to read and to take along (AVG)."""
