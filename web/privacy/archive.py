"""All that is held about a person as one zip: pages to read and print, and the same as JSON.

It is what the person is entitled to (AVG art. 15, and 20 for the JSON): each case as that person
may see it, no more and no less, with who looked at it, and all else that bears their name.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from events.event import instant_text
from events.retention import due
from events.settings import TenantSettings
from events.store.errors import Erased
from web.documents.agreements import agreement
from web.naming import wording_for
from web.pages.case import ahead, moments
from web.pages.page import rendered
from web.privacy.holding import Holding, holding, looks
from web.privacy.lines import (
    act_line,
    as_data,
    as_json,
    draft_data,
    draft_lines,
    look_line,
    moment,
    own_words,
    part,
    session_line,
    signed_lines,
    token_line,
    told_line,
)
from web.privacy.log import named_in, noted, noted_line
from web.privacy.pack import Pack
from web.site import Site
from web.texts import Texts
from web.wording import Wording
from workflows.gateway import Unavailable

if TYPE_CHECKING:
    from events.store.subjects import Concerned, Entry, Told

WHAT = "file"
"""What the log of readings calls it."""
_ELSEWHERE = frozenset(
    {"id", "process", "state", "suspended", "version", "overdue", "next", "hold", "restricted"}
)
"""What of a summary has a place of its own on the page of a case."""
Tell = Callable[[int, int], None]
"""Hears how many cases were looked into, of how many."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose file, who asks for it, at which moment of the process clock, and in which language."""

    tenant: str
    person: Entry
    by: str
    now: datetime
    words: Texts


@dataclass(frozen=True, slots=True)
class _Made:
    """A file in the making: what all its parts need, and what the first page will tell of."""

    site: Site
    asked: Asked
    settings: TenantSettings
    pack: Pack
    told: list[Told]
    own: list[dict[str, Any]] = field(default_factory=list)
    others: list[dict[str, Any]] = field(default_factory=list)
    erased: list[Concerned] = field(default_factory=list)

    async def wording(self, process: str, shown: Any) -> Wording:
        """The words for something of a process, with the names in it."""
        asked = self.asked
        return await wording_for(
            self.site, asked.tenant, process, shown, asked.words, self.settings
        )

    def plain(self, process: str) -> Wording:
        """Words for what names nobody."""
        facts = self.site.rules[process].story.facts
        return Wording(self.asked.words, self.settings, {}, process, facts=facts)


async def archive(
    site: Site, asked: Asked, *, all_cases: bool = False, tell: Tell = lambda _done, _of: None
) -> AsyncGenerator[bytes]:
    """The zip, piece by piece; each case in it is noted as read by who asks.

    ``all_cases``: every case of the board is looked through for the person, also those that do
    not lead to them by a part, a notice or something they did.
    """
    store, tenant, person = site.store, asked.tenant, asked.person
    settings = await site.settings(tenant)
    pack = Pack(asked.now.astimezone(settings.zone))
    made = _Made(site, asked, settings, pack, await store.told(tenant, person.id))
    cases = await store.concerning(tenant, person.id, all_cases=all_cases)
    for number, case in enumerate(cases):
        tell(number, len(cases))
        try:
            found = await holding(site, tenant, person, case, asked.now, settings)
            if found is not None:
                await _put(made, found)
        except Erased:
            made.erased.append(case)
        if piece := pack.taken():
            yield piece
    tell(len(cases), len(cases))
    await _put_person(made, all_cases=all_cases)
    yield pack.closed()


async def _put(made: _Made, found: Holding) -> None:
    """One case: a page and its data where the person reads it, else where it names them."""
    asked, dossier = made.asked, found.dossier
    await made.site.store.log_read(
        asked.tenant,
        person=asked.by,
        at=asked.now,
        stream=dossier.stream,
        process=dossier.process,
        what=WHAT,
    )
    if found.reading is None:
        made.others.append(await _named(made, found))
        return
    folder = f"cases/{len(made.own) + 1:02}-{dossier.process}"
    summary, timeline = found.reading.summary, found.reading.timeline
    wording = await made.wording(dossier.process, [summary, timeline])
    agreed = dict(summary.get("agreement") or {})
    papers = await _papers(made, found, agreed.pop("versions", ()), folder)
    readers = await looks(made.site, asked.tenant, found, asked.person.id)
    notices = [one for one in made.told if one.stream == dossier.stream]
    data: dict[str, Any] = {
        "id": dossier.stream,
        "process": dossier.process,
        "parts": list(found.parts),
        "summary": summary,
        "timeline": timeline,
        "documents": papers,
        "readings": [as_data(one) for one in readers],
        "notices": [as_data(one) for one in notices],
    }
    told: dict[str, Any] = {
        "title": wording.case(summary),
        "kind": wording.about(dossier.process, "one"),
        "state": wording.state(summary["state"]),
        "parts": [part(wording, one) for one in found.parts],
    }
    facts = {key: value for key, value in summary.items() if key not in _ELSEWHERE}
    facts |= {"agreement": agreed} if agreed else {}
    page = rendered(
        "file/case.html",
        asked.words,
        f=own_words(asked.words),
        case=summary,
        told=told,
        facts=wording.details(facts),
        ahead=ahead(summary, found.reading.tasks, [], wording, found.reading.agenda),
        moments=moments(timeline, wording),
        papers=papers,
        signed={one["version"]: signed_lines(wording, one["signed"]) for one in papers},
        looks=[look_line(wording, one) for one in readers],
        notices=[told_line(wording, one) for one in notices],
        kept=_kept(made, found, wording),
    )
    made.pack.add(f"{folder}/index.html", page)
    made.pack.add(f"{folder}/case.json", as_json(data))
    made.own.append({"id": dossier.stream, "folder": folder, **told})


def _kept(made: _Made, found: Holding, wording: Wording) -> str:
    """For how long the case is kept, on what ground, and until when it is if that is known."""
    own, kind, state = own_words(made.asked.words), found.story.retention, found.dossier.state
    term = made.settings.retention[kind]
    said = own["kept"].format(months=term.months, ground=term.ground)
    ended = getattr(state, "ended_at", None)
    if ended is None:
        return said
    over = wording.day(due(ended, kind, made.settings).isoformat())
    return f"{said} {own['kept_until'].format(day=over)}"


async def _papers(
    made: _Made,
    found: Holding,
    versions: Sequence[Mapping[str, Any]],
    folder: str,
) -> list[dict[str, Any]]:
    """The agreements as PDF; one that cannot be made now is named all the same."""
    papers: list[dict[str, Any]] = []
    for one in versions:
        version = one["version"]
        paper: dict[str, Any] = {"kind": "agreement", **one, "file": None}
        try:
            document = await agreement(made.site, made.asked.tenant, found.dossier, version)
        except Unavailable:
            document = None
        if document is not None:
            name = f"agreement-{version}.pdf"
            made.pack.add(f"{folder}/{name}", document.content)
            paper |= {"file": name, "sha256": document.sha256}
        papers.append(paper)
    return papers


async def _named(made: _Made, found: Holding) -> dict[str, Any]:
    """A case that the person does not read, and where it names them."""
    process, mentions = found.dossier.process, found.mentions
    wording = await made.wording(process, [mention.data for mention in mentions])
    lines = [
        {
            "when": moment(wording, mention.event.recorded_at),
            "title": wording.title(mention.event.type),
            "named": [wording.label(name) for name in mention.fields],
            "details": wording.details(mention.data or {}, mention.event.type),
        }
        for mention in mentions
    ]
    data = {
        "id": found.dossier.stream,
        "process": process,
        "parts": list(found.parts),
        "events": [mention.json() for mention in mentions],
    }
    return {"kind": wording.about(process, "one"), "lines": lines, "data": data}


async def _put_person(made: _Made, *, all_cases: bool) -> None:
    """The first page, and what belongs to no case alone."""
    asked, store, pack = made.asked, made.site.store, made.pack
    tenant, person = asked.tenant, asked.person
    acts = await store.acts_of(tenant, person.id)
    tokens = await store.tokens_of(tenant, person.id)
    sessions = await store.sessions_kept(tenant, person.id)
    accounts = await store.accounts_of(tenant, person.id)
    looked = await store.readings_by(tenant, person.id)
    tried = await store.refusals_of(tenant, person.id)
    drafts = await store.drafts_of(tenant, person.id)
    filters = await store.desks.filters(tenant, person.id)
    log = await noted(made.site, tenant, person)
    choice, feed = await store.mail_choice(tenant, person.id), await store.feed(tenant, person.id)
    own = asked.by == person.id
    data = {
        "person": as_data(person),
        "mail": choice,
        "feed": feed and as_data(feed),
        "board": tenant,
        "made_at": instant_text(asked.now),
        "every_case_looked_into": all_cases,
        "cases": [{"id": one["id"], "folder": one["folder"]} for one in made.own],
        "named_in": [one["data"] for one in made.others],
        "erased": [as_data(one) for one in made.erased],
        "notices": [as_data(one) for one in made.told],
        "acts": [as_data(one) for one in acts],
        "readings": [as_data(one) for one in looked],
        "refused_commands": [as_data(one) for one in tried],
        "tokens": [as_data(one) for one in tokens],
        "sessions": [as_data(one) for one in sessions],
        "accounts": [as_data(one) for one in accounts],
        "drafts": [draft_data(one, own=own) for one in drafts],
        "filters": [as_data(one) for one in filters],
        "administration": [one.json() for one in log],
    }
    titles = {one["id"]: one["title"] for one in made.own}
    words = {process: made.plain(process) for process in made.site.rules}
    first = next(iter(words.values()))
    called = replace(first, names=await store.names(tenant, named_in(log)))
    page = rendered(
        "file/index.html",
        asked.words,
        f=own_words(asked.words),
        person=person,
        roles=[first.role(role) for role in person.roles],
        made_at=moment(first, asked.now),
        added_at=moment(first, person.added_at),
        mail=choice,
        feed=feed and moment(first, feed.made_at),
        own=made.own,
        others=made.others,
        erased=[first.about(one.process, "one") for one in made.erased],
        notices=[
            told_line(words.get(one.process, first), one, titles.get(one.stream, ""))
            for one in made.told
        ],
        acts=[
            act_line(words.get(one.process, first), one, titles.get(one.stream, "")) for one in acts
        ],
        looked=len(looked),
        tried=len(tried),
        tokens=[token_line(first, one) for one in tokens],
        sessions=[session_line(first, one) for one in sessions],
        accounts=[(one.issuer, one.subject, moment(first, one.linked_at)) for one in accounts],
        drafts=[
            draft_lines(words.get(one.process, first), one, titles.get(one.stream, ""), own=own)
            for one in drafts
        ],
        filters=filters,
        log=[noted_line(called, one) for one in log],
        all_cases=all_cases,
    )
    pack.add("index.html", page)
    pack.add("person.json", as_json(data))
