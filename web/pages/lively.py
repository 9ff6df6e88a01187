"""The stream of an open page of a case: it says when there is something new to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import StreamingResponse

from web.live import Live, Watch, stream_of
from web.pages.opened import opened
from web.reading import Reading
from web.site import Site

if TYPE_CHECKING:
    from fastapi.responses import Response

    from events.store.directory import PersonRow
    from events.store.sessions import SignedIn

_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


async def live(request: Request, site: Site, person: PersonRow, process: str) -> Response:
    """``GET /{process}/{id}/live?seen=EVENT``: ``changed`` whenever the page is out of date.

    ``seen`` is the last event that stands on the page; what came after it is told at once.
    """
    reading = await opened(request, site, person, process)
    seen = request.query_params.get("seen", "")
    events = reading.dossier.events
    version = next((e.version for e in events if e.event_id == seen), reading.dossier.version)
    watch = Watch(person, process, reading.dossier.stream, reading.dossier.version)
    if any(visible_after(reading, version)):
        watch.tell()
    signed_in: SignedIn = request.scope["traject.session"]

    async def allowed() -> bool:
        # Looking does not count as using: an open page keeps no session alive.
        sessions = await site.store.sessions_of(person.tenant, person.id)
        return any(one.id == signed_in.session for one in sessions)

    told: Live = request.app.state.live
    return StreamingResponse(
        stream_of(told, watch, allowed), media_type="text/event-stream", headers=_HEADERS
    )


def visible_after(reading: Reading, version: int) -> list[str]:
    """The events after a version that this reader may see."""
    visible, state = reading.rules.story.visible, reading.dossier.state
    newer = reading.dossier.events[version:]
    return [event.event_id for event in newer if visible(state, event, reading.view)]


def last_seen(reading: Reading) -> str:
    """The last event that stands on the page."""
    timeline = reading.timeline
    return str(timeline[-1]["event_id"]) if timeline else ""
