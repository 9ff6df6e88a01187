"""The final report of a trajectory as a document: each draft, what was issued, and a preview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from events.calendar import local_day
from web.documents.course import CORRECTED, Item, corrected, recorded_on
from web.documents.press import PRESS
from web.documents.sheet import TEMPLATE, Block, Facts, Grid, Passage, Section, Sheet
from web.reading import Reading
from web.wording import Detail, Wording

DRAFTED, ISSUED = "FinalReportDrafted", "FinalReportIssued"
_SECTIONS = ("process", "attention_points", "further_guidance", "next_steps")
_PEOPLE = ("teacher", "school", "client", "manager", "advisor")


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the report, counted from 1 over drafts and what was issued."""

    number: int
    item: Item

    @property
    def issued(self) -> bool:
        return self.item["type"] == ISSUED


def versions(timeline: Sequence[Item]) -> list[Version]:
    """All versions of the report that stand in this reader's timeline, in order."""
    found = [item for item in timeline if item["type"] in (DRAFTED, ISSUED)]
    return [Version(number, item) for number, item in enumerate(found, 1)]


def report_version(timeline: Sequence[Item], number: int | None) -> Version | None:
    """That version; without a number the one that was issued, else the last draft."""
    found = versions(timeline)
    if number is not None:
        return found[number - 1] if 0 < number <= len(found) else None
    issued = [one for one in found if one.issued]
    return (issued or found or [None])[-1]


def report_sheet(reading: Reading, version: Version, wording: Wording) -> Sheet:
    """The report in words."""
    words = wording.texts.pages["papers"]["report"]
    lead = words["lead" if version.issued else "lead_draft"]
    item = version.item
    at = datetime.fromisoformat(item["recorded_at"])
    day = wording.day(local_day(at, wording.settings).isoformat())
    timeline = reading.timeline
    sections = [*_sections(reading, item["data"], _goals(timeline, item), wording)]
    if version.issued:
        sections += _answers(timeline, item, wording)
    return _sheet(
        reading, sections, wording, at, lead.format(day=day, version=version.number), version.issued
    )


def preview_sheet(reading: Reading, data: Mapping[str, Any], wording: Wording) -> Sheet:
    """The report as it would be of what is being written: ``data`` of DraftFinalReport, of which
    anything may be missing."""
    words = wording.texts.pages["papers"]["report"]
    sections = _sections(reading, data, _goals(reading.timeline, None), wording)
    return _sheet(reading, sections, wording, reading.view.now, words["lead_preview"], False)


async def report_preview(reading: Reading, data: Mapping[str, Any], wording: Wording) -> bytes:
    """The same as a PDF; raises NotSet."""
    return await PRESS.pdf(TEMPLATE, preview_sheet(reading, data, wording).json())


def _sheet(
    reading: Reading,
    sections: Sequence[Section],
    wording: Wording,
    dated: datetime,
    lead: str,
    issued: bool,
) -> Sheet:
    papers = wording.texts.pages["papers"]
    title = papers["report"]["title"]
    return Sheet(
        title=title,
        language=wording.texts.language,
        dated=dated,
        lead=lead,
        footer=papers["footer"].format(title=title, stream=reading.dossier.stream),
        sections=sections,
        mark="" if issued else papers["report"]["mark"],
    )


def _sections(
    reading: Reading,
    data: Mapping[str, Any],
    goals: Sequence[Mapping[str, Any]],
    wording: Wording,
) -> list[Section]:
    words = wording.texts.pages["papers"]["report"]
    written = data.get("sections") or {}

    def passage(name: str) -> Block:
        text = written.get(name)
        return Passage(text) if text else Passage(words["empty"], aside=True)

    results: list[Block] = [_results(goals, data.get("goal_results") or {}, wording)]
    if overall := data.get("overall"):
        results.append(Facts([Detail(words["overall"], wording.term(overall))]))
    results.append(passage("results"))
    return [
        Section(words["about"], [_about(reading, wording)]),
        Section(words["results"], results),
        *(Section(words[name], [passage(name)]) for name in _SECTIONS),
    ]


def _about(reading: Reading, wording: Wording) -> Facts:
    """Counts are those of the case as it is now; only what was held is counted."""
    words, summary = wording.texts.pages["papers"]["report"], reading.summary
    details = [
        Detail(wording.label(part), wording.value(part, summary[part]))
        for part in _PEOPLE
        if summary[part]
    ]
    if summary["period"]:
        details += wording.details({"period": summary["period"]})
    visits = summary["visits"]
    held = {**visits, "held": len(visits["held"])}
    return Facts(
        [
            *details,
            Detail(words["visits"], words["visits_value"].format_map(held)),
            Detail(words["talks"], str(summary["talks_held"])),
            Detail(
                words["assessments"],
                words["assessments_value"].format_map(summary["self_assessments"]),
            ),
        ]
    )


def _results(
    goals: Sequence[Mapping[str, Any]], results: Mapping[str, str], wording: Wording
) -> Grid:
    words = wording.texts.pages["papers"]["report"]
    rows = [
        [
            wording.value("text", goal["text"], "GoalDrafted"),
            wording.term(goal["area"]),
            wording.term(results[goal["goal"]])
            if results.get(goal["goal"])
            else words["no_result"],
        ]
        for goal in goals
    ]
    return Grid([words["goal"], words["area"], words["result"]], rows)


def _goals(timeline: Sequence[Item], until: Item | None) -> Sequence[Mapping[str, Any]]:
    """The fixed list as it was when the report was written."""
    goals: Sequence[Mapping[str, Any]] = ()
    for item in timeline:
        if item is until:
            break
        if item["type"] in ("GoalListFixed", "GoalListAmended"):
            goals = item["data"]["goals"]
    return goals


def _answers(timeline: Sequence[Item], report: Item, wording: Wording) -> list[Section]:
    """What the teacher answered, and what was corrected afterwards."""
    words = wording.texts.pages["papers"]["report"]
    corrections: dict[str, list[Item]] = {}
    for item in timeline:
        if item["type"] == CORRECTED:
            corrections.setdefault(item["data"]["event"], []).append(item)
    found: list[Section] = []
    answers: list[Block] = []
    for item in timeline:
        if item["type"] == "TeacherResponseAdded":
            answers += [
                Passage(recorded_on(item, wording), aside=True),
                Passage(wording.value("text", item["data"]["text"], item["type"])),
                *_facts(list(corrected(item["event_id"], corrections, wording))),
            ]
    if answers:
        found.append(Section(words["response"], answers))
    if told := list(corrected(report["event_id"], corrections, wording)):
        found.append(Section(words["corrections"], [Facts(told)]))
    return found


def _facts(details: Sequence[Detail]) -> list[Block]:
    return [Facts(details)] if details else []
