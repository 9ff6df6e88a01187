"""Who may see and do what: one table, read by the pages, the proof, and whoever asks."""
