"""Reads the example people and cases; days in them count from the day of the first start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import yaml

from web.site import DEMO_BOARD

FOLDER = Path(__file__).parent
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Example:
    """A person of the example board."""

    key: str
    id: str
    name: str
    roles: tuple[str, ...]
    language: str


@dataclass(frozen=True, slots=True)
class Step:
    """One command of an example case, with an id that is the same at every attempt."""

    by: str
    command: str
    data: dict[str, Any]
    command_id: str


def people() -> list[Example]:
    """Everyone of the example board, in the order of the file."""
    raw = yaml.safe_load((FOLDER / "people.yaml").read_text(encoding="utf-8"))
    return [
        Example(key, person_id(key), it["name"], tuple(it["roles"]), it.get("language", "nl"))
        for key, it in raw.items()
    ]


def cases(today: date) -> dict[str, list[Step]]:
    """The steps of each example case, by the name of its file."""
    return {file.stem: _steps(file, today) for file in sorted((FOLDER / "cases").glob("*.yaml"))}


def person_id(key: str) -> str:
    """The id of an example person: the same in every demo."""
    return str(uuid5(UUID(DEMO_BOARD), f"person/{key}"))


def working_day(today: date, days: int) -> date:
    """The day so many days from today, or the Friday before when that is in a weekend."""
    day = today + timedelta(days=days)
    return day - timedelta(days=max(0, day.weekday() - SATURDAY + 1))


def _steps(file: Path, today: date) -> list[Step]:
    class Loader(yaml.SafeLoader):
        """Knows !person, !day and !at; leaves other dates and numbers as the file says."""

    def day(_loader: Loader, node: yaml.ScalarNode) -> str:
        return working_day(today, int(node.value)).isoformat()

    def at(_loader: Loader, node: yaml.ScalarNode) -> str:
        days, time = node.value.split()
        return f"{working_day(today, int(days)).isoformat()}T{time}"

    Loader.add_constructor("!person", lambda _loader, node: person_id(node.value))
    Loader.add_constructor("!day", day)
    Loader.add_constructor("!at", at)
    raw = yaml.load(file.read_text(encoding="utf-8"), Loader)
    return [
        Step(it["by"], it["command"], it["data"], _command_id(file.stem, number))
        for number, it in enumerate(raw["steps"], 1)
    ]


def _command_id(case: str, number: int) -> str:
    return str(uuid5(UUID(DEMO_BOARD), f"command/{case}/{number}"))
