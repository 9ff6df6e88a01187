"""Tests of the embedded servers and of the way they are started."""
