"""A long run under load while parts are killed: never part of the test suite (`./dev soak`)."""
