"""Which persons a command names, and what each of them has to be."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, get_args

from events.event import OUTSIDE, Role
from workflows.decision import Command
from workflows.fields import STAFF, PersonOf

Named = Mapping[str, tuple[str, str | None]]
"""Field -> (person id, the role that person must hold)."""


def fits(roles: Collection[str], wanted: str | None) -> bool:
    """Whether somebody with these roles is what a field asks for."""
    if wanted == STAFF:
        return not OUTSIDE.issuperset(roles)
    return wanted is None or wanted in roles


def holders(wanted: str | None) -> list[str] | None:
    """The roles of which somebody who fits (`fits`) holds one; None where anybody fits."""
    if wanted == STAFF:
        return [role for role in get_args(Role) if role not in OUTSIDE]
    return None if wanted is None else [wanted]


def people_of(commands: Mapping[str, type[Command]]) -> Callable[[Command], Named]:
    """Tells of each command of a process whom its fields name."""
    fields = {name: _person_fields(command) for name, command in commands.items()}

    def people(command: Command) -> Named:
        named = fields[type(command).__name__]
        values = {field: getattr(command, field) for field in named}
        return {field: (value, named[field]) for field, value in values.items() if value}

    return people


def commands_of(module: str) -> dict[str, type[Command]]:
    """The commands that a module defines, by name."""
    return {
        command.__name__: command
        for command in Command.__subclasses__()
        if command.__module__ == module
    }


def _person_fields(command: type[Command]) -> dict[str, str | None]:
    return {
        field: mark.role
        for field, info in command.model_fields.items()
        for mark in _marks(info.annotation, info.metadata)
    }


def _marks(annotation: Any, metadata: list[Any]) -> list[PersonOf]:
    found = [mark for mark in metadata if isinstance(mark, PersonOf)]
    for part in getattr(annotation, "__args__", ()):
        found += _marks(part, list(getattr(part, "__metadata__", ())))
    return found
