"""``/audit/{process}/{id}``: a case through time, event by event, and who knew what then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import Response

from events.audit.history import Kept
from events.audit.search import Line, Wanted
from events.event import Event, fact_json
from web.naming import wording_for
from web.pages.audit.access import audited, now_at
from web.pages.audit.changes import changed, label_of, told
from web.pages.audit.conforming import Ruled, ruled
from web.pages.audit.erased import erased_case
from web.pages.audit.knowing import Eyes, Eyesight, seen_by, who_could_look
from web.pages.audit.naming import exactly, warnings_in_words
from web.pages.audit.steps import number_of, step_at, told_by
from web.pages.page import page
from web.pages.session import page_language
from web.reading import ErasedCase, log_reading
from web.site import Site
from web.wording import Detail, Wording

if TYPE_CHECKING:
    from events.store.directory import PersonRow

LOOKS = 10
"""So many readings before a step are shown; the search has the others."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One event on the line of time; ``sentence`` is there where it is shown."""

    number: int
    id: str
    title: str
    sentence: str
    at: str


@dataclass(frozen=True, slots=True)
class Given:
    """The command behind an event. ``details`` is what was given with it, in words.

    ``verdict``: ``allowed``, ``wrong``, ``unchecked``, or ``itself`` where no person gave it.
    """

    by: str
    role: str
    roles: Sequence[str]
    details: Sequence[Detail]
    warnings: Sequence[str]
    verdict: str
    findings: Sequence[str]
    cause: Moment | None


async def through_time(request: Request, site: Site, person: PersonRow) -> Response:
    """``GET /audit/{process}/{id}?at=``: what the case was, and what that event changed."""
    try:
        whole = await audited(request, site, person)
    except ErasedCase as erased:
        return await erased_case(request, site, person, erased)
    settings, dossier = whole.view.settings, whole.dossier
    number = number_of(request.query_params.get("at"), dossier.events, settings)
    step = step_at(site, whole, number)
    now, moment = now_at(request, site), step.event.recorded_at
    rules = await ruled(site, person.tenant, whole.dossier)
    looked = await site.store.audit.search(
        person.tenant, "reads", Wanted(stream=dossier.stream, until=moment), None, LOOKS, person.id
    )
    kept = rules.command_of(number)
    known = {item["event_id"]: item["data"] for item in whole.timeline}
    shown: list[Any] = [step.before, step.after, list(known.values())]
    shown += [[one.actor.person for one in dossier.events], [one.person for one in looked.lines]]
    shown.append(kept.given.data if kept and kept.given else None)
    words = page_language(request)
    wording = await wording_for(
        site, person.tenant, dossier.process, shown, words, settings, person
    )
    moments = [_moment(one, known, wording, sentence=one is step.event) for one in dossier.events]
    await log_reading(site, person, whole, "audit", now, moment)
    return page(
        request,
        "audit/case.html",
        process=dossier.process,
        stream=dossier.stream,
        wording=wording,
        case=whole.summary,
        step=step,
        moment=moments[number - 1],
        moments=moments,
        changes=changed(step.changes, wording),
        state=told(step.after, wording),
        given=_given(rules, kept, step.event, moments, wording, known),
        details=wording.details(known.get(step.event.event_id, {}), step.event.type),
        wrong=_wrong(rules, moments, wording),
        looks=[_look(line, wording) for line in looked.lines],
        more_looks=looked.next is not None,
        until=moment.astimezone(settings.zone).date().isoformat(),
    )


def _moment(
    event: Event, known: Mapping[str, Any], wording: Wording, *, sentence: bool = True
) -> Moment:
    """``known`` is what of each event the auditor may see, by its id."""
    data, at = known.get(event.event_id), exactly(wording, event.recorded_at)
    if data is None:
        hidden = str(wording.texts.pages["audit"]["case"]["hidden"])
        return Moment(event.version, event.event_id, hidden, hidden, at)
    return Moment(
        number=event.version,
        id=event.event_id,
        title=wording.title(event.type),
        sentence=wording.sentence(event.type, data) if sentence else "",
        at=at,
    )


def _given(
    rules: Ruled,
    kept: Kept | None,
    event: Event,
    moments: Sequence[Moment],
    wording: Wording,
    known: Mapping[str, Any],
) -> Given:
    actor = event.actor
    # What was given says no more than what came of it may say.
    whole = known.get(event.event_id) == fact_json(event.data)
    data = kept.given.data if whole and kept and kept.given else None
    roles = kept.given.roles if kept and kept.given else ()
    findings = rules.found_of(kept) if kept else ()
    if any(one.weight == "wrong" for one in findings):
        verdict = "wrong"
    elif kept is None or (kept.given is None and kept.command is not None):
        verdict = "unchecked"
    else:
        verdict = "allowed" if actor.person else "itself"
    cause = next((one for one in moments if one.id == event.causation_id), None)
    return Given(
        by=wording.name(actor.person) if actor.person else "",
        role=wording.role(actor.role),
        roles=[wording.role(role) for role in roles],
        details=wording.details(data or {}),
        warnings=warnings_in_words(wording, kept.warnings if kept else ()),
        verdict=verdict,
        findings=[_in_words(wording, one.code) for one in findings],
        cause=cause,
    )


def _in_words(wording: Wording, code: str) -> str:
    return str(wording.texts.pages["audit"]["finding"][code.replace(".", "_")])


def _wrong(rules: Ruled, moments: Sequence[Moment], wording: Wording) -> dict[str, list[Moment]]:
    """All that the rules would not have brought about, with the steps where it stands."""
    found: dict[str, list[Moment]] = {}
    for one in rules.wrong:
        found.setdefault(_in_words(wording, one.code), []).append(moments[one.version - 1])
    return found


def _look(line: Line, wording: Wording) -> dict[str, str]:
    table = wording.texts.pages["audit"]["looks"]
    return {
        "who": wording.name(line.person),
        "what": str(table.get(line.what, table["other"])),
        "at": exactly(wording, line.at),
    }


async def who_knew(request: Request, site: Site, person: PersonRow) -> Response:
    """``GET /audit/{process}/{id}/knew?at=&as=&with=``: one or two people, side by side."""
    whole = await audited(request, site, person)
    given, settings = request.query_params, whole.view.settings
    number = number_of(given.get("at"), whole.dossier.events, settings)
    step = step_at(site, whole, number)
    people = who_could_look(step.reading)
    asked = [value for name in ("as", "with") if (value := given.get(name))]
    chosen = [one for value in asked if (one := _chosen(value, people))]
    sights = [seen_by(step.reading, eyes) for eyes in dict.fromkeys(chosen)]
    timeline = list(reversed(step.reading.timeline))
    only = bool(given.get("only")) and bool(sights)
    if only:
        timeline = [one for one in timeline if any(_hidden(sight, one) for sight in sights)]
    shown: list[Any] = [step.after, timeline, [one.person for one in people]]
    shown += [sight.summary for sight in sights]
    wording = await wording_for(
        site, person.tenant, whole.dossier.process, shown, page_language(request), settings, person
    )
    await log_reading(site, person, whole, "knew", now_at(request, site), step.event.recorded_at)
    known = {item["event_id"]: item["data"] for item in step.reading.timeline}
    moments = {one.event_id: _moment(one, known, wording) for one in step.reading.dossier.events}
    return page(
        request,
        "audit/knew.html",
        process=whole.dossier.process,
        stream=whole.dossier.stream,
        wording=wording,
        case=whole.summary,
        step=step,
        moment=moments[step.event.event_id],
        people=[(one.part, _called(one, wording)) for one in people],
        chosen=[one.part for one in chosen],
        absent=len(asked) > len(chosen),
        names=[_called(sight.eyes, wording) for sight in sights],
        sights=sights,
        rows=[_row(item, moments, sights, wording) for item in timeline],
        only=only,
        saw=[sum(known.seen for known in sight.events.values()) for sight in sights],
        facts=[told(told_by(sight.summary), wording) for sight in sights],
        tasks=[[wording.task(one["task"]) for one in sight.tasks] for sight in sights],
        link=urlencode([(n, v) for n, v in given.items() if n in ("as", "with") and v]),
    )


def _chosen(value: str, people: Sequence[Eyes]) -> Eyes | None:
    """By part or person; None for who had no part in the case yet."""
    return next((one for one in people if value in (one.part, one.person)), None)


def _hidden(sight: Eyesight, item: dict[str, Any]) -> bool:
    known = sight.events[item["event_id"]]
    return not known.seen or bool(known.without)


def _called(eyes: Eyes, wording: Wording) -> str:
    role = label_of(wording, [eyes.part])
    return f"{wording.name(eyes.person)}, {role.lower()}" if eyes.person else role


def _row(
    item: dict[str, Any], moments: dict[str, Moment], sights: Sequence[Eyesight], wording: Wording
) -> tuple[Moment, list[tuple[bool, str]]]:
    """An event, and for each of those who look whether it was known, and without what."""
    cells: list[tuple[bool, str]] = []
    for sight in sights:
        known = sight.events[item["event_id"]]
        cells.append((known.seen, ", ".join(label_of(wording, [x]) for x in known.without)))
    return moments[item["event_id"]], cells
