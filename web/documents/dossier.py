"""The whole dossier as a document; of a trajectory first under the eight headings of a court."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from events.calendar import local_day
from web.documents.course import entries
from web.documents.sheet import Block, Course, Facts, Passage, Section, Sheet
from web.plain import plain
from web.reading import Reading
from web.wording import Detail, Wording

SUPERVISION = "supervision"

Told = Mapping[str, tuple[str, ...] | None]
"""Types of event under a heading, and what of each is told there; None: all of it."""

_ATTEMPTS: Told = {
    "ScopeEstimated": (),
    "PeriodAgreed": (),
    "PeriodExtended": ("reason",),
    "IntakeHeld": ("agreements",),
    "ClassVisitHeld": (),
    "FollowUpTalkHeld": ("instructions",),
    "TrajectorySuspended": (),
    "TrajectoryResumed": (),
    "InterimReportIssued": None,
    "FinalReportIssued": (),
    "ClosingTalkHeld": (),
    "TrajectoryClosed": None,
    "TrajectoryEscalated": (),
    "TrajectoryAborted": None,
}
_HEADINGS: Mapping[str, Told] = {
    "function": {},
    "experience": {},
    "nature": {
        "DiagnosisVisitHeld": None,
        "GoalListFixed": None,
        "GoalListAmended": None,
        "ClassVisitHeld": ("findings", "second_observer"),
    },
    "known": {"TrajectoryRequested": (), "TrajectoryAccepted": (), "IntakeHeld": ("topics",)},
    "service": {},
    "attempts": _ATTEMPTS,
    "openness": {
        "TeacherConsentRecorded": (),
        "TeacherConsentRefused": None,
        "TeacherConsentWithdrawn": None,
        "SelfAssessmentSubmitted": ("ratings",),
        "SelfAssessmentOmitted": None,
        "FollowUpTalkHeld": ("reflection",),
        "TimetableChangeReported": (),
        "TeacherResponseAdded": None,
        "FinalReportReceived": (),
    },
    "employer": {},
}
"""The eight viewpoints of HR 14-06-2019, ECLI:NL:HR:2019:933, in its order (domain.md 3.2)."""
_NOT_KEPT = frozenset({"experience", "service", "employer"})
_ELSEWHERE = frozenset(
    {
        "id", "process", "version", "state", "suspended", "hold", "restricted", "erasure",
        "agreement", "handovers", "overdue", "next", "draft_version", "goals",
    }
)  # fmt: skip
"""What of a summary stands in the document in another way, or is of no use on paper."""


def dossier_sheet(reading: Reading, wording: Wording, reader: str) -> Sheet:
    """All of the case that its reader may see, and nothing of what not."""
    papers = wording.texts.pages["papers"]
    course, summary = papers["course"], reading.summary
    name = wording.case(summary)
    title = f"{papers['dossier']}: {name}" if name else papers["dossier"]
    day = wording.day(local_day(reading.view.now, wording.settings).isoformat())
    eight = _eight(reading, wording) if reading.dossier.process == SUPERVISION else []
    standing = {key: value for key, value in summary.items() if key not in _ELSEWHERE}
    state = Detail(course["state"], wording.state(str(summary["state"])))
    return Sheet(
        title=title,
        language=wording.texts.language,
        dated=reading.view.now,
        lead=papers["made"].format(day=day, name=reader) + " " + course["visible"],
        footer=papers["footer"].format(title=papers["dossier"], stream=reading.dossier.stream),
        sections=[
            *eight,
            Section(course["standing"], [Facts([state, *wording.details(standing)])]),
            Section(course["course"], [Course(entries(reading.timeline, wording))]),
        ],
    )


def _eight(reading: Reading, wording: Wording) -> list[Section]:
    words = wording.texts.pages["papers"]["headings"]
    found: list[Section] = []
    for heading, told in _HEADINGS.items():
        wanted = {type_: fields for type_, fields in told.items() if fields is not None}
        happened = entries(reading.timeline, wording, told, wanted)
        blocks = [*_known(heading, reading, wording)]
        if happened:
            blocks.append(Course(happened))
        found.append(Section(words[heading], blocks or [_nothing(heading, wording)]))
    return [Section("", [Passage(words["lead"], aside=True)]), *found]


def _nothing(heading: str, wording: Wording) -> Block:
    papers = wording.texts.pages["papers"]
    return Passage(papers["not_kept" if heading in _NOT_KEPT else "none"], aside=True)


def _known(heading: str, reading: Reading, wording: Wording) -> list[Block]:
    """What the case says under a heading besides what happened."""
    words, summary = wording.texts.pages["papers"]["headings"], reading.summary
    asked: dict[str, Any] = next(
        (i["data"] for i in reading.timeline if i["type"] == "TrajectoryRequested"), {}
    )
    match heading:
        case "function":
            shown = {"teacher": summary["teacher"], "school": summary["school"]}
            return [Facts(wording.details(shown))]
        case "nature":
            concerns = [
                Detail(
                    plain(one["concern"]), wording.value("text", one["text"], "TrajectoryRequested")
                )
                for one in asked.get("concerns", ())
            ]
            return [Facts([Detail(words["concerns"], parts=tuple(concerns))])] if concerns else []
        case "known":
            return [Facts(_duration(reading, wording))]
        case "attempts" if asked.get("earlier_guidance"):
            earlier = {"earlier_guidance": asked["earlier_guidance"]}
            return [Facts(wording.details(earlier, "TrajectoryRequested"))]
        case _:
            return []


def _duration(reading: Reading, wording: Wording) -> list[Detail]:
    words, summary = wording.texts.pages["papers"]["headings"], reading.summary

    def days(count: int) -> str:
        return words["days_value"]["one" if count == 1 else "other"].format(count=count)

    first = reading.dossier.events[0].recorded_at
    over = not reading.rules.story.index(reading.dossier.state).open
    found = [
        Detail(words["since"], wording.instant(first.isoformat())),
        Detail(words["days_over" if over else "days"], days(summary["duration_days"])),
    ]
    if summary["suspended_days"]:
        found.append(Detail(words["suspended"], days(summary["suspended_days"])))
    return found
