"""Talking the list of goals over with the client: what is new since the last time stands out."""

from __future__ import annotations

from collections import Counter

from fastapi.responses import Response

from events.supervision import facts as f
from web.tasks.difference import changes
from web.tasks.sheet import Task, turned_away


async def consultation(task: Task) -> Response:
    """``RecordClientConsultation``: of the version that stands on the page, and no other."""
    state, reading = task.state, task.reading
    if not state.active_draft:
        return await turned_away(task, "goals.empty")
    events = reading.dossier.events
    last = next(
        (one for one in reversed(events) if isinstance(one.data, f.ClientConsultedOnGoals)), None
    )
    since = last.data.version if last else None
    listed = changes(events, since)
    sheet = await task.sheet()
    wording = await task.wording({"client": state.client})
    return task.page(
        "consultation.html",
        sheet,
        wording,
        changes=listed,
        count=Counter(one.how for one in listed),
        last=last,
        version=state.draft_version,
        client=state.client,
        fixed=state.fixed_version,
    )
