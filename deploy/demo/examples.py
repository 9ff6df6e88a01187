"""Reads the example people and cases; days in them count from the day of the first start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

import yaml

if TYPE_CHECKING:
    from events.settings import TrainingSchool

FOLDER = Path(__file__).parent
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Example:
    """A person of the example board."""

    key: str
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


@dataclass(frozen=True, slots=True)
class Lead:
    """An example case: its process, and the commands that lead it where it stands."""

    process: str
    steps: list[Step]


def people() -> list[Example]:
    """Everyone of the example board, in the order of the file."""
    raw = yaml.safe_load((FOLDER / "people.yaml").read_text(encoding="utf-8"))
    return [
        Example(key, it["name"], tuple(it["roles"]), it.get("language", "nl"))
        for key, it in raw.items()
    ]


def training_schools() -> list[TrainingSchool]:
    """The training schools of the example board."""
    # A later start needs no schools, and is not to wait for their model.
    from events.settings import TrainingSchool

    raw = yaml.safe_load((FOLDER / "schools.yaml").read_text(encoding="utf-8"))
    return [TrainingSchool.model_validate(school) for school in raw]


def case_names() -> list[str]:
    """The example cases, in the order in which they are led."""
    return sorted(file.stem for file in (FOLDER / "cases").glob("*.yaml"))


def lead(case: str, today: date) -> Lead:
    """An example case. Its text has four words of its own:

    ``!person KEY`` is that person's id, ``!case NAME`` the id of another example, ``!day N`` the
    working day on or before N days from today, ``!at N HH:MM`` a time on that day.
    """

    class Loader(yaml.SafeLoader):
        """Knows those four words."""

    def day(_loader: Loader, node: yaml.ScalarNode) -> str:
        return working_day(today, int(node.value)).isoformat()

    def at(_loader: Loader, node: yaml.ScalarNode) -> str:
        days, time = node.value.split()
        return f"{working_day(today, int(days)).isoformat()}T{time}"

    Loader.add_constructor("!person", lambda _loader, node: person_id(node.value))
    Loader.add_constructor("!case", lambda _loader, node: case_id(node.value))
    Loader.add_constructor("!day", day)
    Loader.add_constructor("!at", at)
    raw = yaml.load((FOLDER / "cases" / f"{case}.yaml").read_text(encoding="utf-8"), Loader)
    steps = [
        Step(it["by"], it["command"], it.get("data", {}), _command_id(case, number))
        for number, it in enumerate(raw["steps"], 1)
    ]
    return Lead(raw.get("process", "supervision"), steps)


def case_id(case: str) -> str:
    """The id of an example case: that of what its first command opens."""
    return _of_board(_command_id(case, 1))


def _command_id(case: str, number: int) -> str:
    return _of_board(f"command/{case}/{number}")


def person_id(key: str) -> str:
    """The id of an example person: the same in every demo."""
    return _of_board(f"person/{key}")


def working_day(today: date, days: int) -> date:
    """The day so many days from today, or the Friday before when that is in a weekend."""
    day = today + timedelta(days=days)
    return day - timedelta(days=max(0, day.weekday() - SATURDAY + 1))


def _of_board(name: str) -> str:
    # The web application is slow to import, and a later start needs no ids.
    from web.site import DEMO_BOARD

    return str(uuid5(UUID(DEMO_BOARD), name))
