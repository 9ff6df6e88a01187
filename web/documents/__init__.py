"""Documents of a case as files: made once for each version, and kept as they were."""
