"""The pages behind a signing link: for somebody without an account, on whatever telephone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from events.calendar import local_day
from events.event import form_id
from web.api.body import form
from web.api.clock import offset_of
from web.api.problems import Problem, as_problem, field_faults, status_of
from web.documents.agreements import agreement, names_in
from web.documents.answers import agreement_file
from web.doing import FORM_BYTES, data_of, wrong_fields
from web.giving import Attempt, Call, give
from web.invitations import EXPIRED, Invitation, invitation
from web.naming import wording_for
from web.pages.page import page
from web.pages.session import page_language, sent_from_elsewhere
from web.reading import log_reading
from web.signin.limits import limit
from web.site import Site, site_of
from workflows.agreements import RequestFreshLink, SignAgreement
from workflows.decision import Refused

_FRESH = RequestFreshLink.__name__


async def look(request: Request) -> Response:
    """``GET /sign/{code}``: what is asked, exactly as it is signed; or why not any more."""
    site = site_of(request)
    found = await _invited(request, site)
    await log_reading(site, found.person, found.reading, "link", found.now)
    if found.lapse:
        await _log_lapsed(site, found, found.command)
    return await _shown(request, site, found)


async def read_agreement(request: Request) -> Response:
    """``GET /sign/{code}/agreement.pdf``: the document, for as long as the link serves."""
    site = site_of(request)
    found = await _invited(request, site)
    if found.lapse:
        await _log_lapsed(site, found, found.command)
        return await _shown(request, site, found)
    version = found.paper.version
    document = await agreement(site, found.person.tenant, found.reading.dossier, version)
    if document is None:
        raise Problem("not_found")
    await log_reading(site, found.person, found.reading, "agreement", found.now)
    return _secret(agreement_file(request, document, version))


async def answer(request: Request) -> Response:
    """``POST /sign/{code}``: sign, evaluate, or ask for a fresh link."""
    site = site_of(request)
    if sent_from_elsewhere(request):
        raise Problem("not_found")
    found = await _invited(request, site)
    sent = await form(request, FORM_BYTES)
    fresh = "fresh" in sent
    command = _FRESH if fresh else found.command
    if fresh and not found.may_ask_anew:
        raise Problem("not_found")
    if found.lapse and not fresh:
        await _log_lapsed(site, found, command)
        return await _shown(request, site, found)
    try:
        came_before = await _given(request, site, found, command, sent)
    except (Refused, Problem) as refused:
        again = await _invited(request, site)
        return await _shown(request, site, again, refused=refused, sent=sent)
    if fresh:
        return await _shown(request, site, found, link_sent="before" if came_before else "now")
    return _secret(RedirectResponse(request.url.path, 303))


async def _invited(request: Request, site: Site) -> Invitation:
    """The invitation of the path. Raises Problem (404) for what is no genuine code, 429."""
    code = request.path_params["code"]
    limit(request, "link", code)
    link = site.store.links.read(code)
    now = datetime.now(UTC) + offset_of(request, site)
    found = link and await invitation(site, link, now)
    if found is None:
        raise Problem("not_found")
    request.scope["traject.person"] = found.person
    return found


async def _given(
    request: Request, site: Site, found: Invitation, name: str, sent: Mapping[str, str]
) -> bool:
    """Gives the command as the link's person, once however often it is sent; was it before."""
    person, dossier, rules = found.person, found.reading.dossier, found.reading.rules
    attempt = Attempt(site, person, dossier.process, dossier.stream, name)
    attempt.now = found.now
    if name == _FRESH:
        # One a day: what would be the second is the same command again.
        day = local_day(found.now, found.reading.view.settings)
        key = f"{name}/{person.id}/{day}/{site.store.key_for(b'fresh links').hex()}"
    else:
        key = f"{name}/{request.path_params['code']}"
    command_id = form_id(dossier.stream, key)
    async with attempt:
        try:
            command = rules.commands[name].model_validate(_data(found, name, sent))
        except ValidationError as error:
            raise Problem("command.invalid", field_faults(error)) from None
        offset = offset_of(request, site)
        call = Call(
            person, dossier.process, rules, dossier.stream, command_id, name, command, offset
        )
        recorded = await give(site, call, first=False)
    return recorded.outcome == "repeated"


def _data(found: Invitation, name: str, sent: Mapping[str, str]) -> dict[str, Any]:
    """What the form says; which version is signed, the link says."""
    if name == _FRESH:
        return {}
    data = data_of(name, {**sent, "version": str(found.paper.version)})
    # The link may be revoked while its signature is on the way.
    return {**data, "link": found.link} if name == SignAgreement.__name__ else data


async def _log_lapsed(site: Site, found: Invitation, command: str) -> None:
    dossier = found.reading.dossier
    await site.store.log_refused(
        found.person.tenant,
        person=found.person.id,
        at=found.now,
        stream=dossier.stream,
        process=dossier.process,
        command=command,
        code=EXPIRED,
    )


async def _shown(
    request: Request,
    site: Site,
    found: Invitation,
    *,
    refused: Refused | Problem | None = None,
    sent: Mapping[str, str] | None = None,
    link_sent: str = "",
) -> Response:
    """The page as it is for this link now."""
    tenant, dossier, settings = (
        found.person.tenant,
        found.reading.dossier,
        found.reading.view.settings,
    )
    words, paper = page_language(request), found.paper
    shown = [found.signers, paper.facts, paper.fields]
    wording = await wording_for(site, tenant, dossier.process, shown, words, settings)
    document = None
    if found.asked == "signature" and not found.lapse:
        document = await agreement(site, tenant, dossier, paper.version)
        wording.names.update(await names_in(site, tenant, dossier, paper))
    code = refused.code if refused else found.refusal
    if found.lapse and not link_sent:
        status = int(status_of(EXPIRED))
    else:
        status = int(status_of(refused.code)) if refused else 200
    response = page(
        request,
        "sign.html",
        status,
        visitor=None,
        invited=found,
        paper=paper,
        signed=found.signed,
        missing=set(paper.parties) - set(found.signed),
        document=document,
        wording=wording,
        problem=words.problem(code, settings) if code else None,
        wrong=wrong_fields(words, found.command, as_problem(refused, request)) if refused else {},
        sent=sent or {},
        link_sent=link_sent,
    )
    return _secret(response)


def _secret(response: Response) -> Response:
    """The address is a key: nobody keeps what it shows."""
    response.headers["Cache-Control"] = "private, no-store"
    return response
