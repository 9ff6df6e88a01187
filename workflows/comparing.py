"""What a scenario expects beside what it got: maps are subsets, lists whole (contract 4)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any


def plain(body: Mapping[str, Any]) -> dict[str, Any]:
    """An answer without what tells of the call rather than of what was recorded."""
    return {key: body.get(key) for key in ("id", "version", "events", "warnings")}


def occurrences(step: Mapping[str, Any], bodies: Sequence[Any]) -> list[str]:
    text = "\n".join(json.dumps(body, ensure_ascii=False) for body in bodies)
    missing = [word for word in step.get("shows", ()) if str(word) not in text]
    leaked = [word for word in step.get("hides", ()) if str(word) in text]
    return [
        *(f"expected to show {word!r}, got none" for word in missing),
        *(f"expected to hide {word!r}, got it shown" for word in leaked),
    ]


def differences(want: Any, have: Any, path: str = "") -> list[str]:
    """Maps are subsets at every depth, lists and values are whole."""
    if isinstance(want, dict):
        if not isinstance(have, dict):
            return [f"{path or 'answer'}: expected a map, got {have!r}"]
        faults: list[str] = []
        for key, value in want.items():
            at = f"{path}.{key}" if path else key
            if key not in have:
                faults.append(f"{at}: expected {value!r}, got nothing")
            else:
                faults += differences(value, have[key], at)
        return faults
    if isinstance(want, list):
        if not isinstance(have, list) or len(want) != len(have):
            return [f"{path}: expected {want!r}, got {have!r}"]
        return [
            fault
            for index, (a, b) in enumerate(zip(want, have, strict=True))
            for fault in differences(a, b, f"{path}[{index}]")
        ]
    return [] if want == have else [f"{path}: expected {want!r}, got {have!r}"]
