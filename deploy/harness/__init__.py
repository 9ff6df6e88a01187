"""The whole product on servers of its own, for scenario runs, demonstrations, tests and figures."""
