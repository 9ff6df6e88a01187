"""What a case knows that a form would ask for: nobody types what can be chosen or is certain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from events.calendar import local_day
from web.pages.case import VisitRow, visit_rows
from web.reading import Reading
from web.wording import Wording


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose, and what it is called."""

    value: str
    text: str


Options = tuple[Option, ...]


@dataclass(slots=True)
class Known:
    """What is certain, what may be chosen, and of what something is told, by path of the field.

    ``given`` is filled in already; what is ``fixed`` too is not asked at all. ``keys`` are the
    roles of which a list tells something each. ``sought`` are the roles (as ``@role``) of which
    there are too many people to list; ``names`` has those who are named already, ``matches`` who
    may be meant by what was typed.
    """

    given: dict[str, Any] = field(default_factory=dict[str, Any])
    fixed: set[str] = field(default_factory=set[str])
    options: dict[str, Options] = field(default_factory=dict[str, Options])
    keys: dict[str, Options] = field(default_factory=dict[str, Options])
    sought: set[str] = field(default_factory=set[str])
    names: dict[str, str] = field(default_factory=dict[str, str])
    matches: dict[str, Options] = field(default_factory=dict[str, Options])

    def fix(self, path: str, value: Any) -> None:
        """The value of a field that only one value would be right for."""
        if value is not None:
            self.given[path] = value
            self.fixed.add(path)


@dataclass(frozen=True, slots=True)
class Case:
    """The case that a form is about, in the words of its reader."""

    reading: Reading
    wording: Wording

    @property
    def summary(self) -> Mapping[str, Any]:
        return self.reading.summary

    @property
    def words(self) -> Mapping[str, Any]:
        return self.wording.texts.pages["forms"]


def known(case: Case, command: str) -> Known:
    """What the case tells for this command's form."""
    found = Known()
    process = case.reading.dossier.process
    for table in (_COMMON, _BY_PROCESS.get(process, {})):
        if tell := table.get(command):
            tell(case, found)
    return found


def today(reading: Reading) -> str:
    """The board's day, as a day is written in data."""
    return local_day(reading.view.now, reading.view.settings).isoformat()


def _event(case: Case, found: Known) -> None:
    row = case.words["event_row"]
    found.options["event"] = tuple(
        Option(
            one["event_id"],
            row.format(
                title=case.wording.title(one["type"]), at=case.wording.instant(one["recorded_at"])
            ),
        )
        for one in reversed(case.reading.timeline)
    )


def _handover(case: Case, found: Known) -> None:
    row = case.words["handover_row"]
    found.options["task"] = tuple(
        Option(one["task"], row.format(of=case.wording.name(one["of"])))
        for one in case.summary.get("handovers", ())
    )


def _missing_party(case: Case, found: Known) -> None:
    told = case.summary.get("agreement") or {}
    found.options["party"] = tuple(
        Option(party, case.wording.party(party)) for party in told.get("missing", ())
    )


def _amended(case: Case, found: Known) -> None:
    """The text that counts now, to be changed; of what is told by role, each role."""
    told = case.summary.get("agreement")
    if told is not None:
        paper = case.reading.rules.story.paper(case.reading.dossier.state, told["version"])
        found.given |= {
            name: value for name, value in (paper.fields if paper else {}).items() if value
        }
    _roles(case, found)


def _roles(case: Case, found: Known) -> None:
    names = ("mentor", "school_trainer", "institute_trainer")
    found.keys["roles"] = tuple(Option(one, case.wording.role(one)) for one in names)


def _usual_rate(case: Case, found: Known) -> None:
    """What the board asks for an hour, to be changed where something else was agreed."""
    if rate := case.reading.view.settings.hourly_rate:
        found.given["hourly_rate"] = rate


def _clients(case: Case, found: Known) -> None:
    found.fix("client", case.summary.get("client"))


def _visits(wanted: Callable[[VisitRow], bool]) -> Callable[[Case, Known], None]:
    def tell(case: Case, found: Known) -> None:
        rows = [row for row in visit_rows(case.reading.timeline) if wanted(row)]
        found.options["visit"] = tuple(_visit(case, row) for row in rows)
        if len(rows) == 1:
            found.given["visit"] = rows[0].visit

    return tell


def _visit(case: Case, row: VisitRow) -> Option:
    on = row.held or row.planned
    if on is None:
        return Option(row.visit, case.words["visit_row"].format(visit=row.visit))
    told = case.words["visit_row_on"].format(visit=row.visit, on=case.wording.day(on))
    return Option(row.visit, told)


def _open(row: VisitRow) -> bool:
    return bool(row.planned) and not row.held and not row.cancelled


def _interventions(case: Case, found: Known) -> None:
    visits = [row.visit for row in visit_rows(case.reading.timeline) if not row.cancelled]
    names = ["intake", "diagnosis", "consultation"]
    for visit in visits:
        names += [f"visit:{visit}", f"talk:{visit}"]
    names += ["report", "closing"]
    found.options["intervention"] = tuple(
        Option(one, case.wording.intervention(one)) for one in names
    )


def _contacts(*paths: str) -> Callable[[Case, Known], None]:
    def tell(case: Case, found: Known) -> None:
        options = _persons(case, case.summary["contacts"])
        for path in paths:
            found.options[path] = options
            if len(options) == 1:
                found.given[path] = options[0].value

    return tell


def _persons(case: Case, ids: Iterable[str]) -> Options:
    return tuple(Option(one, case.wording.name(one)) for one in ids)


def _partner(case: Case, found: Known) -> None:
    asked = ("name", "kind", "levels", "obligation", "origin", "schools", "co_location")
    told = ("attendance", "contribution", "purpose")
    found.given |= {field: case.summary[field] for field in (*asked, *told) if case.summary[field]}


def _windows(case: Case, found: Known) -> None:
    found.given["windows"] = case.summary["availability"]


def _coordinators(case: Case, found: Known) -> None:
    for part in ("coordinator", "deputy", "primary_contact"):
        if case.summary[part]:
            found.given[part] = case.summary[part]


def _activated(case: Case, found: Known) -> None:
    _contacts("primary_contact")(case, found)
    _coordinators(case, found)


def _placed(case: Case, found: Known) -> None:
    if case.summary.get("school"):
        found.given["school"] = case.summary["school"]


Tell = Callable[[Case, Known], None]
_COMMON: Mapping[str, Tell] = {
    "CorrectRecord": _event,
    "CompleteHandover": _handover,
    "SendSigningLink": _missing_party,
    "RevokeSigningLink": _missing_party,
    "DraftAgreement": _roles,
    "AmendAgreement": _amended,
}
_BY_PROCESS: Mapping[str, Mapping[str, Tell]] = {
    "supervision": {
        "AcceptRequest": _usual_rate,
        "AgreePeriod": _clients,
        "ExtendPeriod": _clients,
        "AgreeVisitMode": _clients,
        "CancelVisit": _visits(_open),
        "RecordFollowUpTalk": _visits(lambda row: bool(row.held) and not row.talk_held),
        "RecordSelfAssessmentOmission": _visits(lambda row: bool(row.held) and not row.assessment),
        "LogHours": _interventions,
        "CorrectHours": _interventions,
    },
    "placements": {"OfferPlace": _placed},
    "partners": {
        "ChangePartner": _partner,
        "ActivatePartner": _activated,
        "AssignCoordinator": _coordinators,
        "EndContact": _contacts("contact"),
        "LogContactMoment": _contacts("contact"),
        "SetAvailability": _windows,
    },
}
