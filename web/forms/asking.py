"""Brings together what one form needs: the case, the people who fit, and other cases to name."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from web.api.lists import LIMIT_MAX, Query, page_of_cases
from web.api.problems import uuid_or_none
from web.forms.choosing import few
from web.forms.decoding import several
from web.forms.form import Builder, CommandForm
from web.forms.known import Case, Known, Option, Options, known, today
from web.forms.shapes import Shape, shape_of
from web.forms.words import FormWords
from web.listed import Looks
from web.naming import wording_for
from web.reading import Reading
from web.site import Site
from web.wording import Wording

if TYPE_CHECKING:
    from events.settings import TenantSettings
    from events.store.directory import PersonRow
    from web.api.problems import Problem
    from web.forms.decoding import Sent
    from workflows.decision import Command

ELSEWHERE: Mapping[tuple[str, str], str] = {
    ("MatchHost", "host"): "partners",
    ("ReplaceHostContact", "host"): "partners",
    ("MergePartners", "into"): "partners",
    ("ProposeInternship", "follows"): "internships",
}
"""The fields that name another case, and of which process that is."""
_ON_THE_DAY = ("Record", "Log", "Hear", "Register")
"""How the commands begin that are mostly given on the day itself."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who gets the form of which command, of a case or (``reading`` None) to begin one.

    ``picks`` are values that were chosen before, such as the event to be rectified.
    """

    person: PersonRow
    process: str
    command: str
    model: type[Command]
    wording: Wording
    now: datetime
    settings: TenantSettings
    reading: Reading | None = None
    picks: Mapping[str, str] | None = None


async def command_form(
    site: Site,
    asked: Asked,
    sent: Sent | None = None,
    *,
    key: str | None = None,
    problem: Problem | None = None,
    more: str = "",
    matches: Mapping[str, Options] | None = None,
) -> CommandForm:
    """The form as it is to be shown: empty, or as it was sent under ``key``, with what was wrong.

    ``more`` is the path of the list that gets one row more; ``matches`` has by field the people
    who may be meant by what was typed.
    """
    words = FormWords(asked.wording, asked.command)
    if asked.reading is not None:
        told = known(Case(asked.reading, asked.wording), asked.command)
        _on_the_day(asked, told)
    else:
        told = _beginning(asked)
    shape = shape_of(asked.model)
    people, cases = await asyncio.gather(_people(site, asked, shape), _cases(site, asked))
    for path, options in (people | cases).items():
        if options is None:
            told.sought.add(path)
        else:
            told.options.setdefault(path, options)
    if told.sought:
        told.names |= await _names(site, asked, shape, told, sent or {})
        told.matches |= matches or {}
    for path, value in (asked.picks or {}).items():
        if any(option.value == value for option in told.options.get(path, ())):
            told.given[path] = value
    faults = {fault.field: fault.kind for fault in problem.faults} if problem else {}
    wrong = refused_of(words, asked, problem) if problem else {}
    builder = Builder(asked.command, words, told, sent, faults, wrong, more)
    return CommandForm(
        command=asked.command,
        title=words.title,
        lead=words.lead,
        confirm=words.confirm,
        button=words.button,
        key=key or uuid4().hex,
        fields=builder.fields(asked.model),
    )


def refused_of(words: FormWords, asked: Asked, problem: Problem) -> dict[str, str]:
    """What a rule had to say about one field of the form."""
    if problem.faults or not problem.field:
        return {}
    return {problem.field: words.wording.texts.problem(problem.code, asked.settings).detail}


def _on_the_day(asked: Asked, told: Known) -> None:
    field = shape_of(asked.model).field("date")
    if field and not field.required and asked.command.startswith(_ON_THE_DAY) and asked.reading:
        told.given.setdefault("date", today(asked.reading))


def _beginning(asked: Asked) -> Known:
    """Who may begin a case for oneself only, is not asked for whom."""
    told = Known()
    if asked.command == "RequestTrajectory" and "hr" not in asked.person.roles:
        told.fix("client", asked.person.id)
    return told


async def _people(site: Site, asked: Asked, shape: Shape) -> dict[str, Options | None]:
    """Those who fit each of the form's fields for persons, by name; None for too many to list."""
    roles = list({one.role for one in persons_in(shape)})
    found = await asyncio.gather(*(few(site, asked.person.tenant, role) for role in roles))
    return {f"@{role or ''}": options for role, options in zip(roles, found, strict=True)}


async def _names(site: Site, asked: Asked, shape: Shape, told: Known, sent: Sent) -> dict[str, str]:
    """What those are called who stand in the form already and in no list."""
    said = [
        several(sent[one.name])[-1] if one.name in sent else str(told.given.get(one.name, ""))
        for one in persons_in(shape)
    ]
    ids = [known for text in said if (known := uuid_or_none(text))]
    return await site.store.names(asked.person.tenant, ids) if ids else {}


def persons_in(shape: Shape) -> Iterable[Shape]:
    """A form's fields that name a person."""
    for one in shape.fields:
        if one.kind == "person":
            yield one


async def _cases(site: Site, asked: Asked) -> dict[str, Options]:
    """Cases of another process that a field may name."""
    found: dict[str, Options] = {}
    for (command, path), process in ELSEWHERE.items():
        if command == asked.command:
            found[path] = await _cases_of(site, asked, process)
    return found


async def _cases_of(site: Site, asked: Asked, process: str) -> Options:
    """Those that this person sees, apart from the case itself."""
    is_open = True if process == "partners" else None
    query = Query(open=is_open, limit=LIMIT_MAX, looks=Looks(row=True))
    cases, _ = await page_of_cases(site, asked.person, process, query, asked.now, asked.settings)
    own = asked.reading.dossier.stream if asked.reading else ""
    rows = [{**one.row, "id": one.stream} for one in cases if one.stream != own]
    tenant = asked.person.tenant
    wording = await wording_for(site, tenant, process, rows, asked.wording.texts, asked.settings)
    return tuple(Option(row["id"], _called(wording, row)) for row in rows)


def _called(wording: Wording, row: Mapping[str, str]) -> str:
    more = wording.case(row, "more")
    return f"{wording.case(row)} ({more})" if more else wording.case(row)
