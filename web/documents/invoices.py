"""The invoice basis of a trajectory as a document, for whoever pays (004 T4-53)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from events.calendar import local_day
from web.documents.course import Item
from web.documents.sheet import Facts, Grid, Passage, Section, Sheet
from web.reading import Reading
from web.wording import Detail, Wording

PREPARED = "InvoiceBasisPrepared"


def invoices(timeline: Sequence[Item]) -> dict[int, Item]:
    """By version, those that stand in this reader's timeline."""
    return {item["data"]["version"]: item for item in timeline if item["type"] == PREPARED}


def invoice_version(timeline: Sequence[Item], number: int | None) -> Item | None:
    """That version, or without a number the last one; None where this reader has none."""
    found = invoices(timeline)
    if number is None:
        return found[max(found)] if found else None
    return found.get(number)


def invoice_sheet(reading: Reading, item: Item, wording: Wording) -> Sheet:
    """The lines in words. The teacher is not named: accounts are kept longer than the dossier."""
    papers = wording.texts.pages["papers"]
    words, data = papers["invoice"], item["data"]
    at = datetime.fromisoformat(item["recorded_at"])
    day = wording.day(local_day(at, wording.settings).isoformat())
    rule = Passage(f"{words['rule']}\n\n{words['nameless']}", aside=True)
    return Sheet(
        title=words["title"],
        language=wording.texts.language,
        dated=at,
        lead=words["lead"].format(version=data["version"], day=day),
        footer=papers["footer"].format(title=words["title"], stream=reading.dossier.stream),
        sections=[
            Section(words["about"], [_about(reading, wording)]),
            Section(words["lines"], [_lines(data, wording), rule]),
        ],
    )


def _about(reading: Reading, wording: Wording) -> Facts:
    summary = reading.summary
    details = [
        Detail(wording.label(part), wording.value(part, summary[part]))
        for part in ("school", "client", "advisor")
        if summary[part]
    ]
    for item in reading.timeline:
        if rate := item["data"].get("hourly_rate"):
            details.append(Detail(wording.label("hourly_rate"), wording.money(rate)))
            break
    if summary["period"]:
        details += wording.details({"period": summary["period"]})
    return Facts(details)


def _lines(data: Mapping[str, Any], wording: Wording) -> Grid:
    words = wording.texts.pages["papers"]["invoice"]
    rows: list[list[str]] = []
    for line in data["lines"]:
        what = wording.intervention(line["intervention"])
        if line["lapsed"]:
            what = words["lapsed"].format(what=what)
        rows.append([what, wording.decimal(line["hours"]), wording.money(line["amount"])])
    return Grid(
        [words["what"], words["hours"], words["amount"]],
        rows,
        frozenset({1, 2}),
        [words["total"], wording.decimal(data["hours"]), wording.money(data["total"])],
    )
