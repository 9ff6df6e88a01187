"""Whole stories as their people live through them, page by page in a real browser."""
