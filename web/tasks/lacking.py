"""All that is still to be filled in, told at once: the rules stop at the first thing they miss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from web.tasks.sheet import Sheet, Task


@dataclass(frozen=True, slots=True)
class Needed:
    """A field to be filled in, in all its ``parts``, and the name of what is said if it is not."""

    field: str
    sentence: str
    parts: tuple[str, ...] = ("",)


def with_lacking(task: Task, sheet: Sheet, needed: Sequence[Needed]) -> Sheet:
    """Where something was wrong with a field, each other one that is empty says so too."""
    if not sheet.wrong:
        return sheet
    own = task.words.pages["tasks"]["wrong"]
    told: dict[str, str] = {}
    for one in needed:
        known = {name: why for name, why in sheet.wrong.items() if _within(name, one.field)}
        empty = [part for part in one.parts if not sheet.text(one.field + part)]
        told |= known or ({one.field: str(own[one.sentence])} if empty else {})
    return replace(sheet, wrong={**told, **sheet.wrong})


def _within(name: str, field: str) -> bool:
    return name == field or name.startswith(f"{field}.")
