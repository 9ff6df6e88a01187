"""The dashboard: how the board's cases stand together, what is behind each figure, and files."""
