"""What happened in a case as entries of a document, corrections beside what they correct."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from events.rectification import RecordCorrected
from web.documents.sheet import Entry
from web.wording import Detail, Wording

Item = Mapping[str, Any]
CORRECTED = RecordCorrected.__name__


def day_of(item: Item, wording: Wording) -> str:
    """The day on which it happened, or else was recorded."""
    return wording.day(item["occurred_on"]) if item["occurred_on"] else recorded_on(item, wording)


def recorded_on(item: Item, wording: Wording) -> str:
    return wording.instant(item["recorded_at"])


def giver(item: Item, wording: Wording) -> str:
    """Who recorded it; nobody for what the process did by itself."""
    by = item["by"]
    if not by["person"]:
        return ""
    words = wording.texts.pages["papers"]
    return words["by"].format(name=wording.name(by["person"]), role=wording.role(by["role"]))


def entries(
    timeline: Sequence[Item],
    wording: Wording,
    only: Collection[str] | None = None,
    fields: Mapping[str, Collection[str]] | None = None,
) -> list[Entry]:
    """The items of these types, or all. ``fields``: by type what of it is told; else all is.

    A correction stands with what it corrects, and by itself where that is not among these.
    """
    corrections: dict[str, list[Item]] = {}
    for item in timeline:
        if item["type"] == CORRECTED:
            corrections.setdefault(item["data"]["event"], []).append(item)
    shown = [item for item in timeline if only is None or item["type"] in only]
    there = {item["event_id"] for item in shown}
    found: list[Entry] = []
    for item in shown:
        if item["type"] == CORRECTED and item["data"]["event"] in there:
            continue
        unsaid = _unsaid(item, wording)
        wanted = fields.get(item["type"], unsaid) if fields is not None else unsaid
        details = [*_details(item, wording, wanted)]
        details += corrected(item["event_id"], corrections, wording)
        found.append(
            Entry(
                day=day_of(item, wording),
                title=wording.title(item["type"]),
                text=wording.sentence(item["type"], item["data"]),
                by=giver(item, wording),
                details=details,
            )
        )
    return found


def _details(item: Item, wording: Wording, wanted: Collection[str] | None) -> list[Detail]:
    data = {
        field: value
        for field, value in item["data"].items()
        if (wanted is None or field in wanted) and field != "event"
    }
    return wording.details(data, item["type"])


def _unsaid(item: Item, wording: Wording) -> Collection[str]:
    """The fields of which the sentence about it does not give the whole value."""
    said = wording.said(item["type"], item["data"])
    return [field for field in item["data"] if field not in said]


def corrected(
    event: str, corrections: Mapping[str, Sequence[Item]], wording: Wording
) -> Iterator[Detail]:
    """What was corrected of an event, and of its corrections."""
    words = wording.texts.pages["papers"]
    for item in corrections.get(event, ()):
        told = {"day": recorded_on(item, wording), "by": giver(item, wording)}
        parts = tuple(_details(item, wording, None))
        yield Detail(words["corrected"].format_map(told), parts=parts)
        yield from corrected(item["event_id"], corrections, wording)
