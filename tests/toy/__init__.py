"""A library loan: the smallest process with a claim, a deadline and an end, to test the engine."""
