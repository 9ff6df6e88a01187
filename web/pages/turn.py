"""Whose turn it is in a case, in one sentence, and what its reader can do about it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from web.forms.ways import Ways, settled_by, ways
from web.forms.words import title_of
from web.pages.case import Ahead
from web.reading import Reading
from web.wording import Wording


@dataclass(frozen=True, slots=True)
class Turn:
    """What comes first: for its reader, for somebody else (``who``), or nothing at all.

    ``planned`` says that it only has to be waited for, ``past`` that its moment is over, ``over``
    that nothing more has to happen; ``at`` is for when it was planned.
    """

    what: str = ""
    who: str = ""
    by: str = ""
    late: bool = False
    mine: bool = False
    planned: bool = False
    over: bool = False
    past: bool = False
    at: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A command as a link to its page."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Links:
    """What the reader can do: in sight, further, and seldom."""

    main: Sequence[Link]
    more: Sequence[Link]
    rare: Sequence[Link]


def turn_of(
    reading: Reading,
    summary: Mapping[str, Any],
    tasks: Sequence[Mapping[str, Any]],
    ahead: Sequence[Ahead],
    wording: Wording,
    may: Collection[str],
) -> Turn:
    """The first of what waits for this reader; else of somebody else, else what is planned.

    What cannot be done yet, by the commands that are open (``may``), comes after what can.
    """
    late = set(summary["overdue"])
    if tasks:
        task = min(
            tasks,
            key=lambda one: (
                not settled_by(one["task"]) & set(may),
                not one["overdue"],
                one["due"] or "9999",
            ),
        )
        return Turn(
            wording.task(task["task"]),
            by=wording.day(task["due"]) if task["due"] else "",
            late=task["overdue"] or task["task"] in late,
            mine=True,
            at=next((one.at for one in ahead if one.what == wording.task(task["task"])), ""),
        )
    if ahead and not (ahead[0].by or ahead[0].when or ahead[0].mine or ahead[0].late):
        # What nobody's turn can come before: signatures that are waited for.
        return Turn(ahead[0].what, planned=True)
    if not summary["next"]:
        if coming := [one for one in ahead if one.when]:
            return Turn(coming[0].what, by=coming[0].when, planned=True, past=coming[0].past)
        if waited := [one for one in ahead if one.role]:
            who = _who(reading, waited[0].role, wording)
            return Turn(waited[0].what, who=who, mine=waited[0].mine)
        return Turn(over=reading.rules.story.is_final(reading.dossier.state))
    step = summary["next"][0]
    return Turn(
        wording.timer(step["step"]),
        who=_who(reading, step["by"], wording),
        by=wording.day(step["due"]),
        late=step["step"] in late,
        at=next((one.at for one in ahead if one.what == wording.timer(step["step"])), ""),
    )


def _who(reading: Reading, role: str, wording: Wording) -> str:
    """The person who has this part in the case, else what the role is called."""
    parties = reading.rules.story.index(reading.dossier.state).parties
    if (person := parties.get(role)) is None or person not in wording.names:
        called = wording.texts.pages["turn"]["who"]
        return str(called.get(role, called["other"])).format(role=wording.role(role))
    template = wording.texts.pages["turn"]["named"]
    return str(template).format(name=wording.name(person), role=wording.role(role))


def links_of(
    wording: Wording,
    href: str,
    offered: Sequence[str],
    tasks: Sequence[Mapping[str, Any]],
    here: Sequence[str] = (),
) -> Links:
    """The pages of the commands that are open to this reader, apart from those ``here``."""
    found: Ways = ways(offered, [task["task"] for task in tasks], here)

    def links(commands: Sequence[str]) -> list[Link]:
        return [Link(title_of(wording, one), f"{href}/do/{one}") for one in commands]

    return Links(links(found.main), links(found.more), links(found.rare))
