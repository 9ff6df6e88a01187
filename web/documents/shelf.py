"""The documents of a case that are there for its reader, with their names and addresses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from events.calendar import local_day
from web.documents.course import Item
from web.documents.dossier import SUPERVISION
from web.documents.invoices import invoices
from web.documents.reports import versions
from web.reading import Reading
from web.texts import Texts
from web.wording import Wording


@dataclass(frozen=True, slots=True)
class Kept:
    """A document as a link: what it is, of which day, and where it is."""

    name: str
    day: str
    href: str


def documents_of(reading: Reading, words: Texts) -> list[Kept]:
    """What this reader can open, the latest of each first and the whole dossier last."""
    at = f"/{reading.dossier.process}/{reading.dossier.stream}"
    wording = Wording(words, reading.view.settings, {}, reading.dossier.process)
    shelf = words.pages["papers"]["shelf"]
    found = [*_agreements(reading, at, wording)]
    if reading.dossier.process == SUPERVISION:
        found += [*_reports(reading, at, wording), *_invoices(reading, at, wording)]
    return [*found, Kept(shelf["dossier"], "", f"{at}/dossier.pdf")]


def _agreements(reading: Reading, at: str, wording: Wording) -> Iterator[Kept]:
    told = reading.summary.get("agreement")
    for version in reversed(told["versions"] if told else ()):
        number = version["version"]
        name = wording.texts.pages["papers"]["shelf"]["agreement"].format(version=number)
        yield Kept(name, "", f"{at}/agreement/{number}.pdf")


def _reports(reading: Reading, at: str, wording: Wording) -> Iterator[Kept]:
    """What was issued; before that the last draft."""
    shelf, found = wording.texts.pages["papers"]["shelf"], versions(reading.timeline)
    shown = [one for one in found if one.issued] or found[-1:]
    for one in reversed(shown):
        name = shelf["report" if one.issued else "report_draft"]
        yield Kept(name, _day(one.item, wording), f"{at}/report.pdf?version={one.number}")


def _invoices(reading: Reading, at: str, wording: Wording) -> Iterator[Kept]:
    shelf, found = wording.texts.pages["papers"]["shelf"], invoices(reading.timeline)
    for number in sorted(found, reverse=True):
        name = shelf["invoice"].format(version=number)
        yield Kept(name, _day(found[number], wording), f"{at}/invoice.pdf?version={number}")


def _day(item: Item, wording: Wording) -> str:
    at = datetime.fromisoformat(item["recorded_at"])
    day = wording.day(local_day(at, wording.settings).isoformat())
    return str(wording.texts.pages["papers"]["shelf"]["day"]).format(day=day)
