"""The agreement of a case as a PDF: made when somebody first asks for it, the same ever after."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC
from typing import TYPE_CHECKING, Any

from events.calendar import local_day
from events.process import Paper
from web.documents.typesetting import pdf
from web.naming import wording_for
from web.texts import Language, texts
from web.wording import Detail, Wording

if TYPE_CHECKING:
    from events.store.documents import Document
    from web.dossiers import Dossier
    from web.site import Site

LANGUAGE: Language = "nl"
"""An agreement under Dutch law is in Dutch, whoever reads it."""


async def agreement(site: Site, tenant: str, dossier: Dossier, version: int) -> Document | None:
    """That version of the case's agreement; None where there is no such version.

    Raises Erased, and what `errors.unreachable` knows.
    """
    paper = site.rules[dossier.process].story.paper(dossier.state, version)
    if paper is None:
        return None
    kept = await site.store.document(tenant, dossier.stream, paper.kind, version)
    if kept is not None:
        return kept
    settings = await site.settings(tenant)
    shown = [paper.parties, paper.facts, paper.fields]
    wording = await wording_for(site, tenant, dossier.process, shown, texts(LANGUAGE), settings)
    content = await asyncio.to_thread(pdf, "agreement", in_words(paper, dossier.stream, wording))
    # Who was first, here or in another process, decides what everybody reads.
    return await site.store.keep_document(tenant, dossier.stream, paper.kind, version, content)


def in_words(paper: Paper, stream: str, wording: Wording) -> dict[str, Any]:
    """What stands in the document, in the order of the text."""
    words = wording.texts.pages["document"]
    title = words.get(paper.kind, words["agreement"])
    drafted = paper.drafted_at.astimezone(UTC)
    day = wording.day(local_day(drafted, wording.settings).isoformat())
    return {
        "title": title,
        "language": wording.texts.language,
        "drafted": {part: getattr(drafted, part) for part in _PARTS},
        "version": words["version"].format(version=paper.version, day=day),
        "footer": words["footer"].format(title=title, version=paper.version, stream=stream),
        "words": {
            "columns": [words["party"], words["name"]],
            **{part: words[part] for part in ("parties", "facts", "fields", "signing")},
        },
        "parties": [
            {"label": wording.party(party), "text": wording.name(person)}
            for party, person in paper.parties.items()
        ],
        "facts": _plain(wording.details(paper.facts)),
        "fields": _plain(wording.details(paper.fields)),
    }


_PARTS = ("year", "month", "day", "hour", "minute", "second")


def _plain(details: Iterable[Detail]) -> list[dict[str, Any]]:
    return [{"label": one.label, "text": one.text, "parts": _plain(one.parts)} for one in details]
