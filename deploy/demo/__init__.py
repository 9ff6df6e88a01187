"""Example people and cases, all invented, carried to their states by real commands."""
