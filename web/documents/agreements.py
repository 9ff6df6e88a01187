"""The agreement of a case as a PDF: made when somebody first asks for it, the same ever after."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping
from datetime import UTC
from typing import TYPE_CHECKING, Any

from events.calendar import local_day
from events.process import Paper
from web.documents.press import PRESS
from web.naming import wording_for
from web.texts import Language, texts
from web.wording import Detail, Wording

if TYPE_CHECKING:
    from events.store.documents import Document
    from web.dossiers import Dossier
    from web.site import Site

LANGUAGE: Language = "nl"
"""An agreement under Dutch law is in Dutch, whoever reads it."""
_NAMES = "_names"
"""Beside a document of a kind: the names that stand in it, as people are called otherwise later."""


async def agreement(site: Site, tenant: str, dossier: Dossier, version: int) -> Document | None:
    """That version of the case's agreement; None where there is no such version.

    Raises Erased, NotSet where it cannot be made now, and what `errors.unreachable` knows.
    """
    paper = site.rules[dossier.process].story.paper(dossier.state, version)
    if paper is None:
        return None
    kept = await site.store.document(tenant, dossier.stream, paper.kind, version)
    if kept is not None:
        return kept
    # Whoever asks meanwhile waits for the same one, which goes on when the first turns away.
    key = (tenant, dossier.stream, version)
    making = site.making.get(key)
    if making is None:
        making = site.making[key] = asyncio.ensure_future(_made(site, tenant, dossier, paper))
        making.add_done_callback(lambda done: _forget(site, key, done))
    return await asyncio.shield(making)


async def names_in(site: Site, tenant: str, dossier: Dossier, paper: Paper) -> Mapping[str, str]:
    """What the document calls those whom it names, by id; nothing while there is no document."""
    kind = paper.kind + _NAMES
    kept = await site.store.document(tenant, dossier.stream, kind, paper.version)
    return {} if kept is None else json.loads(kept.content)


async def _made(site: Site, tenant: str, dossier: Dossier, paper: Paper) -> Document:
    """Who was first, here or in another process, decides what everybody reads: names as well."""
    settings = await site.settings(tenant)
    # A party may be called as a field in which people write, such as the school.
    shown = [list(paper.parties.values()), paper.facts, paper.fields]
    wording = await wording_for(site, tenant, dossier.process, shown, texts(LANGUAGE), settings)
    stream, version = dossier.stream, paper.version
    names = json.dumps(wording.names, sort_keys=True).encode()
    kept = await site.store.keep_document(tenant, stream, paper.kind + _NAMES, version, names)
    wording.names.update(json.loads(kept.content))
    content = await PRESS.pdf("agreement", in_words(paper, stream, wording))
    return await site.store.keep_document(tenant, stream, paper.kind, version, content)


def _forget(site: Site, key: tuple[str, str, int], made: asyncio.Future[Document]) -> None:
    """What went wrong while nobody waited any more is nobody's concern."""
    del site.making[key]
    if not made.cancelled():
        made.exception()


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
