"""The addresses of administration, and the view that opens each."""

from __future__ import annotations

from web.administration import (
    absence,
    changes,
    handover,
    health,
    holidays,
    importing,
    letters,
    people,
    settings,
    start,
)
from web.permissions.door import Inside, behind

_PEOPLE = "administration.people"
_ABSENCE = "administration.absence"
_HANDOVER = "administration.handover"
_SETTINGS = "administration.settings"
_HOLIDAYS = "administration.holidays"
_TEXTS = "administration.texts"
_HEALTH = "administration.health"

_PAGES: tuple[tuple[str, str, str, Inside], ...] = (
    ("GET", "", "administration", start.show),
    ("GET", "/people", _PEOPLE, people.people),
    ("GET", "/people/new", _PEOPLE, people.new),
    ("POST", "/people/new", _PEOPLE, people.add),
    ("GET", "/people/import", _PEOPLE, importing.look),
    ("POST", "/people/import", _PEOPLE, importing.check),
    ("GET", "/people/{id}", _PEOPLE, people.look),
    ("POST", "/people/{id}", _PEOPLE, people.change),
    ("POST", "/people/{id}/leave", _PEOPLE, people.leave),
    ("POST", "/people/{id}/return", _PEOPLE, people.come_back),
    ("POST", "/people/{id}/sessions", _PEOPLE, people.end_access),
    ("GET", "/absence", _ABSENCE, absence.show),
    ("POST", "/absence", _ABSENCE, absence.add),
    ("POST", "/absence/end", _ABSENCE, absence.end),
    ("GET", "/handover", _HANDOVER, handover.show),
    ("POST", "/handover", _HANDOVER, handover.begin),
    ("GET", "/handover/{id}", _HANDOVER, handover.progress),
    ("POST", "/handover/{id}", _HANDOVER, handover.go_on),
    ("GET", "/settings", _SETTINGS, settings.show),
    ("POST", "/settings", _SETTINGS, settings.save),
    ("POST", "/settings/{version}", _SETTINGS, settings.undo),
    ("GET", "/holidays", _HOLIDAYS, holidays.show),
    ("POST", "/holidays", _HOLIDAYS, holidays.add),
    ("POST", "/holidays/region", _HOLIDAYS, holidays.take),
    ("POST", "/holidays/drop", _HOLIDAYS, holidays.drop),
    ("GET", "/letters", _TEXTS, letters.show),
    ("GET", "/letters/{kind}/{language}", _TEXTS, letters.look),
    ("POST", "/letters/{kind}/{language}", _TEXTS, letters.save),
    ("GET", "/health", _HEALTH, health.show),
    ("GET", "/health.json", _HEALTH, health.as_json),
    ("POST", "/health/retry", "administration.retry", health.retry),
)
ACCESS: dict[str, str] = {
    **{f"{method} /administration{path}": view for method, path, view, _ in _PAGES},
    "GET /audit/administration": "audit.administration",
}
"""By method and address the view that opens it, as `web.permissions.routes` has it."""

PAGES = (
    *(
        (method, f"/administration{path}", behind(view, show))
        for method, path, view, show in _PAGES
    ),
    ("GET", "/audit/administration", behind("audit.administration", changes.show)),
)
