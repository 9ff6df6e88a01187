"""Which words would tell a reader of an unannounced visit before it is held."""

from __future__ import annotations

import json
from collections.abc import Sequence

from events.event import Event
from events.supervision import facts as f

ENDS = (f.TrajectoryDeclined, f.TrajectoryClosed, f.TrajectoryEscalated, f.TrajectoryAborted)


def telling(events: Sequence[Event], *, teacher: bool) -> list[str]:
    """Names and planned days of visits that must not be read, nor their kind of event.

    Left out is what the events about other things say as well: then it tells nothing. An invoice
    names every visit that lapsed, and is for neither teacher nor manager.
    Once a trajectory has ended its teacher may read of the cancelled ones (contract 3).
    """
    hidden = {e.data.visit for e in events if isinstance(e.data, f.UnannouncedVisitPlanned)}
    hidden -= {e.data.visit for e in events if isinstance(e.data, f.ClassVisitHeld)}
    if teacher and any(isinstance(e.data, ENDS) for e in events):
        hidden -= {e.data.visit for e in events if isinstance(e.data, f.ClassVisitCancelled)}
    if not hidden:
        return []
    secret = {e.event_id for e in events if getattr(e.data, "visit", None) in hidden}
    for event in events:
        if isinstance(event.data, f.RecordCorrected) and event.data.event in secret:
            secret.add(event.event_id)
    others = [e for e in events if e.event_id not in secret]
    said = json.dumps([e.json() for e in others if not isinstance(e.data, f.InvoiceBasisPrepared)])
    days = {e.data.at[:10] for e in events if e.event_id in secret and hasattr(e.data, "at")}
    words = [*hidden, *days, "UnannouncedVisitPlanned"]
    return [word for word in words if word not in said]
