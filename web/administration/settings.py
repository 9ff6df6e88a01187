"""``/administration/settings``: the board's own numbers, what they do, and earlier versions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from events.settings import RETENTION, RetentionClass, TenantSettings
from events.store.administration import SettingsChanged, Sought
from web.administration.told import told_changes
from web.administration.typed import WRONG, Typed, filled, typed
from web.api.problems import Problem
from web.pages.page import page
from web.pages.session import page_language
from web.site import Site
from web.texts import Language

if TYPE_CHECKING:
    from events.store.directory import PersonRow

GROUPS: Mapping[str, tuple[str, ...]] = {
    "beginning": ("accept", "intake", "diagnosis", "consultation", "goal_list", "goals_max"),
    "visits": (
        "visits_min", "visits_default", "visits_max", "talk", "self_assessment_after_visit",
        "self_assessment_before_talk",
    ),
    "ending": ("period_ending", "report", "response_term", "receipt", "close"),
    "hours": ("hourly_rate", "hours_window_days", "stalled", "suspended_long_days"),
    "internships": ("internship_advised", "evaluation", "sharing"),
    "placements": (
        "offer", "answer", "three_party_talk", "final_assessment", "vog_policy", "vog_months",
    ),
    "signing": ("signatures_due", "signatures_late", "signing_link_days"),
    "partners": ("successor", "handover", "agreement_ending", "dormancy_months"),
    "messages": ("overdue_coordinator", "overdue_hr", "mail_from_hour", "mail_to_hour"),
}  # fmt: skip
"""The settings of each part of the page, in its order."""
UNITS: Mapping[str, str] = {
    "suspended_long_days": "days", "hours_window_days": "days", "signing_link_days": "days",
    "agreement_ending": "days", "goals_max": "goals", "visits_min": "visits",
    "visits_default": "visits", "visits_max": "visits", "internship_advised": "half_days",
    "vog_months": "months", "dormancy_months": "months", "mail_from_hour": "hour",
    "mail_to_hour": "hour", "hourly_rate": "euro", "vog_policy": "",
}  # fmt: skip
"""What a number counts; all others are working days."""
MOST: Mapping[str, int] = {
    "mail_from_hour": 23, "mail_to_hour": 24, "goals_max": 50, "visits_min": 50,
    "visits_default": 50, "visits_max": 50, "vog_months": 120, "dormancy_months": 120,
}  # fmt: skip
MOST_DAYS = 400
"""More days than a year has are a slip of the hand."""
_NUMBER = re.compile(r"[0-9]{1,5}")
_RATE = re.compile(r"[0-9]{1,4}([.,][0-9]{1,2})?")
CLASSES: tuple[str, ...] = get_args(RetentionClass)
SHOWN = 12


@dataclass(frozen=True, slots=True)
class Row:
    """A setting as it stands in the form."""

    name: str
    value: str
    usual: str
    unit: str


@dataclass(frozen=True, slots=True)
class Group:
    """A part of the page, which opens by itself where something in it is wrong."""

    name: str
    rows: list[Row]
    open: bool

    @property
    def own(self) -> int:
        """In how many the board does as is not usual."""
        return sum(row.value != row.usual for row in self.rows)


async def show(request: Request, site: Site, person: PersonRow) -> Response:
    """``GET /administration/settings``."""
    return await _page(request, site, person, await site.settings(person.tenant), None)


async def save(request: Request, site: Site, person: PersonRow) -> Response:
    """``POST /administration/settings``: all of them, as the board's next version."""
    sent = await typed(request)
    current = await site.settings(person.tenant)
    wanted = _wanted(current, sent)
    if not sent.wrong and sent.raw("over") != str(current.version):
        sent.wrong["over"] = "changed"
    if wanted is None or sent.wrong:
        return await _page(request, site, person, current, sent)
    if wanted == current:
        return RedirectResponse("/administration/settings?done=same", 303)
    try:
        await site.store.change_settings(
            person.tenant, person.id, wanted, over=current, what="settings"
        )
    except SettingsChanged:
        sent.wrong["over"] = "changed"
        return await _page(request, site, person, await site.settings(person.tenant), sent)
    return RedirectResponse("/administration/settings?done=saved", 303)


async def undo(request: Request, site: Site, person: PersonRow) -> Response:
    """``POST /administration/settings/{version}``: an earlier version, as the next one."""
    text = request.path_params["version"]
    if not _NUMBER.fullmatch(text):
        raise Problem("not_found")
    earlier = await site.store.settings_version(person.tenant, int(text))
    if earlier is None:
        raise Problem("not_found")
    current = await site.settings(person.tenant)
    try:
        await site.store.change_settings(
            person.tenant, person.id, earlier, over=current, what="settings.undone"
        )
    except SettingsChanged:
        return await _page(
            request, site, person, current, Typed(wrong={"over": "changed"}), at_top=True
        )
    return RedirectResponse("/administration/settings?done=undone", 303)


def _wanted(current: TenantSettings, sent: Typed) -> TenantSettings | None:
    """The settings that were typed; what is wrong with them is noted in ``sent``."""
    values = current.model_dump(mode="json", by_alias=True)
    for name in (name for names in GROUPS.values() for name in names):
        value = _value(name, sent.raw(name).strip(), sent)
        if name not in sent.wrong:
            values[name] = value
    values["retention"] = {kind: _term(kind, sent) for kind in CLASSES}
    if sent.wrong:
        return None
    try:
        return TenantSettings.model_validate(values)
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            where = str(fault["loc"][0]) if fault["loc"] else _together(fault["msg"])
            sent.wrong[where] = "together" if not fault["loc"] else "number"
        return None


def _together(message: str) -> str:
    """The field at which it is said that settings contradict each other."""
    return "visits_default" if "visits" in message else "mail_to_hour"


def _value(name: str, text: str, sent: Typed) -> Any:
    if name == "vog_policy":
        if text not in ("always", "contract", "never"):
            sent.wrong[name] = "missing"
        return text
    if name == "hourly_rate":
        if text and not _RATE.fullmatch(text):
            sent.wrong[name] = "rate"
        whole, _, cents = text.replace(",", ".").partition(".")
        return f"{int(whole)}.{cents:0<2}" if text and name not in sent.wrong else ""
    if isinstance(TenantSettings.model_fields[name].default, tuple):
        parts = [part for part in re.split(r"[\s,;]+", text) if part]
        numbers = [_number(name, part, sent) for part in parts]
        if not parts:
            sent.wrong[name] = "missing"
        return sorted(set(numbers), reverse=True)
    return _number(name, text, sent)


def _number(name: str, text: str, sent: Typed, most: int | None = None) -> int:
    most = MOST.get(name, MOST_DAYS) if most is None else most
    least = 0 if name in ("hours_window_days", "mail_from_hour") else 1
    if not text:
        sent.wrong[name] = "missing"
    elif not _NUMBER.fullmatch(text) or not least <= int(text) <= most:
        sent.wrong[name] = "number"
    else:
        return int(text)
    return 0


def _term(kind: str, sent: Typed) -> dict[str, Any]:
    months = _number(f"months_{kind}", sent.raw(f"months_{kind}").strip(), sent, most=1200)
    return {"months": months, "ground": sent.needed(f"ground_{kind}", 500)}


def _typed(settings: TenantSettings, language: Language) -> Typed:
    """The form as these settings fill it in, with amounts as people of a language write them."""
    values = settings.model_dump(mode="json", by_alias=True)
    if language == "nl":
        values["hourly_rate"] = values["hourly_rate"].replace(".", ",")
    said = {name: _shown(values[name]) for names in GROUPS.values() for name in names}
    for kind, term in settings.retention.items():
        said[f"months_{kind}"], said[f"ground_{kind}"] = str(term.months), term.ground
    return filled(said)


def _shown(value: Any) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " ".join(str(one) for one in value)
    return str(value)


def _labels(said: Mapping[str, Any]) -> dict[str, str]:
    labels = {
        name: str(said["setting"][name]["label"]) for names in GROUPS.values() for name in names
    }
    for kind in CLASSES:
        labels[f"months_{kind}"] = f"{said['classes'][kind]}, {said['settings']['months']}"
        labels[f"ground_{kind}"] = f"{said['classes'][kind]}, {said['settings']['ground']}"
    return labels


async def _page(
    request: Request,
    site: Site,
    person: PersonRow,
    current: TenantSettings,
    sent: Typed | None,
    *,
    at_top: bool = False,
) -> Response:
    language = page_language(request).language
    usual, now = _typed(TenantSettings(), language), _typed(current, language)
    shown = now if sent is None or at_top else sent
    wrong = sent.wrong if sent else {}
    groups = [
        Group(
            group,
            [Row(n, shown.raw(n), usual.raw(n), UNITS.get(n, "working_days")) for n in names],
            open=not wrong.keys().isdisjoint(names),
        )
        for group, names in GROUPS.items()
    ]
    changes = await site.store.changes(person.tenant, Sought(what="settings"), limit=SHOWN)
    return page(
        request,
        "administration/settings.html",
        WRONG if wrong else 200,
        groups=groups,
        sent=shown,
        wrong=wrong,
        labels=_labels(page_language(request).pages["administration"]),
        current=current,
        classes=CLASSES,
        usual_terms=RETENTION,
        terms_own=sum(current.retention[kind] != RETENTION[kind] for kind in RETENTION),
        terms_open=any(
            f"{part}_{kind}" in wrong for part in ("months", "ground") for kind in CLASSES
        ),
        changes=await told_changes(request, site, person.tenant, changes),
        done=request.query_params.get("done", ""),
    )
