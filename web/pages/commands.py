"""The page of one command: its form, what was wrong with it, and what the rules say beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from web.api.body import fields
from web.api.clock import offset_of
from web.api.paths import stream_of
from web.api.problems import FieldFault, Problem, as_problem, status_of
from web.doing import (
    FORM_BYTES,
    FORMS,
    Tried,
    at_form,
    begun,
    given,
    key_of,
    last,
    parsed_of,
    warnings_of,
    why_not,
)
from web.drafts import Place, forget, kept_at
from web.forms.asking import Asked, command_form, persons_in
from web.forms.choosing import Chosen, chosen
from web.forms.decoding import Sent
from web.forms.form import ADD, CommandForm
from web.forms.known import Options
from web.forms.shapes import shape_of
from web.forms.ways import instead_of
from web.forms.words import title_of
from web.naming import wording_for
from web.pages.opened import opened, worded
from web.pages.page import page
from web.pages.session import page_language, same_site
from web.reading import Reading, context, offered
from web.site import Site
from web.texts import ProblemText, Texts
from workflows.decision import Command, Refused, Rules
from workflows.gateway import Unavailable

if TYPE_CHECKING:
    from events.settings import TenantSettings
    from events.store.directory import PersonRow

WARNED = "warned"
"""The field that says which warnings were shown already."""


def has_form(rules: Rules[Any], command: str) -> bool:
    """Whether people give this command to a case that exists."""
    return command in rules.commands and command not in rules.own and command != rules.opening


async def ask_command(
    request: Request, site: Site, person: PersonRow, process: str, command: str
) -> Response:
    """The page of a command's form; why not and what else, where the rules refuse it now."""
    rules = site.rules[process]
    if not has_form(rules, command):
        raise Problem("not_found")
    if command in FORMS:
        return RedirectResponse(f"/{process}/{stream_of(request)}", 303)
    reading = await opened(request, site, person, process, "page")
    if command not in offered(reading, person, reading.view.now, reading.view.settings):
        return await _refused(request, site, person, reading, command)
    return await _page(request, site, person, reading, command)


async def do_command(
    request: Request, site: Site, person: PersonRow, reading: Reading, command: str, sent: Sent
) -> Response:
    """What the form of a command says: one row more, a look at a warning, or the command."""
    process, stream = reading.dossier.process, reading.dossier.stream
    model = site.rules[process].commands[command]
    named = await _named(site, person, model, sent)
    sent = named.sent
    if more := last(sent, ADD):
        return await _page(request, site, person, reading, command, sent, more=more)
    if named.wrong:
        tried = Tried(command, sent, unnamed(model, named))
        found = named.matches
        return await _page(
            request, site, person, reading, command, sent, tried=tried, matches=found
        )
    warned = set(last(sent, WARNED).split())
    warnings = [one for one in warnings_of(person, reading, model, sent) if one not in warned]
    if warnings:
        return await _page(request, site, person, reading, command, sent, warned=warnings)
    try:
        offset = offset_of(request, site)
        command_id = await given(site, person, reading, command, sent, offset)
    except (Refused, Problem, Unavailable) as fault:
        moved = fault if isinstance(fault, Unavailable) else at_form(model, sent, fault)
        tried = Tried(command, sent, as_problem(moved, request))
        return await _page(request, site, person, reading, command, sent, tried=tried)
    await forget(site, person, process, stream, sent)
    return RedirectResponse(f"/{process}/{stream}?done={command_id}#done", 303)


async def _page(
    request: Request,
    site: Site,
    person: PersonRow,
    reading: Reading,
    command: str,
    sent: Sent | None = None,
    *,
    tried: Tried | None = None,
    more: str = "",
    warned: Sequence[str] = (),
    matches: Mapping[str, Options] | None = None,
) -> Response:
    process = reading.dossier.process
    wording = await worded(request, site, person, reading)
    picks = dict(request.query_params)
    now, settings = reading.view.now, reading.view.settings
    model = site.rules[process].commands[command]
    asked = Asked(
        person, process, command, model, wording, now, settings, reading=reading, picks=picks
    )
    draft = await Place(site, person, process, reading.dossier.stream, command).get()
    restored = kept_at(draft.saved_at, wording.texts, settings) if draft and not sent else None
    if draft and not sent:
        sent = {**draft.fields}
    key = tried.key if tried else key_of(sent) if sent else None
    problem = tried.problem if tried else None
    form = await command_form(
        site, asked, sent, key=key or None, problem=problem, more=more, matches=matches
    )
    return _shown(
        request,
        replace(form, warned=warned),
        tried,
        settings,
        process=process,
        case=reading.summary,
        wording=wording,
        action=f"/{process}/{reading.dossier.stream}/do/{command}",
        back=f"/{process}/{reading.dossier.stream}",
        saved=draft.saved if draft else None,
        restored=restored,
    )


def _shown(
    request: Request,
    form: CommandForm,
    tried: Tried | None,
    settings: TenantSettings,
    **values: Any,
) -> Response:
    words = page_language(request)
    problem = said(tried.problem, words, settings) if tried else None
    status = int(status_of(tried.problem.code)) if tried else 200
    warnings = [words.warning(code) for code in form.warned]
    values = {"saved": None, "restored": None, **values}
    return page(
        request, "command.html", status, form=form, problem=problem, warnings=warnings, **values
    )


def said(problem: Problem, words: Texts, settings: TenantSettings) -> ProblemText:
    """Why a form was not accepted, for somebody who sees a page and no numbers of commands."""
    own = {"command.id_reused": ("do", "before"), "service.unavailable": ("error", "away")}
    if problem.code not in own:
        return words.problem(problem.code, settings)
    part, name = own[problem.code]
    told = words.pages[part]
    return ProblemText(told[f"{name}_title"], told[f"{name}_detail"])


async def _refused(
    request: Request, site: Site, person: PersonRow, reading: Reading, command: str
) -> Response:
    """Why a command cannot be given now, and the way back to what can."""
    process = reading.dossier.process
    code = why_not(person, reading, site.rules[process].commands[command])
    wording = await worded(request, site, person, reading)
    back = f"/{process}/{reading.dossier.stream}"
    may = offered(reading, person, reading.view.now, reading.view.settings)
    other = instead_of(command, [one for one in may if has_form(reading.rules, one)])
    return page(
        request,
        "not_now.html",
        int(status_of(code)),
        process=process,
        case=reading.summary,
        wording=wording,
        title=title_of(wording, command),
        problem=wording.texts.problem(code, reading.view.settings),
        back=back,
        instead=[(f"{back}/do/{one}", title_of(wording, one)) for one in other],
    )


async def _named(site: Site, person: PersonRow, model: type[Command], sent: Sent) -> Chosen:
    """The form with the ids of whom it names by name."""
    asked = {one.name: one.role for one in persons_in(shape_of(model))}
    return await chosen(site, person.tenant, asked, sent)


def unnamed(model: type[Command], named: Chosen) -> Problem:
    """What is wrong with a form in which somebody is not found, and with the rest of it."""
    faults = [FieldFault(path, kind) for path, kind in named.wrong.items()]
    try:
        parsed_of(model, named.sent)
    except Problem as problem:
        faults += [one for one in problem.faults if one.field not in named.wrong]
    return Problem("command.invalid", faults)


def may_begin(
    site: Site, person: PersonRow, process: str, now: datetime, settings: TenantSettings
) -> bool:
    """Whether this person could begin a case of a process."""
    rules = site.rules[process]
    if rules.opening is None or rules.opening in rules.own:
        return False
    ctx = context(person, NO_CASE, now, settings)
    return rules.offered(rules.story.initial(), rules.opening, ctx)


NO_CASE = "00000000-0000-0000-0000-000000000000"
"""In place of the id of a case that has not begun."""


async def ask_new(request: Request, site: Site, person: PersonRow, process: str) -> Response:
    """``GET /{process}/new``: the form that begins a case."""
    settings = await site.settings(person.tenant)
    if not may_begin(site, person, process, datetime.now(UTC), settings):
        raise Problem("not_found")
    return await _new(request, site, person, process)


async def do_new(request: Request, site: Site, person: PersonRow, process: str) -> Response:
    """``POST /{process}/new``: begins a case, once however often the form is sent."""
    rules = site.rules[process]
    if not same_site(request) or rules.opening is None:
        raise Problem("not_found")
    model = rules.commands[rules.opening]
    named = await _named(site, person, model, await fields(request, FORM_BYTES))
    sent = named.sent
    if more := last(sent, ADD):
        return await _new(request, site, person, process, sent, more=more)
    if named.wrong:
        tried = Tried(rules.opening, sent, unnamed(model, named))
        found = named.matches
        return await _new(request, site, person, process, sent, tried=tried, matches=found)
    try:
        offset = offset_of(request, site)
        now = datetime.now(UTC) + offset
        stream, command_id = await begun(site, person, process, sent, now, offset)
    except (Refused, Problem, Unavailable) as fault:
        moved = fault if isinstance(fault, Unavailable) else at_form(model, sent, fault)
        tried = Tried(rules.opening, sent, as_problem(moved, request))
        return await _new(request, site, person, process, sent, tried=tried)
    return RedirectResponse(f"/{process}/{stream}?done={command_id}#done", 303)


async def _new(
    request: Request,
    site: Site,
    person: PersonRow,
    process: str,
    sent: Sent | None = None,
    *,
    tried: Tried | None = None,
    more: str = "",
    matches: Mapping[str, Options] | None = None,
) -> Response:
    rules, settings = site.rules[process], await site.settings(person.tenant)
    command = rules.opening
    assert command is not None
    words = page_language(request)
    wording = await wording_for(site, person.tenant, process, [], words, settings, person)
    now = datetime.now(UTC) + offset_of(request, site)
    asked = Asked(
        person, process, command, rules.commands[command], wording, now, settings, picks={}
    )
    key = tried.key if tried else key_of(sent) if sent else None
    problem = tried.problem if tried else None
    form = await command_form(
        site, asked, sent, key=key or None, problem=problem, more=more, matches=matches
    )
    return _shown(
        request,
        form,
        tried,
        settings,
        process=process,
        case=None,
        wording=wording,
        action=f"/{process}/new",
        back=f"/{process}",
    )
