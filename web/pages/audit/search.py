"""``/audit/search``: cases, people, commands, refusals and readings of the board."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from events.store.cases import BadCursor
from web.api.problems import invalid, uuid_or_none
from web.pages.audit.access import now_at
from web.pages.audit.asked import KINDS, Asked, asked
from web.pages.audit.naming import in_order
from web.pages.audit.results import Cell, Found, Searching
from web.pages.page import page
from web.pages.session import page_language
from web.site import Site
from web.texts import Texts

if TYPE_CHECKING:
    from events.store.directory import PersonRow

LIMIT = 25
CSV_MAX = 2_000
"""Rows of a file: what is beyond it is found by narrowing down, as its last line says."""
LOOKS_BACK = 20
"""So often the log is looked through further back for one file."""
STATUSES = ("open", "ended", "erased")

Options = Sequence[tuple[str, str]]
Group = tuple[str, Options]


async def search(request: Request, site: Site, person: PersonRow) -> Response:
    """``GET /audit/search``."""
    if (found := await _named(request, site, person)) is not None:
        return RedirectResponse(found, 303)
    searching, wish = await _asked(request, site, person)
    result = await _found(searching, wish, LIMIT)
    words = page_language(request)
    names = searching.names
    case = ""
    if stream := wish.value("stream"):
        process = await site.store.process_of(person.tenant, stream)
        if process is not None:
            await names.learn(searching.now, (), {stream: process})
            case = names.case(stream, process)[0]
            await _looked_into(searching, wish, stream, process)
    return page(
        request,
        "audit/search.html",
        wording=names.wording("supervision"),
        kinds=KINDS,
        asked=wish,
        result=result,
        case=case,
        paged=wish.cursor is not None,
        options=await _options(site, person, wish, words),
    )


async def search_csv(request: Request, site: Site, person: PersonRow) -> Response:
    """``GET /audit/search.csv``: the same from its beginning, as a file."""
    searching, wish = await _asked(request, site, person)
    wish = replace(wish, cursor=None)
    result = await _found(searching, wish, CSV_MAX)
    for _ in range(LOOKS_BACK):
        if result.next is None or len(result.rows) >= CSV_MAX:
            break
        wanted = CSV_MAX - len(result.rows)
        further = await _found(searching, replace(wish, cursor=result.next), wanted)
        result = replace(further, rows=[*result.rows, *further.rows])
    words = page_language(request).pages["audit"]
    if result.next is not None:
        result = replace(result, rows=[*result.rows, [Cell(words["csv_more"])]])
    if stream := wish.value("stream"):
        process = await site.store.process_of(person.tenant, stream)
        if process is not None:
            await _looked_into(searching, wish, stream, process)
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="{wish.kind}.csv"',
    }
    content = result.csv([words["search"][head] for head in result.heads])
    return Response(content, headers=headers, media_type="text/csv; charset=utf-8")


async def _asked(request: Request, site: Site, person: PersonRow) -> tuple[Searching, Asked]:
    settings = await site.settings(person.tenant)
    now, words = now_at(request, site), page_language(request)
    wish = await asked(request.query_params, site, person.tenant, person.id, settings)
    return Searching(site, person, words, settings, now), wish


async def _found(searching: Searching, wish: Asked, limit: int) -> Found:
    if wish.undecided:
        return Found(())
    try:
        return await searching.find(wish, limit)
    except BadCursor:
        raise invalid("cursor", "value") from None


async def _named(request: Request, site: Site, person: PersonRow) -> str | None:
    """The page of a case or an event whose reference was put into the search box."""
    text = request.query_params.get("q", "").strip().lower()
    if uuid_or_none(text) != text:
        return None
    process = await site.store.process_of(person.tenant, text)
    if process is not None:
        return f"/audit/{process}/{text}"
    stored = await site.store.audit.stored(person.tenant, text)
    return None if stored is None else f"/audit/events/{text}"


async def _looked_into(searching: Searching, wish: Asked, stream: str, process: str) -> None:
    """To look into the log of one case is a reading of that case."""
    if wish.kind not in ("reads", "refusals"):
        return
    await searching.site.store.log_read(
        searching.person.tenant,
        person=searching.person.id,
        at=searching.now,
        stream=stream,
        process=process,
        what=wish.kind,
    )


async def _options(
    site: Site, person: PersonRow, wish: Asked, words: Texts
) -> Mapping[str, Sequence[Group]]:
    """The values of each choice and their words, in groups."""
    many = {name: words.pages["process"][name]["many"] for name in site.rules}
    found: dict[str, Sequence[Group]] = {"process": [("", in_order(many))]}
    fields, chosen = wish.fields, wish.value("process")
    search = words.pages["audit"]["search"]
    shown = [chosen] if chosen in many else [name for name, _ in in_order(many)]
    if "status" in fields:
        found["status"] = [("", [(one, search[one]) for one in STATUSES])]
    if "state" in fields:
        there = await site.store.audit.states(person.tenant)
        names = {name: words.of(name)["states"] for name in shown}
        found["state"] = [
            (many[name], in_order({one: names[name].get(one, one) for one in there[name]}))
            for name in shown
            if there.get(name)
        ]
    if "type" in fields:
        found["type"] = [
            (
                many[name],
                in_order(
                    {t: words.of(name)["types"][t]["title"] for t in site.rules[name].story.facts}
                ),
            )
            for name in shown
        ]
    if "code" in fields:
        found["code"] = [("", in_order({c: text.title for c, text in words.problems.items()}))]
    if "what" in fields:
        looks = {key: text for key, text in words.pages["audit"]["looks"].items() if key != "other"}
        found["what"] = [("", in_order(looks))]
    return found
