"""Signing in, staying signed in, and what happens when a session is gone."""
