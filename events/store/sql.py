"""Reads the named statements of the query files, so that SQL stays in SQL files."""

from __future__ import annotations

import re
from pathlib import Path

QUERIES = Path(__file__).parent / "queries"

_MARK = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


def statements(noun: str) -> dict[str, str]:
    """The statements of ``queries/<noun>.sql`` by the name that stands above each."""
    parts = _MARK.split((QUERIES / f"{noun}.sql").read_text(encoding="utf-8"))
    return {name: text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)}
