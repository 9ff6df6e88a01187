"""Measured figures: never part of the test suite (`./dev bench`)."""
